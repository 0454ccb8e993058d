"""The same agents in two chats: nothing of the first is left, and tools see the variables of their own chat."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, OnCondition, StringLLMCondition
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann = agent("ann", tool_calls(("transfer_to_bob_1", {})), tool_calls(("transfer_to_bob_1", {})))
    bob = agent("bob", "bob 1", "bob 2")
    ann.handoffs.add_llm_condition(OnCondition(target=AgentTarget(bob), condition=StringLLMCondition("For bob.")))
    for word in ("first", "second"):
        group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob]), word, max_rounds=8)
        record(bob)
