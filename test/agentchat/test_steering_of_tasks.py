"""An asynchronous chat is paused, resumed and stopped from another task or a thread, whatever it does just then."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent
from event_kit import heard

from autogen_classic import ChatResult, ConversableAgent, GroupChat, GroupChatManager, events
from autogen_classic.coding import LocalCommandLineCodeExecutor
from autogen_classic.testing import MockOpenAIServer

SECONDS = 20  # after which a test that stands still has failed

CALL = {
    "content": None,
    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "work", "arguments": "{}"}}],
}


class Step:
    """What the second agent does when it is spoken to: it goes on only when the test lets it.

    Args:
        folder: for files.
    """

    message: Any = "hi"
    holds_loop = False
    is_waited_for = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun, self.may_end = threading.Event(), threading.Event()

    def stand(self) -> None:
        self.begun.set()
        assert self.may_end.wait(SECONDS)

    async def a_stand(self) -> None:
        self.begun.set()
        while not self.may_end.is_set():
            await asyncio.sleep(0.001)

    @contextmanager
    def agent(self) -> Iterator[ConversableAgent]:
        raise NotImplementedError


class ModelStep(Step):
    """A model at a local server is asked."""

    @contextmanager
    def agent(self) -> Iterator[ConversableAgent]:
        def answer(request: Any) -> str:
            self.stand()
            return "I am the model"

        with MockOpenAIServer(default=answer) as server:
            yield agent("bob", llm_config=server.llm_config(cache_seed=None, price=[0, 0]))


class ToolStep(Step):
    """A synchronous tool runs, and holds the event loop."""

    holds_loop = is_waited_for = True
    message = CALL

    @contextmanager
    def agent(self) -> Iterator[ConversableAgent]:
        yield agent("bob", function_map={"work": self.stand})


class AsyncToolStep(ToolStep):
    """An asynchronous tool runs."""

    holds_loop = False

    @contextmanager
    def agent(self) -> Iterator[ConversableAgent]:
        yield agent("bob", function_map={"work": self.a_stand})


class CodeStep(Step):
    """Code runs in a process, and holds the event loop."""

    holds_loop = is_waited_for = True

    @contextmanager
    def agent(self) -> Iterator[ConversableAgent]:
        executor = LocalCommandLineCodeExecutor(work_dir=self.folder, timeout=SECONDS)
        run = executor.execute_code_blocks

        def run_and_tell(blocks: Any) -> Any:
            self.begun.set()
            return run(blocks)

        executor.execute_code_blocks = run_and_tell  # type: ignore[method-assign]
        go = self.folder / "go"
        tell, self.may_end.set = self.may_end.set, go.touch  # type: ignore[method-assign, assignment]
        wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.01)"
        self.message = f"```python\n{wait}\n```"
        yield agent("bob", code_execution_config={"executor": executor})
        tell()


class PersonStep(Step):
    """A person is asked, and does not answer."""

    @contextmanager
    def agent(self) -> Iterator[ConversableAgent]:
        bob = agent("bob", human_input_mode="ALWAYS")

        async def ask(prompt: str) -> str:
            await self.a_stand()
            return ""

        bob.a_get_human_input = ask  # type: ignore[method-assign]
        yield bob


STEPS = [ModelStep, ToolStep, AsyncToolStep, CodeStep, PersonStep]
FROM_TASKS = [kind for kind in STEPS if not kind.holds_loop]


async def until(happened: threading.Event) -> None:
    async def wait() -> None:
        while not happened.is_set():
            await asyncio.sleep(0.001)

    await asyncio.wait_for(wait(), SECONDS)


@asynccontextmanager
async def running(step: Step) -> AsyncIterator[tuple[ConversableAgent, asyncio.Task[ChatResult]]]:
    with step.agent() as bob:
        ann = agent("ann")
        yield ann, asyncio.ensure_future(ann.a_initiate_chat(bob, message=step.message, max_turns=2, silent=True))


@pytest.mark.parametrize("kind", FROM_TASKS)
def test_another_task_pauses_and_resumes_a_chat(kind: type[Step], tmp_path: Path) -> None:
    async def main() -> ChatResult:
        step = kind(tmp_path)
        with heard(events.ChatPaused) as paused:
            async with running(step) as (ann, chat):
                await until(step.begun)
                assert ann.pause_chat()
                step.may_end.set()
                await until(paused)
                assert not chat.done()
                assert ann.resume_chat()
                return await asyncio.wait_for(chat, SECONDS)

    result = asyncio.run(main())
    assert (result.stop_reason, len(result.chat_history)) == ("max_turns", 4)


@pytest.mark.parametrize("kind", FROM_TASKS)
def test_another_task_stops_a_chat_at_once_and_only_a_tool_is_waited_for(kind: type[Step], tmp_path: Path) -> None:
    async def main() -> ChatResult:
        step = kind(tmp_path)
        async with running(step) as (ann, chat):
            await until(step.begun)
            assert ann.stop_chat(now=True)
            if step.is_waited_for:
                await asyncio.wait({chat}, timeout=0.05)
                assert not chat.done()
                step.may_end.set()
            result = await asyncio.wait_for(chat, SECONDS)
            step.may_end.set()
            return result

    result = asyncio.run(main())
    assert (result.stop_reason, len(result.chat_history)) == ("external stop", 2 if kind.is_waited_for else 1)


@pytest.mark.parametrize("kind", STEPS)
def test_a_thread_pauses_and_resumes_a_chat(kind: type[Step], tmp_path: Path) -> None:
    still: list[bool] = []

    async def main() -> ChatResult:
        step = kind(tmp_path)
        with heard(events.ChatPaused) as paused:
            async with running(step) as (ann, chat):

                def steer() -> None:
                    assert step.begun.wait(SECONDS)
                    assert ann.pause_chat()
                    step.may_end.set()
                    assert paused.wait(SECONDS)
                    still.append(not chat.done())
                    assert ann.resume_chat()

                thread = threading.Thread(target=steer)
                thread.start()
                result = await asyncio.wait_for(chat, SECONDS)
                thread.join()
                return result

    result = asyncio.run(main())
    assert (result.stop_reason, len(result.chat_history), still) == ("max_turns", 4, [True])


@pytest.mark.parametrize("kind", STEPS)
def test_a_thread_stops_a_chat_at_once_and_tools_and_code_come_to_their_end(kind: type[Step], tmp_path: Path) -> None:
    async def main() -> ChatResult:
        step = kind(tmp_path)
        async with running(step) as (ann, chat):

            def steer() -> None:
                assert step.begun.wait(SECONDS)
                assert ann.stop_chat(now=True)
                if step.is_waited_for:
                    step.may_end.set()

            thread = threading.Thread(target=steer)
            thread.start()
            result = await asyncio.wait_for(chat, SECONDS)
            thread.join()
            step.may_end.set()
            return result

    result = asyncio.run(main())
    assert (result.stop_reason, len(result.chat_history)) == ("external stop", 2 if kind.is_waited_for else 1)


@pytest.mark.parametrize("in_a_group", [False, True])
def test_a_chat_that_waits_for_nothing_can_be_stopped_by_another_task(in_a_group: bool) -> None:
    ann, bob = agent("ann"), agent("bob")

    async def main() -> ChatResult:
        if in_a_group:
            group = GroupChat([ann, bob], messages=[], max_round=10_000, speaker_selection_method="round_robin")
            chat = ann.a_initiate_chat(GroupChatManager(group, llm_config=False), message="hi", silent=True)
        else:
            chat = ann.a_initiate_chat(bob, message="hi", max_turns=10_000, silent=True)
        running = asyncio.create_task(chat)
        await asyncio.sleep(0)
        assert ann.stop_chat()
        return await running

    result = asyncio.run(main())
    assert result.stop_reason == "external stop"
    assert len(result.chat_history) < 1_000
