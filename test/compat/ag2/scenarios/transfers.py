"""Transfers with a text, beside a real tool, twice in one message, and with the messages kept."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, OnCondition, StringLLMCondition
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def add(a: int, b: int) -> int:
        """Add."""
        return a + b

    def talk(calls, **settings):
        ann = agent("ann", calls, "ann 1", functions=[add])
        bob, carl = agent("bob", "bob 1"), agent("carl", "carl 1")
        ann.handoffs.add_llm_conditions(
            [
                OnCondition(target=AgentTarget(bob), condition=StringLLMCondition("For bob.")),
                OnCondition(target=AgentTarget(carl), condition=StringLLMCondition("For carl.")),
            ]
        )
        group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob, carl], **settings), "go", max_rounds=8)
        record(bob, carl)

    talk(tool_calls(("transfer_to_bob_1", {}), content="I hand over."))
    talk(tool_calls(("transfer_to_bob_1", {}), ("add", {"a": 1, "b": 2}, "call_2"), content="Both."))
    talk(tool_calls(("transfer_to_bob_1", {}), ("transfer_to_carl_2", {}, "call_2")))
    talk(tool_calls(("transfer_to_carl_2", {})), exclude_transit_message=False)
    note("done", True)
