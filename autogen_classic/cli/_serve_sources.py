"""What ``autogen-classic serve`` is told to offer: agents in Python files and modules, and teams in YAML files."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from .._secrets import without_secrets
from ..compat import install_as_autogen
from ..errors import AliasRefusedError, AutogenClassicError, ServingError

if TYPE_CHECKING:
    from ..serving import Offer, Servable

__all__ = ("offers_of",)

LoadedT = TypeVar("LoadedT")

_NAMED = re.compile(r"([\w.-]+)=(.+)")
_YAML = (".yaml", ".yml")


def offers_of(sources: Sequence[str], max_cost: float | None) -> dict[str, Offer]:
    """Find what is to be offered.

    Args:
        sources: each ``FILE.py:ATTRIBUTE``, ``MODULE:ATTRIBUTE`` or ``TEAM.yaml``, perhaps after ``NAME=``.
        max_cost: how many US dollars an answer may cost; None for any. A team may say less.

    Raises:
        ServingError: something of it cannot be offered.
        TeamFileError: a team cannot be used.
        OSError: a file cannot be read.
        ImportError: an extra is missing.
    """
    with suppress(
        AliasRefusedError
    ):  # then the programs that are served do not say `import autogen`, or mean the other
        install_as_autogen()
    offers: dict[str, Offer] = {}
    for source in sources:
        named = _NAMED.fullmatch(source)
        name, place = named.groups() if named else (None, source)
        found_name, offer = _team(Path(place), max_cost) if place.endswith(_YAML) else _attribute(place, max_cost)
        name = name or found_name
        if name in offers:
            raise ServingError(f"Two of these are called {name!r}. Name one of them: other={source}")
        offers[name] = offer
    return offers


# --- teams -----------------------------------------------------------------------------------------------------------


def _team(path: Path, max_cost: float | None) -> tuple[str, Offer]:
    """The name of a team, and what makes its agents anew for each conversation."""
    from ..serving import Offer
    from ._chat.agents import crew_of
    from ._chat.team_file import read_team

    team = read_team(path)
    if team.code != "none":
        raise ServingError(
            f"{path}: `code: {team.code}` is for the terminal. To serve an agent whose code is run, write a function "
            "that returns a pair (user_proxy, assistant), the first with a container of its own."
        )

    def make() -> Servable:
        return crew_of(team).partner

    limits = [limit for limit in (team.budget, max_cost) if limit is not None]
    described = "; ".join(f"{one.name}: {one.description}" for one in team.agents if one.description)
    return path.stem, Offer(make, described or None, min(limits, default=None))


# --- Python ----------------------------------------------------------------------------------------------------------


def _attribute(place: str, max_cost: float | None) -> tuple[str, Offer]:
    from ..serving import Offer

    where, _, name = place.rpartition(":")
    if not where or not name.isidentifier():
        raise ServingError(
            f"{place!r} does not say what is to be served. Write FILE.py:ATTRIBUTE, MODULE:ATTRIBUTE or TEAM.yaml."
        )
    module = _file(Path(where)) if where.endswith(".py") else _module(where)
    if not hasattr(module, name):
        known = [one for one in vars(module) if not one.startswith("_") and _is_servable(getattr(module, one), module)]
        hint = f" It has: {', '.join(known)}." if known else ""
        raise ServingError(f"{where} has no attribute {name!r}.{hint}")
    return name, Offer(getattr(module, name), max_cost=max_cost)


def _is_servable(thing: object, module: ModuleType) -> bool:
    from ..agentchat import ConversableAgent

    is_function = callable(thing) and not isinstance(thing, type)
    return isinstance(thing, ConversableAgent) or (is_function and getattr(thing, "__module__", "") == module.__name__)


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(2, "No such file", str(path))
    sys.path.insert(0, str(path.resolve().parent))
    loader = SourceFileLoader(path.stem, str(path))
    module = importlib.util.module_from_spec(ModuleSpec(path.stem, loader, origin=str(path)))
    sys.modules[path.stem] = module
    _run(lambda: loader.exec_module(module), str(path))
    return module


def _module(name: str) -> ModuleType:
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    if found is None:
        raise ServingError(f"There is no module {name!r} (looked for it from {os.getcwd()}).")
    return _run(lambda: importlib.import_module(name), name)


def _run(load: Callable[[], LoadedT], where: str) -> LoadedT:
    """Run the program of a user; what it raises is told with the place in the program."""
    try:
        return load()
    except AutogenClassicError:
        raise
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        text = without_secrets(str(error), [])
        raise ServingError(
            f"{where} cannot be loaded. {type(error).__name__}: {text} ({at.filename}, line {at.lineno})"
        ) from error
