"""Handoffs are offered while a variable is true, or a function says so."""

from autogen import ConversableAgent, OnCondition, register_hand_off
from scenario import llm_config, record, swarm_chat, tool_calls

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a",
        human_input_mode="NEVER",
        system_message="I am a.",
        llm_config=llm_config(tool_calls(("transfer_a_to_c", {})), name="a"),
    )
    b = ConversableAgent(
        "b", human_input_mode="NEVER", system_message="I am b.", llm_config=llm_config("From b.", name="b")
    )
    c = ConversableAgent(
        "c", human_input_mode="NEVER", system_message="I am c.", llm_config=llm_config("From c.", name="c")
    )
    register_hand_off(
        a,
        [
            OnCondition(b, "To b.", available="is_open"),
            OnCondition(c, "To c.", available=lambda agent, messages: True),
        ],
    )
    swarm_chat(a, "Hello.", [a, b, c], context_variables={"is_open": False})
    record(a, b, c)
