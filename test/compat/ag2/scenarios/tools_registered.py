"""Tools that are registered in the way of 0.2, with the model only or with another agent for execution."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann = agent("ann", tool_calls(("one", {"a": 1}), ("two", {"a": 2}, "call_2")), "ann 1")
    bob = agent("bob", "bob 1")

    @ann.register_for_llm(description="One.")
    def one(a: Annotated[int, "a number"]) -> str:
        return f"one {a}"

    @bob.register_for_execution()
    @ann.register_for_llm(description="Two.")
    def two(a: Annotated[int, "a number"]) -> dict:
        return {"two": a}

    group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob]), "go", max_rounds=8)
