"""Configurations of ours become chat models of LangChain and configurations of LiteLLM."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from autogen_classic import LLMConfig
from autogen_classic.interop import LangChainChatModelFactory, LiteLLmConfigFactory
from autogen_classic.interop.langchain.langchain_chat_model_factory import ChatOpenAIFactory
from autogen_classic.interop.litellm import litellm_config_factory
from autogen_classic.interop.litellm.litellm_config_factory import DefaultLiteLLmConfigFactory

OPENAI = {"api_type": "openai", "model": "gpt-4o", "api_key": "sk-of-openai", "base_url": "http://h/v1"}


class ChatModel:
    """Stands in for every class of LangChain's."""

    def __init__(self, **given: Any) -> None:
        self.given = given


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages in which LangChain keeps the providers."""
    classes = {
        "langchain_openai": ("ChatOpenAI", "AzureChatOpenAI"),
        "langchain_anthropic": ("ChatAnthropic",),
        "langchain_google_genai": ("ChatGoogleGenerativeAI",),
        "langchain_google_vertexai": ("ChatVertexAI",),
        "langchain_ollama": ("ChatOllama",),
    }
    for package, names in classes.items():
        module = ModuleType(package)
        for name in names:
            setattr(module, name, type(name, (ChatModel,), {}))
        monkeypatch.setitem(sys.modules, package, module)


def chat_model(entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    made: Any = LangChainChatModelFactory.create_base_chat_model(LLMConfig(entry))
    return type(made).__name__, made.given


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("entry", "name", "given"),
    [
        (
            {**OPENAI, "temperature": 0.3, "stream": True, "price": [1, 2]},
            "ChatOpenAI",
            {"api_key": "sk-of-openai", "base_url": "http://h/v1", "temperature": 0.3, "streaming": True},
        ),
        (
            {**OPENAI, "api_type": "azure", "base_url": "https://r.example", "api_version": "2024-02-01"},
            "AzureChatOpenAI",
            {"api_key": "sk-of-openai", "azure_endpoint": "https://r.example", "api_version": "2024-02-01"},
        ),
        (
            {"api_type": "deepseek", "model": "gpt-4o", "api_key": "k"},
            "ChatOpenAI",
            {"api_key": "k", "base_url": "https://api.deepseek.com/v1", "max_tokens": 8192},
        ),
        ({"api_type": "anthropic", "model": "gpt-4o", "api_key": "k"}, "ChatAnthropic", {"api_key": "k"}),
        ({"api_type": "google", "model": "gpt-4o", "api_key": "k"}, "ChatGoogleGenerativeAI", {"api_key": "k"}),
        (
            {"api_type": "ollama", "model": "gpt-4o", "client_host": "http://h:1"},
            "ChatOllama",
            {"base_url": "http://h:1", "num_ctx": 2048},
        ),
    ],
)
def test_a_chat_model_gets_what_its_provider_needs(entry: dict[str, Any], name: str, given: dict[str, Any]) -> None:
    made, arguments = chat_model(entry)
    assert made == name
    assert arguments["model"] == "gpt-4o"
    assert {key: arguments.get(key) for key in given} == given
    assert arguments.keys().isdisjoint({"api_type", "price", "stream", "hide_tools", "client_host", "azure"})


@pytest.mark.usefixtures("packages")
def test_models_of_vertex_name_their_project_as_langchain_does() -> None:
    entry = {"api_type": "google_vertex", "model": "gemini", "project_id": "p", "location": "l"}
    name, given = chat_model(entry)
    assert (name, given["project"], given["location"]) == ("ChatVertexAI", "p", "l")


def test_a_missing_package_of_langchain_is_named() -> None:
    with pytest.raises(ImportError, match="pip install langchain-anthropic"):
        chat_model({"api_type": "anthropic", "model": "claude", "api_key": "k"})


def test_a_provider_without_a_factory_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(ValueError, match="its api_type is 'groq', .* can be made for .*openai"):
        chat_model({"api_type": "groq", "model": "m", "api_key": "k"})


@pytest.mark.usefixtures("packages")
def test_the_newest_factory_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LangChainChatModelFactory, "_factories", list(LangChainChatModelFactory._factories))

    @LangChainChatModelFactory.register_factory()
    class Groq(ChatOpenAIFactory):
        @classmethod
        def get_api_type(cls) -> str:
            return "groq"

    assert chat_model({"api_type": "groq", "model": "m", "api_key": "k"})[0] == "ChatOpenAI"


@pytest.mark.parametrize(
    ("entry", "model"),
    [
        (OPENAI, {"provider": "openai/gpt-4o", "api_token": "sk-of-openai", "base_url": "http://h/v1"}),
        ({"api_type": "mistral", "model": "m", "api_key": "k"}, {"provider": "mistral/m", "api_token": "k"}),
        ({"api_type": "google", "model": "m", "api_key": "k"}, {"provider": "gemini/m", "api_token": "k"}),
        ({"api_type": "google", "model": "m", "project_id": "p"}, {"provider": "vertex_ai/m"}),
        (
            {"api_type": "ollama", "model": "m", "client_host": "http://h:1"},
            {"provider": "ollama/m", "base_url": "http://h:1"},
        ),
    ],
)
def test_litellm_is_told_which_model_to_ask(entry: dict[str, Any], model: dict[str, str]) -> None:
    assert LiteLLmConfigFactory.create_lite_llm_config(LLMConfig(entry)).as_llm_config_kwargs() == model


def test_settings_of_a_model_are_told_apart_from_the_model() -> None:
    made = LiteLLmConfigFactory.create_lite_llm_config({"config_list": [{**OPENAI, "temperature": 0.3}]})
    assert made.as_strategy_kwargs() == {"temperature": 0.3, "tags": [], "stream": False}
    assert made.as_legacy_kwargs() == {**made.as_llm_config_kwargs(), **made.as_strategy_kwargs()}


def test_a_missing_key_is_taken_from_the_environment_or_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"api_type": "mistral", "model": "m"}
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    with pytest.raises(ValueError, match="API key is required: give api_key .* or set MISTRAL_API_KEY"):
        LiteLLmConfigFactory.create_lite_llm_config(entry)
    monkeypatch.setenv("MISTRAL_API_KEY", "from-the-environment")
    made = LiteLLmConfigFactory.create_lite_llm_config(entry)
    assert made.as_llm_config_kwargs()["api_token"] == "from-the-environment"


def test_a_configuration_for_litellm_does_not_print_its_key() -> None:
    assert "sk-of-openai" not in repr(LiteLLmConfigFactory.create_lite_llm_config(LLMConfig(OPENAI)))


def test_a_program_adds_a_provider_for_litellm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiteLLmConfigFactory, "_factories", list(LiteLLmConfigFactory._factories))

    @LiteLLmConfigFactory.register_factory()
    class Together(DefaultLiteLLmConfigFactory):
        @classmethod
        def create(cls, first_llm_config: Mapping[str, Any]) -> dict[str, Any]:
            return {**super().create(first_llm_config), "provider": f"together_ai/{first_llm_config['model']}"}

        @classmethod
        def accepts(cls, first_llm_config: Mapping[str, Any]) -> bool:
            return first_llm_config.get("api_type") == "together"

    made = LiteLLmConfigFactory.create_lite_llm_config({"api_type": "together", "model": "m", "api_key": "k"})
    assert made.as_llm_config_kwargs()["provider"] == "together_ai/m"


def test_the_version_of_crawl4ai_decides_which_form_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    crawl4ai: Any = ModuleType("crawl4ai")
    monkeypatch.setitem(sys.modules, "crawl4ai", crawl4ai)
    for version, is_new in (("0.4.247", False), ("0.5.0", True), ("0.7", True)):
        crawl4ai.__version__ = version
        assert litellm_config_factory.is_crawl4ai_v05_or_higher() is is_new
