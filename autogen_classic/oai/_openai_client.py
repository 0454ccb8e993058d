"""The client for OpenAI, Azure OpenAI, and every server that speaks their protocol."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from .._core.model_requests import check_request_allowed
from ..errors import ModelToolNotSupportedError, UnusableAnswerError
from ._http.sending import send
from ._messages.kept import EXTRA_CONTENT, REASONING_CONTENT, extra_content, origin_of
from ._model_quirks import fitted, learn_from
from ._request.completions import fault_in, put_right, said_in, texts_of_completion
from ._request.failures import parameter_errors
from ._request.keys import check_key
from ._request.streaming import StreamedAnswer, came_whole, connection_errors, shown_whole
from ._request.structured import with_json_schema
from .prices import cost_of, price_of

if TYPE_CHECKING:
    import asyncio

__all__ = ("OpenAIClient",)

logger = logging.getLogger("autogen.oai.client")


class OpenAIClient:
    """Asks one endpoint through the openai package.

    Args:
        client: an ``OpenAI`` or ``AzureOpenAI`` object of the openai package.
        response_format: the form of every answer whose request does not ask for another one.

    Attributes:
        provider: the section of the table of prices.
        connect_async: an async function that returns the asynchronous twin of the client for the running event loop;
            None if it has no twin; then `a_create` runs `create` in a thread.
        may_be_left: a chat that is stopped at once need not wait for an answer.
        fallback_errors: further errors after which the next configuration is tried.
    """

    provider: ClassVar[str] = "openai"
    may_be_left: ClassVar[bool] = True
    fallback_errors: ClassVar[tuple[type[BaseException], ...]] = (ModelToolNotSupportedError,)

    def __init__(self, client: Any, response_format: object = None) -> None:
        self._oai_client = client
        self.response_format = response_format
        self.connect_async: Callable[[], Awaitable[Any]] | None = None
        self._async_clients: dict[asyncio.AbstractEventLoop, Any] = {}

    @property
    def address(self) -> str:
        """Where requests go: a base URL, or "openai" for an object that does not say."""
        return str(getattr(self._oai_client, "base_url", None) or "openai")

    def create(self, params: dict[str, Any]) -> Any:
        """Ask the model.

        Args:
            params: what the ``create`` method of the openai package takes. With ``stream``, a chat's answer is printed
                as it comes.

        Returns:
            A ChatCompletion, or a Completion for a prompt, of the openai package.
        """
        place = self._place()
        params = self._written(params)
        while True:
            request = fitted(params, place)
            try:
                return self._ask(request)
            except Exception as error:
                if not learn_from(error, request, place):
                    raise

    async def a_create(self, params: dict[str, Any]) -> Any:
        """The same as `create`, without blocking the event loop."""
        replaced = getattr(self.create, "__func__", None) is not _own_create  # in a subclass, or by a patch
        if replaced or self.connect_async is None:
            from .._core.threads import in_thread  # which needs asyncio

            return await in_thread(self.create, params)
        place = self._place()
        params = self._written(params)
        client = await self._async_client()
        while True:
            request = fitted(params, place)
            try:
                return await self._a_ask(client, request)
            except Exception as error:
                if not learn_from(error, request, place):
                    raise

    def message_retrieval(self, response: object) -> list[Any]:
        """Return the texts of an answer, or its messages if they call functions or tools.

        Args:
            response: a ChatCompletion or Completion.
        """
        return texts_of_completion(response)

    def cost(self, response: Any) -> float:
        """Return the cost of an answer in US dollars; 0 with one warning for a model without a known price.

        Args:
            response: a ChatCompletion or Completion.
        """
        price = price_of(str(response.model), self.provider)
        if price is None:
            _warn_of_unknown_price(str(response.model))
            return 0
        usage = response.usage
        return cost_of(price, usage.prompt_tokens, usage.completion_tokens) if usage is not None else 0

    def knows_price(self, response: Any) -> bool:
        """Tell whether a cost of 0 means that an answer was free, or that its price is not known.

        Args:
            response: a ChatCompletion or Completion.
        """
        return price_of(str(response.model), self.provider) is not None

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        """Return tokens, cost and model of an answer.

        Args:
            response: a ChatCompletion or Completion, with the cost set on it.
        """
        usage = response.usage
        return {
            "prompt_tokens": (usage.prompt_tokens or 0) if usage is not None else 0,
            "completion_tokens": (usage.completion_tokens or 0) if usage is not None else 0,
            "total_tokens": (usage.total_tokens or 0) if usage is not None else 0,
            "cost": getattr(response, "cost", 0),
            "model": response.model,
        }

    def _place(self) -> str:
        """The address of the endpoint, if it may be asked and with this key."""
        place = self.address
        check_request_allowed(place)
        check_key(getattr(self._oai_client, "api_key", None))
        return place

    def _written(self, params: dict[str, Any]) -> dict[str, Any]:
        """A request as the endpoint takes it."""
        own_form = self.response_format
        return params if own_form is None else with_json_schema({"response_format": own_form, **params})

    def _ask(self, params: dict[str, Any]) -> object:
        if "messages" in params and params.get("stream"):
            with self._reading(), connection_errors(), send(self._oai_client, params) as stream:
                if came_whole(stream):
                    return self._read(shown_whole(stream.response.read()), params)
                with StreamedAnswer(params) as answer:
                    for chunk in stream:
                        answer.add(chunk)
                return self._read(answer.completion_of(stream), params)
        with self._reading():
            return self._read(send(self._oai_client, {**params, "stream": False}), params)

    async def _a_ask(self, client: Any, params: dict[str, Any]) -> object:
        if "messages" in params and params.get("stream"):
            with self._reading(), connection_errors():
                async with await send(client, params) as stream:
                    if came_whole(stream):
                        return self._read(shown_whole(await stream.response.aread()), params)
                    with StreamedAnswer(params) as answer:
                        async for chunk in stream:
                            answer.add(chunk)
                    return self._read(answer.completion_of(stream), params)
        with self._reading():
            return self._read(await send(client, {**params, "stream": False}), params)

    async def _async_client(self) -> Any:
        from asyncio import get_running_loop  # as late as possible: it takes longer to load than everything else

        loop = get_running_loop()
        client = self._async_clients.get(loop)
        if client is None:
            assert self.connect_async is not None
            for other in list(self._async_clients):  # another thread may be doing the same
                if other.is_closed():
                    self._async_clients.pop(other, None)
            client = self._async_clients[loop] = await self.connect_async()
        return client

    def _read(self, response: object, params: Mapping[str, Any]) -> object:
        """Read an answer. What is not a completion is refused: a wrong base_url often leads to a web page."""
        choices = getattr(response, "choices", None)
        if not choices or any(said_in(choice) is None for choice in choices):
            said = response.to_dict() if hasattr(response, "to_dict") else response
            raise self._unusable(f"{said!r:.200}, which is not a completion")
        put_right(response, params.get("model"))
        self._keep_thoughts(choices, params.get("model"))
        fault = fault_in(response)
        if fault is not None:
            is_half = any(texts_of_completion(response))
            answered = "broke off in mid-answer" if is_half else "answered"
            raise UnusableAnswerError(
                f"{self.address} {answered} with an error: {fault}", paid_for=response if is_half else None
            )
        return response

    def _keep_thoughts(self, choices: Iterable[object], model: object) -> None:
        """Keep on a message that calls tools what its model thought: some servers want it back with the answers."""
        for choice in choices:
            message = getattr(choice, "message", None)  # one of the package: the answers of a patched client stay
            thoughts = getattr(message, REASONING_CONTENT, None)
            if thoughts and getattr(message, "tool_calls", None):
                origin = origin_of(model, self.address)
                setattr(message, EXTRA_CONTENT, extra_content(origin, [{REASONING_CONTENT: thoughts}]))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Say which request got an answer that cannot be read, or has a wrong parameter."""
        try:
            with parameter_errors():
                yield
        except json.JSONDecodeError as error:
            raise self._unusable(f"{error.doc[:200]!r}, which cannot be read") from error

    def _unusable(self, said: str) -> UnusableAnswerError:
        place = getattr(self._oai_client, "base_url", "The endpoint")
        advice = "Check base_url; it usually ends in /v1."
        return UnusableAnswerError(f"{place} answered with {said}. {advice}")


_own_create = OpenAIClient.create


_models_without_price: set[str] = set()


def _warn_of_unknown_price(model: str) -> None:
    if model not in _models_without_price:
        _models_without_price.add(model)
        logger.warning(
            'The price of model %s is not known, so its cost counts as 0. Give it in the config_list: "price": '
            "[prompt_price_per_1k, completion_token_price_per_1k].",
            model,
        )
