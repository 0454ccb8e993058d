"""A team that is run for its events: a tool, a handoff that a model chooses, and the user's answers in between."""

from autogen import ConversableAgent, UserProxyAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnCondition,
    ReplyResult,
    RevertToUserTarget,
    StringLLMCondition,
    multi_agent_chat,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import llm_config, note, run, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    def book(day: str, context_variables: ContextVariables) -> ReplyResult:
        """Book a table."""
        context_variables["booked"] = day
        return ReplyResult(message=f"Booked for {day}.", context_variables=context_variables)

    host = agent(
        "host",
        "For which day?",
        tool_calls(("book", {"day": "Sunday"})),
        "Booked.",
        tool_calls(("transfer_to_cook_1", {}, "call_2")),
        functions=[book],
    )
    cook = agent("cook", "Fish.")
    host.handoffs.add_llm_condition(OnCondition(target=AgentTarget(cook), condition=StringLLMCondition("About food.")))
    host.handoffs.set_after_work(RevertToUserTarget())
    cook.handoffs.set_after_work(RevertToUserTarget())
    guest = UserProxyAgent("guest", code_execution_config=False)
    variables = ContextVariables({"booked": None})
    pattern = DefaultPattern(initial_agent=host, agents=[host, cook], user_agent=guest, context_variables=variables)
    answers = ("Sunday.", "What is there?", "exit")
    run(multi_agent_chat, *answers, method="run_group_chat", pattern=pattern, messages="A table.", max_rounds=20)
    note("booked", variables["booked"])
