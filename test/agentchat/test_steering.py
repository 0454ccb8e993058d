"""A running chat can be paused, resumed and stopped from other threads and tasks, and loses nothing by that."""

from __future__ import annotations

import asyncio
import contextvars
import dis
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from event_kit import heard
from model_fixtures import clean_place as clean_place
from model_fixtures import serve as serve

from autogen_classic import Cache, ChatResult, ConversableAgent, GroupChat, GroupChatManager, events, initiate_chats
from autogen_classic._core import running_chats, steering
from autogen_classic.io import IOStream
from autogen_classic.state import journal
from autogen_classic.testing import CapturedIO, ScriptedClient, tool_call

SECONDS = 20  # after which a test that stands still has failed


class Running:
    """A chat in a thread of its own.

    Args:
        work: runs the chat.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), name="a chat", daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self.result = work()
        except BaseException as error:
            self.error = error

    def ended(self) -> Any:
        """Wait for its end, and return what came out of it."""
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), "the chat goes on"
        if self.error is not None:
            raise self.error
        return self.result

    @property
    def goes_on(self) -> bool:
        return self._thread.is_alive()


def wait_for(happened: threading.Event) -> None:
    assert happened.wait(SECONDS)


@pytest.fixture
def ctrl_c_counts() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def ctrl_c_after(happened: threading.Event) -> Iterator[None]:
    """Press Ctrl-C when something has happened, and again until it is heeded: one that comes too soon is missed."""
    heeded = threading.Event()

    def press() -> None:
        wait_for(happened)
        while not heeded.wait(1):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    presser = Running(press)
    try:
        yield
    finally:
        heeded.set()
        presser.ended()


def pausing(name: str, at: int = 3, **settings: Any) -> ConversableAgent:
    """An agent that pauses its chat while it makes its answer to message number ``at``."""
    pauses = agent(name, max_consecutive_auto_reply=10**9, **settings)

    def pause(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> tuple[bool, Any]:
        if len(messages) == at:
            assert pauses.pause_chat()
        return False, None

    pauses.register_reply([ConversableAgent, None], pause)
    return pauses


def texts(result: ChatResult) -> list[str]:
    return [message["content"] for message in result.chat_history]


# --- pause and resume ------------------------------------------------------------------------------------------------


@both_ways
def test_a_paused_chat_stands_still_at_its_next_step_and_goes_on_as_if_nothing_had_happened(way: str) -> None:
    unbroken = chat(way, agent("ann"), agent("bob"), max_turns=4)
    ann, bob = agent("ann"), pausing("bob")
    with heard(events.ChatPaused) as paused, heard(events.ChatResumed) as resumed:
        running = Running(lambda: chat(way, ann, bob, max_turns=4))
        wait_for(paused)
        assert running.goes_on
        assert [message["content"] for message in bob.chat_messages[ann]] == ["hi", "I am bob", "I am ann", "I am bob"]
        assert not resumed.is_set()
        assert ann.resume_chat()
        assert running.ended().chat_history == unbroken.chat_history
        assert resumed.is_set()
    assert not running_chats.steered


@both_ways
def test_a_paused_group_stands_still(way: str) -> None:
    members = [pausing("ann", at=10), pausing("bob", at=1), agent("carl")]
    group = GroupChat(members, [], max_round=6, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False, silent=True)
    with heard(events.ChatPaused) as paused:
        running = Running(lambda: chat(way, members[0], manager))
        wait_for(paused)
        said = len(group.messages)
        assert manager.resume_chat()
        assert running.ended().stop_reason == "max_round"
    assert (said, len(group.messages)) == (2, 6)


@both_ways
def test_a_pause_of_the_chat_around_holds_a_nested_chat(way: str) -> None:
    ann, bob, carl, dora = (agent(name) for name in ("ann", "bob", "carl", "dora"))
    queue = [{"chat_id": 1, "recipient": carl, "sender": dora, "silent": True, "max_turns": 2}]
    bob.register_nested_chats(queue, trigger=ann, use_async=way == "async")
    asked: list[int] = []

    def pause(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> tuple[bool, Any]:
        asked.append(len(messages))
        if len(asked) == 1:
            ann.pause_chat()
        return False, None

    carl.register_reply([ConversableAgent], pause)
    with heard(events.ChatPaused) as paused:
        running = Running(lambda: chat(way, ann, bob, max_turns=1))
        wait_for(paused)
        assert asked == [1]
        ann.resume_chat()
        assert texts(running.ended()) == ["hi", "I am carl"]
    assert asked == [1, 3]


@both_ways
def test_a_pause_holds_a_queue_of_chats(way: str) -> None:
    ann, bob, carl = agent("ann"), pausing("bob", at=1), agent("carl")
    queue: list[dict[str, Any]] = [
        {"chat_id": 1, "sender": ann, "recipient": bob, "message": "hi", "max_turns": 2, "silent": True},
        {"chat_id": 2, "prerequisites": [1], "sender": ann, "recipient": carl, "message": "hi", "max_turns": 1},
    ]
    queue[1]["silent"] = True
    with heard(events.ChatPaused) as paused:
        if way == "sync":
            running = Running(lambda: initiate_chats(queue))
        else:
            running = Running(lambda: list(asyncio.run(ann.a_initiate_chats(queue)).values()))
        wait_for(paused)
        assert not carl.chat_messages
        bob.resume_chat()
        assert [len(result.chat_history) for result in running.ended()] == [4, 2]


@both_ways
def test_an_iterated_chat_can_be_paused_and_stopped(way: str) -> None:
    ann, bob = agent("ann"), pausing("bob")
    seen: list[events.Event] = []

    def iterate() -> Any:
        run = ann.iterate(bob, message="hi", max_turns=9, silent=True)
        seen.extend(run)
        return run.result

    async def a_iterate() -> Any:
        run = ann.a_iterate(bob, message="hi", max_turns=9, silent=True)
        async for event in run:
            seen.append(event)
        return run.result

    with heard(events.ChatPaused) as paused:
        running = Running(iterate if way == "sync" else lambda: asyncio.run(a_iterate()))
        wait_for(paused)
        ann.stop_chat()
        assert running.ended().stop_reason == "external stop"
    assert [type(event).__name__ for event in seen[-3:]] == ["ChatPaused", "ChatResumed", "ChatEnded"]


@both_ways
def test_another_task_of_the_same_event_loop_resumes_a_chat(way: str) -> None:
    async def main() -> ChatResult:
        ann, bob = agent("ann"), pausing("bob")
        with heard(events.ChatPaused) as paused:
            task = asyncio.ensure_future(ann.a_initiate_chat(bob, message="hi", max_turns=3, silent=True))
            while not paused.is_set():
                await asyncio.sleep(0)
            assert not task.done()
            assert ann.resume_chat()
            return await task

    assert len(asyncio.run(main()).chat_history) == 6


@both_ways
def test_a_paused_chat_runs_no_further_tool_of_the_same_message(way: str) -> None:
    ran: list[str] = []
    ann = agent("ann")

    def first() -> str:
        ran.append("first")
        bob.pause_chat()
        return "1"

    def second() -> str:
        ran.append("second")
        return "2"

    bob = agent("bob", function_map={"first": first, "second": second})
    calls = [
        {"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}} for name in ("first", "second")
    ]
    with heard(events.ChatPaused) as paused:
        running = Running(lambda: chat(way, ann, bob, message={"content": None, "tool_calls": calls}, max_turns=1))
        wait_for(paused)
        assert ran == ["first"]
        ann.resume_chat()
        result = running.ended()
    assert ran == ["first", "second"]
    assert [answer["content"] for answer in result.chat_history[-1]["tool_responses"]] == ["1", "2"]


@both_ways
def test_the_time_of_a_pause_does_not_count_for_max_seconds(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("autogen_classic._core.budget.monotonic", lambda: now[0])
    monkeypatch.setattr("autogen_classic._core.steering.monotonic", lambda: now[0])
    ann, bob = agent("ann"), pausing("bob")
    with heard(events.ChatPaused) as paused:
        running = Running(lambda: chat(way, ann, bob, max_turns=4, max_seconds=60))
        wait_for(paused)
        now[0] += 3600
        ann.resume_chat()
        result = running.ended()
    assert result.stop_reason == "max_turns"
    assert result.spent.seconds == 3600


@both_ways
def test_a_chat_that_is_stopped_while_it_stands_still_ends_there(way: str) -> None:
    ann, bob = agent("ann"), pausing("bob")
    with heard(events.ChatPaused) as paused:
        running = Running(lambda: chat(way, ann, bob, max_turns=9))
        wait_for(paused)
        assert bob.stop_chat()
        result = running.ended()
    assert result.stop_reason == "external stop"
    assert texts(result) == ["hi", "I am bob", "I am ann", "I am bob"]
    assert not running_chats.steered
    assert not ann.resume_chat()


def test_an_agent_that_takes_part_in_no_chat_has_nothing_to_pause() -> None:
    assert not agent("ann").pause_chat()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals reach threads on POSIX only")
@pytest.mark.usefixtures("ctrl_c_counts")
def test_ctrl_c_ends_a_chat_that_stands_still() -> None:
    ann, bob = agent("ann"), pausing("bob")

    with heard(events.ChatPaused) as paused, ctrl_c_after(paused), pytest.raises(KeyboardInterrupt):
        chat("sync", ann, bob, max_turns=9)
    assert running_chats.current() is None
    assert not running_chats.steered


def test_nothing_is_called_for_steering_while_nobody_steers() -> None:
    calls: list[str] = []

    def count(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and frame.f_globals.get("__name__") == steering.__name__:
            calls.append(frame.f_code.co_name)

    client = ScriptedClient(["one", "two"])
    ann, bob = agent("ann"), agent("bob", llm_config=client.llm_config(cache_seed=None))
    chat("sync", ann, bob, max_turns=1)  # the first chat loads packages
    sys.setprofile(count)
    try:
        chat("sync", ann, bob, max_turns=1)
    finally:
        sys.setprofile(None)
    assert calls == []


# --- stop at once: a model -------------------------------------------------------------------------------------------


class LateModel:
    """What a local server answers: nothing, until the test lets it."""

    def __init__(self, answer: Any = "It took me a while.") -> None:
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()
        self._answer = answer

    def __call__(self, request: Any) -> Any:
        self.is_asked.set()
        assert self.may_answer.wait(SECONDS)
        return self._answer


@pytest.fixture
def late() -> Iterator[LateModel]:
    model = LateModel()
    yield model
    model.may_answer.set()


@both_ways
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_is_being_asked_is_not_waited_for_and_its_answer_is_kept(
    way: str, stream: bool, serve: Any, late: LateModel
) -> None:
    server = serve(late, "You asked again.")
    ann, bob = agent("ann"), agent("bob", llm_config=server.llm_config(stream=stream, cache_seed=None))
    done = threading.Event()

    def chat_and_wait() -> ChatResult:
        with Cache.disk(cache_seed=7) as cache:
            if way == "sync":
                result = chat(way, ann, bob, max_turns=1, cache=cache)
                assert done.wait(SECONDS)
                return result

            async def main() -> ChatResult:
                result = await ann.a_initiate_chat(bob, message="hi", max_turns=1, cache=cache, silent=True)
                while not late.may_answer.is_set() or not answered.is_set():
                    await asyncio.sleep(0.001)
                return result

            return asyncio.run(main())

    results: list[ChatResult] = []
    with heard(events.ModelAnswered) as answered, heard(events.ChatEnded) as ended:
        running = Running(lambda: results.append(chat_and_wait()))
        wait_for(late.is_asked)
        assert ann.stop_chat(now=True)
        wait_for(ended)  # while the server still holds its answer back
        assert bob.client.total_usage_summary is None
        late.may_answer.set()
        wait_for(answered)
        done.set()
        running.ended()
    assert results[0].stop_reason == "external stop"
    assert texts(results[0]) == ["hi"]
    assert bob.get_actual_usage()["mock-model"]["completion_tokens"] > 0
    with Cache.disk(cache_seed=7) as cache:
        again = chat(way, ann, bob, max_turns=1, cache=cache)
    assert texts(again) == ["hi", "It took me a while."]
    assert len(server.requests) == 1
    assert not running_chats.steered


@both_ways
def test_an_iterated_chat_leaves_its_model(way: str, serve: Any, late: LateModel) -> None:
    ann, bob = agent("ann"), agent("bob", llm_config=serve(late).llm_config(cache_seed=None))

    def iterate() -> Any:
        run = ann.iterate(bob, message="hi", max_turns=1, silent=True)
        return [type(event).__name__ for event in run][-1], run.result

    async def a_iterate() -> Any:
        run = ann.a_iterate(bob, message="hi", max_turns=1, silent=True)
        return [type(event).__name__ async for event in run][-1], run.result

    running = Running(iterate if way == "sync" else lambda: asyncio.run(a_iterate()))
    wait_for(late.is_asked)
    ann.stop_chat(now=True)
    last, result = running.ended()
    assert (last, result.stop_reason) == ("ChatEnded", "external stop")


@both_ways
def test_a_chat_that_is_stopped_just_before_its_model_is_asked_asks_for_nothing(way: str, serve: Any) -> None:
    server = serve("Hello.")
    ann, bob = agent("ann"), agent("bob", llm_config=server.llm_config(cache_seed=None))

    def stop(event: events.Event) -> None:
        assert ann.stop_chat(now=True)

    with events.listening(stop, kinds=[events.ModelAsked]):
        assert chat(way, ann, bob, max_turns=1).stop_reason == "external stop"
    assert server.requests == []


def test_a_chat_in_the_main_thread_leaves_its_model_too(serve: Any, late: LateModel) -> None:
    ann, bob = agent("ann"), agent("bob", llm_config=serve(late).llm_config(cache_seed=None))
    stopper = Running(lambda: (wait_for(late.is_asked), bob.stop_chat(now=True)))
    assert chat("sync", ann, bob).stop_reason == "external stop"
    assert stopper.ended()


@both_ways
def test_the_model_that_selects_speakers_is_left_and_the_histories_stay_valid(
    way: str, serve: Any, late: LateModel
) -> None:
    server = serve(tool_call("add", a=1, b=2), late, "Three.")
    ann = agent("ann", llm_config=server.llm_config(cache_seed=None))
    bob = agent("bob", function_map={"add": lambda a, b: a + b})
    group = GroupChat([agent("user"), ann, bob], [], max_round=9, allow_repeat_speaker=False)
    group.speaker_selection_method = lambda last, group: {"user": ann, "ann": bob}.get(last.name, "auto")
    manager = GroupChatManager(group, llm_config=server.llm_config(cache_seed=None), silent=True)
    running = Running(lambda: chat(way, group.agents[0], manager))
    wait_for(late.is_asked)
    manager.stop_chat(now=True)
    result = running.ended()
    assert result.stop_reason == "external stop"
    late.may_answer.set()
    chat(way, agent("other"), ann, message="What came out?", max_turns=1)
    sent = server.requests[-1]["messages"]
    assert sent[-1]["content"] == "What came out?"
    assert [message["role"] for message in ann.chat_messages[manager]] == ["user", "assistant", "tool"]


@both_ways
def test_only_the_nested_chat_ends_when_its_agent_stops_it(way: str, serve: Any, late: LateModel) -> None:
    ann, bob, dora = agent("ann"), agent("bob"), agent("dora")
    carl = agent("carl", llm_config=serve(late).llm_config(cache_seed=None))
    queue = [{"chat_id": 1, "recipient": carl, "sender": dora, "message": "a question", "silent": True}]
    bob.register_nested_chats(queue, trigger=ann, use_async=way == "async")
    running = Running(lambda: chat(way, ann, bob, max_turns=1))
    wait_for(late.is_asked)
    assert carl.stop_chat(now=True)
    result = running.ended()
    assert result.stop_reason == "max_turns"
    assert texts(result) == ["hi", "a question"]


@both_ways
def test_a_stop_of_the_chat_around_leads_out_of_a_chat_within_a_tool(way: str, serve: Any, late: LateModel) -> None:
    dora, carl = agent("dora"), agent("carl", llm_config=serve(late).llm_config(cache_seed=None))

    def ask() -> str:
        return str(dora.initiate_chat(carl, message="a question", max_turns=1, silent=True).summary)

    async def a_ask() -> str:
        return str((await dora.a_initiate_chat(carl, message="a question", max_turns=1, silent=True)).summary)

    ann, bob = agent("ann"), agent("bob", function_map={"ask": ask if way == "sync" else a_ask})
    calls = [{"id": "1", "type": "function", "function": {"name": "ask", "arguments": "{}"}}]
    running = Running(lambda: chat(way, ann, bob, message={"content": None, "tool_calls": calls}, max_turns=1))
    wait_for(late.is_asked)
    ann.stop_chat(now=True)
    result = running.ended()
    assert result.stop_reason == "external stop"
    assert len(result.chat_history) == 1


@both_ways
def test_a_summary_that_is_being_written_is_left_for_the_last_message(way: str, serve: Any, late: LateModel) -> None:
    ann = agent("ann", llm_config=serve(late).llm_config(cache_seed=None))
    running = Running(lambda: chat(way, ann, agent("bob"), max_turns=1, summary_method="reflection_with_llm"))
    wait_for(late.is_asked)
    assert ann.stop_chat(now=True)
    result = running.ended()
    assert (result.stop_reason, result.summary) == ("max_turns", "I am bob")


@both_ways
def test_a_chat_that_is_stopped_at_once_asks_no_model_for_a_summary(way: str, serve: Any, late: LateModel) -> None:
    server = serve(late)
    ann, bob = agent("ann"), agent("bob", llm_config=server.llm_config(cache_seed=None))
    running = Running(lambda: chat(way, ann, bob, max_turns=1, summary_method="reflection_with_llm"))
    wait_for(late.is_asked)
    ann.stop_chat(now=True)
    assert running.ended().summary == "hi"


@both_ways
def test_an_answer_in_the_wrong_form_is_paid_for_although_its_repair_was_left(
    way: str, serve: Any, late: LateModel
) -> None:
    server = serve("not JSON", late)
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    bob = agent("bob", llm_config=server.llm_config(cache_seed=None, response_format=schema))
    running = Running(lambda: chat(way, agent("ann"), bob, max_turns=1))
    wait_for(late.is_asked)
    bob.stop_chat(now=True)
    running.ended()
    assert bob.get_actual_usage()["mock-model"]["completion_tokens"] > 0


@both_ways
def test_a_late_answer_stands_in_the_journal_and_is_not_asked_for_again(
    way: str, serve: Any, late: LateModel, tmp_path: Any
) -> None:
    server = serve(late)
    bob = agent("bob", llm_config=server.llm_config(cache_seed=None))

    async def a_chat_and_wait() -> ChatResult:
        result = await agent("ann").a_initiate_chat(bob, message="hi", max_turns=1, silent=True)
        while not answered.is_set():
            await asyncio.sleep(0.001)
        return result

    def chat_and_wait() -> ChatResult:
        with journal(tmp_path / "run.jsonl"):
            if way == "async":
                return asyncio.run(a_chat_and_wait())
            result = chat(way, agent("ann"), bob, max_turns=1)
            wait_for(answered)
            return result

    with heard(events.ModelAnswered) as answered, heard(events.ChatEnded) as ended:
        running = Running(chat_and_wait)
        wait_for(late.is_asked)
        bob.stop_chat(now=True)
        wait_for(ended)
        late.may_answer.set()
        assert running.ended().stop_reason == "external stop"
    with journal(tmp_path / "run.jsonl"):
        assert texts(chat(way, agent("ann"), bob, max_turns=1)) == ["hi", "It took me a while."]
    assert len(server.requests) == 1


def test_streamed_text_that_comes_after_the_stop_is_not_shown(serve: Any, late: LateModel) -> None:
    bob = agent("bob", llm_config=serve(late).llm_config(cache_seed=None, stream=True))
    shown = CapturedIO()

    def work() -> Any:
        with IOStream.set_default(shown):
            return chat("sync", agent("ann"), bob, max_turns=1)

    with heard(events.ModelAnswered) as answered:
        running = Running(work)
        wait_for(late.is_asked)
        bob.stop_chat(now=True)
        running.ended()
        late.may_answer.set()
        wait_for(answered)
    assert "It took me" not in shown.text


def test_a_model_is_asked_in_a_thread_that_is_like_that_of_the_chat(serve: Any) -> None:
    variable = contextvars.ContextVar("variable", default="")
    seen: list[Any] = []

    def note(event: events.TextStreamed) -> None:
        thread: Any = threading.current_thread()
        seen.append((variable.get(), thread.of_a_front_end))

    def work() -> Any:
        thread: Any = threading.current_thread()
        thread.of_a_front_end = "its session"
        variable.set("its value")
        bob = agent("bob", llm_config=serve("Hello.").llm_config(cache_seed=None, stream=True))
        with events.listening(note, kinds=[events.TextStreamed]), IOStream.set_default(CapturedIO()):
            return chat("sync", agent("ann"), bob, max_turns=1)

    assert texts(Running(work).ended()) == ["hi", "Hello."]
    assert set(seen) == {("its value", "its session")}


def test_an_error_of_the_model_comes_out_as_if_it_had_been_asked_here() -> None:
    with pytest.raises(ZeroDivisionError):
        Running(lambda: steering.leave_if_stopped(lambda: 1 / 0)).ended()


# --- stop at once: a person ------------------------------------------------------------------------------------------


class SilentPerson(ConversableAgent):
    """A person that never answers."""

    def __init__(self, name: str) -> None:
        super().__init__(name, llm_config=False, human_input_mode="ALWAYS")
        self.is_asked = threading.Event()
        self.leaves = threading.Event()

    def get_human_input(self, prompt: str) -> str:
        self.is_asked.set()
        self.leaves.wait()
        return "too late"

    async def a_get_human_input(self, prompt: str) -> str:
        self.is_asked.set()
        await asyncio.Event().wait()
        return "never"


@both_ways
def test_a_person_who_never_answers_is_left(way: str) -> None:
    ann, person = agent("ann"), SilentPerson("person")
    running = Running(lambda: chat(way, ann, person))
    wait_for(person.is_asked)
    assert ann.stop_chat(now=True)
    result = running.ended()
    person.leaves.set()
    assert (result.stop_reason, texts(result), result.human_input) == ("external stop", ["hi"], [])


class SilentIO(CapturedIO):
    """A console at which nobody sits."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked = threading.Event()
        self.leaves = threading.Event()

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        self.is_asked.set()
        self.leaves.wait()
        return "too late"


def test_what_a_person_types_after_the_stop_is_not_taken_for_an_answer_of_the_next_chat() -> None:
    io = SilentIO()
    ann, bob = agent("ann"), agent("bob", human_input_mode="ALWAYS")

    def work() -> Any:
        with IOStream.set_default(io):
            return chat("sync", ann, bob)

    running = Running(work)
    wait_for(io.is_asked)
    bob.stop_chat(now=True)
    running.ended()
    io.leaves.set()
    bob.human_input_mode = "NEVER"
    assert chat("sync", bob, ann, max_turns=1).human_input == []


def test_a_person_who_selects_speakers_is_left() -> None:
    io = SilentIO()
    group = GroupChat([agent("ann"), agent("bob"), agent("carl")], [], speaker_selection_method="manual")
    manager = GroupChatManager(group, llm_config=False, silent=True)

    def work() -> Any:
        with IOStream.set_default(io):
            return chat("sync", group.agents[0], manager)

    running = Running(work)
    wait_for(io.is_asked)
    manager.stop_chat(now=True)
    assert running.ended().stop_reason == "external stop"
    io.leaves.set()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals reach threads on POSIX only")
@pytest.mark.usefixtures("ctrl_c_counts")
def test_a_person_at_the_main_thread_is_left() -> None:
    ann, person = agent("ann"), SilentPerson("person")
    stopper = Running(lambda: (wait_for(person.is_asked), ann.stop_chat(now=True)))
    assert chat("sync", ann, person).stop_reason == "external stop"
    assert stopper.ended()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals reach threads on POSIX only")
@pytest.mark.usefixtures("ctrl_c_counts")
def test_a_person_at_the_main_thread_may_be_asked_by_a_function_that_swallows_the_signal() -> None:
    ann, person = agent("ann"), agent("person", human_input_mode="ALWAYS")
    is_asked = threading.Event()

    def ask(prompt: str) -> str:
        is_asked.set()
        with suppress(KeyboardInterrupt):
            threading.Event().wait(60)
        return "exit"

    person.get_human_input = ask  # type: ignore[method-assign]
    stopper = Running(lambda: (wait_for(is_asked), ann.stop_chat(now=True)))
    assert chat("sync", ann, person).stop_reason == "external stop"
    assert stopper.ended()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals reach threads on POSIX only")
@pytest.mark.usefixtures("ctrl_c_counts")
@both_ways
def test_a_person_at_a_console_that_blocks_the_main_thread_is_left(way: str) -> None:
    io = SilentIO()
    ann, person = agent("ann"), agent("person", human_input_mode="ALWAYS")
    stopper = Running(lambda: (wait_for(io.is_asked), ann.stop_chat(now=True)))
    with IOStream.set_default(io):
        assert chat(way, ann, person).stop_reason == "external stop"
    assert stopper.ended()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_person_is_asked_in_a_thread_that_some_program_has_changed() -> None:
    person = agent("person", human_input_mode="ALWAYS")
    person.get_human_input = lambda prompt: "exit"  # type: ignore[method-assign]

    def work() -> Any:
        threading.current_thread().run = lambda: None  # type: ignore[method-assign]
        return chat("sync", agent("ann"), person)

    assert Running(work).ended().stop_reason == "person"


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals reach threads on POSIX only")
@pytest.mark.usefixtures("ctrl_c_counts")
def test_ctrl_c_at_a_question_in_the_main_thread_stays_what_it_is() -> None:
    ann, person = agent("ann"), SilentPerson("person")
    with ctrl_c_after(person.is_asked), pytest.raises(KeyboardInterrupt):
        chat("sync", ann, person)
    assert running_chats.current() is None


def test_a_person_is_asked_in_the_thread_whose_event_loop_their_question_needs() -> None:
    asked_in: list[threading.Thread] = []
    person = agent("person", human_input_mode="ALWAYS")

    def ask(prompt: str) -> str:
        asked_in.append(threading.current_thread())
        return asyncio.get_event_loop().run_until_complete(asyncio.sleep(0, "exit"))

    person.get_human_input = ask  # type: ignore[method-assign]
    threads: list[threading.Thread] = []

    def work() -> Any:
        threads.append(threading.current_thread())
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return chat("sync", agent("ann"), person)
        finally:
            loop.close()

    assert Running(work).ended().stop_reason == "person"
    assert asked_in == threads


@both_ways
def test_a_tool_that_runs_is_waited_for(way: str) -> None:
    runs, may_end = threading.Event(), threading.Event()

    def work() -> str:
        runs.set()
        assert may_end.wait(SECONDS)
        return "done"

    bob = agent("bob", function_map={"work": work})
    calls = [{"id": "1", "type": "function", "function": {"name": "work", "arguments": "{}"}}]
    running = Running(lambda: chat(way, agent("ann"), bob, message={"content": None, "tool_calls": calls}, max_turns=3))
    wait_for(runs)
    bob.stop_chat(now=True)
    assert running.goes_on
    may_end.set()
    result = running.ended()
    assert result.stop_reason == "external stop"
    assert result.chat_history[-1]["content"] == "done"


def test_an_errand_keeps_nothing_under_a_name_that_threads_of_python_use() -> None:
    own = {step.argval for step in dis.get_instructions(steering.Errand.__init__) if step.opname == "STORE_ATTR"}
    assert own
    assert own.isdisjoint(dir(threading.Thread()))
