"""What a beginner gets wrong: each error says what was wrong, where, and what to do, and has the type of 0.2.40."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, SupportsIndex

import pytest

from autogen_classic import (
    AssistantAgent,
    ConversableAgent,
    GroupChat,
    GroupChatManager,
    OpenAIWrapper,
    UserProxyAgent,
    config_list_from_json,
    initiate_chats,
    register_function,
)
from autogen_classic.agentchat.chat import a_initiate_chats
from autogen_classic.coding import LocalCommandLineCodeExecutor

MODEL = {"config_list": [{"model": "m", "api_key": "sk-x", "base_url": "http://127.0.0.1:9/v1", "max_retries": 0}]}


def ann(**settings: Any) -> ConversableAgent:
    return ConversableAgent("ann", **{"llm_config": False, "human_input_mode": "NEVER", **settings})


def bob(**settings: Any) -> ConversableAgent:
    defaults = {"llm_config": False, "human_input_mode": "NEVER", "default_auto_reply": "ok"}
    return ConversableAgent("bob", **{**defaults, **settings})


def helper() -> ConversableAgent:
    return ConversableAgent("helper", llm_config={**MODEL, "cache_seed": None})


def talk(recipient: Any, **settings: Any) -> Any:
    return ann().initiate_chat(recipient, **{"message": "hi", "max_turns": 1, "silent": True, **settings})


def group(**settings: Any) -> GroupChat:
    return GroupChat(**{"agents": [ann(), bob()], "messages": [], **settings})


def lead(**settings: Any) -> Any:
    return talk(GroupChatManager(group(**settings), llm_config=False))


def tool(x: int) -> int:
    return x


def untyped(x):  # type: ignore[no-untyped-def]
    return x


def run_code(**config: Any) -> Any:
    return talk(bob(code_execution_config={"use_docker": False, **config}), message="```python\nprint(1)\n```")


def ask(**settings: Any) -> Any:
    return OpenAIWrapper(**{**MODEL, "cache_seed": None}).create(
        **{"messages": [{"role": "user", "content": "hi"}], **settings}
    )


def nest(queue: Any, **settings: Any) -> Any:
    nesting = bob()
    nesting.register_nested_chats(queue, trigger=ConversableAgent, **settings)
    return talk(nesting)


def _transitions(agents: list[Any], graph: Any, kind: Any) -> GroupChat:
    return group(agents=agents, allowed_or_disallowed_speaker_transitions=graph, speaker_transitions_type=kind)


def replying(reply: Callable[..., Any]) -> ConversableAgent:
    agent = bob()
    agent.register_reply([ConversableAgent], lambda recipient, **arguments: reply(**arguments))
    return agent


def send_through(hook: Callable[..., Any]) -> Any:
    agent = ann()
    agent.register_hook("process_message_before_send", hook)
    return agent.initiate_chat(bob(), message="hi", max_turns=1, silent=True)


def forbid(value: Any) -> GroupChat:
    agents = [ann(), bob()]
    return _transitions(agents, {agents[0]: value}, "disallowed")


def allow(value: Any) -> GroupChat:
    agents = [ann(), bob()]
    return _transitions(agents, {agents[0]: value}, "allowed")


WRONG: list[tuple[Callable[[], Any], type[BaseException], list[str]]] = [
    # agents
    (lambda: AssistantAgent("x", llm_config="gpt-4"), AssertionError, ["llm_config must be a dict or False", "str"]),
    (lambda: AssistantAgent("x", llm_config=[{}]), AssertionError, ["llm_config must be a dict or False", "list"]),
    (lambda: AssistantAgent("x", llm_config={"config_list": "gpt-4"}), TypeError, ["list of dicts", "not str"]),
    (lambda: AssistantAgent("x", llm_config={"config_list": {"model": "m"}}), TypeError, ["list of dicts", "not dict"]),
    (lambda: AssistantAgent("x", llm_config={"config_list": ["m"]}), TypeError, ["list of dicts", "entries"]),
    (lambda: bob(function_map={"a b": len}), ValueError, ["Invalid name: a b", "Only letters"]),
    (lambda: talk(bob(max_consecutive_auto_reply="3")), TypeError, ["max_consecutive_auto_reply of bob", "'3'"]),
    (lambda: talk(bob(is_termination_msg="TERMINATE")), TypeError, ["is_termination_msg of bob", "'TERMINATE'"]),
    # opening chats
    (lambda: talk("bob"), AttributeError, ["recipient", "ann", "'bob'", "not its name"]),
    (lambda: talk(None), AttributeError, ["recipient", "None", "Pass the agent itself"]),
    (lambda: talk([bob()]), AttributeError, ["recipient", "list", "Pass the agent itself"]),
    (lambda: talk(ConversableAgent), TypeError, ["recipient", "class ConversableAgent", "Make an agent"]),
    (lambda: talk(group()), AttributeError, ["recipient", "GroupChat", "GroupChatManager"]),
    (lambda: talk(bob(), message=["hi"]), TypeError, ["must be a text or a dict", "['hi']"]),
    (lambda: ann().initiate_chat(bob(), "hello"), TypeError, ["clear_history", "'hello'", "ann", "message=..."]),
    (lambda: talk(bob(), message={}), ValueError, ["ann to bob", "content or function_call must be provided"]),
    (lambda: talk(bob(), summary_method="last"), AssertionError, ["summary_method", "'last_msg'", "'last'"]),
    (lambda: talk(bob(), summary_method=5), AssertionError, ["summary_method", "'reflection_with_llm'", "is 5"]),
    (lambda: talk(bob(), summary_args=["x"]), TypeError, ["summary_args must be a dict or None", "['x']"]),
    (lambda: talk(bob(), carryover=5), Exception, ["Carryover should be a string or a list of strings", "5"]),
    (lambda: talk(bob(), carryover={"a": 1}), Exception, ["Carryover should be a string", "{'a': 1}"]),
    (lambda: talk(helper(), cache="x"), TypeError, ["cache", "Cache.disk()", "cache_seed"]),
    (lambda: ann().generate_reply(), AssertionError, ["ann", "either messages or sender"]),
    (lambda: ann().generate_reply(messages=[]), IndexError, ["ann has nothing to reply to", "empty"]),
    (lambda: ann().generate_reply(sender=bob()), IndexError, ["ann has nothing to reply to", "bob has said nothing"]),
    (lambda: ann().last_message(bob()), KeyError, ["'bob' is not present in any conversation"]),
    # queues
    (lambda: initiate_chats({"sender": ann(), "recipient": bob()}), AssertionError, ["chat_queue", "Put it in a list"]),
    (lambda: initiate_chats(None), TypeError, ["chat_queue must be a list of dicts", "None"]),
    (lambda: initiate_chats([ann()]), TypeError, ["chat_queue must be a list of dicts", "chat 0", "ConversableAgent"]),
    (lambda: initiate_chats([{"recipient": bob()}]), AssertionError, ["sender must be provided", "Chat 0"]),
    (lambda: initiate_chats([{"sender": bob()}]), AssertionError, ["recipient must be provided", "Chat 0"]),
    (
        lambda: initiate_chats([{"sender": ann(), "recipient": bob(), "message": "m", "carryover": 5}]),
        TypeError,
        ["carryover", "bob", "is 5"],
    ),
    (
        lambda: initiate_chats([{"sender": ConversableAgent, "recipient": bob(), "message": "m"}]),
        AttributeError,
        ["sender in chat 0", "the class ConversableAgent", "Pass the agent itself"],
    ),
    (lambda: ann().send("hi", "bob"), AttributeError, ["message of ann must be an agent", "'bob'", "agent itself"]),
    (lambda: ann().send("hi", ConversableAgent), AttributeError, ["message of ann", "the class ConversableAgent"]),
    (lambda: nest({"recipient": ann()}), AttributeError, ["chat_queue", "bob", "list of dicts"]),
    (lambda: nest([{"message": "x"}]), AssertionError, ["recipient must be provided", "Chat 0"]),
    (lambda: nest([], reply_func_from_nested_chats="sum"), ValueError, ["summary_from_nested_chats", "'sum'"]),
    # replies and hooks
    (lambda: ann().generate_reply("hi"), AttributeError, ["ann", "list of messages", "str"]),
    (lambda: talk(bob(), message=5), TypeError, ["a text or a dict", "5 (int)"]),
    (lambda: bob().register_reply([None], "reply"), TypeError, ["reply function of bob", "'reply'", "sender, config"]),
    (lambda: talk(replying(lambda **_: "text")), ValueError, ["of bob must return two things", "'text'"]),
    (lambda: talk(replying(lambda **_: None)), TypeError, ["of bob must return two things", "None"]),
    (lambda: bob().register_hook("process_message_before_send", "x"), TypeError, ["must be a function", "'x'"]),
    (lambda: send_through(lambda **_: None), TypeError, ["of ann must return the message to send", "None"]),
    (lambda: ann().register_model_client(dict), AttributeError, ["ann has no model", '"model_client_cls": "dict"']),
    (lambda: ann().initiate_chats([bob()]), AttributeError, ["chat_queue must be a list of dicts", "ConversableAgent"]),
    (lambda: bob().register_reply(5, tool), ValueError, ["trigger", "a class of agents", "is 5"]),
    (lambda: bob().register_reply(None, tool), ValueError, ["trigger", "a class of agents", "None"]),
    (lambda: bob().register_hook("process_message", len), AssertionError, ["process_message is not", "before_send"]),
    # tools
    (lambda: helper().register_for_llm()(tool), ValueError, ["Function description is required, none found."]),
    (lambda: ann().register_for_llm(description="d")(tool), AssertionError, ["must have an llm_config", "ann"]),
    (lambda: helper().register_for_llm(description="d")(untyped), TypeError, ["must be annotated", "'untyped'", "'x'"]),
    (lambda: helper().register_for_llm(description="d", api_style="x")(tool), ValueError, ["API style: x", "'tool'"]),
    (lambda: helper().register_for_llm(description="d")("tool"), AttributeError, ["must be a function", "'tool'"]),
    (lambda: ann().register_for_execution()("tool"), AttributeError, ["must be a function", "'tool'"]),
    (lambda: ann().register_function({3: tool}), TypeError, ["Invalid name: 3", "a text"]),
    (lambda: ann().register_function([tool]), AttributeError, ["functions of ann", "by name"]),
    (
        lambda: register_function(tool, caller="ann", executor=ann(), description="d"),
        AttributeError,
        ["caller of a tool must be an agent", "'ann'"],
    ),
    (
        lambda: register_function(tool, caller=helper(), executor=None, description="d"),
        AttributeError,
        ["executor of a tool must be an agent", "None"],
    ),
    (
        lambda: register_function(tool, caller=helper(), executor=ConversableAgent, description="d"),
        AttributeError,
        ["executor of a tool must be an agent", "the class ConversableAgent"],
    ),
    (lambda: helper().register_for_llm(description=3)(tool), ValueError, ["description of the tool 'tool'", "is 3"]),
    (lambda: helper().register_for_llm(name=3, description="d")(tool), ValueError, ["name of the tool 'tool'", "is 3"]),
    (lambda: ann().register_for_execution(name=3)(tool), ValueError, ["name of the tool 'tool'", "is 3"]),
    (lambda: helper().register_for_llm(description="d")(dict), TypeError, ["parameters of dict", "calls it"]),
    (lambda: ann().register_for_execution()(max), TypeError, ["parameters of max", "calls it"]),
    (lambda: helper().update_tool_signature({"type": "x"}, is_remove=False), KeyError, ["helper", "no name"]),
    (lambda: helper().update_tool_signature("x", is_remove=True), AssertionError, ["doesn't have tool x"]),
    # groups
    (lambda: group(agents=None), TypeError, ["agents of a GroupChat must be a list of agents", "None"]),
    (lambda: group(agents=ann()), TypeError, ["agents of a GroupChat must be a list of agents", "ConversableAgent"]),
    (lambda: group(agents=["ann", "bob"]), ValueError, ["must be a list of agents", "'ann'", "themselves"]),
    (
        lambda: group(agents=[ConversableAgent, bob()]),
        ValueError,
        ["must be a list of agents", "the class ConversableAgent"],
    ),
    (lambda: lead(agents=[]), ValueError, ["underpopulated with 0 agents"]),
    (
        lambda: GroupChatManager(groupchat=[ann(), bob()]),
        AttributeError,
        ["groupchat of a GroupChatManager must be a GroupChat", "type list", "first argument"],
    ),
    (lambda: GroupChatManager("m", group()), AttributeError, ["must be a GroupChat", "'m'", "first argument"]),
    (lambda: lead(messages="hi"), AttributeError, ["messages of a GroupChat must be a list of dicts", "'hi'"]),
    (lambda: lead(messages=()), AttributeError, ["messages of a GroupChat must be a list of dicts", "tuple"]),
    (lambda: lead(messages={}), AttributeError, ["messages of a GroupChat must be a list of dicts", "dict"]),
    (lambda: lead(max_round="3"), TypeError, ["max_round of a GroupChat must be a whole number", "'3'"]),
    (lambda: lead(speaker_selection_method="roundrobin"), ValueError, ["'roundrobin'", "'round_robin'"]),
    (lambda: lead(speaker_selection_method="bob"), ValueError, ["'bob'", "returns the agent itself"]),
    (lambda: allow("bob"), ValueError, ["allowed_or_disallowed_speaker_transitions of", "values", "'ann'", "str"]),
    (lambda: allow(["bob"]), ValueError, ["'bob' may follow 'ann'", "Put the agent itself there"]),
    (lambda: allow([ConversableAgent]), ValueError, ["the class ConversableAgent may follow 'ann'"]),
    (lambda: forbid(5), TypeError, ["allowed_or_disallowed_speaker_transitions of", "lists as values", "'ann'", "int"]),
    (lambda: _transitions([ann(), bob()], [1], "disallowed"), ValueError, ["must be a dictionary", "list"]),
    (lambda: group(allow_repeat_speaker="ann"), ValueError, ["a bool or a list of Agents"]),
    (
        lambda: group(select_speaker_message_template="{rols}").select_speaker_msg(),
        KeyError,
        ["select_speaker_message_template", "rols", "{roles}", "{{"],
    ),
    (lambda: group(max_retries_for_selecting_speaker="2"), ValueError, ["max_retries_for_selecting_speaker"]),
    # code
    (lambda: bob(code_execution_config="coding"), ValueError, ["code_execution_config must be a dict or False"]),
    (
        lambda: bob(code_execution_config={"executor": "comandline-local"}),
        ValueError,
        ["Unknown code executor comandline-local", "commandline-local"],
    ),
    (
        lambda: bob(code_execution_config={"executor": LocalCommandLineCodeExecutor}),
        ValueError,
        ["class LocalCommandLineCodeExecutor", "Make an instance"],
    ),
    (
        lambda: bob(code_execution_config={"executor": "commandline-local", "commandline-local": "coding"}),
        TypeError,
        ["'commandline-local'", "as a dict", "'coding'"],
    ),
    (lambda: LocalCommandLineCodeExecutor(work_dir=__file__), FileExistsError, ["work_dir must be a directory"]),
    (lambda: LocalCommandLineCodeExecutor(timeout="60"), TypeError, ["timeout must be a number of seconds", "'60'"]),
    (lambda: LocalCommandLineCodeExecutor(timeout=0), ValueError, ["Timeout must be greater than or equal to 1"]),
    (lambda: run_code(last_n_messages="3"), ValueError, ["last_n_messages", "'auto'", "'3'"]),
    # models and their configurations
    (lambda: OpenAIWrapper(config_list={"model": "m"}), TypeError, ["config_list must be a list of dicts", "dict"]),
    (lambda: OpenAIWrapper(**{**MODEL, "api_rate_limit": "x"}), TypeError, ["api_rate_limit", "'x'"]),
    (lambda: ask(prompt="x"), ValueError, ["'prompt'", "'messages'"]),
    (lambda: ask(temprature=1), TypeError, ["'temprature'", "llm_config"]),
    (lambda: OpenAIWrapper(**MODEL).register_model_client(dict), ValueError, ['"model_client_cls": "dict"']),
    (lambda: config_list_from_json(None), TypeError, ["environment variable or of a file", "NoneType"]),
    (lambda: config_list_from_json([{"model": "m"}]), TypeError, ["environment variable or of a file", "list"]),
]


@pytest.mark.parametrize(
    ("call", "kind", "says"), WRONG, ids=[f"{number}: {says[0]}" for number, (_, _, says) in enumerate(WRONG)]
)
def test_a_wrong_input_is_explained(call: Callable[[], Any], kind: type[BaseException], says: list[str]) -> None:
    with pytest.raises(kind) as caught:
        call()
    text = str(caught.value)
    assert [part for part in says if part not in text] == [], text


def test_a_wrong_recipient_is_explained_before_anything_is_sent(chat: Any, agent: Any) -> None:
    person = agent("person")
    with pytest.raises(AttributeError, match="not its name"):
        chat(person, "helper", "hi")
    assert not person.chat_messages


def test_an_asynchronous_queue_of_another_form_is_explained() -> None:
    import asyncio

    with pytest.raises(TypeError, match="chat_queue must be a list of dicts"):
        asyncio.run(a_initiate_chats(None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ({"max_round": "5"}, {"max_round": 2}, "max_round of a GroupChat must be a whole number, but it is '5'"),
        ({"messages": "hi"}, {"messages": []}, "messages of a GroupChat must be a list of dicts"),
        (
            {"speaker_selection_method": "roundrobin"},
            {"speaker_selection_method": "round_robin"},
            "speaker_selection_method of a GroupChat is 'roundrobin'. It should be a function, or one of 'auto'",
        ),
    ],
)
def test_a_setting_of_a_group_that_cannot_run_is_reported_early_and_may_still_be_changed(
    wrong: dict[str, Any], right: dict[str, Any], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    chat = group(**{"max_round": 2, "speaker_selection_method": "round_robin", **wrong})
    assert says in caplog.text
    for name, value in right.items():
        setattr(chat, name, value)
    assert len(chat.messages) == 0
    chat.agents[0].initiate_chat(GroupChatManager(chat, llm_config=False), message="hi", silent=True)
    assert len(chat.messages) == 2


def test_max_round_may_be_any_kind_of_whole_number() -> None:
    class Two(SupportsIndex):
        def __index__(self) -> int:
            return 2

        def __le__(self, other: int) -> bool:
            return other >= 2

    assert lead(max_round=Two(), speaker_selection_method="round_robin").chat_history[0]["content"] == "hi"


@pytest.mark.parametrize("mode", ["Never", "never", "", None])
def test_an_unknown_human_input_mode_means_terminate_as_in_0_2_40_but_is_reported(
    mode: Any, caplog: pytest.LogCaptureFixture
) -> None:
    asked = []
    helper = bob(human_input_mode=mode)
    helper.get_human_input = lambda prompt: asked.append(prompt) or ""  # type: ignore[method-assign,func-returns-value]
    result = talk(helper, message="TERMINATE")
    assert len(asked) == 1
    assert result.stop_reason == "termination message"
    assert f"human_input_mode of bob is {mode!r}, which is taken for 'TERMINATE'" in caplog.text


@pytest.mark.parametrize("mode", ["never", None, ["NEVER"]])
def test_a_user_proxy_that_has_no_description_for_its_mode_names_the_modes(mode: Any) -> None:
    with pytest.raises(ValueError, match="of u must be one of 'ALWAYS', 'TERMINATE', 'NEVER', in capitals, but it is"):
        UserProxyAgent("u", human_input_mode=mode)
    assert UserProxyAgent("u", human_input_mode=mode, description="Anybody.").human_input_mode == mode


def test_a_text_for_clear_history_beside_a_message_goes_on_working() -> None:
    assert talk(bob(), clear_history="yes").chat_history[0]["content"] == "hi"


def test_a_failed_registration_leaves_the_function_as_it_was() -> None:
    def add(a: int, b: int) -> int:
        return a + b

    with pytest.raises(ValueError, match="must be a text"):
        helper().register_for_llm(description=3)(add)  # type: ignore[arg-type]
    helper().register_for_llm(description="Adds.")(add)


def test_a_missing_annotation_is_the_first_thing_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(TypeError, match="must be annotated"):
        helper().register_for_llm(description="d")(untyped)
    assert not caplog.records


def test_max_turns_as_a_text_is_ignored_as_in_0_2_40_but_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        talk(bob(max_consecutive_auto_reply=2), max_turns="3")
    assert "max_turns is '3', which is not a whole number such as 3" in caplog.text
    assert "whatever they cost, it goes on" in caplog.text


def test_a_tool_registered_without_parentheses_is_reported() -> None:
    with pytest.warns(UserWarning, match="tool is not registered"):
        ann().register_for_execution(tool)  # type: ignore[arg-type]


def test_forbidding_a_name_instead_of_an_agent_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        forbid(["bob"])
    assert "name agents outside the group: 'bob'" in caplog.text


def test_a_filter_that_leaves_nothing_is_reported(tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "LIST").write_text('[{"model": "m"}]')
    with caplog.at_level(logging.WARNING):
        assert config_list_from_json("LIST", filter_dict={"model": ["gpt-4o"]}) == []
    assert (
        "The filter {'model': ['gpt-4o']} fits no entry of the file LIST, which has 1. There: model: m." in caplog.text
    )


def test_a_group_without_messages_starts_with_none() -> None:
    assert group(messages=None).messages == []


def test_a_carryover_is_not_added_to_a_call() -> None:
    call = {"content": None, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f"}}]}
    assert ann().generate_init_message(call, carryover="x") == call
