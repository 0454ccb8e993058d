"""State that outside code reads and writes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from behaviour_helpers import MODEL, Calls, agent, asks_model, chat, group, texts

from autogen_classic import Agent, ConversableAgent, OpenAIWrapper, UserProxyAgent

item = pytest.mark.item

BUILT_IN = [
    "a_check_termination_and_human_reply",
    "check_termination_and_human_reply",
    "a_generate_function_call_reply",
    "generate_function_call_reply",
    "a_generate_tool_calls_reply",
    "generate_tool_calls_reply",
    "a_generate_oai_reply",
    "generate_oai_reply",
]
ENTRY_KEYS = {"trigger", "reply_func", "config", "init_config", "reset_config", "ignore_async_in_sync_chat"}


def names(one: Any) -> list[str]:
    return [entry["reply_func"].__name__ for entry in one._reply_func_list]


def say(text: str) -> Any:
    """A reply function of the user."""

    def reply(recipient: Any, messages: Any = None, sender: Any = None, config: Any = None) -> Any:
        return True, text

    return reply


# --- Histories ---------------------------------------------------------------------------------------------------


@item("state: _oai_messages is the same live object as chat_messages")
def test_the_private_history_is_the_public_one() -> None:
    ann, bob = agent("ann"), agent("bob")
    assert ann._oai_messages is ann.chat_messages
    ann.send("hi", bob, request_reply=False)
    assert ann._oai_messages is ann.chat_messages
    assert texts(ann.chat_messages[bob]) == ["hi"]


@item("state: _oai_messages is keyed by the agent object")
def test_histories_are_found_by_the_partner_itself() -> None:
    ann, first, second = agent("ann"), agent("bob"), agent("bob")
    ann.send("to the first", first, request_reply=False)
    ann.send("to the second", second, request_reply=False)
    assert list(ann._oai_messages) == [first, second]
    assert texts(ann._oai_messages[second]) == ["to the second"]


@item("state: _oai_messages may be replaced by a plain dict")
def test_a_plain_dict_serves_as_history(model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    histories = {ann: [{"role": "user", "content": "before"}]}
    bob._oai_messages = histories
    ann._oai_messages = {bob: []}
    chat(ann, bob, clear_history=False)
    assert bob.chat_messages is histories
    assert texts(histories[ann]) == ["before", "hi", "fine"]
    assert texts(model.requests[0]["messages"][1:]) == ["before", "hi"]


@item("state: a list assigned to a key of _oai_messages injects a history")
def test_an_assigned_history_is_sent_to_the_model(model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    injected = [{"role": "user", "content": "before"}]
    bob._oai_messages[ann] = injected
    chat(ann, bob, clear_history=False)
    assert texts(model.requests[0]["messages"][1:]) == ["before", "hi"]
    assert bob._oai_messages[ann] is injected


@item("state: the last stored message may be popped or edited in place")
def test_an_edit_of_the_last_message_reaches_the_next_request(model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    chat(ann, bob)
    bob._oai_messages[ann][-1]["content"] = "edited"
    ann._oai_messages[bob].pop()
    chat(ann, bob, message="again", clear_history=False)
    assert texts(model.requests[1]["messages"][1:]) == ["hi", "edited", "again"]
    assert texts(ann.chat_messages[bob]) == ["hi", "again", "fine"]


@item("state: _oai_messages may be truncated within a hook")
def test_a_hook_may_truncate_the_history(model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")

    def keep_two(content: str) -> str:
        del bob._oai_messages[ann][:-2]
        return content

    bob.register_hook("process_last_received_message", keep_two)
    for text in ("one", "two", "three"):
        chat(ann, bob, message=text, clear_history=False)
    assert texts(bob._oai_messages[ann]) == ["fine", "three", "fine"]
    assert texts(model.requests[-1]["messages"][1:]) == ["fine", "three"]


@item("state: _oai_system_message is a list of one dict")
def test_the_system_message_is_a_list_that_can_be_concatenated(model: Any) -> None:
    bob = asks_model("bob", system_message="Be kind.")
    assert bob._oai_system_message == [{"content": "Be kind.", "role": "system"}]
    bob._oai_system_message[0]["content"] = "Be brief."
    assert bob.system_message == "Be brief."
    bob.generate_reply(messages=[{"role": "user", "content": "hi"}])
    assert model.requests[0]["messages"] == [*bob._oai_system_message, {"role": "user", "content": "hi"}]


# --- The list of replies -----------------------------------------------------------------------------------------


@item("state: the entries of _reply_func_list are dicts of six known keys")
def test_an_entry_of_the_reply_list_has_its_six_keys() -> None:
    bob = agent("bob")
    config = {"turns": 1}
    bob.register_reply(Agent, say("x"), config=config, reset_config=dict.clear)
    assert all(set(entry) == ENTRY_KEYS for entry in bob._reply_func_list)
    first = bob._reply_func_list[0]
    assert first["trigger"] is Agent
    assert first["config"] == config
    assert first["config"] is not config
    assert first["init_config"] is config
    assert first["reset_config"] is dict.clear or first["reset_config"] == dict.clear
    assert first["ignore_async_in_sync_chat"] is False


@item("state: a fresh agent has its built-in replies in a known order")
def test_the_built_in_replies_stand_in_their_order() -> None:
    assert names(agent("bob")) == BUILT_IN


@item("state: the code-execution reply stands before those of the model")
def test_the_code_reply_stands_between_tools_and_model() -> None:
    bob = agent("bob", code_execution_config={"use_docker": False})
    assert names(bob) == [*BUILT_IN[:6], "generate_code_execution_reply", *BUILT_IN[6:]]


@item("state: _reply_func_list may be emptied and rebuilt")
def test_the_reply_list_may_be_rebuilt() -> None:
    ann, bob = agent("ann"), agent("bob")
    bob._reply_func_list.clear()
    bob.register_reply([Agent, None], say("rebuilt"))
    assert chat(ann, bob).summary == "rebuilt"
    kept = bob._reply_func_list
    bob._reply_func_list = []
    assert chat(ann, bob).summary == "ok"
    bob._reply_func_list = kept
    assert chat(ann, bob).summary == "rebuilt"


@item("state: entries of _reply_func_list are found by __name__ or __qualname__ and replaced")
@pytest.mark.parametrize("attribute", ["__name__", "__qualname__"])
def test_an_entry_found_by_its_name_may_be_replaced(attribute: str) -> None:
    wanted = getattr(ConversableAgent.generate_oai_reply, attribute)
    assert wanted.endswith("generate_oai_reply")
    ann, bob = agent("ann"), agent("bob")
    for number, entry in enumerate(bob._reply_func_list):
        if getattr(entry["reply_func"], attribute) == wanted:
            bob._reply_func_list[number]["reply_func"] = say("replaced")
    assert chat(ann, bob).summary == "replaced"


@item("state: entries of _reply_func_list may be deleted by their index")
def test_an_entry_may_be_deleted_by_its_index() -> None:
    ann, bob = agent("ann"), agent("bob", is_termination_msg=lambda message: True)
    assert len(chat(ann, bob).chat_history) == 1
    del bob._reply_func_list[1]
    assert chat(ann, bob).summary == "ok"


@item("state: a reply function may be registered at a position")
def test_a_reply_is_registered_at_its_position() -> None:
    bob = agent("bob")
    bob.register_reply([Agent, None], say("x"), position=2)
    assert names(bob) == [*BUILT_IN[:2], "reply", *BUILT_IN[2:]]


# --- Attributes --------------------------------------------------------------------------------------------------


@item("state: _function_map is read and set")
def test_the_function_map_may_be_set() -> None:
    bob = agent("bob", function_map={"f": str})
    assert bob._function_map == {"f": str}
    bob._function_map = {"g": lambda: "called"}
    assert bob.execute_function({"name": "g", "arguments": "{}"})[1]["content"] == "called"


@item("state: _code_execution_config is read and set")
def test_the_code_execution_config_may_be_set() -> None:
    bob = agent("bob", code_execution_config={"use_docker": False, "work_dir": "x"})
    assert bob._code_execution_config == {"use_docker": False, "work_dir": "x"}
    bob._code_execution_config = False
    code = [{"role": "user", "content": "```python\nprint(1)\n```"}]
    assert bob.generate_code_execution_reply(code) == (False, None)


@item("state: _name is read and set")
def test_the_name_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob")
    ann._name = "anna"
    ann.send("hi", bob, request_reply=False)
    assert ann.name == "anna"
    assert bob.chat_messages[ann][0]["name"] == "anna"


@item("state: _is_termination_msg is read and set")
def test_the_termination_test_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob")
    assert bob._is_termination_msg({"content": "TERMINATE"})
    bob._is_termination_msg = lambda message: message["content"] == "hi"
    assert len(chat(ann, bob).chat_history) == 1


@item("state: _consecutive_auto_reply_counter is read and set")
def test_the_counter_of_auto_replies_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob", max_consecutive_auto_reply=5)
    ann.send("hi", bob, request_reply=True)
    assert bob._consecutive_auto_reply_counter[ann] == 1
    bob._consecutive_auto_reply_counter[ann] = 5
    ann.send("hi", bob, request_reply=True)
    assert texts(bob.chat_messages[ann]) == ["hi", "ok", "hi"]


@item("state: _max_consecutive_auto_reply is read and set")
def test_the_limit_for_new_partners_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob")
    assert bob._max_consecutive_auto_reply == 100
    bob._max_consecutive_auto_reply = 7
    assert bob.max_consecutive_auto_reply() == 7
    assert agent("c", max_consecutive_auto_reply=3)._max_consecutive_auto_reply == 3
    assert ann._max_consecutive_auto_reply_dict[bob] == 100


@item("state: _max_consecutive_auto_reply_dict is read and set")
def test_the_limit_for_one_partner_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob")
    bob._max_consecutive_auto_reply_dict[ann] = 1
    ann.send("hi", bob, request_reply=True)
    ann.send("hi", bob, request_reply=True)
    assert texts(bob.chat_messages[ann]) == ["hi", "ok", "hi"]


@item("state: _default_auto_reply is read and set")
def test_the_default_reply_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob")
    assert bob._default_auto_reply == "ok"
    bob._default_auto_reply = "well"
    assert chat(ann, bob).summary == "well"


@item("state: reply_at_receive is read and set")
def test_replying_may_be_switched_off_for_a_partner() -> None:
    ann, bob = agent("ann"), agent("bob", max_consecutive_auto_reply=1)
    ann.send("one", bob)
    assert bob.reply_at_receive[ann] is False
    bob.reply_at_receive[ann] = True
    ann.send("two", bob)
    assert texts(bob.chat_messages[ann]) == ["one", "two", "ok"]


@item("state: client is read and set")
def test_the_client_may_be_set(model: Any) -> None:
    bob, other = asks_model("bob"), OpenAIWrapper(**MODEL)
    assert isinstance(bob.client, OpenAIWrapper)
    assert agent("ann").client is None
    calls = Calls().on(other, "create")
    bob.client = other
    bob.generate_reply(messages=[{"role": "user", "content": "hi"}])
    assert len(calls) == 1


class NoCache:
    """A cache that keeps nothing."""

    def get(self, key: Any, default: Any = None) -> Any:
        return default

    def set(self, key: Any, value: Any) -> None:
        pass

    def __enter__(self) -> NoCache:
        return self

    def __exit__(self, *error: Any) -> None:
        pass


@item("state: client_cache is read and set")
def test_the_cache_of_a_client_may_be_set(model: Any) -> None:
    bob = asks_model("bob")
    assert bob.client_cache is None
    calls = Calls().on(bob.client, "create")
    bob.client_cache = NoCache()
    bob.generate_reply(messages=[{"role": "user", "content": "hi"}])
    assert calls[0][1]["cache"] is bob.client_cache


@item("state: previous_cache is read and set")
def test_the_previous_cache_is_kept_during_a_chat() -> None:
    ann, bob = agent("ann"), agent("bob")
    own, lent = NoCache(), NoCache()
    seen = []
    bob.client_cache = own

    def look(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        seen.append((bob.client_cache, bob.previous_cache))
        return True, "seen"

    bob.register_reply(Agent, look)
    chat(ann, bob, cache=lent)
    assert seen == [(lent, own)]
    assert (bob.client_cache, bob.previous_cache) == (own, None)


@item("state: hook_lists is read and set")
def test_the_hook_lists_may_be_appended_to() -> None:
    ann, bob = agent("ann"), agent("bob")
    assert list(ann.hook_lists) == [
        "process_last_received_message",
        "a_process_last_received_message",
        "process_all_messages_before_reply",
        "a_process_all_messages_before_reply",
        "process_message_before_send",
        "a_process_message_before_send",
    ]
    ann.hook_lists["process_message_before_send"].append(lambda sender, message, recipient, silent: message + "!")
    ann.send("hi", bob, request_reply=False)
    assert texts(bob.chat_messages[ann]) == ["hi!"]


@item("state: GroupChatManager._groupchat is read and set")
def test_the_group_of_a_manager_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob")
    manager, other = group(ann, bob), group(ann, bob)
    assert manager._groupchat is manager.groupchat
    manager._groupchat = other.groupchat
    assert manager.groupchat is other.groupchat
    assert manager.chat_messages_for_summary(ann) is other.groupchat.messages


@item("state: GroupChatManager._last_speaker is read and set")
def test_the_last_speaker_of_a_manager_may_be_set() -> None:
    ann, bob = agent("ann"), agent("bob")
    manager = group(ann, bob)
    assert manager._last_speaker is None
    chat(ann, manager)
    assert manager._last_speaker is ann
    manager._last_speaker = bob
    assert manager.last_speaker is bob


@item("state: _human_input is read and set")
def test_what_the_person_typed_is_kept(terminal: Any) -> None:
    ann, bob = agent("ann"), agent("bob", UserProxyAgent, human_input_mode="ALWAYS", code_execution_config=False)
    terminal.answers = ["one", ""]
    ann.send("hi", bob, request_reply=True)
    ann.send("hi", bob, request_reply=True)
    assert bob._human_input == ["one", ""]
    bob._human_input = []
    terminal.answers = ["three"]
    assert chat(bob, ann, message=None, clear_history=False).human_input == ["three"]


# --- OpenAIWrapper -----------------------------------------------------------------------------------------------


@item("state: OpenAIWrapper._config_list is read and set")
def test_the_configurations_of_a_wrapper_may_be_edited(model: Any) -> None:
    wrapper = OpenAIWrapper(config_list=[{"model": "a", "api_key": "sk-a"}, {"model": "b", "api_key": "sk-b"}])
    assert [config["model"] for config in wrapper._config_list] == ["a", "b"]
    wrapper._config_list[0]["model"] = "edited"
    wrapper.create(messages=[{"role": "user", "content": "hi"}], cache_seed=None)
    assert model.requests[0]["model"] == "edited"


@item("state: OpenAIWrapper._clients is read and set")
def test_the_clients_of_a_wrapper_may_be_replaced(model: Any) -> None:
    wrapper = OpenAIWrapper(config_list=[{"model": "a", "api_key": "sk-a"}, {"model": "b", "api_key": "sk-b"}])
    assert [type(client).__name__ for client in wrapper._clients] == ["OpenAIClient", "OpenAIClient"]
    calls = Calls().on(wrapper._clients[0], "create")
    wrapper._clients[1] = wrapper._clients[0]
    wrapper._clients = wrapper._clients[::-1]
    wrapper.create(messages=[{"role": "user", "content": "hi"}], cache_seed=None)
    assert len(calls) == 1


@item("state: OpenAIWrapper.actual_usage_summary and total_usage_summary are read and set")
@pytest.mark.parametrize("name", ["actual_usage_summary", "total_usage_summary"])
def test_the_usage_of_a_wrapper_may_be_set(model: Any, name: str) -> None:
    wrapper = OpenAIWrapper(**MODEL)
    assert getattr(wrapper, name) is None
    wrapper.create(messages=[{"role": "user", "content": "hi"}])
    usage = getattr(wrapper, name)
    assert usage["total_cost"] == usage["gpt-4"]["cost"] == pytest.approx(0.09)
    setattr(wrapper, name, None)
    wrapper.create(messages=[{"role": "user", "content": "hi"}])
    assert getattr(wrapper, name) == usage


# --- Private methods that programs call --------------------------------------------------------------------------


@item("state: _prepare_chat may be called from outside")
def test_a_chat_may_be_prepared_from_outside() -> None:
    ann, bob = agent("ann"), agent("bob")
    ann.send("old", bob, request_reply=True)
    ann._prepare_chat(bob, True)
    assert (ann.chat_messages[bob], bob.chat_messages[ann]) == ([], [])
    assert (ann.reply_at_receive[bob], bob.reply_at_receive[ann]) == (True, True)
    assert bob._consecutive_auto_reply_counter[ann] == 0


@item("state: _append_oai_message(message, role, conversation_id, is_sending) may be called from outside")
def test_a_message_may_be_stored_from_outside() -> None:
    ann, bob = agent("ann"), agent("bob")
    assert ann._append_oai_message("hi", "user", bob, False) is True
    assert ann._append_oai_message({"content": "ho"}, "assistant", bob, is_sending=True) is True
    assert ann._append_oai_message({"odd": 1}, "user", bob, is_sending=False) is False
    assert ann._oai_messages[bob] == [
        {"content": "hi", "role": "user", "name": "bob"},
        {"content": "ho", "role": "assistant", "name": "ann"},
    ]


@item("state: _message_to_dict may be called from outside")
def test_a_message_gets_its_dict_form() -> None:
    message = {"content": "hi"}
    assert ConversableAgent._message_to_dict("hi") == message
    assert agent("ann")._message_to_dict(message) is message


@item("state: _process_received_message(message, sender, silent) may be called from outside")
def test_a_received_message_may_be_processed_from_outside(terminal: Any) -> None:
    ann, bob = agent("ann"), agent("bob")
    bob._process_received_message("loud", ann, False)
    bob._process_received_message("quiet", ann, True)
    assert texts(bob.chat_messages[ann]) == ["loud", "quiet"]
    assert "loud" in terminal.text
    assert "quiet" not in terminal.text


@item("state: _print_received_message(message, sender) may be called from outside")
def test_a_message_may_be_printed_from_outside(terminal: Any) -> None:
    ann, bob = agent("ann"), agent("bob")
    bob._print_received_message("hi", ann)
    assert terminal.text.startswith("ann (to bob):\n\nhi\n")
    assert bob.chat_messages == defaultdict(list)


@item("state: _generate_oai_reply_from_client(llm_client, messages, cache) may be called from outside")
def test_a_client_may_be_asked_from_outside(model: Any) -> None:
    bob = agent("bob")
    messages = [{"role": "user", "content": "hi"}]
    assert bob._generate_oai_reply_from_client(OpenAIWrapper(**MODEL), messages, None) == "fine"
    assert model.requests[0]["messages"] == messages


@item("state: _str_for_tool_response may be called from outside")
def test_the_answer_of_a_tool_becomes_a_text() -> None:
    assert agent("bob")._str_for_tool_response({"content": 5}) == "5"
    assert agent("bob")._str_for_tool_response({}) == ""


@item("state: _normalize_name may be called from outside")
def test_a_name_is_normalised() -> None:
    assert ConversableAgent._normalize_name("a b!c-d_e" + "x" * 99) == ("a_b_c-d_e" + "x" * 99)[:64]


@item("state: _assert_valid_name may be called from outside")
def test_a_name_is_checked() -> None:
    assert ConversableAgent._assert_valid_name("a-b_1") == "a-b_1"
    with pytest.raises(ValueError, match="Invalid name: a b"):
        ConversableAgent._assert_valid_name("a b")
    with pytest.raises(ValueError, match="less than 64"):
        ConversableAgent._assert_valid_name("x" * 65)


@item("state: GroupChat._mentioned_agents(content, agents) may be called from outside")
def test_mentioned_agents_are_counted() -> None:
    ann, bob = agent("ann"), agent("bob")
    groupchat = group(ann, bob).groupchat
    assert groupchat._mentioned_agents("ann, then bob, then ann; not anna", [ann, bob]) == {"ann": 2, "bob": 1}


@item("state: GroupChat._participant_roles(agents) may be called from outside")
def test_the_roles_are_lines_of_name_and_description() -> None:
    ann, bob = agent("ann", description="adds"), agent("bob", description="buys")
    groupchat = group(ann, bob).groupchat
    assert groupchat._participant_roles([bob, ann]) == "bob: buys\nann: adds"
    assert groupchat._participant_roles() == "ann: adds\nbob: buys"


@item("state: private methods are overridden in subclasses")
@pytest.mark.parametrize(
    "name",
    [
        "_prepare_chat",
        "_append_oai_message",
        "_message_to_dict",
        "_process_received_message",
        "_print_received_message",
        "_generate_oai_reply_from_client",
    ],
)
def test_an_overridden_private_method_is_called(name: str, model: Any) -> None:
    calls: list[str] = []
    original = getattr(ConversableAgent, name)

    def override(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return original(*args) if name == "_message_to_dict" else original(self, *args, **kwargs)

    ann, bob = agent("ann"), asks_model("bob", type("Own", (ConversableAgent,), {name: override}))
    chat(ann, bob, silent=False)
    assert calls
