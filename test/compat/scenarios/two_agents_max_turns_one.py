"""max_turns=1 and 2: one answer each; a second chat without clear_history goes on where the first stopped."""

from autogen import ConversableAgent
from scenario import chat, llm_config, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=llm_config("ann one", name="ann"), human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", "b3", "b4", name="bob"), human_input_mode="NEVER")
    chat(ann, bob, message="first", max_turns=1)
    chat(ann, bob, message="second", max_turns=1, clear_history=False)
    chat(ann, bob, message="third", max_turns=2)
    record(ann, bob)
