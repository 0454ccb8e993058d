"""Chat models of LangChain, made of configurations of ours.

LangChain keeps each provider in a package of its own, which is loaded when a model of that provider is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ...llm_config import LLMConfig
from .._entries import first_entry

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = (
    "AzureChatOpenAIFactory",
    "ChatAnthropicFactory",
    "ChatGoogleGenerativeAIFactory",
    "ChatOllamaFactory",
    "ChatOpenAIFactory",
    "ChatVertexAIFactory",
    "DeepSeekFactory",
    "LangChainChatModelFactory",
)

T = TypeVar("T", bound="type[LangChainChatModelFactory]")

# What means something to this library, and nothing to a chat model of LangChain.
_OURS = ("api_type", "hide_tools", "model_client_cls", "native_tool_calls", "price", "response_format", "stream")


class LangChainChatModelFactory(ABC):
    """Makes chat models for one provider."""

    _factories: ClassVar[list[type[LangChainChatModelFactory]]] = []
    _home: ClassVar[tuple[str, str]]
    """The package, and the class in it."""

    @classmethod
    def create_base_chat_model(cls, llm_config: LLMConfig | Mapping[str, Any]) -> BaseChatModel:
        """Make a chat model of the first configuration.

        Args:
            llm_config: an `LLMConfig`, or what one can be made of.

        Returns:
            A ``langchain_core.language_models.BaseChatModel``.

        Raises:
            ValueError: there is no factory for its provider.
            ImportError: the package of LangChain for it is missing.
            LLMConfigError: the configuration cannot be used.
        """
        entry = first_entry(llm_config)
        for factory in cls._factories:
            if factory.accepts(entry):
                return factory.create(entry)
        known = ", ".join(factory.get_api_type() for factory in cls._factories)
        raise ValueError(
            f"Could not find a factory for the given config: its api_type is {entry.get('api_type')!r}, and chat "
            f"models of LangChain can be made for {known}."
        )

    @classmethod
    def register_factory(cls) -> Callable[[T], T]:
        """Take a class into the list of factories: a decorator. The newest is asked first."""

        def decorate(factory: T) -> T:
            cls._factories.insert(0, factory)
            return factory

        return decorate

    @classmethod
    def prepare_config(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a chat model that a configuration gives.

        Args:
            first_llm_config: the configuration.
        """
        given = {name: value for name, value in first_llm_config.items() if value is not None and name not in _OURS}
        return {**given, "streaming": True} if first_llm_config.get("stream") else given

    @classmethod
    def create(cls, first_llm_config: Mapping[str, Any]) -> BaseChatModel:
        """Make a chat model.

        Args:
            first_llm_config: the configuration.

        Raises:
            ImportError: the package of LangChain is missing.
        """
        package, name = cls._home
        try:
            chat_model = getattr(import_module(package), name)
        except ImportError as error:
            raise ImportError(
                f"LangChain's {name} is in another package ({error}). Install it with: pip install "
                f"{package.replace('_', '-')}",
                name=package,
            ) from error
        made: BaseChatModel = chat_model(**cls.prepare_config(first_llm_config))
        return made

    @classmethod
    @abstractmethod
    def get_api_type(cls) -> str:
        """The ``api_type`` of the configurations that the factory takes."""

    @classmethod
    def accepts(cls, first_llm_config: Mapping[str, Any]) -> bool:
        """Tell whether the factory takes a configuration.

        Args:
            first_llm_config: the configuration.
        """
        return (first_llm_config.get("api_type") or "openai") == cls.get_api_type()


@LangChainChatModelFactory.register_factory()
class ChatOpenAIFactory(LangChainChatModelFactory):
    """Models of OpenAI, and of servers that speak its protocol."""

    _home = ("langchain_openai", "ChatOpenAI")

    @classmethod
    def get_api_type(cls) -> str:
        """See `LangChainChatModelFactory.get_api_type`."""
        return "openai"


@LangChainChatModelFactory.register_factory()
class DeepSeekFactory(ChatOpenAIFactory):
    """Models of DeepSeek."""

    @classmethod
    def create(cls, first_llm_config: Mapping[str, Any]) -> BaseChatModel:
        """See `LangChainChatModelFactory.create`.

        Raises:
            ValueError: the address of the service is missing.
        """
        if not first_llm_config.get("base_url"):
            raise ValueError('A configuration of DeepSeek needs base_url="https://api.deepseek.com/v1" here.')
        return super().create(first_llm_config)

    @classmethod
    def get_api_type(cls) -> str:
        """See `LangChainChatModelFactory.get_api_type`."""
        return "deepseek"


@LangChainChatModelFactory.register_factory()
class ChatAnthropicFactory(LangChainChatModelFactory):
    """Models of Anthropic."""

    _home = ("langchain_anthropic", "ChatAnthropic")

    @classmethod
    def get_api_type(cls) -> str:
        """See `LangChainChatModelFactory.get_api_type`."""
        return "anthropic"


@LangChainChatModelFactory.register_factory()
class ChatGoogleGenerativeAIFactory(LangChainChatModelFactory):
    """Models of Google, with a key of Google AI."""

    _home = ("langchain_google_genai", "ChatGoogleGenerativeAI")

    @classmethod
    def get_api_type(cls) -> str:
        """See `LangChainChatModelFactory.get_api_type`."""
        return "google"


@LangChainChatModelFactory.register_factory()
class ChatVertexAIFactory(LangChainChatModelFactory):
    """Models of Google on Vertex."""

    _home = ("langchain_google_vertexai", "ChatVertexAI")

    @classmethod
    def get_api_type(cls) -> str:
        """See `LangChainChatModelFactory.get_api_type`."""
        return "google_vertex"

    @classmethod
    def prepare_config(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """See `LangChainChatModelFactory.prepare_config`; Vertex calls the project by another name."""
        prepared = super().prepare_config(first_llm_config)
        if "project_id" in prepared:
            prepared["project"] = prepared.pop("project_id")
        return prepared


@LangChainChatModelFactory.register_factory()
class AzureChatOpenAIFactory(LangChainChatModelFactory):
    """Models of OpenAI on Azure."""

    _home = ("langchain_openai", "AzureChatOpenAI")

    @classmethod
    def get_api_type(cls) -> str:
        """See `LangChainChatModelFactory.get_api_type`."""
        return "azure"

    @classmethod
    def prepare_config(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """See `LangChainChatModelFactory.prepare_config`; on Azure the address is called an endpoint."""
        prepared = super().prepare_config(first_llm_config)
        if "base_url" in prepared:
            prepared["azure_endpoint"] = prepared.pop("base_url")
        return prepared


@LangChainChatModelFactory.register_factory()
class ChatOllamaFactory(LangChainChatModelFactory):
    """Models that Ollama runs."""

    _home = ("langchain_ollama", "ChatOllama")

    @classmethod
    def get_api_type(cls) -> str:
        """See `LangChainChatModelFactory.get_api_type`."""
        return "ollama"

    @classmethod
    def prepare_config(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """See `LangChainChatModelFactory.prepare_config`; the address of the server is ``client_host``."""
        prepared = super().prepare_config(first_llm_config)
        if "client_host" in prepared:
            prepared["base_url"] = prepared.pop("client_host")
        return prepared
