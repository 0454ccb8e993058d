"""Parameters that the program fills in: hidden from the model, found at the time of the call."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.testing import ScriptedClient, tool_call
from autogen_classic.tools import BaseContext, ChatContext, Depends, Tool
from autogen_classic.tools.dependency_injection import (
    Field,
    fill_parameters_of_type,
    get_context_params,
    inject_params,
    on,
    remove_params,
)

NO_NETWORK = {"model": "gpt-4o", "api_key": "sk-test", "base_url": "http://127.0.0.1:9/v1"}


class Account(BaseContext, BaseModel):
    owner: str


ACCOUNT = Account(owner="ann")


def with_annotation(amount: int, account: Annotated[Account, Depends(ACCOUNT)], currency: str = "EUR") -> str:
    return f"{amount} {currency} of {account.owner}"


def with_default(amount: int, account: Account = Depends(ACCOUNT), currency: str = "EUR") -> str:
    return f"{amount} {currency} of {account.owner}"


def first(account: Annotated[Account, Depends(ACCOUNT)], amount: int, currency: str = "EUR") -> str:
    return f"{amount} {currency} of {account.owner}"


async def asynchronous(amount: int, account: Annotated[Account, Depends(ACCOUNT)], currency: str = "EUR") -> str:
    return f"{amount} {currency} of {account.owner}"


@pytest.fixture
def caller() -> ConversableAgent:
    return ConversableAgent("caller", llm_config={"config_list": [NO_NETWORK]})


@pytest.fixture
def executor() -> ConversableAgent:
    return ConversableAgent("executor", llm_config=False)


def parameters_of(agent: ConversableAgent) -> dict[str, Any]:
    parameters: dict[str, Any] = agent.llm_config["tools"][-1]["function"]["parameters"]  # type: ignore[index]
    return parameters


def run(executor: ConversableAgent, function: Callable[..., Any], **arguments: Any) -> str:
    executor.register_for_execution(silent_override=True)(function)
    _, answer = executor.execute_function({"name": function.__name__, "arguments": json.dumps(arguments)})
    return str(answer["content"])


@pytest.mark.parametrize("function", [with_annotation, with_default, first, asynchronous])
def test_a_model_neither_sees_nor_sets_what_the_program_fills_in(
    function: Callable[..., Any], caller: ConversableAgent, executor: ConversableAgent
) -> None:
    caller.register_for_llm(description="pays")(function)
    assert list(parameters_of(caller)["properties"]) == ["amount", "currency"]
    assert parameters_of(caller)["required"] == ["amount"]
    assert run(executor, function, amount="3") == "3 EUR of ann"
    assert run(executor, function, amount=3, account={"owner": "mallory"}) == "3 EUR of ann"


@pytest.mark.parametrize("function", [with_annotation, with_default, first])
def test_a_tool_called_by_a_program_is_filled_in_too(function: Callable[..., Any]) -> None:
    tool = Tool(func_or_tool=function)
    assert tool(3, currency="USD") == tool(3, "USD") == tool(amount=3, currency="USD") == "3 USD of ann"
    assert list(inspect.signature(tool).parameters) == ["amount", "currency"]


def test_a_model_cannot_slip_a_value_in_among_further_arguments(executor: ConversableAgent) -> None:
    def pay(account: Annotated[Account, Depends(ACCOUNT)], **more: int) -> str:
        return f"{more} of {account.owner}"

    assert run(executor, pay, account={"owner": "mallory"}, amount=3) == "{'amount': 3} of ann"


def test_any_value_can_be_filled_in(executor: ConversableAgent) -> None:
    def area(width: int, factor: Annotated[float, Depends(2.5)]) -> float:
        return width * factor

    assert run(executor, area, width=4) == "10.0"


def test_a_function_is_asked_for_each_call_and_may_depend_on_others(executor: ConversableAgent) -> None:
    calls = []

    def count() -> int:
        calls.append(1)
        return len(calls)

    def doubled(amount: int, number: int = Depends(count)) -> int:
        return amount * number

    def tell(amount: int, both: int = Depends(doubled)) -> str:
        return f"{amount} {both}"

    assert [run(executor, tell, amount=10), run(executor, tell, amount=10)] == ["10 10", "10 20"]


def test_what_stands_behind_a_yield_runs_after_the_tool(executor: ConversableAgent) -> None:
    steps = []

    def connection() -> Iterator[str]:
        steps.append("open")
        yield "db"
        steps.append("close")

    def query(text: str, connected: str = Depends(connection)) -> str:
        steps.append(f"query {text} in {connected}")
        return text

    run(executor, query, text="x")
    assert steps == ["open", "query x in db", "close"]


def test_an_asynchronous_tool_waits_for_what_it_depends_on(executor: ConversableAgent) -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return "later"

    async def tell(text: str, when: str = Depends(later)) -> str:
        return f"{text} {when}"

    assert run(executor, tell, text="see you") == "see you later"

    def too_early(text: str, when: str = Depends(later)) -> str:
        return f"{text} {when}"

    with pytest.raises(TypeError, match=r"'too_early' depends on an asynchronous function.*async def too_early"):
        executor.register_for_execution()(too_early)


def test_a_context_that_nobody_gives_is_noticed_at_registration(caller: ConversableAgent) -> None:
    def pay(account: Account) -> str:
        return account.owner

    with pytest.raises(TypeError, match=r"'account' of 'pay' is a context, .* Depends\(value\)"):
        caller.register_for_llm(description="pays")(pay)


def test_a_mark_that_names_something_local_is_noticed_at_registration(executor: ConversableAgent) -> None:
    def count() -> int:
        return 1

    def tell(number: Annotated[int, Depends(count)]) -> int:
        return number

    with pytest.raises(TypeError, match=r"'number' depends on cannot be found: .*Depends\(count\).*number=Depends"):
        executor.register_for_execution()(tell)


def test_a_context_with_a_default_needs_no_giver(executor: ConversableAgent) -> None:
    def pay(amount: int, account: Account | None = None) -> str:
        return f"{amount} {account}"

    assert run(executor, pay, amount=3) == "3 None"


class Owner:
    def __init__(self, name: str) -> None:
        self.name = name


# --- the chat --------------------------------------------------------------------------------------------------------


def look(text: str, chat: ChatContext) -> str:
    """Look around."""
    (partner,) = chat.chat_messages
    call = chat.last_message["tool_calls"][0]["function"]["name"]  # type: ignore[index]
    return f"{text}: {call} of {partner.name}, {len(chat.chat_messages[partner])} messages"


async def a_look(text: str, chat: Annotated[ChatContext, "where"]) -> str:
    """Look around, later."""
    return look(text, chat)


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("function", [look, a_look])
def test_a_tool_sees_the_chat_of_the_agent_that_runs_it(function: Callable[..., Any], way: str) -> None:
    model = ScriptedClient([tool_call(function.__name__, text="here"), "done"])
    assistant = ConversableAgent("assistant", llm_config=model.llm_config(), functions=[function])
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", default_auto_reply="")
    user.register_for_execution()(function)
    if way == "sync":
        user.initiate_chat(assistant, message="go", max_turns=2, silent=True)
    else:
        asyncio.run(user.a_initiate_chat(assistant, message="go", max_turns=2, silent=True))
    assert model.requests[1].last_text == f"here: {function.__name__} of assistant, 2 messages"


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_tool_sees_the_chat_of_a_group(way: str) -> None:
    model = ScriptedClient([tool_call("look", text="here"), "TERMINATE"])
    assistant = ConversableAgent("assistant", llm_config=model.llm_config(), functions=[look])
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", default_auto_reply="go")
    user.register_for_execution()(look)
    group = GroupChat([user, assistant], [], max_round=4, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False)
    if way == "sync":
        user.initiate_chat(manager, message="go", silent=True)
    else:
        asyncio.run(user.a_initiate_chat(manager, message="go", silent=True))
    assert model.requests[1].last_text == "here: look of chat_manager, 2 messages"


def test_a_chat_is_told_apart_from_former_ones(executor: ConversableAgent) -> None:
    one, other = ConversableAgent("one", llm_config=False), ConversableAgent("other", llm_config=False)
    assert ChatContext(executor).last_message is None
    call = {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]}
    one.send({"content": None, **call}, executor, request_reply=False, silent=True)
    other.send("hi", executor, request_reply=False, silent=True)
    last = ChatContext(executor).last_message
    assert last is not None
    assert last["tool_calls"] == call["tool_calls"]


def test_without_an_agent_there_is_no_chat_to_see() -> None:
    with pytest.raises(TypeError, match="'chat' of 'look' tells about the agent that runs it, but no agent does"):
        Tool(func_or_tool=look)(text="x")

    def may_look(text: str, chat: ChatContext | None = None) -> str:
        return f"{text} {chat}"

    assert Tool(func_or_tool=may_look)(text="x") == "x None"


def test_a_room_can_have_parameters_of_its_own_types_filled_in(
    caller: ConversableAgent, executor: ConversableAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autogen_classic.tools.dependency_injection._FILLED", {})
    fill_parameters_of_type(Owner, lambda agent: Owner(agent.name))

    def who(text: str, owner: Owner) -> str:
        return f"{text} {owner.name}"

    caller.register_for_llm(description="d")(who)
    assert list(parameters_of(caller)["properties"]) == ["text"]
    assert run(executor, who, text="I am") == "I am executor"


# --- small names -----------------------------------------------------------------------------------------------------


def test_the_parameters_that_are_contexts_are_found_and_hidden() -> None:
    def both(amount: int, account: Annotated[Account, Depends(ACCOUNT)], chat: ChatContext) -> None: ...

    assert get_context_params(both, BaseContext) == ["account", "chat"]
    assert get_context_params(both, ChatContext) == ["chat"]
    remove_params(both, inspect.signature(both), ["account", "chat"])
    assert list(inspect.signature(both).parameters) == ["amount"]


def test_a_description_is_a_text_or_a_field(caller: ConversableAgent) -> None:
    def area(width: Annotated[int, Field("how wide")], height: Annotated[int, "how high"]) -> int:
        return width * height

    caller.register_for_llm(description="d")(inject_params(area))
    described = [one["description"] for one in parameters_of(caller)["properties"].values()]
    assert described == ["how wide", "how high"]


def test_a_value_is_made_by_a_function() -> None:
    assert on(4)() == 4


def test_the_package_is_loaded_by_the_first_dependency() -> None:
    program = """
import sys
from autogen_classic.tools import Tool, ChatContext
from autogen_classic import ConversableAgent
Tool(func_or_tool=lambda x: x)(1)
ConversableAgent("a", llm_config=False).register_for_execution("same")(lambda x: x)
print("fast_depends" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split()[-1] == "False"


def test_the_package_has_a_path_of_its_own_as_in_ag2() -> None:
    from autogen_classic import fast_depends

    def work(number: int, more: int = fast_depends.Depends(lambda: 5)) -> int:
        return number + more

    assert fast_depends.inject(work)("3") == 8  # type: ignore[arg-type]
