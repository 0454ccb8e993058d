"""What is finished is on disk before the next step, and comes from there in the next run."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from agent_kit import agent, both_ways, chat
from journal_kit import Pair, Stopped, answer, lines_of

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, events
from autogen_classic._core.drive import Call, drive
from autogen_classic._core.tape import request_steps
from autogen_classic.cli import main
from autogen_classic.coding import CodeResult, MarkdownCodeExtractor
from autogen_classic.compat import uninstall_as_autogen
from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.replay import CassetteError, record, replay, times
from autogen_classic.replay._turns import Shortener
from autogen_classic.state import InterruptedStepError, JournalError, journal
from autogen_classic.testing import MockOpenAIServer, ScriptedClient, error

SCHEMA = json.loads((files("autogen_classic.replay") / "cassette.schema.json").read_text(encoding="utf-8"))
KEY = "sk-planted-in-the-configuration-0123456789"


def stop(*_: Any) -> Any:
    raise Stopped


def kinds() -> list[str]:
    return [line["kind"] for line in lines_of()]


# --- going on


@both_ways
def test_a_run_that_is_over_asks_and_does_nothing_again(way: str) -> None:
    first, second = Pair(), Pair(add=stop, reply=stop)
    with journal("run.jsonl"):
        before = first.talk(way)
    with journal("run.jsonl"):
        after = second.talk(way)
    assert (second.histories(), second.sums) == (first.histories(), [])
    assert (after.cost, after.summary, after.human_input) == (before.cost, before.summary, before.human_input)
    assert before.cost["usage_including_cached_inference"]["total_cost"] > 0


@both_ways
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_run_that_was_stopped_asks_only_for_what_is_missing(way: str, number: int) -> None:
    whole = Pair()
    whole.talk(way)
    requests = []

    def stop_at_the_request(request: Any) -> Any:
        requests.append(request)
        return stop() if len(requests) == number else answer(request)

    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(reply=stop_at_the_request).talk(way)
    rest = Pair()
    with journal("run.jsonl"):
        rest.talk(way)
    assert rest.histories() == whole.histories()
    assert len(rest.client.requests) == 3 - (number - 1)
    assert rest.sums == ([(1, 2)] if number == 1 else [])


@both_ways
def test_everything_is_on_disk_before_the_next_step(way: str) -> None:
    seen: dict[str, list[str]] = {}

    def look(request: Any) -> Any:
        seen[f"request {len(seen)}"] = kinds()
        return answer(request)

    def add(x: int, y: int) -> int:
        seen["tool"] = kinds()
        return x + y

    pair = Pair(add, look)
    with journal("run.jsonl"):
        pair.talk(way, max_turns=2)
    assert seen == {
        "request 0": ["run", "message"],
        "tool": ["run", "message", "model", "message", "started"],
        "request 2": ["run", "message", "model", "message", "started", "tool", "message"],
    }
    assert kinds() == [*seen["request 2"], "model", "message"]


def test_a_message_costs_one_write_and_one_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = agent("ann"), agent("bob")
    counts = {"write": 0, "fsync": 0}

    def counted(name: str, real: Any) -> Any:
        def call(*args: Any) -> Any:
            counts[name] += 1
            return real(*args)

        return call

    for name in counts:
        monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
    with journal("run.jsonl"):
        before = dict(counts)
        chat("sync", ann, bob, max_turns=10)
        assert {name: counts[name] - before[name] for name in counts} == {"write": 20, "fsync": 20}
    with journal("run.jsonl"):
        before = dict(counts)
        chat("sync", ann, bob, max_turns=10)
        assert counts == before


def test_the_lines_follow_the_published_schema_and_hold_no_key() -> None:
    pair = Pair()
    with MockOpenAIServer(["Fine."]) as server, journal("run.jsonl"):
        pair.talk("sync")
        config = {"config_list": [server.config(api_key=KEY)], "cache_seed": None}
        assistant = AssistantAgent("other", llm_config=config)
        pair.user.initiate_chat(assistant, message=f"My key is {KEY}.", max_turns=1, silent=True)
    text = Path("run.jsonl").read_text(encoding="utf-8")
    assert KEY not in text
    head, *lines = map(json.loads, text.splitlines())
    for name, values in (("journal_head", [head]), ("journal_line", lines)):
        schema = {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{name}"}
        validator = jsonschema.Draft202012Validator(schema)
        for value in values:
            validator.validate(value)
    assert {line["kind"] for line in lines} == {"run", "message", "model", "started", "tool"}


@both_ways
def test_a_message_of_a_group_is_kept_once(way: str) -> None:
    members = [agent("ann"), agent("bob"), agent("eve")]
    group = GroupChat(members, messages=[], max_round=4, speaker_selection_method="round_robin")
    with journal("run.jsonl"):
        chat(way, members[0], GroupChatManager(group, llm_config=False))
    assert [line["agent"] for line in lines_of() if line["kind"] == "message"] == ["ann", "bob", "eve", "ann"]


def test_people_are_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def talk() -> Any:
        return chat("sync", agent("ann", human_input_mode="ALWAYS"), agent("bob"))

    monkeypatch.setattr(sys, "stdin", io.StringIO("go on\n"))
    with pytest.raises(EOFError), journal("run.jsonl"):
        talk()
    monkeypatch.setattr(sys, "stdin", io.StringIO("exit\n"))
    with journal("run.jsonl"):
        result = talk()
    assert result.human_input == ["go on", "exit"]
    assert [line["answer"] for line in lines_of() if line["kind"] == "person"] == ["go on", "exit"]


@both_ways
def test_chats_that_run_side_by_side_go_on(way: str) -> None:
    """The one that is asked first may be the one that was cut."""

    def talk(reply: Any) -> tuple[Any, ScriptedClient]:
        client = ScriptedClient(default=reply)
        shared = AssistantAgent("shared", llm_config=client.llm_config())
        users = [agent("ann"), agent("bob")]

        async def together() -> Any:
            chats = [one.a_initiate_chat(shared, message=one.name, max_turns=1, silent=True) for one in users]
            return await asyncio.gather(*chats)

        if way == "async":
            results = asyncio.run(together())
        else:
            results = [one.initiate_chat(shared, message=one.name, max_turns=1, silent=True) for one in users]
        return [result.chat_history for result in results], client

    whole, _ = talk(answer)
    cut = "ann" if way == "async" else "bob"
    with pytest.raises(Stopped), journal("run.jsonl"):
        talk(lambda request: stop() if request.last_text == cut else answer(request))
    with journal("run.jsonl"):
        again, client = talk(answer)
    assert again == whole
    assert len(client.requests) in (1, 2)  # the other one may not have been answered yet


@both_ways
def test_an_answer_of_the_second_configuration_needs_no_first_one(way: str) -> None:
    with MockOpenAIServer([error(400)], default="no") as first, MockOpenAIServer(["yes", "again"]) as second:
        config = {"config_list": [first.config(), second.config()], "cache_seed": None}

        def talk(message: str) -> Any:
            assistant = AssistantAgent("assistant", llm_config=config)
            return chat(way, agent("user"), assistant, message=message, max_turns=1).chat_history[-1]["content"]

        with journal("run.jsonl"):
            assert talk("hi") == "yes"
        with journal("run.jsonl"):
            assert talk("hi") == "yes"
        assert (len(first.requests), len(second.requests)) == (1, 1)


@both_ways
def test_a_request_that_nobody_answered_is_sent_again(way: str) -> None:
    with MockOpenAIServer([error(400), error(400), "now"]) as server:
        config = {"config_list": [server.config(), server.config()], "cache_seed": None}

        def talk() -> Any:
            assistant = AssistantAgent("assistant", llm_config=config)
            return chat(way, agent("user"), assistant, max_turns=1).chat_history[-1]["content"]

        with pytest.raises(Exception, match="400"), journal("run.jsonl"):
            talk()
        with journal("run.jsonl"):
            assert talk() == "now"
    assert kinds().count("model") == 1


@both_ways
def test_an_error_of_a_tool_is_its_answer(way: str) -> None:
    def fail(x: int, y: int) -> int:
        raise LookupError("no such number")

    pair, again = Pair(fail), Pair()
    with journal("run.jsonl"):
        pair.talk(way)
    with journal("run.jsonl"):
        again.talk(way)
    assert again.histories() == pair.histories()
    assert (pair.sums, again.sums) == ([(1, 2)], [])


# --- a tool that was running


@both_ways
def test_a_tool_that_was_running_is_named_and_does_not_run_again_by_itself(way: str) -> None:
    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(stop).talk(way)
    pair = Pair()
    with journal("run.jsonl"):
        for _ in range(2):  # a program that tries again does not get round it
            with pytest.raises(InterruptedStepError, match=r"The tool add\(x=1, y=2\) of user was running") as caught:
                pair.talk(way)
    assert caught.value.name == "add"
    assert pair.sums == []


@both_ways
def test_a_question_that_nobody_can_answer_is_no_answer_of_the_tool(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(stop).talk(way)
    before = kinds()
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with journal("run.jsonl", interrupted="ask"), pytest.raises(InterruptedStepError, match="was running"):
        Pair().talk(way)
    assert kinds() == [*before, "run"]


@both_ways
@pytest.mark.parametrize("interrupted", ["rerun", {"add": "rerun"}, {"*": "rerun", "code": "fail"}])
def test_a_tool_that_may_run_again_does(way: str, interrupted: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(stop).talk(way)
    pair, whole, again = Pair(), Pair(), Pair()
    with journal("run.jsonl", interrupted=interrupted):
        pair.talk(way)
    assert "The tool add(x=1, y=2) of user was running when the program was stopped" in caplog.text
    assert pair.sums == [(1, 2)]
    whole.talk(way)
    with journal("run.jsonl"):  # it is settled now
        again.talk(way)
    assert whole.histories() == pair.histories() == again.histories()
    assert kinds().count("started") == kinds().count("tool") == 1


@both_ways
def test_a_person_can_say_what_a_tool_answered(way: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(stop).talk(way)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n 30\n"))
    pair = Pair()
    with journal("run.jsonl", interrupted="ask"):
        pair.talk(way)
    shown = capsys.readouterr().out
    assert shown.count("The tool add(x=1, y=2) of user was running") == 2
    assert "Recorded as its answer: 30\n" in shown
    assert pair.sums == []
    assert pair.user.chat_messages[pair.assistant][2]["content"] == "30"
    assert [line["result"] for line in lines_of() if line["kind"] == "tool"] == ["30"]


@pytest.mark.parametrize(("leave", "again"), [("stop", "again"), (" Stop ", "AGAIN  "), ("'STOP'", '"Again"')])
def test_a_person_can_let_a_tool_run_again_or_stop(leave: str, again: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(stop).talk("sync")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{leave}\n{again}\n"))
    stopped, pair = Pair(), Pair()
    with pytest.raises(InterruptedStepError) as caught, journal("run.jsonl", interrupted={"add": "ask"}):
        stopped.talk("sync")
    assert "start the program again: you are asked again" in str(caught.value)
    assert "'ask'" not in str(caught.value)
    with journal("run.jsonl", interrupted={"add": "ask"}):
        pair.talk("sync")
    assert (stopped.sums, pair.sums) == ([], [(1, 2)])


def test_ctrl_c_at_the_question_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(prompt: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(stop).talk("sync")
    monkeypatch.setattr("builtins.input", interrupt)
    pair = Pair()
    with pytest.raises(InterruptedStepError, match="you are asked again"), journal("run.jsonl", interrupted="ask"):
        pair.talk("sync")
    assert pair.sums == []


@both_ways
@pytest.mark.parametrize("typed", ["42", "again"])
def test_code_that_was_running_has_the_name_code(way: str, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Executor:
        code_extractor = MarkdownCodeExtractor()

        def __init__(self, run: Any) -> None:
            self.execute_code_blocks = run

        def restart(self) -> None:
            raise AssertionError("nobody asks for that")

    def talk(run: Any) -> Any:
        ann = agent("ann", code_execution_config={"executor": Executor(run)})
        return chat(way, agent("bob"), ann, message="```python\n6 * 7\n```", max_turns=1).chat_history[-1]["content"]

    with pytest.raises(Stopped), journal("run.jsonl"):
        talk(stop)
    with pytest.raises(InterruptedStepError, match=r"Code \(python\) of ann was running"), journal("run.jsonl"):
        talk(stop)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
    with journal("run.jsonl", interrupted={"code": "ask"}):
        said = talk(lambda blocks: CodeResult(exit_code=0, output="forty-two"))
    assert ("forty-two" if typed == "again" else "42") in said
    assert "exitcode: 0" in said


def test_what_a_tool_asked_before_it_was_cut_is_not_asked_again() -> None:
    def tool_of(client: ScriptedClient, last: Any) -> Any:
        def add(x: int, y: int) -> Any:
            wrapper = OpenAIWrapper(**client.llm_config())
            response = wrapper.create(messages=[{"role": "user", "content": "How?"}])
            last()
            return response.choices[0].message.content

        return add

    client = ScriptedClient(["By hand."])
    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(tool_of(client, stop)).talk("sync")
    pair = Pair(tool_of(client, lambda: None))
    with journal("run.jsonl", interrupted="rerun"):
        pair.talk("sync")
    assert pair.user.chat_messages[pair.assistant][2]["content"] == "By hand."
    client.assert_finished()


def test_a_tool_that_runs_again_may_ask_something_else() -> None:
    def tool_of(client: ScriptedClient, question: str, last: Any) -> Any:
        def add(x: int, y: int) -> Any:
            asker = AssistantAgent("asker", llm_config=client.llm_config())
            reply = asker.generate_reply([{"role": "user", "content": question}])
            last()
            return reply

        return add

    client = ScriptedClient(["Early.", "Late."])
    with pytest.raises(Stopped), journal("run.jsonl"):
        Pair(tool_of(client, "At nine?", stop)).talk("sync")
    pair = Pair(tool_of(client, "At ten?", lambda: None))
    with journal("run.jsonl", interrupted="rerun"):
        pair.talk("sync")
    assert pair.user.chat_messages[pair.assistant][2]["content"] == "Late."


def test_another_policy_is_refused() -> None:
    for wrong in ("again", {"add": "again"}, None):
        with (
            pytest.raises(ValueError, match="interrupted takes 'ask', 'fail', 'rerun'"),
            journal("x", interrupted=wrong),
        ):  # type: ignore[arg-type]
            pass
    assert os.listdir() == []


# --- another program


def test_a_journal_whose_first_step_is_another_one_is_refused_with_the_difference() -> None:
    with journal("run.jsonl"):
        Pair().talk("sync")
    pair = Pair()
    with pytest.raises(JournalError, match="another program, or it was changed") as caught, journal("run.jsonl"):
        pair.talk("sync", message="What is 1 + 3?")
    assert '+        "content": "What is 1 + 3?"' in str(caught.value)
    assert pair.client.requests == []


def test_a_program_that_was_changed_goes_on_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Any] = []
    with journal("run.jsonl"):
        Pair().talk("sync")
    pair = Pair(lambda x, y: 4)
    pair.user._default_auto_reply = "Really?"
    with journal("run.jsonl"), events.listening(heard.append, kinds=[events.WarningIssued]):
        pair.talk("sync")
    assert "1 finished step of assistant that was not asked for yet" in caplog.text
    assert "1 finished step of the journal" in caplog.text
    assert len(pair.client.requests) == 1
    assert len(heard) == 1


def test_values_that_change_from_run_to_run_can_be_left_out() -> None:
    with journal("run.jsonl"):
        Pair().talk("sync", message="At 12:30:00: what is 1 + 2?")
    pair = Pair(reply=stop)
    with journal("run.jsonl", normalise=times):
        pair.talk("sync", message="At 17:45:11: what is 1 + 2?")


# --- with agents elsewhere


class Elsewhere(ConversableAgent):
    """Stands for an agent elsewhere, that is asked with the whole conversation."""

    def __init__(self) -> None:
        super().__init__("elsewhere", llm_config=False, human_input_mode="NEVER")
        self.asked = 0
        self.register_reply([ConversableAgent, None], Elsewhere.reply)

    def reply(self, messages: list[dict[str, Any]], sender: object, config: object) -> tuple[bool, str]:
        def ask() -> str:
            self.asked += 1
            return f"Answer {len(messages)}."

        asked = {"messages": list(messages), "context": {"turn": len(messages)}, "continues_turn": 7}
        return True, drive(request_steps(self, "far", asked, Call(ask)))

    def talk(self, turns: int) -> Any:
        return chat("sync", agent("user", default_auto_reply="Go on."), self, max_turns=turns).chat_history


def test_a_journal_holds_each_message_for_an_agent_elsewhere_once() -> None:
    with journal("run.jsonl"):
        Elsewhere().talk(3)
    first, second, third = (line for line in lines_of() if line["kind"] == "tool")
    assert [len(turn["arguments"]["messages"]) for turn in (first, second, third)] == [1, 2, 2]
    assert "continues_turn" not in first
    assert (second["continues_turn"], second["keeps_messages"]) == (first["number"], 1)
    assert (third["continues_turn"], third["keeps_messages"]) == (second["number"], 3)
    for line in (first, third):
        jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/tool"}).validate(line)
    again = Elsewhere()
    with journal("run.jsonl"):
        history = again.talk(4)
    assert (again.asked, history[:6]) == (1, Elsewhere().talk(3))
    with replay("run.jsonl"):
        assert again.talk(4) == history
    assert again.asked == 1


def test_a_journal_with_whole_conversations_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before, journal("run.jsonl"):
        before.setattr(Shortener, "shorten", lambda self, turn: turn)
        history = Elsewhere().talk(3)
    again = Elsewhere()
    with journal("run.jsonl"):
        assert again.talk(3) == history
    assert again.asked == 0


def test_a_recording_of_an_agent_elsewhere_can_be_continued() -> None:
    with record("run.json", tools=True):
        Elsewhere().talk(2)
    again = Elsewhere()
    for _ in range(2):
        with replay("run.json", mode="new_episodes"):
            again.talk(3)
    assert again.asked == 1


# --- with recordings and the command line


def test_a_journal_is_a_recording_that_can_be_replayed() -> None:
    pair, again = Pair(), Pair(stop, stop)
    with journal("run.jsonl"):
        pair.talk("sync")
    with replay("run.jsonl"):
        again.talk("sync")
    assert again.histories() == pair.histories()
    with pytest.raises(CassetteError, match="is a journal"), replay("run.jsonl", mode="new_episodes"):
        pass


def test_one_thing_at_a_time() -> None:
    with journal("run.jsonl"), pytest.raises(CassetteError, match="already"), record("run.json"):
        pass
    with record("run.json"), pytest.raises(JournalError, match="already"), journal("other.jsonl"):
        pass
    with pytest.raises(JournalError, match=r"run\.json is not a journal"), journal("run.json"):
        pass


PROGRAM = """
import sys
from autogen_classic import ConversableAgent

def tool(x: int) -> int:
    if sys.argv[1] == "stop":
        raise KeyboardInterrupt
    return x

ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", function_map={"tool": tool})
bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER")
call = {"id": "1", "type": "function", "function": {"name": "tool", "arguments": '{"x": 2}'}}
bob.initiate_chat(ann, message={"content": None, "tool_calls": [call]}, max_turns=1)
"""


@pytest.fixture
def _own_name_only() -> Iterator[None]:
    yield
    uninstall_as_autogen()


@pytest.mark.usefixtures("_own_name_only")
def test_the_command_line_runs_a_program_with_a_journal_and_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("main.py").write_text(PROGRAM, encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        main(["run", "--journal", "run.jsonl", "main.py", "stop"])
    assert main(["run", "--journal", "run.jsonl", "main.py", "go"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("autogen-classic run: The tool tool(x=2) of ann was running")
    assert "Traceback" not in error
    assert main(["run", "--journal", "run.jsonl", "--interrupted", "tool=rerun", "main.py", "go"]) == 0
    capsys.readouterr()

    assert main(["log", "run.jsonl", "--json"]) == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(entry["kind"], entry["failed"]) for entry in entries] == [
        *(("event", False), ("message", False), ("tool", True)),
        *(("event", False), ("event", False), ("tool", False), ("message", False)),
    ]
    assert entries[2]["text"] == 'tool({"x": 2}) was running when the program was stopped'
    assert entries[5]["text"] == 'tool({"x": 2}) returned 2'
    assert all(entry["at"] for entry in entries)
    with pytest.raises(SystemExit):
        main(["run", "--journal", "run.jsonl", "--interrupted", "tool=twice", "main.py"])
    assert "write ask, fail or rerun" in capsys.readouterr().err


@pytest.mark.parametrize("interrupted", ["=rerun", " =rerun"])
def test_a_policy_for_a_tool_without_a_name_is_no_policy_for_all(
    interrupted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "--journal", "run.jsonl", "--interrupted", interrupted, "main.py"])
    assert caught.value.code == 2
    assert f"the name of the tool is missing in {interrupted!r}; for all tools, write rerun" in capsys.readouterr().err


def test_a_log_shows_what_is_under_way(capsys: pytest.CaptureFixture[str]) -> None:
    def look(x: int, y: int) -> int:
        capsys.readouterr()
        main(["log", "run.jsonl"])
        return x + y

    with journal("run.jsonl"):
        Pair(look).talk("sync", max_turns=2)
    assert 'user: add({"x": 1, "y": 2}) has begun' in capsys.readouterr().out
    main(["log", "run.jsonl"])
    shown = capsys.readouterr().out
    assert "has begun" not in shown
    assert 'user: add({"x": 1, "y": 2}) returned 3  (' in shown
