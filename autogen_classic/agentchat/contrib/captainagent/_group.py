"""One call for help: the group is built or brought together again, works, and its talk becomes a report."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

from ...._core.content import content_str
from ...._core.drive import Ask, Steps
from ...._core.messages import Message
from ....errors import JournalError
from ..._accounts import on_account_of
from ...conversable_agent import ConversableAgent
from ...groupchat import GroupChat, GroupChatManager
from .._builder.asking import ask, say
from .._builder.files import Team, write_teams
from .._builder.models import without_tools
from .._settings import check_kind
from ._contract import Summoner
from .agent_builder import AgentBuilder
from .tool_retriever import ToolBuilder

__all__ = ("help_of_experts",)

logger = logging.getLogger("autogen.agentchat.contrib.captainagent")

_RESPONSE = "# Response from seek_agent_help: \n"
_TOOLS_PER_LINE = 3


def help_of_experts(executor: Summoner, group_name: str, execution_task: str, building_task: str) -> Steps[str]:
    """Have a group of experts work on something.

    Args:
        executor: who calls it in, and remembers it.
        group_name: the group.
        execution_task: the work.
        building_task: whom the group needs; not read for a group that exists.

    Returns:
        The report.

    Raises:
        ValueError: the work is not told, or a new group has nothing to build it from.
        UnusableProposalError: the model that builds groups proposes nothing that can be used.
    """
    say("==> Running AutoBuild...", "green")
    say(f"\n==> Building task:  {building_task}", "green")
    say(f"\n==> Execution task:  {execution_task}", "green")
    for name, given in (
        ("group_name", group_name),
        ("execution_task", execution_task),
        ("building_task", building_task),
    ):
        check_kind(name, given, "a text", str)
    building_task = building_task or ""
    if not (execution_task or "").strip():
        raise ValueError("execution_task is empty. Tell the group what to do, with everything it has to know.")
    if group_name not in executor.build_history and not building_task.strip():
        raise ValueError(f"There is no group {group_name!r} yet. Say in building_task which experts it needs.")
    settings, owner = executor._nested_config, executor.owner
    executor.build_times += 1
    builder = AgentBuilder(**settings["autobuild_init_config"])
    builder.client_cache = None if owner is None else owner.client_cache
    with on_account_of(owner, builder.builder_model):
        experts = yield from _experts(executor, builder, group_name, building_task)
        experts = _with_tools(executor, builder, experts, group_name, building_task)
        talk = yield from _talk_of(executor, builder, experts, execution_task)
        report = yield from _report(executor, builder, talk)
    return f"{_RESPONSE}{report}"


def _experts(
    executor: Summoner, builder: AgentBuilder, group_name: str, building_task: str
) -> Steps[list[ConversableAgent]]:
    """Bring a group together that exists, or build a new one and remember it."""
    settings = executor._nested_config["autobuild_build_config"]
    if group_name in executor.build_history:
        code = settings.get("code_execution_config")
        return builder.load(config_json=executor.build_history[group_name], code_execution_config=code)[0]
    from_library = settings.get("library_path_or_json") is not None
    arguments = {name: value for name, value in settings.items() if from_library or name != "library_path_or_json"}
    method = "build_from_library" if from_library else "build"
    experts, team = yield Ask(builder, method, building_task=building_task, **arguments)
    _remember(executor, group_name, team)
    return list(experts)


def _remember(executor: Summoner, group_name: str, team: Team) -> None:
    executor.build_history[group_name] = team
    if executor._agent_config_save_path is not None:
        folder = Path(executor._agent_config_save_path)
        folder.mkdir(parents=True, exist_ok=True)
        names = hashlib.md5("\n".join(executor.build_history).encode(), usedforsecurity=False).hexdigest()
        write_teams(executor.build_history, str(folder / f"build_history_{names}.json"))


def _with_tools(
    executor: Summoner, builder: AgentBuilder, experts: list[ConversableAgent], group_name: str, building_task: str
) -> list[ConversableAgent]:
    """Tell the experts of the tools that fit their work, and let the last of them, who runs programs, run these."""
    settings = executor._nested_config.get("autobuild_tool_config") or {}
    root = settings.get("tool_root")
    if root is None or not builder.cached_configs["coding"]:
        return experts
    tools = ToolBuilder(root, settings.get("retriever", "all-mpnet-base-v2"))
    if group_name not in executor.tool_history:
        lines = [line for line in building_task.splitlines() if line.strip()]
        top_k = settings.get("top_k", _TOOLS_PER_LINE)
        found = [description for line in lines for description in tools.retrieve(line, top_k)]
        executor.tool_history[group_name] = list(dict.fromkeys(found))
    *members, terminal = experts
    for member in members:
        tools.bind(member, "\n\n".join(executor.tool_history[group_name]))
    return [*members, tools.bind_user_proxy(terminal, root)]


def _talk_of(
    executor: Summoner, builder: AgentBuilder, experts: Sequence[ConversableAgent], execution_task: str
) -> Steps[list[str]]:
    """Let the experts talk, and write down what they said, also if an error or the last round cut them off."""
    settings = executor._nested_config
    repeating = {"allow_repeat_speaker": list(experts[:-1])} if builder.cached_configs["coding"] else {}
    group = GroupChat(**{"agents": list(experts), "messages": [], **repeating, **settings["group_chat_config"]})
    model = settings["group_chat_llm_config"]
    names = {expert.name for expert in experts if expert.client is not None}

    def is_over(message: Message) -> bool:
        return message.get("name") in names and _says_the_end(message)

    manager = GroupChatManager(group, llm_config=without_tools(model) if model else model, is_termination_msg=is_over)
    request = next((content_str(said[0].get("content")) for said in executor._oai_messages.values() if said), "")
    message = executor.AUTOBUILD_TASK_DESC.format(general_task=request, manager_task=execution_task)
    note = "(The talk was cut off here: nobody had ended it.)"
    with on_account_of(executor.owner, manager.client, *(expert.client for expert in experts)):
        try:
            yield Ask(
                experts[0],
                "initiate_chat",
                manager,
                message=message,
                cache=builder.client_cache,
                silent=executor.silent,
                summary_method=None,
            )
        except JournalError:
            raise
        except Exception as error:
            if len(group.messages) < 2:
                raise
            logger.exception("The talk of a group of experts ended with an error.")
            note = f"(The talk was cut off here by an error: {error})"
    said = [f"{one.get('name') or one.get('role')}:\n{content_str(one.get('content'))}" for one in group.messages]
    return said if is_over(group.messages[-1]) else [*said, note]


def _report(executor: Summoner, builder: AgentBuilder, talk: list[str]) -> Steps[str]:
    """Have a model sum up a talk; if it cannot, the talk itself is the report."""
    transcript = "\n\n".join(talk)
    try:
        report = yield from ask(builder, executor.CONVERSATION_REVIEW_PROMPT.format(chat_history=transcript))
    except JournalError:
        raise
    except Exception as error:
        logger.exception("The talk of a group of experts could not be summed up. It is reported as it was.")
        return f"{transcript}\n\n(The talk could not be summed up: {error})"
    return report or transcript


def _says_the_end(message: Message) -> bool:
    return content_str(message.get("content")).rstrip(" \n.*_`").endswith("TERMINATE")
