"""Conversations with agents, each in a thread of its own, while an event loop serves their clients."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .._secrets import without_secrets
from ..agentchat.chat import ChatResult
from ..agentchat.remote.caller import hearing_client
from ..events import ChatStarted, Event, ModelAnswered, listening
from ..io import IOStream
from ._casts import Cast, Message
from ._offers import CheckedOffer, Offered, checked_offers
from ._refused import RequestRefused
from ._speech import Piece, Speech

__all__ = ("Answer", "AnswerShape", "Conversation", "ConversationFailed", "ConversationPool")

logger = logging.getLogger("autogen.serving")

AnswerShape: TypeAlias = Literal["all", "last"]
"""What a client gets: everything that the agents say, or the last message that says something."""

_WATCHED = (ChatStarted, ModelAnswered)
_GOODBYE = "exit"
_SECONDS_BETWEEN_LOOKS = 0.5


class ConversationFailed(Exception):
    """A conversation has ended with an error, which is in the log. The text is for the client, and holds no keys."""


@dataclass(frozen=True)
class Answer:
    """What came out of a conversation.

    Attributes:
        text: what was said.
        tool_calls: the calls of the client's own tools, in OpenAI's form.
        prompt_tokens: how many tokens the models were sent; what came from a cache does not count.
        completion_tokens: how many they have sent.
        was_cut: whether the conversation was ended because it cost too much.
    """

    text: str
    tool_calls: Sequence[Message]
    prompt_tokens: int
    completion_tokens: int
    was_cut: bool


class ConversationPool:
    """The conversations that a server holds at the same time.

    Args:
        offers: what is served, by name.
        conversations: how many may be open at once.
        answer: what a client gets.

    Attributes:
        offers: the offers that were checked, by name.

    Raises:
        ServingError: something that is offered cannot be served.
        ValueError: ``conversations`` is less than 1, or ``answer`` is neither "all" nor "last".
    """

    def __init__(self, offers: Mapping[str, Offered], conversations: int, answer: AnswerShape) -> None:
        if conversations < 1:
            raise ValueError(f"conversations must be at least 1, but it is {conversations!r}.")
        if answer not in ("all", "last"):
            raise ValueError(f'answer must be "all" or "last", but it is {answer!r}.')
        self.offers = checked_offers(offers)
        self._limit = conversations
        self._answer = answer
        self._open: set[Conversation] = set()
        self._is_closed = False

    def offer(self, name: str) -> CheckedOffer:
        """Find an offer.

        Args:
            name: its name.

        Raises:
            RequestRefused: there is no offer of that name.
        """
        if name not in self.offers:
            raise RequestRefused(
                f"There is no model {name!r} here. There are: {', '.join(self.offers)}.",
                "model",
                status=404,
                code="model_not_found",
            )
        return self.offers[name]

    def open(self, name: str, said: Sequence[Message], tools: Sequence[Message] = ()) -> Conversation:
        """Start a conversation; call it in the event loop that will wait for the answer.

        Args:
            name: the offer.
            said: what was said so far, as `read_request` makes it. The last message is answered.
            tools: the schemas of the client's tools.

        Raises:
            RequestRefused: there is no such offer, too many conversations are open, or the server is ending.
        """
        offer = self.offer(name)
        if self._is_closed:
            raise RequestRefused("This server is ending.", status=503, code="ending")
        if len(self._open) >= self._limit:
            raise RequestRefused(
                f"{self._limit} conversations are open, which is as many as this server holds. Ask again later.",
                status=429,
                code="too_many_conversations",
            )
        conversation = Conversation(offer, said, tools, self._answer, self._open.discard)
        self._open.add(conversation)
        conversation.start()
        return conversation

    def close(self, now: bool) -> None:
        """Open no more conversations, and wait until those that are open are over.

        Args:
            now: whether they are ended at once, and not waited for.
        """
        self._is_closed = True
        for conversation in tuple(self._open):
            if now:
                conversation.stop()
            else:
                conversation.join()


class Conversation:
    """One conversation, which belongs to the running event loop.

    Args:
        offer: where its agents come from.
        said: what was said so far.
        tools: the schemas of the client's tools.
        answer: what the client gets.
        when_over: is called in the loop with the conversation when it is over.
    """

    def __init__(
        self,
        offer: CheckedOffer,
        said: Sequence[Message],
        tools: Sequence[Message],
        answer: AnswerShape,
        when_over: Callable[[Conversation], object],
    ) -> None:
        self._offer = offer
        self._said = said
        self._tools = tools
        self._shape = answer
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[Piece | None] = asyncio.Queue()
        self._answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer.add_done_callback(lambda done: done.exception())  # whoever has left does not ask for it
        self._answer.add_done_callback(lambda _: when_over(self))
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._hold,), name=f"serving {offer.name}", daemon=True
        )
        self._is_stopped = False
        self._cast: Cast | None = None  # while it talks for this conversation
        self._lock = threading.Lock()
        self._configurations: list[Mapping[str, Any]] = []  # whose keys are kept out of the log
        self._sent = 0
        self._received = 0
        self._cost = 0.0

    def start(self) -> None:
        """Let the agents talk."""
        self._thread.start()

    def join(self) -> None:
        """Wait in another thread until the conversation is over."""
        while self._thread.is_alive():
            self._thread.join(_SECONDS_BETWEEN_LOOKS)  # Windows delivers Ctrl-C only between two waits

    def stop(self) -> None:
        """End the conversation at once, if it is not over."""
        self._is_stopped = True
        self._end_chat(now=True)

    async def next_piece(self) -> Piece | None:
        """Wait for the next piece of what is said; it is None at the end."""
        return await self._pieces.get()

    async def answer(self) -> Answer:
        """Wait for what comes out of the conversation.

        Raises:
            RequestRefused: the agents do not take the request.
            ConversationFailed: something went wrong.
        """
        return await asyncio.shield(self._answer)

    # --- in the thread

    def _hold(self) -> None:
        try:
            answer = self._talk()
        except RequestRefused as refusal:
            self._tell(self._fail, refusal)
        except BaseException as error:  # also a tool that calls sys.exit(): the server goes on
            self._report(error)
            text = f"The conversation failed with {type(error).__name__}; the log of the server says more."
            self._tell(self._fail, ConversationFailed(text))
        else:
            self._tell(self._end, answer)

    def _talk(self) -> Answer:
        """Have the agents talk about what the client said; return what they answered, and what it took."""
        with (
            self._offer.cast() as cast,
            cast.knowing(self._tools),
            IOStream.set_default(_Nobody()),
            hearing_client(self._said),
        ):
            self._configurations = [member.llm_config for member in cast.members if member.llm_config]
            names = [member.name for member in cast.members]
            is_live = self._shape == "all"
            speech = Speech(names, cast.is_group, self._deliver if is_live else lambda _: None)
            with self._talking(cast), listening(speech, kinds=Speech.KINDS), listening(self._watch, kinds=_WATCHED):
                *earlier, message = self._said
                result = cast.talk(earlier, message)
        if not is_live:
            self._deliver(Piece(speech.last, names[-1]))
        return Answer(
            speech.text if is_live else speech.last,
            self._calls_for_client(result),
            self._sent,
            self._received,
            self._has_cost_too_much(),
        )

    @contextmanager
    def _talking(self, cast: Cast) -> Iterator[None]:
        """Let `stop` end the chat of a cast, which may talk for another client as soon as this is over."""
        self._cast = cast
        try:
            yield
        finally:
            with self._lock:
                self._cast = None

    def _calls_for_client(self, result: ChatResult) -> list[Message]:
        wanted = {tool["function"]["name"] for tool in self._tools}
        called = [call for last in result.chat_history[-1:] for call in last.get("tool_calls") or ()]
        return [call for call in called if call["function"]["name"] in wanted]

    def _watch(self, event: Event) -> None:
        """Count, and end a conversation that was stopped before it had begun, or has cost too much."""
        if isinstance(event, ModelAnswered) and not event.from_cache:
            self._sent += event.usage.get("prompt_tokens") or 0
            self._received += event.usage.get("completion_tokens") or 0
            self._cost += event.cost or 0.0
        if self._is_stopped or self._has_cost_too_much():
            self._end_chat(now=self._is_stopped)

    def _end_chat(self, now: bool) -> None:
        with self._lock:
            if self._cast is not None:
                self._cast.stop(now)

    def _has_cost_too_much(self) -> bool:
        return self._offer.max_cost is not None and self._cost > self._offer.max_cost

    def _report(self, error: BaseException) -> None:
        text = without_secrets("".join(traceback.format_exception(error)), self._configurations)
        logger.error("A conversation with %s failed.\n%s", self._offer.name, text)

    def _deliver(self, piece: Piece) -> None:
        self._tell(self._pieces.put_nowait, piece)

    def _tell(self, function: Callable[..., object], *arguments: Any) -> None:
        with suppress(RuntimeError):  # the server is gone, and nobody waits
            self._loop.call_soon_threadsafe(function, *arguments)

    # --- in the loop

    def _end(self, answer: Answer) -> None:
        self._pieces.put_nowait(None)
        self._answer.set_result(answer)

    def _fail(self, error: Exception) -> None:
        self._pieces.put_nowait(None)
        self._answer.set_exception(error)


class _Nobody(IOStream):
    """Prints nothing. An agent that asks a person is told that it is the client's turn."""

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Print nothing."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Give the word back to the client."""
        return _GOODBYE
