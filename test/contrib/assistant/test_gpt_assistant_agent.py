"""Assistants of OpenAI over the Responses API: threads, tools, files, and what 0.2's names mean now."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import AssistantAgent, GroupChat, GroupChatManager, LLMConfig
from autogen_classic.agentchat.contrib.gpt_assistant_agent import GPTAssistantAgent
from autogen_classic.replay import record, replay
from autogen_classic.state import journal
from autogen_classic.testing import MockOpenAIServer, Reply, error, tool_call, tool_calls
from autogen_classic.testing.http_server import HttpRequest, HttpResponse

pytestmark = pytest.mark.skipif(
    not hasattr(openai.OpenAI, "conversations"), reason="this openai package is older than conversations"
)
Serve = Callable[..., MockOpenAIServer]


def assistant(server: MockOpenAIServer, **settings: Any) -> GPTAssistantAgent:
    given = {"name": "helper", "instructions": "Help.", "llm_config": server.llm_config(), **settings}
    return GPTAssistantAgent(**given)


def said(request: Any) -> list[tuple[str, Any]]:
    return [(item.get("role", item.get("type")), item.get("content", item.get("output"))) for item in request["input"]]


def texts_in(server: MockOpenAIServer, thread: Any) -> list[str]:
    items = server.conversations.items[thread.id]
    return [part["text"] for item in items if item["type"] == "message" for part in item["content"]]


# --- what is said ----------------------------------------------------------------------------------------------------


@both_ways
def test_only_what_is_new_is_said_in_a_conversation_that_openai_keeps(way: str, serve: Serve) -> None:
    server = serve("Hello.", "I am well.")
    helper, user = assistant(server), agent("user", default_auto_reply="How are you?")
    result = chat(way, user, helper, message="Hi.", max_turns=2)

    assert [message["content"] for message in result.chat_history] == ["Hi.", "Hello.", "How are you?", "I am well."]
    first, second = server.requests
    thread = helper.oai_threads[user]
    assert first["instructions"] == second["instructions"] == "Help."
    assert first["conversation"] == second["conversation"] == thread.id
    assert (said(first), said(second)) == ([("user", "Hi.")], [("user", "How are you?")])
    assert texts_in(server, thread) == ["Hi.", "Hello.", "How are you?", "I am well."]
    assert helper.get_total_usage() is not None
    assert result.cost["usage_including_cached_inference"]["mock-model"]["completion_tokens"] > 0


@both_ways
def test_functions_are_run_by_the_assistant_before_it_answers(
    way: str, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(tool_calls(tool_call("add", a=1, b=2), tool_call("nope")), "Three.")
    tool = {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": {"type": "object"}}}
    helper, user = assistant(server, assistant_config={"tools": [tool]}), agent("user")
    helper.register_function({"add": lambda a, b: a + b})
    result = chat(way, user, helper, message="1 + 2?", max_turns=1)

    assert result.summary == "Three."
    assert [message["content"] for message in result.chat_history] == ["1 + 2?", "Three."]
    assert server.requests[0]["tools"][0]["name"] == "add"
    assert said(server.requests[1]) == [
        ("function_call_output", "3"),
        ("function_call_output", "Error: Function nope not found."),
    ]
    executing = "FUNCTION" if way == "sync" else "ASYNC FUNCTION"
    assert f">>>>>>>> EXECUTING {executing} add..." in capsys.readouterr().out


@pytest.mark.parametrize("way", ["async"])
def test_functions_may_be_asynchronous(way: str, serve: Serve) -> None:
    server = serve(tool_call("double", a=2), "Four.")
    helper = assistant(server)

    async def double(a: int) -> int:
        return 2 * a

    helper.register_function({"double": double})
    assert chat(way, agent("user"), helper, message="2 * 2?", max_turns=1).summary == "Four."
    assert said(server.requests[1]) == [("function_call_output", "4")]


@both_ways
def test_files_are_cited_by_number_and_what_tools_did_is_kept(way: str, serve: Serve) -> None:
    ran = {
        "type": "code_interpreter_call",
        "code": "plot()",
        "container_id": "c1",
        "status": "completed",
        "outputs": [
            {"type": "logs", "logs": "done"},
            {"type": "image", "url": "https://files.example/plot.png"},
            {"type": "image", "url": "data:image/png;base64,AAAA"},
        ],
    }
    link = "sandbox:/mnt/out.csv"
    text = f"Rain fell. Get {link} now. It rained."
    place = text.index(link)
    notes = [
        {"type": "file_citation", "file_id": "file-1", "filename": "weather.txt", "index": len("Rain fell.")},
        {
            **{"type": "container_file_citation", "container_id": "c1", "file_id": "cfile-2", "filename": "out.csv"},
            **{"start_index": place, "end_index": place + len(link)},
        },
        {"type": "file_citation", "file_id": "file-1", "filename": "weather.txt", "index": len(text)},
        {"type": "url_citation", "url": "https://x.example", "title": "x", "start_index": 0, "end_index": 4},
    ]
    server = serve(Reply(text, items=[ran], annotations=notes), "Bye.")
    tools = [{"type": "code_interpreter"}]
    helper, user = assistant(server, llm_config=server.llm_config(tools=tools)), agent("user")
    result = chat(way, user, helper, max_turns=2)
    assert result.chat_history[1]["content"] == (
        "Rain fell. [0] Get [1] now. It rained. [0]\n\n"
        "[0] weather.txt (file id: file-1)\n[1] out.csv (file id: cfile-2)\n\n"
        "Received image: https://files.example/plot.png"
    )
    [call, _] = result.chat_history[1]["extra_content"]["items"]
    assert call["outputs"][0]["logs"] == "done"
    assert "extra_content" not in result.chat_history[3]
    assert said(server.requests[1]) == [("user", "I am user")]


@both_ways
def test_pictures_are_shown_to_the_assistant(way: str, serve: Serve) -> None:
    server = serve("Red.")
    parts = [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}]
    chat(way, agent("user"), assistant(server), message={"content": parts}, max_turns=1)
    [(_, content)] = said(server.requests[0])
    assert [part["type"] for part in content] == ["input_text", "input_image"]


@both_ways
def test_in_a_group_it_hears_everybody_in_one_conversation(way: str, serve: Serve) -> None:
    server, other = serve("I plan.", "I agree."), serve("I write.")
    helper, user = assistant(server), agent("user")
    writer = agent("writer", llm_config=other.llm_config())
    group = GroupChat([user, helper, writer], [], max_round=5, speaker_selection_method="round_robin")
    chat(way, user, GroupChatManager(group), message="Begin.")
    assert said(server.requests[0]) == [("user", "Begin.")]
    assert said(server.requests[1]) == [("user", "I write."), ("user", "I am user")]
    assert len(helper.oai_threads) == 1


def test_each_partner_has_a_thread_of_its_own(serve: Serve) -> None:
    server = serve("Hello ann.", "Hello bob.")
    helper, ann, bob = assistant(server), agent("ann"), agent("bob")
    for partner in (ann, bob):
        chat("sync", partner, helper, max_turns=1)
    assert helper.oai_threads[ann] != helper.oai_threads[bob]


def test_a_reply_to_given_messages_is_a_message(serve: Serve) -> None:
    server = serve("Hello.", "I see.")
    helper, user = assistant(server), agent("user")
    assert helper.generate_reply([{"role": "user", "content": "Hi."}], user) == {
        "role": "assistant",
        "content": "Hello.",
    }
    messages = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    helper.generate_reply([*messages, {"role": "tool", "content": "x"}, {"role": "user", "content": "So?"}], user)
    assert said(server.requests[1]) == [("assistant", "x"), ("user", "So?")]


# --- what goes wrong -------------------------------------------------------------------------------------------------


@both_ways
def test_a_failed_request_loses_nothing(way: str, serve: Serve) -> None:
    server = serve(error(400, "No."), "Hello.")
    helper, user = assistant(server), agent("user")
    with pytest.raises(openai.BadRequestError):
        chat(way, user, helper, message="Hi.", max_turns=1)
    assert chat(way, user, helper, message="Again.", max_turns=1, clear_history=False).summary == "Hello."
    assert said(server.requests[1]) == [("user", "Hi."), ("user", "Again.")]
    assert server.requests[0]["conversation"] == server.requests[1]["conversation"]


@both_ways
def test_where_results_of_functions_were_not_taken_a_new_conversation_begins(way: str, serve: Serve) -> None:
    server = serve(tool_call("add"), error(400, "No."), "Hello.")
    helper, user = assistant(server), agent("user")
    helper.register_function({"add": lambda: 1})
    with pytest.raises(openai.BadRequestError):
        chat(way, user, helper, message="Hi.", max_turns=1)
    assert chat(way, user, helper, message="Again.", max_turns=1, clear_history=False).summary == "Hello."
    assert said(server.requests[2]) == [("user", "Hi."), ("user", "Again.")]
    assert server.requests[2]["conversation"] != server.requests[0]["conversation"]


def test_an_interrupted_function_leaves_an_assistant_that_can_be_asked_again(serve: Serve) -> None:
    server = serve(tool_call("wait"), "Hello.")
    helper, user = assistant(server), agent("user")

    def wait() -> None:
        raise KeyboardInterrupt

    helper.register_function({"wait": wait})
    with pytest.raises(KeyboardInterrupt):
        chat("sync", user, helper, message="Hi.", max_turns=1)
    assert chat("sync", user, helper, message="Again.", max_turns=1, clear_history=False).summary == "Hello."
    assert said(server.requests[1]) == [("user", "Hi."), ("user", "Again.")]
    assert server.requests[1]["conversation"] != server.requests[0]["conversation"]


def test_a_history_that_a_program_has_cut_says_its_last_message(serve: Serve) -> None:
    server = serve("Hello.", "I see.")
    helper, user = assistant(server), agent("user")
    helper.generate_reply([{"role": "user", "content": "Hi."}, {"role": "user", "content": "You."}], user)
    helper.generate_reply([{"role": "user", "content": "So?"}], user)
    assert said(server.requests[1]) == [("user", "So?")]


def test_a_conversation_that_openai_has_lost_is_begun_again(serve: Serve) -> None:
    server = serve("Hello.", "Hello again.")
    helper, user = assistant(server), agent("user")
    chat("sync", user, helper, message="Hi.", max_turns=1)
    server.conversations.answer("DELETE", ["conversations", helper.oai_threads[user].id], {})
    with pytest.raises(openai.NotFoundError):
        chat("sync", user, helper, message="Still there?", max_turns=1, clear_history=False)
    assert chat("sync", user, helper, message="Well?", max_turns=1, clear_history=False).summary == "Hello again."
    assert [role for role, _ in said(server.requests[-1])] == ["user", "assistant", "user", "user"]


# --- what is forgotten -----------------------------------------------------------------------------------------------


@both_ways
def test_a_new_chat_deletes_the_former_conversation(way: str, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    server = serve("Hello.", "Hello.", "Hello.", "Hello.")
    helper, user = assistant(server), agent("user")
    seen = []
    for _ in range(2):
        chat(way, user, helper, max_turns=1)
        seen.append(helper.oai_threads[user].id)
    assert list(server.conversations.items) == seen[1:]
    assert f"Clearing thread {seen[0]}" in caplog.text
    helper.clear_history(user)
    assert helper.oai_threads == server.conversations.items == {}
    for forget in (helper.reset, helper.delete_assistant):
        chat(way, user, helper, max_turns=1)
        forget()
        assert helper.oai_threads == server.conversations.items == {}


def test_a_conversation_that_cannot_be_deleted_stops_nothing(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve("Hello.")
    helper, user = assistant(server), agent("user")
    chat("sync", user, helper, max_turns=1)
    server.conversations.answer("DELETE", ["conversations", helper.oai_threads[user].id], {})
    helper.reset()
    assert "could not be deleted" in caplog.text


def test_a_thread_can_be_printed(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    server = serve(tool_call("add"), "Hello.")
    helper, user = assistant(server), agent("user")
    helper.register_function({"add": lambda: 1})
    chat("sync", user, helper, message="Hi.", max_turns=1)
    capsys.readouterr()
    helper.pretty_print_thread(helper.oai_threads[user])
    assert capsys.readouterr().out.splitlines()[1:-1] == [
        *("user: Hi.", "[function_call]", "[function_call_output]", "assistant: Hello."),
    ]
    helper.pretty_print_thread(None)
    assert "No thread" in capsys.readouterr().out


# --- what it is made of ----------------------------------------------------------------------------------------------


def test_it_shows_what_it_is_made_of(serve: Serve) -> None:
    server = serve()
    helper = assistant(server, assistant_config={"tools": [{"type": "code_interpreter"}], "temperature": 0.5})
    same = assistant(server, assistant_config={"tools": [{"type": "code_interpreter"}]})
    other = assistant(server, instructions="Help more.")
    made = helper.openai_assistant
    assert (made.name, made.instructions, made.model) == ("helper", "Help.", "mock-model")
    assert helper.get_assistant_instructions() == helper.system_message == "Help."
    assert helper.assistant_id == same.assistant_id != other.assistant_id
    assert str(helper.openai_client.base_url).startswith(server.base_url)
    assert helper.can_execute_function("add") is False
    names = [entry["reply_func"].__name__ for entry in helper._reply_func_list]
    assert names[2] == "_invoke_assistant"
    helper.update_system_message("Help less.")
    assert helper.get_assistant_instructions() == "Help less."


@both_ways
def test_tools_files_and_settings_go_into_each_request(way: str, serve: Serve) -> None:
    server = serve("Hello.")
    config = {
        "tools": [
            {"type": "code_interpreter"},
            {"type": "retrieval"},
            {"type": "file_search", "vector_store_ids": ["v"]},
        ],
        "tool_resources": {"file_search": {"vector_store_ids": ["vs-1"]}, "code_interpreter": {"file_ids": ["file-1"]}},
        "temperature": 0.1,
    }
    chat(way, agent("user"), assistant(server, assistant_config=config), max_turns=1)
    [request] = server.requests
    assert request["tools"] == [
        {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-1"]}},
        {"type": "file_search", "vector_store_ids": ["vs-1"]},
        {"type": "file_search", "vector_store_ids": ["v"]},
    ]
    assert request["include"] == ["code_interpreter_call.outputs"]
    assert request["temperature"] == 0.1


class WithStores(MockOpenAIServer):
    """A server that makes vector stores as well, and indexes their files at once.

    Attributes:
        indexed: what it was asked to index.
        failed: how many files of a batch cannot be indexed.
    """

    indexed: tuple[str, ...] = ()
    failed = 0

    async def _answer(self, http: HttpRequest) -> HttpResponse | None:
        if "/vector_stores" not in http.path:
            return await super()._answer(http)
        asked = json.loads(http.body) if http.body else {}
        self.indexed += tuple(asked.get("file_ids", ()))
        counts = {"in_progress": 0, "completed": 1, "failed": self.failed, "cancelled": 0, "total": 1}
        kept = {"id": "vs-7", "created_at": 1, "status": "completed", "vector_store_id": "vs-7", "file_counts": counts}
        return HttpResponse(200, json.dumps(kept).encode())


@both_ways
def test_loose_files_are_put_into_a_vector_store_once(way: str) -> None:
    with WithStores(["Hello.", "Hello."]) as server:
        helper = assistant(server, llm_config=server.llm_config(tools=[{"type": "retrieval"}], file_ids=["file-1"]))
        chat(way, agent("user"), helper, max_turns=2)
        assert server.indexed == ("file-1",)
        tools = [{"type": "file_search", "vector_store_ids": ["vs-7"]}]
        assert [request["tools"] for request in server.requests] == [tools, tools]


@both_ways
def test_a_file_that_cannot_be_indexed_is_told(way: str) -> None:
    with WithStores(["Hello."]) as server:
        server.failed = 1
        helper = assistant(server, assistant_config={"tools": [{"type": "file_search"}], "file_ids": ["file-1"]})
        with pytest.raises(RuntimeError, match="'helper-files' .* could not index its files"):
            chat(way, agent("user"), helper, max_turns=1)
        assert server.requests == []


def test_a_file_search_without_files_says_what_to_give(serve: Serve) -> None:
    helper = assistant(serve("Hello."), assistant_config={"tools": [{"type": "file_search"}]})
    with pytest.raises(ValueError, match=r"file_search has nothing to search\. Give the assistant_config files"):
        chat("sync", agent("user"), helper, max_turns=1)


def test_a_prompt_that_openai_keeps_takes_the_place_of_instructions(serve: Serve) -> None:
    server = serve("Hello.")
    helper = assistant(server, instructions=None, assistant_config={"assistant_id": "pmpt_1"})
    assert helper.assistant_id == "pmpt_1"
    assert helper.get_assistant_instructions() is None
    chat("sync", agent("user"), helper, max_turns=1)
    assert server.requests[0]["prompt"] == {"id": "pmpt_1"}
    assert "instructions" not in server.requests[0]


def test_a_former_assistant_needs_its_instructions_here(serve: Serve) -> None:
    server = serve("Hello.")
    with pytest.raises(ValueError, match="'asst_1' is not at OpenAI any more: .*Give its instructions and tools here"):
        assistant(server, instructions=None, llm_config=server.llm_config(assistant_id="asst_1"))
    assert assistant(server, assistant_config={"assistant_id": "asst_1"}).assistant_id == "asst_1"


def test_without_instructions_it_gets_those_of_assistants(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    helper = assistant(serve(), instructions=None)
    assert helper.get_assistant_instructions() == AssistantAgent.DEFAULT_SYSTEM_MESSAGE
    assert "No instructions were provided" in caplog.text


def test_a_model_is_needed_and_has_a_default(serve: Serve) -> None:
    with pytest.raises(ValueError, match="llm_config=False is not supported for GPTAssistantAgent"):
        GPTAssistantAgent("helper", "Help.", llm_config=False)
    with pytest.raises(ValueError, match="specify a non-empty 'model'"):
        GPTAssistantAgent("helper", "Help.")
    server = serve("Hello.", "Hello.", "Hello.")
    entry = {"api_key": "sk-x", "base_url": server.base_url}
    assert GPTAssistantAgent("a", "b", {"config_list": [entry]}).openai_assistant.model == "gpt-4o"
    for llm_config in ({**entry, "model": "m"}, {"config_list": [{**entry, "model": "m"}, {"model": "other"}]}):
        helper = GPTAssistantAgent("helper", "Help.", llm_config, verbose=True)
        chat("sync", agent("user"), helper, max_turns=1)
        assert server.requests[-1].model == "m"
    helper = GPTAssistantAgent("helper", "Help.", LLMConfig({**entry, "model": "m"}))
    assert chat("sync", agent("user"), helper, max_turns=1).summary == "Hello."


def test_the_configuration_of_the_program_stays_as_it_is(serve: Serve) -> None:
    server = serve("Hello.")
    config = server.llm_config(tools=[{"type": "code_interpreter"}], file_ids=["file-1"])
    before = {**config, "config_list": [dict(config["config_list"][0])]}
    helper = assistant(server, llm_config=config)
    chat("sync", agent("user"), helper, max_turns=1)
    assert config == before
    assert helper.llm_config is not False
    assert "tools" not in helper.llm_config


def test_a_matching_assistant_is_found_among_others(serve: Serve) -> None:
    server = serve()
    function = {"type": "function", "function": {"name": "add"}}
    tools: list[dict[str, Any]] = [{"type": "retrieval"}, function]
    others = [
        assistant(server, instructions="Other.", assistant_config={"tools": tools}).openai_assistant,
        assistant(server).openai_assistant,
        assistant(server, assistant_config={"tools": [{"type": "file_search"}, {**function}]}).openai_assistant,
    ]
    helper = assistant(server)
    assert helper.find_matching_assistant(others, "Help.", tools) is others[2]
    assert helper.find_matching_assistant(others, "Help.", []) is others[1]
    assert helper.find_matching_assistant(others[:1], "Help.", tools) is None


def test_a_client_of_its_own_is_refused_with_a_word(serve: Serve) -> None:
    class Own:
        def __init__(self, config: dict[str, Any]) -> None: ...

    helper = GPTAssistantAgent("helper", "Help.", {"config_list": [{"model": "m", "model_client_cls": "Own"}]})
    helper.register_model_client(Own)
    with pytest.raises(TypeError, match="names a client of its own, Own"):
        chat("sync", agent("user"), helper, max_turns=1)


@both_ways
def test_a_chat_recorded_with_its_tools_is_replayed_without_openai(way: str, serve: Serve, tmp_path: Path) -> None:
    server = serve(tool_call("add", a=1, b=2), "Three.")
    helper, user = assistant(server), agent("user")
    helper.register_function({"add": lambda a, b: a + b})
    with record(tmp_path / "run.json", tools=True):
        chat(way, user, helper, message="1 + 2?", max_turns=1)
    server.stop()
    with replay(tmp_path / "run.json"):
        assert chat(way, user, helper, message="1 + 2?", max_turns=1).summary == "Three."


@both_ways
def test_a_run_that_was_stopped_goes_on_in_its_conversation_and_pays_for_nothing_twice(way: str, serve: Serve) -> None:
    server = serve(tool_call("add", a=1, b=2), "Three.", error(400), "Four.")
    sums = []

    def talk() -> Any:
        helper, user = assistant(server), agent("user", default_auto_reply="And one more?")
        helper.register_function({"add": lambda a, b: sums.append((a, b)) or a + b})
        return chat(way, user, helper, message="1 + 2?", max_turns=2), helper.oai_threads[user]

    with pytest.raises(openai.BadRequestError), journal("run.jsonl"):
        talk()
    with journal("run.jsonl"):
        result, thread = talk()
    assert [message["content"] for message in result.chat_history] == ["1 + 2?", "Three.", "And one more?", "Four."]
    assert (len(server.requests), sums, len(server.conversations.items)) == (4, [(1, 2)], 1)
    assert texts_in(server, thread) == ["1 + 2?", "Three.", "And one more?", "Four."]
    with journal("run.jsonl"):
        assert talk()[0].chat_history == result.chat_history
    assert len(server.requests) == 4


# --- tools in other forms --------------------------------------------------------------------------------------------


FUNCTION = {"name": "add", "description": "Adds.", "parameters": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "function", "function": FUNCTION},
        {"type": "function", **FUNCTION},
        FUNCTION,
        {"type": "code_interpreter"},
        {"type": "web_search"},
    ],
)
def test_tools_that_are_known_are_sent_without_a_word(
    tool: dict[str, Any], serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve("Hello.")
    chat("sync", agent("user"), assistant(server, assistant_config={"tools": [tool]}), max_turns=1)
    [sent] = server.requests[0]["tools"]
    assert sent["type"] == tool.get("type", "function")
    assert sent.get("name") in (None, "add")
    assert caplog.text == ""


def test_a_tool_of_an_unknown_type_is_sent_with_a_warning(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve("Hello.", "Hello.")
    for kind in ("code_interpretor", "crystal_ball"):
        helper = assistant(server, assistant_config={"tools": [{"type": kind}]})
        chat("sync", agent("user"), helper, max_turns=1)
    assert [request["tools"][0]["type"] for request in server.requests] == ["code_interpretor", "crystal_ball"]
    first, second = (record.getMessage() for record in caplog.records)
    assert "'code_interpretor'. Did you mean 'code_interpreter'? Known are: apply_patch, code_interpreter," in first
    assert "'crystal_ball'. Known are" in second


@pytest.mark.parametrize(
    ("tools", "kind", "says"),
    [
        ({"type": "file_search"}, TypeError, "tools must be a list such as"),
        (["code_interpreter"], TypeError, 'A tool must be a dict such as {"type": "file_search"}'),
        ([{"type": "function"}], ValueError, "has no name"),
        ([{"type": "function", "function": {"description": "Adds."}}], ValueError, "has no name"),
    ],
)
def test_tools_in_a_wrong_form_are_refused_before_anything_is_asked(
    tools: Any, kind: type[Exception], says: str, serve: Serve
) -> None:
    server = serve("Hello.")
    with pytest.raises(kind, match=re.escape(says)):
        assistant(server, assistant_config={"tools": tools})
    assert server.requests == []


def test_configurations_that_are_not_dicts_are_told(serve: Serve) -> None:
    for settings in ({"llm_config": "gpt-4o"}, {"assistant_config": "tools"}):
        with pytest.raises(TypeError, match="_config must be a dict.* but it is '(gpt-4o|tools)'"):
            assistant(serve(), **settings)
