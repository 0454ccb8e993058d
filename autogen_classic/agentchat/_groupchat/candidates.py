"""Find who may speak next, and select one of them if no model has to be asked."""

from __future__ import annotations

import logging
from types import GeneratorType
from typing import Any

from ..._core.drive import Steps
from ..._core.events import warn
from ..._core.messages import Message, called
from ...errors import NoEligibleSpeaker, UndefinedNextAgent
from .._speakers import SELECTORS, custom
from ..agent import Agent
from ..eligibility_policy import AgentEligibilityPolicy, SelectionContext
from .contract import Group

__all__ = ("next_agent", "prepare_and_select")

logger = logging.getLogger("autogen.agentchat.groupchat")

Agents = list[Any]
Messages = list[Message]


def prepare_and_select(groupchat: Group, last_speaker: Agent) -> Steps[tuple[Agent | None, Agents, Messages | None]]:
    """Select the next speaker as far as that goes without a model.

    Args:
        groupchat: the group.
        last_speaker: who spoke last; it need not be in the group.

    Returns:
        The next speaker, the candidates, and None; or None, the candidates, and the messages for the model that
        has to select one of them.

    Raises:
        ValueError: for an unknown selection method, or a group that is too small.
        NoEligibleSpeaker: when nobody may follow the last speaker.
    """
    method = groupchat.speaker_selection_method
    if callable(method):
        chosen = custom.choose(groupchat, last_speaker, method)
        if not isinstance(chosen, str):
            return chosen, groupchat.agents, None
        method = chosen
    name = method.lower() if isinstance(method, str) else method
    select = SELECTORS.get(name)
    if select is None:
        raise ValueError(
            f"GroupChat speaker_selection_method is set to '{method}'. "
            f"It should be one of {list(SELECTORS)} (case insensitive). {_advice_on_names(groupchat, method)}"
        )
    if len(groupchat.agents) <= 2:
        _check_population(groupchat, last_speaker, name)

    policies = getattr(groupchat, "eligibility_policies", None)
    candidates = _eligible(groupchat, last_speaker, policies) if policies else groupchat.agents
    messages = groupchat.messages
    calls = _called_functions(messages[-1]) if messages and groupchat.func_call_filter else []
    if calls:
        candidates = _who_can_execute(groupchat, calls, last_speaker)
        if len(candidates) == 1:
            return candidates[0], candidates, None
    candidates = _who_may_follow(groupchat, last_speaker, candidates, answering=bool(calls))
    if len(candidates) == 1:
        return candidates[0], candidates, None

    selected = select(groupchat, last_speaker, candidates)
    if isinstance(selected, GeneratorType):
        selected = yield from selected
    if selected is not None:
        return selected, candidates, None
    shown = [agent for agent in candidates if not getattr(agent, "_classic_is_hidden", False)]
    return None, shown, _without_open_call(groupchat.messages)


def _eligible(groupchat: Group, last_speaker: Agent, policies: list[AgentEligibilityPolicy]) -> Agents:
    """The members that all policies of the group let speak."""
    participants = [agent.name for agent in groupchat.agents]
    context = SelectionContext(len(groupchat.messages), last_speaker.name, participants)
    eligible = [agent for agent in groupchat.agents if all(policy.is_eligible(agent, context) for policy in policies)]
    if not eligible:
        raise NoEligibleSpeaker("The eligibility policies let no agent of the group speak.")
    return eligible


def next_agent(groupchat: Group, agent: Agent, agents: Agents | None) -> Agent:
    """Find the agent that comes after another one in the order of the group.

    Args:
        groupchat: the group.
        agent: the one before; the search begins at the start for an agent that is not in the group.
        agents: who may be found; None for the whole group.

    Returns:
        The first agent after ``agent``, going round, that may be found. It is ``agent`` itself when it is the
        only one.

    Raises:
        UndefinedNextAgent: when ``agents`` is empty or holds agents from outside the group.
    """
    group: list[Agent] = groupchat.agents
    wanted = group if agents is None else agents
    try:
        start = group.index(agent) + 1
    except ValueError:
        start = 0
    if wanted == group and group:
        return group[start % len(group)]
    if set(group).issuperset(wanted):
        for following in (*group[start:], *group[:start]):
            if following in wanted:
                return following
    raise UndefinedNextAgent()


def _advice_on_names(groupchat: Group, method: object) -> str:
    if method not in groupchat.agent_names and method not in groupchat.agents:
        return ""
    return "To have an agent speak, give a function of (last_speaker, groupchat) that returns the agent itself."


def _check_population(groupchat: Group, last_speaker: Agent, method: str) -> None:
    count = len(groupchat.agents)
    if count < 2:
        raise ValueError(
            f"GroupChat is underpopulated with {count} agents. "
            "Please add more agents to the GroupChat or use direct communication instead."
        )
    repeaters = groupchat.allow_repeat_speaker
    may_repeat = last_speaker in repeaters if isinstance(repeaters, list) else repeaters
    if count == 2 and may_repeat and method != "round_robin":
        warn(
            logger,
            "GroupChat is underpopulated with %d agents. Consider setting speaker_selection_method to 'round_robin' "
            "or allow_repeat_speaker to False, or use direct communication, unless repeated speaker is desired.",
            count,
        )


def _called_functions(message: Message) -> list[str]:
    """The names of the functions that a message calls."""
    if message.get("function_call"):
        return [message["function_call"]["name"]]
    calls = message.get("tool_calls")
    return [function.get("name", "") for function in map(called, calls) if function] if calls else []


def _who_can_execute(groupchat: Group, names: list[str], caller: Agent) -> Agents:
    """Those that may answer a call.

    They are the first of these that exist: the members that have all of the functions, those that have one of them,
    those that have any function at all, and everybody but the caller.
    """
    return (
        [agent for agent in groupchat.agents if agent.can_execute_function(names)]
        or [agent for agent in groupchat.agents if any(agent.can_execute_function([name]) for name in names)]
        or [agent for agent in groupchat.agents if agent.function_map]
        or [agent for agent in groupchat.agents if agent is not caller]
    )


def _who_may_follow(groupchat: Group, last_speaker: Agent, candidates: Agents, answering: bool) -> Agents:
    """The candidates that the transitions allow; if a call leaves none of them, whoever can answer it."""
    followers = groupchat.allowed_speaker_transitions_dict.get(last_speaker)
    if not followers and last_speaker in groupchat.agents:
        raise NoEligibleSpeaker(f"No agent of the group may speak after {last_speaker.name}.")
    if followers is None:
        return candidates
    others = list(candidates)
    try:  # noqa: SIM105 - to look for it first, or to suppress() the error, takes longer
        others.remove(last_speaker)
    except ValueError:
        pass
    if followers == others:  # this and the next are the graphs of groups without transitions
        return others
    if followers == [*others, last_speaker]:
        return list(candidates)
    allowed = set(followers)
    following = [agent for agent in candidates if agent in allowed]
    if not following and not answering:
        raise NoEligibleSpeaker(f"The eligibility policies leave nobody who may speak after {last_speaker.name}.")
    return following or candidates


def _without_open_call(messages: Messages) -> Messages:
    """The messages for the model that selects; a provider refuses a last message whose call nobody answers."""
    messages = list(messages)
    if messages:
        last = messages[-1]
        for key in ("function_call", "tool_calls"):
            if last.get(key):
                messages[-1] = {**last, key: None}
                break
    return messages
