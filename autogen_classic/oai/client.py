"""The client for models: `OpenAIWrapper` asks the configurations of a list in turn until one of them answers.

A wrapper reads its configuration when it is made, and connects at the first request. The road of a request stands
in `_create_steps`, once for `OpenAIWrapper.create` and `OpenAIWrapper.a_create`.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from .._core.drive import Ask, Call, Steps, Then, drive, drive_async, shipped
from .._core.events import ModelAnswered, ModelAsked, emit
from .._core.model_requests import asking_agent, check
from . import _answers
from ._failures import Failures, UnusableAnswerError
from ._templates import fill_prompt_or_messages, instantiate
from ._usage import USAGE_KEYS, UsageSummary, add_usage, print_usage, valid_usage
from .openai_utils import NON_CACHE_KEY
from .prices import OAI_PRICE1K, cost_of, price_of
from .providers import CLIENT_KEYS, azure_model_name, connect, find_provider, has_credentials
from .rate_limiters import TimeRateLimiter

__all__ = ("ModelClient", "OAI_PRICE1K", "OpenAIClient", "OpenAIWrapper", "PlaceHolderClient")

logger = logging.getLogger("autogen.oai.client")

LEGACY_DEFAULT_CACHE_SEED = 41
LEGACY_CACHE_DIR = ".cache"
OPEN_API_BASE_URL_PREFIX = "https://api.openai.com"

# What the wrapper itself understands, and does not send.
_OWN_KEYS = frozenset(
    "agent allow_format_str_template api_rate_limit api_type api_version cache cache_seed context filter_func "
    "model_client price tags".split()
)

# Names of the openai package that programs import from here, or patch here. They are loaded on first use.
_OPENAI_NAMES = {
    "APIError": "openai",
    "APITimeoutError": "openai",
    "AsyncAzureOpenAI": "openai",
    "AsyncOpenAI": "openai",
    "AzureOpenAI": "openai",
    "ChatCompletion": "openai.types.chat",
    "ChatCompletionMessage": "openai.types.chat",
    "Choice": "openai.types.chat.chat_completion",
    "Completion": "openai.types.completion",
    "CompletionUsage": "openai.types.completion_usage",
    "OpenAI": "openai",
}


def __getattr__(name: str) -> Any:
    if name in _OPENAI_NAMES:
        return getattr(importlib.import_module(_OPENAI_NAMES[name]), name)
    if name == "openai":
        return importlib.import_module("openai")
    if name == "OPENAIVERSION":
        return importlib.import_module("openai").__version__
    if name == "TOOL_ENABLED":
        return True  # every openai package from 1.1 on knows tools
    if name == "ERROR":
        return None  # the openai package is a dependency, so there is no error to remember
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class ModelClient(Protocol):
    """What a client for one model has to offer. Any class with these methods can be registered.

    A client may also have ``async def a_create(params)``, which asynchronous chats use. Without it, `create` runs in a
    thread there.
    """

    RESPONSE_USAGE_KEYS = list(USAGE_KEYS)

    class ModelClientResponseProtocol(Protocol):
        """An answer: choices with messages, and the name of the model."""

        class Choice(Protocol):
            """One choice."""

            class Message(Protocol):
                """Its message."""

                content: str | None

            message: Message

        choices: list[Choice]
        model: str

    def create(self, params: dict[str, Any]) -> ModelClientResponseProtocol:
        """Ask the model.

        Args:
            params: the configuration, and the messages or the prompt.

        Returns:
            The answer. The wrapper sets ``cost``, ``config_id``, ``pass_filter`` and ``message_retrieval_function`` on
            it.
        """
        ...

    def message_retrieval(self, response: Any) -> list[Any]:
        """Return the texts of an answer, or its messages where they call tools."""
        ...

    def cost(self, response: Any) -> float:
        """Return the cost of an answer in US dollars."""
        ...

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        """Return a dict with the keys RESPONSE_USAGE_KEYS, or an empty one where the usage is not known."""
        ...


class PlaceHolderClient:
    """Stands for a client of the program's own until it is registered.

    Args:
        config: the configuration that names it in ``model_client_cls``.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config


class OpenAIClient:
    """Asks one endpoint by way of the openai package.

    Args:
        client: an ``OpenAI`` or ``AzureOpenAI`` object of the openai package.

    Attributes:
        connect_async: an async function that returns the asynchronous twin of the client for the running event loop;
            None when there is none, then `a_create` runs `create` in a thread.
    """

    def __init__(self, client: Any) -> None:
        self._oai_client = client
        self.connect_async: Callable[[], Awaitable[Any]] | None = None
        self._async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    def create(self, params: dict[str, Any]) -> Any:
        """Ask the model.

        Args:
            params: what the ``create`` method of the openai package takes. With ``stream``, a chat's answer is printed
                as it comes.

        Returns:
            A ChatCompletion, or a Completion for a prompt, of the openai package.
        """
        check(getattr(self._oai_client, "base_url", None) or "openai")
        if "messages" in params and params.get("stream"):
            with _connection_errors(), self._oai_client.chat.completions.create(**params) as stream:
                with _streamed_answer(params) as answer:
                    for chunk in stream:
                        answer.add(chunk)
                return _whole(answer, stream)
        return self._usable(_endpoint(self._oai_client, params).create(**{**params, "stream": False}))

    async def a_create(self, params: dict[str, Any]) -> Any:
        """The same as `create`, without blocking the event loop."""
        if self.connect_async is None:
            return await asyncio.to_thread(self.create, params)
        check(getattr(self._oai_client, "base_url", None) or "openai")
        client = await self._async_client()
        if "messages" in params and params.get("stream"):
            with _connection_errors():
                async with await client.chat.completions.create(**params) as stream:
                    with _streamed_answer(params) as answer:
                        async for chunk in stream:
                            answer.add(chunk)
                    return _whole(answer, stream)
        return self._usable(await _endpoint(client, params).create(**{**params, "stream": False}))

    def message_retrieval(self, response: Any) -> list[Any]:
        """Return the texts of an answer, or its messages where they call functions or tools.

        Args:
            response: a ChatCompletion or Completion.
        """
        return [
            choice.text
            if hasattr(choice, "text")
            else choice.message
            if choice.message.function_call is not None or choice.message.tool_calls is not None
            else choice.message.content
            for choice in response.choices
        ]

    def cost(self, response: Any) -> float:
        """Return the cost of an answer in US dollars; 0 with one warning for a model without a known price.

        Args:
            response: a ChatCompletion or Completion.
        """
        price = price_of(response.model)
        if price is None:
            _warn_of_unknown_price(response.model)
            return 0
        usage = response.usage
        return cost_of(price, usage.prompt_tokens, usage.completion_tokens) if usage is not None else 0

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

    async def _async_client(self) -> Any:
        loop = asyncio.get_running_loop()
        client = self._async_clients.get(loop)
        if client is None:
            assert self.connect_async is not None
            client = self._async_clients[loop] = await self.connect_async()
        return client

    def _usable(self, response: Any) -> Any:
        """Refuse what is not a completion: a wrong base_url often leads to a web page."""
        if getattr(response, "choices", None) is None:
            raise UnusableAnswerError(
                f"{getattr(self._oai_client, 'base_url', 'The endpoint')} answered with {str(response)[:80]!r}, which is "
                "not a completion. Check base_url; it usually ends in /v1."
            )
        return response


_own_create = OpenAIClient.create


class OpenAIWrapper:
    """Asks the models of a configuration list in turn until one answers.

    Args:
        config_list: one dict per model; None or an empty list stands for one configuration without own settings.
        **base_config: settings for all configurations; those of a single configuration go before them.

    Attributes:
        actual_usage_summary: tokens and cost of the answers that were paid for, by model; None before the first.
        total_usage_summary: the same, cached answers counted too.

    Raises:
        openai.OpenAIError: a configuration has no key, and the environment has none either.
        UnknownProviderError: a configuration has an unknown ``api_type``.
        TypeError: config_list is not a list of dicts.
    """

    extra_kwargs = frozenset(_OWN_KEYS)
    openai_kwargs = CLIENT_KEYS
    aopenai_kwargs = CLIENT_KEYS

    total_usage_summary: UsageSummary | None = None
    actual_usage_summary: UsageSummary | None = None

    def __init__(self, *, config_list: list[dict[str, Any]] | None = None, **base_config: Any) -> None:
        _check_config_list(config_list)
        self._entries: list[dict[str, Any]] = [{**base_config, **entry} for entry in config_list or [{}]]
        self._config_list: list[dict[str, Any]] = [
            {key: value for key, value in entry.items() if key not in CLIENT_KEYS} for entry in self._entries
        ]
        self._rate_limiters = [
            TimeRateLimiter(entry["api_rate_limit"]) if entry.get("api_rate_limit") else None for entry in self._entries
        ]
        self._lock = threading.Lock()
        self.wrapper_id = id(self)
        self._known_clients: list[Any] = [_client_without_connecting(entry) for entry in self._entries]
        for number, entry in enumerate(self._entries):
            if self._known_clients[number] is None and not has_credentials(entry):
                self._client(number)

    @property
    def _clients(self) -> list[Any]:
        """The clients, connected: one for each configuration. Programs read and replace them."""
        for number in range(len(self._known_clients)):
            self._client(number)
        return self._known_clients

    @_clients.setter
    def _clients(self, clients: list[Any]) -> None:
        self._known_clients = clients

    def _client(self, number: int) -> Any:
        if self._known_clients[number] is None:
            with self._lock:
                if self._known_clients[number] is None:
                    self._known_clients[number] = connect(self._entries[number])
        return self._known_clients[number]

    def register_model_client(self, model_client_cls: Any, **kwargs: Any) -> None:
        """Register a client of your own for the first configuration that waits for it.

        Args:
            model_client_cls: a class whose name a configuration gives in ``model_client_cls``. It is called with that
                configuration.
            **kwargs: passed to it as well.

        Raises:
            ValueError: no configuration names the class.
        """
        name = model_client_cls.__name__
        registered = False
        for number, client in enumerate(self._known_clients):
            if isinstance(client, PlaceHolderClient) and client.config.get("model_client_cls") == name:
                self._known_clients[number] = model_client_cls(client.config, **kwargs)
                return
            registered = registered or type(client).__name__ == name
        if not registered:
            raise ValueError(
                f'Model client "{name}" is being registered but was not found in the config_list. Please make sure to '
                f'include an entry in the config_list with "model_client_cls": "{name}"'
            )
        logger.warning(
            "Model client %s is already registered for every configuration that names it. Add configurations to "
            "config_list to register it again.",
            name,
        )

    def adopt(self, former: OpenAIWrapper) -> None:
        """Go on in the place of another wrapper whose configuration has changed.

        Args:
            former: its usage counts on, and the clients that were registered with it serve here, too.
        """
        self.total_usage_summary = former.total_usage_summary
        self.actual_usage_summary = former.actual_usage_summary
        for client in former._known_clients:
            name = type(client).__name__
            for number, waiting in enumerate(self._known_clients):
                if isinstance(waiting, PlaceHolderClient) and waiting.config.get("model_client_cls") == name:
                    self._known_clients[number] = client
                    break

    @classmethod
    def instantiate(
        cls,
        template: Any,
        context: Mapping[str, Any] | None = None,
        allow_format_str_template: bool | None = False,
    ) -> Any:
        """Fill a template.

        Args:
            template: a text, a callable that takes the context, or None.
            context: values by name. Without any, the template is returned as it is.
            allow_format_str_template: whether ``{name}`` in a text is replaced by the value of that name.

        Returns:
            The filled template.

        Raises:
            KeyError: the text names something that the context does not have.
        """
        return instantiate(template, context, allow_format_str_template)

    # `create` and `a_create` follow `_create_steps` below.

    def create(self, **config: Any) -> Any:
        """Ask the models in turn until one answers.

        Args:
            **config: settings for this request, unless a configuration has them, and ``messages`` or ``prompt``;
                ``context``: values for templates in them, see `instantiate`; ``allow_format_str_template``;
                ``filter_func``: called with ``context`` and ``response``; an answer for which it returns False is passed
                over, unless no configuration is left;
                ``cache``: a cache to use; ``cache_seed``: else, which directory below ``.cache`` to use, None for none
                (default: 41);
                ``agent``: who asks;
                ``price``: ``[prompt, completion]`` per 1,000 tokens.

        Returns:
            The answer, with the attributes ``cost``, ``config_id`` (which configuration gave it) and ``pass_filter``.

        Raises:
            ValueError: there is not exactly one of ``prompt`` and ``messages``.
            RuntimeError: a client of the program's own has not been registered.
            TimeoutError: the last model did not answer in time.
            openai.APIError: the last model could not be asked; the text says why each configuration failed.
        """
        return drive(_create_steps(self, **config))

    async def a_create(self, **config: Any) -> Any:
        """The same as `create`, without blocking the event loop."""
        return await drive_async(_a_create_steps(self, **config))

    @classmethod
    def extract_text_or_completion_object(cls, response: Any) -> list[Any]:
        """Return the texts of an answer, or its messages where they call functions or tools.

        Args:
            response: what `create` returned.
        """
        messages: list[Any] = response.message_retrieval_function(response)
        return messages

    def print_usage_summary(self, mode: str | list[str] = ["actual", "total"]) -> None:  # noqa: B006
        """Print tokens and cost through the current IOStream.

        Args:
            mode: ``"actual"`` (what was paid for), ``"total"`` (with cached answers), or a list of both.

        Raises:
            ValueError: the mode is something else.
        """
        print_usage(self.actual_usage_summary, self.total_usage_summary, mode)

    def clear_usage_summary(self) -> None:
        """Forget the usage so far."""
        self.total_usage_summary = None
        self.actual_usage_summary = None

    def _count(self, usage: Any, from_cache: bool) -> None:
        if not valid_usage(usage):
            return
        self.total_usage_summary = add_usage(self.total_usage_summary, usage)
        if not from_cache:
            self.actual_usage_summary = add_usage(self.actual_usage_summary, usage)


def _create_steps(wrapper: OpenAIWrapper, **config: Any) -> Steps:
    """The road of a request: for each configuration the cache, the model, the cost, and the filter."""
    _check_that_clients_are_ready(wrapper)
    failures = Failures(wrapper._entries)
    last = len(wrapper._known_clients) - 1
    for number in range(last + 1):
        # The configuration goes before the call. Old programs count on that order, odd as it is.
        settings = {**config, **wrapper._config_list[number]}
        extras = {key: settings[key] for key in settings if key in _OWN_KEYS}
        params = fill_prompt_or_messages({key: settings[key] for key in settings if key not in _OWN_KEYS}, extras)
        if str(extras.get("api_type") or "").lower() == "azure" and params.get("model"):
            params["model"] = azure_model_name(params["model"])
        client = wrapper._client(number)

        answers = _AnswerCache(extras, params)
        response = answers.look_up()
        from_cache = response is not _answers.NOT_CACHED
        if not from_cache:
            emit(ModelAsked(extras.get("agent"), {key: params[key] for key in params if key not in NON_CACHE_KEY}))
            try:
                response = yield Ask(
                    _courier, "deliver", client, params, extras.get("agent"), wrapper._rate_limiters[number]
                )
            except _errors_that_pass_on(client) as error:
                failures.add(number, error)
                if number == last:
                    finished = failures.finish(error)
                    if finished is error:
                        raise
                    raise finished from error
                logger.debug("Configuration %s failed: %s", number, type(error).__name__)
                continue

        cost = _set_cost(client, response, extras.get("price"), from_cache)
        wrapper._count(client.get_usage(response), from_cache)
        if not from_cache:
            answers.store(response)
        response.message_retrieval_function = client.message_retrieval
        response.config_id = number
        passed = _passes_filter(extras, response)
        response.pass_filter = passed
        emit(ModelAnswered(extras.get("agent"), response, from_cache, cost))
        if passed or number == last:
            return response
    raise RuntimeError("The wrapper has no clients: its list of clients was emptied.")


def _a_create_steps(wrapper: OpenAIWrapper, **config: Any) -> Steps:
    """A program that has replaced `create` finds its own function called in asynchronous chats too."""
    if getattr(wrapper.create, "__func__", None) is not _own_wrapper_create:
        return Then(Call(asyncio.to_thread, wrapper.create, **config))
    return (yield from _create_steps(wrapper, **config))


_own_wrapper_create = OpenAIWrapper.create
shipped(_create_steps)(OpenAIWrapper.create)
shipped(_a_create_steps)(OpenAIWrapper.a_create)


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
            if hasattr(client, "a_create") and not _create_was_replaced(client):
                return await client.a_create(params)
            return await asyncio.to_thread(client.create, params)
        finally:
            asking_agent.reset(token)


_courier = _Courier()


class _AnswerCache:
    """The cache for one request; it does nothing where none is wanted."""

    def __init__(self, extras: dict[str, Any], params: dict[str, Any]) -> None:
        self._cache = extras.get("cache")
        live_client = extras.get("model_client") is not None
        self._seed = extras.get("cache_seed", None if live_client else LEGACY_DEFAULT_CACHE_SEED)
        wanted = self._cache is not None or self._seed is not None
        self._key = _answers.cache_key(params) if wanted else None

    def look_up(self) -> Any:
        return self._use(lambda cache, key: _answers.look_up(cache, key), _answers.NOT_CACHED)

    def store(self, response: Any) -> None:
        self._use(lambda cache, key: _answers.store(cache, key, response), None)

    def _use(self, action: Callable[[Any, str], Any], otherwise: Any) -> Any:
        if self._key is None:
            return otherwise
        if self._cache is not None:
            return action(self._cache, self._key)
        from ..cache.cache import Cache

        try:
            with Cache.disk(self._seed, LEGACY_CACHE_DIR) as cache:
                return action(cache, self._key)
        except Exception as error:  # a full or read-only disk must not stop a chat
            logger.warning("The cache on disk cannot be used (%s: %s).", type(error).__name__, error)
            return otherwise


class _connection_errors:
    """Turn the errors of HTTP in mid-stream into those that the openai package raises everywhere else."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        if kind is None or kind.__module__.partition(".")[0] not in ("httpx", "httpx2", "httpcore", "httpcore2"):
            return
        import openai

        timed_out = "Timeout" in kind.__name__
        request = getattr(error, "request", None)
        if timed_out:
            raise openai.APITimeoutError(request=request) from error  # type: ignore[arg-type]
        raise openai.APIConnectionError(
            message=f"The connection broke while the answer was streamed ({error}).",
            request=request,  # type: ignore[arg-type]
        ) from error


def _streamed_answer(params: dict[str, Any]) -> Any:
    from ._streaming import StreamedAnswer

    return StreamedAnswer(params)


def _whole(answer: Any, stream: Any) -> Any:
    """The completion, when the server has said that it is complete."""
    if answer.complete:
        return answer.completion()
    import openai

    raise openai.APIConnectionError(
        message="The stream ended before the answer was complete: the server has gone, or closed the connection.",
        request=stream.response.request,
    )


def _endpoint(client: Any, params: dict[str, Any]) -> Any:
    return client.chat.completions if "messages" in params else client.completions


def _create_was_replaced(client: Any) -> bool:
    """Whether `create` of an OpenAIClient is a function of the program's own, in a subclass or by a patch."""
    return isinstance(client, OpenAIClient) and getattr(client.create, "__func__", None) is not _own_create


def _client_without_connecting(entry: dict[str, Any]) -> Any:
    """A client that needs no connection, or None. An unknown provider is reported here."""
    if entry.get("model_client") is not None:
        return entry["model_client"]
    if entry.get("model_client_cls") is not None:
        logger.info(
            "Detected custom model client in config: %s, model client can not be used until register_model_client is "
            "called.",
            entry["model_client_cls"],
        )
        return PlaceHolderClient(dict(entry))
    find_provider(entry)
    return None


def _check_config_list(config_list: Any) -> None:
    if config_list is not None and (
        isinstance(config_list, (str, bytes, Mapping))
        or not hasattr(config_list, "__iter__")
        or not all(isinstance(entry, Mapping) for entry in config_list)
    ):
        raise TypeError(
            'config_list must be a list of dicts, such as [{"model": "gpt-4o", "api_key": "..."}], '
            f"not {type(config_list).__name__}"
            + (" with entries that are not dicts." if isinstance(config_list, (list, tuple)) else ".")
        )


def _check_that_clients_are_ready(wrapper: OpenAIWrapper) -> None:
    waiting = [
        client.config.get("model_client_cls")
        for client in wrapper._known_clients
        if isinstance(client, PlaceHolderClient)
    ]
    if waiting:
        raise RuntimeError(
            f"Model client(s) {waiting} are not activated. Register them with `register_model_client`, or take their "
            "entries out of the config list."
        )


def _errors_that_pass_on(client: Any) -> tuple[type[BaseException], ...]:
    """The errors after which the next configuration is tried. A client may name its own in ``fallback_errors``."""
    openai = sys.modules.get("openai")
    of_openai = (openai.APIError,) if openai is not None else ()
    return (*of_openai, UnusableAnswerError, *getattr(client, "fallback_errors", ()))


def _set_cost(client: Any, response: Any, price: Any, from_cache: bool) -> float | None:
    """Set the cost on an answer and return it; None where it is not known."""
    if price is not None:
        usage = getattr(response, "usage", None)
        response.cost = (
            cost_of(price, usage.prompt_tokens, usage.completion_tokens) if usage is not None else 0
        )
        return float(response.cost)
    if not from_cache or getattr(response, "cost", None) is None:
        response.cost = client.cost(response)
    if isinstance(client, OpenAIClient) and price_of(response.model) is None and not response.cost:
        return None
    return None if response.cost is None else float(response.cost)


def _passes_filter(extras: dict[str, Any], response: Any) -> bool:
    filter_func = extras.get("filter_func")
    return filter_func is None or bool(filter_func(context=extras.get("context"), response=response))


_models_without_price: set[str] = set()


def _warn_of_unknown_price(model: str) -> None:
    if model not in _models_without_price:
        _models_without_price.add(model)
        logger.warning(
            'The price of model %s is not known, so its cost counts as 0. Give it in the config_list: "price": '
            "[prompt_price_per_1k, completion_token_price_per_1k].",
            model,
        )
