"""The system message is made anew from the context variables."""

from autogen import ConversableAgent, UpdateSystemMessage
from scenario import llm_config, record, swarm_chat

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a",
        human_input_mode="NEVER",
        system_message="I am a.",
        llm_config=llm_config("Good day.", name="a"),
        update_agent_state_before_reply=[UpdateSystemMessage("I know {who}.")],
    )
    swarm_chat(a, "Hello.", [a], context_variables={"who": "Ann"})
    record(a)
