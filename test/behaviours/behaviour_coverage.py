"""Which test holds the library to which item, read from the decorators of the test files."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).resolve().parent


def coverage() -> dict[str, list[str]]:
    """The tests of each item, as pytest names them from the root of the project."""
    found: dict[str, list[str]] = {}
    for file in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for name in _items_of(node):
                    found.setdefault(name, []).append(f"test/behaviours/{file.name}::{node.name}")
    return found


def _items_of(test: ast.FunctionDef) -> list[str]:
    return [
        ast.literal_eval(decorator.args[0])
        for decorator in test.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "item"
    ]
