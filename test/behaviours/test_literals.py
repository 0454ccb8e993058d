"""Short texts that are facts: programs compare, parse or record them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from behaviour_helpers import agent, asks_model, chat, group, texts

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from autogen_classic.agentchat.groupchat import GroupChat as Group
from autogen_classic.code_utils import execute_code
from autogen_classic.coding import CodeBlock, LocalCommandLineCodeExecutor

item = pytest.mark.item
both_ways = pytest.mark.parametrize("way", ["sync", "async"])


@item("literals: the default system message of ConversableAgent")
def test_the_default_system_message(model: Any) -> None:
    bob = asks_model("bob")
    assert bob.system_message == "You are a helpful AI Assistant."
    assert bob.description == bob.system_message


@item("literals: the placeholder defaults in the manifest")
def test_the_defaults_of_agents() -> None:
    bob = ConversableAgent("bob", llm_config=False)
    manager = group(agent("a"), agent("b"))
    groupchat = GroupChat([], [])
    assert (bob._default_auto_reply, bob.human_input_mode) == ("", "TERMINATE")
    assert bob.MAX_CONSECUTIVE_AUTO_REPLY == 100
    assert bob.DEFAULT_SUMMARY_METHOD == "last_msg"
    assert bob.DEFAULT_CONFIG is False
    assert (manager.name, manager.system_message) == ("chat_manager", "Group chat manager.")
    assert (manager.human_input_mode, manager.max_consecutive_auto_reply()) == ("NEVER", sys.maxsize)
    assert (groupchat.max_round, groupchat.admin_name) == (10, "Admin")
    assert (groupchat.speaker_selection_method, groupchat.max_retries_for_selecting_speaker) == ("auto", 2)
    assert groupchat.role_for_select_speaker_messages == "system"
    user = UserProxyAgent("user", code_execution_config=False)
    assert (user.human_input_mode, user.system_message, user.llm_config) == ("ALWAYS", "", False)


# --- Code --------------------------------------------------------------------------------------------------------


def run_reply(exit_code: int, output: str) -> str:
    bob = agent("bob", code_execution_config={"use_docker": False})
    bob.execute_code_blocks = lambda code_blocks: (exit_code, output)
    return str(bob.generate_reply([{"role": "user", "content": "```python\n1\n```"}], agent("ann")))


@item("literals: exitcode: N (execution succeeded), then a line Code output: and the output")
def test_the_result_of_code_that_succeeds() -> None:
    assert run_reply(0, "\n42\n") == "exitcode: 0 (execution succeeded)\nCode output: \n42\n"


@item("literals: exitcode: N (execution failed), then a line Code output: and the output")
def test_the_result_of_code_that_fails() -> None:
    assert run_reply(3, "oops") == "exitcode: 3 (execution failed)\nCode output: oops"


SLEEP = "import time\ntime.sleep(30)"


@item("literals: Timeout and exit code 124 from executors")
def test_an_executor_that_runs_out_of_time(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(timeout=1, work_dir=tmp_path)
    result = executor.execute_code_blocks([CodeBlock(language="python", code=SLEEP)])
    assert result.exit_code == 124
    assert result.output.endswith("Timeout")


@item("literals: Timeout and exit code 1 from legacy execute_code")
def test_the_older_way_that_runs_out_of_time(tmp_path: Path) -> None:
    result = execute_code(SLEEP, timeout=1, work_dir=str(tmp_path), use_docker=False)
    assert result == (1, "Timeout", None)


# --- Functions, carryover ----------------------------------------------------------------------------------------


@item("literals: Error: Function NAME not found.")
def test_the_answer_for_an_unknown_function() -> None:
    assert agent("bob").execute_function({"name": "sub", "arguments": "{}"}) == (
        False,
        {"name": "sub", "role": "function", "content": "Error: Function sub not found."},
    )


@item("literals: the carryover frame: Context: on a line of its own after the message, then the carryovers")
@both_ways
def test_the_frame_of_a_carryover(way: str) -> None:
    result = chat(agent("ann"), agent("bob"), way, carryover=["first", "second"])
    assert texts(result.chat_history)[0] == "hi\nContext: \nfirst\nsecond"


# --- The person --------------------------------------------------------------------------------------------------


def prompts_of(terminal: Any, answers: list[str], bob: Any, message: str = "hi", way: str = "sync") -> list[str]:
    terminal.answers = answers
    chat(agent("ann"), bob, way, message=message)
    return list(terminal.prompts)


@item("literals: the prompt for human input in the mode ALWAYS")
@both_ways
def test_the_prompt_before_every_reply(way: str, terminal: Any) -> None:
    bob = agent("bob", human_input_mode="ALWAYS")
    assert prompts_of(terminal, ["exit"], bob, way=way) == [
        "Replying as bob. Provide feedback to ann. Press enter to skip and use auto-reply, "
        "or type 'exit' to end the conversation: "
    ]


@item("literals: the prompt for human input at a termination message")
@both_ways
def test_the_prompt_at_a_termination_message(way: str, terminal: Any) -> None:
    bob = agent("bob", human_input_mode="TERMINATE")
    assert prompts_of(terminal, ["exit"], bob, "TERMINATE", way) == [
        "Please give feedback to ann. Press enter or type 'exit' to stop the conversation: "
    ]


@item("literals: the prompt for human input at the limit of auto replies")
@both_ways
def test_the_prompt_at_the_limit(way: str, terminal: Any) -> None:
    bob = agent("bob", human_input_mode="TERMINATE", max_consecutive_auto_reply=0)
    assert prompts_of(terminal, ["exit"], bob, way=way) == [
        "Please give feedback to ann. Press enter to skip and use auto-reply, or type 'exit' to stop the conversation: "
    ]


@item("literals: the prompt for a first message that nobody gave")
@both_ways
def test_the_prompt_for_the_first_message(way: str, terminal: Any) -> None:
    terminal.answers = ["typed"]
    result = chat(agent("ann"), agent("bob"), way, message=None)
    assert terminal.prompts == [">"]
    assert texts(result.chat_history)[0] == "typed"


@item("literals: >>>>>>>> NO HUMAN INPUT RECEIVED.")
def test_an_empty_answer_is_announced(terminal: Any) -> None:
    terminal.answers = [""]
    chat(agent("ann"), agent("bob", human_input_mode="ALWAYS"))
    assert terminal.text == "\n>>>>>>>> NO HUMAN INPUT RECEIVED.\n\n>>>>>>>> USING AUTO REPLY...\n"


@item("literals: USER INTERRUPTED answers a call that a person came in the way of")
def test_an_interrupted_call_is_answered(terminal: Any) -> None:
    call = {"content": "", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f"}}]}
    bob = agent("bob", human_input_mode="ALWAYS")
    terminal.answers = ["rather not"]
    reply = bob.generate_reply([{"role": "assistant", **call}], agent("ann"))
    assert reply["tool_responses"] == [{"role": "tool", "tool_call_id": "c1", "content": "USER INTERRUPTED"}]


@item("literals: exit ends a chat, spelled exactly")
@both_ways
@pytest.mark.parametrize(("answer", "ends"), [("exit", True), ("EXIT", False), (" exit", False)])
def test_exit_ends_the_chat(way: str, answer: str, ends: bool, terminal: Any) -> None:
    terminal.answers = [answer]
    result = chat(agent("ann"), agent("bob", human_input_mode="ALWAYS"), way)
    assert texts(result.chat_history) == (["hi"] if ends else ["hi", answer])


@item("literals: TERMINATE ends a chat by default, spelled exactly and alone")
@both_ways
@pytest.mark.parametrize(
    ("message", "ends"), [("TERMINATE", True), ("terminate", False), ("done TERMINATE", False), ("TERMINATE ", False)]
)
def test_terminate_ends_the_chat(way: str, message: str, ends: bool) -> None:
    result = chat(agent("ann"), agent("bob"), way, message=message)
    assert len(result.chat_history) == (1 if ends else 2)


@item("literals: TERMINATE is taken out of the summary")
def test_terminate_stays_out_of_the_summary() -> None:
    assert chat(agent("ann"), agent("bob", default_auto_reply="42 TERMINATE")).summary == "42 "


# --- Groups ------------------------------------------------------------------------------------------------------


@item("literals: the introduction of group chats")
@both_ways
def test_the_introduction_of_a_group(way: str) -> None:
    ann, bob = agent("ann", description="adds"), agent("bob", description="buys")
    manager = group(ann, bob, send_introductions=True)
    chat(ann, manager, way)
    assert bob.chat_messages[manager][0]["content"] == (
        "Hello everyone. We have assembled a great team today to answer questions and solve tasks. "
        "In attendance are:\n\nann: adds\nbob: buys"
    )
    assert Group.DEFAULT_INTRO_MSG.startswith("Hello everyone.")


@item("literals: the speaker lines of group chats")
@pytest.mark.parametrize(
    ("answers", "line"),
    [
        (["bob"], ">>>>>>>> Select speaker attempt 1 of 3 successfully selected: bob"),
        (["bob or carl", "bob"], ">>>>>>>> Select speaker attempt 1 of 3 failed as it included multiple agent names."),
        (["nobody", "bob"], ">>>>>>>> Select speaker attempt #1 failed as it did not include any agent names."),
    ],
)
def test_the_lines_of_a_selection(answers: list[str], line: str, model: Any, terminal: Any) -> None:
    model.replies = answers
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    config = {"config_list": [{"model": "gpt-4", "api_key": "sk-test"}], "cache_seed": None}
    manager = group(
        ann,
        bob,
        carl,
        speaker_selection_method="auto",
        max_round=2,
        select_speaker_auto_verbose=True,
        manager={"llm_config": config},
    )
    chat(ann, manager)
    assert line + "\n" in terminal.text


@item("literals: No eligible speaker found. Terminating the conversation.")
def test_the_warning_when_nobody_may_speak(caplog: pytest.LogCaptureFixture) -> None:
    ann, bob = agent("ann"), agent("bob")
    chat(ann, group(ann, bob, speaker_selection_method=lambda last, groupchat: None))
    assert caplog.messages == ["No eligible speaker found. Terminating the conversation."]


# --- Longer prompts ----------------------------------------------------------------------------------------------


@item("literals: the attribute or parameter that holds a longer prompt keeps its name")
def test_longer_prompts_are_found_under_their_names(model: Any) -> None:
    assert asks_model("bob", AssistantAgent).system_message == AssistantAgent.DEFAULT_SYSTEM_MESSAGE
    assert asks_model("bob", AssistantAgent).description == AssistantAgent.DEFAULT_DESCRIPTION
    assert ConversableAgent.DEFAULT_SUMMARY_PROMPT
    for mode, description in UserProxyAgent.DEFAULT_USER_PROXY_AGENT_DESCRIPTIONS.items():
        user = UserProxyAgent("user", human_input_mode=mode, code_execution_config=False)  # type: ignore[arg-type]
        assert user.description == description
    groupchat = GroupChatManager(GroupChat([], [])).groupchat
    for name in ("message", "prompt", "auto_multiple", "auto_none"):
        assert getattr(groupchat, f"select_speaker_{name}_template").strip()
    assert "{agentlist}" in groupchat.select_speaker_prompt_template
    assert "{roles}" in groupchat.select_speaker_message_template


@item("literals: longer prompts may be replaced through that attribute or parameter")
def test_longer_prompts_may_be_replaced(model: Any) -> None:
    bob = asks_model("bob")
    chat(agent("ann"), bob, summary_method="reflection_with_llm", summary_args={"summary_prompt": "In one word?"})
    assert model.requests[-1]["messages"][-1]["content"] == "In one word?"
    chat(agent("ann"), bob, summary_method="reflection_with_llm")
    assert model.requests[-1]["messages"][-1]["content"] == ConversableAgent.DEFAULT_SUMMARY_PROMPT


@item("literals: the short texts stand in one module of literals")
def test_no_marker_is_spelled_outside_of_the_modules_of_literals() -> None:
    import autogen_classic

    package = Path(autogen_classic.__file__).parent
    homes = {package / "agentchat" / "_literals.py", package / "agentchat" / "_groupchat" / "texts.py"}
    markers = ("EXECUTING CODE BLOCK", "USING AUTO REPLY", "Provide feedback to", "Next speaker: ", "execution failed")
    for file in sorted((package / "agentchat").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        assert file in homes or not any(marker in text for marker in markers), file
