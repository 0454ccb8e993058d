"""The client for models: `OpenAIWrapper` asks the configurations of a list in turn until one of them answers.

A wrapper reads its configuration when it is made, and connects at the first request. The path of a request is written
in `_request.attempts`, once for `OpenAIWrapper.create` and `OpenAIWrapper.a_create`.
"""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from .._core.drive import Call, Steps, Then, drive, drive_async, shipped
from .._core.events import Sealed, WrapperCreated, emit, is_heard
from .._core.usage import USAGE_KEYS, UsageSummary
from ._openai_client import OpenAIClient
from ._request.answer_cache import LEGACY_CACHE_DIR, LEGACY_DEFAULT_CACHE_SEED
from ._request.attempts import OWN_KEYS, create_steps, separated
from ._request.chunks import add_field, add_function_call, add_tool_call
from ._request.state import PlaceHolderClient, WrapperState
from ._request.templates import instantiate
from ._request.usage import print_usage
from .prices import OAI_PRICE1K, cost_at
from .providers import CLIENT_KEYS, client_keys

__all__ = (
    "LEGACY_CACHE_DIR",
    "LEGACY_DEFAULT_CACHE_SEED",
    "OAI_PRICE1K",
    "ModelClient",
    "OpenAIClient",
    "OpenAIWrapper",
    "PlaceHolderClient",
)

logger = logging.getLogger("autogen.oai.client")

OPEN_API_BASE_URL_PREFIX = "https://api.openai.com"

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
    if name.endswith(("LLMConfigEntry", "EntryDict")) and name.startswith(("OpenAI", "AzureOpenAI", "DeepSeek")):
        return getattr(importlib.import_module("..llm_config.entries", __package__), name)  # as in AG2
    if name == "OPENAIVERSION":
        return importlib.import_module("openai").__version__
    if name in ("OPENAI_FALLBACK_KWARGS", "AOPENAI_FALLBACK_KWARGS"):  # what the clients of the openai package take
        openai = importlib.import_module("openai")
        client = openai.AzureOpenAI if name.startswith("A") else openai.OpenAI
        return {*inspect.signature(client).parameters}
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

    RESPONSE_USAGE_KEYS: ClassVar[list[str]] = list(USAGE_KEYS)

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
        """Return the texts of an answer, or its messages if they call tools."""
        ...

    def cost(self, response: Any) -> float:
        """Return the cost of an answer in US dollars."""
        ...

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        """Return a dict with the keys RESPONSE_USAGE_KEYS, or an empty one if the usage is not known."""
        ...


class OpenAIWrapper:
    """Asks the models of a configuration list in turn until one answers.

    Args:
        config_list: one dict per model; None or an empty list stands for one configuration without own settings.
        **base_config: settings for all configurations; those of a single configuration override them.

    Attributes:
        actual_usage_summary: tokens and cost of the answers that were paid for, by model; None before the first.
        total_usage_summary: the same, including cached answers.

    Raises:
        openai.OpenAIError: neither a configuration nor the environment has a key.
        UnknownProviderError: a configuration has an unknown ``api_type``.
        TypeError: config_list is not a list of dicts.
    """

    extra_kwargs = OWN_KEYS
    openai_kwargs = CLIENT_KEYS
    aopenai_kwargs = CLIENT_KEYS

    total_usage_summary: UsageSummary | None = None
    actual_usage_summary: UsageSummary | None = None

    def __init__(self, *, config_list: list[dict[str, Any]] | None = None, **base_config: Any) -> None:
        self.wrapper_id = id(self)
        if is_heard(WrapperCreated):
            emit(WrapperCreated(self, Sealed({"config_list": config_list, "base_config": base_config})))
        self._classic_state = WrapperState(self, config_list, base_config)
        self._config_list = [_settings_of_requests(entry) for entry in self._classic_state.entries]

    @property
    def _clients(self) -> list[Any]:
        """The clients, connected: one for each configuration. Programs read and replace them."""
        return self._classic_state.connected_clients()

    @_clients.setter
    def _clients(self, clients: list[Any]) -> None:
        self._classic_state.clients = clients

    def register_model_client(self, model_client_cls: Any, **kwargs: Any) -> None:
        """Register your own client for the first configuration that waits for it.

        Args:
            model_client_cls: a class whose name a configuration gives in ``model_client_cls``. It is called with that
                configuration.
            **kwargs: passed to it as well.

        Raises:
            ValueError: no configuration names the class.
        """
        name = model_client_cls.__name__
        clients = self._classic_state.clients
        place = self._classic_state.place_waiting_for(name)
        if place is not None:
            clients[place] = model_client_cls(clients[place].config, **kwargs)
            return
        if not any(type(client).__name__ == name for client in clients):
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
        """Take the place of another wrapper whose configuration has changed.

        Args:
            former: its usage carries over, and the clients that were registered with it serve here too.
        """
        self.total_usage_summary = former.total_usage_summary
        self.actual_usage_summary = former.actual_usage_summary
        self.inherit_clients(former)

    def inherit_clients(self, other: OpenAIWrapper) -> None:
        """Use the registered clients of another wrapper wherever this one waits for a client of that class.

        Args:
            other: a wrapper, which keeps its clients.
        """
        for client in other._classic_state.clients:
            place = self._classic_state.place_waiting_for(type(client).__name__)
            if place is not None:
                self._classic_state.clients[place] = client

    def check_that_clients_are_ready(self) -> None:
        """Refuse to go on while one of the program's own clients has not been registered.

        Raises:
            RuntimeError: one is missing.
        """
        placeholders = self._classic_state.placeholders()
        if placeholders:
            names = [placeholder.config.get("model_client_cls") for placeholder in placeholders]
            raise RuntimeError(
                f"Model client(s) {names} are not activated. Register them with `register_model_client`, or take their "
                "entries out of the config list."
            )

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

    def create(self, **config: Any) -> Any:
        """Ask the models in turn until one answers.

        Args:
            **config: settings for this request, unless a configuration has them, and ``messages`` or ``prompt``;
                ``context``: values for templates in them, see `instantiate`; ``allow_format_str_template``;
                ``filter_func``: called with ``context`` and ``response``; an answer for which it returns False is
                passed over, unless no configuration is left;
                ``cache``: a cache to use; ``cache_seed``: otherwise, which directory below ``.cache`` to use
                (default: 41), None for no cache;
                ``agent``: who asks;
                ``price``: ``[prompt, completion]`` per 1,000 tokens.

        Returns:
            The answer, with the attributes ``cost``, ``config_id`` (which configuration gave it) and ``pass_filter``.

        Raises:
            ValueError: not exactly one of ``prompt`` and ``messages`` is given.
            RuntimeError: one of the program's own clients has not been registered.
            TimeoutError: the last model did not answer in time.
            openai.APIError: the last model could not be asked; the text says why each configuration failed.
        """
        return drive(create_steps(self, **config))

    async def a_create(self, **config: Any) -> Any:
        """The same as `create`, without blocking the event loop."""
        return await drive_async(_a_create_steps(self, **config))

    @classmethod
    def extract_text_or_completion_object(cls, response: Any) -> list[Any]:
        """Return the texts of an answer, or its messages if they call functions or tools.

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
            ValueError: ``mode`` is none of these.
        """
        print_usage(self.actual_usage_summary, self.total_usage_summary, mode)

    def clear_usage_summary(self) -> None:
        """Forget the usage so far."""
        self.total_usage_summary = None
        self.actual_usage_summary = None

    # --- private names of 0.2 that programs call

    _update_dict_from_chunk = staticmethod(add_field)
    _update_function_call_from_chunk = staticmethod(add_function_call)
    _update_tool_calls_from_chunk = staticmethod(add_tool_call)
    _cost_with_customized_price = staticmethod(cost_at)

    def _separate_create_config(self, config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        return separated(config, self.extra_kwargs)


def _settings_of_requests(entry: dict[str, Any]) -> dict[str, Any]:
    """A configuration without what its client has taken."""
    taken = client_keys(entry)
    return {key: value for key, value in entry.items() if key not in taken}


def _a_create_steps(wrapper: OpenAIWrapper, **config: Any) -> Steps[Any]:
    """A program that has replaced `create` finds its own function called in asynchronous chats too."""
    if getattr(wrapper.create, "__func__", None) is not _own_wrapper_create:
        from asyncio import to_thread

        return Then(Call(to_thread, wrapper.create, **config))
    return (yield from create_steps(wrapper, **config))


_own_wrapper_create = OpenAIWrapper.create
shipped(create_steps)(OpenAIWrapper.create)
shipped(_a_create_steps)(OpenAIWrapper.a_create)
