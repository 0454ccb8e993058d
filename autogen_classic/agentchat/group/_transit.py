"""Hide from an agent's model how others handed over."""

from __future__ import annotations

from collections.abc import Iterable

from ..._core.messages import Message, called

__all__ = ("TransitFilter",)


class TransitFilter:
    """A hook that leaves out the calls by which models hand over, and the answers to them.

    What was said stays, and so does a call that was refused: its error is for the model.

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
        for place, message in enumerate(messages):
            calls, answers = message.get("tool_calls"), message.get("tool_responses")
            if calls:
                hidden = {call.get("id") for call in calls if self._hands_over(call)}
                if hidden:
                    hidden -= _refused(messages[later] for later in range(place + 1, len(messages)))
                shown = self._without_calls(message, hidden)
            elif answers and hidden:
                shown = _without_answers(message, hidden)
            else:
                shown = message
            if shown is not None:
                kept.append(shown)
        return kept

    def _hands_over(self, call: object) -> bool:
        return called(call).get("name") in self.names

    def _without_calls(self, message: Message, hidden: set[object]) -> Message | None:
        kept = [call for call in message["tool_calls"] if not (self._hands_over(call) and call.get("id") in hidden)]
        if len(kept) == len(message["tool_calls"]):
            return message
        if kept:
            return {**message, "tool_calls": kept}
        text = message.get("content")
        return {key: value for key, value in message.items() if key != "tool_calls"} if text else None


def _refused(later: Iterable[Message]) -> set[object]:
    """The ids of the calls whose answers, in the first of these messages that has any, are errors."""
    answers: list[Message] = next((message["tool_responses"] for message in later if message.get("tool_responses")), [])
    return {answer.get("tool_call_id") for answer in answers if str(answer.get("content")).startswith("Error: ")}


def _without_answers(message: Message, hidden: set[object]) -> Message | None:
    kept = [answer for answer in message["tool_responses"] if answer.get("tool_call_id") not in hidden]
    if len(kept) == len(message["tool_responses"]):
        return message
    content = "\n".join(str(answer.get("content", "")) for answer in kept)
    return {**message, "tool_responses": kept, "content": content} if kept else None
