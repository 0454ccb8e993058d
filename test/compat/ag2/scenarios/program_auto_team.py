"""A team of AutoPattern: the model of the manager chooses, an agent's own handoff goes before it, the user stops it."""

from autogen import ConversableAgent, UserProxyAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnContextCondition,
    ReplyResult,
    StringContextCondition,
)
from autogen.agentchat.group.patterns import AutoPattern
from scenario import group_chat, llm_config, person, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def note_fact(fact: str, context_variables: ContextVariables) -> ReplyResult:
        """Note a fact."""
        facts = [*context_variables.get("facts", []), fact]
        return ReplyResult(
            message=f"Noted {len(facts)}", context_variables=ContextVariables({"facts": facts, "known": True})
        )

    def agent(name, *replies, **settings):
        return ConversableAgent(
            name, description=f"{name} knows things.", llm_config=llm_config(*replies, name=name), **settings
        )

    finder = agent("finder", tool_calls(("note_fact", {"fact": "f1"})), "Found.", functions=[note_fact])
    writer = agent("writer", "Written.", "Written again.")
    checker = agent("checker", "Checked.", "Checked again.")
    finder.handoffs.add_context_condition(
        OnContextCondition(target=AgentTarget(writer), condition=StringContextCondition(variable_name="known"))
    )
    user = UserProxyAgent("user", human_input_mode="ALWAYS", code_execution_config=False)
    person("Once more.", "exit")
    pattern = AutoPattern(
        initial_agent=finder,
        agents=[finder, writer, checker],
        user_agent=user,
        group_manager_args={
            "llm_config": llm_config("checker", "user", "writer", "user", name="manager"),
            "is_termination_msg": lambda message: "DONE" in (message.get("content") or ""),
        },
    )
    group_chat(pattern, "A report.", max_rounds=12)
    record(finder, writer, checker, user)
