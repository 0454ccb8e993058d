"""A tool reads the context variables, and changes them by what it returns."""

from autogen import ConversableAgent, SwarmResult
from scenario import llm_config, record, swarm_chat, tool_calls

MODES = ("sync", "async")


def main(mode):
    def add(x: int, context_variables: dict) -> SwarmResult:
        """Add a number."""
        total = context_variables["total"] + x
        return SwarmResult(values=f"The total is {total}.", context_variables={"total": total})

    a = ConversableAgent(
        "a",
        human_input_mode="NEVER",
        system_message="I am a.",
        llm_config=llm_config(
            tool_calls(("add", {"x": 2})), tool_calls(("add", {"x": 3}, "call_8")), "Done.", name="a"
        ),
        functions=[add],
    )
    swarm_chat(a, "Hello.", [a], context_variables={"total": 1})
    record(a)
