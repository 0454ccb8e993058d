"""What AG2 refuses of tools, or fails at late or unclearly, is refused early here, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from agent_kit import agent
from pydantic import ValidationError

from autogen_classic import ConversableAgent
from autogen_classic.tools import BaseContext, ChatContext, Depends, Tool, Toolkit, tool
from autogen_classic.tools.experimental import ReliableTool

GPT = {"model": "gpt-4o", "api_key": "sk-test"}


class Account(BaseContext):
    """A context."""


def add(number: int) -> int:
    """Add one."""
    return number + 1


def unannotated(number):  # type: ignore[no-untyped-def]
    """Do nothing."""


def with_context(account: Account) -> str:
    """Needs an account."""
    return "x"


def with_chat(chat: ChatContext) -> str:
    """Looks at its chat."""
    return str(chat.last_message)


ADD = Tool(func_or_tool=add)


def bot(**settings: Any) -> ConversableAgent:
    return agent("bot", llm_config=GPT, **settings)


def removed_twice() -> None:
    made = bot(functions=[add])
    made.remove_tool_for_llm(made.tools[0])
    made.remove_tool_for_llm(ADD)


REFUSED: dict[str, tuple[type[Exception], Callable[[], object], str]] = {
    "a tool by position": (TypeError, lambda: Tool(add), "positional"),  # type: ignore[misc,call-arg]
    "a tool without a function": (TypeError, lambda: Tool(), "func_or_tool"),  # type: ignore[call-arg]
    "a tool of a number": (ValueError, lambda: Tool(func_or_tool=3), "must be a function"),  # type: ignore[arg-type]
    "a name that is a number": (ValueError, lambda: Tool(name=3, func_or_tool=add), "name of a tool must be a text"),  # type: ignore[arg-type]
    "a description that is a number": (
        ValueError,
        lambda: Tool(description=3, func_or_tool=add),  # type: ignore[arg-type]
        "description of a tool must be a text",
    ),
    "a schema that is a text": (
        TypeError,
        lambda: Tool(func_or_tool=add, parameters_json_schema="x"),  # type: ignore[arg-type]
        'a dict such as {"type": "object"',
    ),
    "a name that a model cannot write": (
        ValueError,
        lambda: Tool(name="a b", func_or_tool=add).register_for_llm(bot()),
        "Only letters, numbers, '_' and '-'",
    ),
    "the decorator without parentheses": (TypeError, lambda: tool(add), "Write @tool() with parentheses"),  # type: ignore[arg-type]
    "a model told of a tool where there is none": (
        AssertionError,
        lambda: ADD.register_for_llm(agent("n")),
        "must have an llm_config, but n has none",
    ),
    "a tool registered with a text": (AttributeError, lambda: ADD.register_for_llm("bot"), "with an agent only"),  # type: ignore[arg-type]
    "a tool run by nobody": (AttributeError, lambda: ADD.register_for_execution(None), "with an agent only"),  # type: ignore[arg-type]
    "a tool registered with a number": (AttributeError, lambda: ADD.register_tool(5), "with an agent only"),  # type: ignore[arg-type]
    "a tool removed twice": (AssertionError, removed_twice, "doesn't have tool add"),
    "a tool removed by its name": (
        TypeError,
        lambda: bot(functions=[add]).remove_tool_for_llm("add"),  # type: ignore[arg-type]
        "update_tool_signature(name, is_remove=True)",
    ),
    "a toolkit of functions": (TypeError, lambda: Toolkit([add]), "Tool(func_or_tool=function)"),  # type: ignore[list-item]
    "a tool that a toolkit does not have": (ValueError, lambda: Toolkit([ADD]).get_tool("g"), "It has 'add'"),
    "one that it cannot remove": (ValueError, lambda: Toolkit([]).remove_tool("g"), "It has nothing"),
    "a text in a toolkit": (TypeError, lambda: Toolkit([]).set_tool("g"), "holds tools"),  # type: ignore[arg-type]
    "parameters without annotations": (TypeError, lambda: bot(functions=[unannotated]), "must be annotated"),
    "functions that are a text": (TypeError, lambda: bot(functions="add"), "list of callables"),
    "functions without a model": (AssertionError, lambda: agent("n", functions=[add]), "must have an llm_config"),
    "an argument of another type": (ValidationError, lambda: ADD("x"), "valid integer"),
    "a missing argument": (ValidationError, lambda: ADD(), "Field required"),
    "a context from nowhere": (TypeError, lambda: bot(functions=[with_context]), "Depends(value)"),
    "a dependency on nothing": (TypeError, lambda: Depends(), "missing"),  # type: ignore[call-arg]
    "a chat where there is no agent": (TypeError, lambda: Tool(func_or_tool=with_chat)(), "register the tool with one"),
    "a reliable tool without models": (
        ValueError,
        lambda: ReliableTool(name="r", func_or_tool=add, runner_llm_config=None, validator_llm_config=None),  # type: ignore[arg-type]
        "needs a model",
    ),
    "a run with a tool that is a text": (TypeError, lambda: bot().run(message="x", tools="add"), "tools of a run"),  # type: ignore[arg-type]
    "a run with a tool that is a number": (TypeError, lambda: bot().run(message="x", tools=[5]), "tools of a run"),  # type: ignore[list-item]
    "an unknown style": (ValueError, lambda: bot().register_for_llm(api_style="x")(add), "'tool' or 'function'"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_tool_is_refused_and_told(case: str) -> None:
    error, attempt, told = REFUSED[case]
    with pytest.raises(error) as refused:
        attempt()
    assert told in str(refused.value)
