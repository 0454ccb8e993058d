"""Chats that run one after the other."""

from autogen import ConversableAgent
from scenario import llm_config, note

MODES = ("sync",)


def main(mode):
    opener = ConversableAgent("opener", llm_config=False, human_input_mode="NEVER")
    first = ConversableAgent("first", llm_config=llm_config("one", name="first"), human_input_mode="NEVER")
    second = ConversableAgent("second", llm_config=llm_config("two", name="second"), human_input_mode="NEVER")
    queue = [
        {"recipient": agent, "message": "Hi", "max_turns": 1, "summary_method": "last_msg"} for agent in (first, second)
    ]
    for response in opener.sequential_run(queue):
        note("events", [event.type for event in response.events])
        note("outcome", [response.summary, response.messages])
