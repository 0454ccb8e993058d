"""A function finds out who goes next, tells that agent something, and changes a variable."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, ContextVariables, FunctionTarget, FunctionTargetResult
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob, carl = agent("ann", "ann 1"), agent("bob", "bob 1"), agent("carl", "carl 1")

    def route(output, context_variables, key):
        note("output", output)
        note("variable", context_variables["x"])
        return FunctionTargetResult(
            target=AgentTarget(carl), messages=f"{key} says {output}", context_variables=ContextVariables({"x": 2})
        )

    ann.handoffs.set_after_work(FunctionTarget(route, extra_args={"key": "k"}))
    pattern = DefaultPattern(initial_agent=ann, agents=[ann, bob, carl], context_variables=ContextVariables({"x": 1}))
    group_chat(pattern, "go", max_rounds=8)
    record(ann, bob, carl)
