"""A tool of a group holds a group chat of its own, with an agent of the outer group in it."""

from autogen import ConversableAgent
from autogen.agentchat import initiate_group_chat
from autogen.agentchat.group import AgentTarget, ContextVariables, OnCondition, StringLLMCondition, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(
            name,
            system_message=f"You are {name}.",
            llm_config=llm_config(*replies, name=name),
            human_input_mode="NEVER",
            **settings,
        )

    bob = agent("bob", "bob inside", tool_calls(("transfer_to_carl_1", {})))
    carl = agent("carl", "carl 1")

    def ask_bob(question: str) -> str:
        """Ask bob."""
        result, _, _ = initiate_group_chat(
            pattern=DefaultPattern(
                initial_agent=bob, agents=[bob, carl], context_variables=ContextVariables({"inner": True})
            ),
            messages=question,
            max_rounds=2,
        )
        return result.summary

    ann = agent("ann", tool_calls(("ask_bob", {"question": "why"})), "ann 1", functions=[ask_bob])
    ann.handoffs.set_after_work(AgentTarget(bob))
    bob.handoffs.add_llm_condition(OnCondition(target=AgentTarget(carl), condition=StringLLMCondition(prompt="carl")))
    carl.handoffs.set_after_work(TerminateTarget())
    group_chat(
        DefaultPattern(initial_agent=ann, agents=[ann, bob, carl], context_variables=ContextVariables({"outer": True})),
        "go",
        max_rounds=10,
    )
    note("variables", bob.context_variables.to_dict())
