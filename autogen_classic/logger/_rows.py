"""What the rows of all loggers have in common: where something comes from, values as JSON, and no keys."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from .._secrets import hidden, may_hold_secrets, secrets_in, secrets_of_environment, shown_without_keys
from .logger_utils import to_dict

__all__ = (
    "NOT_LOGGED",
    "Veil",
    "agent_fields",
    "answer_as_json",
    "as_json",
    "module_name",
    "path_in",
    "source_name",
    "wrapper_id_of",
)

NOT_LOGGED = (
    "self",
    "__class__",
    "api_key",
    "organization",
    "base_url",
    "azure_endpoint",
    "azure_ad_token",
    "azure_ad_token_provider",
)
"""Settings that the database leaves out."""


_SET_BY_THE_WRAPPER = ("config_id", "message_retrieval_function", "pass_filter")
_PLACES_IN_0_2 = {"agentchat._nested": "agentchat.conversable_agent"}


def as_json(obj: object, indent: int | None = None) -> str:
    """Write a value as JSON.

    Args:
        obj: anything. What JSON cannot hold is replaced by ``<<non-serializable: CLASS>>``.
        indent: how far to indent what is inside of something; None writes one line.
    """
    try:
        return json.dumps(obj, indent=indent, default=_not_serializable)
    except (TypeError, ValueError):  # keys that are not texts, or something that contains itself
        return json.dumps(to_dict(obj), indent=indent, default=_not_serializable)


def answer_as_json(response: object, indent: int | None = None) -> str:
    """Write the answer of a model as JSON.

    Args:
        response: the answer, or a text that says why there is none.
        indent: how far to indent what is inside of something; None writes one line.
    """
    if response is None or isinstance(response, str):
        return as_json({"response": response}, indent)
    return as_json(to_dict(response, exclude=_SET_BY_THE_WRAPPER), indent)


def _not_serializable(part: object) -> str:
    return f"<<non-serializable: {type(part).__qualname__}>>"


def source_name(source: object) -> str | None:
    """The name of where something comes from.

    Args:
        source: an agent, a name, or anything else; None stays None.
    """
    return None if source is None else getattr(source, "name", None) or str(source)


def agent_fields(source: object) -> tuple[str | None, str | None]:
    """The module and the class of an agent; both None for anything else.

    Args:
        source: where something comes from.
    """
    if not hasattr(source, "name"):
        return None, None
    return module_name(type(source)), type(source).__name__


def module_name(thing: object) -> str:
    """The module of a class or function. Ours have the names of 0.2, by which old notebooks look for them.

    Args:
        thing: a class or function.
    """
    name = str(getattr(thing, "__module__", ""))
    package, _, place = name.partition(".")
    if package != __name__.partition(".")[0]:
        return name
    return f"autogen.{_PLACES_IN_0_2.get(place, place)}"


def wrapper_id_of(agent: object) -> int | str:
    """The id of an agent's `OpenAIWrapper`; an empty text for an agent without a model.

    Args:
        agent: the agent.
    """
    client = getattr(agent, "client", None)
    return "" if client is None else getattr(client, "wrapper_id", id(client))


def path_in(config: object, key: str, default: str, logger: str) -> str:
    """Take the path of a file out of the config of a logger.

    Args:
        config: the config.
        key: its key for the path.
        default: the path if the key is missing.
        logger: the name of the logger, for the error.

    Returns:
        The path.

    Raises:
        TypeError: the config is not a dict, or the path is not a path.
    """
    if not isinstance(config, Mapping):
        raise TypeError(
            f"The config of a {logger} must be a dict such as {{{key!r}: {default!r}}}, but it is "
            f"{shown_without_keys(config)}."
        )
    path = config.get(key, default)
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{key} in the config of a {logger} must be the path of a file, but it is {path!r}.")
    return os.fspath(path)


class Veil:
    """Hides keys: those of the environment, and those of every configuration that the logger has seen."""

    def __init__(self) -> None:
        self._secrets = frozenset(secrets_of_environment())

    def over(self, text: str) -> str:
        """Hide every known key in a text.

        Args:
            text: any text.
        """
        return hidden(text, self._secrets)

    def settings(self, settings: dict[str, Any], exclude: tuple[str, ...] = ()) -> object:
        """Write settings as plain values, with every key hidden, and remember the keys.

        Args:
            settings: the arguments of an agent, a wrapper or a client.
            exclude: names to leave out.
        """
        self._secrets |= {*secrets_in(settings), *secrets_of_environment()}
        return _plain(settings, exclude)


def _plain(value: object, exclude: tuple[str, ...]) -> object:
    """Take dicts, lists and dataclasses apart, but no other object: it may be a client with open connections."""
    if is_dataclass(value) and not isinstance(value, type):
        found = ((field, getattr(value, field.name)) for field in fields(value))
        value = {field.name: part for field, part in found if part or not field.metadata.get("logged_if_used")}
    if isinstance(value, Mapping):
        return {
            str(name): "***" if part and may_hold_secrets(str(name)) else _plain(part, exclude)
            for name, part in value.items()
            if name not in exclude
        }
    if isinstance(value, (list, tuple)):
        return [_plain(part, exclude) for part in value]
    return to_dict(value) if inspect.isroutine(value) else to_dict(value, no_recursive=(object,))
