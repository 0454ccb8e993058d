"""The manager ends a chat by its is_termination_msg; a silent manager prints nothing of it."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    for silent in (False, True):
        ann, bob = agent("ann", "ann 1", "ann 2"), agent("bob", "bob DONE")
        ann.handoffs.set_after_work(AgentTarget(bob))
        bob.handoffs.set_after_work(AgentTarget(ann))
        pattern = DefaultPattern(
            initial_agent=ann,
            agents=[ann, bob],
            group_manager_args={
                "is_termination_msg": lambda message: "DONE" in (message.get("content") or ""),
                "name": "boss",
                "silent": silent,
            },
        )
        group_chat(pattern, "go", max_rounds=10)
