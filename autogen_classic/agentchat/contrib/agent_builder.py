"""Builds a team of agents for a task: a model makes up the experts, or chooses them from a library.

A team is also a plain dict that can be saved and loaded again without asking the model.
"""

from __future__ import annotations

from typing import Any

from ..._core.drive import drive, drive_async, shipped
from ..conversable_agent import ConversableAgent
from ._builder import steps
from ._builder.files import Profile
from ._builder.steps import Built
from ._builder.team_builder import TeamBuilder
from ._retrieval.embed import EmbeddingFunction

__all__ = ("AgentBuilder",)


class AgentBuilder(TeamBuilder):
    """Builds teams of agents for group chats.

    The attributes in capitals are what its model and its agents are told; a program may replace them.
    """

    def __init__(
        self,
        config_file_or_env: str | None = "OAI_CONFIG_LIST",
        config_file_location: str | None = "",
        builder_model: str | list[str] | None = [],  # noqa: B006 - the signature of v0.2; nothing writes to it
        agent_model: str | list[str] | None = [],  # noqa: B006
        builder_model_tags: list[str] | None = [],  # noqa: B006
        agent_model_tags: list[str] | None = [],  # noqa: B006
        max_agents: int | None = 5,
    ) -> None:
        """Create a builder; see `TeamBuilder` for the arguments."""
        super().__init__(
            config_file_or_env,
            config_file_location,
            None,
            builder_model,
            agent_model,
            builder_model_tags,
            agent_model_tags,
            max_agents,
        )

    @shipped(steps.build)
    def build(
        self,
        building_task: str,
        default_llm_config: dict[str, Any],
        list_of_functions: list[dict[str, Any]] | None = None,
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        use_oai_assistant: bool | None = False,
        user_proxy: ConversableAgent | None = None,
        max_agents: int | None = None,
        **kwargs: Any,
    ) -> Built:
        """Have the model make up a team for a task, and create its agents.

        Args:
            building_task: what the team is to do.
            default_llm_config: settings of the agents' models, such as ``temperature``.
            list_of_functions: functions for the team, each a dict with ``name``, ``description`` and ``function``. The
                model decides who may call each; the proxy runs them.
            coding: whether the team has a proxy that runs code; None asks the model.
            code_execution_config: how it runs code; by default in a process, in the directory ``groupchat``, for 10
                seconds at most.
            use_oai_assistant: whether the agents are of the class `GPTAssistantAgent`.
            user_proxy: an agent that runs code in the place of a new one.
            max_agents: how many agents the model may make up.
            **kwargs: further parameters of the agents.

        Returns:
            The agents (the proxy, if there is one, as the last) and the team as a dict.

        Raises:
            ValueError: the task is empty, or a function lacks a part.
            UnusableProposalError: the model names no agents.
            RuntimeError: the configuration list has no model for an agent.
        """
        return drive(
            steps.build(
                self,
                building_task,
                default_llm_config,
                list_of_functions,
                coding,
                code_execution_config,
                use_oai_assistant,
                user_proxy,
                max_agents,
                **kwargs,
            )
        )

    @shipped(steps.build)
    async def a_build(
        self,
        building_task: str,
        default_llm_config: dict[str, Any],
        list_of_functions: list[dict[str, Any]] | None = None,
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        use_oai_assistant: bool | None = False,
        user_proxy: ConversableAgent | None = None,
        max_agents: int | None = None,
        **kwargs: Any,
    ) -> Built:
        """The same as `build`, without blocking the event loop."""
        return await drive_async(
            steps.build(
                self,
                building_task,
                default_llm_config,
                list_of_functions,
                coding,
                code_execution_config,
                use_oai_assistant,
                user_proxy,
                max_agents,
                **kwargs,
            )
        )

    @shipped(steps.build_from_library)
    def build_from_library(
        self,
        building_task: str,
        library_path_or_json: str | list[Profile],
        default_llm_config: dict[str, Any],
        top_k: int = 3,
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        use_oai_assistant: bool | None = False,
        embedding_model: EmbeddingFunction | str | None = "all-mpnet-base-v2",
        user_proxy: ConversableAgent | None = None,
        **kwargs: Any,
    ) -> Built:
        """Choose a team for a task from a library of agents, and create it.

        The agents whose descriptions are nearest to the task are shown to the model, which chooses among them. For a
        skill that none of them has, it makes up a new agent.

        Args:
            building_task: what the team is to do.
            library_path_or_json: the library: a JSON list of agents with ``name``, ``system_message`` and
                ``description``, as a text, a list, or the path of a file.
            default_llm_config: settings of the agents' models.
            top_k: how many agents of the library are shown to the model.
            coding: see `build`.
            code_execution_config: see `build`; by default code may take 120 seconds here.
            use_oai_assistant: see `build`.
            embedding_model: how descriptions are compared: by a model of sentence-transformers, by the local embedding
                (``"local"``), or by a function. Without any of them, the model of the builder searches the library.
            user_proxy: see `build`.
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
            steps.build_from_library(
                self,
                building_task,
                library_path_or_json,
                default_llm_config,
                top_k,
                coding,
                code_execution_config,
                use_oai_assistant,
                embedding_model,
                user_proxy,
                **kwargs,
            )
        )

    @shipped(steps.build_from_library)
    async def a_build_from_library(
        self,
        building_task: str,
        library_path_or_json: str | list[Profile],
        default_llm_config: dict[str, Any],
        top_k: int = 3,
        coding: bool | None = None,
        code_execution_config: dict[str, Any] | None = None,
        use_oai_assistant: bool | None = False,
        embedding_model: EmbeddingFunction | str | None = "all-mpnet-base-v2",
        user_proxy: ConversableAgent | None = None,
        **kwargs: Any,
    ) -> Built:
        """The same as `build_from_library`, without blocking the event loop."""
        return await drive_async(
            steps.build_from_library(
                self,
                building_task,
                library_path_or_json,
                default_llm_config,
                top_k,
                coding,
                code_execution_config,
                use_oai_assistant,
                embedding_model,
                user_proxy,
                **kwargs,
            )
        )
