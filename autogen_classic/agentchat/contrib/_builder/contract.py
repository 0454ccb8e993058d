"""What the steps of building know of a builder."""

from __future__ import annotations

from typing import Any

from ....cache.abstract_cache_base import AbstractCache
from ....oai.client import OpenAIWrapper
from ...conversable_agent import ConversableAgent
from .files import Team
from .prompts import BuilderPrompts

__all__ = ("Builder",)


class Builder(BuilderPrompts):
    """The texts and the state of a builder."""

    online_server_name = "online"
    client_cache: AbstractCache | None = None
    llm_config: dict[str, Any] | None = None
    config_file_or_env: str
    config_file_location: str | None
    builder_model: OpenAIWrapper
    agent_model: list[str]
    agent_model_tags: list[str]
    max_agents: int
    cached_configs: Team
    agent_procs_assign: dict[str, tuple[ConversableAgent, str]]
