"""A group with a handoff after work."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, ContextVariables, multi_agent_chat
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import llm_config, note, run

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent("a", llm_config=llm_config("from a", name="a"), human_input_mode="NEVER")
    b = ConversableAgent("b", llm_config=llm_config("from b", name="b"), human_input_mode="NEVER")
    a.handoffs.set_after_work(AgentTarget(b))
    variables = ContextVariables(data={"x": 1})
    pattern = DefaultPattern(initial_agent=a, agents=[a, b], context_variables=variables)
    run(multi_agent_chat, method="run_group_chat", pattern=pattern, messages="Hi", max_rounds=5)
    note("variables", variables.to_dict())
