"""Configurations for LiteLLM, which Crawl4AI asks models through."""

from .litellm_config_factory import LiteLLmConfigAdapter, LiteLLmConfigFactory

__all__ = ("LiteLLmConfigAdapter", "LiteLLmConfigFactory")
