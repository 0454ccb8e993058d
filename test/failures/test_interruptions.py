"""Ctrl-C, cancelled tasks and failing parts in the middle of a chat lose nothing that was said."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic._core.events import ChatEnded, listening
from autogen_classic._core.running_chats import current
from autogen_classic.testing import hang, tool_call

HELLO, GO_ON = "Hello.", "Go on."
KEPT = [("user", HELLO), ("user", GO_ON), ("assistant", "Here I am.")]


def press_ctrl_c(request: Any) -> str:
    """A reply of the server: the main thread, which waits for it, is interrupted like by Ctrl-C."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    return "too late"


def interrupt(*args: Any, **kwargs: Any) -> Any:
    raise KeyboardInterrupt


def assert_idle(*agents: ConversableAgent) -> None:
    """No chat is left open behind a failure."""
    assert current() is None
    assert not any(agent.stop_chat() for agent in agents)


@pytest.fixture
def ctrl_c_counts() -> Iterator[None]:
    """Shells start programs in the background with Ctrl-C switched off; the test needs it on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals reach threads on POSIX only")
@pytest.mark.usefixtures("ctrl_c_counts")
def test_ctrl_c_while_a_model_is_asked_keeps_what_was_said(serve: Any, agent: Any, chat: Any, said: Any) -> None:
    server = serve(press_ctrl_c, "Here I am.")
    person, helper = agent("person"), agent("helper", server.config(max_retries=0))
    with pytest.raises(KeyboardInterrupt):
        chat(person, helper, HELLO)
    assert said(helper, person) == [("user", HELLO)]
    assert said(person, helper) == [("assistant", HELLO)]
    assert_idle(person, helper)

    chat(person, helper, GO_ON, clear_history=False)
    assert said(helper, person) == KEPT


def test_ctrl_c_in_a_reply_function_keeps_what_was_said(agent: Any, chat: Any, said: Any) -> None:
    person, helper = agent("person"), agent("helper", default_auto_reply="Here I am.")
    helper.register_reply([ConversableAgent], interrupt)
    with pytest.raises(KeyboardInterrupt):
        chat(person, helper, HELLO)
    assert said(helper, person) == [("user", HELLO)]
    assert_idle(person, helper)

    helper._reply_func_list.pop(0)
    chat(person, helper, GO_ON, clear_history=False)
    assert said(helper, person) == KEPT


def test_ctrl_c_at_the_prompt_keeps_what_was_said(
    agent: Any, chat: Any, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = agent("person")
    helper = agent("helper", human_input_mode="ALWAYS")
    monkeypatch.setattr("builtins.input", interrupt)
    with pytest.raises(KeyboardInterrupt):
        chat(person, helper, HELLO)
    assert said(helper, person) == [("user", HELLO)]

    monkeypatch.setattr("builtins.input", lambda prompt="": "Here I am.")
    chat(person, helper, GO_ON, clear_history=False)
    assert said(helper, person) == KEPT


def test_ctrl_c_in_a_tool_keeps_the_call(serve: Any, agent: Any, chat: Any, said: Any) -> None:
    server = serve(tool_call("work"))
    person, helper = agent("person", function_map={"work": interrupt}), agent("helper", server.config())
    with pytest.raises(KeyboardInterrupt):
        chat(person, helper, HELLO, max_turns=2)
    assert said(helper, person) == [("user", HELLO), ("assistant", None)]
    assert person.last_message(helper)["tool_calls"][0]["function"]["name"] == "work"
    assert_idle(person, helper)


def test_ctrl_c_in_a_group_ends_it_without_an_admin(agent: Any, chat: Any, said: Any) -> None:
    ann, bob = agent("ann"), agent("bob")
    bob.register_reply([ConversableAgent], interrupt)
    group = GroupChat([ann, bob], [], speaker_selection_method="round_robin")
    with pytest.raises(KeyboardInterrupt):
        chat(ann, manager := GroupChatManager(group, llm_config=False), HELLO)
    assert [message["content"] for message in group.messages] == [HELLO]
    assert said(bob, manager) == [("user", HELLO)]
    assert_idle(ann, bob, manager)


def test_after_ctrl_c_in_a_group_its_admin_speaks(agent: Any, chat: Any) -> None:
    ann, bob, admin = agent("ann"), agent("bob"), agent("Admin", default_auto_reply="I take over.")
    bob.register_reply([ConversableAgent], interrupt)
    group = GroupChat([ann, bob, admin], [], speaker_selection_method="round_robin", max_round=2)
    chat(ann, GroupChatManager(group, llm_config=False), HELLO)
    assert [message["content"] for message in group.messages] == [HELLO, "I take over."]


def test_a_cancelled_task_keeps_what_was_said(serve: Any, agent: Any, said: Any) -> None:
    person, helper = agent("person"), agent("helper")

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def cancel(request: Any) -> Any:
            loop.call_soon_threadsafe(task.cancel)
            return hang()

        server = serve(cancel, "Here I am.")
        helper.llm_config = server.llm_config()
        helper._classic_rebuild_client()
        task = asyncio.ensure_future(person.a_initiate_chat(helper, message=HELLO, silent=True, max_turns=1))
        with pytest.raises(asyncio.CancelledError):
            await task
        assert said(helper, person) == [("user", HELLO)]
        assert_idle(person, helper)
        await person.a_initiate_chat(helper, message=GO_ON, silent=True, max_turns=1, clear_history=False)

    asyncio.run(main())
    assert said(helper, person) == KEPT


@pytest.mark.parametrize("failure", [ConnectionError("the network is gone"), KeyboardInterrupt()])
def test_a_nested_chat_that_fails_in_the_middle_keeps_both_levels(
    agent: Any, chat: Any, said: Any, failure: BaseException
) -> None:
    broken = True

    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        if broken:
            raise failure
        return False, None

    ann, bob = agent("ann"), agent("bob")
    carl, dora = agent("carl", default_auto_reply="carl's part"), agent("dora", default_auto_reply="dora's part")
    dora.register_reply([ConversableAgent], fail)
    queue = [
        {"recipient": partner, "max_turns": 1, "silent": True, "chat_id": partner.name} for partner in (carl, dora)
    ]
    queue[1]["message"] = "And you?"
    bob.register_nested_chats(queue, trigger=ann)
    with pytest.raises(type(failure)):
        chat(ann, bob, HELLO)
    assert said(bob, ann) == [("user", HELLO)]
    assert said(bob, carl) == [("assistant", HELLO), ("user", "carl's part")]
    assert said(bob, dora)[-1] == ("assistant", "And you?\nContext: \ncarl's part")
    assert_idle(ann, bob, carl, dora)

    broken = False
    chat(ann, bob, GO_ON, clear_history=False)
    assert said(bob, ann) == [("user", HELLO), ("user", GO_ON), ("assistant", "dora's part")]


def test_a_chat_that_fails_ends_the_queue_and_keeps_the_others(agent: Any, caplog: pytest.LogCaptureFixture) -> None:
    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        raise ConnectionError(f"{recipient.name} is gone")

    ann, good = agent("ann"), agent("good", default_auto_reply="fine")
    bad = [agent(name) for name in ("bad", "worse")]
    for broken in bad:
        broken.register_reply([ConversableAgent], fail)
    queue = [
        {"recipient": partner, "message": "m", "chat_id": partner.name, "silent": True, "max_turns": 1}
        for partner in (good, *bad)
    ]
    with pytest.raises(ConnectionError, match="bad is gone"):
        ann.initiate_chats(queue)
    assert [message["content"] for message in ann.chat_messages[good]] == ["m", "fine"]
    with pytest.raises(ConnectionError, match="is gone"):
        asyncio.run(ann.a_initiate_chats(queue))
    gc.collect()
    assert "never retrieved" not in caplog.text
    assert [message["content"] for message in ann.chat_messages[good]] == ["m", "fine"]


@pytest.mark.parametrize(
    "hook", ["process_last_received_message", "process_all_messages_before_reply", "process_message_before_send"]
)
def test_a_hook_that_fails_keeps_what_was_said(agent: Any, chat: Any, said: Any, way: str, hook: str) -> None:
    broken = True

    def process(*args: Any, **kwargs: Any) -> Any:
        if broken:
            raise LookupError("the hook failed")
        return kwargs["message"] if kwargs else args[0]

    async def a_process(*args: Any, **kwargs: Any) -> Any:
        return process(*args, **kwargs)

    person, helper = agent("person"), agent("helper", default_auto_reply="Here I am.")
    helper.register_hook(hook if way == "sync" else f"a_{hook}", process if way == "sync" else a_process)
    with pytest.raises(LookupError, match="the hook failed"):
        chat(person, helper, HELLO)
    assert said(helper, person) == [("user", HELLO)]

    broken = False
    chat(person, helper, GO_ON, clear_history=False)
    assert said(helper, person) == KEPT


def test_a_failed_chat_ends_with_the_reason_error(agent: Any, chat: Any) -> None:
    helper = agent("helper")
    helper.register_reply([ConversableAgent], interrupt)
    ends: list[Any] = []
    note = lambda event: ends.append(event.reason) if isinstance(event, ChatEnded) else None  # noqa: E731
    with listening(note), pytest.raises(KeyboardInterrupt):
        chat(agent("person"), helper, HELLO)
    assert ends == ["error"]
