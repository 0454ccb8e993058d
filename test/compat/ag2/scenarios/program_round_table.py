"""A round table with a user, whose agents have tools and own after-works; then the same agents in another pattern."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, ContextVariables, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern, RoundRobinPattern
from scenario import group_chat, llm_config, person, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def count(context_variables: ContextVariables) -> int:
        """Count."""
        return len(context_variables)

    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), **settings)

    ann = agent("ann", tool_calls(("count", {})), "ann 1", "ann 2", "ann 3", functions=[count])
    bob = agent("bob", "bob 1", "bob 2", "bob 3")
    user = ConversableAgent("user", llm_config=False, human_input_mode="ALWAYS")
    person("go on", "exit")
    group_chat(
        RoundRobinPattern(
            initial_agent=bob, agents=[ann, bob], user_agent=user, context_variables=ContextVariables({"a": 1})
        ),
        "Begin.",
        max_rounds=9,
    )
    record(ann, bob, user)
    for one, target in ((ann, AgentTarget(bob)), (bob, TerminateTarget())):
        one.handoffs.clear()
        one.handoffs.set_after_work(target)
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob]), "Again.", max_rounds=6)
    record(ann, bob)
