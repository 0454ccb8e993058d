"""The tools that OpenAI's models know by themselves and that run here: ``shell`` and ``apply_patch``."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from kit import Fail, Say

pytest.importorskip("openai.types.responses", reason="needs openai 1.80")

from case_openai import CASE as CHAT
from case_responses import CASE, message, reasoning
from test_agents import chat
from test_matrix import ASK
from test_responses import BOTH_WAYS, STREAMED_OR_NOT, Items, config, printed, said_by, serve

from autogen_classic import Agent, AssistantAgent, GroupChat, GroupChatManager, LLMConfig, OpenAIWrapper, UserProxyAgent
from autogen_classic.agentchat import initiate_group_chat
from autogen_classic.agentchat.group.patterns import RoundRobinPattern
from autogen_classic.oai.openai_responses import (
    ApplyPatchCallOutput,
    ShellCallOutcome,
    ShellCallOutput,
    ShellCommandOutput,
)
from autogen_classic.testing import MockOpenAIServer, ScriptedPerson

__all__ = ("printed", "serve")  # fixtures

NEW_FILE = {"type": "create_file", "path": "note.txt", "diff": "+hello\n+"}


def shell_call(*commands: str, name: str = "1", **action: Any) -> dict[str, Any]:
    told = {"commands": list(commands), "timeout_ms": None, "max_output_length": None, **action}
    return {
        "id": f"sh_{name}",
        "call_id": f"call_{name}",
        "type": "shell_call",
        "status": "completed",
        "action": told,
    }


def patch_call(operation: dict[str, Any], name: str = "p") -> dict[str, Any]:
    return {
        "id": f"apc_{name}",
        "call_id": f"call_{name}",
        "type": "apply_patch_call",
        "status": "completed",
        "operation": operation,
    }


def printed_by(text: str) -> dict[str, Any]:
    return {"stdout": text, "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}


def pair(server: Any, workspace: Path, **settings: Any) -> tuple[AssistantAgent, UserProxyAgent]:
    """An assistant whose model may run commands and patch files, and a user without tools."""
    offered = {"built_in_tools": ["shell", "apply_patch"], "workspace_dir": str(workspace), **settings}
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    return AssistantAgent("assistant", llm_config=config(server, **offered)), user


@BOTH_WAYS
@STREAMED_OR_NOT
def test_commands_run_and_what_they_print_goes_back(serve: Any, tmp_path: Path, way: str, stream: bool) -> None:
    thought = reasoning("rs_1", encrypted=True)
    output = (thought, message("msg_1", "I look."), shell_call("echo one", "echo two", max_output_length=3))
    server = serve(Items(output=output), Say("One and two."))
    assistant, user = pair(server, tmp_path, stream=stream, model="gpt-5")
    result = chat(way, user, assistant, message="Count.", max_turns=2)
    assert result.summary == "One and two."
    assert server.seen[0].body["tools"] == [{"type": "shell"}, {"type": "apply_patch"}]
    assert said_by(server, 1) == ["system", "user", "reasoning", "message", "shell_call", "shell_call_output"]
    call, answer = server.seen[1].body["input"][-2:]
    assert call["id"] == "sh_1"
    assert call["action"] == {"commands": ["echo one", "echo two"], "max_output_length": 3}
    assert answer == {
        "type": "shell_call_output",
        "call_id": "call_1",
        "max_output_length": 3,
        "output": [printed_by("one"), printed_by("two")],
    }
    usage = assistant.client.actual_usage_summary["gpt-5"]  # type: ignore[index]
    assert usage["total_tokens"] > 0
    assert len(server.seen) == 2


@BOTH_WAYS
@STREAMED_OR_NOT
@pytest.mark.parametrize("name", ["apply_patch", "apply_patch_async"])
def test_a_patch_changes_a_file_of_the_workspace(serve: Any, tmp_path: Path, way: str, stream: bool, name: str) -> None:
    server = serve(Items(output=(patch_call(NEW_FILE),)), Say("Done."))
    assistant, user = pair(server, tmp_path / "work", stream=stream, built_in_tools=[name])
    chat(way, user, assistant, message="Write a note.", max_turns=2)
    assert (tmp_path / "work" / "note.txt").read_text() == "hello\n"
    assert server.seen[0].body["tools"] == [{"type": "apply_patch"}]
    call, answer = server.seen[1].body["input"][-2:]
    assert call["operation"] == NEW_FILE
    assert answer == {
        "type": "apply_patch_call_output",
        "call_id": "call_p",
        "status": "completed",
        "output": "Created note.txt",
    }


def test_a_command_runs_in_the_workspace(serve: Any, tmp_path: Path) -> None:
    server = serve(Items(output=(patch_call(NEW_FILE),)), Items(output=(shell_call("cat note.txt"),)), Say("Done."))
    assistant, user = pair(server, tmp_path)
    user.initiate_chat(assistant, message="Write a note and show it.", max_turns=3)
    assert server.seen[2].body["input"][-1]["output"] == [printed_by("hello\n")]


@pytest.mark.parametrize(
    ("item", "settings", "said"),
    [
        (shell_call("echo x"), {"denied_commands": ["echo"]}, "The program echo is one of denied_commands."),
        (shell_call("echo x"), {"allowed_commands": ["ls"]}, "The program echo is not one of allowed_commands"),
        (shell_call("echo a/b"), {"allowed_paths": ["src/**"]}, "The path a/b is not one of allowed_paths"),
        (shell_call("echo magic"), {"dangerous_patterns": ["magic"]}, "Potentially dangerous command detected"),
        (shell_call("echo x | cat"), {}, "runs without a shell"),
        (patch_call(NEW_FILE), {"allowed_paths": ["src/**"]}, "Path note.txt is not allowed"),
        (patch_call({**NEW_FILE, "path": "../note.txt"}), {}, "must not contain '..'"),
    ],
)
def test_what_the_limits_refuse_is_told_to_the_model(
    serve: Any, tmp_path: Path, item: dict[str, Any], settings: dict[str, Any], said: str
) -> None:
    server = serve(Items(output=(item,)), Say("I see."))
    work = tmp_path / "work"
    assistant, user = pair(server, work, **settings)
    result = user.initiate_chat(assistant, message="Go.", max_turns=2)
    answer = server.seen[1].body["input"][-1]
    if item["type"] == "shell_call":
        (refused,) = answer["output"]
        assert said in refused["stderr"]
        assert refused["outcome"] == {"type": "exit", "exit_code": 1}
    else:
        assert answer["status"] == "failed"
        assert said in answer["output"]
    assert [*work.iterdir(), *tmp_path.glob("*.txt")] == []
    assert result.summary == "I see."


def test_a_call_beside_a_message_without_a_word_stays_one_of_the_tool(serve: Any, tmp_path: Path) -> None:
    wordless = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
    wordless["content"] = [{"type": "output_text", "text": "", "annotations": []}]
    server = serve(Items(output=(wordless, shell_call("echo x"))), Say("Done."))
    assistant, user = pair(server, tmp_path)
    user.initiate_chat(assistant, message="Go.", max_turns=2)
    assert [item.get("type") for item in server.seen[1].body["input"][2:]] == ["shell_call", "shell_call_output"]


def test_filtering_can_be_switched_off(serve: Any, tmp_path: Path) -> None:
    server = serve(Items(output=(shell_call("echo x"),)), Say("Done."))
    assistant, user = pair(server, tmp_path, denied_commands=["echo"], enable_command_filtering=False)
    user.initiate_chat(assistant, message="Go.", max_turns=2)
    assert server.seen[1].body["input"][-1]["output"] == [printed_by("x\n")]


def test_a_command_whose_time_runs_out_is_killed(serve: Any, tmp_path: Path) -> None:
    server = serve(Items(output=(shell_call("sleep 60", timeout_ms=50),)), Say("Too long."))
    assistant, user = pair(server, tmp_path)
    user.initiate_chat(assistant, message="Wait.", max_turns=2)
    assert server.seen[1].body["input"][-1]["output"][0]["outcome"] == {"type": "timeout"}


def test_a_person_is_asked_before_a_command_runs(serve: Any, tmp_path: Path) -> None:
    server = serve(Items(output=(patch_call(NEW_FILE),)), Say("As you like."))
    assistant, user = pair(server, tmp_path)
    user.human_input_mode = "ALWAYS"
    with ScriptedPerson(["No, leave it.", "exit"]):
        user.initiate_chat(assistant, message="Write a note.")
    assert list(tmp_path.iterdir()) == []
    answer = server.seen[1].body["input"][3]
    assert answer["type"] == "apply_patch_call_output"
    assert answer["status"] == "failed"


@BOTH_WAYS
def test_a_member_of_a_group_runs_what_its_own_model_calls(serve: Any, tmp_path: Path, way: str) -> None:
    server = serve(Items(output=(patch_call(NEW_FILE),)), Say("Done."))
    writer, user = pair(server, tmp_path / "one")
    other = pair(server, tmp_path / "two")[0]
    other._name = "other"
    group = GroupChat([user, writer, other], [], max_round=4, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False)
    chat(way, user, manager, message="Write a note.")
    assert (tmp_path / "one" / "note.txt").read_text() == "hello\n"
    assert list((tmp_path / "two").iterdir()) == []


@BOTH_WAYS
@pytest.mark.parametrize("filtered", [True, False])
def test_the_only_member_with_such_a_tool_gets_the_floor_and_runs_it(
    serve: Any, tmp_path: Path, way: str, filtered: bool
) -> None:
    server = serve(Items(output=(patch_call(NEW_FILE),)), Say("Done."))
    writer, user = pair(server, tmp_path)
    group = GroupChat(
        [user, writer], [], max_round=4, speaker_selection_method="round_robin", func_call_filter=filtered
    )
    chat(way, user, GroupChatManager(group, llm_config=False), message="Write a note.")
    assert (tmp_path / "note.txt").read_text() == "hello\n"


def test_a_group_of_ag2_runs_what_a_member_calls(serve: Any, tmp_path: Path) -> None:
    server = serve(Items(output=(shell_call("echo one"),)), Say("One."))
    assistant, _ = pair(server, tmp_path)
    pattern = RoundRobinPattern(initial_agent=assistant, agents=[assistant])
    initiate_group_chat(pattern, "Count.", max_rounds=4)
    assert server.seen[1].body["input"][-1]["output"] == [printed_by("one\n")]


def test_only_the_agent_whose_model_knows_a_tool_may_call_it(serve: Any, tmp_path: Path) -> None:
    server = serve(Say("I will not."))
    assistant, user = pair(server, tmp_path)
    call = {"id": "1", "type": "function", "function": {"name": "apply_patch", "arguments": "{}"}}
    call["function"]["arguments"] = json.dumps({"operation": NEW_FILE})  # type: ignore[index]
    user.initiate_chat(assistant, message={"content": "Do this.", "tool_calls": [call]}, max_turns=1)
    assert list(tmp_path.iterdir()) == []
    assert "Function apply_patch not found" in assistant.last_message(user)["content"]  # type: ignore[index]


@BOTH_WAYS
@pytest.mark.parametrize("form", ["function_call", "tool_calls"])
def test_a_member_of_a_group_cannot_have_the_tool_of_another_run(
    serve: Any, tmp_path: Path, way: str, form: str
) -> None:
    writer, user = pair(serve(Say("I will not.")), tmp_path)
    stranger = UserProxyAgent("stranger", human_input_mode="NEVER", code_execution_config=False)
    function = {"name": "apply_patch", "arguments": json.dumps({"operation": NEW_FILE})}
    call = function if form == "function_call" else [{"id": "1", "type": "function", "function": function}]
    said = {"role": "function", "name": writer.name, "content": "", form: call}
    stranger.register_reply([Agent, None], lambda *_, **__: (True, said))
    group = GroupChat([user, stranger, writer], [], max_round=3, speaker_selection_method="round_robin")
    chat(way, user, GroupChatManager(group, llm_config=False), message="Hi.")
    assert list(tmp_path.iterdir()) == []
    assert "Function apply_patch not found" in group.messages[-1]["content"]


def test_a_function_of_the_program_comes_before_a_built_in_tool(serve: Any, tmp_path: Path) -> None:
    server = serve(Items(output=(shell_call("echo one"),)), Say("Done."))
    offered = config(server, built_in_tools=["shell"], workspace_dir=str(tmp_path))
    assistant = AssistantAgent("assistant", llm_config=offered, function_map={"shell": lambda commands: "mine"})
    reply = assistant.generate_reply([{"role": "user", "content": "Count."}])
    assert assistant.function_map["shell"](["echo one"]) == "mine"
    assert reply["tool_calls"][0]["function"]["name"] == "shell"


def test_a_call_that_openai_has_answered_in_its_container_does_not_run_here(serve: Any, tmp_path: Path) -> None:
    hosted = {"type": "shell", "environment": {"type": "container_auto"}}
    answer = {"type": "shell_call_output", "id": "sho_1", "call_id": "call_1", "status": "completed"}
    done = {**answer, "output": [printed_by("one\n")]}
    server = serve(Items(output=(shell_call("echo one"), done, message("msg_1", "One."))), Say("Good."))
    assistant, user = pair(server, tmp_path, built_in_tools=[hosted])
    assert "shell" not in assistant.function_map
    result = user.initiate_chat(assistant, message="Count.", max_turns=2)
    assert server.seen[0].body["tools"] == [hosted]
    assert result.chat_history[1]["content"] == "One."
    assert said_by(server, 1)[2:5] == ["shell_call", "shell_call_output", "message"]


def test_another_model_reads_the_call_as_that_of_a_function(serve: Any, tmp_path: Path) -> None:
    first = serve(Items(output=(shell_call("echo one"),)), Fail(500))
    with CHAT.server(Say("One.")) as second:
        assistant, user = pair(first, tmp_path)
        entries = [*assistant.llm_config["config_list"], CHAT.entry(second)]  # type: ignore[index]
        assistant = AssistantAgent("assistant", llm_config={"config_list": entries, "cache_seed": None})
        result = user.initiate_chat(assistant, message="Count.", max_turns=2)
        assert result.summary == "One."
        ((_, answer),) = second.seen[0].answers
        assert "one\\n" in answer


def test_configurations_of_one_agent_must_agree_on_the_limits(serve: Any, tmp_path: Path) -> None:
    server = serve(Say("Hi."))
    entries = [
        {**CASE.entry(server), "built_in_tools": ["shell"], "workspace_dir": str(tmp_path), "denied_commands": denied}
        for denied in (["cat"], ["dog"])
    ]
    with pytest.raises(ValueError, match=r"different limits\. Give them the same denied_commands\.$"):
        AssistantAgent("assistant", llm_config={"config_list": entries})
    with pytest.raises(TypeError, match="denied_commands of ShellExecutor should be a valid list"):
        AssistantAgent("assistant", llm_config={"config_list": [{**entries[0], "denied_commands": "cat"}]})


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"built_in_tools": "shell"}, TypeError, r"built_in_tools should be a list, .* but it is 'shell'"),
        ({"built_in_tools": {"type": "shell"}}, TypeError, "built_in_tools should be a list"),
        ({"built_in_tools": [{"typ": "shell"}]}, ValueError, r"needs a type, .* but it is {'typ': 'shell'}"),
        ({"built_in_tools": [None]}, TypeError, "should hold names, .* but one is None"),
        ({"dangerous_patterns": ["("]}, ValueError, r"Item 0 of dangerous_patterns .* regular expression: '\('"),
        ({"workspace_dir": __file__}, FileExistsError, "workspace_dir must be a directory, but this is a file"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_the_agent_is_made(
    serve: Any, tmp_path: Path, settings: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        pair(serve(Say("Hi.")), tmp_path, **settings)


def test_limits_that_are_left_out_are_the_same_as_their_defaults(serve: Any, tmp_path: Path) -> None:
    plain = {**CASE.entry(serve(Say("Hi."))), "built_in_tools": ["shell"], "workspace_dir": str(tmp_path)}
    entries = [
        LLMConfig(plain).config_list[0],
        plain,
        {**plain, "workspace_dir": f"{tmp_path}/"},
        {**plain, "denied_commands": [], "allowed_paths": None},
    ]
    assert "shell" in AssistantAgent("assistant", llm_config={"config_list": entries}).function_map
    here = {**plain, "workspace_dir": None}
    assert (
        "shell"
        in AssistantAgent("assistant", llm_config={"config_list": [here, {**here, "workspace_dir": "."}]}).function_map
    )


@pytest.mark.parametrize("output", [["x"], 5, {}, [{"stdout": "a"}], [{"outcome": "exit"}], [None], None, "a"])
def test_an_answer_that_the_shell_has_not_given_says_why_nothing_ran(serve: Any, tmp_path: Path, output: Any) -> None:
    server = serve(Items(output=(shell_call("echo one"),)), Say("I see."))
    told = json.dumps({"type": "shell_call_output", "output": output})
    assistant, user = pair(server, tmp_path)
    user.register_function({"shell": lambda commands, **_: told})
    del assistant.function_map["shell"]
    result = user.initiate_chat(assistant, message="Count.", max_turns=2)
    assert result.summary == "I see."
    (answer,) = server.seen[1].body["input"][-1]["output"]
    assert answer == {"stdout": "", "stderr": told, "outcome": {"type": "exit", "exit_code": 1}}


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        (
            {"type": "shell_call_output", "max_output_length": 3, "output": [printed_by("one")]},
            {"type": "shell_call_output", "max_output_length": 3, "output": [printed_by("one")]},
        ),
        (
            {"type": "apply_patch_call_output", "status": "completed", "output": "Created a."},
            {"type": "apply_patch_call_output", "status": "completed", "output": "Created a."},
        ),
        ({"type": "other"}, {"type": "function_call_output", "output": '{"type": "other"}'}),
    ],
)
def test_an_answer_to_a_call_that_the_server_knows_goes_out_as_that_of_its_tool(
    told: dict[str, Any], sent: dict[str, Any]
) -> None:
    answer = {"role": "tool", "tool_call_id": "call_1", "content": json.dumps(told)}
    with MockOpenAIServer(["Good."]) as server:
        client = OpenAIWrapper(config_list=[server.config(api_type="responses")], cache_seed=None)
        client.create(messages=[answer], previous_response_id="resp_0")
    assert server.requests[0]["input"] == [{"call_id": "call_1", **sent}]


def test_limits_are_no_part_of_a_request(serve: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(Say("Hi."))
    limits = {"allowed_paths": ["*"], "allowed_commands": ["ls"], "denied_commands": ["cat"], "dangerous_patterns": []}
    entry = {**CASE.entry(server), **limits, "workspace_dir": str(tmp_path), "built_in_tools": ["shell"]}
    with caplog.at_level(logging.WARNING):
        OpenAIWrapper(**LLMConfig(entry)).create(messages=ASK, cache_seed=None)
    assert not set(server.seen[0].body) & {*limits, "workspace_dir", "enable_command_filtering", "built_in_tools"}
    assert "not known" not in caplog.text


def test_outputs_are_written_as_ag2_writes_them() -> None:
    command = ShellCommandOutput("one", "", ShellCallOutcome("exit", 0))
    assert ShellCallOutput("call_1", output=[command]).model_dump() == {
        "call_id": "call_1",
        "type": "shell_call_output",
        "max_output_length": None,
        "output": [{"stdout": "one", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}],
    }
    assert ShellCallOutput("call_1").output == []
    assert ApplyPatchCallOutput("call_1", "failed", "No.").to_dict() == {
        "call_id": "call_1",
        "status": "failed",
        "output": "No.",
        "type": "apply_patch_call_output",
    }
