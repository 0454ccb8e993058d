"""Loose calls that work in AutoGen 0.2.40 and must go on working."""

from __future__ import annotations

import functools
import logging
import subprocess
import sys
from typing import Any

import pytest
from behaviour_helpers import MODEL, agent, asks_model, chat, function_call, group, texts, tool_call

import autogen_classic
from autogen_classic import Agent, AssistantAgent, ConversableAgent, OpenAIWrapper, UserProxyAgent

item = pytest.mark.item
both_ways = pytest.mark.parametrize("way", ["sync", "async"])


# --- Constructors ------------------------------------------------------------------------------------------------


@item("loose: positional arguments shifted by one are accepted")
def test_shifted_arguments_fail_only_where_they_are_used() -> None:
    shifted = agent("u", lambda name, **rest: UserProxyAgent(name, "a text", code_execution_config=False, **rest))
    assert shifted._is_termination_msg == "a text"
    with pytest.raises(TypeError, match="must be a function of a message"):
        chat(agent("ann"), shifted)
    assert ConversableAgent("bob", {"config_list": []}).system_message == {"config_list": []}


@item('loose: max_consecutive_auto_reply="NEVER" fails only when an auto reply is counted')
def test_a_limit_that_is_no_number_fails_when_it_counts() -> None:
    ann, bob = agent("ann"), agent("bob", max_consecutive_auto_reply="NEVER")
    ann.send("hi", bob, request_reply=False)
    with pytest.raises(TypeError):
        chat(ann, bob)


@item("loose: agent names with spaces are accepted")
def test_a_name_may_have_spaces(terminal: Any) -> None:
    lee = agent("Ann Lee")
    assert chat(lee, agent("Bob Ray"), silent=False).chat_history[0]["name"] == "Ann Lee"
    assert "Ann Lee (to Bob Ray):" in terminal.text


@item("loose: two agents of one name are accepted")
def test_two_agents_may_have_one_name() -> None:
    first, second = agent("bob"), agent("bob", default_auto_reply="the second")
    assert texts(chat(first, second).chat_history) == ["hi", "the second"]


@item("loose: an llm_config without config_list is accepted")
def test_a_config_list_is_not_needed(model: Any) -> None:
    bob = agent("bob", llm_config={"model": "gpt-4", "api_key": "sk-test", "cache_seed": None})
    assert chat(agent("ann"), bob).summary == "fine"
    assert model.requests[0]["model"] == "gpt-4"


@item("loose: an llm_config with foreign or stale keys is accepted")
def test_foreign_keys_reach_the_client_and_stale_ones_are_translated(model: Any) -> None:
    bob = agent("bob", llm_config={**MODEL, "foreign": 1, "request_timeout": 600, "use_cache": True})
    assert chat(agent("ann"), bob).summary == "fine"
    assert model.requests[0]["foreign"] == 1
    assert not {"request_timeout", "use_cache"} & model.requests[0].keys()


@item("loose: an llm_config with tools=None is accepted")
def test_tools_may_be_none(model: Any) -> None:
    ann, bob = agent("ann"), agent("bob", llm_config={**MODEL, "tools": None})
    assert chat(ann, bob).summary == "fine"
    assert model.requests[0].get("tools") is None


@item("loose: an llm_config with seed as text is accepted")
def test_the_seed_may_be_a_text(model: Any) -> None:
    bob = agent("bob", llm_config={**MODEL, "seed": "42"})
    assert chat(agent("ann"), bob).summary == "fine"
    assert model.requests[0]["seed"] == "42"


NO_MODEL = "specify a non-empty 'model' either in 'llm_config' or in each config of 'config_list'"


@item("loose: the constructor refuses an empty llm_config (ValueError)")
def test_an_empty_llm_config_is_refused() -> None:
    with pytest.raises(ValueError, match=NO_MODEL):
        agent("bob", llm_config={})


@item("loose: the constructor refuses an empty config_list (ValueError)")
def test_an_empty_config_list_is_refused() -> None:
    with pytest.raises(ValueError, match=NO_MODEL):
        agent("bob", llm_config={"config_list": []})


@item("loose: the constructor refuses an llm_config without model (ValueError)")
def test_a_configuration_without_model_is_refused() -> None:
    with pytest.raises(ValueError, match=NO_MODEL):
        agent("bob", llm_config={"config_list": [{"model": ""}]})


@item("loose: the constructor refuses an llm_config without any key (openai.OpenAIError)")
@pytest.mark.parametrize("config", [{"model": "gpt-4"}, {"config_list": [{"model": "gpt-4"}]}, {"temperature": 0}])
def test_a_configuration_without_key_is_refused(config: dict[str, Any]) -> None:
    import openai

    with pytest.raises(openai.OpenAIError):
        agent("bob", llm_config=config)


@item("loose: the constructor refuses an llm_config of another type (AssertionError)")
@pytest.mark.parametrize("config", ["gpt-4", [{"model": "gpt-4"}], 5, True])
def test_a_configuration_of_another_type_is_refused(config: Any) -> None:
    with pytest.raises(AssertionError, match="llm_config must be a dict or False or None"):
        agent("bob", llm_config=config)


@item("loose: self.description before super().__init__() is accepted and then overwritten")
def test_a_description_may_come_before_the_constructor() -> None:
    class Early(ConversableAgent):
        def __init__(self, name: str) -> None:
            self.description = "early"
            super().__init__(name, system_message="late", llm_config=False)

    assert Early("bob").description == "late"


# --- Chats -------------------------------------------------------------------------------------------------------


@item("loose: initiate_chat takes any keyword, which becomes message context")
@both_ways
def test_an_unknown_keyword_becomes_context(way: str) -> None:
    result = chat(
        agent("ann"),
        agent("bob"),
        way,
        message=lambda sender, recipient, context: f"{sender.name} to {recipient.name}: {context}",
        problem="sums",
    )
    assert texts(result.chat_history)[0] == "ann to bob: {'problem': 'sums'}"


@item("loose: a manager may chat with itself")
@both_ways
def test_a_manager_may_open_a_chat_with_itself(way: str) -> None:
    manager = group(agent("ann"), agent("bob"))
    chat(manager, manager, way)
    assert [message["name"] for message in manager.groupchat.messages] == ["chat_manager", "ann", "bob"]


@item("loose: an agent may send to itself")
def test_an_agent_may_send_to_itself() -> None:
    ann = agent("ann")
    ann.send("note", ann, request_reply=False)
    assert [(message["content"], message["role"]) for message in ann.chat_messages[ann]] == [
        ("note", "assistant"),
        ("note", "user"),
    ]


@item("loose: a speaker-selection function may return an agent")
def test_a_selection_function_returns_an_agent() -> None:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    manager = group(ann, bob, carl, speaker_selection_method=lambda last, groupchat: carl)
    chat(ann, manager)
    assert [message["name"] for message in manager.groupchat.messages] == ["ann", "carl", "carl"]


@item("loose: a speaker-selection function may return the name of a method")
def test_a_selection_function_returns_a_method() -> None:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    manager = group(ann, bob, carl, speaker_selection_method=lambda last, groupchat: "round_robin")
    chat(ann, manager)
    assert [message["name"] for message in manager.groupchat.messages] == ["ann", "bob", "carl"]


@item("loose: a speaker-selection function may return None, which ends the chat")
@both_ways
def test_a_selection_function_returns_none(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    manager = group(ann, bob, speaker_selection_method=lambda last, groupchat: None)
    chat(ann, manager, way)
    assert texts(manager.groupchat.messages) == ["hi"]


# --- Triggers and reply functions --------------------------------------------------------------------------------


def yes(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
    return True, "fired"


def is_ann(extra: Any, sender: Any) -> bool:
    return sender is not None and sender.name == "ann"


TRIGGERS = {
    "an agent": lambda ann: ann,
    "a class": lambda ann: UserProxyAgent,
    "a name": lambda ann: "ann",
    "a callable": lambda ann: lambda sender: sender is ann,
    "a functools.partial": lambda ann: functools.partial(is_ann, None),
    "a list of these": lambda ann: ["nobody", [AssistantAgent, ann]],
}


def replies_to_ann(trigger: Any, ann: Any) -> list[Any]:
    """What an agent with a trigger answers to ann, and to somebody else."""
    bob, other = agent("bob"), agent("other", AssistantAgent)
    bob.register_reply(trigger, yes)
    return [bob.generate_reply([{"content": "hi", "role": "user"}], sender) for sender in (ann, other)]


@item("loose: a trigger is an agent")
@item("loose: a trigger is a class")
@item("loose: a trigger is a name")
@item("loose: a trigger is a callable")
@item("loose: a trigger is a functools.partial")
@pytest.mark.parametrize("kind", [kind for kind in TRIGGERS if kind != "a list of these"])
def test_a_trigger_fires_for_its_sender_only(kind: str) -> None:
    class Own(UserProxyAgent):
        """A class fires for its subclasses, too."""

    ann = agent("ann", Own, code_execution_config=False)
    assert replies_to_ann(TRIGGERS[kind](ann), ann) == ["fired", "ok"]


@item("loose: a trigger is a list of these")
def test_a_trigger_list_fires_for_what_it_holds() -> None:
    ann = agent("ann", UserProxyAgent, code_execution_config=False)
    bob, carl = agent("bob"), agent("carl")
    bob.register_reply(["ann", [AssistantAgent, carl]], yes)
    senders = [ann, agent("x", AssistantAgent), carl, agent("y")]
    replies = [bob.generate_reply([{"content": "hi", "role": "user"}], sender) for sender in senders]
    assert replies == ["fired", "fired", "fired", "ok"]


@item("loose: a list of triggers may hold None")
def test_a_list_with_none_fires_without_a_sender() -> None:
    bob = agent("bob")
    bob.register_reply([None], yes)
    hi = [{"content": "hi", "role": "user"}]
    assert bob.generate_reply(hi) == "fired"
    assert bob.generate_reply(hi, agent("ann")) == "ok"


@item("loose: None alone as a trigger raises ValueError")
def test_none_alone_is_no_trigger() -> None:
    with pytest.raises(ValueError, match="trigger"):
        agent("bob").register_reply(None, yes)


@item("loose: a reply function may be a bound method")
def test_a_reply_function_may_be_a_bound_method() -> None:
    class Desk:
        def answer(self, recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
            return True, f"{recipient.name} hears {sender.name}"

    ann, bob = agent("ann"), agent("bob")
    bob.register_reply(Agent, Desk().answer)
    assert chat(ann, bob).summary == "bob hears ann"


@item("loose: a reply function is called as (recipient, messages=, sender=, config=)")
@both_ways
def test_a_reply_function_gets_four_arguments(way: str) -> None:
    seen = []

    def reply(recipient, messages, sender, config):  # type: ignore[no-untyped-def]
        seen.append((recipient, texts(messages), sender, config))
        return True, "done"

    ann, bob = agent("ann"), agent("bob")
    bob.register_reply(Agent, reply, config={"n": 1})
    assert chat(ann, bob, way).summary == "done"
    assert seen == [(bob, ["hi"], ann, {"n": 1})]


@item("loose: observers return (False, None)")
@both_ways
def test_an_observer_leaves_the_reply_to_others(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    seen = []
    bob.register_reply(Agent, lambda recipient, messages, sender, config: (seen.append(1) or False, None))
    assert chat(ann, bob, way).summary == "ok"
    assert seen == [1]


# --- Messages ----------------------------------------------------------------------------------------------------


def greeting(context: dict[str, Any]) -> str:
    return f"hello {context['name']}"


@item("loose: a content may be a callable that takes the dict's context")
def test_a_callable_content_is_called_with_the_context(terminal: Any, model: Any) -> None:
    bob = asks_model("bob", is_termination_msg=lambda message: False)
    message = {"content": greeting, "context": {"name": "bob"}}
    chat(agent("ann"), bob, message=message, silent=False)
    assert "hello bob" in terminal.text
    assert model.requests[0]["messages"][-1]["content"] == "hello bob"


@item("loose: the default is_termination_msg raises TypeError on a callable content")
def test_the_default_termination_test_refuses_a_callable_content() -> None:
    message = {"content": greeting, "context": {"name": "bob"}}
    with pytest.raises(TypeError):
        chat(agent("ann"), agent("bob"), message=message)


@item('loose: a message always has "content": text for plain messages, None or "" for tool calls')
@both_ways
def test_a_termination_test_may_read_content_without_asking(way: str) -> None:
    seen: list[Any] = []

    def watch(message: dict[str, Any]) -> bool:
        seen.append(message["content"])
        return False

    ann = agent("ann")
    bob = agent("bob", is_termination_msg=watch, function_map={"add": lambda a: a})
    call = {key: value for key, value in tool_call().items() if key != "content"}
    for message in ("text", {"content": "dict"}, call, function_call()):
        chat(ann, bob, way, message=message)
    assert list(dict.fromkeys(seen)) == ["text", "dict", None]


# --- Asynchronous things in synchronous chats --------------------------------------------------------------------


async def a_reply(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
    return True, "awaited"


@item("loose: an asynchronous reply function in a synchronous chat raises RuntimeError")
def test_an_asynchronous_reply_refuses_a_synchronous_chat() -> None:
    ann, bob = agent("ann"), agent("bob")
    bob.register_reply(Agent, a_reply)
    with pytest.raises(RuntimeError, match="Async reply functions can only be used with"):
        chat(ann, bob)
    assert chat(ann, bob, "async").summary == "awaited"


@item("loose: ignore_async_in_sync_chat lets a synchronous chat pass over it")
def test_an_ignored_asynchronous_reply_is_passed_over() -> None:
    ann, bob = agent("ann"), agent("bob")
    bob.register_reply(Agent, a_reply, ignore_async_in_sync_chat=True)
    assert chat(ann, bob).summary == "ok"
    assert chat(ann, bob, "async").summary == "awaited"


def with_hooks(seen: list[str]) -> Any:
    bob = agent("bob")

    def hook(content: str) -> str:
        seen.append("sync")
        return content

    async def a_hook(content: str) -> str:
        seen.append("async")
        return content

    bob.register_hook("process_last_received_message", hook)
    bob.register_hook("a_process_last_received_message", a_hook)
    return bob


@item("loose: synchronous hooks run in synchronous chats, asynchronous ones are passed over there")
@item("loose: a_ hooks run in asynchronous chats only")
def test_a_synchronous_chat_runs_synchronous_hooks() -> None:
    seen: list[str] = []
    bob = with_hooks(seen)
    bob.hook_lists["process_last_received_message"].append(bob.hook_lists["a_process_last_received_message"][0])
    chat(agent("ann"), bob)
    assert seen == ["sync"]


@item("loose: a_ hooks run in asynchronous chats only")
def test_an_asynchronous_chat_runs_asynchronous_hooks() -> None:
    seen: list[str] = []
    chat(agent("ann"), with_hooks(seen), "async")
    assert seen[-1] == "async"


@item("loose: in an asynchronous chat the a_ twin of a built-in reply answers")
def test_the_asynchronous_twin_answers(model: Any) -> None:
    seen = []

    async def own_twin(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        seen.append("a_")
        return True, "twin"

    bob = asks_model("bob")
    bob.replace_reply_func(ConversableAgent.a_generate_oai_reply, own_twin)
    assert chat(agent("ann"), bob, "async").summary == "twin"
    assert model.requests == []


@item("loose: who replaces one twin only is answered by the other one in its kind of chat")
def test_a_replaced_twin_leaves_the_other_in_place(model: Any) -> None:
    ann = agent("ann")
    bob = asks_model("bob")
    bob.replace_reply_func(ConversableAgent.generate_oai_reply, yes)
    assert [chat(ann, bob).summary, chat(ann, bob, "async").summary] == ["fired", "fine"]
    bob = asks_model("bob")
    bob.replace_reply_func(ConversableAgent.a_generate_oai_reply, yes)
    assert [chat(ann, bob).summary, chat(ann, bob, "async").summary] == ["fired", "fired"]


@item("loose: who removes one twin only is answered by the other one")
@pytest.mark.parametrize("twin", ["generate_oai_reply", "a_generate_oai_reply"])
def test_a_removed_twin_leaves_the_other_to_answer_asynchronously(model: Any, twin: str) -> None:
    bob = asks_model("bob")
    bob._reply_func_list = [entry for entry in bob._reply_func_list if entry["reply_func"].__name__ != twin]
    assert chat(agent("ann"), bob, "async").summary == "fine"
    assert chat(agent("ann"), bob).summary == ("ok" if twin == "generate_oai_reply" else "fine")


# --- Groups, costs, logs, names ----------------------------------------------------------------------------------


def auto_group(**settings: Any) -> tuple[Any, Any]:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    settings = {"max_round": 2, "speaker_selection_method": "auto", "manager": {"llm_config": MODEL}, **settings}
    return ann, group(ann, bob, carl, **settings)


@item("loose: after max_retries without a clear name the next agent of the list speaks")
@both_ways
@pytest.mark.parametrize("retries", [0, 2])
def test_unclear_names_end_in_the_next_agent(way: str, retries: int, model: Any) -> None:
    model.replies = ["I do not know"]
    ann, manager = auto_group(max_retries_for_selecting_speaker=retries)
    chat(ann, manager, way)
    assert len(model.requests) == retries + 1
    assert [message["name"] for message in manager.groupchat.messages] == ["ann", "bob"]


@item("loose: the hidden agents are called checking_agent and speaker_selection_agent in the requests")
@both_ways
def test_the_hidden_agents_have_their_names(way: str, model: Any) -> None:
    model.replies = ["nobody", "carl"]
    ann, manager = auto_group()
    chat(ann, manager, way)
    names = [message.get("name") for message in model.requests[1]["messages"][2:]]
    assert names == ["checking_agent", "speaker_selection_agent", "checking_agent"]


@item("loose: ChatResult.cost adds up over an agent's life")
def test_the_cost_counts_earlier_chats(model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    costs = [chat(ann, bob).cost["usage_excluding_cached_inference"] for _ in range(2)]
    assert [cost["gpt-4"]["total_tokens"] for cost in costs] == [2000, 4000]
    assert costs[1]["total_cost"] == pytest.approx(2 * costs[0]["total_cost"])


@item("loose: programs silence loggers by name (autogen.oai.client)")
def test_the_client_warns_through_its_logger(caplog: pytest.LogCaptureFixture) -> None:
    class Own:
        def __init__(self, config: dict[str, Any]) -> None: ...

    wrapper = OpenAIWrapper(config_list=[{"model": "m", "model_client_cls": "Own"}])
    wrapper.register_model_client(Own)
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="autogen.oai.client"):
        wrapper.register_model_client(Own)
    assert [record.name for record in caplog.records] == ["autogen.oai.client"]
    caplog.clear()
    with caplog.at_level(logging.CRITICAL, logger="autogen.oai.client"):
        wrapper.register_model_client(Own)
    assert caplog.records == []


@item("loose: programs compare autogen.__version__")
def test_the_version_is_that_of_autogen() -> None:
    assert autogen_classic.__version__ == "0.2.40"


@item("loose: import autogen alone exposes oai.client, token_count_utils, code_utils, agentchat and Completion")
def test_the_bare_import_exposes_its_rooms() -> None:
    program = (
        "import autogen_classic as autogen\n"
        "for path in ('oai.client', 'token_count_utils', 'code_utils', 'agentchat', 'Completion'):\n"
        "    thing = autogen\n"
        "    for name in path.split('.'):\n"
        "        thing = getattr(thing, name)\n"
        "print('all there')"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "all there", run.stderr
