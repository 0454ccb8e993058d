"""Several messages are those of an earlier chat, and the initial agent goes on."""

from autogen import ConversableAgent
from scenario import llm_config, record, swarm_chat

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a", human_input_mode="NEVER", system_message="I am a.", llm_config=llm_config("Three.", name="a")
    )
    b = ConversableAgent(
        "b", human_input_mode="NEVER", system_message="I am b.", llm_config=llm_config("Never.", name="b")
    )
    messages = [{"role": "user", "content": "One."}, {"role": "assistant", "name": "b", "content": "Two."}]
    swarm_chat(a, messages, [a, b])
    record(a, b)
