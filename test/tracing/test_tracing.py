"""Chats become spans and metrics, nested as they happened, and without a word of what was said."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from opentelemetry import trace as traces
from opentelemetry.trace import SpanKind, StatusCode

from autogen_classic import Cache, ConversableAgent, GroupChat, GroupChatManager, events
from autogen_classic.coding import LocalCommandLineCodeExecutor
from autogen_classic.io import IOStream
from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.replay import record, replay
from autogen_classic.testing import CapturedIO, ScriptedPerson, error, pieces, tool_call
from autogen_classic.tracing import trace

SECRET = "sk-this-is-a-very-secret-key-0123456789"


def calling(name: str, arguments: str = "{}") -> dict[str, Any]:
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"content": None, "tool_calls": [call]}


@both_ways
def test_a_chat_with_a_model_and_a_tool_becomes_a_tree_of_spans(way: str, traced: Any, serve: Any) -> None:
    server = serve(tool_call("add", a=1, b=2), "Three.")
    ann = agent("ann", llm_config={"config_list": [server.config(model="gpt-4o", temperature=0.5)], "cache_seed": None})
    bob = agent("bob", function_map={"add": lambda a, b: a + b})
    with traced.trace():
        chat(way, bob, ann, max_turns=2)
    assert traced.tree() == [
        "conversation bob",
        "  invoke_agent ann",
        "    chat gpt-4o",
        "  invoke_agent bob",
        "    execute_tool add",
        "  invoke_agent ann",
        "    chat gpt-4o",
    ]
    asked = traced.spans[2]
    assert asked.kind is SpanKind.CLIENT
    attributes = dict(asked.attributes)
    assert attributes.pop("gen_ai.conversation.id") == traced.attributes("conversation bob")["gen_ai.conversation.id"]
    assert attributes.pop("server.port") > 0
    assert attributes.pop("gen_ai.response.id")
    assert attributes.pop("gen_ai.usage.input_tokens") > 0
    assert attributes.pop("gen_ai.usage.output_tokens") > 0
    assert attributes.pop("gen_ai.usage.cost") > 0
    assert attributes == {
        "ag2.span.type": "llm",
        "autogen_classic.from_cache": False,
        "gen_ai.agent.name": "ann",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.finish_reasons": ("tool_calls",),
        "gen_ai.response.model": "gpt-4o",
        "server.address": "127.0.0.1",
    }
    tool = traced.attributes("execute_tool add")
    assert (tool["gen_ai.operation.name"], tool["gen_ai.tool.name"]) == ("execute_tool", "add")
    assert traced.attributes("conversation bob")["autogen_classic.stop_reason"] == "max_turns"


@both_ways
def test_spans_hold_nothing_of_what_was_said_unless_it_is_asked_for(way: str, traced: Any, serve: Any) -> None:
    def work(word: str) -> str:
        raise ValueError("the word was pineapple")

    server = serve(tool_call("work", word="pineapple"), "The pineapple is ripe.")
    ann = agent("ann", llm_config=server.llm_config(cache_seed=None), system_message="Like pineapple.")
    bob = agent("bob", function_map={"work": work})
    with traced.trace():
        chat(way, bob, ann, message="Is the pineapple ripe?", max_turns=2)
    assert "pineapple" not in "".join(span.to_json() for span in traced.spans)


@both_ways
def test_content_is_captured_in_the_form_of_the_conventions_and_without_keys(
    way: str, traced: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", SECRET)
    server = serve(tool_call("look", at="it"), "Done.")
    config = {**server.config(), "api_key": SECRET + "-own"}
    ann = agent("ann", llm_config={"config_list": [config], "cache_seed": None})
    bob = agent("bob", function_map={"look": lambda at: f"It says {SECRET}-own."})
    with traced.trace(capture_content=True):
        chat(way, bob, ann, message=f"Look. {SECRET}", max_turns=2)
    asked = dict(traced.spans[2].attributes)
    assert '{"type": "text", "content": "Look. ' in asked["gen_ai.input.messages"]
    assert '"type": "tool_call"' in asked["gen_ai.output.messages"]
    assert traced.attributes("execute_tool look")["gen_ai.tool.call.arguments"] == '{"at": "it"}'
    assert "It says" in traced.attributes("execute_tool look")["gen_ai.tool.call.result"]
    assert SECRET not in "".join(span.to_json() for span in traced.spans)


def test_the_key_of_another_agent_and_of_a_bare_wrapper_is_hidden_too(traced: Any, serve: Any) -> None:
    server = serve(SECRET, SECRET)
    config = {**server.config(), "api_key": SECRET + "-own"}
    ann = agent("ann", llm_config={"config_list": [config], "cache_seed": None})
    with traced.trace(capture_content=True):
        chat("sync", agent("bob"), ann, message=f"{SECRET}-own", max_turns=1)
        wrapper = OpenAIWrapper(**config, cache_seed=None)
        wrapper.create(messages=[{"role": "user", "content": f"{SECRET}-own"}])
    assert "-own" not in "".join(span.to_json() for span in traced.spans)


def test_stopping_one_tracing_twice_leaves_another_on(traced: Any, serve: Any) -> None:
    server = serve("one")
    ann = agent("ann", llm_config=server.llm_config(cache_seed=None))
    with traced.trace(), traced.trace() as second:
        second.stop()
        second.stop()
        chat("sync", agent("bob"), ann, max_turns=1)
    assert "traceparent" in server.requests[0].headers


def test_a_request_carries_the_trace_on_in_its_headers(traced: Any, serve: Any) -> None:
    server = serve("one", "two", "three")
    ann = agent("ann", llm_config=server.llm_config(cache_seed=None))
    with traced.trace():
        for way in ("sync", "async"):
            chat(way, agent("bob"), ann, max_turns=1)
    chat("sync", agent("bob"), ann, max_turns=1)
    asked = [span for span in traced.spans if span.name.startswith("chat ")]
    parents = [request.headers.get("traceparent") for request in server.requests]
    expected = [f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}" for span in asked]
    assert [parent and parent[:52] for parent in parents] == [*expected, None]


@both_ways
def test_a_group_and_its_nested_chats_are_one_trace(way: str, traced: Any) -> None:
    ann, bob, carl, dora = (agent(name) for name in ("ann", "bob", "carl", "dora"))
    queue = [{"chat_id": 1, "recipient": carl, "sender": dora, "silent": True, "max_turns": 1}]
    group = GroupChat([ann, bob], [], max_round=3, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False, silent=True)
    bob.register_nested_chats(queue, trigger=manager, use_async=way == "async")
    with traced.trace():
        chat(way, ann, manager)
    assert traced.tree() == [
        "conversation ann",
        "  invoke_agent chat_manager",
        "    invoke_agent bob",
        "      conversation dora",
        "        invoke_agent carl",
        "    invoke_agent ann",
    ]
    assert len({span.context.trace_id for span in traced.spans}) == 1


def test_chats_in_tasks_are_within_the_span_of_the_program_and_do_not_mix(traced: Any, serve: Any) -> None:
    server = serve(default="Hello.")

    async def one(number: int) -> None:
        ann = agent(f"ann{number}", llm_config=server.llm_config(cache_seed=None))
        await agent(f"bob{number}").a_initiate_chat(ann, message="hi", max_turns=2, silent=True)

    async def main() -> None:
        await asyncio.gather(*[one(number) for number in range(5)])

    with traced.trace(), traced.tracer_provider.get_tracer("program").start_as_current_span("program"):
        asyncio.run(main())
    assert traced.tree().count("program") == 1
    for number in range(5):
        (conversation,) = [span for span in traced.spans if span.name == f"conversation bob{number}"]
        inner = [span for span in traced.spans if span.parent and span.parent.span_id == conversation.context.span_id]
        assert {span.name for span in inner} == {f"invoke_agent ann{number}", f"invoke_agent bob{number}"}


def test_a_tool_in_another_thread_and_the_programs_own_spans_belong_to_the_tool(traced: Any) -> None:
    tracer = traced.tracer_provider.get_tracer("program")

    async def look() -> str:
        with tracer.start_as_current_span("own work"):
            return "seen"

    async def notebook_cell() -> None:
        bob = agent("bob", function_map={"look": look})
        chat("sync", agent("ann"), bob, message=calling("look"), max_turns=1)

    with traced.trace():
        asyncio.run(notebook_cell())
    assert traced.tree()[-2:] == ["    execute_tool look", "      own work"]


def test_chats_in_threads_of_the_program_have_traces_of_their_own(traced: Any) -> None:
    with traced.trace():
        threads = [threading.Thread(target=chat, args=("sync", agent("ann"), agent("bob"))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({span.context.trace_id for span in traced.spans}) == 3


@both_ways
def test_an_iterated_chat_leaves_no_span_in_the_context_of_the_loop(way: str, traced: Any) -> None:
    ann, bob = agent("ann"), agent("bob")

    async def iterate() -> None:
        async for _ in ann.a_iterate(bob, message="hi", max_turns=9, silent=True):
            assert not traces.get_current_span().get_span_context().is_valid
            if len(traced.spans) > 2:
                break

    with traced.trace():
        if way == "async":
            asyncio.run(iterate())
        else:
            for _ in ann.iterate(bob, message="hi", max_turns=9, silent=True):
                assert not traces.get_current_span().get_span_context().is_valid
                if len(traced.spans) > 2:
                    break
    assert traced.attributes("conversation ann")["autogen_classic.stop_reason"] == "external stop"


@both_ways
def test_errors_are_on_their_spans(way: str, traced: Any, serve: Any) -> None:
    server = serve(error(429, "too many"), error(401, "no"))
    ann = agent(
        "ann",
        llm_config={"config_list": [server.config(max_retries=0), server.config(max_retries=0)], "cache_seed": None},
    )
    with traced.trace(), pytest.raises(Exception, match="no"):
        chat(way, agent("bob"), ann, max_turns=1)
    failed = {span.name: span for span in traced.spans}
    assert [dict(span.attributes)["error.type"] for span in traced.spans if span.name.startswith("chat ")] == [
        "RateLimitError",
        "AuthenticationError",
    ]
    assert {span.status.status_code for span in failed.values()} == {StatusCode.ERROR}
    assert dict(failed["conversation bob"].attributes)["error.type"] == "AuthenticationError"
    durations = traced.points("gen_ai.client.operation.duration")
    assert {point.attributes["error.type"] for point in durations} == {"RateLimitError", "AuthenticationError"}


@both_ways
@pytest.mark.parametrize(
    ("message", "failure"),
    [
        (calling("breaks"), "ZeroDivisionError"),
        (calling("breaks", "not JSON"), "JSONDecodeError"),
        (calling("missing"), "unknown_tool"),
    ],
)
def test_a_tool_that_fails_says_how(way: str, traced: Any, message: Any, failure: str) -> None:
    bob = agent("bob", function_map={"breaks": lambda: 1 / 0})
    with traced.trace():
        chat(way, agent("ann"), bob, message=message, max_turns=1)
    (tool,) = [span for span in traced.spans if span.name.startswith("execute_tool")]
    assert (tool.status.status_code, dict(tool.attributes)["error.type"]) == (StatusCode.ERROR, failure)
    assert traced.span("invoke_agent bob").status.status_code is StatusCode.UNSET


def test_a_reply_that_raises_leaves_no_span_open(traced: Any) -> None:
    def fail(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
        raise RuntimeError("no")

    bob = agent("bob")
    bob.register_reply([ConversableAgent, None], fail)
    with traced.trace():
        with pytest.raises(RuntimeError):
            chat("sync", agent("ann"), bob)
        assert not traces.get_current_span().get_span_context().is_valid
        chat("sync", agent("carl"), agent("dora"), max_turns=1)
    assert traced.tree() == ["conversation ann", "  invoke_agent bob", "conversation carl", "  invoke_agent dora"]


@both_ways
def test_code_and_people_have_spans(way: str, traced: Any, tmp_path: Any) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)
    bob = agent("bob", code_execution_config={"executor": executor}, human_input_mode="ALWAYS")
    with traced.trace(), IOStream.set_default(ScriptedPerson(["", "exit"])):
        chat(way, agent("ann"), bob, message="```sh\nexit 3\n```")
    code = traced.span("execute_code bob")
    assert dict(code.attributes)["process.exit.code"] == 3
    assert code.status.status_code is StatusCode.ERROR
    assert [line.strip() for line in traced.tree()].count("await_human_input bob") == 2


@both_ways
def test_metrics_count_tokens_cost_and_time(way: str, traced: Any, serve: Any) -> None:
    server = serve(pieces("One ", "two."))
    ann = agent("ann", llm_config={"config_list": [server.config(model="gpt-4o", stream=True)], "cache_seed": None})
    with traced.trace(), IOStream.set_default(CapturedIO()):
        chat(way, agent("bob"), ann, max_turns=1)
    tokens = {point.attributes["gen_ai.token.type"]: point.sum for point in traced.points("gen_ai.client.token.usage")}
    asked = traced.attributes("chat gpt-4o")
    assert tokens == {"input": asked["gen_ai.usage.input_tokens"], "output": asked["gen_ai.usage.output_tokens"]}
    (duration,) = traced.points("gen_ai.client.operation.duration")
    (first,) = traced.points("gen_ai.client.operation.time_to_first_chunk")
    assert 0 < first.sum <= duration.sum
    assert first.sum == asked["gen_ai.response.time_to_first_chunk"]
    (cost,) = traced.points("autogen_classic.client.cost")
    assert cost.value == pytest.approx(asked["gen_ai.usage.cost"])
    assert dict(duration.attributes)["gen_ai.response.model"] == "gpt-4o"


@both_ways
def test_an_answer_from_the_cache_has_a_span_and_counts_for_nothing(way: str, traced: Any, serve: Any) -> None:
    server = serve("Hello.")
    ann = agent("ann", llm_config=server.llm_config())
    with Cache.disk() as cache:
        chat(way, agent("bob"), ann, max_turns=1, cache=cache)
        with traced.trace():
            chat(way, agent("bob"), ann, max_turns=1, cache=cache)
    assert traced.attributes("chat mock-model")["autogen_classic.from_cache"] is True
    assert traced.points("gen_ai.client.token.usage") == []


def test_an_answer_that_comes_after_the_chat_was_stopped_is_counted(
    traced: Any, serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    asked, may_answer, answered = threading.Event(), threading.Event(), threading.Event()

    def late(request: Any) -> str:
        asked.set()
        assert may_answer.wait(20)
        return "Late."

    def note(event: events.ModelAnswered) -> None:
        answered.set()

    server = serve(late)
    ann = agent("ann", llm_config=server.llm_config(cache_seed=None))
    with traced.trace():
        events.subscribe(note, [events.ModelAnswered])
        thread = threading.Thread(target=chat, args=("sync", agent("bob"), ann))
        thread.start()
        assert asked.wait(20)
        ann.stop_chat(now=True)
        thread.join(20)
        may_answer.set()
        assert answered.wait(20)
        events.unsubscribe(note)
    assert traced.attributes("chat mock-model")["error.type"] == "ChatStopped"
    assert traced.attributes("conversation bob")["autogen_classic.stop_reason"] == "external stop"
    assert len(traced.points("gen_ai.client.token.usage")) == 2
    assert not [record for record in caplog.records if "ended span" in record.getMessage()]


def test_a_replay_is_traced_as_the_run_was(traced: Any, serve: Any, tmp_path: Any) -> None:
    ann = agent("ann", llm_config=serve("Hello.").llm_config(cache_seed=None))
    with record(tmp_path / "run.json"):
        chat("sync", agent("bob"), ann, max_turns=1)
    with traced.trace(), replay(tmp_path / "run.json"):
        chat("sync", agent("bob"), ann, max_turns=1)
    assert traced.tree() == ["conversation bob", "  invoke_agent ann", "    chat mock-model"]


def test_what_is_traced_ends_with_the_block_and_open_spans_are_closed(traced: Any) -> None:
    ann, bob = agent("ann"), agent("bob")
    tracing = traced.trace()

    def stop(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> tuple[bool, Any]:
        tracing.stop()
        return False, None

    bob.register_reply([ConversableAgent, None], stop)
    chat("sync", ann, bob, max_turns=1)
    assert not traces.get_current_span().get_span_context().is_valid
    chat("sync", ann, agent("carl"), max_turns=1)
    assert traced.tree() == ["conversation ann", "  invoke_agent bob"]


def test_two_tracings_do_not_end_each_others_spans(traced: Any) -> None:
    with traced.trace(), traced.trace():
        chat("sync", agent("ann"), agent("bob"), max_turns=1)
    assert traced.tree() == [
        "conversation ann",
        "  conversation ann",
        "    invoke_agent bob",
        "      invoke_agent bob",
    ]


def test_without_a_provider_one_warning_says_that_spans_go_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    with trace(), caplog.at_level(logging.WARNING):
        for _ in range(2):
            chat("sync", agent("ann"), agent("bob"), max_turns=1)
    assert [record.getMessage()[:16] for record in caplog.records] == ["Spans go nowhere"]


@pytest.mark.parametrize("name", ["tracer_provider", "meter_provider"])
def test_something_else_than_a_provider_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be a provider of OpenTelemetry"):
        trace(**{name: "http://localhost:4318"})  # type: ignore[arg-type]


def test_the_provider_of_each_configuration_has_its_name_in_the_conventions() -> None:
    from autogen_classic import OpenAIWrapper
    from autogen_classic.tracing._attributes import provider_name

    def name_of(**config: Any) -> str:
        wrapper = OpenAIWrapper(config_list=[{"model": "m", "api_key": "sk-0123456789", **config}])
        return provider_name(wrapper._clients[0])

    azure = {"api_type": "azure", "base_url": "https://example.test", "api_version": "1"}
    assert [name_of(), name_of(**azure), name_of(api_type="mistral"), name_of(api_type="google")] == [
        "openai",
        "azure.ai.openai",
        "mistral_ai",
        "gcp.gemini",
    ]
