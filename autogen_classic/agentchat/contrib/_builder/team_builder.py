"""What all builders can do: choose models, tell what they have spent, save a team, let go of its agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...._core.drive import drive
from ....errors import MissingItemError
from ....oai.client import OpenAIWrapper
from .._settings import check_kind
from . import steps
from .contract import Builder
from .files import Profile, as_list, default_path, read_team, write_team
from .models import entries_of, without_tools
from .steps import Built

__all__ = ("TeamBuilder",)


class TeamBuilder(Builder):
    """A builder of teams; what it is given, and how it is asked, is up to the classes at the paths of 0.2 and AG2.

    Attributes:
        builder_model: the client of the model that makes up teams, with its usage.
        agent_model: the models of the agents, by their names in the configuration list; an empty list stands for all.
        agent_model_tags: the tags of their configurations.
        cached_configs: the team that was last built or loaded, as a dict.
        agent_procs_assign: the agents that were last created, by name, each with where its model is.
    """

    def __init__(
        self,
        config_file_or_env: str | None = "OAI_CONFIG_LIST",
        config_file_location: str | None = "",
        llm_config: dict[str, Any] | None = None,
        builder_model: str | list[str] | None = [],  # noqa: B006 - the signature of AG2; nothing writes to it
        agent_model: str | list[str] | None = [],  # noqa: B006
        builder_model_tags: list[str] | None = [],  # noqa: B006
        agent_model_tags: list[str] | None = [],  # noqa: B006
        max_agents: int | None = 5,
    ) -> None:
        """Create a builder.

        Args:
            config_file_or_env: the environment variable or file with the configuration list, as for
                `config_list_from_json`.
            config_file_location: the directory of the file.
            llm_config: the models of the builder and of the agents, instead of a variable or a file. Where none of its
                entries has a name or a tag that is asked for, all of them may be asked.
            builder_model: which entries of the list the builder may ask, by their ``model``; empty for all.
            agent_model: which entries the agents may ask.
            builder_model_tags: which entries the builder may ask, by their ``tags``.
            agent_model_tags: which entries the agents may ask, by their ``tags``.
            max_agents: how many agents a team has at most, unless a call says otherwise.

        Raises:
            RuntimeError: the list has no entry for the builder.
            FileNotFoundError: there is no configuration list.
            TypeError: ``llm_config`` is not a dict.
        """
        check_kind("llm_config", llm_config, "a dict or an LLMConfig", Mapping)
        self.llm_config = llm_config
        self.config_file_or_env = config_file_or_env or "OAI_CONFIG_LIST"
        self.config_file_location = config_file_location
        self.agent_model = as_list(agent_model)
        self.agent_model_tags = as_list(agent_model_tags)
        self._builder_model_tags = as_list(builder_model_tags)
        self.max_agents = max_agents or 5
        self.cached_configs = {}
        self.agent_procs_assign = {}
        self.set_builder_model(builder_model)

    @property
    def building_task(self) -> str | None:
        """The task of the last team."""
        return self.cached_configs.get("building_task")

    @property
    def agent_configs(self) -> list[Profile]:
        """The agents of the last team, as dicts."""
        return list(self.cached_configs.get("agent_configs", []))

    def set_builder_model(self, model: str | list[str] | None) -> None:
        """Choose the model that makes up teams.

        Args:
            model: which entries of the configuration list to use, by their ``model``; empty for all.

        Raises:
            RuntimeError: there is no such entry.
        """
        entries = entries_of(self, as_list(model), self._builder_model_tags)
        if not entries:
            raise RuntimeError(
                f"Fail to initialize build manager: {as_list(model)}{self._builder_model_tags} does not exist in "
                f'{self.config_file_or_env}. If you want to change this model, please specify the "builder_model" in '
                "the constructor."
            )
        former = getattr(self, "builder_model", None)
        settings = {} if self.llm_config is None else without_tools(self.llm_config)
        self.builder_model = OpenAIWrapper(**{**settings, "config_list": entries})
        if former is not None:
            self.builder_model.adopt(former)

    def get_actual_usage(self) -> dict[str, Any] | None:
        """What building has cost without cached answers, or None; `gather_usage_summary` asks for it."""
        return self.builder_model.actual_usage_summary

    def get_total_usage(self) -> dict[str, Any] | None:
        """What building would have cost without the cache, or None."""
        return self.builder_model.total_usage_summary

    def set_agent_model(self, model: str | list[str] | None) -> None:
        """Choose the models of agents that are made up from now on.

        Args:
            model: which entries of the configuration list to use, by their ``model``; empty for all.
        """
        self.agent_model = as_list(model)

    def save(self, filepath: str | None = None) -> str:
        """Save the team that was last built or loaded, without its keys.

        Args:
            filepath: the file; by default one in the working directory that is named after the task.

        Returns:
            The file.

        Raises:
            ValueError: there is no team yet.
            TeamFileError: the team holds what JSON cannot, such as a code executor.
        """
        if not self.cached_configs:
            raise ValueError("There is no team to save yet. Build or load one before.")
        path = filepath or default_path(self.cached_configs["building_task"])
        write_team(self.cached_configs, path)
        steps.say(f"Building config saved to {path}", "green")
        return path

    def load(
        self,
        filepath: str | None = None,
        config_json: str | dict[str, Any] | None = None,
        use_oai_assistant: bool | None = False,
        code_execution_config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Built:
        """Create a team that was saved; the model is not asked.

        Args:
            filepath: the file.
            config_json: what would be in the file, as JSON or as a dict, instead.
            use_oai_assistant: whether the agents are of the class `GPTAssistantAgent`.
            code_execution_config: how code runs, instead of what the team says.
            **kwargs: further parameters of the agents.

        Returns:
            The agents (the proxy, if there is one, as the last) and the team as a dict.

        Raises:
            FileNotFoundError: there is no such file.
            TeamFileError: what was saved is not a team.
            RuntimeError: the configuration list has no model for an agent.
        """
        source = "JSON..." if config_json is not None else str(filepath)
        steps.say(f"Loading config from {source}", "green")
        team = read_team(filepath, config_json)
        steps.remember(
            self,
            team["building_task"],
            team["agent_configs"],
            team["coding"],
            team["default_llm_config"],
            code_execution_config or team["code_execution_config"] or steps.CODE_SETTINGS,
        )
        return drive(steps.create(self, use_oai_assistant, None, None, kwargs))

    def clear_agent(self, agent_name: str, recycle_endpoint: bool | None = True) -> None:
        """Let go of an agent that was created.

        Args:
            agent_name: its name.
            recycle_endpoint: accepted for programs of v0.2, which could start a server for an agent's model.

        Raises:
            KeyError: there is no such agent.
        """
        if agent_name not in self.agent_procs_assign:
            names = ", ".join(self.agent_procs_assign) or "none"
            raise MissingItemError(f"There is no agent {agent_name!r} to clear (created were: {names}).")
        agent, _ = self.agent_procs_assign.pop(agent_name)
        agent.reset()
        steps.say(f"Agent {agent_name} has been cleared.", "yellow")

    def clear_all_agents(self, recycle_endpoint: bool | None = True) -> None:
        """Let go of all agents that were created.

        Args:
            recycle_endpoint: see `clear_agent`.
        """
        for name in list(self.agent_procs_assign):
            self.clear_agent(name, recycle_endpoint)
        steps.say("All agents have been cleared.", "yellow")
