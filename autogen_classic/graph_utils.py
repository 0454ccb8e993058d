"""Who may speak after whom: checks and drawings of speaker transitions.

A graph of transitions is a dict from an agent to the list of agents that may follow (or must not follow) it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ._core.party import described, is_agent
from ._packages import missing_package
from .errors import TransitionGraphError

__all__ = (
    "TransitionGraphError",
    "check_graph_validity",
    "has_self_loops",
    "invert_disallowed_to_allowed",
    "visualize_speaker_transitions_dict",
)

logger = logging.getLogger("autogen.graph_utils")

# An agent is anything with a name: this module stands below agentchat and cannot import its classes.
Transitions = dict[Any, list[Any]]


def has_self_loops(allowed_speaker_transitions: Transitions) -> bool:
    """Tell whether an agent may speak twice in a row.

    Args:
        allowed_speaker_transitions: for each agent, the agents that may follow it.

    Returns:
        True if at least one agent may follow itself.
    """
    return any(speaker in followers for speaker, followers in allowed_speaker_transitions.items())


def check_graph_validity(allowed_speaker_transitions_dict: Transitions, agents: Sequence[Any]) -> None:
    """Refuse a graph that cannot be used, and warn about one that looks like a mistake.

    Warnings go to the logger of this module: agents that no transition reaches or leaves, followers that are not
    in the group, and followers listed more than once.

    Args:
        allowed_speaker_transitions_dict: for each agent, the agents that may follow it.
        agents: the agents of the group.

    Raises:
        TransitionGraphError: (a ValueError) the graph is not a dict of lists of agents, or one of its keys is not
            in the group.
    """
    transitions = allowed_speaker_transitions_dict
    if not isinstance(transitions, dict):
        raise TransitionGraphError(
            "allowed_speaker_transitions_dict must be a dictionary from an agent to the list of agents that may "
            f"follow it, not {type(transitions).__name__}."
        )
    for speaker, followers in transitions.items():
        if not isinstance(followers, list):
            raise TransitionGraphError(
                "allowed_speaker_transitions_dict must be a dictionary with lists as values; the value of "
                f"{_name(speaker)} is of type {type(followers).__name__}."
            )
        for follower in followers:
            if not is_agent(follower):
                raise TransitionGraphError(
                    "allowed_speaker_transitions_dict has values that are not lists of agents: "
                    f"{described(follower)} may follow {_name(speaker)}, but is not an agent. "
                    "Put the agent itself there."
                )
    _refuse_unknown_speakers("allowed_speaker_transitions_dict", transitions, agents)
    _warn_about_oddities(transitions, agents)


def invert_disallowed_to_allowed(
    disallowed_speaker_transitions_dict: Transitions, agents: Sequence[Any]
) -> Transitions:
    """Turn forbidden transitions into allowed ones.

    Args:
        disallowed_speaker_transitions_dict: for each agent, the agents that must not follow it. An agent that is
            not a key may be followed by any.
        agents: the agents of the group.

    Returns:
        A new dict with every agent of the group as a key; its value lists those that may follow, in the order of
        the group.

    Raises:
        TransitionGraphError: (a ValueError) a key is not in the group, or the graph is not a dict.
        TypeError: a value is not a list.
    """
    if not isinstance(disallowed_speaker_transitions_dict, dict):
        raise TransitionGraphError(
            "disallowed_speaker_transitions_dict must be a dictionary from an agent to the list of agents that must "
            f"not follow it, not {type(disallowed_speaker_transitions_dict).__name__}."
        )
    _refuse_unknown_speakers("disallowed_speaker_transitions_dict", disallowed_speaker_transitions_dict, agents)
    _check_forbidden(disallowed_speaker_transitions_dict, agents)
    allowed = {}
    for speaker in agents:
        forbidden = set(disallowed_speaker_transitions_dict.get(speaker, ()))
        allowed[speaker] = [agent for agent in agents if agent not in forbidden]
    return allowed


def visualize_speaker_transitions_dict(
    speaker_transitions_dict: Transitions, agents: Sequence[Any], export_path: str | None = None
) -> None:
    """Draw who may speak after whom.

    Args:
        speaker_transitions_dict: for each agent, the agents that may follow it.
        agents: the agents of the group; each becomes a node, with or without transitions.
        export_path: a file for the picture, in any format that matplotlib recognizes by the ending of the name.
            Without it, a window (in a notebook, a picture) shows the drawing.

    Raises:
        ImportError: networkx or matplotlib is missing.
    """
    try:
        import matplotlib.pyplot as plt
        import networkx as nx  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise missing_package("Drawing speaker transitions", error, "graph") from error

    graph = nx.DiGraph()
    graph.add_nodes_from(agent.name for agent in agents)
    for speaker, followers in speaker_transitions_dict.items():
        graph.add_edges_from((speaker.name, follower.name) for follower in followers)

    figure, axes = plt.subplots(figsize=(12, 10))
    nx.draw_networkx(graph, nx.spring_layout(graph, seed=0), ax=axes, node_size=2000, node_color="lightblue")
    axes.set_axis_off()
    if export_path is None:
        plt.show()
    else:
        figure.savefig(export_path)
    plt.close(figure)


def _refuse_unknown_speakers(argument: str, transitions: Transitions, agents: Sequence[Any]) -> None:
    known = set(agents)
    unknown = [speaker for speaker in transitions if speaker not in known]
    if unknown:
        raise TransitionGraphError(
            f"{argument} has keys not in agents: {_names(unknown)}. Add them to the group, or take them out of the "
            f"transitions. The group has: {_names(agents)}."
        )


def _check_forbidden(transitions: Transitions, agents: Sequence[Any]) -> None:
    """Refuse values that are not lists; warn about agents outside the group, which need not be forbidden."""
    known = set(agents)
    for speaker, followers in transitions.items():
        if not isinstance(followers, Iterable):
            raise TypeError(
                "disallowed_speaker_transitions_dict must be a dictionary with lists as values; the value of "
                f"{_name(speaker)} is of type {type(followers).__name__}."
            )
        strangers = [follower for follower in followers if follower not in known]
        if strangers:
            logger.warning("Forbidden speaker transitions name agents outside the group: %s.", _names(strangers))


def _warn_about_oddities(transitions: Transitions, agents: Sequence[Any]) -> None:
    """Warn of agents that nobody reaches, of agents from outside the group, and of repeated ones."""
    connected = {speaker: True for speaker, followers in transitions.items() if followers}
    for followers in transitions.values():
        connected.update(dict.fromkeys(followers, True))

    known = set(agents)
    isolated = [agent for agent in agents if agent not in connected]
    if isolated:
        logger.warning(
            "There are isolated agents, which no speaker transition reaches or leaves: %s.", _names(isolated)
        )
    strangers = [agent for agent in connected if agent not in known]
    if strangers:
        logger.warning(
            "The set of agents in allowed_speaker_transitions do not match agents of the group: %s.", _names(strangers)
        )
    for speaker, followers in transitions.items():
        repeated = [agent for agent, count in Counter(followers).items() if count > 1]
        if repeated:
            logger.warning(
                "The transitions of agent %s list some agents more than once: %s. Remove the duplicates.",
                _name(speaker),
                _names(repeated),
            )


def _name(agent: Any) -> str:
    return repr(getattr(agent, "name", agent))


def _names(agents: Iterable[Any]) -> str:
    return ", ".join(_name(agent) for agent in agents) or "no agents"
