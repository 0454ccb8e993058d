"""max_consecutive_auto_reply ends the chat; the counters and the limit of one partner."""

from autogen import ConversableAgent
from scenario import chat, note, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent(
        "ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="ann again", max_consecutive_auto_reply=2
    )
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="bob again")
    chat(ann, bob, message="go")
    note("counter of ann", ann._consecutive_auto_reply_counter)
    note("counter of bob", bob._consecutive_auto_reply_counter)
    note("limit of ann", ann.max_consecutive_auto_reply())
    note("limit of ann with bob", ann.max_consecutive_auto_reply(bob))
    note("limits by partner", ann._max_consecutive_auto_reply_dict)
    note("limit of bob", bob.max_consecutive_auto_reply())
    ann.update_max_consecutive_auto_reply(1, bob)
    chat(ann, bob, message="again")
    ann.update_max_consecutive_auto_reply(0)
    note("limits after update", [ann.max_consecutive_auto_reply(), ann.max_consecutive_auto_reply(bob)])
    chat(ann, bob, message="once more")
    ann.reset_consecutive_auto_reply_counter(bob)
    note("counter after reset", ann._consecutive_auto_reply_counter)
    record(ann, bob)
