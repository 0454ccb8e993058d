"""The road of a request through a wrapper, written once for synchronous and asynchronous chats.

For each configuration there is one `Attempt`: it looks into the cache, asks the model, and prices and counts the
answer. `create_steps` makes one attempt after the other, until an answer has come that passes the program's filter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from ..._core import steering
from ..._core import tape as tapes
from ..._core.callables import is_asynchronous
from ..._core.content import add_part, part_of
from ..._core.drive import Ask, Steps
from ..._core.events import ModelAnswered, ModelAsked, ModelAskedAgain, ModelFailed, emit, is_heard
from ..._core.request_context import asking_agent
from ..._core.running_chats import charge, steered
from ..._core.usage import count_usage
from ..._legacy.old_keys import with_todays_keys
from ..._secrets import keys_hidden, without_keys
from ...errors import (
    BrokenStreamError,
    NoAnswerError,
    StructuredOutputError,
    UnusableAnswerError,
    UnusableKeyError,
)
from ..prices import Price, cost_at, cost_of
from ..providers import azure_model_name
from .answer_cache import NOT_CACHED, AnswerCache
from .failures import Failures
from .structured import answer_steps, fault_of, formatted, is_passed_on, wanted_form, with_json_schema
from .templates import encodable, fill_prompt_or_messages

if TYPE_CHECKING:
    from ..client import OpenAIWrapper

__all__ = ("OWN_KEYS", "Attempt", "create_steps", "separated")

# What the wrapper itself understands and does not send.
OWN_KEYS = frozenset(
    {
        "agent",
        "allow_format_str_template",
        "api_rate_limit",
        "api_type",
        "api_version",
        "cache",
        "cache_seed",
        "context",
        "filter_func",
        "further_tools",
        "model_client",
        "price",
        "require_response_format",
        "tags",
    }
)

_TOKENS = ("prompt_tokens", "completion_tokens", "total_tokens")

Response: TypeAlias = Any
"""An answer: a completion of the openai package, or whatever a client of the program's own returns."""


def create_steps(wrapper: OpenAIWrapper, **config: Any) -> Steps[Response]:
    """Make one attempt after the other, until an answer passes the filter or no configuration is left.

    Raises:
        RuntimeError: the wrapper has no clients.
    """
    tape = tapes.current()
    if not tape.replays:
        wrapper.check_that_clients_are_ready()
    failures = Failures(wrapper._classic_state.entries)
    numbers = wrapper._classic_state.order()
    request_id = os.urandom(16).hex()
    for number, following in zip(numbers, [*numbers[1:], None], strict=False):
        if steered:
            yield from steering.stand_still()
        attempt = tape.attempt(Attempt, wrapper, number, config)
        attempt.request_id = request_id
        try:
            response = yield from attempt.answer_steps()
        except attempt.errors_that_pass_on as error:
            if following is None and is_passed_on(error, attempt.extras):
                attempt.finish(error.paid_for)
                return error.paid_for
            failures.add(number, error)
            attempt.give_up(error, failures.reason, following)
            if following is None:
                failures.raise_last(error)
            continue
        except BaseException as error:
            attempt.settle(error)
            raise
        passes = attempt.finish(response)
        yield from tape.settled()
        if passes or following is None:
            return response
    raise RuntimeError("The wrapper has no clients: its list of clients was emptied.")


class Attempt:
    """The attempt to have a request answered by one configuration.

    Args:
        wrapper: who asks.
        number: which of its configurations.
        config: what its ``create`` was given.

    Attributes:
        params: what is sent.
        extras: what only the wrapper understands.
        agent: on whose behalf it asks, or None.
        client: the client of the configuration.
        request_id: what all attempts for one request have in common: 32 hexadecimal digits, drawn at random.
        from_cache: whether the answer came from a cache.
        usage: tokens and cost of the answer, as its client counts them.

    Raises:
        ValueError: not exactly one of ``prompt`` and ``messages`` is given.
    """

    def __init__(self, wrapper: OpenAIWrapper, number: int, config: dict[str, Any]) -> None:
        # The configuration overrides the call. Old programs count on that order, odd as it is.
        settings = with_todays_keys({**config, **wrapper._config_list[number]})
        self.wrapper = wrapper
        self.number = number
        params, self.extras = separated(settings, OWN_KEYS)
        self.agent = self.extras.get("agent")
        self.params = _filled(params, self.extras)
        self.client = self.connected()
        # A program's own client takes care of the form of an answer itself.
        own_client = settings.get("model_client") is not None or settings.get("model_client_cls") is not None
        self.wanted = None if own_client or "messages" not in self.params else wanted_form(self.params)
        if self.wanted is not None:
            self.params = with_json_schema(self.params)
        self.request_id = ""
        self.from_cache = False
        self.usage: Mapping[str, Any] = {}
        self._began = perf_counter()
        self._cache: AnswerCache | None = None
        self._with_keys = [*wrapper._classic_state.entries, settings]

    # --- the answer

    def answer_steps(self) -> Steps[Response]:
        """Take the answer from the cache, or ask the model.

        Returns:
            The answer.

        Raises:
            Exception: the model has not answered, or not in the form that was wanted.
        """
        response = self.look_up()
        self.from_cache = response is not NOT_CACHED
        if self.from_cache:
            return response
        _check_price(self.extras.get("price"))
        if is_heard(ModelAsked):
            emit(ModelAsked(self.agent, without_keys(self.params), self.request_id, self.client))
        with keys_hidden(self._with_keys):
            return (yield from answer_steps(self._delivery, self.params, self.wanted, self._tell_of_repair))

    def _tell_of_repair(self, reason: str) -> None:
        if is_heard(ModelAskedAgain):
            emit(ModelAskedAgain(self.agent, reason))

    def look_up(self) -> Response:
        """Return the answer that the cache has kept, or `NOT_CACHED`."""
        self._cache = AnswerCache(self.extras, self.params)
        return self._cache.look_up()

    def deliver(self, params: dict[str, Any]) -> Response:
        """Ask the client, and wait for its answer until the chat is stopped at once."""
        token = asking_agent.set(self.agent)
        try:
            if not self._may_be_left:
                return self._create(params)
            return steering.leave_if_stopped(lambda: self._create(params), lambda late: self.keep_late(params, late))
        finally:
            asking_agent.reset(token)

    async def a_deliver(self, params: dict[str, Any]) -> Response:
        """The same without blocking the event loop; a client that cannot do that is asked in a thread."""
        token = asking_agent.set(self.agent)
        try:
            if not self._may_be_left:
                return await self._a_create(params)
            return await steering.leave_if_stopped_async(
                lambda: self._a_create(params), lambda late: self.keep_late(params, late)
            )
        finally:
            asking_agent.reset(token)

    @property
    def _may_be_left(self) -> bool:
        """Whether the client says that it can be asked in another thread or task than that of the chat."""
        return bool(getattr(self.client, "may_be_left", False))

    def _create(self, params: dict[str, Any]) -> Response:
        limiter = self.wrapper._classic_state.rate_limiters[self.number]
        if limiter is not None:
            limiter.sleep()
            steering.check()
        return self.client.create(params)

    async def _a_create(self, params: dict[str, Any]) -> Response:
        limiter = self.wrapper._classic_state.rate_limiters[self.number]
        if limiter is not None:
            await limiter.a_sleep()
            steering.check()
        if is_asynchronous(self.client.create):
            return await self.client.create(params)
        if hasattr(self.client, "a_create"):
            return await self.client.a_create(params)
        from ..._core.threads import in_thread  # which needs asyncio

        return await in_thread(self.client.create, params)

    def _delivery(self, params: dict[str, Any]) -> Ask:
        return Ask(self, "deliver", params)

    # --- its end

    @property
    def errors_that_pass_on(self) -> tuple[type[BaseException], ...]:
        """The errors after which the next configuration is tried. A client may name its own in ``fallback_errors``."""
        openai = sys.modules.get("openai")
        of_openai = (openai.APIError,) if openai is not None else ()
        of_ours = (UnusableAnswerError, NoAnswerError, UnusableKeyError, StructuredOutputError, BrokenStreamError)
        return (*of_openai, *of_ours, *getattr(self.client, "fallback_errors", ()))

    def give_up(self, error: BaseException, reason: str, following: int | None) -> None:
        """Report that this configuration has failed.

        Args:
            error: why. An answer in the wrong form, which it may carry, cannot be used, but has been paid for.
            reason: the same in words, without keys.
            following: the configuration that is tried next, or None.
        """
        if is_heard(ModelFailed):
            emit(
                ModelFailed(
                    agent=self.agent,
                    request=without_keys(self.params),
                    request_id=self.request_id,
                    number=self.number,
                    model=self.params.get("model"),
                    error=error,
                    reason=reason,
                    next_number=following,
                    seconds=perf_counter() - self._began,
                    wrapper=self.wrapper,
                    client=self.client,
                )
            )
        self.settle(error)

    def settle(self, error: BaseException) -> None:
        """Charge the answer that an error may carry: it could not be used, but has been paid for."""
        response = getattr(error, "paid_for", None)
        if response is not None:
            charge(response, self._count(response))

    def keep_late(self, params: dict[str, Any], response: Response) -> None:
        """Take care of an answer that came when the chat had been stopped: it has been paid for.

        Args:
            params: what was sent.
            response: the answer.
        """
        if params is self.params and fault_of(response, self.wanted) is None:
            self.finish(response)
        else:
            charge(response, self._count(response))

    def finish(self, response: Response) -> bool:
        """Price, count and keep an answer, and add to it what programs read there.

        Returns:
            Whether it passes the program's filter.
        """
        cost = self._count(response)
        if not self.from_cache:
            charge(response, cost)
            if fault_of(response, self.wanted) is None:
                self.store(response)
        add_part(response, "message_retrieval_function", formatted(self.retrieval(), self.wanted))
        add_part(response, "config_id", self.number)
        filter_func = self.extras.get("filter_func")
        passes = filter_func is None or bool(filter_func(context=self.extras.get("context"), response=response))
        add_part(response, "pass_filter", passes)
        if is_heard(ModelAnswered):
            emit(
                ModelAnswered(
                    agent=self.agent,
                    request=without_keys(self.params),
                    request_id=self.request_id,
                    response=response,
                    from_cache=self.from_cache,
                    cost=cost,
                    usage={name: self.usage[name] for name in _TOKENS if name in self.usage},
                    seconds=perf_counter() - self._began,
                    wrapper=self.wrapper,
                    client=self.client,
                )
            )

        return passes

    def store(self, response: Response) -> None:
        """Keep a new answer in the cache."""
        if self._cache is not None:
            self._cache.store(response)

    def _count(self, response: Response) -> float | None:
        cost = self.set_cost(response)
        self.usage = self.usage_of(response)
        count_usage(self.wrapper, self.usage, self.from_cache)
        return cost

    def set_cost(self, response: Response) -> float | None:
        """Set the cost on an answer and return it; None if it is not known."""
        price = self.extras.get("price")
        if price is not None:
            cost = cost_at(response, price)
            add_part(response, "cost", cost)
            return None if getattr(response, "usage", None) is None else cost
        found = part_of(response, "cost") if self.from_cache else None
        if found is None:
            found = self.cost_of(response)
            add_part(response, "cost", found)
        return float(found) if found is not None and (found or self.knows_price(response)) else None

    # --- what the client does

    def connected(self) -> Any:
        """Return the client of the configuration, connected."""
        return self.wrapper._classic_state.client(self.number)

    def retrieval(self) -> Callable[[Response], list[Any]]:
        """Return the function that takes texts, or messages with calls, out of an answer."""
        retrieve: Callable[[Response], list[Any]] = self.client.message_retrieval
        return retrieve

    def cost_of(self, response: Response) -> float:
        """Return what the client says that an answer has cost, in US dollars."""
        cost: float = self.client.cost(response)
        return cost

    def knows_price(self, response: Response) -> bool:
        """Tell whether a cost of 0 means that an answer was free, or that its price is not known."""
        return bool(getattr(self.client, "knows_price", lambda _: True)(response))

    def usage_of(self, response: Response) -> Mapping[str, Any]:
        """Return tokens and cost of an answer as the client counts them."""
        usage: Mapping[str, Any] = self.client.get_usage(response)
        return usage


def separated(settings: Mapping[str, Any], own_keys: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Separate what is sent from what only the wrapper understands.

    Args:
        settings: both together.
        own_keys: the names of the latter.

    Returns:
        What is sent, and what is not.
    """
    sent = {key: settings[key] for key in settings if key not in own_keys}
    return sent, {key: settings[key] for key in settings if key in own_keys}


def _check_price(price: Price | list[float] | None) -> None:
    """A price that cannot be used is refused before anything is asked and paid for."""
    if price is not None:
        cost_of(price, 1000, 1000)


def _filled(params: dict[str, Any], extras: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent, with templates filled and in words that its provider knows."""
    params = encodable(fill_prompt_or_messages(params, extras))
    if extras.get("further_tools"):  # a request has these besides those of its configuration, which overrides all else
        params["tools"] = [*(params.get("tools") or []), *extras["further_tools"]]
    if str(extras.get("api_type") or "").lower() == "azure" and params.get("model"):
        params["model"] = azure_model_name(params["model"])
    return params
