"""The entries of an LLMConfig: their settings have types, as classes and as dicts."""

from __future__ import annotations

from typing_extensions import assert_type

from autogen_classic import AssistantAgent, LLMConfig
from autogen_classic.llm_config.entry import LLMConfigEntry
from autogen_classic.oai.anthropic import AnthropicEntryDict, AnthropicLLMConfigEntry
from autogen_classic.oai.client import OpenAIEntryDict
from autogen_classic.oai.groq import GroqLLMConfigEntry

claude = AnthropicLLMConfigEntry(model="claude-sonnet-4-6", temperature=0.2, stop_sequences=["END"])
assert_type(claude.temperature, float | None)
assert_type(claude.stop_sequences, list[str] | None)
assert_type(claude.price, list[float] | None)

groq: LLMConfigEntry = GroqLLMConfigEntry(model="llama-3.3-70b-versatile", seed=3, hide_tools="if_any_run")
as_dict: AnthropicEntryDict = {"api_type": "anthropic_v2", "model": "claude-sonnet-4-6", "max_tokens": 100}
of_openai: OpenAIEntryDict = {"model": "gpt-4o", "base_url": "http://localhost:8000/v1"}

config = LLMConfig(claude, groq, as_dict, of_openai, temperature=0.1)
assistant = AssistantAgent("assistant", llm_config=config)
