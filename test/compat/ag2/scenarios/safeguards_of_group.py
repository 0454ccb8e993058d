"""A policy for one group chat, where an agent has a policy of its own; what an agent gives to a tool."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.agentchat.group.safeguards import apply_safeguard_policy
from scenario import chat, group_chat, llm_config, note, tool_calls

MODES = ("sync", "async")


def policy(source, destination, pattern):
    rule = {
        "message_source": source,
        "message_destination": destination,
        "check_method": "regex",
        "pattern": pattern,
        "action": "mask",
        "activation_message": f"no {pattern}",
    }
    return {"inter_agent_safeguards": {"agent_transitions": [rule]}}


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(
            name,
            system_message=f"You are {name}.",
            llm_config=llm_config(*replies, name=name),
            human_input_mode="NEVER",
            **settings,
        )

    ann, bob = agent("ann", "a red secret", "a red secret"), agent("bob", "bob 1", "bob 2", "bob 3")
    ann.handoffs.set_after_work(AgentTarget(bob))
    apply_safeguard_policy(agents=[ann, bob], policy=policy("ann", "bob", "red"))
    chat(ann, bob, message="a red secret", max_turns=1)
    group_chat(
        DefaultPattern(initial_agent=ann, agents=[ann, bob]),
        "go",
        max_rounds=3,
        safeguard_policy=policy("ann", "bob", "secret"),
    )
    chat(ann, bob, message="a red secret", max_turns=1)

    def look(what: str) -> str:
        return f"saw {what}"

    carl = agent("carl", tool_calls(("look", {"what": "secret"})), "carl 1", functions=[look])
    dora = agent("dora", "dora 1")
    carl.handoffs.set_after_work(AgentTarget(dora))
    try:
        group_chat(
            DefaultPattern(initial_agent=carl, agents=[carl, dora]),
            "go",
            max_rounds=5,
            safeguard_policy=policy("carl", "dora", "secret"),
        )
    except Exception as error:
        note("error", type(error).__name__)
