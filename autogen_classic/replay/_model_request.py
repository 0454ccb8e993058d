"""The part of a tape in one request to one model: an attempt that looks into the recording first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .._json.answers import answer_as_json, answer_from_json, shape, unshape
from .._secrets import secrets_sent
from ..io.base import IOStream
from ..oai._request.answer_cache import NOT_CACHED
from ..oai._request.attempts import Attempt, Response
from ..oai._request.completions import texts_of_completion
from ._answers import error_as_json, error_from_json, what_can_be_recorded
from ._shown import Listener, show, split_shown
from ._turns import Turn
from ._values import plain, plain_request

if TYPE_CHECKING:
    from ..oai.client import OpenAIWrapper
    from ._tape import TapeOfRun

__all__ = ("TapedAttempt",)

_CONTENT = ("messages", "prompt", "tools", "functions")


class TapedAttempt(Attempt):
    """An attempt that is answered by a recording, or by the model and recorded.

    There may be several rounds in it, if an answer has to be repaired.

    Args:
        tape: the tape.
        wrapper: who asks.
        number: which of its configurations.
        config: what its ``create`` was given.
    """

    def __init__(self, tape: TapeOfRun, wrapper: OpenAIWrapper, number: int, config: dict[str, Any]) -> None:
        self._tape = tape
        self._found: Turn | None = None  # the recorded turn for the round that has begun
        self._answered: Turn | None = None  # the recorded turn whose answer is in use
        self._new: Turn | None = None  # the turn that is being recorded
        self._response: Response = None  # the answer in it
        self._error: BaseException | None = None
        super().__init__(wrapper, number, config)
        tape.secrets.learn([*wrapper._classic_state.entries, self.extras])

    def connected(self) -> Any:
        """Return the client; None while a replay can do without one."""
        return None if self._tape.replays else super().connected()

    # --- the answer

    def look_up(self) -> Response:
        """Return a recorded answer that came from a cache, what the cache has now, or `NOT_CACHED`."""
        question = self._question(self.params)
        self._found = self._tape.find(question, self.number)
        if self._found is not None:
            return self._recorded_answer() if self._found["from_cache"] else NOT_CACHED
        self._connect()
        response = super().look_up()
        if response is not NOT_CACHED:
            self._begin(question)
            self._keep(response, from_cache=True)
        return response

    def deliver(self, params: dict[str, Any]) -> Response:
        """Bring a request to the model, or its answer from the recording."""
        question = self._begin_round(params)
        if self._found is not None:
            return self._recorded_answer()
        with self._recording(question):
            response = super().deliver(params)
            self._keep(response, from_cache=False)
        return response

    async def a_deliver(self, params: dict[str, Any]) -> Response:
        """The same as `deliver`, in an asynchronous chat."""
        question = self._begin_round(params)
        if self._found is not None:
            await asyncio.sleep(0)  # where the recorded run waited, so that others proceed as they did then
            return self._recorded_answer()
        with self._recording(question):
            response = await super().a_deliver(params)
            self._keep(response, from_cache=False)
        return response

    def keep_late(self, params: dict[str, Any], response: Response) -> None:
        """Record an answer that came when the chat had been stopped."""
        self._begin(self._question(params))
        self._keep(response, from_cache=False)
        super().keep_late(params, response)

    @property
    def errors_that_pass_on(self) -> tuple[type[BaseException], ...]:
        """The errors after which the next configuration is tried, recorded ones included."""
        errors = super().errors_that_pass_on
        return errors if self._error is None else (*errors, type(self._error))

    # --- what the client does, or did

    def retrieval(self) -> Callable[[Response], list[Any]]:
        """Return the function that takes texts, or messages with calls, out of an answer."""
        if self._answered is None:
            return super().retrieval()
        if "retrieved" not in self._answered:
            return texts_of_completion
        retrieved = self._answered["retrieved"]
        return lambda _: list(unshape(retrieved))

    def cost_of(self, response: Response) -> float:
        """Return the cost of an answer, as it was then."""
        return super().cost_of(response) if self._answered is None else self._answered.get("cost", 0)

    def knows_price(self, response: Response) -> bool:
        """Tell whether the price of an answer was known."""
        if self._answered is None:
            return super().knows_price(response)
        return bool(self._answered.get("cost_known", True))

    def usage_of(self, response: Response) -> Mapping[str, Any]:
        """Return tokens and cost of an answer. With that the turn is complete, and is written."""
        if self._answered is not None:
            recorded: Mapping[str, Any] = self._answered.get("usage", {})
            return recorded
        usage = super().usage_of(response)
        if self._new is not None:
            if getattr(response, "cost", None) is not None:
                self._new["cost"] = plain(response.cost)
            self._new["cost_known"] = self.knows_price(response)
            self._new["usage"] = plain(usage)
            self._write()
        return usage

    # --- what is recorded

    def _write(self) -> None:
        """Write the turn that is being recorded, if there is one."""
        if self._new is not None:
            turn, self._new = self._new, None
            self._tape.keep_answer(turn, self.request_id)

    def _connect(self) -> None:
        if self.client is None:
            self.wrapper.check_that_clients_are_ready()
            self.client = super().connected()

    def _question(self, params: dict[str, Any]) -> Turn:
        self._tape.secrets.learn([{key: value for key, value in params.items() if key not in _CONTENT}])
        name = getattr(self.agent, "name", None)
        agent = None if name is None else str(name)
        question = {"kind": "model", "agent": agent, "request": plain_request(params)}
        hidden: Turn = self._tape.secrets.hide(question)
        return hidden

    def _begin_round(self, params: dict[str, Any]) -> Turn:
        """Find the turn of this round, unless `look_up` has found it."""
        question = self._question(params)
        if self._found is None and params is not self.params:
            self._found = self._tape.find(question, self.number)
        if self._found is None:
            self._connect()
            self._answered = None
        return question

    def _begin(self, question: Turn) -> None:
        if self._new is not None:  # an answer that has to be repaired; it has been paid for nevertheless
            self.set_cost(self._response)
            self.usage_of(self._response)
        assert self._tape.recorder is not None
        self._new = {**question, **self._tape.recorder.begin(), "configuration": self.number, "from_cache": False}

    def _keep(self, response: Response, from_cache: bool) -> None:
        """Note an answer as it came; the wrapper adds to it later."""
        assert self._new is not None
        self._response = response
        self._new["from_cache"] = from_cache
        with what_can_be_recorded():
            self._new["response"] = answer_as_json(response)
            retrieved = shape(self.client.message_retrieval(response))
            if not hasattr(response, "choices") or retrieved != shape(texts_of_completion(response)):
                self._new["retrieved"] = retrieved

    def _recorded_answer(self) -> Response:
        """The answer of the turn that was found, shown as it was; a recorded error is raised again."""
        turn, self._found = self._found, None
        assert turn is not None
        show(turn)
        if "error" in turn:
            error = error_from_json(turn["error"])
            self._error = error if turn["error"].get("passed_on", True) else None
            raise error
        self._answered = turn
        return answer_from_json(turn["response"])

    @contextmanager
    def _recording(self, question: Turn) -> Iterator[None]:
        """Record what a model does within a ``with`` block, and what is printed meanwhile.

        What is neither an answer nor an error (a task that is cancelled, Ctrl-C) is not recorded.
        """
        self._begin(question)
        assert self._new is not None
        listener = Listener(IOStream.get_default())
        try:
            with IOStream.set_default(listener):
                yield
        except Exception as error:
            self._new.update(split_shown(listener.shown))
            self._new.pop("response", None)  # one that its client failed on
            self._tape.secrets.learn_texts(secrets_sent(error))
            passed_on = isinstance(error, self.errors_that_pass_on)
            self._new["error"] = {**error_as_json(error), "passed_on": passed_on}
            self._write()
            raise
        except BaseException:
            self._new = None
            raise
        self._new.update(split_shown(listener.shown))
