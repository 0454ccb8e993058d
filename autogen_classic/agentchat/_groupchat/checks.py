"""Refuse, when a group is built, what could not work when it runs."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from ..._core.party import Agent, described, is_agent
from ..._core.replies import LedGroup, led_group
from ...errors import TransitionGraphError
from ...graph_utils import check_graph_validity, invert_disallowed_to_allowed
from .._speakers import SELECTORS
from .contract import Group

__all__ = (
    "allowed_transitions",
    "check_before_chat",
    "check_is_group",
    "check_leader",
    "check_messages",
    "check_settings",
)

logger = logging.getLogger("autogen.agentchat.groupchat")

TRANSITION_TYPES = ("allowed", "disallowed", None)

_NEEDED_TEXTS = (
    "select_speaker_message_template",
    "select_speaker_auto_multiple_template",
    "select_speaker_auto_none_template",
    "role_for_select_speaker_messages",
)
_METHODS_OF_TRANSFORMS = ("add_to_agent", "apply_transform")
_TEMPLATES_THAT_MAY_BE_FUNCTIONS = ("select_speaker_message_template",)


def check_settings(groupchat: Group) -> None:
    """Check everything about a group except its transitions.

    Args:
        groupchat: a `GroupChat` under construction.

    Raises:
        ValueError: for a setting that is missing, empty or out of range.
        TypeError: for a template that is not a text.
    """
    for setting in _NEEDED_TEXTS:
        value = getattr(groupchat, setting)
        if setting in _TEMPLATES_THAT_MAY_BE_FUNCTIONS and callable(value):
            continue
        if value is None or value == "":
            raise ValueError(f"{setting} cannot be empty or None.")
        if not isinstance(value, str):
            raise TypeError(f"{setting} must be a text, but it is {value!r}.")
    prompt = groupchat.select_speaker_prompt_template
    if prompt is not None and not isinstance(prompt, str):
        raise TypeError(f"select_speaker_prompt_template must be a text or None, but it is {prompt!r}.")

    retries = groupchat.max_retries_for_selecting_speaker
    if not isinstance(retries, int):
        raise ValueError("max_retries_for_selecting_speaker cannot be None or non-int")
    if retries < 0:
        raise ValueError("max_retries_for_selecting_speaker must be greater than or equal to zero")
    if not isinstance(groupchat.select_speaker_auto_verbose, bool):
        raise ValueError("select_speaker_auto_verbose cannot be None or non-bool")
    transforms = groupchat.select_speaker_transform_messages
    if transforms is not None and not any(hasattr(transforms, name) for name in _METHODS_OF_TRANSFORMS):
        raise ValueError("select_speaker_transform_messages must be None or MessageTransforms.")
    _warn_of_what_cannot_run(groupchat)
    _warn_of_namesakes(groupchat.agents)


def check_is_group(groupchat: object) -> None:
    """Refuse what a manager cannot lead; None may be replaced by a subclass.

    Raises:
        AttributeError: it is not a group.
    """
    if groupchat is None or hasattr(groupchat, "agents"):
        return
    raise AttributeError(
        f"groupchat of a GroupChatManager must be a GroupChat, but it is {described(groupchat)}. Make one of your "
        "agents first, GroupChat(agents=[...], messages=[]), and give it as the first argument."
    )


def check_messages(groupchat: Group) -> None:
    """Refuse messages that cannot be added to.

    Raises:
        AttributeError: they are not a list.
    """
    if not (hasattr(groupchat.messages, "append") and hasattr(groupchat.messages, "clear")):
        raise AttributeError(
            "messages of a GroupChat must be a list of dicts, usually an empty one, but it is "
            f"{described(groupchat.messages)}."
        )


def check_before_chat(groupchat: Group) -> None:
    """Refuse settings with which no chat can run; until it begins, programs may set others.

    Raises:
        TypeError: max_round is not a whole number.
        AttributeError: messages are not a list.
    """
    if not hasattr(groupchat.max_round, "__index__"):
        raise TypeError(f"max_round of a GroupChat must be a whole number, but it is {groupchat.max_round!r}.")
    check_messages(groupchat)


def check_leader(manager: Agent, groupchat: LedGroup) -> None:
    """Refuse a group in which its own manager takes part, also by way of groups within it: it would have no end.

    Raises:
        ValueError: the manager, or a member that leads a group itself, is one of its own agents.
    """
    _check_that_it_ends([manager], groupchat.agents)


def _check_that_it_ends(leaders: list[Agent], members: list[Any]) -> None:
    for agent in members:
        if agent in leaders:
            raise ValueError(_circle_of(leaders[leaders.index(agent) :]))
        # A closer look at each member would take too long: few have these, and some of them only as a back reference.
        if hasattr(agent, "groupchat") or hasattr(agent, "chat_manager"):
            is_society = hasattr(agent, "generate_inner_monologue_reply")
            inner = getattr(led_group(agent.chat_manager if is_society else agent), "agents", None)
            if isinstance(inner, list):
                _check_that_it_ends([*leaders, agent], inner)


def _circle_of(leaders: list[Agent]) -> str:
    first, *others = [leader.name for leader in leaders]
    if not others:
        return (
            f"{first} leads this GroupChat, and is one of its agents as well. Take it out of agents: whoever "
            "talks to the manager talks to the whole group."
        )
    circle = ", ".join(f"{leader} leads one with {member}" for leader, member in pairwise([*others, first]))
    return (
        f"{first} leads a group with {others[0]}, {circle}: they would ask each other without end. Take {first} out of "
        f"the group of {others[-1]}."
    )


def _warn_of_what_cannot_run(groupchat: Group) -> None:
    """Tell early of settings that the chat will refuse, unless the program sets others before."""
    try:
        check_before_chat(groupchat)
    except (AttributeError, TypeError) as error:
        logger.warning("%s", error)
    messages: object = groupchat.messages
    strange = [one for one in messages if not isinstance(one, Mapping)] if isinstance(messages, list) else []
    if strange:
        logger.warning(
            "messages of a GroupChat must be a list of dicts, usually an empty one, but it holds %s. Write it as "
            '{"content": ..., "role": "user", "name": ...}.',
            described(strange[0]),
        )
    method: object = groupchat.speaker_selection_method
    if not callable(method) and str(method).lower() not in SELECTORS:
        logger.warning(
            "speaker_selection_method of a GroupChat is %r. It should be a function, or one of %s.",
            method,
            ", ".join(map(repr, SELECTORS)),
        )


def allowed_transitions(groupchat: Group) -> dict[Any, list[Any]]:
    """Work out who may follow whom.

    Args:
        groupchat: a `GroupChat` under construction.

    Returns:
        The agents that may speak after each agent.

    Raises:
        ValueError: for settings that contradict each other, a graph whose keys are not in the group, or a list with
            something other than agents.
        TypeError: for agents that are not a list.
    """
    _check_agents(groupchat.agents)
    graph = groupchat.allowed_or_disallowed_speaker_transitions
    kind = groupchat.speaker_transitions_type
    if graph is not None and groupchat.allow_repeat_speaker is not None:
        raise ValueError(
            "Don't provide both allowed_or_disallowed_speaker_transitions and allow_repeat_speaker in group chat. "
            "Please set one of them to None."
        )
    if isinstance(kind, str):
        kind = kind.lower()
    if kind not in TRANSITION_TYPES:
        raise ValueError(
            f"GroupChat speaker_transitions_type is set to '{groupchat.speaker_transitions_type}'. "
            f"It should be one of {list(TRANSITION_TYPES)} (case insensitive). "
        )
    if graph is None:
        allowed = _everybody_follows_everybody(groupchat)
    elif kind is None:
        raise ValueError(
            "GroupChat allowed_or_disallowed_speaker_transitions is not None, but speaker_transitions_type is None. "
            "Please set speaker_transitions_type to either 'allowed' or 'disallowed'."
        )
    else:
        try:
            allowed = graph if kind == "allowed" else invert_disallowed_to_allowed(graph, groupchat.agents)
            check_graph_validity(allowed_speaker_transitions_dict=allowed, agents=groupchat.agents)
        except (TransitionGraphError, TypeError) as error:
            raise type(error)(
                f"allowed_or_disallowed_speaker_transitions of a GroupChat cannot be used: {error}"
            ) from None
    return allowed


def _check_agents(agents: object) -> None:
    if isinstance(agents, str):
        raise ValueError(
            f"agents of a GroupChat must be a list of agents, but it is the text {agents!r}. Put the agents themselves "
            "into a list."
        )
    if not isinstance(agents, Iterable):
        raise TypeError(f"agents of a GroupChat must be a list of agents, but it is of type {type(agents).__name__}.")
    for agent in agents:
        if not is_agent(agent):
            raise ValueError(
                f"agents of a GroupChat must be a list of agents, but it holds {described(agent)}. "
                "Put the agents themselves there."
            )


def _everybody_follows_everybody(groupchat: Group) -> dict[Any, list[Any]]:
    """The graph of a group without transitions; an agent that may speak twice in a row comes last in its own list."""
    repeaters = groupchat.allow_repeat_speaker
    if not isinstance(repeaters, (bool, list)):
        raise ValueError("GroupChat allow_repeat_speaker should be a bool or a list of Agents.")
    agents = groupchat.agents
    strangers = [agent for agent in repeaters if agent not in agents] if isinstance(repeaters, list) else []
    if strangers:
        names = [stranger.name if is_agent(stranger) else described(stranger) for stranger in strangers]
        raise ValueError(f"GroupChat allow_repeat_speaker holds {names}, but these agents are not in the group.")
    allowed: dict[Any, list[Any]] = {}
    for agent in agents:
        may_repeat = repeaters if isinstance(repeaters, bool) else agent in repeaters
        allowed[agent] = [other for other in agents if other is not agent] + ([agent] if may_repeat else [])
    return allowed


def _warn_of_namesakes(agents: Iterable[Any]) -> None:
    names = Counter(agent.name for agent in set(agents) if hasattr(agent, "name"))
    for name, count in names.items():
        if count > 1:
            logger.warning(
                "%d agents of the group chat are called '%s'. Whoever is selected by that name is the first of them.",
                count,
                name,
            )
