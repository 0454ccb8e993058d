"""Claude with unified answers. It needs the extra ``anthropic``."""

from __future__ import annotations

from typing import Any

from ..llm_config.entries import AnthropicLLMConfigEntry
from ..oai.providers import connect
from .client_v2 import UnifiedClient

__all__ = ("AnthropicV2Client", "AnthropicV2LLMConfigEntry")


class AnthropicV2LLMConfigEntry(AnthropicLLMConfigEntry):
    """A configuration under AG2's name for its second client; agents store the same answers as with the first."""

    api_type: str = "anthropic_v2"


class AnthropicV2Client(UnifiedClient):
    """Asks Claude.

    Args:
        **kwargs: one configuration, as for `autogen_classic.oai.anthropic.AnthropicClient`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(connect({**kwargs, "api_type": "anthropic"}), "anthropic")
