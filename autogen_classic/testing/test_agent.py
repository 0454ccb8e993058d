"""An agent whose model says what a test has written."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict

from ..errors import ScriptExhaustedError
from .messages import ToolCall

if TYPE_CHECKING:
    from .._core.party import Party

__all__ = ("FakeChoice", "FakeClient", "FakeClientResponse", "FakeMessage", "TestAgent", "convert_fake_message")


class FakeMessage(TypedDict, total=False):
    """A message of the model."""

    role: str
    content: str | None
    tool_calls: list[dict[str, Any]]


@dataclass
class FakeChoice:
    """One answer of the model.

    Attributes:
        message: the message.
    """

    message: FakeMessage


@dataclass
class FakeClientResponse:
    """What the model returns.

    Attributes:
        choices: its answers.
        model: its name.
        cost: what they cost, in US dollars.
    """

    choices: list[FakeChoice]
    model: str = "fake-model"
    cost: float = field(default=0.0, init=False)

    def message_retrieval_function(self) -> list[FakeMessage]:
        """The messages of the answers."""
        return [choice.message for choice in self.choices]


def convert_fake_message(message: str | ToolCall | dict[str, Any] | FakeMessage) -> FakeChoice:
    """Read what a test has written.

    Args:
        message: a text, a call of a tool, or a message.

    Returns:
        The answer of a model.

    Raises:
        TypeError: ``message`` is none of these.
    """
    if isinstance(message, str):
        return FakeChoice({"content": message})
    if isinstance(message, ToolCall):
        message = message.to_message()
    if not isinstance(message, dict):
        raise TypeError(f"A model says a text or a message, but the test has written {message!r}.")
    return FakeChoice(copy.deepcopy(message))  # type: ignore[arg-type]


class FakeClient:
    """A client that gives one message after the other, whatever it is asked, for nothing."""

    actual_usage_summary = None
    total_usage_summary = None

    def __init__(self, messages: Iterable[str | ToolCall | dict[str, Any]]) -> None:
        """Take the messages.

        Args:
            messages: what the model says, read as it is needed.
        """
        self._messages: Iterator[str | ToolCall | dict[str, Any]] = iter(messages)

    def create(self, **params: Any) -> FakeClientResponse:
        """Answer.

        Args:
            **params: the request.

        Raises:
            ScriptExhaustedError: no messages are left.
        """
        for message in self._messages:
            return FakeClientResponse([convert_fake_message(message)])
        raise ScriptExhaustedError("The messages of the TestAgent are used up, but its agent asks the model again.")

    def extract_text_or_completion_object(self, response: FakeClientResponse) -> list[FakeMessage]:
        """The messages in a response.

        Args:
            response: of `create`.
        """
        return response.message_retrieval_function()


class TestAgent:
    """Has an agent's model say what a test has written, within a ``with`` block. The agent may lack a model."""

    __test__ = False  # pytest takes it for a test otherwise

    def __init__(
        self,
        agent: Party,
        messages: Iterable[str | ToolCall | dict[str, Any]] = (),
        *,
        suppress_messages_end: bool = False,
    ) -> None:
        """Prepare an agent.

        Args:
            agent: the agent.
            messages: what its model says, one after the other: texts, messages, calls of tools.
            suppress_messages_end: True ends the block, and goes on after it, where the messages are used up.
        """
        self._agent = agent
        self._client = FakeClient(messages)
        self._suppress_messages_end = suppress_messages_end
        self._own_client: object = None

    def __enter__(self) -> None:
        """Put the script in the place of the model."""
        self._own_client = self._agent.client
        self._agent.client = self._client

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Give the agent its model back.

        Raises:
            StopIteration: the messages were used up.
        """
        self._agent.client = self._own_client
        if not isinstance(exc, ScriptExhaustedError):
            return False
        if not self._suppress_messages_end:
            raise StopIteration(str(exc)) from exc
        return True
