"""The exact calls that the library makes into user code."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from behaviour_helpers import Calls, agent, asks_model, chat, function_call, group, texts, tool_call

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent

item = pytest.mark.item
both_ways = pytest.mark.parametrize("way", ["sync", "async"])


def asynchronous(function: Callable[..., Any]) -> Callable[..., Any]:
    async def twin(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return twin


def twin_name(way: str, name: str) -> str:
    return name if way == "sync" else f"a_{name}"


def record(way: str, owner: Any, name: str) -> Calls:
    """Record the calls of a method that an instance overrides, with its twin in asynchronous chats."""
    return Calls().on(owner, twin_name(way, name))


# --- Replies -----------------------------------------------------------------------------------------------------


@item("calls: generate_reply(messages=..., sender=...) in a two-agent chat, by keyword and nothing else")
def test_a_reply_is_asked_with_messages_and_sender() -> None:
    ann, bob = agent("ann"), agent("bob")
    opener, answerer = Calls().on(ann, "generate_reply"), Calls().on(bob, "generate_reply")
    chat(ann, bob, max_turns=2)
    assert [(args, set(kwargs)) for args, kwargs in [*opener, *answerer]] == [((), {"messages", "sender"})] * 3
    assert answerer[0][1]["sender"] is ann
    assert answerer[0][1]["messages"] is bob.chat_messages[ann]
    assert opener[0][1]["messages"] is ann.chat_messages[bob]


@item("calls: generate_reply(messages=..., sender=...) in a two-agent chat, by keyword and nothing else")
def test_an_override_of_generate_reply_needs_no_kwargs() -> None:
    class Own(ConversableAgent):
        def generate_reply(self, messages=None, sender=None):  # type: ignore[no-untyped-def]
            return f"{len(messages)} from {sender.name}"

    assert chat(agent("ann"), agent("bob", Own)).summary == "1 from ann"


@item("calls: generate_reply(sender=manager) in a group, by keyword and nothing else")
def test_a_reply_in_a_group_is_asked_with_the_manager_only() -> None:
    ann, bob = agent("ann"), agent("bob")
    manager = group(ann, bob)
    calls = Calls().on(bob, "generate_reply")
    chat(ann, manager)
    assert calls == [((), {"sender": manager})]


@item("calls: generate_reply(sender=manager) in a group, by keyword and nothing else")
def test_a_group_within_a_group_is_asked_with_the_manager_only() -> None:
    ann, inner = agent("ann"), group(agent("bob"), agent("carl"), manager={"name": "inner"})
    outer = group(ann, inner, max_round=2)
    calls = Calls().on(inner, "generate_reply")
    chat(ann, outer)
    assert calls == [((), {"sender": outer})]


@item("calls: a_generate_reply(sender=...) in asynchronous chats, by keyword and nothing else")
def test_a_reply_in_an_asynchronous_chat_is_asked_with_the_sender_only() -> None:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    calls = Calls().on(bob, "a_generate_reply")
    chat(ann, bob, "async")
    manager = group(ann, carl)
    in_group = Calls().on(carl, "a_generate_reply")
    chat(ann, manager, "async")
    assert calls == [((), {"sender": ann})]
    assert in_group == [((), {"sender": manager})]


@item("calls: get_human_input(prompt), one positional")
@both_ways
def test_the_person_is_asked_with_one_positional(way: str) -> None:
    ann, bob = agent("ann"), agent("bob", human_input_mode="ALWAYS")
    calls = Calls()
    bob.get_human_input = calls.around(lambda prompt: "typed")
    assert chat(ann, bob, way).summary == "typed"
    assert [(len(args), kwargs) for args, kwargs in calls] == [(1, {})]


@item("calls: a_get_human_input(prompt), one positional")
def test_the_asynchronous_person_is_asked_with_one_positional() -> None:
    ann, bob = agent("ann"), agent("bob", human_input_mode="ALWAYS")
    calls = Calls()
    bob.a_get_human_input = calls.around(asynchronous(lambda prompt: "typed"))
    assert chat(ann, bob, "async").summary == "typed"
    assert [(len(args), kwargs) for args, kwargs in calls] == [(1, {})]


# --- Sending and receiving ---------------------------------------------------------------------------------------


@item("calls: _print_received_message(message, sender), positional, patched on instances")
@both_ways
def test_printing_is_patched_on_an_instance(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    calls = Calls().on(bob, "_print_received_message")
    chat(ann, bob, way, silent=False)
    assert calls in ([(({"content": "hi"}, ann), {})], [(("hi", ann), {})])


@item("calls: _print_received_message(message, sender), positional, patched on the class")
@both_ways
def test_printing_is_patched_on_the_class(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(
        ConversableAgent, "_print_received_message", lambda self, message, sender: seen.append((self, sender))
    )
    ann, bob = agent("ann"), agent("bob", AssistantAgent)
    chat(ann, bob, way, silent=False)
    assert seen == [(bob, ann), (ann, bob)]


@item("calls: _process_received_message(message, sender, silent), positional, patched on instances")
@both_ways
def test_processing_is_patched_on_an_instance(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    calls = Calls().on(bob, "_process_received_message")
    chat(ann, bob, way)
    assert calls == [(("hi", ann, True), {})]


@item("calls: _process_received_message(message, sender, silent), positional, patched on the class")
@both_ways
def test_processing_is_patched_on_the_class(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    original = ConversableAgent._process_received_message

    def patched(self: Any, message: Any, sender: Any, silent: Any) -> Any:
        seen.append((message, sender, silent))
        return original(self, message, sender, silent)

    monkeypatch.setattr(ConversableAgent, "_process_received_message", patched)
    ann, bob = agent("ann"), agent("bob")
    chat(ann, bob, way)
    assert seen == [("hi", ann, True), ("ok", bob, True)]


@item("calls: send(message, recipient, silent=...) for a reply")
@both_ways
def test_a_reply_is_sent_with_silent_only(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    calls = record(way, bob, "send")
    chat(ann, bob, way)
    assert calls == [(("ok", ann), {"silent": True})]


@item("calls: send(message, recipient, request_reply=..., silent=...) elsewhere")
@both_ways
def test_a_turn_and_a_group_send_with_request_reply(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    opener = record(way, ann, "send")
    chat(ann, bob, way)
    assert opener == [(("hi", bob), {"request_reply": True, "silent": True})]

    opener.clear()
    manager = group(ann, bob, max_round=2)
    speaker, to_all = record(way, bob, "send"), record(way, manager, "send")
    chat(ann, manager, way)
    assert speaker == [(("ok", manager), {"request_reply": False, "silent": False})]
    assert [(args[1], kwargs) for args, kwargs in to_all] == [
        (bob, {"request_reply": False, "silent": True}),
        (ann, {"request_reply": False, "silent": True}),
    ]


@item("calls: send(message, recipient, silent=...) opens a chat without max_turns")
@both_ways
def test_a_chat_without_turns_is_opened_without_request_reply(way: str) -> None:
    ann, bob = agent("ann"), agent("bob", max_consecutive_auto_reply=0)
    calls = record(way, ann, "send")
    chat(ann, bob, way, max_turns=None)
    assert calls == [(("hi", bob), {"silent": True})]


@item("calls: receive(message, sender, request_reply, silent) with four positionals")
@both_ways
def test_receiving_takes_four_positionals(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    asked, answered = record(way, bob, "receive"), record(way, ann, "receive")
    chat(ann, bob, way)
    assert asked == [(("hi", ann, True, True), {})]
    assert answered == [(("ok", bob, None, True), {})]


@item("calls: request_reply of receive may be None")
@both_ways
def test_request_reply_is_none_where_nobody_said_otherwise(way: str) -> None:
    ann, bob = agent("ann"), agent("bob", max_consecutive_auto_reply=0)
    calls = record(way, bob, "receive")
    chat(ann, bob, way, max_turns=None)
    assert calls == [(("hi", ann, None, True), {})]


@item("calls: _append_oai_message(..., is_sending=...)")
@both_ways
def test_storing_names_is_sending(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    sending, receiving = Calls().on(ann, "_append_oai_message"), Calls().on(bob, "_append_oai_message")
    chat(ann, bob, way, max_turns=1)
    assert sending[0] == (("hi", "assistant", bob), {"is_sending": True})
    assert receiving[0] == (("hi", "user", ann), {"is_sending": False})


@item("calls: generate_init_message(message, **context)")
@both_ways
def test_the_first_message_is_built_from_message_and_context(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    calls = Calls()
    opened = calls.around(lambda message, **context: f"{message} about {context['topic']}")
    setattr(ann, twin_name(way, "generate_init_message"), opened if way == "sync" else asynchronous(opened))
    result = chat(ann, bob, way, topic="tea", carryover="c")
    assert calls == [(("hi",), {"topic": "tea", "carryover": "c"})]
    assert texts(result.chat_history)[0] == "hi about tea"


# --- Code and functions ------------------------------------------------------------------------------------------

CODE = "```python\nprint(1)\n```"


@item("calls: run_code(code, **kw) -> (exitcode, log, image)")
@both_ways
def test_code_runs_through_run_code(way: str) -> None:
    ann, bob = agent("ann"), agent("bob", code_execution_config={"use_docker": False, "timeout": 5})
    calls = Calls()
    bob.run_code = calls.around(lambda code, **kwargs: (0, "log", "an-image"))
    result = chat(ann, bob, way, message=CODE)
    assert calls == [(("print(1)",), {"lang": "python", "filename": None, "use_docker": False, "timeout": 5})]
    assert result.summary == "exitcode: 0 (execution succeeded)\nCode output: \nlog"
    assert bob._code_execution_config["use_docker"] == "an-image"


@item("calls: execute_code_blocks(code_blocks)")
@both_ways
def test_blocks_run_through_execute_code_blocks(way: str) -> None:
    ann, bob = agent("ann"), agent("bob", code_execution_config={"use_docker": False})
    calls = Calls()
    bob.execute_code_blocks = calls.around(lambda code_blocks: (1, "log"))
    result = chat(ann, bob, way, message=CODE)
    assert calls == [(([("python", "print(1)")],), {})]
    assert result.summary == "exitcode: 1 (execution failed)\nCode output: log"


@item("calls: execute_function(func_call)")
@pytest.mark.parametrize("call", [tool_call(), function_call()], ids=["tool", "function"])
def test_functions_run_through_execute_function(call: dict[str, Any]) -> None:
    ann, bob = agent("ann"), agent("bob", function_map={"add": lambda a: a + 1})
    calls = Calls().on(bob, "execute_function")
    result = chat(ann, bob, message=call)
    assert calls == [(({"name": "add", "arguments": '{"a": 1}'},), {})]
    assert result.summary == "2"


@item("calls: a_execute_function(func_call) in asynchronous chats")
def test_tools_run_through_a_execute_function_in_asynchronous_chats() -> None:
    ann, bob = agent("ann"), agent("bob", function_map={"add": lambda a: a + 1})
    calls = Calls().on(bob, "a_execute_function")
    assert chat(ann, bob, "async", message=tool_call()).summary == "2"
    assert calls == [(({"name": "add", "arguments": '{"a": 1}'},), {})]


# --- Groups ------------------------------------------------------------------------------------------------------


class StrictGroup(GroupChat):
    """Takes the documented arguments and no others, and keeps what it was asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seen: dict[str, Any] = {}  # shared with the shallow copy that the manager leads

    def select_speaker(self, last_speaker, selector):  # type: ignore[no-untyped-def]
        self.seen["select_speaker"] = (last_speaker, selector)
        return super().select_speaker(last_speaker, selector)

    def select_speaker_msg(self, agents):  # type: ignore[no-untyped-def]
        self.seen["select_speaker_msg"] = agents
        return "Who is it?"

    def select_speaker_prompt(self, agents):  # type: ignore[no-untyped-def]
        self.seen["select_speaker_prompt"] = agents
        return "Say it."

    def next_agent(self, agent, agents):  # type: ignore[no-untyped-def]
        self.seen["next_agent"] = (agent, agents)
        return super().next_agent(agent, agents)

    def agent_by_name(self, name):  # type: ignore[no-untyped-def]
        self.seen["agent_by_name"] = name
        return super().agent_by_name(name)

    def append(self, message, speaker):  # type: ignore[no-untyped-def]
        self.seen["append"] = (message["content"], speaker)
        return super().append(message, speaker)

    def reset(self):  # type: ignore[no-untyped-def]
        self.seen["reset"] = True
        return super().reset()


@pytest.fixture
def strict_run(model: Any) -> tuple[dict[str, Any], Any, Any, Any]:
    """A round of a strict group: what it was asked, its two agents, and its manager."""
    model.replies = ["bob"]
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    config = {"config_list": [{"model": "gpt-4", "api_key": "sk-test"}], "cache_seed": None}
    manager = group(
        ann, bob, carl, kind=StrictGroup, max_round=2, speaker_selection_method="auto", manager={"llm_config": config}
    )
    chat(ann, manager)
    return manager.groupchat.seen, ann, bob, manager


@item("calls: GroupChat.select_speaker(last_speaker, selector)")
def test_a_group_selects_with_last_speaker_and_selector(strict_run: Any) -> None:
    seen, ann, _, manager = strict_run
    assert seen["select_speaker"] == (ann, manager)


@item("calls: GroupChat.select_speaker_msg(agents)")
def test_a_group_builds_the_system_message_for_agents(strict_run: Any, model: Any) -> None:
    assert [one.name for one in strict_run[0]["select_speaker_msg"]] == ["ann", "bob", "carl"]
    assert model.requests[0]["messages"][0]["content"] == "Who is it?"


@item("calls: GroupChat.select_speaker_prompt(agents)")
def test_a_group_builds_the_prompt_for_agents(strict_run: Any, model: Any) -> None:
    assert [one.name for one in strict_run[0]["select_speaker_prompt"]] == ["ann", "bob", "carl"]
    assert model.requests[0]["messages"][-1]["content"] == "Say it."


@item("calls: GroupChat.agent_by_name(name)")
def test_a_group_finds_the_named_agent(strict_run: Any) -> None:
    assert strict_run[0]["agent_by_name"] == "bob"


@item("calls: GroupChat.append(message, speaker)")
def test_a_group_appends_a_message_and_its_speaker(strict_run: Any) -> None:
    assert strict_run[0]["append"] == ("ok", strict_run[2])


@item("calls: GroupChat.reset()")
def test_a_group_is_reset_at_the_start_of_a_chat(strict_run: Any) -> None:
    assert strict_run[0]["reset"] is True


@item("calls: GroupChat.next_agent(agent, agents)")
def test_a_group_goes_round_by_agent_and_agents() -> None:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    manager = group(ann, bob, carl, kind=StrictGroup, max_round=2)
    chat(ann, manager)
    assert manager.groupchat.seen["next_agent"] == (ann, [ann, bob, carl])


@item("calls: GroupChat is a dataclass which programs subclass as a dataclass with __post_init__")
def test_a_subclass_of_a_group_may_be_a_dataclass() -> None:
    @dataclass
    class Own(GroupChat):
        topic: str = "none"
        heard: list[str] = field(default_factory=list)

        def __post_init__(self) -> None:
            super().__post_init__()
            self.topic = self.topic.upper()

    ann, bob = agent("ann"), agent("bob")
    manager = group(ann, bob, kind=Own, topic="tea")
    assert (manager.groupchat.topic, manager.groupchat.heard) == ("TEA", [])
    assert texts(chat(ann, manager).chat_history) == ["hi", "ok"] or manager.groupchat.messages
    assert texts(manager.groupchat.messages) == ["hi", "ok", "ok"]


# --- Built-in replies --------------------------------------------------------------------------------------------


class OwnModelReply(ConversableAgent):
    """Overrides a reply that is registered as the function of the base class."""

    def generate_oai_reply(self, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
        return True, "own"

    async def a_generate_oai_reply(self, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
        return True, "own"


@item("calls: overriding generate_oai_reply has no effect unless it is registered again")
@both_ways
def test_an_override_of_a_built_in_reply_is_not_asked(way: str, model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob", OwnModelReply)
    if way == "async":
        bob.replace_reply_func(ConversableAgent.a_generate_oai_reply, ConversableAgent.generate_oai_reply)
    assert chat(ann, bob, way).summary == "fine"
    bob.register_reply([ConversableAgent, None], OwnModelReply.generate_oai_reply)
    assert chat(ann, bob, way).summary == "own"


@item("calls: exclude=[...] in generate_reply compares by identity")
def test_excluded_replies_are_found_by_identity(model: Any) -> None:
    bob = asks_model("bob", OwnModelReply)
    messages = [{"role": "user", "content": "hi"}]
    assert bob.generate_reply(messages, None, exclude=[OwnModelReply.generate_oai_reply]) == "fine"
    assert bob.generate_reply(messages, None, exclude=[ConversableAgent.generate_oai_reply]) == "ok"


# --- Patches of classes ------------------------------------------------------------------------------------------


def count_class_calls(monkeypatch: pytest.MonkeyPatch, path: str) -> list[str]:
    """Patch what a dotted path names, as tracing tools do, and count the calls."""
    owner = pkgutil.resolve_name(path.rpartition(".")[0])
    name = path.rpartition(".")[2]
    original = getattr(owner, name)
    calls: list[str] = []

    def patched(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, patched)
    return calls


AGENT = "autogen_classic.agentchat.conversable_agent:ConversableAgent"


@item("calls: ConversableAgent.generate_reply is patched by name on the class")
@pytest.mark.parametrize("where", ["two agents", "group"])
def test_a_patched_generate_reply_is_called(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    calls = count_class_calls(monkeypatch, f"{AGENT}.generate_reply")
    ann, bob = agent("ann"), agent("bob", AssistantAgent)
    chat(ann, bob if where == "two agents" else group(ann, bob, max_round=2))
    assert len(calls) == (1 if where == "two agents" else 2)


@item("calls: ConversableAgent.initiate_chat is patched by name on the class")
def test_a_patched_initiate_chat_is_called_for_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = count_class_calls(monkeypatch, f"{AGENT}.initiate_chat")
    ann, bob = agent("ann"), agent("bob")
    ann.initiate_chats([{"recipient": bob, "message": "hi", "max_turns": 1, "silent": True}])
    assert len(calls) == 1


@item("calls: ConversableAgent.send is patched by name on the class")
@pytest.mark.parametrize("where", ["two agents", "group"])
def test_a_patched_send_is_called(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    calls = count_class_calls(monkeypatch, f"{AGENT}.send")
    ann, bob = agent("ann"), agent("bob", UserProxyAgent, code_execution_config=False)
    chat(ann, bob if where == "two agents" else group(ann, bob, max_round=2))
    assert len(calls) == (2 if where == "two agents" else 4)


@item("calls: ConversableAgent.a_send and the other twins are patched by name on the class")
@pytest.mark.parametrize("name", ["a_send", "a_receive", "a_generate_reply", "a_initiate_chat"])
def test_a_patched_twin_is_called(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    owner, calls = ConversableAgent, []
    original = getattr(owner, name)

    async def patched(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return await original(*args, **kwargs)

    monkeypatch.setattr(owner, name, patched)
    ann, bob = agent("ann"), agent("bob")
    queue = [{"chat_id": 1, "recipient": bob, "message": "hi", "max_turns": 1, "silent": True}]
    asyncio.run(ann.a_initiate_chats(queue))
    assert calls


@item("calls: ConversableAgent.execute_function is patched by name on the class")
def test_a_patched_execute_function_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = count_class_calls(monkeypatch, f"{AGENT}.execute_function")
    chat(agent("ann"), agent("bob", function_map={"add": lambda a: a}), message=tool_call())
    assert len(calls) == 1


@item("calls: ConversableAgent.__init__ is patched by name on the class")
def test_a_patched_constructor_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = count_class_calls(monkeypatch, f"{AGENT}.__init__")
    agent("ann", UserProxyAgent, code_execution_config=False)
    agent("bob", AssistantAgent)
    group(agent("c"), agent("d"))
    assert len(calls) == 5


@item("calls: GroupChatManager.run_chat is patched by name on the class")
def test_a_patched_run_chat_is_called_once_it_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = count_class_calls(monkeypatch, "autogen_classic.agentchat.groupchat:GroupChatManager.run_chat")
    ann, bob = agent("ann"), agent("bob")
    manager = group(ann, bob)
    chat(ann, manager)
    assert len(calls) == 1
    assert manager._reply_func_list[1]["reply_func"] is GroupChatManager.run_chat
    assert texts(manager.groupchat.messages) == ["hi", "ok", "ok"]


@item("calls: OpenAIClient.create is patched by name on the class")
@both_ways
def test_a_patched_client_is_called(way: str, model: Any) -> None:
    assert chat(agent("ann"), asks_model("bob"), way).summary == "fine"
    assert len(model.requests) == 1


@item("calls: patches go through dotted paths like autogen.agentchat.conversable_agent:ConversableAgent.send")
def test_the_dotted_paths_of_tracing_tools_resolve() -> None:
    for path, expected in {
        f"{AGENT}.send": ConversableAgent.send,
        "autogen_classic.agentchat.groupchat:GroupChatManager.run_chat": GroupChatManager.run_chat,
        "autogen_classic.ConversableAgent": ConversableAgent,
        "autogen_classic.agentchat.groupchat.GroupChat.select_speaker": GroupChat.select_speaker,
    }.items():
        assert pkgutil.resolve_name(path) is expected
    assert pkgutil.resolve_name("autogen_classic.oai.client:OpenAIClient.create")


@item("calls: an internal call goes through the attribute, never around it")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("process_last_received_message", {}),
        ("process_all_messages_before_reply", {}),
        ("generate_init_message", {}),
        ("_summarize_chat", {}),
        ("_raise_exception_on_async_reply_functions", {}),
        ("reset_consecutive_auto_reply_counter", {}),
        ("clear_history", {}),
        ("receive", {}),
        ("generate_reply", {}),
        ("get_human_input", {"human_input_mode": "ALWAYS"}),
    ],
)
def test_an_overridden_method_is_called_by_the_library(name: str, arguments: dict[str, Any], terminal: Any) -> None:
    calls = []
    original = getattr(ConversableAgent, name)

    def override(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return original(self, *args, **kwargs)

    terminal.answers = ["typed"] * 4
    own = type("Own", (ConversableAgent,), {name: override})
    chat(agent("ann", own), agent("bob", own, **arguments))
    assert calls
