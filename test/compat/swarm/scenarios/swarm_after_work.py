"""An agent is followed by another; then the chat ends."""

from autogen import AfterWork, AfterWorkOption, ConversableAgent, register_hand_off
from scenario import llm_config, record, swarm_chat

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a", human_input_mode="NEVER", system_message="I am a.", llm_config=llm_config("From a.", name="a")
    )
    b = ConversableAgent(
        "b", human_input_mode="NEVER", system_message="I am b.", llm_config=llm_config("From b.", name="b")
    )
    register_hand_off(a, AfterWork(b))
    register_hand_off(b, AfterWork(AfterWorkOption.TERMINATE))
    swarm_chat(a, "Hello.", [a, b], max_rounds=6)
    record(a, b)
