"""The part of a tape in one request to one model: it stands for the client, the cache and the courier."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .._secrets import secrets_sent
from ..io.base import IOStream
from ..oai._request.answer_cache import NOT_CACHED, AnswerCache
from ._answers import (
    answer_as_json,
    answer_from_json,
    error_as_json,
    error_from_json,
    shape,
    texts_of_completion,
    unshape,
)
from ._file import Turn
from ._shown import Listener, show, split_shown
from ._values import plain, plain_request

if TYPE_CHECKING:
    from ._tape import TapeOfRun

__all__ = ("TapedRequest",)

_CONTENT = ("messages", "prompt", "tools", "functions")


class TapedRequest:
    """Takes part in one request; there may be several rounds in it, where an answer has to be repaired.

    It has the methods of a `ModelClient`, those of a cache for answers, and those of a courier.

    Args:
        tape: the tape.
        wrapper: the `OpenAIWrapper` that asks.
        number: which of its configurations.
        agent: on whose behalf, or None.
    """

    def __init__(self, tape: TapeOfRun, wrapper: Any, number: int, agent: Any) -> None:
        self._tape = tape
        self._wrapper = wrapper
        self._number = number
        self._agent = None if getattr(agent, "name", None) is None else str(agent.name)
        self._live: Any = None if tape.replays else wrapper._client(number)
        self._cache: Any = None
        self._found: Turn | None = None  # the recorded turn for the round that has begun
        self._answered: Turn | None = None  # the recorded turn whose answer is in use
        self._new: Turn | None = None  # the turn that is being recorded
        self._response: Any = None  # the answer in it
        self._error: BaseException | None = None
        self._courier: Any = None
        self.client = self

    # --- the cache

    def answers(self, extras: dict[str, Any], params: dict[str, Any]) -> TapedRequest:
        """Stand for the cache.

        Args:
            extras: what the wrapper itself understands.
            params: the parameters that are sent.
        """
        self._extras = extras
        self._params = params
        return self

    def look_up(self) -> Any:
        """Return a recorded answer that came from a cache, what the cache has now, or `NOT_CACHED`."""
        question = self._question(self._params)
        self._found = self._tape.find(question, self._number)
        if self._found is not None:
            return self._recorded_answer() if self._found["from_cache"] else NOT_CACHED
        self._connect()
        self._cache = AnswerCache(self._extras, self._params)
        response = self._cache.look_up()
        if response is not NOT_CACHED:
            self._begin(question)
            self._keep(response, from_cache=True)
        return response

    def store(self, response: Any) -> None:
        """Keep a new answer in the cache; a replay keeps nothing there.

        Args:
            response: the answer.
        """
        if self._cache is not None:
            self._cache.store(response)

    # --- the courier

    def courier(self, courier: Any) -> TapedRequest:
        """Stand for a courier.

        Args:
            courier: the one that goes to the model.
        """
        self._courier = courier
        return self

    def deliver(self, client: Any, params: dict[str, Any], agent: Any, limiter: Any) -> Any:
        """Bring a request to the model, or its answer from the recording."""
        question = self._begin_round(params)
        if self._found is not None:
            return self._recorded_answer()
        with _Recording(self, question):
            response = self._courier.deliver(self._live, params, agent, limiter)
            self._keep(response, from_cache=False)
        return response

    async def a_deliver(self, client: Any, params: dict[str, Any], agent: Any, limiter: Any) -> Any:
        """The same as `deliver`, in an asynchronous chat."""
        question = self._begin_round(params)
        if self._found is not None:
            await asyncio.sleep(0)  # where the recorded run waited, so that others go on as they did then
            return self._recorded_answer()
        with _Recording(self, question):
            response = await self._courier.a_deliver(self._live, params, agent, limiter)
            self._keep(response, from_cache=False)
        return response

    # --- the client

    @property
    def fallback_errors(self) -> tuple[type[BaseException], ...]:
        """The errors after which the next configuration is tried: those of the client, and recorded ones."""
        errors = tuple(getattr(self._live, "fallback_errors", ()))
        return errors if self._error is None else (*errors, type(self._error))

    def message_retrieval(self, response: Any) -> list[Any]:
        """Return the texts of an answer, or its messages where they call functions or tools."""
        if self._answered is None:
            retrieved: list[Any] = self._live.message_retrieval(response)
            return retrieved
        return unshape(self._answered["retrieved"]) if "retrieved" in self._answered else texts_of_completion(response)

    def cost(self, response: Any) -> Any:
        """Return the cost of an answer, as it was then."""
        if self._answered is None:
            return self._live.cost(response)
        return self._answered.get("cost", 0)

    def knows_price(self, response: Any) -> bool:
        """Tell whether the price of an answer was known."""
        if self._answered is None:
            return bool(getattr(self._live, "knows_price", lambda _: True)(response))
        return bool(self._answered.get("cost_known", True))

    def get_usage(self, response: Any) -> Any:
        """Return tokens and cost of an answer. With that the turn is complete, and is written."""
        if self._answered is not None:
            return self._answered.get("usage", {})
        usage = self._live.get_usage(response)
        if self._new is not None:
            if getattr(response, "cost", None) is not None:
                self._new["cost"] = plain(response.cost)
            self._new["cost_known"] = self.knows_price(response)
            self._new["usage"] = plain(usage)
            self.write()
        return usage

    # --- what is recorded

    def write(self) -> None:
        """Write the turn that is being recorded, if there is one."""
        if self._new is not None:
            turn, self._new = self._new, None
            assert self._tape.recorder is not None
            self._tape.recorder.add(turn)

    def _connect(self) -> None:
        if self._live is None:
            self._wrapper.check_that_clients_are_ready()
            self._live = self._wrapper._client(self._number)

    def _question(self, params: dict[str, Any]) -> Turn:
        self._tape.secrets.learn([{key: value for key, value in params.items() if key not in _CONTENT}])
        question = {"kind": "model", "agent": self._agent, "request": plain_request(params)}
        hidden: Turn = self._tape.secrets.hide(question)
        return hidden

    def _begin_round(self, params: dict[str, Any]) -> Turn:
        """Find the turn of this round, unless `look_up` has found it."""
        question = self._question(params)
        if self._found is None and params is not self._params:
            self._found = self._tape.find(question, self._number)
        if self._found is None:
            self._connect()
            self._answered = None
        return question

    def _begin(self, question: Turn) -> None:
        if self._new is not None:  # an answer that has to be repaired; it is paid for all the same
            from ..oai._request.attempts import _set_cost

            _set_cost(self._live, self._response, self._extras.get("price"), from_cache=False)
            self.get_usage(self._response)
        assert self._tape.recorder is not None
        self._new = {**question, **self._tape.recorder.begin(), "configuration": self._number, "from_cache": False}

    def _keep(self, response: Any, from_cache: bool) -> None:
        """Note an answer as it came; the wrapper adds to it later."""
        assert self._new is not None
        self._response = response
        self._new["from_cache"] = from_cache
        self._new["response"] = answer_as_json(response)
        retrieved = shape(self._live.message_retrieval(response))
        if not hasattr(response, "choices") or retrieved != shape(texts_of_completion(response)):
            self._new["retrieved"] = retrieved

    def _recorded_answer(self) -> Any:
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


class _Recording:
    """Records what a model does within a ``with`` block, and what is printed meanwhile.

    What is neither an answer nor an error (a task that is cancelled, Ctrl-C) is not recorded.
    """

    def __init__(self, request: TapedRequest, question: Turn) -> None:
        self._request = request
        self._question = question

    def __enter__(self) -> None:
        self._request._begin(self._question)
        self._listener = Listener(IOStream.get_default())
        self._scope = IOStream.set_default(self._listener)
        self._scope.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: Any) -> None:
        self._scope.__exit__(kind, error, traceback)
        request = self._request
        assert request._new is not None
        if error is not None and not isinstance(error, Exception):
            request._new = None
            return
        request._new.update(split_shown(self._listener.shown))
        if error is not None:
            request._new.pop("response", None)  # one that its client came to grief with
            request._tape.secrets.learn_texts(secrets_sent(error))
            request._new["error"] = {**error_as_json(error), "passed_on": passes_on(request, error)}
            request.write()


def passes_on(request: TapedRequest, error: BaseException) -> bool:
    """Whether the wrapper goes on to the next configuration after an error."""
    from ..oai._request.attempts import _errors_that_pass_on

    return isinstance(error, _errors_that_pass_on(request))
