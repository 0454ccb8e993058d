"""The road of a request through a wrapper, written once for synchronous and asynchronous chats."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from ..._core import tape as tapes
from ..._core.drive import Ask, Steps
from ..._core.events import ModelAnswered, ModelAsked, ModelFailed, emit
from ..._core.model_requests import asking_agent
from ..._core.running_chats import charge
from ..._secrets import keys_hidden, without_keys
from .._http.threads import in_thread
from .._provider_client import BrokenStreamError
from ..prices import cost_of
from ..providers import azure_model_name
from ..rate_limiters import TimeRateLimiter
from . import answer_cache
from .failures import Failures, UnusableAnswerError
from .structured import StructuredOutputError, WantedForm, answer_steps, formatted, wanted_form, with_json_schema
from .templates import fill_prompt_or_messages

if TYPE_CHECKING:
    from ..client import OpenAIWrapper

__all__ = ("OWN_KEYS", "create_steps")

# What the wrapper itself understands, and does not send.
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
        "model_client",
        "price",
        "tags",
    }
)


def create_steps(wrapper: OpenAIWrapper, **config: Any) -> Steps:
    """The road of a request: for each configuration the cache, the model, the cost, and the filter."""
    tape = tapes.current()  # a recording or a replay of the run; usually None
    if not tapes.replaying():
        wrapper.check_that_clients_are_ready()
    failures = Failures(wrapper._entries)
    last = len(wrapper._known_clients) - 1
    for number in range(last + 1):
        # The configuration goes before the call. Old programs count on that order, odd as it is.
        settings = {**config, **wrapper._config_list[number]}
        extras = {key: settings[key] for key in settings if key in OWN_KEYS}
        params = fill_prompt_or_messages({key: settings[key] for key in settings if key not in OWN_KEYS}, extras)
        if str(extras.get("api_type") or "").lower() == "azure" and params.get("model"):
            params["model"] = azure_model_name(params["model"])
        taped = None if tape is None else tape.model_request(wrapper, number, extras)
        client = wrapper._client(number) if taped is None else taped.client
        wanted = _wanted_form(settings, params)
        if wanted is not None:
            params = with_json_schema(params)

        answers = answer_cache.AnswerCache(extras, params) if taped is None else taped.answers(extras, params)
        response = answers.look_up()
        from_cache = response is not answer_cache.NOT_CACHED
        if not from_cache:
            emit(ModelAsked(extras.get("agent"), without_keys(params)))
            courier = _courier if taped is None else taped.courier(_courier)
            ask = partial(_delivery, courier, client, extras.get("agent"), wrapper._rate_limiters[number])
            try:
                with keys_hidden([*wrapper._entries, settings]):
                    response = yield from answer_steps(ask, params, wanted)
            except _errors_that_pass_on(client) as error:
                failures.add(number, error)
                following = None if number == last else number + 1
                emit(ModelFailed(extras.get("agent"), number, params.get("model"), failures.reason, following))
                _count_paid_answer(wrapper, client, error, extras.get("price"))
                if number == last:
                    finished = failures.finish(error)
                    if finished is error:
                        raise
                    raise finished from error
                continue

        cost = _set_cost(client, response, extras.get("price"), from_cache)
        wrapper._count(client.get_usage(response), from_cache)
        if not from_cache:
            charge(response, cost)
            answers.store(response)
        response.message_retrieval_function = formatted(client.message_retrieval, wanted)
        response.config_id = number
        passed = _passes_filter(extras, response)
        response.pass_filter = passed
        emit(ModelAnswered(extras.get("agent"), response, from_cache, cost))
        if passed or number == last:
            return response
    raise RuntimeError("The wrapper has no clients: its list of clients was emptied.")


def _wanted_form(settings: dict[str, Any], params: dict[str, Any]) -> WantedForm | None:
    """The form that the answer has to have; a client of the program's own sees to that itself."""
    own_client = settings.get("model_client") is not None or settings.get("model_client_cls") is not None
    return None if own_client or "messages" not in params else wanted_form(params)


def _count_paid_answer(wrapper: OpenAIWrapper, client: Any, error: BaseException, price: Any) -> None:
    """An answer in the wrong form cannot be used, but it has been paid for."""
    response = getattr(error, "paid_for", None)
    if response is not None:
        cost = _set_cost(client, response, price, from_cache=False)
        wrapper._count(client.get_usage(response), from_cache=False)
        charge(response, cost)


def _delivery(courier: Any, client: Any, agent: Any, limiter: TimeRateLimiter | None, params: dict[str, Any]) -> Ask:
    return Ask(courier, "deliver", client, params, agent, limiter)


class _Courier:
    """Brings a request to a client, in a chat of either kind."""

    def deliver(self, client: Any, params: dict[str, Any], agent: Any, limiter: TimeRateLimiter | None) -> Any:
        """Ask a client, in the calling thread."""
        if limiter is not None:
            limiter.sleep()
        token = asking_agent.set(agent)
        try:
            return client.create(params)
        finally:
            asking_agent.reset(token)

    async def a_deliver(self, client: Any, params: dict[str, Any], agent: Any, limiter: TimeRateLimiter | None) -> Any:
        """Ask a client without blocking the event loop; one that cannot do that is asked in a thread."""
        if limiter is not None:
            await limiter.a_sleep()
        token = asking_agent.set(agent)
        try:
            if asyncio.iscoroutinefunction(client.create):
                return await client.create(params)
            if hasattr(client, "a_create"):
                return await client.a_create(params)
            return await in_thread(client.create, params)
        finally:
            asking_agent.reset(token)


_courier = _Courier()


def _errors_that_pass_on(client: Any) -> tuple[type[BaseException], ...]:
    """The errors after which the next configuration is tried. A client may name its own in ``fallback_errors``."""
    openai = sys.modules.get("openai")
    of_openai = (openai.APIError,) if openai is not None else ()
    of_ours = (UnusableAnswerError, StructuredOutputError, BrokenStreamError)
    return (*of_openai, *of_ours, *getattr(client, "fallback_errors", ()))


def _set_cost(client: Any, response: Any, price: Any, from_cache: bool) -> float | None:
    """Set the cost on an answer and return it; None where it is not known."""
    if price is not None:
        usage = getattr(response, "usage", None)
        response.cost = 0 if usage is None else cost_of(price, usage.prompt_tokens, usage.completion_tokens)
        return None if usage is None else float(response.cost)
    if not from_cache or getattr(response, "cost", None) is None:
        response.cost = client.cost(response)
    known = response.cost is not None and (response.cost or getattr(client, "knows_price", lambda _: True)(response))
    return float(response.cost) if known else None


def _passes_filter(extras: dict[str, Any], response: Any) -> bool:
    filter_func = extras.get("filter_func")
    return filter_func is None or bool(filter_func(context=extras.get("context"), response=response))
