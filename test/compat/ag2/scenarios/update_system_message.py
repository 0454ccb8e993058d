"""System messages made from variables and by a function, before each reply."""

from autogen import ConversableAgent, UpdateSystemMessage
from autogen.agentchat.group import ContextVariables
from autogen.agentchat.group.patterns import RoundRobinPattern
from scenario import group_chat, llm_config, note

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def told(agent: ConversableAgent, messages: list) -> str:
        return f"{agent.name} has heard {len(messages)} messages."

    ann = agent("ann", "ann 1", "ann 2", update_agent_state_before_reply=[UpdateSystemMessage("Know {topic}.")])
    bob = agent("bob", "bob 1", "bob 2", update_agent_state_before_reply=UpdateSystemMessage(told))
    pattern = RoundRobinPattern(
        initial_agent=ann, agents=[ann, bob], context_variables=ContextVariables({"topic": "law"})
    )
    group_chat(pattern, "go", max_rounds=4)
    note("system messages", [ann.system_message, bob.system_message])
