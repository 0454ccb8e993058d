"""What the cells of a notebook say in their source: keys that they read, models and carryovers that they name."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from ...compat.notebook import Cell

__all__ = ("carryovers_named", "keys_read", "models_named", "parsed")

_KEYS_READ = re.compile(
    r"os\.environ\[[\"'](\w+)[\"']\]|userdata\.get\([\"'](\w+)[\"']\)"
    r"|(?:environ\.get|getenv)\([\"'](\w*(?:KEY|TOKEN|SECRET)\w*)[\"']"
)
_MODELS_NAMED = re.compile(r"\bmodels?[\"']?\s*[:=]\s*(\[[^\]]*\]|\"[^\"\n]+\"|'[^'\n]+')")
_QUOTED = re.compile(r"[\"']([^\"'\n]+)[\"']")
_MAGIC = re.compile(r"(?m)^\s*[%!?].*$")


def keys_read(cells: Sequence[Cell]) -> set[str]:
    """Return the names of the variables from which the cells read a key."""
    return {name for cell in cells for match in _KEYS_READ.findall(cell.source) for name in match if name}


def models_named(cells: Sequence[Cell]) -> list[str]:
    """Return the models that the cells name, which a list of configurations must offer."""
    named = (match for cell in cells for match in _MODELS_NAMED.findall(cell.source))
    return list(dict.fromkeys(model for text in named for model in _QUOTED.findall(text)))


def carryovers_named(cells: Sequence[Cell]) -> list[str]:
    """Return the texts that the cells give to chats in a row themselves, as ``{"carryover": "..."}``."""
    named = []
    for cell in cells:
        for node in ast.walk(parsed(cell.source)):
            if isinstance(node, ast.Dict):
                given = [value for key, value in zip(node.keys, node.values, strict=True) if _is_carryover(key)]
            elif isinstance(node, ast.keyword) and node.arg == "carryover":
                given = [node.value]
            else:
                continue
            named += [text for value in given if (text := _as_text(value))]
    return named


def _is_carryover(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "carryover"


def _as_text(value: ast.expr) -> str:
    """A literal text, or the lines of a list of them; empty for anything else."""
    parts = value.elts if isinstance(value, ast.List) else [value]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "\n".join(texts) if len(texts) == len(parts) else ""


def parsed(source: str) -> ast.Module:
    """Return the syntax of a cell without its magics; of what is not Python, nothing.

    Args:
        source: the cell.
    """
    try:
        return ast.parse(_MAGIC.sub("", source))
    except (SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])
