"""What a model is told about a handoff: when to choose it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from .context_str import ContextStr

if TYPE_CHECKING:
    from ..conversable_agent import ConversableAgent

__all__ = ("ContextStrLLMCondition", "LLMCondition", "StringLLMCondition")


class LLMCondition(BaseModel):
    """Tells a model when to choose a handoff; a subclass says how."""

    def get_prompt(self, agent: ConversableAgent, messages: list[dict[str, Any]]) -> str:
        """What the model is told: the description of the tool that hands over.

        Args:
            agent: whose model it is.
            messages: the conversation.
        """
        raise NotImplementedError("Requires subclasses to implement.")


class StringLLMCondition(LLMCondition):
    """A text that says when to choose a handoff.

    Attributes:
        prompt: the text.
    """

    prompt: str

    def __init__(self, prompt: str, **data: Any) -> None:
        """Give the text.

        Args:
            prompt: the text.
            **data: further fields of a subclass.
        """
        super().__init__(**{"prompt": prompt, **data})

    def get_prompt(self, agent: ConversableAgent, messages: list[dict[str, Any]]) -> str:
        """The text; see `LLMCondition.get_prompt`."""
        return self.prompt


class ContextStrLLMCondition(LLMCondition):
    """A text with context variables that says when to choose a handoff.

    Attributes:
        context_str: the text, filled before each request.
    """

    context_str: ContextStr

    def __init__(self, context_str: ContextStr, **data: Any) -> None:
        """Give the text.

        Args:
            context_str: the text with its places for variables.
            **data: further fields of a subclass.
        """
        super().__init__(**{"context_str": context_str, **data})

    def get_prompt(self, agent: ConversableAgent, messages: list[dict[str, Any]]) -> str:
        """The text with the values of the agent's context variables; see `LLMCondition.get_prompt`.

        Raises:
            KeyError: a variable of the text does not exist.
        """
        return self.context_str.format(agent.context_variables)
