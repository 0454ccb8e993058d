"""Tools as objects: what models are told, how they are called, and how agents get and lose them."""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import pickle
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from autogen_classic import AssistantAgent, ConversableAgent, UserProxyAgent
from autogen_classic.testing import MockOpenAIServer, tool_call
from autogen_classic.tools import Tool, Toolkit, tool

NO_NETWORK = {"model": "gpt-4o", "api_key": "sk-test", "base_url": "http://127.0.0.1:9/v1"}


class Item(BaseModel):
    name: str
    count: int = 1


def agent_with_model(name: str = "caller", **settings: Any) -> ConversableAgent:
    return ConversableAgent(name, llm_config={"config_list": [NO_NETWORK]}, **settings)


def agent_without_model(name: str = "executor") -> ConversableAgent:
    return ConversableAgent(name, llm_config=False)


@tool()
def add(first: Annotated[int, "the first"], second: int = 2) -> int:
    """Add two numbers."""
    return first + second


def names_of(agent: ConversableAgent) -> list[str]:
    return [one.name for one in agent.tools]


# --- what it is ------------------------------------------------------------------------------------------------------


def test_a_tool_has_the_name_the_docstring_and_the_schema_of_its_function() -> None:
    assert (add.name, add.description) == ("add", "Add two numbers.")
    parameters = {
        "type": "object",
        "properties": {
            "first": {"type": "integer", "description": "the first"},
            "second": {"type": "integer", "default": 2, "description": "second"},
        },
        "required": ["first"],
    }
    function = {"description": "Add two numbers.", "name": "add", "parameters": parameters}
    assert add.tool_schema == {"type": "function", "function": function}
    assert add.function_schema == function
    assert add.realtime_tool_schema == {"type": "function", **function}


def test_a_tool_can_have_another_name_and_description() -> None:
    plus = tool(name="plus", description="adds")(lambda first, second=2: first + second)
    assert (plus.name, plus.description) == ("plus", "adds")
    renamed = Tool(name="sum", func_or_tool=plus)
    assert (renamed.name, renamed.description, renamed(1)) == ("sum", "adds", 3)
    assert plus.name == "plus"


def test_a_function_without_a_docstring_makes_a_tool_without_a_description() -> None:
    assert Tool(func_or_tool=lambda: 1).description == ""
    assert Tool(func_or_tool=functools.partial(names_of, agent_without_model())).name == "names_of"


def test_a_function_that_is_built_into_python_is_refused() -> None:
    with pytest.raises(TypeError, match="The parameters of max cannot be found out"):
        Tool(func_or_tool=max)


@pytest.mark.parametrize("thing", [3, "add", None])
def test_only_what_can_be_called_makes_a_tool(thing: Any) -> None:
    with pytest.raises(ValueError, match="'func_or_tool' must be a function, method or a Tool instance"):
        Tool(func_or_tool=thing)


def test_the_decorator_needs_its_parentheses() -> None:
    with pytest.raises(TypeError, match=r"Write @tool\(\) with parentheses before 'len'"):
        tool(len)  # type: ignore[arg-type]


def test_a_tool_tells_of_parameters_without_annotations_when_a_model_is_to_know_it() -> None:
    with pytest.raises(TypeError, match="annotations are missing for the following parameters: 'x'"):
        Tool(func_or_tool=lambda x: x).tool_schema  # noqa: B018


# --- as a function ---------------------------------------------------------------------------------------------------


def test_a_tool_converts_its_arguments_as_the_annotations_say() -> None:
    def total(items: list[Item], *, twice: bool = False) -> int:
        return sum(item.count for item in items) * (2 if twice else 1)

    assert add("3") == 5  # type: ignore[arg-type]
    assert Tool(func_or_tool=total)([{"name": "tea", "count": "4"}], twice="yes") == 8


def test_a_tool_ignores_arguments_that_it_does_not_know() -> None:
    assert add(first=1, third=5) == 3


def test_a_tool_keeps_arguments_by_position_and_further_ones() -> None:
    def everything(one: int, /, two: int, *more: int, **named: str) -> tuple[Any, ...]:
        return one, two, more, named

    assert Tool(func_or_tool=everything)("1", "2", 3, four="4") == (1, 2, (3,), {"four": "4"})


def test_names_of_parameters_are_free() -> None:
    def odd(_private: int, copy: int, model_config: int, self: int = 1, kwargs: int = 2) -> list[int]:
        return [_private, copy, model_config, self, kwargs]

    assert Tool(func_or_tool=odd)(_private="1", copy="2", model_config="3", kwargs="4") == [1, 2, 3, 1, 4]


def test_further_arguments_may_have_any_name() -> None:
    def everything(*args: int, **kwargs: Any) -> tuple[Any, ...]:
        return args, kwargs

    assert Tool(func_or_tool=everything)(args=[1], kwargs={"a": 1}) == ((), {"args": [1], "kwargs": {"a": 1}})
    assert Tool(func_or_tool=everything)(1, args=2) == ((1,), {"args": 2})


def test_a_field_as_a_default_gives_the_default_and_the_limits() -> None:
    def take(count: int = Field(default=3, le=5), name: str = Field(description="who")) -> str:
        return f"{count} {name}"

    assert Tool(func_or_tool=take)(name="ann") == "3 ann"
    with pytest.raises(ValidationError, match="less than or equal to 5"):
        Tool(func_or_tool=take)(count=6, name="ann")
    with pytest.raises(ValidationError, match=r"(?s)name\n  Field required"):
        Tool(func_or_tool=take)(count=1)


def test_a_tool_refuses_arguments_that_do_not_fit() -> None:
    with pytest.raises(ValidationError, match=r"(?s)1 validation error for add.*unable to parse string as an integer"):
        add(first="x")  # type: ignore[arg-type]


def test_a_method_and_an_object_that_can_be_called_make_tools() -> None:
    class Shop:
        def price(self, item: str) -> str:
            """Tell the price."""
            return f"{item}: 3"

        async def __call__(self, item: Item) -> str:
            return item.name

    assert Tool(func_or_tool=Shop().price)(item="tea") == "tea: 3"
    assert asyncio.run(Tool(func_or_tool=Shop())({"name": "tea"})) == "tea"


@tool()
async def wait(text: str) -> str:
    """Say it later."""
    return text


def test_an_asynchronous_tool_is_seen_as_one() -> None:
    assert inspect.iscoroutinefunction(wait)
    assert not inspect.iscoroutinefunction(add)
    assert asyncio.run(wait("hello")) == "hello"


def test_a_tool_is_inspected_pickled_and_copied_as_its_function() -> None:
    assert str(inspect.signature(add)).startswith("(first: ")
    assert (add.__name__, add.__doc__) == ("add", "Add two numbers.")
    for twin in (pickle.loads(pickle.dumps(add)), copy.copy(add), copy.deepcopy(add)):
        assert twin is add


def test_a_tool_can_be_decorated() -> None:
    @functools.wraps(add)
    def loudly(*args: Any, **kwargs: Any) -> str:
        return f"{add(*args, **kwargs)}!"

    assert loudly(1) == "3!"
    assert inspect.signature(loudly) == inspect.signature(add)


def test_tools_of_one_function_are_equal_and_so_is_the_function() -> None:
    def function() -> None: ...

    one, other = Tool(func_or_tool=function), Tool(name="other", func_or_tool=function)
    assert one == other == function
    assert function == one
    assert len({one, other, function}) == 1
    assert one != add


# --- with agents -----------------------------------------------------------------------------------------------------


def test_an_agent_gets_functions_and_tools_when_it_is_made() -> None:
    def subtract(first: int, second: int) -> int:
        """Subtract."""
        return first - second

    agent = agent_with_model(functions=[subtract, add])
    assert names_of(agent) == ["subtract", "add"]
    assert [one["function"]["description"] for one in agent.llm_config["tools"]] == ["Subtract.", "Add two numbers."]
    assert agent.function_map == {}
    assert names_of(agent_with_model(functions=subtract)) == ["subtract"]
    assert names_of(AssistantAgent("a", llm_config={"config_list": [NO_NETWORK]}, functions=[add])) == ["add"]


@pytest.mark.parametrize(
    ("functions", "complaint"),
    [(["add"], "All elements in the functions list must be callable"), (3, "must be a callable or a list")],
)
def test_functions_that_are_not_functions_are_refused(functions: Any, complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        agent_with_model(functions=functions)


def test_functions_without_a_model_are_refused() -> None:
    with pytest.raises(AssertionError, match="agent must have an llm_config"):
        ConversableAgent("mute", llm_config=False, functions=[add])
    assert ConversableAgent("mute", llm_config=False, functions=[]).tools == []


def test_a_tool_is_registered_for_either_half_or_both() -> None:
    caller, executor, both = agent_with_model(), agent_without_model(), agent_with_model("both")
    add.register_for_llm(caller)
    add.register_for_execution(executor)
    add.register_tool(both)
    assert (names_of(caller), list(caller.function_map)) == (["add"], [])
    assert (executor.tools, list(executor.function_map)) == ([], ["add"])
    assert (names_of(both), list(both.function_map)) == (["add"], ["add"])


def test_a_tool_goes_through_the_decorators_of_agents_under_another_name() -> None:
    caller = agent_with_model()
    plus = caller.register_for_llm(name="plus")(add)
    assert isinstance(plus, Tool)
    assert (plus.name, plus.description, add.name) == ("plus", "Add two numbers.", "add")
    with pytest.raises(ValueError, match="name of the tool 'add' must be a text"):
        caller.register_for_llm(name=3)(add)  # type: ignore[arg-type]


def test_a_schema_of_the_program_takes_the_place_of_the_annotations() -> None:
    parameters = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}

    def look_up(**found: str) -> str:
        return str(found)

    search = Tool(name="search", description="d", func_or_tool=look_up, parameters_json_schema=parameters)
    caller = agent_with_model(functions=[search])
    assert caller.llm_config["tools"][0]["function"]["parameters"] == parameters
    assert search.function_schema["parameters"] != parameters


def test_a_tool_is_taken_back_from_the_model() -> None:
    caller = agent_with_model(functions=[add, wait])
    caller.remove_tool_for_llm(add)
    assert names_of(caller) == ["wait"]
    assert [one["function"]["name"] for one in caller.llm_config["tools"]] == ["wait"]
    with pytest.raises(ValueError, match="'add' not found among the tools of caller: 'wait'"):
        caller.remove_tool_for_llm(add)
    caller.remove_tool_for_llm(wait)
    with pytest.raises(AssertionError, match="doesn't have tool wait"):
        caller.remove_tool_for_llm(wait)


def test_tools_that_are_removed_by_name_are_gone_as_objects_too() -> None:
    caller = agent_with_model(functions=[add])
    caller.update_tool_signature("add", is_remove=True)
    assert caller.tools == []


def test_a_copied_agent_loses_and_gets_tools_alone() -> None:
    caller = agent_with_model(functions=[add])
    twin = copy.deepcopy(caller)
    twin.remove_tool_for_llm(add)
    assert (names_of(caller), names_of(twin)) == (["add"], [])


def test_an_agent_replaces_tools_silently_on_request() -> None:
    both = agent_with_model(functions=[add])
    add.register_for_execution(both)
    both.register_for_llm(silent_override=True)(add)
    both.register_for_execution(silent_override=True)(add)
    both.register_function({"add": add}, silent_override=True)
    both.update_tool_signature(add.tool_schema, False, silent_override=True)
    with pytest.warns(UserWarning, match="Function 'add' is being overridden"):
        both.register_for_llm()(add)
    assert names_of(both) == ["add"]


def test_an_agent_keeps_what_a_function_returns_on_request() -> None:
    executor = agent_without_model()

    @executor.register_for_execution(serialize=False)
    def item(name: str) -> Item:
        return Item(name=name)

    assert executor.function_map["item"](name="tea") == Item(name="tea")


def test_a_docstring_is_the_description_of_a_registered_function() -> None:
    caller = agent_with_model()

    @caller.register_for_llm()
    def described() -> int:
        """What it does."""
        return 1

    assert caller.llm_config["tools"][0]["function"]["description"] == "What it does."
    assert described() == 1


def test_a_registered_function_gets_its_arguments_as_in_0_2() -> None:
    executor = agent_without_model()

    @executor.register_for_execution()
    def twice(text: int, items: list[Item]) -> str:
        return f"{text * 2} {items}"

    arguments = '{"text": "3", "items": [{"name": "tea"}]}'
    _, answer = executor.execute_function({"name": "twice", "arguments": arguments})
    assert answer["content"] == "33 [{'name': 'tea'}]"
    assert twice("3", []) == "33 []"  # type: ignore[arg-type]


# --- toolkits --------------------------------------------------------------------------------------------------------


def test_a_toolkit_holds_tools_by_name() -> None:
    kit = Toolkit([add, wait])
    assert len(kit) == 2
    assert kit.tools == [add, wait] == list(kit)
    assert kit.get_tool("wait") is wait
    kit.remove_tool("wait")
    kit.set_tool(Tool(description="new", func_or_tool=add))
    assert [one.description for one in kit.tools] == ["new"]


@pytest.mark.parametrize("method", ["get_tool", "remove_tool"])
def test_a_toolkit_tells_what_it_has_when_a_tool_is_not_found(method: str) -> None:
    with pytest.raises(ValueError, match="Tool 'nope' not found in Toolkit. It has 'add'"):
        getattr(Toolkit([add]), method)("nope")


def test_a_toolkit_takes_nothing_but_tools() -> None:
    with pytest.raises(TypeError, match=r"A toolkit holds tools, .* @tool\(\)"):
        Toolkit([len])  # type: ignore[list-item]
    with pytest.raises(
        TypeError, match=r"A toolkit takes a list of tools, such as Toolkit\(\[tool\]\), but it was given"
    ):
        Toolkit(len)  # type: ignore[arg-type]


def test_a_toolkit_is_registered_as_a_whole() -> None:
    caller, executor = agent_with_model(), agent_without_model()
    Toolkit([add, wait]).register_for_llm(caller)
    Toolkit([add, wait]).register_for_execution(executor)
    assert names_of(caller) == ["add", "wait"] == list(executor.function_map)


# --- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_model_calls_tools_and_reads_their_answers_and_errors(way: str) -> None:
    server = MockOpenAIServer(
        [tool_call("add", first="3"), tool_call("add", first="x"), tool_call("wait", text="now"), "TERMINATE"]
    )
    with server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config(), functions=[add, wait])
        user = UserProxyAgent(
            "user",
            human_input_mode="NEVER",
            code_execution_config=False,
            is_termination_msg=lambda message: message["content"] == "TERMINATE",
        )
        Toolkit([add, wait]).register_for_execution(user)
        if way == "sync":
            user.initiate_chat(assistant, message="go", silent=True)
        else:
            asyncio.run(user.a_initiate_chat(assistant, message="go", silent=True))
    requests = list(server.requests)
    assert requests[0]["tools"] == [add.tool_schema, wait.tool_schema]
    answers = [message["content"] for message in requests[-1]["messages"] if message["role"] == "tool"]
    assert answers[0] == "5"
    assert answers[1].startswith("Error: 1 validation error for add\nfirst\n")
    assert answers[2] == "now"
