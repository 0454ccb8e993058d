"""An agent stays until the rounds are used up."""

from autogen import AfterWork, AfterWorkOption, ConversableAgent, register_hand_off
from scenario import llm_config, record, swarm_chat

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a",
        human_input_mode="NEVER",
        system_message="I am a.",
        llm_config=llm_config("One.", "Two.", "Three.", name="a"),
    )
    register_hand_off(a, AfterWork(AfterWorkOption.STAY))
    swarm_chat(a, "Hello.", [a], max_rounds=4)
    record(a)
