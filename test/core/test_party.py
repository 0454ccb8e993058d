"""What the engine asks of an agent is written down, and true."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import autogen_classic
from autogen_classic import Agent, AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from autogen_classic._core.drive import look_up
from autogen_classic._core.party import STEPS_BEHIND, Party, is_agent

PACKAGE = Path(autogen_classic.__file__).parent
CLASSES = tuple(
    dict.fromkeys(
        base
        for kind in (ConversableAgent, GroupChat, GroupChatManager)
        for base in kind.__mro__
        if base.__module__.startswith("autogen_classic.agentchat.")
    )
)
# What steps ask for that has no steps behind it: it is called as it is, and so is its ``a_`` twin.
CALLED_AS_THEY_ARE = {"get_human_input", "initiate_chats"}
# What is asked of a model client; these names are those of `OpenAIWrapper` and of an attempt of it.
ASKED_OF_CLIENTS = {"create", "deliver"}


def twin_of(name: str) -> str:
    return f"_a{name}" if name.startswith("_") else f"a_{name}"


def methods_called(name: str) -> list[Any]:
    """The functions of this name, and of its asynchronous twin, in the classes that the library ships."""
    names = (name, "a_auto_select_speaker" if name == "_auto_select_speaker" else twin_of(name))
    return [vars(owner)[each] for owner in CLASSES for each in names if each in vars(owner)]


def names_asked_for() -> set[str]:
    """What steps ask for; the leaves of contrib ask their own objects as well."""
    found = set()
    for file in set(PACKAGE.rglob("*.py")) - set(PACKAGE.glob("agentchat/contrib/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Ask":
                name = node.args[1]
                assert isinstance(name, ast.Constant), f"{file.name}:{node.lineno} hides what it asks for"
                found.add(str(name.value))
    return found


@pytest.mark.parametrize("name", sorted(STEPS_BEHIND))
def test_the_table_names_the_steps_behind_a_method_and_its_twin(name: str) -> None:
    home, _, function = STEPS_BEHIND[name].rpartition(".")
    steps = getattr(import_module(f"autogen_classic.{home}"), function)
    methods = methods_called(name)
    assert methods
    assert {look_up(method)[0] for method in methods} == {steps}


def test_the_table_has_every_method_with_steps_behind_it():
    shipped = {
        name
        for owner in CLASSES
        for name, method in vars(owner).items()
        if callable(method) and look_up(method)[0] is not None
    }
    twins = {twin_of(name) for name in STEPS_BEHIND} | {"a_auto_select_speaker"}
    assert shipped - twins == set(STEPS_BEHIND)


def test_whatever_steps_ask_for_stands_in_the_table_or_is_called_as_it_is():
    assert names_asked_for() - ASKED_OF_CLIENTS - CALLED_AS_THEY_ARE <= set(STEPS_BEHIND)
    for name in CALLED_AS_THEY_ARE:
        assert {look_up(method)[0] for method in methods_called(name)} == {None}


@pytest.mark.parametrize("kind", [ConversableAgent, AssistantAgent, UserProxyAgent])
def test_the_agents_have_every_member_of_the_contract(kind: type[ConversableAgent]) -> None:
    agent = kind("ann", llm_config=False)
    members = set(Party.__annotations__) | {name for name in vars(Party) if not name.startswith("__")}
    assert [name for name in sorted(members) if not hasattr(agent, name)] == []


class Listens:
    name = "ann"

    def receive(self, message: Any, sender: Any) -> None: ...


class Replies:
    name = "ann"

    def generate_reply(self, messages: Any = None, sender: Any = None) -> str:
        return "hello"


class OnlyAName:
    name = "ann"


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (Listens(), True),
        (Replies(), True),
        (OnlyAName(), False),
        (Listens, False),
        ("ann", False),
        (None, False),
        (lambda sender: True, False),
    ],
)
def test_an_agent_is_whatever_has_a_name_and_listens_or_replies(thing: object, expected: bool) -> None:
    assert is_agent(thing) is expected


def test_an_agent_may_be_asked_to_do_more():
    assert is_agent(ConversableAgent("ann", llm_config=False), "register_for_llm", "_prepare_chat")
    assert not is_agent(Listens(), "register_for_llm")


def test_the_protocol_of_0_2_is_met_by_the_agents():
    assert isinstance(ConversableAgent("ann", llm_config=False), Agent)
    assert not isinstance(Listens(), Agent)
