"""What the model reads of the results and the failures of tools."""

from typing import Annotated, Any

from autogen import ConversableAgent
from autogen.agentchat.group import ContextVariables, ReplyResult
from autogen.agentchat.group.patterns import DefaultPattern
from pydantic import BaseModel
from scenario import group_chat, llm_config, note, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    class Point(BaseModel):
        x: int = 1

    results = {
        "dict": {"a": None},
        "list": [1, "b"],
        "none": None,
        "int": 5,
        "true": True,
        "text": "t",
        "model": Point(),
    }

    def give(kind: Annotated[str, "Which one"]) -> Any:
        """Give."""
        if kind == "error":
            raise ValueError("no such thing")
        if kind == "result":
            return ReplyResult(message="m", context_variables=ContextVariables({"x": 1}))
        return results[kind]

    calls = [*results, "error", "result"]
    ann = agent(
        "ann",
        tool_calls(*[("give", {"kind": kind}, f"call_{kind}") for kind in calls]),
        tool_calls(("unknown", {}), ("give", "{broken", "call_2"), ("give", {}, "call_3")),
        "ann 1",
        functions=[give],
    )
    result, _, _ = group_chat(DefaultPattern(initial_agent=ann, agents=[ann]), "go", max_rounds=8)
    for message in result.chat_history:
        for response in message.get("tool_responses", []):
            note("answer", response["content"].split("validation")[0][:40])
