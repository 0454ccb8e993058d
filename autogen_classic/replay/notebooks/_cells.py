"""What the cells of a notebook say in their source: keys that they read, models and carryovers that they name."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from ..._secrets import is_secret_variable
from ...compat.notebook import Cell

__all__ = ("carryovers_named", "keys_read", "models_named", "parsed")

_VARIABLE_NAMED = re.compile(r"(?:environ\[|environ\.get\(|getenv\(|userdata\.get\()[\"'](\w+)[\"']")
_VARIABLE_NEEDED = re.compile(r"environ\[[\"'](\w+)[\"']\](?!\s*=[^=])")  # reading it fails if it is not set
_NAME_OF_KEY = re.compile("KEY|TOKEN|SECRET")
_MODELS_NAMED = re.compile(r"\bmodels?[\"']?\s*[:=]\s*(\[[^\[\]]*\]|\"[^\"\n]+\"|'[^'\n]+')")
_QUOTED = re.compile(r"[\"']([^\"'\n]+)[\"']")
_MAGIC = re.compile(r"(?m)^[^\S\n]*[%!?].*$")


def keys_read(cells: Sequence[Cell], environment: Mapping[str, str]) -> set[str]:
    """Return the names of the variables from which the cells read a key, or without which they fail.

    Args:
        cells: the cells.
        environment: the variables that are set. Those that hold no key, such as ``PATH``, are left out.
    """
    named = {name for cell in cells for name in _VARIABLE_NAMED.findall(cell.source) if _NAME_OF_KEY.search(name)}
    needed = {name for cell in cells for name in _VARIABLE_NEEDED.findall(cell.source)}
    held = {name for name in needed & environment.keys() if not is_secret_variable(name, environment[name])}
    return named | (needed - held)


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
