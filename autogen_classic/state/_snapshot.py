"""What agents have said and counted, as one dict that JSON can hold, and back.

A state is keyed by the names of agents and looks the same for one agent, for a manager with its group, and for several
agents together; see ``state.schema.json``. It holds what changes while agents talk. What an agent is (its model, its
functions, its settings) comes from the program, which makes the agents anew before it loads their state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from .._core.events import StateSaved, emit, is_heard
from .._core.hooks import forget_lost_messages
from .._core.messages import Message
from .._core.party import Agent, Party, described, is_agent
from .._core.replies import led_group
from ..errors import StateError
from ..replay._values import Secrets
from ._values import from_saved_form, saved_form

__all__ = ("SCHEMA", "load_agent", "load_state", "save_state")

SCHEMA = "autogen-classic/state/1"

# What an agent keeps for each partner: the name in the state, and the attribute of the agent.
_PER_PARTNER = {
    "messages": "_oai_messages",
    "consecutive_auto_replies": "_consecutive_auto_reply_counter",
    "max_consecutive_auto_reply": "_max_consecutive_auto_reply_dict",
    "replies_at_receive": "reply_at_receive",
}

State = dict[str, Any]


# --- saving


def save_state(agents: Iterable[Agent]) -> State:
    """Save what agents have said, heard and counted.

    Args:
        agents: the agents. The members of a group that one of them leads are saved with it.

    Returns:
        A dict for `load_state` that shares nothing with the agents. JSON can hold it, and it has no keys in it: known
        ones are blanked out, in messages too.

    Raises:
        StateError: two agents, or two partners of an agent, have the same name; something is not an agent that can be
            saved; or JSON has no form for something in a message.
    """
    found = _with_members(agents)
    secrets = Secrets()
    secrets.learn({"llm_config": agent.llm_config} for agent in found.values())
    state: State = secrets.hide({"schema": SCHEMA, "agents": {name: _saved(agent) for name, agent in found.items()}})
    if is_heard(StateSaved):
        emit(StateSaved(list(found)))
    return state


def _listed(agents: object) -> list[Any]:
    if isinstance(agents, str) or is_agent(agents) or not isinstance(agents, Iterable):
        raise StateError(
            f"The agents of a state must be a list of agents, but they are {described(agents)}. Pass a list of agents, "
            "as in save_state([agent]) and load_state(state, [agent])."
        )
    return list(agents)


def _with_members(agents: Iterable[Agent]) -> dict[str, Party]:
    """Agents and the members of their groups, by name."""
    found: dict[str, Party] = {}
    waiting = _listed(agents)
    while waiting:
        agent = waiting.pop(0)
        if not isinstance(getattr(agent, "_oai_messages", None), dict):
            raise StateError(
                f"Only a ConversableAgent can be saved and loaded, but {described(agent)} is not one. If it takes part "
                "in a group, save the other members without it: save_state([...])."
            )
        known = found.setdefault(agent.name, cast(Party, agent))
        if known is not agent:
            raise StateError(f"Two agents are called {agent.name!r}, but a state is keyed by name. Rename one of them.")
        group = led_group(agent)
        if group is not None:
            waiting += [member for member in group.agents if found.get(member.name) is not member]
    return found


def _saved(agent: Party) -> State:
    """The state of one agent: what it is, what it has said to whom, and its group if it leads one."""
    saved: State = {
        "kind": type(agent).__name__,
        "system_messages": saved_form(agent._oai_system_message, f"The system message of {agent.name}"),
        "functions": sorted(agent._function_map),
        "human_inputs": list(agent._human_input),
        "max_consecutive_auto_reply": agent._max_consecutive_auto_reply,
        "partners": {},
    }
    by_name: dict[str, object] = {}
    for field, attribute in _PER_PARTNER.items():
        for partner, value in list(getattr(agent, attribute).items()):
            name = getattr(partner, "name", "")  # what is counted without a sender has no name
            if by_name.setdefault(name, partner) is not partner:
                raise StateError(
                    f"{agent.name} has talked to two agents called {name!r}, but a state is keyed by name. Forget one "
                    "of these conversations first, with clear_history, or rename one of the agents."
                )
            place = f"The conversation of {agent.name} with {name}"
            saved["partners"].setdefault(name, {})[field] = saved_form(value, place)
    variables = getattr(agent, "_context_variables", None)  # only agents that were given some have them
    if variables is not None:
        saved["context_variables"] = saved_form(variables.to_dict(), f"The context variables of {agent.name}")
    if hasattr(agent, "_classic_saved_handover"):  # it runs the tools of a group with handoffs
        saved["handover"] = agent._classic_saved_handover()
    group = led_group(agent)
    if group is not None:
        last_speaker = getattr(agent, "_last_speaker", None)
        saved["group"] = {
            "members": [member.name for member in group.agents],
            "messages": saved_form(group.messages, f"The group of {agent.name}"),
            "last_speaker": getattr(last_speaker, "name", None),
        }
    return saved


# --- loading


def load_state(state: Mapping[str, Any], agents: Iterable[Agent]) -> None:
    """Give agents back what they had said, heard and counted when their state was saved.

    Nothing is changed unless all of it can be loaded.

    Args:
        state: what `save_state` returned, perhaps written as JSON and read again.
        agents: agents of the same names and classes, with the same functions. Members of a group come with the agent
            that leads it.

    Raises:
        StateError: the state cannot be understood, or does not fit these agents; the text says what differs.
    """
    agents = _listed(agents)
    saved = _agents_of(state)
    found = _with_members_of_then(agents, saved)
    missing = [name for name in saved if name not in found]
    if missing:
        raise StateError(
            f"The state holds {_names(missing)}, but no agent of that name was passed. Pass all agents that were "
            f"saved: {_names(saved)}."
        )
    _load(saved, list(found.values()), found)


def load_agent(agent: Agent, state: Mapping[str, Any], partners: Iterable[Agent] = ()) -> None:
    """Load one agent, and the group that it leads; see `ConversableAgent.load_state`."""
    saved = _agents_of(state)
    found = _with_members_of_then([agent], saved)
    known: dict[str, Agent] = {}
    for one in found.values():
        known.update((partner.name, partner) for partner in one._oai_messages if partner is not None)
    known.update((partner.name, partner) for partner in _listed(partners))
    _load(saved, list(found.values()), {**known, **found})


def _with_members_of_then(agents: list[Agent], saved: Mapping[str, State]) -> dict[str, Party]:
    """Agents and the members of their groups, with those that had joined by a tool when the state was saved."""
    for agent in _with_members(agents).values():
        if hasattr(agent, "_classic_let_latecomers_in"):
            agent._classic_let_latecomers_in(saved.get(agent.name, {}).get("handover", {}))
    return _with_members(agents)


def _agents_of(state: Mapping[str, Any]) -> dict[str, State]:
    """The agents in a state, which is checked."""
    schema = state.get("schema") if isinstance(state, Mapping) else None
    if schema is None:
        raise StateError(
            f'This is not a saved state: it is not a dict with the "schema" {SCHEMA!r}, which save_state makes.'
        )
    if schema != SCHEMA:
        raise StateError(
            f"The state has the schema {schema!r}, but this release reads {SCHEMA!r}. Load it with the release that "
            "saved it."
        )
    agents = state.get("agents")
    if not isinstance(agents, Mapping):
        raise StateError('The state is damaged: it has no "agents".')
    for name, saved in agents.items():
        fault = _fault_of(saved)
        if fault:
            raise StateError(f"The state is damaged: agents[{name!r}] {fault}.")
    return dict(agents)


_FIELDS: dict[str, type | tuple[type, ...]] = {
    "kind": str,
    "system_messages": list,
    "functions": list,
    "human_inputs": list,
    "max_consecutive_auto_reply": (int, float),
    "partners": Mapping,
}


def _fault_of(saved: object) -> str:
    """What is wrong with an agent in a state, or nothing."""
    if not isinstance(saved, Mapping):
        return "is not an object"
    for field, kind in _FIELDS.items():
        if not isinstance(saved.get(field), kind):
            return f'has no "{field}" of the right type'
    for name, kept in saved["partners"].items():
        if not isinstance(kept, Mapping) or not _are_messages(kept.get("messages", [])):
            return f"has no messages in its conversation with {name!r}"
        for field in ("consecutive_auto_replies", "max_consecutive_auto_reply"):
            if not isinstance(kept.get(field, 0), (int, float)):
                return f'has no number as "{field}" in its conversation with {name!r}'
    if not isinstance(saved.get("context_variables", {}), Mapping):
        return 'has "context_variables" that are not an object'
    handover = saved.get("handover", {})
    if not isinstance(handover, Mapping):
        return 'has a "handover" that is not an object'
    if not all(isinstance(one, Mapping) and {"name", "owner"} <= one.keys() for one in handover.get("latecomers", ())):
        return 'has "latecomers" without names or owners'
    group = saved.get("group")
    if group is not None and not (
        isinstance(group, Mapping) and isinstance(group.get("members"), list) and _are_messages(group.get("messages"))
    ):
        return 'has a "group" without members or messages'
    return ""


def _are_messages(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(message, Mapping) for message in value)


def _load(saved: Mapping[str, State], agents: list[Party], known: Mapping[str, Agent]) -> None:
    """Load the state of agents, whose partners are among those that are known by name."""
    for agent in agents:
        _check_that_it_fits(agent, saved, known)
    ready = {agent.name: cast(State, from_saved_form(saved[agent.name])) for agent in agents}
    for agent in agents:
        _restore(agent, ready[agent.name], known)


def _check_that_it_fits(agent: Party, saved: Mapping[str, State], known: Mapping[str, Agent]) -> None:
    """Raise a StateError unless the state of an agent can be loaded into this one."""
    if agent.name not in saved:
        raise StateError(f"The state holds nothing about {agent.name}; it is that of {_names(saved)}.")
    own = saved[agent.name]
    if own["kind"] != type(agent).__name__:
        raise StateError(
            f"{agent.name} was saved as {own['kind']}, but here it is {type(agent).__name__}. Make an agent of the "
            "same class, and load the state into that."
        )
    functions = [name for name in own["functions"] if name not in agent._function_map]
    if functions:
        raise StateError(
            f"{agent.name} had the functions {_names(functions)} when it was saved. A state holds their names, not "
            "their code: register them before you load it."
        )
    strangers = [name for name in own["partners"] if name and name not in known]
    if strangers and not _is_hidden(agent):
        raise StateError(
            f"{agent.name} has talked to {_names(strangers)}, which it does not know here. Load them together, with "
            f"autogen_classic.state.load_state(state, [...]), or pass them: load_state(state, partners=[...])."
        )
    _check_that_group_fits(agent, own, known)


def _is_hidden(agent: Party) -> bool:
    """Whether an agent acts for its group alone: with whom it talked in a chat outside of it need not come back."""
    return bool(getattr(agent, "_classic_is_hidden", False))


def _check_that_group_fits(agent: Party, own: State, known: Mapping[str, Agent]) -> None:
    """Raise a StateError unless the agent leads a group with the same members as when it was saved."""
    group = led_group(agent)
    if group is None and "group" in own:
        raise StateError(f"{agent.name} led a group when it was saved, but does not lead one here.")
    if group is None:
        return
    if "group" not in own:
        raise StateError(f"{agent.name} leads a group here, but did not when it was saved.")
    names = {member.name for member in group.agents}
    if names != set(own["group"]["members"]):
        raise StateError(
            f"The group of {agent.name} had the members {_names(own['group']['members'])} when it was saved, but here "
            f"they are {_names(sorted(names))}."
        )
    last_speaker = own["group"].get("last_speaker")
    if last_speaker is not None and last_speaker not in known:
        raise StateError(
            f"{last_speaker!r} spoke last in the group of {agent.name}, but is not known here. Load both together, "
            "with autogen_classic.state.load_state(state, [...]), or pass it: load_state(state, partners=[...])."
        )


def _restore(agent: Party, saved: State, known: Mapping[str, Agent]) -> None:
    """Put everything in its place. Programs hold the dicts and lists of agents, so they stay the same objects."""
    agent._oai_system_message[:] = cast(list[Message], saved["system_messages"])
    agent._human_input[:] = map(str, saved["human_inputs"])
    agent._max_consecutive_auto_reply = saved["max_consecutive_auto_reply"]
    for field, attribute in _PER_PARTNER.items():
        kept = getattr(agent, attribute)
        kept.clear()
        for name, of_partner in saved["partners"].items():
            if field in of_partner and (name in known or not name):
                kept[known[name] if name else None] = of_partner[field]
    forget_lost_messages(agent)
    if "context_variables" in saved:
        variables: dict[str, object] = agent.context_variables.data  # type: ignore[attr-defined]
        variables.clear()
        variables.update(cast(dict[str, object], from_saved_form(saved["context_variables"])))
    if "handover" in saved:
        agent._classic_load_handover(saved["handover"])  # type: ignore[attr-defined]  # its class has been checked
    group = led_group(agent)
    if group is not None:
        group.messages[:] = cast(list[Message], saved["group"]["messages"])
        if hasattr(agent, "_last_speaker"):
            agent._last_speaker = known.get(saved["group"].get("last_speaker"))


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "nobody"
