"""Configurations of ours in the form that LiteLLM takes, and Crawl4AI, which asks models through it."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, TypeVar

from ..._modules import ModuleInfo
from ..._secrets import hidden, secrets_in
from ...llm_config import LLMConfig
from .._entries import first_entry

__all__ = (
    "DefaultLiteLLmConfigFactory",
    "GoogleLiteLLmConfigFactory",
    "LiteLLmConfigAdapter",
    "LiteLLmConfigFactory",
    "OllamaLiteLLmConfigFactory",
    "get_crawl4ai_version",
    "is_crawl4ai_v05_or_higher",
)

T = TypeVar("T", bound="type[LiteLLmConfigFactory]")

_OF_THE_MODEL = ("provider", "api_token", "base_url")


def get_crawl4ai_version() -> str | None:
    """The installed version of Crawl4AI, or None."""
    try:
        return version("crawl4ai")
    except PackageNotFoundError:
        return None


def is_crawl4ai_v05_or_higher() -> bool:
    """Tell whether Crawl4AI is installed and takes an ``LLMConfig`` of its own, as it does from 0.5 on."""
    return ModuleInfo.from_str("crawl4ai>=0.5").is_in_sys_modules() is None


@dataclass(repr=False)
class LiteLLmConfigAdapter:
    """A configuration for Crawl4AI, whichever version of it is installed.

    Attributes:
        legacy_config: all arguments of an extraction strategy before 0.5.
        llm_config_kwargs: the arguments of Crawl4AI's own ``LLMConfig``, from 0.5 on.
        strategy_kwargs: the arguments of an extraction strategy besides it.
    """

    legacy_config: dict[str, Any]
    llm_config_kwargs: dict[str, Any]
    strategy_kwargs: dict[str, Any]

    def __repr__(self) -> str:
        return hidden(f"{type(self).__name__}({self.legacy_config!r})", secrets_in(self.legacy_config))

    def as_legacy_kwargs(self) -> dict[str, Any]:
        """The arguments of an extraction strategy before 0.5; a new dict."""
        return dict(self.legacy_config)

    def as_llm_config_kwargs(self) -> dict[str, Any]:
        """The arguments of Crawl4AI's own ``LLMConfig``; a new dict."""
        return dict(self.llm_config_kwargs)

    def as_strategy_kwargs(self) -> dict[str, Any]:
        """The arguments of an extraction strategy from 0.5 on, besides the model; a new dict."""
        return dict(self.strategy_kwargs)


class LiteLLmConfigFactory(ABC):
    """Makes configurations for LiteLLM from those of one provider, or of many."""

    _factories: ClassVar[list[type[LiteLLmConfigFactory]]] = []

    @classmethod
    def create_lite_llm_config(cls, llm_config: LLMConfig | Mapping[str, Any]) -> LiteLLmConfigAdapter:
        """Make a configuration for LiteLLM from the first configuration.

        Args:
            llm_config: an `LLMConfig`, or what one can be made of.

        Raises:
            ValueError: its provider needs a key, which neither the configuration nor the environment has.
            LLMConfigError: the configuration cannot be used.
        """
        entry = first_entry(llm_config)
        factory = next(factory for factory in cls._factories if factory.accepts(entry))
        config = factory.create(entry)
        model = {name: config[name] for name in _OF_THE_MODEL if config.get(name) is not None}
        if config.get("api_base"):
            model["base_url"] = config["api_base"]
        strategy = {name: value for name, value in config.items() if name not in (*_OF_THE_MODEL, "api_base")}
        return LiteLLmConfigAdapter(config, model, strategy)

    @classmethod
    def register_factory(cls) -> Callable[[T], T]:
        """Take a class into the list of factories: a decorator. The newest is asked first."""

        def decorate(factory: T) -> T:
            cls._factories.insert(0, factory)
            return factory

        return decorate

    @classmethod
    def create(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """Make a configuration for LiteLLM.

        Args:
            first_llm_config: a configuration.

        Returns:
            ``provider`` ("openai/gpt-4o") and what else was set.
        """
        kept = {name: value for name, value in first_llm_config.items() if value is not None}
        api_type, model = kept.pop("api_type", "openai"), kept.pop("model")
        return {**kept, "provider": f"{api_type}/{model}"}

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
        return bool(first_llm_config.get("api_type", "openai") == cls.get_api_type())


@LiteLLmConfigFactory.register_factory()
class DefaultLiteLLmConfigFactory(LiteLLmConfigFactory):
    """Takes every provider whose name LiteLLM knows by the same word, and that has a key."""

    @classmethod
    def create(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """See `LiteLLmConfigFactory.create`.

        Raises:
            ValueError: there is no key.
        """
        config = super().create(first_llm_config)
        provider = config["provider"].partition("/")[0]
        token = config.pop("api_key", None) or os.environ.get(f"{provider.upper()}_API_KEY")
        if not token:
            raise ValueError(
                f"API key is required: give api_key in the configuration of {config['provider']}, or set "
                f"{provider.upper()}_API_KEY."
            )
        return {**config, "api_token": token}

    @classmethod
    def get_api_type(cls) -> str:
        """There is no single one.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(f"{cls.__name__} takes more than one api_type; ask accepts().")

    @classmethod
    def accepts(cls, first_llm_config: Mapping[str, Any]) -> bool:
        """Every configuration is taken."""
        return True


@LiteLLmConfigFactory.register_factory()
class GoogleLiteLLmConfigFactory(LiteLLmConfigFactory):
    """Takes Google's models, which LiteLLM calls ``gemini``, or ``vertex_ai`` for a project without a key."""

    @classmethod
    def create(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """See `LiteLLmConfigFactory.create`."""
        config = super().create(first_llm_config)
        model = first_llm_config["model"]
        if "api_key" not in config and "project_id" in config:
            places = {"vertex_project": config.pop("project_id"), "vertex_location": config.pop("location", None)}
            return {**config, **places, "provider": f"vertex_ai/{model}"}
        token = config.pop("api_key", None)
        return {**config, **({"api_token": token} if token else {}), "provider": f"gemini/{model}"}

    @classmethod
    def get_api_type(cls) -> str:
        """See `LiteLLmConfigFactory.get_api_type`."""
        return "google"


@LiteLLmConfigFactory.register_factory()
class OllamaLiteLLmConfigFactory(LiteLLmConfigFactory):
    """Takes models that Ollama runs, without a key."""

    @classmethod
    def create(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
        """See `LiteLLmConfigFactory.create`; the address of the server becomes ``api_base``."""
        config = super().create(first_llm_config)
        host = config.pop("client_host", None)
        return {**config, **({"api_base": host} if host else {})}

    @classmethod
    def get_api_type(cls) -> str:
        """See `LiteLLmConfigFactory.get_api_type`."""
        return "ollama"
