"""What the source of the package says about itself: its modules, their imports, their classes and functions."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "autogen_classic"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def _modules() -> dict[str, Path]:
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


# Every module of the package by its full name.
MODULES = _modules()


@functools.cache
def tree_of(name: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def package_of(name: str) -> str:
    """The package in which a module stands; a package stands in itself."""
    return name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]


def is_for_type_checkers(node: ast.AST) -> bool:
    """Whether a statement is an ``if TYPE_CHECKING`` block."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


@functools.cache
def imports_of(name: str, *, for_type_checkers: bool = True) -> frozenset[str]:
    """The modules of this package that a module imports, inside functions and by `import_module` as well.

    Args:
        name: the module.
        for_type_checkers: whether to count what stands under ``TYPE_CHECKING``.
    """
    package = package_of(name)
    found: set[str] = set()
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            target = node.args[0]
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                found.add(resolve_name(target.value, package))
    for node in _import_statements(tree_of(name), for_type_checkers):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
            continue
        source = resolve_name("." * node.level + (node.module or ""), package)
        for alias in node.names:
            submodule = f"{source}.{alias.name}"
            found.add(submodule if submodule in MODULES else source)
    return frozenset(found & MODULES.keys() - {name})


def _import_statements(tree: ast.AST, for_type_checkers: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and is_for_type_checkers(node) and not for_type_checkers:
            for otherwise in node.orelse:
                yield from _import_statements(otherwise, for_type_checkers)
        else:
            yield from _import_statements(node, for_type_checkers)
