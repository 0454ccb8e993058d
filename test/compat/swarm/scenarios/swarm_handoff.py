"""An agent hands over by a tool that its model calls."""

from autogen import ConversableAgent, OnCondition, register_hand_off
from scenario import llm_config, record, swarm_chat, tool_calls

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a",
        human_input_mode="NEVER",
        system_message="I am a.",
        llm_config=llm_config(tool_calls(("transfer_a_to_b", {})), name="a"),
    )
    b = ConversableAgent(
        "b", human_input_mode="NEVER", system_message="I am b.", llm_config=llm_config("Bye from b.", name="b")
    )
    register_hand_off(a, [OnCondition(b, "When b is better.")])
    swarm_chat(a, "Hello.", [a, b])
    record(a, b)
