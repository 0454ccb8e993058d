"""The agent that applies criteria."""

from __future__ import annotations

from typing import Any

from ...conversable_agent import ConversableAgent

__all__ = ("QuantifierAgent",)


class QuantifierAgent(ConversableAgent):
    """Judges a response by criteria."""

    DEFAULT_SYSTEM_MESSAGE = """You judge a response to a task by given criteria. You get the task with examples, the \
criteria as a JSON list, and the response to judge, which is called the test case.
Choose one of the accepted values for each criterion, by what the test case itself shows. Do not reward length or tone.
Answer with a JSON object and nothing else: the name of each criterion as a key, with the chosen value as its value. \
Where a criterion has sub_criteria, its value is an object of the same kind for them.
"""
    DEFAULT_DESCRIPTION = "Judges a response to a task by given criteria."

    def __init__(
        self,
        name: str = "quantifier",
        system_message: str | None = DEFAULT_SYSTEM_MESSAGE,
        description: str | None = DEFAULT_DESCRIPTION,
        **kwargs: Any,
    ) -> None:
        """Create a quantifier; the parameters are those of `ConversableAgent`, which is told what a quantifier does."""
        super().__init__(name, system_message, description=description, **kwargs)
