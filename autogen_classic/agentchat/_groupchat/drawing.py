"""A group as a graph: who may speak after whom."""

from __future__ import annotations

from ..._pictures.graph import Edge, Graph
from .contract import Group

__all__ = ("graph_of",)


def graph_of(groupchat: Group) -> Graph:
    """The members of a group and their transitions.

    Where everybody may speak after everybody else, a node in the middle stands for the choice of the next speaker.

    Args:
        groupchat: the group.
    """
    agents, method = list(groupchat.agents), groupchat.speaker_selection_method
    allowed = groupchat.allowed_speaker_transitions_dict
    names = [agent.name for agent in agents]
    chosen_by = method if isinstance(method, str) else getattr(method, "__name__", type(method).__name__)
    title = f"A group of {len(agents)} agents, next speaker: {chosen_by}"
    is_open = all(other in allowed.get(agent, ()) for agent in agents for other in agents if other is not agent)
    if not is_open or len(agents) < 2:
        edges = [Edge(agent.name, other.name) for agent in agents for other in allowed.get(agent, ())]
        return Graph(title, names, edges)
    if isinstance(method, str) and method.lower() == "round_robin":
        return Graph(title, names, [Edge(one, other) for one, other in zip(names, names[1:] + names[:1], strict=True)])
    hub = f"next: {chosen_by}"
    once = {agent.name for agent in agents if agent not in allowed.get(agent, ())}
    edges = [Edge(name, hub, "not twice in a row" if name in once else "") for name in names]
    return Graph(title, names, [*edges, *(Edge(hub, name) for name in names)], hub=hub)
