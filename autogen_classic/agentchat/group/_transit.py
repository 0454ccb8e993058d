"""Hide from an agent's model how others handed over."""

from __future__ import annotations

from collections.abc import Iterable

from ..._core.messages import Message, called

__all__ = ("TransitFilter",)


class TransitFilter:
    """A hook that leaves out the calls by which models hand over, and the answers to them; what was said stays.

    Args:
        names: the names of the functions that stand for handoffs.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)

    def __call__(self, messages: list[Message]) -> list[Message]:
        """Leave out calls and answers.

        Args:
            messages: the conversation.

        Returns:
            A new list; the messages in it are new where something is left out.
        """
        kept: list[Message] = []
        hidden: set[object] = set()
        for message in messages:
            calls, answers = message.get("tool_calls"), message.get("tool_responses")
            if calls:
                hidden.update(call.get("id") for call in calls if called(call).get("name") in self.names)
                shown = self._without_calls(message)
            elif answers and hidden:
                shown = _without_answers(message, hidden)
            else:
                shown = message
            if shown is not None:
                kept.append(shown)
        return kept

    def _without_calls(self, message: Message) -> Message | None:
        kept = [call for call in message["tool_calls"] if called(call).get("name") not in self.names]
        if len(kept) == len(message["tool_calls"]):
            return message
        if kept:
            return {**message, "tool_calls": kept}
        text = message.get("content")
        return {key: value for key, value in message.items() if key != "tool_calls"} if text else None


def _without_answers(message: Message, hidden: set[object]) -> Message | None:
    kept = [answer for answer in message["tool_responses"] if answer.get("tool_call_id") not in hidden]
    if len(kept) == len(message["tool_responses"]):
        return message
    content = "\n".join(str(answer.get("content", "")) for answer in kept)
    return {**message, "tool_responses": kept, "content": content} if kept else None
