"""`run` and its relatives: a chat whose events somebody reads, now, later or never."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from agent_kit import agent, both_ways

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.group import ContextVariables, ReplyResult
from autogen_classic.events.agent_events import InputRequestEvent, TerminationEvent, TextEvent
from autogen_classic.io import IOStream
from autogen_classic.io.run_response import Cost
from autogen_classic.testing import MockOpenAIServer, error, tool_call

TOOL_ROUND = [tool_call("add", a=1, b=2), "3 TERMINATE"]


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def bot(server: MockOpenAIServer, **settings: Any) -> AssistantAgent:
    return AssistantAgent("bot", llm_config={**server.llm_config(), "cache_seed": None}, **settings)


def contents_of(way: str, agent: ConversableAgent, **settings: Any) -> list[Any]:
    """What is said in a run, one way or the other."""
    if way == "sync":
        return [message["content"] for message in agent.run(**settings).messages]

    async def run() -> list[Any]:
        return [message["content"] for message in await (await agent.a_run(**settings)).messages]

    return asyncio.run(run())


def types_of(events: Any) -> list[str]:
    return [event.type for event in events]


def run_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "autogen_classic run"]


def wait_for_the_threads() -> None:
    for thread in run_threads():
        thread.join(timeout=10)


# --- a run in a thread -----------------------------------------------------------------------------------------------


def test_the_events_of_a_run_come_in_order_and_end_with_its_completion():
    with MockOpenAIServer(TOOL_ROUND) as server:
        response = bot(server).run(message="1 + 2?", tools=[add], max_turns=4)
        events = list(response.events)
    assert types_of(events) == [
        *("text", "tool_call", "execute_function", "executed_function", "tool_response"),
        *("text", "termination", "run_completion"),
    ]
    assert events[2].content.arguments == {"a": 1, "b": 2}
    assert events[2].content.call_id == events[1].content.tool_calls[0].id
    assert (events[3].content.content, events[3].content.is_exec_success) == ("3", True)
    assert events[-2].content.termination_reason == "Termination message condition on agent 'user' met"
    assert list(response.events) == []


def test_a_run_shows_the_agents_that_the_program_made():
    with MockOpenAIServer(["Hello TERMINATE", "Hello you"]) as server:
        ann, eve = bot(server), ConversableAgent("eve", llm_config=False, human_input_mode="NEVER")
        alone, together = ann.run(message="Hi", max_turns=1), eve.run(ann, message="Hi", max_turns=1)
        for response in (alone, together):
            response.process()
    assert alone.agents == [ann]
    assert together.agents == [eve, ann]


def test_what_came_out_of_a_run_is_there_when_nobody_looked_at_its_events():
    with MockOpenAIServer(["Hello TERMINATE"]) as server:
        response = bot(server).run(message="Hi", max_turns=2)
        assert response.summary == "Hello "
    assert [message["content"] for message in response.messages] == ["Hi", "Hello TERMINATE"]
    assert response.last_speaker == "bot"
    assert isinstance(response.cost, Cost)
    assert response.cost.usage_including_cached_inference.models["mock-model"].total_tokens > 0
    assert response.context_variables is None
    assert types_of(response.events)[-1] == "run_completion"


def test_a_run_that_is_being_read_does_not_wait_for_itself():
    with MockOpenAIServer(["Hello TERMINATE"]) as server:
        response = bot(server).run(message="Hi", max_turns=2)
        summaries = [response.summary for _ in response.events]
    assert summaries[-1] == "Hello "


def test_a_run_goes_on_after_its_loop_was_left():
    with MockOpenAIServer(["Hello TERMINATE"]) as server:
        response = bot(server).run(message="Hi", max_turns=2)
        for _ in response.events:
            break
        assert response.summary == "Hello "
    assert types_of(response.events) == ["text", "termination", "run_completion"]


def test_a_person_answers_by_the_event_that_asks():
    with MockOpenAIServer(["one", "two"]) as server:
        response = bot(server).run(message="Hi", user_input=True, max_turns=3)
        answers = iter(["go on", "exit"])
        for event in response.events:
            if isinstance(event, InputRequestEvent):
                event.content.respond(next(answers))
    assert [message["content"] for message in response.messages] == ["Hi", "one", "go on", "two"]


def test_the_first_message_is_asked_for_when_there_is_none():
    with MockOpenAIServer(["Hello"]) as server:
        response = bot(server).run(max_turns=1)
        prompts = []
        for event in response.events:
            if event.type == "input_request":
                prompts.append(event.content.prompt)
                event.content.respond("from the person")
    assert prompts == [">"]
    assert response.messages[0]["content"] == "from the person"


def test_whoever_waits_for_a_run_that_asks_a_person_is_told_nothing_yet():
    with MockOpenAIServer(["one"]) as server:
        response = bot(server).run(message="Hi", user_input=True, max_turns=2)
        assert response.summary is None
        for event in response.events:
            if event.type == "input_request":
                event.content.respond("exit")
        assert response.summary == "one"


def test_the_thread_of_a_run_that_asks_ends_when_nobody_holds_the_run(caplog):
    with MockOpenAIServer(["one"]) as server:
        response = bot(server).run(message="Hi", user_input=True, max_turns=2)
        assert response.summary is None
        del response
        gc.collect()
        wait_for_the_threads()
    assert run_threads() == []


def test_an_error_is_the_last_event_and_then_raised():
    with MockOpenAIServer([error(400)]) as server:
        response = bot(server).run(message="Hi", max_turns=1)
        events = response.events
        seen = [next(events), next(events)]
        with pytest.raises(Exception, match="400"):
            next(events)
    assert types_of(seen) == ["text", "error"]
    assert "400" in seen[-1].model_dump_json()
    assert response.summary is None


def test_an_error_of_a_run_that_was_left_alone_is_raised_by_the_first_question_about_it():
    with MockOpenAIServer([error(400)]) as server:
        response = bot(server).run(message="Hi", max_turns=1)
        with pytest.raises(Exception, match="400"):
            _ = response.summary


def test_an_error_that_nobody_asked_about_is_logged(caplog):
    with MockOpenAIServer([error(400)]) as server:
        response = bot(server).run(message="Hi", max_turns=1)
        wait_for_the_threads()
        del response
        gc.collect()
    assert "A run that nobody looked at has failed" in caplog.text


def test_tools_of_a_run_are_forgotten_after_it():
    with MockOpenAIServer(TOOL_ROUND) as server:
        agent_with_a_tool = bot(server)
        agent_with_a_tool.run(message="1 + 2?", tools=add, max_turns=4).process(_Nothing())
        assert server.requests[0]["tools"]
    assert not agent_with_a_tool.llm_config.get("tools")
    assert agent_with_a_tool.function_map == {}


def test_tools_that_the_agent_knows_can_be_given_to_a_run_without_a_warning():
    with MockOpenAIServer(TOOL_ROUND) as server:
        counter = bot(server, functions=[add])
        said = contents_of("sync", counter, message="1 + 2?", max_turns=3, tools=counter.tools)
    assert said[2] == "3"
    assert [tool.name for tool in counter.tools] == ["add"]


class _Nothing:
    def process(self, response: Any) -> None:
        for _ in response.events:
            pass


@both_ways
@pytest.mark.parametrize("settings", [{}, {"executor_kwargs": {"name": "hands"}}])
def test_the_user_of_a_run_runs_what_the_model_of_the_agent_may_call(way: str, settings: dict[str, Any]) -> None:
    with MockOpenAIServer(TOOL_ROUND) as server:
        counter = bot(server, functions=[add])
        assert contents_of(way, counter, message="1 + 2?", max_turns=3, **settings)[2] == "3"


def test_the_user_of_a_stepped_run_runs_what_was_registered_with_the_agent():
    with MockOpenAIServer([*TOOL_ROUND, *TOOL_ROUND]) as server:
        counter = bot(server)
        counter.register_for_llm()(add)
        for clear_history in (True, False):
            run = counter.run_iter(message="1 + 2?", max_turns=3, clear_history=clear_history)
            assert "tool_response" in types_of(run)
            assert [message["content"] for message in run.messages][-2:] == ["3", "3 TERMINATE"]


@both_ways
def test_a_tool_of_a_run_reads_and_changes_the_variables_of_the_agent(way: str) -> None:
    def count(context_variables: ContextVariables) -> ReplyResult:
        """Count."""
        number = context_variables["count"] + 1
        return ReplyResult(message=f"This is number {number}.", context_variables={"count": number})

    with MockOpenAIServer([tool_call("count"), tool_call("count"), "done TERMINATE"]) as server:
        counter = bot(server, functions=[count], context_variables={"count": 1})
        said = contents_of(way, counter, message="Count.", max_turns=4)
    assert (said[2], said[4]) == ("This is number 2.", "This is number 3.")
    assert counter.context_variables["count"] == 3


def test_the_user_of_a_run_leaves_the_tools_of_the_reader_to_the_reader():
    with MockOpenAIServer(TOOL_ROUND) as server:
        counter = bot(server)
        counter.set_ui_tools([add])
        assert contents_of("sync", counter, message="1 + 2?", max_turns=3)[2] == "Error: Function add not found."


def test_the_user_runs_code_when_it_may(tmp_path):
    code = "```python\nprint(6 * 7)\n```"
    settings = {"code_execution_config": {"work_dir": str(tmp_path), "use_docker": False}}
    with MockOpenAIServer([code, "TERMINATE"]) as server:
        response = bot(server).run(message="6 * 7?", executor_kwargs=settings, max_turns=3)
        events = list(response.events)
    block = next(event for event in events if event.type == "execute_code_block")
    assert (block.content.code, block.content.language) == ("print(6 * 7)", "python")
    assert "42" in response.messages[2]["content"]


def test_bad_settings_are_refused_before_the_run_starts():
    with pytest.raises(ValueError, match='"agent" or "user"'):
        agent("a").run(message="Hi", msg_to="nobody")
    with pytest.raises(TypeError, match="no_such_setting"):
        agent("a").run(message="Hi", executor_kwargs={"no_such_setting": 1})
    assert run_threads() == []


def test_the_agent_speaks_first_to_the_user():
    speaker = agent("speaker")
    response = speaker.run(message="Hi", msg_to="user", max_turns=1)
    assert [(event.content.sender, event.content.content) for event in response.events if event.type == "text"] == [
        ("speaker", "Hi"),
        ("user", ""),
    ]


def test_a_second_run_goes_on_where_the_first_ended():
    listener = agent("listener")
    listener.run(message="one", max_turns=1).process(_Nothing())
    user = listener.run_executor
    second = listener.run(message="two", max_turns=1, clear_history=False)
    assert [message["content"] for message in second.messages] == ["one", "I am listener", "two", "I am listener"]
    assert listener.run_executor is user


def test_a_run_with_a_recipient_is_a_chat_with_it():
    response = agent("a").run(agent("b"), message="Hi", max_turns=2)
    assert [event.content.sender for event in response.events if isinstance(event, TextEvent)] == ["a", "b", "a", "b"]
    assert response.last_speaker == "b"


def test_process_prints_what_a_terminal_shows(capsys):
    agent("a").run(agent("b"), message="Hi", max_turns=1).process()
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert lines[:5] == ["a (to b):", "Hi", "-" * 80, "b (to a):", "I am b"]
    assert lines[-1].endswith("Maximum turns (1) reached")


def test_a_run_sees_the_context_variables_of_its_caller():
    heard = []

    class Stream:
        def print(self, *objects: Any, **settings: Any) -> None:
            heard.append(objects)

        def input(self, prompt: str = "", *, password: bool = False) -> str:
            return "exit"

    with IOStream.set_default(Stream()):
        agent("a").run(agent("b"), message="Hi", max_turns=1).process(_Nothing())
    assert heard == []  # a run prints nothing by itself


def test_the_choice_of_a_speaker_is_asked_for_by_events():
    members = [agent("one"), agent("two"), agent("three")]
    group = GroupChat(members, [], max_round=3, speaker_selection_method="manual")
    response = members[0].run(GroupChatManager(group, llm_config=False), message="Hi")
    answers = iter(["7", "2", ""])
    types = []
    for event in response.events:
        types.append(event.type)
        if event.type == "input_request":
            event.content.respond(next(answers))
    assert types == [
        *("text", "select_speaker", "input_request", "select_speaker_invalid_input", "input_request"),
        *("group_chat_run_chat", "text", "select_speaker", "input_request", "group_chat_run_chat", "text"),
        *("termination", "run_completion"),
    ]
    assert response.last_speaker == "three"


@pytest.fixture
def ctrl_c_counts() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Pressed:
    """An agent's reply number 3, during which somebody presses Ctrl-C, and which waits until that is heeded."""

    def __init__(self) -> None:
        self.heeded = threading.Event()

    def __call__(self, recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
        if len(messages) == 3:
            while not self.heeded.wait(0.05):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return False, None


@pytest.mark.parametrize("by", ["events", "process", "processor"])
def test_ctrl_c_stops_the_chat_of_a_run(by: str, ctrl_c_counts: None) -> None:
    pressed = Pressed()
    endless = {"max_consecutive_auto_reply": 10**9}
    a, b = agent("a", **endless), agent("b", **endless)
    b.register_reply([ConversableAgent, None], pressed)
    response = a.run(b, message="Hi")

    class Reader:
        def process(self, response: Any) -> None:
            for _ in response.events:
                while len(a.chat_messages[b]) > 2:  # it is interrupted between two events
                    pressed.heeded.wait(0.05)

    read = {"events": Silent().process, "process": lambda _: response.process(Silent())}
    with pytest.raises(KeyboardInterrupt):
        read.get(by, lambda _: response.process(Reader()))(response)
    pressed.heeded.set()
    wait_for_the_threads()
    assert not run_threads()
    assert len(response.messages) <= 4


class Silent:
    """Reads events and shows nothing."""

    def process(self, response: Any) -> None:
        for _ in response.events:
            pass


def test_chats_of_a_queue_run_one_after_the_other_and_carry_over():
    first, second = agent("first"), agent("second")
    responses = agent("opener").sequential_run(
        [
            {"recipient": first, "message": "one", "max_turns": 1},
            {"recipient": second, "message": "two", "max_turns": 1},
        ]
    )
    assert [response.summary for response in responses] == ["I am first", "I am second"]
    assert responses[1].messages[0]["content"] == "two\nContext: \nI am first"
    assert types_of(responses[1].events) == [
        *("post_carryover_processing", "text", "text", "termination", "run_completion"),
    ]


def test_an_error_in_a_queue_ends_all_later_runs():
    def fail(*_: Any) -> str:
        raise ZeroDivisionError("no message")

    opener, partner = agent("opener"), agent("partner")
    responses = opener.sequential_run(
        [{"recipient": partner, "message": fail, "max_turns": 1}, {"recipient": partner, "message": "two"}]
    )
    for response in responses:
        with pytest.raises(ZeroDivisionError):
            _ = response.summary


# --- a run in an event loop ------------------------------------------------------------------------------------------


def test_an_asynchronous_run_goes_on_by_itself_and_its_parts_are_awaited():
    async def main() -> None:
        with MockOpenAIServer(TOOL_ROUND) as server:
            response = await bot(server).a_run(message="1 + 2?", tools=[add], max_turns=4)
            assert await response.summary == "3 "
            assert await response.last_speaker == "bot"
            assert (await response.cost).usage_excluding_cached_inference.total_cost == 0
            assert len(await response.messages) == 4
            types = [event.type async for event in response.events]
        assert types[:3] == ["text", "tool_call", "execute_function"]
        assert types[-1] == "run_completion"

    asyncio.run(main())


def test_a_person_answers_in_an_event_loop():
    async def main() -> None:
        with MockOpenAIServer(["one", "two"]) as server:
            response = await bot(server).a_run(message="Hi", user_input=True, max_turns=3)
            assert await response.summary is None
            answers = iter(["go on", "exit"])
            async for event in response.events:
                if event.type == "input_request":
                    await event.content.respond(next(answers))
            said = [message["content"] for message in await response.messages]
        assert said == ["Hi", "one", "go on", "two"]

    asyncio.run(main())


def test_what_came_out_of_an_asynchronous_run_is_awaited_after_its_loop_was_left():
    async def main() -> None:
        may_answer = asyncio.Event()

        async def wait(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
            await may_answer.wait()
            return False, None

        b = agent("b")
        b.register_reply([ConversableAgent, None], wait)
        response = await agent("a").a_run(b, message="Hi", max_turns=2)
        async for _ in response.events:
            assert await response.summary is None
            break
        asyncio.get_running_loop().call_soon(may_answer.set)
        assert await response.summary == "I am b"
        assert len(await response.messages) == 4

    asyncio.run(main())


def test_the_choice_of_a_speaker_is_asked_for_by_events_in_an_event_loop():
    async def main() -> None:
        members = [agent("one"), agent("two"), agent("three")]
        group = GroupChat(members, [], max_round=3, speaker_selection_method="manual")
        response = await members[0].a_run(GroupChatManager(group, llm_config=False), message="Hi")
        answers = iter(["7", "2", ""])
        types = []
        async for event in response.events:
            types.append(event.type)
            if event.type == "input_request":
                await event.content.respond(next(answers))
        assert types.count("input_request") == 3
        assert await response.last_speaker == "three"

    asyncio.run(main())


def test_an_error_is_raised_in_the_event_loop():
    async def main() -> None:
        with MockOpenAIServer([error(400)]) as server:
            response = await bot(server).a_run(message="Hi", max_turns=1)
            with pytest.raises(Exception, match="400"):
                async for _ in response.events:
                    pass

    asyncio.run(main())


def test_an_asynchronous_run_is_processed_at_the_console(capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: "exit")

    async def main() -> None:
        response = await agent("a", human_input_mode="ALWAYS").a_run(agent("b"), message="Hi")
        await response.process()

    asyncio.run(main())
    assert "b (to a):" in capsys.readouterr().out


def test_chats_of_a_queue_run_in_an_event_loop():
    async def main() -> list[str | None]:
        first, second = agent("first"), agent("second")
        queue = [{"recipient": one, "message": "Hi", "max_turns": 1} for one in (first, second)]
        responses = await agent("opener").a_sequential_run(queue)
        return [await response.summary for response in responses]

    assert asyncio.run(main()) == ["I am first", "I am second"]


# --- a run that stands still between its events ----------------------------------------------------------------------


def test_a_chat_stands_still_at_each_event():
    with MockOpenAIServer(["one", "two"]) as server:
        run = bot(server).run_iter(message="Hi", max_turns=2)
        requests = [(event.type, len(server.requests)) for event in run]
    assert requests == [("text", 0), ("text", 1), ("text", 1), ("text", 2), ("termination", 2)]
    assert (run.summary, run.last_speaker) == ("two", "bot")
    assert len(run.messages) == 4
    assert list(run) == []


def test_only_wanted_events_come_out():
    run = agent("a").run_iter(agent("b"), message="Hi", max_turns=1, yield_on=[TerminationEvent])
    assert types_of(run) == ["termination"]


def test_leaving_the_loop_ends_the_chat():
    a, b = agent("a"), agent("b")
    run = a.run_iter(b, message="Hi", max_turns=5)
    for event in run:
        if event.content.sender == "b":
            break
    assert len(run.messages) == 2
    assert run.summary == ""
    assert not a._classic_running_chats


def test_an_answer_is_given_before_the_question_is_asked():
    run = agent("a", human_input_mode="ALWAYS").run_iter(agent("b"), message="Hi")
    for event in run:
        if event.type == "input_request":
            event.content.respond("exit")
    assert len(run.messages) == 2


def test_a_question_without_an_answer_goes_to_the_console(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: "exit")
    run = agent("a", human_input_mode="ALWAYS").run_iter(agent("b"), message="Hi")
    assert "input_request" in types_of(run)
    assert len(run.messages) == 2


def test_an_error_of_a_stepped_run_is_raised_by_the_loop():
    with MockOpenAIServer([error(400)]) as server:
        run = bot(server).run_iter(message="Hi", max_turns=1)
        with pytest.raises(Exception, match="400"):
            list(run)


def test_a_stepped_run_in_an_event_loop():
    async def main() -> None:
        person = agent("a", human_input_mode="ALWAYS")
        run = person.a_run_iter(agent("b"), message="Hi", yield_on=[InputRequestEvent, TextEvent])
        types = []
        async for event in run:
            types.append(event.type)
            if event.type == "input_request":
                await event.content.respond("exit")
        assert types == ["text", "text", "input_request"]
        assert run.summary == "I am b"

    asyncio.run(main())


def test_tools_are_forgotten_when_a_stepped_run_is_left():
    with MockOpenAIServer(TOOL_ROUND) as server:
        caller = bot(server)
        for _ in caller.run_iter(message="1 + 2?", tools=[add], max_turns=4):
            assert caller.function_map.keys() == {"add"}
            break
    assert caller.function_map == {}


# --- tools of the reader ---------------------------------------------------------------------------------------------


def test_tools_of_the_reader_are_shown_to_the_model_and_taken_back():
    with MockOpenAIServer(["TERMINATE"]) as server:
        shown = bot(server)
        shown.set_ui_tools([add])
        shown.run(message="Hi", max_turns=1).process(_Nothing())
        shown.unset_ui_tools([add])
        assert [tool["function"]["name"] for tool in server.requests[0]["tools"]] == ["add"]
    assert not shown.llm_config.get("tools")
    assert isinstance(shown, ConversableAgent)


# --- asking elsewhere ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["sync", "async", "awaited"])
def test_a_person_is_asked_at_the_stream_that_is_given(way: str):
    class Elsewhere:
        def input(self, prompt: str = "", *, password: bool = False) -> str:
            return "from elsewhere"

    class Awaited:
        async def input(self, prompt: str = "", *, password: bool = False) -> str:
            return "from elsewhere"

    person, partner = agent("person", human_input_mode="ALWAYS"), agent("partner")
    said = [{"role": "user", "content": "Hi"}]
    if way == "sync":
        outcome = person.check_termination_and_human_reply(said, partner, iostream=Elsewhere())
    else:
        stream = Elsewhere() if way == "async" else Awaited()
        outcome = asyncio.run(person.a_check_termination_and_human_reply(said, partner, iostream=stream))
    assert outcome == (True, {"role": "user", "content": "from elsewhere"})


def test_events_that_are_asked_for_again_after_the_last_one_are_over():
    run = agent("ann").run(agent("bob"), message="hi", max_turns=1)
    for event in run.events:
        if event.type == "run_completion":
            break
    assert list(run.events) == []
    run.process()
