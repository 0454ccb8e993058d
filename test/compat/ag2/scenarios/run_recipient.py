"""A run with a recipient is a chat with it."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent("a", llm_config=llm_config("a 1", name="a"), human_input_mode="NEVER")
    b = ConversableAgent("b", llm_config=llm_config("b 1", "b 2", name="b"), human_input_mode="NEVER")
    run(a, recipient=b, message={"content": "Hi", "name": "a"}, max_turns=2, carryover=["old"])
