"""Docstrings say which errors a function raises, and when, in words that can be understood without the code."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from package_facts import MODULES, FunctionNode, tree_of

from autogen_classic import errors

# A subclass says what it does; an error of these kinds is not one that a caller meets.
NOT_SAID = ("ProgramFailed", "NotImplementedError", "AssertionError", "StopIteration", "PydanticKnownError")

# "It is something else" leaves open what "it" is, and "for another name" which names are right.
RIDDLE = re.compile(
    r"^\s+\w*(?:Error|Exception|Type): (?:it is something else|for (?:another|anything else|any other)\b)"
)


def docstrings_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield ast.get_docstring(node) or ""


def functions_with_docs(tree: ast.Module) -> Iterator[tuple[FunctionNode, str]]:
    """The public functions and methods with their docstrings; that of a class is also for its ``__init__``."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
            yield node, ast.get_docstring(node) or ""
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    own = ast.get_docstring(method) or ""
                    if method.name == "__init__":
                        yield method, f"{ast.get_docstring(node) or ''}\n{own}"
                    elif not method.name.startswith("_"):
                        yield method, own


def errors_raised_in(function: FunctionNode) -> Iterator[str]:
    """The names of the errors that a function raises itself, but not those of functions within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = ast.unparse(error).rpartition(".")[2]
            if name[0].isupper():
                yield name
        waiting += ast.iter_child_nodes(node)


def names_of(error: str) -> list[str]:
    """The name of an error, and those of its parents, under which a docstring may also tell of it."""
    kind = getattr(errors, error, None) or getattr(builtins, error, None)
    parents = () if kind is None else kind.__mro__
    return [error, *(parent.__name__ for parent in parents if parent not in (Exception, BaseException, object))]


def test_functions_say_which_errors_they_raise() -> None:
    unsaid = [
        f"{name}.{function.name}: {error}"
        for name in MODULES
        for function, said in functions_with_docs(tree_of(name))
        for error in errors_raised_in(function)
        if said.strip() and error not in NOT_SAID
        if "see `" not in said.lower() and not any(one in said for one in names_of(error))
    ]
    assert unsaid == []


def test_functions_say_when_they_raise_an_error() -> None:
    riddles = [
        f"{name}: {line.strip()}"
        for name in MODULES
        for docstring in docstrings_in(tree_of(name))
        for line in docstring.splitlines()
        if RIDDLE.search(line)
    ]
    assert riddles == []
