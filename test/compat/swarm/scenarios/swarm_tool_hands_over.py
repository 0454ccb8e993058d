"""A tool says who goes next: by a SwarmResult, and by returning an agent."""

from autogen import ConversableAgent, SwarmResult
from scenario import llm_config, record, swarm_chat, tool_calls

MODES = ("sync", "async")


def main(mode):
    def to_b() -> SwarmResult:
        """Go to b."""
        return SwarmResult(values="Went to b.", agent=b)

    def to_c():
        """Go to c."""
        return c

    a = ConversableAgent(
        "a",
        human_input_mode="NEVER",
        system_message="I am a.",
        llm_config=llm_config(tool_calls(("to_b", {})), name="a"),
        functions=[to_b],
    )
    b = ConversableAgent(
        "b",
        human_input_mode="NEVER",
        system_message="I am b.",
        llm_config=llm_config(tool_calls(("to_c", {}, "call_8")), name="b"),
        functions=[to_c],
    )
    c = ConversableAgent(
        "c", human_input_mode="NEVER", system_message="I am c.", llm_config=llm_config("From c.", name="c")
    )
    swarm_chat(a, "Hello.", [a, b, c])
    record(a, b, c)
