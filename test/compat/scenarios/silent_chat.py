"""silent=True prints nothing; silent=None and False print."""

from autogen import ConversableAgent
from scenario import call, chat, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="from bob")
    chat(ann, bob, message="quiet", max_turns=2, silent=True)
    chat(ann, bob, message="loud", max_turns=1, silent=False)
    call(ann, "send", "sent without an answer", bob, request_reply=False, silent=True)
    call(ann, "send", "sent aloud", bob, request_reply=False)
    record(ann, bob)
