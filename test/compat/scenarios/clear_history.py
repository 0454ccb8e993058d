"""clear_history of a chat, agent.clear_history with its forms, and reset."""

from autogen import ConversableAgent
from scenario import chat, note, record


def fresh():
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="from bob")
    return ann, bob


def main(mode):
    ann, bob = fresh()
    chat(ann, bob, message="one", max_turns=2, silent=True)
    chat(ann, bob, message="two", max_turns=1, silent=True, clear_history=False)
    note("kept", len(ann.chat_messages[bob]))
    chat(ann, bob, message="three", max_turns=1, silent=True, clear_history=True)
    note("cleared", len(ann.chat_messages[bob]))
    ann.clear_history()
    note("after clear_history()", ann._oai_messages)
    note("partner keeps", len(bob.chat_messages[ann]))
    bob.clear_history(ann)
    note("after clear_history(agent)", bob._oai_messages)
    ann, bob = fresh()
    chat(ann, bob, message="one", max_turns=3, silent=True)
    ann.clear_history(nr_messages_to_preserve=2)
    note("two kept", [message["content"] for message in ann.chat_messages[bob]])
    ann.reset()
    note("after reset", [ann._oai_messages, ann._consecutive_auto_reply_counter, ann.reply_at_receive])
    record(bob)
