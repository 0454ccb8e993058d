"""Helpers for chats and agents: checks of their arguments, the cost of chats, and tags in their texts."""

from __future__ import annotations

import logging
from collections.abc import Container, Hashable, Iterable, Mapping
from typing import Any

from .._core.content import texts_of
from .._core.party import Party, described
from .._core.tags import attributes_in, tags_in
from ..errors import MissingItemError

__all__ = (
    "LEFT_OUT",
    "check_function_map",
    "check_ids",
    "check_indexes",
    "check_prerequisites",
    "check_queue",
    "consolidate_chat_info",
    "gather_usage_summary",
    "name_of_recipient",
    "parse_tags_from_content",
    "tell_of_near_names",
)

logger = logging.getLogger("autogen.agentchat.chat")


def consolidate_chat_info(
    chat_info: dict[str, Any] | Iterable[dict[str, Any]], uniform_sender: Party | None = None
) -> None:
    """Check what describes a chat, or each chat of a list.

    Args:
        chat_info: the arguments of ``initiate_chat`` as a dict, or a list of such dicts.
        uniform_sender: who opens the chats; None if each dict names its sender.

    Raises:
        AssertionError: for a missing sender or recipient, an unknown summary method, or a reflection without a
            model on either side.
    """
    for number, info in enumerate([chat_info] if isinstance(chat_info, dict) else chat_info):
        if uniform_sender is None:
            if "sender" not in info:
                raise AssertionError(f"sender must be provided. Chat {number} (counted from 0) has none.")
            sender = info["sender"]
        else:
            sender = uniform_sender
        if "recipient" not in info:
            raise AssertionError(f"recipient must be provided. Chat {number} (counted from 0) has none.")
        method = info.get("summary_method")
        if not (method is None or callable(method) or method in ("last_msg", "reflection_with_llm")):
            raise AssertionError(
                "summary_method must be a string chosen from 'reflection_with_llm' or 'last_msg' or a callable, or "
                f"None, but it is {method!r}."
            )
        if method == "reflection_with_llm" and sender.client is None and info["recipient"].client is None:
            raise AssertionError(
                "llm client must be set in either the recipient or sender when summary_method is reflection_with_llm."
            )


LEFT_OUT = "finished_chat_indexes_to_exclude_from_carryover"
"""Under this name an entry of a queue lists the earlier chats whose summaries it does not carry over."""

_NAMES_IN_A_CHAT = (
    "recipient",
    "clear_history",
    "silent",
    "cache",
    "max_turns",
    "summary_method",
    "summary_args",
    "message",
    "max_cost",
    "max_tokens",
    "max_seconds",
    "carryover",
    "sender",
    "chat_id",
    "prerequisites",
    LEFT_OUT,
)
"""All that the library reads of the arguments of a chat, or of its entry in a queue; other names are context."""


def tell_of_near_names(context: Iterable[str]) -> None:
    """Warn once of context whose name is nearly that of an argument.

    Args:
        context: the names of what a chat is given besides its arguments.
    """
    for name in context:
        if name in _NAMES_IN_A_CHAT:
            continue
        from .._warn import warn_once  # for the few chats that have context of their own
        from .._words import did_you_mean

        hint = did_you_mean(name, _NAMES_IN_A_CHAT)
        if hint:
            warn_once(
                logger, f"A chat has no setting {name!r}, so it is taken as context for the first message. {hint}"
            )


def check_queue(chat_queue: object) -> None:
    """Refuse a queue in any other form, and chats in it that lack something.

    Args:
        chat_queue: a list of dicts.

    Raises:
        AssertionError: for a chat without sender or recipient, or with an unknown summary method.
        AttributeError: for a sender that is not an agent.
        TypeError: the queue is not a list, a chat in it is not a dict, or a carryover is neither a text nor a list.
    """
    form = 'a list of dicts such as {"sender": ..., "recipient": ..., "message": ...}'
    if isinstance(chat_queue, (dict, str)):
        raise AssertionError(f"chat_queue must be {form}, but it is a {type(chat_queue).__name__}. Put it in a list.")
    if not isinstance(chat_queue, Iterable):
        raise TypeError(f"chat_queue must be {form}, but it is {chat_queue!r}.")
    for number, chat_info in enumerate(chat_queue):
        if not isinstance(chat_info, Mapping):
            raise TypeError(f"chat_queue must be {form}, but its chat {number} is of type {type(chat_info).__name__}.")
    consolidate_chat_info(chat_queue)
    for number, chat_info in enumerate(chat_queue):
        sender = chat_info["sender"]
        if isinstance(sender, type) or not hasattr(sender, "initiate_chat"):
            raise AttributeError(
                f"sender in chat {number} (counted from 0) must be an agent, but it is {described(sender)}. Pass the "
                "agent itself."
            )
        carryover = chat_info.get("carryover", ())
        if isinstance(carryover, (Mapping, bytes)) or not isinstance(carryover, (Iterable, type(None))):
            name = name_of_recipient(chat_info["recipient"])
            raise TypeError(f"carryover in the chat with {name} must be a text or a list, but it is {carryover!r}.")


def name_of_recipient(recipient: object) -> str:
    """What a recipient in a queue is called; one that is not an agent is refused when its turn comes."""
    return str(getattr(recipient, "name", None) or described(recipient))


def check_indexes(chat_queue: list[dict[str, Any]]) -> None:
    """Refuse indexes of earlier chats in any other form than a list; the first chat has none before it.

    Args:
        chat_queue: a queue that runs one after the other, in its right form.

    Raises:
        TypeError: they are not a list.
    """
    for number, chat_info in enumerate(chat_queue):
        indexes = chat_info.get(LEFT_OUT, ())
        form = f"{LEFT_OUT} in chat {number} (counted from 0) must be a list of whole numbers such as [0]"
        if number and (isinstance(indexes, (str, bytes)) or not isinstance(indexes, (Container, Iterable))):
            raise TypeError(f"{form}, but it is {indexes!r}. Leave it out if no summary is to stay out.")
        strange = [one for one in indexes if not isinstance(one, int)] if isinstance(indexes, list) else []
        if strange:
            logger.warning("%s, but it holds %r, which leaves no summary out.", form, strange[0])


def check_ids(chat_queue: list[dict[str, Any]]) -> None:
    """Refuse chats without an id in a queue that runs at the same time.

    Args:
        chat_queue: the queue, in its right form.

    Raises:
        KeyError: a chat has no ``chat_id``.
        TypeError: a ``chat_id`` cannot be a key of the results.
    """
    for number, chat_info in enumerate(chat_queue):
        if "chat_id" not in chat_info:
            raise MissingItemError(
                f"Chat {number} (counted from 0) of a queue that runs at the same time has no chat_id. Give each chat "
                'one of its own, such as "chat_id": 1: the results are found by it.'
            )
        if not isinstance(chat_info["chat_id"], Hashable):
            raise TypeError(
                f"chat_id of chat {number} (counted from 0) must be a number or a text, but it is "
                f"{chat_info['chat_id']!r}."
            )


def check_prerequisites(chats: dict[Any, dict[str, Any]]) -> None:
    """Refuse a queue in which some chat could never start.

    Args:
        chats: its chats by their ids.

    Raises:
        TypeError: the prerequisites of a chat are not a list.
        ValueError: they are a text, or hold what cannot be a chat_id; or one of them is not in the queue, or waits for
            the chat that needs it.
    """
    for chat_id, chat_info in chats.items():
        needed = chat_info.get("prerequisites", [])
        form = f"prerequisites of the chat with the chat_id {chat_id!r} must be a list of chat_ids such as [1]"
        if not isinstance(needed, Iterable):
            raise TypeError(f"{form}, but it is {needed!r}. Leave it out if the chat waits for no other.")
        if (needed and isinstance(needed, str)) or not all(isinstance(one, Hashable) for one in needed):
            raise ValueError(f"{form}, but it is {needed!r}.")
    startable: set[Any] = set()
    while len(startable) < len(chats):
        ready = {
            chat_id
            for chat_id, chat_info in chats.items()
            if chat_id not in startable and startable.issuperset(chat_info.get("prerequisites", []))
        }
        if not ready:
            stuck = sorted(str(chat_id) for chat_id in chats.keys() - startable)
            raise ValueError(
                f"The chats with the chat_id {', '.join(stuck)} can never start: their prerequisites are not in the "
                "queue, or wait for them. Name only the chat_id of other chats of this queue, without a circle."
            )
        startable |= ready


def gather_usage_summary(agents: list[Any]) -> dict[str, dict[str, Any]]:
    """Add up what agents have spent on models over their lives.

    Args:
        agents: agents; one without a model adds nothing.

    Returns:
        A dict with the keys ``usage_including_cached_inference`` and ``usage_excluding_cached_inference``. Each has
        ``total_cost`` in US dollars, and by model its ``cost``, ``prompt_tokens``, ``completion_tokens`` and
        ``total_tokens``.
    """
    including: dict[str, Any] = {"total_cost": 0}
    excluding: dict[str, Any] = {"total_cost": 0}
    for agent in agents:
        if hasattr(agent, "get_total_usage"):
            _add(including, agent.get_total_usage())
            _add(excluding, agent.get_actual_usage())
    return {"usage_including_cached_inference": including, "usage_excluding_cached_inference": excluding}


def _add(total: dict[str, Any], usage: dict[str, Any] | None) -> None:
    for model, used in (usage or {}).items():
        if model == "total_cost":
            total["total_cost"] += used
            continue
        sums = total.setdefault(model, dict.fromkeys(("cost", "prompt_tokens", "completion_tokens", "total_tokens"), 0))
        for key in sums:
            sums[key] += used.get(key, 0)


def parse_tags_from_content(tag: str, content: str | list[Any]) -> list[dict[str, Any]]:
    """Find tags such as ``<img a.png>`` or ``<img src="a.png" width="100">`` in a text.

    What stands before the first attribute in quotes is the source, whatever it holds: addresses and data have equals
    signs, paths have spaces.

    Args:
        tag: the name of the tag.
        content: a text, or the parts of a multimodal message.

    Returns:
        For each tag its ``tag``, its attributes by name in ``attr`` (the source as ``src``), and the ``match`` of the
        regular expression.

    Raises:
        ValueError: ``content`` is neither a text nor a list.
    """
    if isinstance(content, str):
        return _tags_in(tag, content)
    if isinstance(content, list):
        return [found for text in texts_of(content) for found in _tags_in(tag, text)]
    raise ValueError(f"content must be str or list, but got {type(content)}")


def _tags_in(tag: str, text: str) -> list[dict[str, Any]]:
    return [{"tag": tag, "attr": attributes_in(match[1]), "match": match} for match in tags_in(tag, text)]


def check_function_map(agent: Party, function_map: object) -> None:
    """Refuse what is not a dict of functions by valid names; None may stand in the place of a function.

    Args:
        agent: whose functions they are to be.
        function_map: the functions.

    Raises:
        AttributeError: they are not in a dict.
        TypeError: a name is not a text, or one of them cannot be called.
        ValueError: not every provider accepts a name.
    """
    if not isinstance(function_map, Mapping):
        raise AttributeError(
            f'The functions of {agent.name} must be given by name, as {{"name": function}}, not as {function_map!r}.'
        )
    for name, function in function_map.items():
        agent._assert_valid_name(name)
        if function is not None and not callable(function):
            raise TypeError(
                f"The function {name!r} of {agent.name} cannot be called: it is {described(function)}. Give the "
                "function itself."
            )
