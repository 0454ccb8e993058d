"""What agents have said and counted is saved as JSON, and loaded into agents that are made anew."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent, events
from autogen_classic.agentchat.group import ContextVariables
from autogen_classic.state import StateError, load_state, save_state
from autogen_classic.testing import ScriptedClient, tool_call

SCHEMA = json.loads((files("autogen_classic.state") / "state.schema.json").read_text(encoding="utf-8"))
KEY = "sk-planted-in-a-message-0123456789"


def on_disk(state: dict[str, Any]) -> dict[str, Any]:
    """A state as it comes back from a file, which follows the published schema."""
    jsonschema.Draft202012Validator(SCHEMA).validate(state)
    return dict(json.loads(json.dumps(state)))


def add(x: int, y: int) -> int:
    return x + y


def team(*replies: Any) -> tuple[UserProxyAgent, AssistantAgent]:
    """A user that runs a tool, and an assistant that answers with these replies."""
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, function_map={"add": add})
    assistant = AssistantAgent("assistant", llm_config=ScriptedClient(list(replies)).llm_config())
    return user, assistant


def histories(*agents: ConversableAgent) -> dict[str, Any]:
    return {one.name: {p.name: messages for p, messages in one.chat_messages.items()} for one in agents}


# --- what JSON has a form for


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1: "ann"}, "a key that is not a text"),
        ({"n": float("nan")}, "JSON has no form"),
        ({"s": {1}}, "JSON has no form"),
    ],
)
def test_what_json_would_change_is_refused(value: Any, words: str) -> None:
    ann = agent("ann", context_variables=ContextVariables({"value": value}))
    with pytest.raises(StateError, match=words):
        save_state([ann])


def test_a_dict_that_looks_like_a_picture_is_a_dict() -> None:
    value = {"$picture": "of a cat"}
    state = on_disk(save_state([agent("ann", context_variables=ContextVariables({"value": value}))]))
    ann = agent("ann")
    load_state(state, [ann])
    assert ann.context_variables["value"] == value


def test_nothing_is_changed_if_a_picture_cannot_be_read() -> None:
    pytest.importorskip("PIL")
    user, assistant = team("Hello.")
    chat("sync", user, assistant, message="Hi.", max_turns=1)
    state = on_disk(save_state([user, assistant]))
    broken = {"$picture": "data:image/png;base64,AAAA"}
    state["agents"]["assistant"]["partners"]["user"]["messages"][0]["content"] = broken
    others = team()
    with pytest.raises(StateError, match="picture"):
        load_state(state, others)
    assert histories(*others) == {"user": {}, "assistant": {}}


def test_one_agent_in_place_of_a_list_is_told_what_to_pass() -> None:
    with pytest.raises(StateError, match=r"save_state\(\[agent\]\)"):
        save_state(agent("ann"))  # type: ignore[arg-type]


# --- agents together


@both_ways
def test_two_agents_go_on_where_they_were(way: str) -> None:
    user, assistant = team(tool_call("add", x=1, y=2), "It is 3.")
    chat(way, user, assistant, message="What is 1 + 2?", max_turns=2)
    state = on_disk(save_state([user, assistant]))

    user_2, assistant_2 = team("Nothing more.")
    load_state(state, [user_2, assistant_2])
    assert histories(user_2, assistant_2) == histories(user, assistant)
    assert "tool_responses" in user_2.chat_messages[assistant_2][2]

    chat(way, user_2, assistant_2, message="And more?", max_turns=1, clear_history=False)
    assert len(assistant_2.chat_messages[user_2]) == 6


def test_counters_limits_and_what_people_typed_come_back() -> None:
    user, assistant = team()
    user._human_input.append("yes")
    user.update_max_consecutive_auto_reply(3, assistant)
    user._consecutive_auto_reply_counter[assistant] = 2
    user.reply_at_receive[assistant] = True
    assistant.update_system_message("You are brief.")
    state = on_disk(save_state([user, assistant]))

    user_2, assistant_2 = team()
    load_state(state, [user_2, assistant_2])
    assert user_2._human_input == ["yes"]
    assert user_2.max_consecutive_auto_reply(assistant_2) == 3
    assert user_2._consecutive_auto_reply_counter == {assistant_2: 2}
    assert user_2.reply_at_receive == {assistant_2: True}
    assert assistant_2.system_message == "You are brief."
    assert on_disk(save_state([user_2, assistant_2])) == state


def test_a_state_shares_nothing_with_the_agents() -> None:
    user, assistant = team("Hi.")
    chat("sync", user, assistant, max_turns=1)
    state = save_state([user, assistant])
    before = copy.deepcopy(state)
    user.chat_messages[assistant][0]["content"] = "changed"
    load_state(state, [user, assistant])
    user.chat_messages[assistant][0]["content"] = "changed"
    assert state == before


def test_loading_keeps_the_dicts_that_programs_hold() -> None:
    user, assistant = team("Hi.")
    held = user.chat_messages
    chat("sync", user, assistant, max_turns=1)
    state = save_state([user, assistant])
    user.clear_history()
    load_state(state, [user, assistant])
    assert held is user.chat_messages
    assert len(held[assistant]) == 2


def test_saving_is_an_event() -> None:
    user, assistant = team()
    heard: list[Any] = []
    with events.listening(heard.append, kinds=[events.StateSaved]):
        save_state([user, assistant])
    assert heard == [events.StateSaved(["user", "assistant"])]


def test_no_key_is_in_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "of-the-environment-0123456789")
    config = {"config_list": [{"model": "m", "api_key": KEY}]}
    assistant = AssistantAgent("assistant", llm_config=config)
    user = agent("user", default_auto_reply="")
    user.send(f"My key is {KEY}, the other one is of-the-environment-0123456789.", assistant, request_reply=False)
    text = json.dumps(save_state([user, assistant]))
    assert "0123456789" not in text
    assert "My key is ***" in text


def test_pictures_are_saved_as_they_are_stored() -> None:
    image = pytest.importorskip("PIL.Image")
    from autogen_classic.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent

    def viewer() -> Any:
        return MultimodalConversableAgent("viewer", llm_config=False, human_input_mode="NEVER")

    seen, user = viewer(), agent("user")
    picture = image.new("CMYK", (2, 2), (0, 255, 255, 0))
    parts = [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": picture}}]
    seen.receive({"content": parts}, user, request_reply=False)
    state = on_disk(save_state([seen]))

    seen_2 = viewer()
    seen_2.load_state(state, partners=[user])
    kept = seen_2.chat_messages[user][0]["content"][1]["image_url"]["url"]
    assert isinstance(kept, image.Image)
    assert kept.convert("RGB").tobytes() == picture.convert("RGB").tobytes()


# --- one agent


def test_one_agent_needs_its_partners() -> None:
    user, assistant = team("Hi.")
    chat("sync", user, assistant, max_turns=1)
    state = on_disk(assistant.save_state())
    assert list(state["agents"]) == ["assistant"]

    _, assistant_2 = team()
    with pytest.raises(StateError, match=r"assistant has talked to 'user'.*partners="):
        assistant_2.load_state(state)
    assert assistant_2.chat_messages == {}
    assistant_2.load_state(state, partners=[user])
    assert assistant_2.chat_messages == {user: assistant.chat_messages[user]}


def test_an_agent_that_has_met_its_partner_again_needs_no_help() -> None:
    user, assistant = team("Hi.", "Hi again.")
    chat("sync", user, assistant, max_turns=1)
    state = assistant.save_state()
    chat("sync", user, assistant, message="again", max_turns=1)
    assistant.load_state(state)
    assert [message["content"] for message in assistant.chat_messages[user]] == ["hi", "Hi."]


# --- groups


def group_of(*replies: str, max_round: int = 4) -> tuple[GroupChatManager, list[ConversableAgent]]:
    """A group that takes turns, in which ``ann`` is led by a model with these replies."""
    ann = ConversableAgent("ann", llm_config=ScriptedClient(list(replies)).llm_config(), human_input_mode="NEVER")
    bob = agent("bob", function_map={"add": add})
    group = GroupChat([ann, bob], messages=[], max_round=max_round, speaker_selection_method="round_robin")
    return GroupChatManager(group, llm_config=False), [ann, bob]


@both_ways
def test_a_manager_is_saved_with_its_group(way: str) -> None:
    manager, members = group_of(tool_call("add", x=1, y=2), "It is 3.")
    chat(way, members[1], manager)
    state = on_disk(manager.save_state())
    assert list(state["agents"]) == ["chat_manager", "ann", "bob"]

    manager_2, members_2 = group_of()
    manager_2.load_state(state)
    assert histories(manager_2, *members_2) == histories(manager, *members)
    assert manager_2.groupchat.messages == manager.groupchat.messages
    assert manager.last_speaker is not None
    assert manager_2.last_speaker is members_2[[one.name for one in members].index(manager.last_speaker.name)]


@both_ways
def test_a_group_resumes_from_a_state_as_if_it_had_not_stopped(way: str) -> None:
    replies = [tool_call("add", x=1, y=2), "It is 3.", "Bye."]
    whole, whole_members = group_of(*replies, max_round=7)
    chat(way, whole_members[1], whole)

    manager, members = group_of(*replies[:2])
    chat(way, members[1], manager)
    state = on_disk(manager.save_state())
    manager_2, members_2 = group_of(*replies[2:], max_round=4)
    speaker, message = manager_2.resume(state, silent=True)
    chat(way, speaker, manager_2, message=message, clear_history=False)

    assert [m["content"] for m in manager_2.groupchat.messages] == [m["content"] for m in whole.groupchat.messages]
    for one, other in zip(members_2, whole_members, strict=True):
        assert one.chat_messages[manager_2] == other.chat_messages[whole]


def test_a_state_that_was_written_as_a_text_can_be_resumed() -> None:
    manager, members = group_of("Hello.", max_round=3)
    chat("sync", members[1], manager)
    manager_2, members_2 = group_of()
    speaker, message = manager_2.resume(json.dumps(manager.save_state()), silent=True)
    assert (speaker.name, message["content"]) == ("bob", manager.groupchat.messages[-1]["content"])
    assert len(members_2[0].chat_messages[manager_2]) == len(members[0].chat_messages[manager]) - 1


def test_a_group_that_somebody_outside_opened_resumes_with_that_one_as_a_partner() -> None:
    manager, _ = group_of("Hello.", max_round=3)
    outside = agent("outside")
    chat("sync", outside, manager)
    state = on_disk(save_state([manager, outside]))
    manager_2, members_2 = group_of("More.")
    with pytest.raises(StateError, match="outside"):
        manager_2.resume(state, silent=True)
    speaker, _ = manager_2.resume(state, silent=True, partners=[agent("outside")])
    assert speaker in members_2


def test_what_the_agents_of_a_group_know_together_stays_shared() -> None:
    def members() -> list[ConversableAgent]:
        shared = ContextVariables({"step": 0})
        both = [agent("ann", context_variables=shared), agent("bob")]
        both[1].context_variables = shared
        return both

    before, after = members(), members()
    before[0].context_variables["step"] = {"done": [1, 2]}
    load_state(on_disk(save_state(before)), after)
    assert after[0].context_variables is after[1].context_variables
    assert after[0].context_variables.to_dict() == {"step": {"done": [1, 2]}}


# --- what does not fit


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def work(state: dict[str, Any]) -> None:
        *way, last = path.split("/")
        for step in way:
            state = state[step]
        state[last] = value

    return work


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (change("schema", "autogen-classic/state/2"), "state/2.*this release reads"),
        (lambda state: state.pop("schema"), "not a saved state"),
        (change("agents", None), 'damaged: it has no "agents"'),
        (change("agents/user", 3), "agents\\['user'\\] is not an object"),
        (change("agents/user/functions", None), 'no "functions" of the right type'),
        (change("agents/user/partners/assistant/messages", ["text"]), "no messages in its conversation"),
        (change("agents/user/context_variables", [1]), '"context_variables" that are not'),
        (change("agents/user/group", {}), '"group" without members'),
        (change("agents/user/kind", "Teacher"), "saved as Teacher, but here it is UserProxyAgent"),
        (change("agents/user/functions", ["add", "divide"]), "had the functions 'divide'"),
        (lambda state: state["agents"].pop("user"), "nothing about user; it is that of 'assistant'"),
        (change("agents/user/group", {"members": [], "messages": []}), "user led a group"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(damage: Any, says: str) -> None:
    user, assistant = team("Hi.")
    chat("sync", user, assistant, max_turns=1)
    state = on_disk(save_state([user, assistant]))
    damage(state)
    before = copy.deepcopy(histories(user, assistant))
    with pytest.raises(StateError, match=says):
        load_state(state, [assistant, user])
    assert histories(user, assistant) == before


def test_all_agents_that_were_saved_have_to_be_there() -> None:
    user, assistant = team()
    state = save_state([user, assistant])
    with pytest.raises(StateError, match="holds 'assistant', but no agent of that name"):
        load_state(state, [user])


def test_another_group_is_refused() -> None:
    manager, _ = group_of()
    state = manager.save_state()
    manager.groupchat.agents[1] = agent("eve")
    state["agents"]["eve"] = {**state["agents"]["bob"], "functions": []}
    with pytest.raises(StateError, match="had the members 'ann', 'bob' when it was saved, but here they are"):
        manager.load_state(state)


def test_names_that_are_taken_twice_cannot_be_keys() -> None:
    user, assistant = team("Hi.", "Hi.")
    with pytest.raises(StateError, match="Two agents are called 'user'"):
        save_state([user, agent("user")])
    chat("sync", user, assistant, max_turns=1)
    chat("sync", agent("user"), assistant, max_turns=1)
    with pytest.raises(StateError, match="talked to two agents called 'user'"):
        assistant.save_state()


def test_what_json_cannot_hold_is_named_with_its_place() -> None:
    user, assistant = team()
    user.send({"content": "hi", "context": {"file": object()}}, assistant, request_reply=False)
    with pytest.raises(StateError, match="conversation of user with assistant holds something of type object"):
        save_state([user, assistant])


def test_only_agents_can_be_saved() -> None:
    with pytest.raises(StateError, match="'user' is not one"):
        save_state(["user"])  # type: ignore[list-item]
