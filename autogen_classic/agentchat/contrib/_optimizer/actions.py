"""What a model proposes to do with the functions of an assistant, and how such a function runs."""

from __future__ import annotations

import json
import keyword
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...._json.text import object_within
from ....errors import UnusableProposalError

__all__ = ("Function", "apply", "program_of", "registrations")

Function = dict[str, Any]
"""``name``, ``description``, ``arguments`` (a schema by parameter), ``packages`` (by commas) and ``code``."""

_PARTS = ("name", "description", "arguments", "packages", "code")
_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]*(\[[\w,. -]+\])?\s*((?:[<>=]=?=?|[!~]==?)\s*[\w.*+-]+(?:![\w.*+-]+)?\s*)*")


def apply(call: Mapping[str, Any], functions: Sequence[Function]) -> list[Function]:
    """Do what a call of the model asks for.

    Args:
        call: ``name`` (add_function, revise_function or remove_function) and ``arguments`` as JSON.
        functions: the functions as they are.

    Returns:
        The functions as they are afterwards; an added one that is known already replaces the other.

    Raises:
        UnusableProposalError: the call cannot be understood or carried out; the text tells the model why.
    """
    proposal = _json_object(call.get("arguments"), "The arguments of the call")
    name = proposal.get("name")
    others = [function for function in functions if function["name"] != name]
    if call.get("name") == "remove_function":
        if len(others) == len(functions):
            raise UnusableProposalError(f"There is no function {name!r} to remove.")
        return others
    if call.get("name") not in ("add_function", "revise_function"):
        raise UnusableProposalError(f"There is no tool {call.get('name')!r}.")
    return [*others, _checked(proposal)]


def registrations(
    before: Sequence[Function], after: Sequence[Function], run: Callable[[Function], Callable[..., str]]
) -> tuple[list[dict[str, Any]], dict[str, Callable[..., str] | None]]:
    """What to tell the model of an assistant, and what to give to the agent that runs its functions.

    Args:
        before: the functions that they know.
        after: those that they are to know.
        run: makes a callable of a function.

    Returns:
        The arguments of one call of `update_function_signature` each, and a map for `register_function`.
    """
    gone = [function["name"] for function in before if function["name"] not in {one["name"] for one in after}]
    for_llm: list[dict[str, Any]] = [
        {
            "func_sig": {
                "name": function["name"],
                "description": function["description"],
                "parameters": {"type": "object", "properties": function["arguments"]},
            },
            "is_remove": False,
        }
        for function in after
    ]
    for_llm += [{"func_sig": {"name": name}, "is_remove": True} for name in gone]
    return for_llm, {**{one["name"]: run(one) for one in after}, **dict.fromkeys(gone)}


def program_of(name: str, packages: str, code: str, arguments: Mapping[str, Any]) -> str:
    """Write the program that calls a function and prints what it returns.

    Args:
        name: the name of the function.
        packages: what to install before, by commas.
        code: the code that defines it.
        arguments: what it is called with; JSON must hold them.
    """
    install = ""
    if _packages(packages):
        command = ["-m", "pip", "-qq", "install", *_packages(packages)]
        install = f"import subprocess, sys\nsubprocess.run([sys.executable, *{command!r}], check=True)\n"
    return (
        f'{install}print("Result of {name} function execution:")\n{code}\n'
        f"import json\nresult = {name}(**json.loads({json.dumps(dict(arguments))!r}))\n"
        "if result is not None: print(result)\n"
    )


def _checked(proposal: Mapping[str, Any]) -> Function:
    """The function that a model proposes; UnusableProposalError says what is wrong with it."""
    missing = [part for part in _PARTS if part not in proposal]
    if missing:
        raise UnusableProposalError(f"The call lacks {', '.join(missing)}.")
    name, code = proposal["name"], proposal["code"]
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or len(name) > 64:
        raise UnusableProposalError(f"{name!r} cannot be the name of a function in Python.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the model's code is for the model, when it runs
            compile(code, name, "exec", dont_inherit=True)
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as error:
        raise UnusableProposalError(f"The code of {name} cannot be compiled: {error}.") from error
    arguments = _json_object(proposal["arguments"], "The part arguments")
    if isinstance(arguments.get("properties"), dict) and arguments.get("type") == "object":
        arguments = arguments["properties"]  # some models write the whole schema
    odd = [key for key, schema in arguments.items() if not isinstance(schema, dict)]
    if odd:
        raise UnusableProposalError(f"The schema of {', '.join(odd)} in the part arguments must be an object.")
    return {
        "name": name,
        "description": str(proposal["description"]),
        "arguments": arguments,
        "packages": ", ".join(_packages(proposal["packages"])),
        "code": code,
    }


def _packages(given: object) -> list[str]:
    """The names in a list by commas. Options and addresses would let a model install from anywhere."""
    texts = given if isinstance(given, list) else str(given or "").split(",")
    packages = [text.strip().strip("'\"") for text in map(str, texts)]
    for package in packages:
        if package and not _PACKAGE.fullmatch(package):
            raise UnusableProposalError(f"{package!r} is not the name of a package on PyPI.")
    return [package for package in packages if package]


def _json_object(text: object, what: str) -> dict[str, Any]:
    if isinstance(text, dict):
        return text
    try:
        value = json.loads(object_within(str(text)))
    except (ValueError, RecursionError) as error:
        raise UnusableProposalError(f"{what} cannot be read as JSON: {error}.") from error
    if not isinstance(value, dict):
        raise UnusableProposalError(f"{what} must be a JSON object.")
    return value
