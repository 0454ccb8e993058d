"""A handoff leads into nested chats, and back."""

from autogen import ConversableAgent, OnCondition, register_hand_off
from scenario import llm_config, record, swarm_chat, tool_calls

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a",
        human_input_mode="NEVER",
        system_message="I am a.",
        llm_config=llm_config(tool_calls(("transfer_a_to_nested_chat_a_1", {})), "After it.", name="a"),
    )
    c = ConversableAgent(
        "c", human_input_mode="NEVER", system_message="I am c.", llm_config=llm_config("Judged.", name="c")
    )
    queue = [{"recipient": c, "message": "Judge.", "max_turns": 1, "summary_method": "last_msg"}]
    register_hand_off(a, OnCondition({"chat_queue": queue}, "When a judge is needed."))
    swarm_chat(a, "Hello.", [a])
    record(a, c)
