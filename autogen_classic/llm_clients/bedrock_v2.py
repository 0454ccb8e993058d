"""Amazon Bedrock with unified answers. It needs the extra ``bedrock``."""

from __future__ import annotations

from typing import Any

from ..llm_config.entries import BedrockLLMConfigEntry
from ..oai.providers import connect
from .client_v2 import UnifiedClient

__all__ = ("BedrockV2Client", "BedrockV2LLMConfigEntry")


class BedrockV2LLMConfigEntry(BedrockLLMConfigEntry):
    """A configuration under AG2's name for its second client; agents store the same answers as with the first."""

    api_type: str = "bedrock_v2"


class BedrockV2Client(UnifiedClient):
    """Asks Amazon Bedrock.

    Args:
        **kwargs: one configuration, as for `autogen_classic.oai.bedrock.BedrockClient`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(connect({**kwargs, "api_type": "bedrock"}), "bedrock")
