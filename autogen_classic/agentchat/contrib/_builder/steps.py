"""The steps of building: ask the model, remember the team, create its agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ...._core.drive import Steps
from ....function_utils import get_function_schema
from ...assistant_agent import AssistantAgent
from ...conversable_agent import ConversableAgent
from ...user_proxy_agent import UserProxyAgent
from .._retrieval.embed import EmbeddingFunction
from .._settings import check_kind
from .asking import candidates, chosen_from, is_coding_useful, profiles_for, say, user_of
from .contract import Builder
from .files import Profile, Team, read_library
from .models import entries_of, shared_settings

__all__ = ("CODE_SETTINGS", "Built", "build", "build_from_library", "create", "remember", "say")

Built = tuple[list[ConversableAgent], Team]

_TERMINAL = "Computer_terminal"
CODE_SETTINGS = {"last_n_messages": 1, "work_dir": "groupchat", "use_docker": False, "timeout": 10}
CODE_SETTINGS_OF_A_LIBRARY = {**CODE_SETTINGS, "timeout": 120}


def build(
    builder: Builder,
    /,
    building_task: str,
    default_llm_config: dict[str, Any],
    list_of_functions: list[dict[str, Any]] | None = None,
    coding: bool | None = None,
    code_execution_config: dict[str, Any] | None = None,
    use_oai_assistant: bool | None = False,
    user_proxy: ConversableAgent | None = None,
    max_agents: int | None = None,
    **kwargs: Any,
) -> Steps[Built]:
    """Make up a team, and create it."""
    _check_task(building_task)
    _check_settings(default_llm_config, code_execution_config, user_proxy)
    check_kind("max_agents", max_agents, "a whole number", int)
    _check_functions(list_of_functions)
    taken = [_TERMINAL if user_proxy is None else user_proxy.name]
    profiles = yield from profiles_for(builder, building_task, max_agents or builder.max_agents, taken)
    if coding is None:
        coding = yield from is_coding_useful(builder, building_task)
    remember(builder, building_task, profiles, coding, default_llm_config, code_execution_config or CODE_SETTINGS)
    return (yield from create(builder, use_oai_assistant, list_of_functions, user_proxy, kwargs))


def build_from_library(
    builder: Builder,
    /,
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
) -> Steps[Built]:
    """Choose a team, make up those who are missing, and create it."""
    _check_task(building_task)
    _check_settings(default_llm_config, code_execution_config, user_proxy)
    library = read_library(library_path_or_json)
    say("==> Looking for suitable agents in the library...", "green")
    pool = yield from candidates(builder, building_task, library, top_k, embedding_model)
    profiles, missing = yield from chosen_from(builder, building_task, pool)
    if missing:
        taken = [_TERMINAL if user_proxy is None else user_proxy.name, *(profile["name"] for profile in profiles)]
        profiles += yield from profiles_for(builder, "\n".join(missing), len(missing), taken)
    say(f"{[profile['name'] for profile in profiles]} are selected.")
    if coding is None:
        coding = yield from is_coding_useful(builder, building_task)
    settings = code_execution_config or CODE_SETTINGS_OF_A_LIBRARY
    remember(builder, building_task, profiles, coding, default_llm_config, settings)
    return (yield from create(builder, use_oai_assistant, None, user_proxy, kwargs))


def create(
    builder: Builder,
    use_oai_assistant: bool | None,
    functions: Sequence[dict[str, Any]] | None,
    user_proxy: ConversableAgent | None,
    settings: dict[str, Any],
) -> Steps[Built]:
    """Create the agents of the remembered team, and hand out functions."""
    team = builder.cached_configs
    profiles = team["agent_configs"]
    say("==> Creating agents...", "green")
    proxy: ConversableAgent | None = None
    if team["coding"] or functions:
        proxy = user_proxy or _new_proxy(builder, team["code_execution_config"] if team["coding"] else False)
    members = [profile["name"] for profile in profiles]
    agents: list[ConversableAgent] = []
    for profile in profiles:
        say(f"Creating agent {profile['name']}...")
        agents.append(_new_agent(builder, profile, members, proxy, bool(use_oai_assistant), settings))
    builder.agent_procs_assign = {agent.name: (agent, builder.online_server_name) for agent in agents}
    if proxy is None:
        return agents, team.copy()

    say("Adding user console proxy...")
    for function in functions or ():
        users = yield from user_of(builder, function, profiles)
        proxy.register_for_execution(name=function["name"])(function["function"])
        for agent in (agent for agent in agents if agent.name in users):
            _introduce(builder, function, agent)
    return [*agents, proxy], team.copy()


def _introduce(builder: Builder, function: dict[str, Any], agent: ConversableAgent) -> None:
    """Let an agent call a function."""
    name, description = function["name"], function["description"]
    agent.register_for_llm(name=name, description=description)(function["function"])
    agent.update_system_message(
        builder.UPDATED_AGENT_SYSTEM_MESSAGE.format(
            agent_system_message=agent.system_message, function_name=name, function_description=description
        )
    )
    say(f"Function {name} is registered to agent {agent.name}.")


def _check_task(building_task: str) -> None:
    check_kind("building_task", building_task, "a text", str)
    if not (building_task or "").strip():
        raise ValueError("The building_task is empty. Say in a sentence or two what the team is to do.")


def _check_settings(default_llm_config: object, code_execution_config: object, user_proxy: object) -> None:
    check_kind("default_llm_config", default_llm_config, 'a dict such as {"temperature": 0}', Mapping)
    check_kind("code_execution_config", code_execution_config or None, "a dict", Mapping)
    check_kind("user_proxy", user_proxy, "an agent", ConversableAgent)


def _check_functions(functions: list[dict[str, Any]] | None) -> None:
    check_kind("list_of_functions", functions, "a list of dicts", list, tuple)
    for number, function in enumerate(functions or (), 1):
        parts = "a dict with name, description and function"
        check_kind(f"Entry {number} of list_of_functions", function, parts, Mapping)
        missing = [key for key in ("name", "description", "function") if key not in function]
        if missing:
            raise ValueError(f"Entry {number} of list_of_functions lacks {', '.join(missing)}.")
        get_function_schema(function["function"], name=function["name"], description=function["description"])


def remember(
    builder: Builder,
    building_task: str,
    profiles: list[Profile],
    coding: bool,
    default_llm_config: dict[str, Any] | None,
    code_execution_config: dict[str, Any],
) -> None:
    """Note the team that is about to be created."""
    builder.cached_configs = {
        "building_task": building_task,
        "agent_configs": profiles,
        "coding": coding,
        "default_llm_config": dict(default_llm_config or {}),
        "code_execution_config": dict(code_execution_config),
    }


def _new_proxy(builder: Builder, code_execution_config: dict[str, Any] | Literal[False]) -> UserProxyAgent:
    """Create the agent that runs code and functions."""
    return UserProxyAgent(
        _TERMINAL,
        is_termination_msg=_is_the_end,
        code_execution_config=code_execution_config,
        human_input_mode="NEVER",
        default_auto_reply=builder.DEFAULT_PROXY_AUTO_REPLY,
    )


def _new_agent(
    builder: Builder,
    profile: Profile,
    members: list[str],
    proxy: ConversableAgent | None,
    use_oai_assistant: bool,
    settings: dict[str, Any],
) -> ConversableAgent:
    """Create one agent of a team.

    Raises:
        RuntimeError: the configuration list has no model for it.
    """
    name, models, tags = profile["name"], profile["model"], profile["tags"]
    if not models and not tags:
        models, tags = builder.agent_model, builder.agent_model_tags
    entries = entries_of(builder, models, tags)
    if not entries:
        raise RuntimeError(
            f"Fail to initialize agent {name}: {models}{tags} does not exist in {builder.config_file_or_env}.\n"
            'If you would like to change this model, please specify the "agent_model" in the constructor.\n'
            f"If you load configs from json, make sure the model in agent_configs is in the "
            f"{builder.config_file_or_env}."
        )
    defaults = builder.cached_configs["default_llm_config"]
    llm_config = {**shared_settings(builder), **defaults, "config_list": entries}
    instructions, jobs = profile["system_message"], "the functions that you call"
    if builder.cached_configs["coding"]:
        instructions = f"{instructions}\n\n{builder.CODING_AND_TASK_SKILL_INSTRUCTION}"
        jobs = f"the code that you write, and {jobs}"
    message = builder.GROUP_CHAT_DESCRIPTION.format(
        name=name,
        members=", ".join(members),
        user_proxy_desc="" if proxy is None else f"{proxy.name} runs {jobs}.",
        sys_msg=instructions,
    )
    if use_oai_assistant:
        from ..gpt_assistant_agent import GPTAssistantAgent

        return GPTAssistantAgent(
            name, instructions=message, description=profile["description"], llm_config=llm_config, **settings
        )
    return AssistantAgent(
        name, system_message=message, description=profile["description"], llm_config=llm_config, **settings
    )


def _is_the_end(message: dict[str, Any]) -> bool:
    return message.get("content") in ("TERMINATE", "TERMINATE.")
