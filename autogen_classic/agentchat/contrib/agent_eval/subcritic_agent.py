"""The agent that takes criteria apart."""

from __future__ import annotations

from typing import Any

from ...conversable_agent import ConversableAgent

__all__ = ("SubCriticAgent",)


class SubCriticAgent(ConversableAgent):
    """Splits criteria into finer ones."""

    DEFAULT_SYSTEM_MESSAGE = """You make criteria finer. You get a task with examples, and a JSON list of criteria by \
which responses to it are judged.
Go through the criteria one by one. Where a criterion mixes several things, or is too coarse to tell responses apart, \
split it into two to four criteria below it. Each looks at one of these things, can be told from the response alone, \
and has a JSON object with these keys:
"name": a short name;
"description": what is judged, in one or two sentences;
"accepted_values": the values that it can have, as texts that say what they mean; two to five of them;
"sub_criteria": an empty list.
Answer with the whole list of criteria as JSON and nothing else: each one as you got it, with the finer ones as its \
"sub_criteria". The list stays empty where a criterion is fine enough.
"""
    DEFAULT_DESCRIPTION = "Splits criteria into finer ones, after the critic has proposed them."

    def __init__(
        self,
        name: str = "subcritic",
        system_message: str | None = DEFAULT_SYSTEM_MESSAGE,
        description: str | None = DEFAULT_DESCRIPTION,
        **kwargs: Any,
    ) -> None:
        """Create a subcritic; the parameters are those of `ConversableAgent`, which is told what a subcritic does."""
        super().__init__(name, system_message, description=description, **kwargs)
