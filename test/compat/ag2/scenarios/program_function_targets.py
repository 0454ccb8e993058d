"""Functions that decide: what was said, the variables and further arguments say who goes next, and tell others."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextVariables,
    FunctionTarget,
    FunctionTargetResult,
    StayTarget,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.agentchat.group.targets.function_target import FunctionTargetMessage
from scenario import group_chat, llm_config, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name))

    ann, bob, carl = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1"), agent("carl", "carl 1")

    def after_ann(output, ctx, limit):
        tries = ctx.get("tries", 0) + 1
        if tries < limit:
            return FunctionTargetResult(
                target=StayTarget(), messages="Once more.", context_variables=ContextVariables({"tries": tries})
            )
        return FunctionTargetResult(
            target=AgentTarget(bob),
            messages=[FunctionTargetMessage(content=f"After {output}", msg_target=bob)],
            context_variables=ContextVariables({"tries": tries}),
        )

    def after_bob(output, ctx):
        return FunctionTargetResult(target=AgentTarget(carl) if "1" in output else TerminateTarget())

    ann.handoffs.set_after_work(FunctionTarget(after_ann, extra_args={"limit": 2}))
    bob.handoffs.set_after_work(FunctionTarget(after_bob))
    carl.handoffs.set_after_work(TerminateTarget())
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob, carl]), "go", max_rounds=10)
    record(ann, bob, carl)
