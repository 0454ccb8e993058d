"""What is printed: courses and papers show this output, and people parse it."""

from __future__ import annotations

import io
import logging
import sys
from typing import Any

import pytest
from behaviour_helpers import DASHES, agent, chat, function_call, group, tool_call

from autogen_classic.coding import CodeBlock, CodeResult, MarkdownCodeExtractor

item = pytest.mark.item
both_ways = pytest.mark.parametrize("way", ["sync", "async"])


@item("printed: the sender stands in yellow")
def test_the_sender_is_yellow(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", io.StringIO())  # a new terminal, whose colours are asked for anew
    agent("ann").send("hi", agent("bob"), request_reply=False)
    assert terminal.text.startswith("\x1b[33mann\x1b[0m (to bob):\n")


@item("printed: sender, (to RECIPIENT):, an empty line, the content, an empty line and 80 dashes")
@both_ways
def test_a_message_is_printed_in_its_frame(way: str, terminal: Any) -> None:
    chat(agent("ann"), agent("bob"), way, silent=False)
    first = f"ann (to bob):\n\nhi\n\n{DASHES}\n"
    second = f"bob (to ann):\n\nok\n\n{DASHES}\n"
    assert terminal.text == first + second


@item("printed: a suggested tool call is framed by asterisks")
def test_a_suggested_tool_call_is_framed(terminal: Any) -> None:
    agent("ann").send(tool_call(), agent("bob"), request_reply=False)
    heading = "***** Suggested tool call (call_1): add *****"
    frame = "*" * len(heading)
    assert terminal.text == f'ann (to bob):\n\n{heading}\nArguments: \n{{"a": 1}}\n{frame}\n\n{DASHES}\n'


@item("printed: an answered tool call is framed by asterisks")
def test_an_answered_tool_call_is_framed(terminal: Any) -> None:
    answer = {"role": "tool", "tool_call_id": "call_1", "content": "2"}
    agent("ann").send({"role": "tool", "content": "2", "tool_responses": [answer]}, agent("bob"), request_reply=False)
    heading = "***** Response from calling tool (call_1) *****"
    frame = "*" * len(heading)
    assert terminal.text == f"ann (to bob):\n\nann (to bob):\n\n{heading}\n2\n{frame}\n\n{DASHES}\n"


@item("printed: a suggested function call is framed by asterisks")
def test_a_suggested_function_call_is_framed(terminal: Any) -> None:
    agent("ann").send(function_call(), agent("bob"), request_reply=False)
    heading = "***** Suggested function call: add *****"
    frame = "*" * len(heading)
    assert terminal.text == f'ann (to bob):\n\n{heading}\nArguments: \n{{"a": 1}}\n{frame}\n\n{DASHES}\n'


@item("printed: an answered function call is framed by asterisks")
def test_an_answered_function_call_is_framed(terminal: Any) -> None:
    agent("ann").send({"role": "function", "name": "add", "content": "2"}, agent("bob"), request_reply=False)
    heading = "***** Response from calling function (add) *****"
    frame = "*" * len(heading)
    assert terminal.text == f"ann (to bob):\n\n{heading}\n2\n{frame}\n\n{DASHES}\n"


@item("printed: >>>>>>>> USING AUTO REPLY...")
@both_ways
def test_an_auto_reply_is_announced(way: str, terminal: Any) -> None:
    ann, bob = agent("ann"), agent("bob", human_input_mode="TERMINATE")
    chat(ann, bob, way, silent=False)
    expected = f"hi\n\n{DASHES}\n\n>>>>>>>> USING AUTO REPLY...\nbob (to ann):"
    assert expected in terminal.text


@item("printed: >>>>>>>> EXECUTING CODE BLOCK N (inferred language is L)... counted from 0 in the older way")
def test_code_blocks_are_counted_from_zero(terminal: Any) -> None:
    bob = agent("bob", code_execution_config={"use_docker": False})
    bob.run_code = lambda code, **kwargs: (0, "log", None)
    bob.execute_code_blocks([("python", "1"), ("sh", "ls")])
    assert terminal.text == (
        "\n>>>>>>>> EXECUTING CODE BLOCK 0 (inferred language is python)...\n"
        "\n>>>>>>>> EXECUTING CODE BLOCK 1 (inferred language is sh)...\n"
    )


class Executor:
    """An executor of the user."""

    code_extractor = MarkdownCodeExtractor()

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> CodeResult:
        return CodeResult(exit_code=0, output="log")

    def restart(self) -> None: ...


ONE_BLOCK = "```python\nprint(1)\n```"


@item("printed: with an executor >>>>>>>> EXECUTING CODE BLOCK (inferred language is L)...")
def test_one_block_of_an_executor_has_no_number(terminal: Any) -> None:
    bob = agent("bob", code_execution_config={"executor": Executor()})
    bob.generate_reply([{"role": "user", "content": ONE_BLOCK}], agent("ann"))
    assert terminal.text == "\n>>>>>>>> EXECUTING CODE BLOCK (inferred language is python)...\n"


@item("printed: with an executor >>>>>>>> EXECUTING 3 CODE BLOCKS (inferred languages are [...])...")
def test_several_blocks_of_an_executor_are_announced_together(terminal: Any) -> None:
    bob = agent("bob", code_execution_config={"executor": Executor()})
    content = "\n".join([ONE_BLOCK, "```sh\nls\n```", ONE_BLOCK])
    bob.generate_reply([{"role": "user", "content": content}], agent("ann"))
    assert terminal.text == "\n>>>>>>>> EXECUTING 3 CODE BLOCKS (inferred languages are [python, sh, python])...\n"


@item("printed: >>>>>>>> EXECUTING FUNCTION NAME...")
@pytest.mark.parametrize("call", [tool_call(), function_call()], ids=["tool", "function"])
def test_a_function_is_announced(call: dict[str, Any], terminal: Any) -> None:
    bob = agent("bob", function_map={"add": lambda a: a})
    bob.generate_reply([{"role": "assistant", **call}], agent("ann"))
    assert terminal.text == "\n>>>>>>>> EXECUTING FUNCTION add...\n"


@item("printed: Next speaker: NAME")
def test_the_next_speaker_is_announced(terminal: Any) -> None:
    ann, bob = agent("ann"), agent("bob")
    chat(ann, group(ann, bob, max_round=2), silent=False)
    assert f"{DASHES}\n\nNext speaker: bob\n\nbob (to chat_manager):" in terminal.text


@item('printed: the starred "Starting a new chat" banner of chat queues')
def test_a_chat_of_a_queue_is_announced(terminal: Any) -> None:
    ann, bob = agent("ann"), agent("bob")
    ann.initiate_chats([{"recipient": bob, "message": "hi", "max_turns": 1}])
    stars = "\n" + "*" * 80 + "\n"
    assert terminal.text.startswith(f"{stars}Starting a new chat....\n{stars}ann (to bob):")


@item("printed: everything goes through the IOStream")
def test_nothing_is_printed_past_the_stream(terminal: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ann = agent("ann")
    bob = agent("bob", human_input_mode="ALWAYS", function_map={"add": lambda a: a})
    terminal.answers = ["", "typed"]
    chat(ann, bob, message=tool_call(), silent=False)
    chat(ann, group(ann, agent("carl"), send_introductions=True), silent=False)
    ann.initiate_chats([{"recipient": bob, "message": "hi", "max_turns": 1}])
    bob.print_usage_summary()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert len(terminal.prompts) == 2


@item("printed: warnings of the group chat go to the loggers")
def test_a_group_warns_through_its_logger(terminal: Any, caplog: pytest.LogCaptureFixture) -> None:
    ann, bob = agent("ann"), agent("bob")
    manager = group(ann, bob, speaker_selection_method="random", max_round=2)
    with caplog.at_level(logging.WARNING):
        chat(ann, manager)
    assert {record.name for record in caplog.records} == {"autogen.agentchat.groupchat"}
    assert "GroupChat is underpopulated with 2 agents" in caplog.text
    assert "underpopulated" not in terminal.text
