"""Work that can be counted, and so does not depend on the machine: imports, copies, requests, calls per turn.

What it costs in seconds is measured by ``benchmarks/run.py``.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import gc
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

import pytest

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, events
from autogen_classic._core.messages import Message, outgoing
from autogen_classic.oai._http.sending import _is_plain_json
from autogen_classic.oai._messages.validity import valid_messages
from autogen_classic.oai._request.templates import encodable
from autogen_classic.testing import MockOpenAIServer, ScriptedClient

TURNS = 20
MESSAGES = 2 * TURNS

# Calls of Python functions and resumed generators for one silent message. They are upper bounds with some air;
# lower them when the engine needs fewer.
CALLS_PER_TURN = 54
CALLS_PER_ASYNCHRONOUS_TURN = 53.1
CALLS_FOR_A_SUBSCRIBER = 6.1  # for the two events of a message: each is made, emitted and heard
CALLS_FOR_A_LOOP = 10.1  # over the same events: each is made and emitted, and the chat stops and goes on
CALLS_PER_GROUP_MESSAGE = 74
CALLS_PER_REQUEST = 192  # of functions of this library, from `generate_reply` to the openai package and back
BLOCKS_PER_TURN = 5  # of memory, as the interpreter counts them, that a message leaves behind
BLOCKS_PER_LISTENER = 4.2  # a dict in the listener's history and one in the manager's, of two blocks each
CALLS_PER_NEW_AGENT = 38
CALLS_PER_NEW_AGENT_WITH_A_MODEL = 82


def talker(name: str) -> ConversableAgent:
    return ConversableAgent(
        name, llm_config=False, human_input_mode="NEVER", default_auto_reply=name, max_consecutive_auto_reply=10**9
    )


def count_calls(work: Callable[[], Any]) -> Counter[CodeType]:
    calls: Counter[CodeType] = Counter()

    def count(frame: Any, event: str, argument: Any) -> None:
        if event == "call":
            calls[frame.f_code] += 1

    before = sys.getprofile()
    gc.disable()  # what it clears away belongs to other tests
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls


def chat_of_two(turns: int) -> Callable[[], Any]:
    ann, bob = talker("ann"), talker("bob")
    return lambda: ann.initiate_chat(bob, message="begin", max_turns=turns, silent=True)


def asynchronous_chat_of_two(turns: int) -> Callable[[], Any]:
    ann, bob = talker("ann"), talker("bob")
    return lambda: asyncio.run(ann.a_initiate_chat(bob, message="begin", max_turns=turns, silent=True))


def chat_of_group(size: int, rounds: int) -> Callable[[], Any]:
    agents = [talker(f"agent_{number}") for number in range(size)]
    group = GroupChat(agents, [], max_round=rounds + 1, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False, silent=True)
    return lambda: agents[0].initiate_chat(manager, message="begin", silent=True)


def calls_per_message(chat: Callable[[int], Callable[[], Any]]) -> float:
    """What a message adds to a chat of so many turns, once everything has been called that is called but once."""
    chat(TURNS)()
    few, many = count_calls(chat(TURNS)), count_calls(chat(2 * TURNS))
    return (many.total() - few.total()) / MESSAGES


def calls_per_group_message(size: int) -> float:
    return calls_per_message(lambda turns: chat_of_group(size, 2 * turns))


def blocks_kept(work: Callable[[], Any]) -> int:
    """How many blocks of memory a piece of work leaves behind."""
    gc.collect()
    before = sys.getallocatedblocks()
    work()
    gc.collect()
    return sys.getallocatedblocks() - before


def blocks_per_message(chat: Callable[[int], Callable[[], Any]]) -> float:
    chat(2)()
    # Other threads of the process may leave some as well, so the least of a few counts is the right one.
    return min((blocks_kept(chat(110)) - blocks_kept(chat(10))) / 100 for _ in range(3))


def modules_loaded_by(statements: str) -> list[str]:
    program = f"import sys; before = set(sys.modules); {statements}; print(*(sys.modules.keys() - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def not_of_the_standard_library(modules: list[str]) -> list[str]:
    return [name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names]


def test_the_bare_import_loads_fewer_than_60_modules_beyond_the_standard_library() -> None:
    assert len(not_of_the_standard_library(modules_loaded_by("import autogen_classic"))) < 60


@pytest.mark.parametrize("llm_config", [False, {"config_list": [{"model": "m", "api_key": "sk-test"}]}])
def test_the_first_agent_loads_nothing_from_other_distributions(llm_config: Any) -> None:
    modules = modules_loaded_by(
        f"from autogen_classic import AssistantAgent; AssistantAgent('assistant', llm_config={llm_config!r})"
    )
    assert {name.partition(".")[0] for name in not_of_the_standard_library(modules)} == {"autogen_classic"}


def test_a_turn_calls_few_functions() -> None:
    assert calls_per_message(chat_of_two) <= CALLS_PER_TURN


def test_a_subscriber_adds_few_calls_to_a_message_and_nobody_adds_none_for_details() -> None:
    def calls(kinds: Iterable[type[events.Event]]) -> float:
        with events.listening(lambda event: None, kinds=kinds):
            return calls_per_message(chat_of_two)

    nothing = calls([events.ChatEnded])
    assert calls([events.Event]) - nothing <= CALLS_FOR_A_SUBSCRIBER
    assert calls([events.ReplyTried]) - nothing > CALLS_FOR_A_SUBSCRIBER


def test_a_loop_over_the_events_of_a_chat_adds_few_calls_to_a_message() -> None:
    def loop_over(turns: int) -> Callable[[], Any]:
        ann, bob = talker("ann"), talker("bob")
        return lambda: [None for _ in ann.iterate(bob, message="begin", max_turns=turns, silent=True)]

    assert calls_per_message(loop_over) - calls_per_message(chat_of_two) <= CALLS_FOR_A_LOOP


def test_an_asynchronous_turn_calls_hardly_more_functions_than_a_synchronous_one() -> None:
    assert calls_per_message(asynchronous_chat_of_two) <= CALLS_PER_ASYNCHRONOUS_TURN


def test_a_message_in_a_group_of_four_calls_few_functions() -> None:
    assert calls_per_group_message(4) <= CALLS_PER_GROUP_MESSAGE


def test_no_function_is_called_for_each_listener_of_a_group() -> None:
    assert (calls_per_group_message(20) - calls_per_group_message(4)) / 16 < 0.1


def test_no_function_is_called_for_each_member_that_may_speak_next() -> None:
    def calls(size: int) -> int:
        group = GroupChat([talker(f"agent_{number}") for number in range(size)], [{"content": "hi", "name": "agent_1"}])
        return count_calls(lambda: group._prepare_and_select_agents(group.agents[1])).total()

    calls(4)
    assert calls(64) == calls(4)


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(outgoing, id="copied"),
        pytest.param(
            lambda messages: encodable({"model": "m", "messages": messages}), id="searched for halves of characters"
        ),
        pytest.param(lambda messages: valid_messages(messages, "m", "http://127.0.0.1/v1"), id="made valid"),
        pytest.param(_is_plain_json, id="sent the short way"),
    ],
)
def test_no_function_is_called_for_each_plain_text_of_a_request(work: Callable[[list[Message]], object]) -> None:
    messages: list[Message] = [{"content": f"Number {n}.", "role": "user", "name": "ann"} for n in range(100)]

    def calls(several: list[Message]) -> int:
        counted = count_calls(lambda: work(several))
        return sum(number for code, number in counted.items() if "autogen_classic" in code.co_filename)

    calls(messages[:2])
    assert calls(messages) == calls(messages[:2])


def test_names_are_looked_for_in_answer_after_answer_with_one_pattern() -> None:
    group = GroupChat([talker(f"speaker_{number}") for number in range(50)], [])
    compilations = count_calls(lambda: [group._mentioned_agents(f"speaker_{number}", None) for number in range(10)])
    assert compilations[re.compile.__code__] == 1


def test_a_message_of_two_agents_leaves_little_behind() -> None:
    assert blocks_per_message(chat_of_two) / 2 <= BLOCKS_PER_TURN


def test_a_listener_of_a_group_adds_what_it_and_the_manager_store() -> None:
    four, twenty = (blocks_per_message(functools.partial(chat_of_group, size)) for size in (4, 20))
    assert (twenty - four) / 16 <= BLOCKS_PER_LISTENER


class Unread(list[Any]):
    """A history that nobody may read."""

    def __iter__(self) -> Any:
        raise AssertionError("the history with another partner was read")


def test_a_chat_reads_no_history_with_other_partners() -> None:
    ann, bob = talker("ann"), talker("bob")
    for stranger in range(3):
        bob._oai_messages[talker(f"stranger_{stranger}")] = Unread([{"content": "before", "role": "user"}])
    ann.initiate_chat(bob, message="begin", max_turns=2, silent=True)
    assert len(bob.chat_messages[ann]) == 4


@pytest.mark.parametrize("chat", [chat_of_two(TURNS), chat_of_group(4, TURNS)], ids=["two agents", "a group"])
def test_a_chat_makes_no_deep_copies(chat: Callable[[], Any]) -> None:
    assert count_calls(chat)[copy.deepcopy.__code__] == 0


def test_a_reply_of_a_model_copies_no_message_deeply() -> None:
    def work() -> None:
        assistant = AssistantAgent("assistant", llm_config=ScriptedClient(["one", "two", "three"]).llm_config())
        talker("user").initiate_chat(assistant, message="begin", max_turns=3, silent=True)

    work()  # loads the libraries of the client, which make copies of their own when they are loaded
    assert count_calls(work)[copy.deepcopy.__code__] == 0


def test_building_an_agent_copies_no_configuration_deeply() -> None:
    config = {"config_list": [{"model": "m", "api_key": "sk-test"}]}
    work = count_calls(lambda: AssistantAgent("assistant", llm_config=config))
    assert work[copy.deepcopy.__code__] == 0


@pytest.mark.parametrize(
    ("llm_config", "most"),
    [
        (False, CALLS_PER_NEW_AGENT),
        ({"config_list": [{"model": "m", "api_key": "sk-test"}]}, CALLS_PER_NEW_AGENT_WITH_A_MODEL),
    ],
    ids=["without a model", "with a model"],
)
def test_building_an_agent_calls_few_functions(llm_config: Any, most: int) -> None:
    AssistantAgent("first", llm_config=llm_config)
    assert count_calls(lambda: AssistantAgent("assistant", llm_config=llm_config)).total() <= most


def test_a_request_to_a_model_calls_few_functions_of_this_library() -> None:
    with MockOpenAIServer() as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config(cache_seed=None))
        asked: list[Message] = [{"content": "A question.", "role": "user", "name": "ann"}]
        assistant.generate_reply(messages=asked)
        counted = count_calls(lambda: assistant.generate_reply(messages=asked))
    assert sum(number for code, number in counted.items() if "autogen_classic" in code.co_filename) <= CALLS_PER_REQUEST


def test_a_turn_with_a_model_sends_one_request() -> None:
    with MockOpenAIServer() as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        talker("user").initiate_chat(assistant, message="begin", max_turns=TURNS, silent=True)
        assert len(server.requests) == TURNS


def test_a_clear_selection_of_a_speaker_sends_one_request() -> None:
    with MockOpenAIServer([f"agent_{number % 3}" for number in range(1, TURNS + 1)]) as server:
        agents = [talker(f"agent_{number}") for number in range(3)]
        group = GroupChat(agents, [], max_round=TURNS + 1, speaker_selection_method="auto")
        manager = GroupChatManager(group, llm_config=server.llm_config(), silent=True)
        agents[0].initiate_chat(manager, message="begin", silent=True)
        assert len(server.requests) == TURNS
