"""What registering a tool changes: the model's list, the function map, and nothing of other agents."""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from autogen_classic import ConversableAgent, register_function
from autogen_classic.testing import CapturedIO
from autogen_classic.tools import Tool

NO_NETWORK = {"model": "gpt-4o", "api_key": "sk-test", "base_url": "http://127.0.0.1:9/v1"}


class Money(BaseModel):
    amount: float


def agent_with_model(name: str = "caller", **llm_config: Any) -> ConversableAgent:
    return ConversableAgent(name, llm_config={"config_list": [NO_NETWORK], **llm_config}, code_execution_config=False)


def agent_without_model(name: str = "executor") -> ConversableAgent:
    return ConversableAgent(name, llm_config=False, code_execution_config=False)


def tool(name: str, description: str = "d") -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": {}}}


def tools_of(agent: ConversableAgent) -> list[str]:
    return [known["function"]["name"] for known in agent.llm_config.get("tools", [])]


def adder() -> Any:
    """A fresh function, because a function remembers the name it was registered with."""

    def add(a: Annotated[int, "first"], b: int = 1) -> str:
        return str(a + b)

    return add


# --- For the model --------------------------------------------------------------------------------------------


def test_a_registered_function_is_shown_to_the_model() -> None:
    agent = agent_with_model()
    agent.register_for_llm(description="adds")(adder())
    (known,) = agent.llm_config["tools"]
    assert known["function"]["name"] == "add"
    assert known["function"]["description"] == "adds"
    assert known["function"]["parameters"]["required"] == ["a"]


def test_the_new_client_knows_the_tool() -> None:
    agent = agent_with_model()
    former = agent.client
    agent.register_for_llm(description="adds")(adder())
    assert agent.client is not former
    assert agent.client._config_list[0]["tools"] == agent.llm_config["tools"]


def test_registering_returns_a_tool_that_is_as_callable_as_the_function() -> None:
    add = adder()
    for registered in (
        agent_with_model().register_for_llm(description="adds")(add),
        agent_without_model().register_for_execution()(add),
    ):
        assert isinstance(registered, Tool)
        assert registered == add
        assert registered(1) == "2"
        assert inspect.signature(registered) == inspect.signature(add)
        assert (registered.__name__, registered.__module__) == ("add", __name__)


def test_registering_a_tool_again_returns_the_tool_itself() -> None:
    registered = agent_with_model().register_for_llm(description="adds")(adder())
    assert agent_without_model().register_for_execution()(registered) is registered


def test_the_older_style_fills_functions() -> None:
    agent = agent_with_model()
    agent.register_for_llm(description="adds", api_style="function")(adder())
    assert [known["name"] for known in agent.llm_config["functions"]] == ["add"]
    assert "tools" not in agent.llm_config


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="Unsupported API style: other"):
        agent_with_model().register_for_llm(description="adds", api_style="other")(adder())  # type: ignore[arg-type]


def test_a_function_needs_a_description() -> None:
    with pytest.raises(ValueError, match="Function description is required, none found"):
        agent_with_model().register_for_llm()(adder())


def test_a_function_remembers_its_description() -> None:
    agent, other = agent_with_model(), agent_with_model("other")
    add = agent.register_for_llm(description="adds")(adder())
    other.register_for_llm(name="plus")(add)
    assert other.llm_config["tools"][0]["function"]["description"] == "adds"


def test_a_function_remembers_its_name() -> None:
    agent = agent_with_model()
    add = agent.register_for_llm(name="plus", description="adds")(adder())
    agent.register_for_execution()(add)
    assert list(agent.function_map) == ["plus"]


@pytest.mark.parametrize(("name", "complaint"), [("bad name!", "Invalid name"), ("x" * 65, "less than 64")])
def test_a_name_that_providers_refuse_is_refused(name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        agent_with_model().register_for_llm(name=name, description="adds")(adder())


def test_a_tool_of_the_same_name_is_replaced_with_a_warning() -> None:
    agent = agent_with_model(tools=[tool("add", "old"), tool("other")])
    with pytest.warns(UserWarning, match="Function 'add' is being overridden"):
        agent.register_for_llm(description="new")(adder())
    assert tools_of(agent) == ["other", "add"]


@pytest.mark.parametrize("llm_config", [None, False])
def test_an_agent_without_a_model_cannot_be_shown_a_tool(llm_config: Any, caplog: pytest.LogCaptureFixture) -> None:
    agent = ConversableAgent("mute", llm_config=llm_config, code_execution_config=False)
    told = "^To update a tool signature, agent must have an llm_config, but mute has none. Give it one when it is made"
    with pytest.raises(AssertionError, match=told):
        agent.register_for_llm(description="adds")(adder())
    assert "agent must have an llm_config" in caplog.text


def test_a_tool_does_not_leak_into_agents_that_share_the_config() -> None:
    shared = {"config_list": [NO_NETWORK], "tools": [tool("common")]}
    one = ConversableAgent("one", llm_config=shared, code_execution_config=False)
    two = ConversableAgent("two", llm_config=shared, code_execution_config=False)
    one.register_for_llm(description="adds")(adder())
    assert tools_of(one) == ["common", "add"]
    assert tools_of(two) == ["common"]
    assert len(shared["tools"]) == 1


def test_a_bound_method_can_be_registered() -> None:
    class Shop:
        def price(self, item: str) -> str:
            return f"{item}: 3"

    agent = agent_with_model()
    register_function(Shop().price, caller=agent, executor=agent, description="tells the price")
    assert tools_of(agent) == ["price"]
    assert agent.function_map["price"](item="tea") == "tea: 3"


class Shout:
    """An object that can be called; its annotations are texts in this module."""

    async def __call__(self, money: Money) -> str:
        return f"{money.amount}!"


def test_an_object_with_an_asynchronous_call_is_a_tool() -> None:
    caller, executor = agent_with_model(), agent_without_model()
    register_function(Shout(), caller=caller, executor=executor, description="d")
    assert tools_of(caller) == ["Shout"]
    answer = asyncio.run(executor.a_execute_function({"name": "Shout", "arguments": '{"money": {"amount": 2}}'}))
    assert answer == (True, {"name": "Shout", "role": "function", "content": "2.0!"})


def test_a_partial_function_goes_by_the_name_of_what_it_calls() -> None:
    caller = agent_with_model()
    caller.register_for_llm(description="d")(functools.partial(adder(), b=5))
    assert tools_of(caller) == ["add"]


# --- For execution --------------------------------------------------------------------------------------------


def test_a_function_in_the_map_takes_json_and_returns_a_text() -> None:
    def double(price: Money) -> Money:
        return Money(amount=price.amount * 2)

    agent = agent_without_model()
    agent.register_for_execution()(double)
    assert agent.function_map["double"](price={"amount": 2}) == '{"amount":4.0}'


def test_a_registered_function_itself_stays_as_it_was() -> None:
    def double(price: Money) -> Money:
        return Money(amount=price.amount * 2)

    agent_without_model().register_for_execution()(double)
    assert double(Money(amount=1)) == Money(amount=2)


def test_an_asynchronous_function_stays_asynchronous() -> None:
    async def one() -> int:
        return 1

    agent = agent_without_model()
    agent.register_for_execution()(one)
    assert inspect.iscoroutinefunction(agent.function_map["one"])
    assert asyncio.run(agent.function_map["one"]()) == "1"


def test_one_call_registers_for_both() -> None:
    caller, executor = agent_with_model(), agent_without_model()
    register_function(adder(), caller=caller, executor=executor, name="plus", description="adds")
    assert tools_of(caller) == ["plus"]
    assert list(executor.function_map) == ["plus"]
    assert not caller.function_map


def test_registering_a_name_again_is_a_warning() -> None:
    agent = agent_without_model()
    agent.register_for_execution()(adder())
    with pytest.warns(UserWarning, match="Function 'add' is being overridden"):
        agent.register_for_execution()(adder())


# --- The function map -----------------------------------------------------------------------------------------


def test_none_removes_a_function() -> None:
    agent = agent_without_model()
    agent.register_function({"add": adder()})
    agent.register_function({"add": None})
    assert agent.function_map == {}


def test_removing_an_unknown_function_is_a_warning() -> None:
    with pytest.warns(UserWarning, match="'add' to remove is not registered"):
        agent_without_model().register_function({"add": None})


def test_a_bad_name_changes_nothing() -> None:
    agent = agent_without_model()
    with pytest.raises(ValueError, match="Invalid name: b d"):
        agent.register_function({"good": adder(), "b d": adder()})
    assert agent.function_map == {}


def test_an_agent_tells_what_it_can_execute() -> None:
    agent = agent_without_model()
    agent.register_function({"add": adder(), "sub": adder()})
    assert agent.can_execute_function("add")
    assert agent.can_execute_function(["add", "sub"])
    assert agent.can_execute_function([])
    assert not agent.can_execute_function(["add", "other"])


# --- Signatures -----------------------------------------------------------------------------------------------


def test_a_tool_is_removed_by_name_or_by_signature() -> None:
    agent = agent_with_model(tools=[tool("a"), tool("b"), tool("c")])
    agent.update_tool_signature("a", is_remove=True)
    agent.update_tool_signature(tool("b"), is_remove=True)
    assert tools_of(agent) == ["c"]


def test_the_list_goes_with_its_last_tool() -> None:
    agent = agent_with_model(tools=[tool("a")])
    agent.update_tool_signature("a", is_remove=True)
    assert "tools" not in agent.llm_config


def test_removing_a_tool_where_there_are_none_is_refused() -> None:
    with pytest.raises(AssertionError, match="The agent config doesn't have tool a"):
        agent_with_model().update_tool_signature("a", is_remove=True)


def test_removing_an_unknown_tool_is_a_warning() -> None:
    agent = agent_with_model(tools=[tool("a")])
    with pytest.warns(UserWarning, match="has no tool 'b' to remove"):
        agent.update_tool_signature("b", is_remove=True)
    assert tools_of(agent) == ["a"]


@pytest.mark.parametrize("signature", ["a", None])
def test_a_signature_has_to_be_a_dict(signature: Any) -> None:
    with pytest.raises(ValueError, match="tool signature must be of the type dict"):
        agent_with_model().update_tool_signature(signature, is_remove=False)


def test_a_signature_without_a_name_is_refused() -> None:
    with pytest.raises(KeyError, match="has no name"):
        agent_with_model().update_tool_signature({"name": "a"}, is_remove=False)


def test_tools_of_other_kinds_stay() -> None:
    search = {"type": "web_search"}
    agent = agent_with_model(tools=[search, tool("a")])
    agent.update_tool_signature(tool("b"), is_remove=False)
    agent.update_tool_signature("a", is_remove=True)
    assert agent.llm_config["tools"] == [search, tool("b")]


def test_functions_are_added_and_removed_alike() -> None:
    agent = agent_with_model()
    agent.update_function_signature({"name": "a"}, is_remove=False)
    with pytest.warns(UserWarning, match="Function 'a' is being overridden"):
        agent.update_function_signature({"name": "a", "description": "new"}, is_remove=False)
    assert agent.llm_config["functions"] == [{"name": "a", "description": "new"}]
    agent.update_function_signature("a", is_remove=True)
    assert "functions" not in agent.llm_config


def test_registered_model_clients_survive_a_new_tool() -> None:
    class Parrot:
        def __init__(self, config: dict[str, Any], **kwargs: Any) -> None: ...
        def create(self, params: dict[str, Any]) -> Any: ...
        def message_retrieval(self, response: Any) -> list[str]:
            return []

        def cost(self, response: Any) -> float:
            return 0

        @staticmethod
        def get_usage(response: Any) -> dict[str, Any]:
            return {}

    agent = ConversableAgent(
        "a", llm_config={"config_list": [{"model": "p", "model_client_cls": "Parrot"}]}, code_execution_config=False
    )
    agent.register_model_client(Parrot)
    agent.register_for_llm(description="adds")(adder())
    assert isinstance(agent.client._clients[0], Parrot)


async def _double(number: int) -> int:
    return 2 * number


class _Doubler:
    async def __call__(self, number: int) -> int:
        return 2 * number


def _decorated(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("registered", [True, False], ids=["registered", "in the map"])
@pytest.mark.parametrize(
    "function",
    [_decorated(_double), lambda number: _double(number), functools.partial(_double), _Doubler()],
    ids=["decorated", "lambda", "partial", "object"],
)
def test_whatever_can_be_awaited_is_awaited(function: Any, registered: bool, way: str) -> None:
    bob = agent_without_model("bob")
    if registered:
        bob.register_for_execution(name="double")(function)
    else:
        bob.register_function({"double": function})
    call = {"name": "double", "arguments": '{"number": 4}'}
    if way == "sync":
        assert bob.execute_function(call)[1]["content"] == "8"
        tool_call = {"id": "1", "type": "function", "function": call}
        for message in ({"tool_calls": [tool_call], "content": None}, {"function_call": call, "content": None}):
            assert bob.generate_reply(messages=[{"role": "assistant", **message}])["content"] == "8"
    else:
        assert asyncio.run(bob.a_execute_function(call))[1]["content"] == "8"


def test_a_tool_that_raises_without_a_text_is_told_by_the_name_of_the_error() -> None:
    def fail() -> None:
        raise AssertionError

    bob = agent_without_model("bob")
    bob.register_function({"fail": fail})
    assert bob.execute_function({"name": "fail", "arguments": "{}"})[1]["content"] == "Error: AssertionError"


def test_a_registered_function_keeps_its_origin() -> None:
    bob, function = agent_without_model("bob"), adder()
    assert bob._wrap_function(function)._origin is function
    bob.register_for_execution()(function)
    assert next(iter(bob.function_map.values()))._origin is function


@pytest.mark.parametrize("function", [None, {}], ids=["null", "empty"])
def test_a_call_of_another_type_with_an_idle_function_is_answered(function: Any) -> None:
    call = {"id": "1", "type": "custom", "function": function, "custom": {"name": "shell", "input": "ls"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    bob = agent_without_model("bob")
    assert bob.generate_reply(messages=[message])["content"] == "Error: Function shell not found."
    ConversableAgent("ann", llm_config=False).send(message, bob, request_reply=False)  # it can be printed


CUSTOM = {"id": "1", "type": "custom", "custom": {"name": "shell", "input": "ls -l"}}


def test_the_input_of_a_custom_tool_is_its_first_argument() -> None:
    bob = agent_without_model("bob")
    bob.register_function({"shell": lambda command, timeout=3: f"ran {command}"})
    assert bob.generate_reply(messages=[{"content": None, "tool_calls": [CUSTOM]}])["content"] == "ran ls -l"


def test_a_custom_call_of_a_tool_that_takes_nothing_is_answered_by_an_error() -> None:
    bob = agent_without_model("bob")
    bob.register_function({"shell": lambda: "ran"})
    assert bob.generate_reply(messages=[{"content": None, "tool_calls": [CUSTOM]}])["content"].startswith("Error: ")


def test_a_custom_call_is_printed_with_its_input(capsys: pytest.CaptureFixture[str]) -> None:
    agent_without_model("ann").send(
        {"content": None, "tool_calls": [CUSTOM]}, agent_without_model("bob"), request_reply=False
    )
    assert "***** Suggested tool call (1): shell *****\nArguments: \nls -l\n" in capsys.readouterr().out


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize(
    ("further", "printed"), [((), None), ((True,), "no id"), (("call-7", True), "call-7"), (("call-7",), "call-7")]
)
def test_a_tool_is_run_in_the_words_of_both_families(way: str, further: tuple[Any, ...], printed: str | None) -> None:
    bob = agent_without_model("bob")
    bob.register_function({"add": adder()})
    call = {"name": "add", "arguments": '{"a": 2}'}
    with CapturedIO() as io:
        if way == "sync":
            succeeded, answer = bob.execute_function(call, *further)
        else:
            succeeded, answer = asyncio.run(bob.a_execute_function(call, *further))
    assert succeeded
    assert answer["content"] == "3"
    assert ("Output:" in io.text) is (printed is not None)


@pytest.mark.parametrize("way", ["sync", "async"])
def test_reply_functions_are_passed_over_when_they_are_excluded(way: str) -> None:
    def first(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        return True, "first"

    def second(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        return True, "second"

    bob = agent_without_model("bob")
    bob.register_reply([None], second)
    bob.register_reply([None], first)
    said = [{"role": "user", "content": "hi"}]

    def reply(*further: Any, **settings: Any) -> Any:
        if way == "sync":
            return bob.generate_reply(said, None, *further, **settings)
        return asyncio.run(bob.a_generate_reply(said, None, *further, **settings))

    assert reply() == "first"
    assert reply([first]) == "second"
    assert reply(exclude=(first,)) == "second"
    assert reply(exclude=None) == "first"
    assert reply(colour="blue") == "first"


def test_a_subclass_that_keeps_its_own_tools_hears_of_each_that_is_registered() -> None:
    class Elsewhere(ConversableAgent):
        def update_tool_signature(self, tool_sig: Any, is_remove: bool) -> None:  # type: ignore[override]
            heard.append(tool_sig["function"]["name"])

    heard: list[str] = []

    def look() -> str:
        """Look."""
        return "a tree"

    Elsewhere("elsewhere", llm_config=False).register_for_llm()(look)
    assert heard == ["look"]
