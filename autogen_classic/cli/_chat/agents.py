"""The agents of a team, and the person who talks with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..._core.content import content_str
from ...agentchat.assistant_agent import AssistantAgent
from ...agentchat.conversable_agent import ConversableAgent
from ...agentchat.groupchat import GroupChat, GroupChatManager
from ...agentchat.user_proxy_agent import UserProxyAgent
from ...coding import CodeBlock, CodeExecutor, CodeResult, LocalCommandLineCodeExecutor
from ...io import IOStream
from .._models import configurations, default_configurations
from .team_file import Member, Model, Team, check_code

__all__ = ("Crew", "crew_of")

PERSON = "user"
WORK_DIR = "coding"

_ALONE = "You are a helpful assistant. Answer in plain words, and no longer than the question needs."
_CODER = (
    "You solve tasks with programs. When a program would help, write it whole in one fenced block that names its "
    "language, python or sh; it is run for you, and what it prints comes back in the next message. Print what you need "
    "to know, and never ask the person to change or copy code. If it fails, read the error and write the whole program "
    "again. Once you know the answer, give it in plain words, without a block of code."
)


@dataclass
class Crew:
    """A team at work.

    Attributes:
        person: speaks for the person.
        partner: whom the person talks to: an agent, or the manager of a group.
        members: the agents whose words are shown.
        group: the group, if there is one.
        max_turns: how often the partner is spoken to after one message of the person.
        configurations: the models that the team asks unless a member has its own.
    """

    person: ConversableAgent
    partner: ConversableAgent
    members: list[ConversableAgent]
    group: GroupChat | None
    max_turns: int
    configurations: list[dict[str, Any]] = field(repr=False)

    @property
    def models(self) -> list[str]:
        """The names of the models that are asked first, each once."""
        firsts = [member.llm_config["config_list"][0]["model"] for member in self.members if member.llm_config]
        return list(dict.fromkeys(map(str, firsts)))

    def add(self, name: str, text: str) -> None:
        """Put into the histories what a member had said when it was interrupted.

        Args:
            name: the member.
            text: what it had said.
        """
        member = next(one for one in self.members if one.name == name)
        if self.group is None:
            member.send(text, self.person, request_reply=False, silent=True)
            return
        member.send(text, self.partner, request_reply=False, silent=True)
        message = {"content": text, "role": "user", "name": name}
        self.group.append(dict(message), member)
        for other in self.group.agents:
            if other is not member:
                self.partner.send(dict(message), other, request_reply=False, silent=True)


def crew_of(team: Team, code: str | None = None) -> Crew:
    """Make the agents of a team.

    Args:
        team: what the file says.
        code: how code is run, if not as ``code`` of the team says: one of its values, or ``"local"``, which runs code
            on this machine without asking.

    Returns:
        The agents, ready to talk.

    Raises:
        LLMConfigError: a model cannot be asked.
        TeamFileError: code is to run in a group.
    """
    how = code or team.code
    check_code(how, len(team.agents), f"`--code {how}`")
    runs_code = how != "none"
    entries = _entries(team.model)
    members = [_agent(member, team, entries, runs_code) for member in team.agents]
    executor = _executor(how) if runs_code else None
    person = UserProxyAgent(
        PERSON,
        human_input_mode="NEVER",
        code_execution_config={"executor": executor} if executor else False,
        max_consecutive_auto_reply=team.max_rounds,
        is_termination_msg=_has_no_code(executor) if executor else None,
    )
    if len(members) == 1:
        max_turns = team.max_rounds if runs_code else 1
        return Crew(person, members[0], members, None, max_turns, entries)
    group = GroupChat(
        [*members],
        messages=[],
        max_round=team.max_rounds + 1,  # the person's message is the first round
        admin_name="",  # so that Ctrl-C is ours
        speaker_selection_method=team.speakers,
        allow_repeat_speaker=team.speakers != "auto" or len(members) > 2,
    )
    manager = GroupChatManager(
        group,
        name="manager",
        llm_config=_llm_config(entries) if team.speakers == "auto" else False,
        is_termination_msg=_ends_with(team.stop_word),
        silent=True,
    )
    return Crew(person, manager, members, group, 1, entries)


def _agent(member: Member, team: Team, entries: list[dict[str, Any]], writes_code: bool) -> ConversableAgent:
    message = member.system_message or _default_message(member, writes_code, is_alone=len(team.agents) == 1)
    return AssistantAgent(
        member.name,
        system_message=message,
        description=member.description or message,
        llm_config=_llm_config(entries if member.model is None else _entries(member.model)),
    )


def _default_message(member: Member, writes_code: bool, is_alone: bool) -> str:
    if writes_code:
        return _CODER
    if is_alone:
        return _ALONE
    return f"You are {member.name} in a group. {member.description or ''}".strip()


def _ends_with(word: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda message: content_str(message.get("content")).rstrip(" \n.!*").endswith(word)


def _has_no_code(executor: CodeExecutor) -> Callable[[Mapping[str, Any]], bool]:
    return lambda message: not executor.code_extractor.extract_code_blocks(message.get("content"))


# --- models


def _entries(model: Model | None) -> list[dict[str, Any]]:
    """The configurations for a model as a team file names it: not at all, by its name, or with settings."""
    if model is None:
        return default_configurations()
    if isinstance(model, str):
        return configurations(model)
    if "base_url" in model:
        return [{**model, "api_key": "not-needed"}]  # a key of the environment is for another server
    settings = {key: value for key, value in model.items() if key != "model"}
    return [{**entry, **settings} for entry in configurations(model["model"])]


def _llm_config(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Answers are streamed, and never come from a cache: a person who asks twice wants a second answer."""
    return {"config_list": [_streamed(entry) for entry in entries], "cache_seed": None}


def _streamed(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry that asks for its answer in pieces, and, where the API has to be told, for the tokens that it took."""
    counted = {"stream_options": {"include_usage": True}} if entry.get("api_type", "openai") == "openai" else {}
    return {"stream": True, **counted, **entry}


# --- code


class _AskingExecutor:
    """Runs code once the person has said yes to it.

    Args:
        executor: what runs it then.
    """

    def __init__(self, executor: CodeExecutor) -> None:
        self._executor = executor
        self.code_extractor = executor.code_extractor

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> CodeResult:
        """Ask, and run the code or say that it was not run."""
        try:
            answer = IOStream.get_default().input("Run this code on your machine? [y/N] ").strip().lower()
        except EOFError:
            return CodeResult(exit_code=1, output="The code was not run: nobody is there to allow it.")
        if answer in ("y", "yes"):
            return self._executor.execute_code_blocks(code_blocks)
        reason = "" if answer in ("", "n", "no") else f" They say: {answer}"
        return CodeResult(exit_code=1, output=f"The person did not let the code run.{reason}")

    def restart(self) -> None:
        """Forget all state of the executor."""
        self._executor.restart()


def _executor(how: str) -> CodeExecutor:
    if how == "docker":
        from ...coding import DockerCommandLineCodeExecutor

        return DockerCommandLineCodeExecutor(work_dir=_work_dir())
    local = LocalCommandLineCodeExecutor(work_dir=_work_dir())
    return _AskingExecutor(local) if how == "ask" else local


def _work_dir() -> Path:
    folder = Path(WORK_DIR)
    folder.mkdir(exist_ok=True)
    return folder
