"""Groups for processes that are killed at any moment: with a person, tools, code and nested chats, or with handoffs.

Started as a program, it loads the library once, and then forks a child for each line of JSON on its standard input: the
child plays a group with a journal. It prints the id of each child, and ``ended`` when that is over.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat import a_run_group_chat, run_group_chat
from autogen_classic.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnCondition,
    ReplyResult,
    StringLLMCondition,
    TerminateTarget,
)
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.coding import CodeBlock, CodeResult, MarkdownCodeExtractor
from autogen_classic.state import journal


class Effects:
    """What tools and code do to the world: lines in a file, each written at once."""

    def __init__(self, path: str) -> None:
        self._path = path

    def do(self, what: str) -> None:
        with open(self._path, "ab", buffering=0) as file:
            file.write(f"{what}\n".encode())


class Executor:
    """Runs code by noting that it ran."""

    code_extractor = MarkdownCodeExtractor()

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> CodeResult:
        self._effects.do("code")
        return CodeResult(exit_code=0, output="42\n")

    def restart(self) -> None:
        """Nothing to do."""


class Team:
    """A user with tools, a planner, a writer that asks a critic in a nested chat, and a coder."""

    def __init__(self, llm_config: dict[str, Any], effects: Effects) -> None:
        settings: dict[str, Any] = {"llm_config": llm_config, "human_input_mode": "NEVER"}
        self.planner = ConversableAgent("planner", system_message="You plan.", **settings)
        self.writer = ConversableAgent("writer", system_message="You write.", **settings)
        self.critic = ConversableAgent("critic", system_message="You criticise.", **settings)
        self.tester = ConversableAgent("tester", llm_config=False, human_input_mode="NEVER")
        self.user = ConversableAgent(
            "user",
            llm_config=False,
            human_input_mode="NEVER",
            default_auto_reply="Go on.",
            code_execution_config={"executor": Executor(effects)},
        )

        def count(word: str) -> int:
            effects.do(f"count {word}")
            return len(word)

        async def look_up(word: str) -> str:
            effects.do(f"look_up {word}")
            await asyncio.sleep(0)
            return f"About {word}."

        for tool in (count, look_up):
            self.planner.register_for_llm(description="A tool.")(tool)
            self.planner.register_for_execution()(tool)
        nested = {
            "recipient": self.critic,
            "sender": self.tester,
            "message": lambda recipient, messages, sender, config: f"Judge: {messages[-1]['content']}",
            "max_turns": 2,
            "summary_method": "reflection_with_llm",
            "summary_args": {"summary_prompt": "Sum up."},
        }
        self.writer.register_nested_chats([nested], trigger=lambda sender: sender is self.manager, position=2)
        self.groupchat = GroupChat(
            [self.user, self.planner, self.writer],
            messages=[],
            max_round=9,
            select_speaker_message_template="Choose from {agentlist}.",
            select_speaker_prompt_template="Who speaks next of {agentlist}?",
        )
        self.manager = GroupChatManager(self.groupchat, llm_config=llm_config)

    def talk(self, way: str) -> dict[str, Any]:
        settings: dict[str, Any] = {"message": None, "silent": True, "summary_method": "reflection_with_llm"}
        if way == "sync":
            result = self.user.initiate_chat(self.manager, **settings)
        else:
            result = asyncio.run(self.user.a_initiate_chat(self.manager, **settings))
        agents = [self.planner, self.writer, self.critic, self.tester, self.user, self.manager]
        return {
            "histories": {
                agent.name: {partner.name: messages for partner, messages in agent.chat_messages.items()}
                for agent in agents
            },
            "group": self.groupchat.messages,
            "summary": result.summary,
            "cost": result.cost,
            "human_input": result.human_input,
        }


class Desk:
    """A group with handoffs, by a tool and by a model, run in the background, with streams and answers by a schema."""

    def __init__(self, llm_config: dict[str, Any], effects: Effects) -> None:
        def member(name: str, **settings: Any) -> ConversableAgent:
            config = {**llm_config, **settings}
            return ConversableAgent(name, f"You are {name}.", llm_config=config, human_input_mode="NEVER")

        self.clerk = member("clerk", stream=True)
        self.expert = member("expert", response_format=SCHEMA)
        self.editor = member("editor", stream=True)

        def sort(word: str, context_variables: ContextVariables) -> ReplyResult:
            """Sort a word."""
            effects.do(f"sort {word}")
            context_variables["sorted"] = [*context_variables.get("sorted", []), word]
            return ReplyResult(
                message=f"{word} is sorted.", target=AgentTarget(self.expert), context_variables=context_variables
            )

        self.clerk.register_for_llm(description="Sort.")(sort)
        to_editor = OnCondition(target=AgentTarget(self.editor), condition=StringLLMCondition("When it is known."))
        self.expert.handoffs.add_llm_condition(to_editor)
        self.expert.handoffs.set_after_work(AgentTarget(self.clerk))
        self.editor.handoffs.set_after_work(TerminateTarget())

    def talk(self, way: str) -> dict[str, Any]:
        pattern = DefaultPattern(
            self.clerk, [self.clerk, self.expert, self.editor], group_manager_args={"silent": True}
        )
        return asyncio.run(self._a_run(pattern)) if way == "async" else self._run(pattern)

    def _run(self, pattern: DefaultPattern) -> dict[str, Any]:
        response = run_group_chat(pattern, "Sort the words.", max_rounds=12)
        response.process()
        return self._outcome(
            list(response.messages), response.summary, response.context_variables, response.last_speaker
        )

    async def _a_run(self, pattern: DefaultPattern) -> dict[str, Any]:
        response = await a_run_group_chat(pattern, "Sort the words.", max_rounds=12)
        await response.process()
        return self._outcome(
            list(await response.messages),
            await response.summary,
            await response.context_variables,
            await response.last_speaker,
        )

    def _outcome(self, messages: list[Any], summary: Any, variables: Any, last: Any) -> dict[str, Any]:
        agents = [self.clerk, self.expert, self.editor]
        return {
            "group": messages,
            "summary": summary,
            "variables": variables.to_dict(),
            "last": str(getattr(last, "name", last)),
            "cost": {agent.name: agent.get_total_usage() for agent in agents},
            "histories": {agent.name: list(agent.chat_messages.values()) for agent in agents},
        }


SCHEMA = {"type": "object", "properties": {"known": {"type": "boolean"}}, "required": ["known"]}
TEAMS: dict[str, Callable[[dict[str, Any], Effects], Any]] = {"team": Team, "desk": Desk}


def play(job: dict[str, Any]) -> None:
    sys.stdin = io.StringIO(job["typed"])
    sys.stdout = io.StringIO()
    with journal(job["journal"], interrupted=job["interrupted"], program="the group"):
        outcome = TEAMS[job["team"]](job["llm_config"], Effects(job["effects"])).talk(job["way"])
    written = Path(f"{job['outcome']}.new")
    written.write_text(json.dumps(outcome), encoding="utf-8")
    written.replace(job["outcome"])  # it is there as a whole, or not at all


def main() -> None:
    for client in (openai.OpenAI, openai.AsyncOpenAI):
        client(api_key="none").chat.completions  # noqa: B018 - loads what no child has to load then
    for module in ("autogen_classic.events.agent_events", "fast_depends.use", "jsonschema", "lark"):
        importlib.import_module(module)
    gc.freeze()  # else each forked process copies what it inherits as soon as it looks for garbage
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                play(json.loads(line))
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
