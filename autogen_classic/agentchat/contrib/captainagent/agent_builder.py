"""The builder of teams as AG2 has it: with an ``llm_config`` in place of a file, and without functions."""

from __future__ import annotations

from typing import Any

from ...._core.drive import Steps, drive, drive_async, shipped
from ....code_utils import CODE_BLOCK_PATTERN
from ...conversable_agent import ConversableAgent
from .._builder import steps
from .._builder.contract import Builder
from .._builder.files import Profile
from .._builder.steps import Built
from .._builder.team_builder import TeamBuilder
from .._retrieval.embed import EmbeddingFunction

__all__ = ("CODE_BLOCK_PATTERN", "AgentBuilder")


def _build(
    builder: Builder,
    /,
    building_task: str,
    default_llm_config: dict[str, Any],
    coding: bool | None = None,
    code_execution_config: dict[str, Any] | None = None,
    user_proxy: ConversableAgent | None = None,
    max_agents: int | None = None,
    **kwargs: Any,
) -> Steps[Built]:
    return (
        yield from steps.build(
            builder,
            building_task,
            default_llm_config,
            coding=coding,
            code_execution_config=code_execution_config,
            user_proxy=user_proxy,
            max_agents=max_agents,
            **kwargs,
        )
    )


def _build_from_library(
    builder: Builder,
    /,
    building_task: str,
    library_path_or_json: str | list[Profile],
    default_llm_config: dict[str, Any],
    top_k: int = 3,
    coding: bool | None = None,
    code_execution_config: dict[str, Any] | None = None,
    embedding_model: EmbeddingFunction | str | None = "all-mpnet-base-v2",
    user_proxy: ConversableAgent | None = None,
    **kwargs: Any,
) -> Steps[Built]:
    return (
        yield from steps.build_from_library(
            builder,
            building_task,
            library_path_or_json,
            default_llm_config,
            top_k,
            coding,
            code_execution_config,
            embedding_model=embedding_model,
            user_proxy=user_proxy,
            **kwargs,
        )
    )


class AgentBuilder(TeamBuilder):
    """Builds teams of agents for group chats, as `autogen_classic.agentchat.contrib.agent_builder.AgentBuilder` does.

    The two differ in the order of their arguments. For what is not said here, see there.
    """

    @shipped(_build)
    def build(
        self,
        building_task: str,
        default_llm_config: dict[str, Any],
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        user_proxy: ConversableAgent | None = None,
        max_agents: int | None = None,
        **kwargs: Any,
    ) -> Built:
        """Have the model make up a team for a task, and create its agents.

        Args:
            building_task: what the team is to do.
            default_llm_config: settings of the agents' models, such as ``temperature``.
            coding: whether the team has a proxy that runs code; None asks the model.
            code_execution_config: how it runs code.
            user_proxy: an agent that runs code in the place of a new one.
            max_agents: how many agents the model may make up.
            **kwargs: further parameters of the agents.

        Returns:
            The agents (the proxy, if there is one, as the last) and the team as a dict.

        Raises:
            ValueError: the task is empty.
            UnusableProposalError: the model names no agents.
            RuntimeError: the configuration list has no model for an agent.
        """
        return drive(
            _build(
                self,
                building_task,
                default_llm_config,
                coding,
                code_execution_config,
                user_proxy,
                max_agents,
                **kwargs,
            )
        )

    @shipped(_build)
    async def a_build(
        self,
        building_task: str,
        default_llm_config: dict[str, Any],
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        user_proxy: ConversableAgent | None = None,
        max_agents: int | None = None,
        **kwargs: Any,
    ) -> Built:
        """The same as `build`, without blocking the event loop."""
        return await drive_async(
            _build(
                self,
                building_task,
                default_llm_config,
                coding,
                code_execution_config,
                user_proxy,
                max_agents,
                **kwargs,
            )
        )

    @shipped(_build_from_library)
    def build_from_library(
        self,
        building_task: str,
        library_path_or_json: str | list[Profile],
        default_llm_config: dict[str, Any],
        top_k: int = 3,
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        embedding_model: EmbeddingFunction | str | None = "all-mpnet-base-v2",
        user_proxy: ConversableAgent | None = None,
        **kwargs: Any,
    ) -> Built:
        """Choose a team for a task from a library of agents, and create it.

        Args:
            building_task: what the team is to do.
            library_path_or_json: the library: a JSON list of agents with ``name``, ``system_message`` and
                ``description``, as a text, a list, or the path of a file.
            default_llm_config: settings of the agents' models.
            top_k: how many agents of the library are shown to the model.
            coding: whether the team has a proxy that runs code; None asks the model.
            code_execution_config: how it runs code.
            embedding_model: how descriptions are compared: by a model of sentence-transformers, by the local embedding
                (``"local"``), or by a function.
            user_proxy: an agent that runs code in the place of a new one.
            **kwargs: further parameters of the agents.

        Returns:
            The agents (the proxy, if there is one, as the last) and the team as a dict.

        Raises:
            ValueError: the task is empty.
            TeamFileError: the library cannot be used.
            UnusableProposalError: the model does not say whom it chooses.
            RuntimeError: the configuration list has no model for an agent.
        """
        return drive(
            _build_from_library(
                self,
                building_task,
                library_path_or_json,
                default_llm_config,
                top_k,
                coding,
                code_execution_config,
                embedding_model,
                user_proxy,
                **kwargs,
            )
        )

    @shipped(_build_from_library)
    async def a_build_from_library(
        self,
        building_task: str,
        library_path_or_json: str | list[Profile],
        default_llm_config: dict[str, Any],
        top_k: int = 3,
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        embedding_model: EmbeddingFunction | str | None = "all-mpnet-base-v2",
        user_proxy: ConversableAgent | None = None,
        **kwargs: Any,
    ) -> Built:
        """The same as `build_from_library`, without blocking the event loop."""
        return await drive_async(
            _build_from_library(
                self,
                building_task,
                library_path_or_json,
                default_llm_config,
                top_k,
                coding,
                code_execution_config,
                embedding_model,
                user_proxy,
                **kwargs,
            )
        )
