"""A team as a small YAML file says it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..._packages import keep_jsonschema_light, missing_package
from ...errors import TeamFileError

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from yaml import Node

__all__ = ("SCHEMA_FILE", "TEMPLATE_FILE", "Member", "Model", "Team", "check_code", "read_team", "team_of")

SCHEMA_FILE = Path(__file__).with_name("team.schema.json")
TEMPLATE_FILE = Path(__file__).with_name("team.yaml")
_LARGEST_FILE = 1_000_000  # bytes
_SECRET = re.compile(r"api.?key|^key$|token$|secret|password", re.IGNORECASE)
_TAKEN = ("user", "manager", "chat_manager", "checking_agent")

Model = str | dict[str, Any]
"""A name, or a dict with the name and settings, as the schema has it."""


@dataclass(frozen=True)
class Member:
    """An agent of a team; the fields are those of the schema."""

    name: str
    system_message: str | None = None
    description: str | None = None
    model: Model | None = None


@dataclass(frozen=True)
class Team:
    """Who talks with the person, and how; the fields are those of the schema."""

    agents: Sequence[Member]
    model: Model | None = None
    speakers: Literal["auto", "round_robin", "random"] = "auto"
    max_rounds: int = 8
    stop_word: str = "TERMINATE"
    code: str = "none"
    budget: float | None = None

    def as_data(self) -> dict[str, Any]:
        """The team as `team_of` takes it, and as JSON can hold it."""
        data = asdict(self)
        data["agents"] = [_without_none(member) for member in data["agents"]]
        return _without_none(data)


def read_team(path: Path) -> Team:
    """Read a team.

    Args:
        path: a YAML file.

    Raises:
        TeamFileError: it cannot be used; the text says where and why.
        OSError: it cannot be read.
        ImportError: the extra ``chat`` is missing.
    """
    if path.stat().st_size > _LARGEST_FILE:
        raise TeamFileError(f"{path} is too large for a team (more than {_LARGEST_FILE:,} bytes).")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TeamFileError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start}).") from None
    return team_of(_yaml_in(text, path), str(path))


def team_of(data: object, place: str) -> Team:
    """Check a team, and make it.

    Args:
        data: what stands in a file.
        place: the name of the file, for errors.

    Raises:
        TeamFileError: it cannot be used.
    """
    keep_jsonschema_light()
    from jsonschema import Draft202012Validator

    if data is None:
        raise TeamFileError(f"{place} is empty. `autogen-classic chat --init` writes one with comments.")
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    errors = sorted(Draft202012Validator(schema).iter_errors(data), key=lambda error: [*map(str, error.absolute_path)])
    if errors:
        faults = "".join(f"\n  {fault}" for error in errors for fault in _faults(error))
        raise TeamFileError(f"{place} cannot be used:{faults}")
    assert isinstance(data, Mapping)
    team = Team(**{**data, "agents": [Member(**agent) for agent in data["agents"]]})
    names = [member.name for member in team.agents]
    for name in names:
        if names.count(name) > 1:
            raise TeamFileError(f"{place}: two agents are called {name!r}. Rename one of them.")
        if name in _TAKEN:
            raise TeamFileError(f"{place}: no agent may be called {name!r}: that name is taken.")
    check_code(team.code, len(names), f"{place}: `code: {team.code}`")
    return team


def check_code(how: str, size: int, place: str) -> None:
    """Refuse to run code in a group.

    Args:
        how: whether code runs, as ``code`` of the team.
        size: how many agents there are.
        place: where that is said, for errors.

    Raises:
        TeamFileError: code is to run, and there are several agents.
    """
    if how != "none" and size > 1:
        raise TeamFileError(f"{place} needs a team of one agent, but this one has {size}.")


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


# --- YAML ------------------------------------------------------------------------------------------------------------


def _yaml_in(text: str, path: Path) -> object:
    """What a YAML text holds; TeamFileError says where it is wrong and what to do."""
    try:
        import yaml
    except ImportError as error:
        raise missing_package("A team in a YAML file", error, "chat") from error
    try:
        _check_nodes(yaml.compose(text, Loader=yaml.SafeLoader), path)
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = text.splitlines()[mark.line] if mark is not None and mark.line < len(text.splitlines()) else ""
        where = f"{path}, line {mark.line + 1}" if mark is not None else str(path)
        indented = "\t" in line[: len(line) - len(line.lstrip())]
        if indented or "\\t" in str(error.problem):
            fault = "is indented with a tab" if indented else "has a tab before a value"
            raise TeamFileError(f"{where} {fault}. YAML takes spaces only: indent by two for each level.") from None
        shown = f": {line.strip()[:60]}" if line.strip() else ""
        raise TeamFileError(f"{where} is not YAML ({error.problem}){shown}{_remedy(str(error.problem))}") from None
    except yaml.YAMLError as error:
        raise TeamFileError(f"{path} is not YAML ({str(error).splitlines()[0]}).") from None
    except RecursionError:
        raise TeamFileError(f"{path} is nested too deeply.") from None


def _remedy(problem: str) -> str:
    """What to do about a fault that YAML names in its own words."""
    if problem.startswith("mapping values are not allowed"):
        return "\nIf the colon belongs to the text, put the text into quotes. Else look at the indentation."
    if "block end" in problem or problem.startswith("could not find expected ':'"):
        return "\nLook at the indentation of this line and of those above it: keys of one level begin in one column."
    return ""


def _check_nodes(root: Node | None, path: Path) -> None:
    """Refuse what YAML passes over or does behind one's back: a key that comes twice, and aliases."""
    from yaml import MappingNode, ScalarNode, SequenceNode

    seen: set[int] = set()
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            raise TeamFileError(
                f"{path}, line {node.start_mark.line + 1}: aliases (*name) are not taken. Write it out."
            )
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, MappingNode):
            keys: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, ScalarNode):
                    if key.value in keys:
                        raise TeamFileError(f"{path}, line {key.start_mark.line + 1}: {key.value!r} is given twice.")
                    keys.add(key.value)
            waiting.extend(part for pair in node.value for part in pair)


# --- what the schema does not take -----------------------------------------------------------------------------------


def _faults(error: ValidationError) -> Iterator[str]:
    """What is wrong at one place, in words."""
    place = _place(error.absolute_path)
    schema: Any = error.schema
    value: Any = error.instance
    if error.validator == "additionalProperties":
        known = list(schema["properties"])
        for key in value:
            if key not in known:
                yield f"{place}there is no key {str(key)!r}.{_advice(str(key), known)}"
    elif error.validator == "required":
        missing = [key for key in schema["required"] if key not in value]
        yield f"{place}{' and '.join(missing)} must be given."
    elif error.validator == "enum":
        listed = ", ".join(map(str, schema["enum"]))
        yield f"{place}must be one of {listed}, not {value!r}."
    elif error.validator == "type":
        yield f"{place or 'the whole file: '}must be {_kind(schema['type'])}, not {_told(value)}."
    elif error.validator == "pattern":
        yield f"{place}{value!r} does not fit. It takes {_within_a_sentence(schema['description'])}"
    elif error.validator in ("minItems", "minLength") and not value:
        yield f"{place}must not be empty."
    else:
        yield f"{place}{error.message}."


def _place(path: Iterable[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return f"{text}: " if text else ""


def _within_a_sentence(text: str) -> str:
    return text[:1].lower() + text[1:]


def _advice(word: str, known: list[str]) -> str:
    """What to write in place of a key that does not exist."""
    if _SECRET.search(word):
        return " Keys do not belong in a team file: put them into an OAI_CONFIG_LIST, and name its model here."
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else f" Known are {', '.join(known)}."


_KINDS = {
    "string": "a text",
    "object": "a mapping of keys to values",
    "array": "a list, each entry of which begins with `- `",
    "integer": "a whole number",
    "number": "a number",
}


def _kind(types: str | list[str]) -> str:
    return " or ".join(_KINDS[one] for one in ([types] if isinstance(types, str) else types))


def _told(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{str(value).lower()} (put words such as yes, no, on and off into quotes)"
    return f"a {'list' if isinstance(value, list) else 'mapping'}" if isinstance(value, (list, dict)) else repr(value)
