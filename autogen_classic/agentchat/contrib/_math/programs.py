"""A program that is told in pieces: each piece runs after those before it, and shows what it comes to."""

from __future__ import annotations

import ast
import warnings

__all__ = ("showing", "without_output")


def showing(code: str) -> str:
    """Have code that prints nothing print the value of its last line, as a notebook does.

    Args:
        code: Python code.

    Returns:
        The code; unchanged if it prints by itself, does not end with an expression, or cannot be parsed.
    """
    statements = _statements(code)
    if "print(" in code or not statements or not isinstance(statements[-1], ast.Expr):
        return code
    last, source = statements[-1], code.encode()
    start = _offset(source, last.lineno, last.col_offset)
    end = _offset(source, last.end_lineno or last.lineno, last.end_col_offset or 0)
    return (source[:start] + b"print(" + source[start:end] + b")" + source[end:]).decode()


def without_output(code: str, imports_only: bool = False) -> str:
    """Leave out what only shows something, so that code can run again in silence.

    Args:
        code: Python code.
        imports_only: True keeps nothing but the imports, which are all that a failed piece is good for.

    Returns:
        The remaining code, which may be empty; empty also for code that cannot be parsed.
    """
    kept = [
        statement
        for statement in _statements(code)
        if (isinstance(statement, (ast.Import, ast.ImportFrom)) if imports_only else not _is_print(statement))
    ]
    return "".join(f"{ast.unparse(statement)}\n" for statement in kept)


def _statements(code: str) -> list[ast.stmt]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the model's code is for the model, when it runs
            return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _is_print(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == "print"
    )


def _offset(source: bytes, line: int, column: int) -> int:
    """Where a place that Python names by line and column stands; both count bytes."""
    return sum(len(text) + 1 for text in source.split(b"\n")[: line - 1]) + column
