"""Every class of AG2's events: which conversation sends it to a stream, or why none does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent
from group_kit import member, talk
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat import initiate_chats
from autogen_classic.agentchat.group import (
    AgentTarget,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    StringContextCondition,
    TerminateTarget,
)
from autogen_classic.agentchat.group.events import transition_events  # noqa: F401 - defines classes of events
from autogen_classic.agentchat.group.safeguards import SafeguardEvent, apply_safeguard_policy  # noqa: F401 - the same
from autogen_classic.events.agent_events import create_received_event_model
from autogen_classic.events.base_event import get_event_classes
from autogen_classic.io import IOStream
from autogen_classic.testing import MockOpenAIServer, ScriptedClient, function_call, tool_call

NEVER_SENT = {
    "async_input_request": "runs of both kinds ask by an input_request",
    "clear_conversable_agent_history_warning": "a number of messages counts for the history of one agent, too",
    "input_response": "an answer comes by respond() of the request",
}


class Recorder(IOStream):
    """A stream that keeps the types of events, and answers questions."""

    def __init__(self, *answers: str) -> None:
        self.types: list[str] = []
        self._answers = list(answers)

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        self.types.append("print")

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        return self._answers.pop(0)

    def send(self, message: Any) -> None:
        self.types.append(message.type)


def two(sender: ConversableAgent, recipient: ConversableAgent, turns: int | None = None) -> None:
    sender.initiate_chat(recipient, message="hi", max_turns=turns)


def group(**settings: Any) -> GroupChatManager:
    members = [agent("ann"), agent("bob"), agent("carl")]
    settings = {"max_round": 3, "speaker_selection_method": "round_robin", **settings}
    return GroupChatManager(GroupChat(members, [], **settings), llm_config=False)


def chosen(*names: str) -> None:
    manager = group(speaker_selection_method="auto", max_round=2, select_speaker_auto_verbose=True)
    for one in manager.groupchat.agents:
        one.description = one.name
    client = ScriptedClient(list(names))
    config = client.llm_config()
    manager.llm_config, manager.client = config, agent("model", llm_config=config).client
    two(manager.groupchat.agents[0], manager)


def manual() -> None:
    manager = group(speaker_selection_method="manual", max_round=2)
    two(manager.groupchat.agents[0], manager)


def handing_over(ann: ConversableAgent, **settings: Any) -> None:
    talk("sync", ann, member("bob", "bob 1"), group_manager_args={"silent": False}, max_rounds=4, **settings)


def by_after_work() -> None:
    ann = member("ann", "ann 1")
    ann.handoffs.set_after_work(TerminateTarget())
    handing_over(ann)


def by_context() -> None:
    ann = member("ann", "ann 1", context_variables={"x": True})
    condition = StringContextCondition(variable_name="x")
    ann.handoffs.add_context_condition(OnContextCondition(target=AgentTarget(agent_name="bob"), condition=condition))
    handing_over(ann, context_variables={"x": True})


def by_model() -> None:
    ann = member("ann", tool_call("transfer_to_bob_1"))
    ann.handoffs.add_llm_condition(OnCondition(target=AgentTarget(agent_name="bob"), condition="Bob."))
    handing_over(ann)


def by_tool() -> None:
    def go() -> ReplyResult:
        """Go."""
        return ReplyResult(message="gone", target=AgentTarget(agent_name="bob"))

    handing_over(member("ann", tool_call("go"), functions=[go]))


def guarded() -> None:
    ann, bob = agent("ann"), agent("bob")
    rule = {"message_source": "ann", "message_destination": "bob", "check_method": "regex", "pattern": "hi"}
    policy = {"inter_agent_safeguards": {"agent_transitions": [{**rule, "action": "mask"}]}}
    apply_safeguard_policy(agents=[ann, bob], policy=policy)
    two(ann, bob, 1)


def calling(reply: Any) -> None:
    user = agent("user", function_map={"add": lambda: 3})
    two(user, agent("bot", llm_config=ScriptedClient([reply, "Fine."]).llm_config()), 2)


def running(**config: Any) -> None:
    user = agent("user", code_execution_config=config)
    bot = agent("bot", default_auto_reply="```python\nprint(1)\n```")
    two(user, bot, 2)


def streaming() -> None:
    with MockOpenAIServer(["Hello."]) as server:
        two(agent("user"), agent("bot", llm_config={**server.llm_config(), "stream": True}), 1)


def person(mode: str) -> None:
    bot = agent("bot", human_input_mode=mode, default_auto_reply="I am bot", max_consecutive_auto_reply=1)
    two(agent("user"), bot, 3)


def queue() -> None:
    chat = {"sender": agent("ann"), "recipient": agent("bob"), "message": "hi", "max_turns": 1, "summary_method": None}
    initiate_chats([chat])


def clearing() -> None:
    manager = group(enable_clear_history=True)
    manager.groupchat.agents[1].human_input_mode = "ALWAYS"
    two(manager.groupchat.agents[0], manager)


def shortening() -> None:
    ann = agent("ann")
    two(ann, agent("bob"), 1)
    ann.clear_history(nr_messages_to_preserve=1)


def spending() -> None:
    bot = agent("bot", llm_config=ScriptedClient(["Fine."]).llm_config())
    two(agent("user"), bot, 1)
    bot.print_usage_summary()
    agent("ann").print_usage_summary()


def asking() -> list[str]:
    run = agent("bot", human_input_mode="ALWAYS").run(message="hi", max_turns=1)
    types = []
    for event in run.events:
        types.append(event.type)
        if event.type == "input_request":
            event.content.respond("exit")
    return types


def failing() -> list[str]:
    def fail(request: object) -> str:
        raise ValueError("broken")

    run = agent("bot", llm_config=ScriptedClient(default=fail).llm_config()).run(message="hi", max_turns=1)
    types: list[str] = []
    with pytest.raises(ValueError, match="broken"):
        types.extend(event.type for event in run.events)
    return types


SENT: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "after_works_transition": (by_after_work, []),
    "clear_agents_history": (clearing, ["CLEAR HISTORY"]),
    "clear_conversable_agent_history": (shortening, []),
    "conversable_agent_usage_summary": (spending, []),
    "conversable_agent_usage_summary_no_cost_incurred": (spending, []),
    "error": (failing, []),
    "execute_code_block": (lambda: running(use_docker=False), []),
    "execute_function": (lambda: calling(tool_call("add")), []),
    "executed_function": (lambda: calling(tool_call("add")), []),
    "function_call": (lambda: calling(function_call("add")), []),
    "function_response": (lambda: calling(function_call("add")), []),
    "generate_code_execution_reply": (lambda: running(executor="commandline-local"), []),
    "group_chat_resume": (lambda: group().resume([{"role": "user", "content": "hi", "name": "ann"}]), []),
    "group_chat_run_chat": (lambda: two(agent("ann"), group()), []),
    "input_request": (asking, []),
    "on_condition_l_l_m_transition": (by_model, []),
    "on_context_condition_transition": (by_context, []),
    "post_carryover_processing": (queue, []),
    "print": (lambda: IOStream.get_default().print("x"), []),
    "reply_result_transition": (by_tool, []),
    "run_completion": (asking, []),
    "safeguard": (guarded, []),
    "select_speaker": (manual, ["1"]),
    "select_speaker_invalid_input": (manual, ["9", "1"]),
    "select_speaker_try_count_exceeded": (manual, ["9", "9"]),
    "speaker_attempt_failed_multiple_agents": (lambda: chosen("ann and bob", "bob"), []),
    "speaker_attempt_failed_no_agents": (lambda: chosen("nobody", "bob"), []),
    "speaker_attempt_successful": (lambda: chosen("bob"), []),
    "stream": (streaming, []),
    "termination": (lambda: two(agent("ann"), agent("bob"), 1), []),
    "termination_and_human_reply_no_input": (lambda: person("ALWAYS"), ["", "exit"]),
    "text": (lambda: two(agent("ann"), agent("bob"), 1), []),
    "tool_call": (lambda: calling(tool_call("add")), []),
    "tool_response": (lambda: calling(tool_call("add")), []),
    "usage_summary": (spending, []),
    "using_auto_reply": (lambda: person("TERMINATE"), ["", "exit"]),
}


@pytest.mark.parametrize("kind", SENT)
def test_a_conversation_sends_it(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # code is written there before it runs
    converse, answers = SENT[kind]
    stream = Recorder(*answers)
    with IOStream.set_default(stream):
        types = converse()
    assert kind in (types if isinstance(types, list) else stream.types)


def test_every_class_is_sent_or_has_a_reason() -> None:
    ours = {kind for kind, one in get_event_classes().items() if one.__module__.startswith("autogen_classic.")}
    assert ours == {*SENT, *NEVER_SENT}


# --- what comes from models and servers in forms of their own

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=5,
)
CALLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": ANYTHING,
            "function": st.fixed_dictionaries({}, optional={"name": ANYTHING, "arguments": ANYTHING}),
        },
    ),
    max_size=2,
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "content": ANYTHING,
        "role": st.sampled_from(["user", "assistant", "tool", "function"]),
        "name": ANYTHING,
        "tool_call_id": ANYTHING,
        "tool_calls": CALLS,
        "function_call": st.fixed_dictionaries({"name": ANYTHING}, optional={"arguments": ANYTHING}),
        "tool_responses": st.lists(
            st.fixed_dictionaries({}, optional={"tool_call_id": ANYTHING, "content": ANYTHING}), max_size=2
        ),
        "refusal": ANYTHING,
        "audio": ANYTHING,
    },
)


@given(message=MESSAGES)
@settings(max_examples=200)
def test_whatever_is_in_a_message_it_becomes_an_event(message: dict[str, Any]) -> None:
    event: Any = create_received_event_model(event=message, sender=agent("ann"), recipient=agent("bob"))
    event.print(lambda *objects, **settings: None)
    assert event.model_dump_json()


@pytest.mark.parametrize("arguments", ["[1]", '"text"', "{broken", "null", "3"])
def test_a_call_with_odd_arguments_is_answered_though_events_are_heard(arguments: str) -> None:
    call = {"id": "7", "type": "function", "function": {"name": "add", "arguments": arguments}}
    stream = Recorder()
    with IOStream.set_default(stream):
        calling({"tool_calls": [call]})
    assert stream.types.count("executed_function") == 1
    assert stream.types[-2:] == ["text", "termination"]
