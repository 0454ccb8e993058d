"""Every name of 0.2.40 is where it was, and takes what it took.

`names/v02_api.json` lists the modules of 0.2.40 with their names, signatures and constants; `names/ag2_api.json` those
of AG2, with rows for the modules that are held to them so far.
"""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

COMPAT = Path(__file__).resolve().parent


def manifest(name: str) -> dict[str, Any]:
    return dict(json.loads((COMPAT / "names" / name).read_text(encoding="utf-8"))["modules"])


OF_0_2 = manifest("v02_api.json")
OF_AG2 = manifest("ag2_api.json")

MISSING = object()


def misses(module: Any, row: dict[str, Any]) -> Iterator[str]:
    """What a module lacks of its row in a manifest."""
    yield from (name for name in row["exports"] + row["constants"] if not hasattr(module, name))
    for name, function in row["functions"].items():
        yield from misses_of_callable(name, getattr(module, name, MISSING), function)
    for name, wanted in row["classes"].items():
        cls = getattr(module, name, None)
        if not inspect.isclass(cls):
            yield f"{name} is not a class"
            continue
        if wanted.get("init") is not None:
            yield from misses_of_signature(f"{name}()", cls.__init__, wanted["init"])
        for method, function in wanted["methods"].items():
            yield from misses_of_callable(f"{name}.{method}", inspect.getattr_static(cls, method, MISSING), function)
        yield from (f"{name}.{known}" for known in wanted["properties"] if not hasattr(cls, known))


def misses_of_callable(name: str, found: Any, wanted: dict[str, Any]) -> Iterator[str]:
    if found is MISSING:
        yield f"{name} is missing"
        return
    function = inspect.unwrap(getattr(found, "__func__", found))
    if inspect.iscoroutinefunction(function) != wanted["async"]:
        yield f"{name} is {'' if wanted['async'] else 'not '}asynchronous in the manifest"
    yield from misses_of_signature(name, function, wanted["params"])


def misses_of_signature(name: str, function: Callable[..., Any], wanted: list[dict[str, str]] | None) -> Iterator[str]:
    try:
        ours = inspect.signature(inspect.unwrap(function)).parameters
    except (TypeError, ValueError):  # a class of builtins has none
        return
    named = [row for row in wanted or [] if not row["kind"].startswith("VAR") and row["name"] not in ("self", "cls")]
    expected = {row["name"]: row for row in named}
    takes_any = any(one.kind is one.VAR_KEYWORD for one in ours.values())
    places = [list(ours).index(key) for key, row in expected.items() if key in ours and row["kind"] != "KEYWORD_ONLY"]
    if places != sorted(places):
        yield f"{name}: the order of the parameters is {list(ours)}"
    for key, row in expected.items():
        if key not in ours:
            if not (takes_any and row["kind"] == "KEYWORD_ONLY"):
                yield f"{name}: no parameter {key}"
        elif row.get("default", "...") != "..." and not is_default(ours[key].default, row["default"]):
            yield f"{name}: the default of {key} is {ours[key].default!r} instead of {row['default']}"
    for key, one in ours.items():
        is_new = key not in expected and one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
        if is_new and one.default is one.empty and key not in ("self", "cls"):
            yield f"{name}: the new parameter {key} has no default"


def is_default(ours: Any, text: str) -> bool:
    """Whether a default is the one whose text stands in the manifest; a text that is no literal stands for any."""
    if ours is inspect.Parameter.empty:
        return False
    try:
        return repr(ours) == text or bool(ours == ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return True


@pytest.mark.filterwarnings("ignore:.*has been renamed:DeprecationWarning")
@pytest.mark.parametrize("module", OF_0_2)
def test_a_module_has_every_name_of_0_2(module: str) -> None:
    ours = importlib.import_module(module.replace("autogen", "autogen_classic", 1))
    assert list(misses(ours, OF_0_2[module])) == []


@pytest.mark.parametrize("module", [name for name, row in OF_AG2.items() if row is not None])
def test_a_module_has_every_name_of_ag2(module: str) -> None:
    if module.startswith("autogen.oai.oai_models") and int(importlib.metadata.version("openai").split(".")[0]) < 3:
        pytest.skip("the names are classes of a newer openai package")
    ours = importlib.import_module(module.replace("autogen", "autogen_classic", 1))
    assert list(misses(ours, OF_AG2[module])) == []


def test_a_name_that_goes_is_missed() -> None:
    def chat(recipient: str, *, turns: int = 3, new: object) -> None:
        """Of another shape than the row asks for."""

    row = {
        "async": True,
        "params": [
            {"kind": "POSITIONAL_OR_KEYWORD", "name": "sender"},
            {"kind": "KEYWORD_ONLY", "name": "turns", "default": "2"},
        ],
    }
    assert list(misses_of_callable("chat", chat, row)) == [
        "chat is asynchronous in the manifest",
        "chat: no parameter sender",
        "chat: the default of turns is 3 instead of 2",
        "chat: the new parameter recipient has no default",
        "chat: the new parameter new has no default",
    ]
    assert list(misses_of_callable("chat", MISSING, row)) == ["chat is missing"]
