"""The assistant of a retrieval chat: it ends the chat when its code has run, and hands on UPDATE CONTEXT."""

from __future__ import annotations

from typing import Any

from ..._core.content import content_str
from .. import AssistantAgent
from ..agent import Agent

__all__ = ("RetrieveAssistantAgent",)

_UPDATE_CONTEXT = "UPDATE CONTEXT"


class RetrieveAssistantAgent(AssistantAgent):
    """An assistant for a `RetrieveUserProxyAgent`; a plain `AssistantAgent` does as well.

    It answers TERMINATE to a report that code has run without an error, and UPDATE CONTEXT to a message that says so,
    both without its model.

    Args:
        *args: what `AssistantAgent` takes.
        **kwargs: what `AssistantAgent` takes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register_reply(Agent, RetrieveAssistantAgent._generate_retrieve_assistant_reply)

    def _generate_retrieve_assistant_reply(
        self,
        messages: list[dict[str, Any]] | None = None,
        sender: Agent | None = None,
        config: object = None,
    ) -> tuple[bool, str | dict[str, Any] | None]:
        """Reply without the model, if the last message is such a report."""
        if messages is None and sender is not None:
            messages = self._oai_messages[sender]
        text = content_str(messages[-1].get("content")) if messages else ""
        if "exitcode: 0 (execution succeeded)" in text:
            return True, "TERMINATE"
        if any(_UPDATE_CONTEXT in part.upper() for part in (text[:20], text[-20:])):
            return True, _UPDATE_CONTEXT
        return False, None
