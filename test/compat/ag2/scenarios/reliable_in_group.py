"""ReliableTool in a group: the function that it wraps stands among the group's tools, and the next agent reads on."""

import json
from typing import Annotated

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, ContextVariables
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.tools.experimental import ReliableTool
from scenario import group_chat, hide_prompts, llm_config, note_talks, record, tool_calls

MODES = ("sync", "async")


def price_of(order: Annotated[str, "its number"]) -> str:
    """Look up a price."""
    return {"A1": "12 euros"}.get(order, "unknown")


def main(mode):
    own = ("The price of A1?", "12 euros", "unknown", "No such order.", "Good.")
    hide_prompts("runner", *own, descriptions=True)
    hide_prompts("validator", *own, descriptions=True)
    calls = [tool_calls(("execute_price_of", {"hypothesis": "so", "order": order})) for order in ("B1", "A1")]
    verdicts = [{"validation_result": False, "justification": "No such order."}]
    verdicts.append({"validation_result": True, "justification": "Good."})
    tool = ReliableTool(
        "Price",
        price_of,
        runner_llm_config=llm_config(*calls, name="runner"),
        validator_llm_config=llm_config(*map(json.dumps, verdicts), name="validator"),
    )
    clerk = ConversableAgent(
        "clerk",
        system_message="You know prices.",
        llm_config=llm_config(tool_calls(("Price", {"task": "The price of A1?"})), "It is 12 euros.", name="clerk"),
        functions=[tool],
        human_input_mode="NEVER",
    )
    writer = ConversableAgent(
        "writer",
        system_message="You write.",
        llm_config=llm_config("Dear customer, it is 12 euros.", name="writer"),
        human_input_mode="NEVER",
    )
    clerk.handoffs.set_after_work(AgentTarget(writer))
    hide_prompts("clerk", "You know prices.", "What does A1 cost?", "12 euros", descriptions=True)
    pattern = DefaultPattern(
        initial_agent=clerk, agents=[clerk, writer], context_variables=ContextVariables({"shop": "ours"})
    )
    group_chat(pattern, "What does A1 cost?", max_rounds=8)
    note_talks()
    record(writer)
