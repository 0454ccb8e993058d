"""Two agents that both ask a person; the prompts name the sender."""

from autogen import ConversableAgent
from scenario import chat, person, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="ALWAYS")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="TERMINATE", max_consecutive_auto_reply=0)
    person("bob speaks", "ann speaks", "bob again", "exit")
    chat(ann, bob, message="hello")
    record(ann, bob)
