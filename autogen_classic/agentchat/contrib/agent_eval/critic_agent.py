"""The agent that proposes criteria."""

from __future__ import annotations

from typing import Any

from ...conversable_agent import ConversableAgent

__all__ = ("CriticAgent",)


class CriticAgent(ConversableAgent):
    """Proposes criteria by which the responses to a task can be judged."""

    DEFAULT_SYSTEM_MESSAGE = """You propose criteria by which responses to a task are judged. You get the task, and \
one example each of a response that succeeded and of one that failed.
Find what sets good responses apart from bad ones. Each criterion looks at one thing, can be told from the response \
alone, and does not overlap with another.
Answer with a JSON list and nothing else. Each criterion is an object with these keys:
"name": a short name;
"description": what is judged, in one or two sentences;
"accepted_values": the values that it can have, as texts that say what they mean; two to five of them;
"sub_criteria": an empty list.
"""
    DEFAULT_DESCRIPTION = "Proposes criteria by which the responses to a task can be judged."

    def __init__(
        self,
        name: str = "critic",
        system_message: str | None = DEFAULT_SYSTEM_MESSAGE,
        description: str | None = DEFAULT_DESCRIPTION,
        **kwargs: Any,
    ) -> None:
        """Create a critic; the parameters are those of `ConversableAgent`, which is told what a critic does."""
        super().__init__(name, system_message, description=description, **kwargs)
