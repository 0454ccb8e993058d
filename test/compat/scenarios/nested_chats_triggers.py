"""Nested chats with every form of trigger and message, an own reply function, and an empty queue."""

from autogen import AssistantAgent, ConversableAgent
from scenario import chat, note, raises


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    helper = AssistantAgent("helper", llm_config=False, human_input_mode="NEVER")
    inner = ConversableAgent("inner", llm_config=False, human_input_mode="NEVER", default_auto_reply="inner says")

    def asks_for_it(sender):
        return sender.name == "helper"

    for name, trigger in {
        "agent": ann,
        "class": AssistantAgent,
        "name": "ann",
        "callable": asks_for_it,
        "list": [helper, "nobody"],
    }.items():
        bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="bob says")
        bob.register_nested_chats([{"recipient": inner, "message": "inside", "max_turns": 1, "silent": True}], trigger)
        note(name, [chat(sender, bob, message="hi", max_turns=1, silent=True).summary for sender in (ann, helper)])

    def own(chat_queue, recipient, messages, sender, config):
        note("own reply function", [len(chat_queue), recipient, messages, sender, config])
        return True, "own reply"

    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="bob says")
    bob.register_nested_chats([{"recipient": inner}], ann, reply_func_from_nested_chats=own)
    chat(ann, bob, message="hi", max_turns=1)
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="bob says")
    bob.register_nested_chats(
        [{"recipient": inner, "message": lambda recipient, messages, sender, config: "", "max_turns": 1}], ann
    )
    chat(ann, bob, message="hi", max_turns=1)
    bob.register_nested_chats([{"recipient": inner, "message": "second", "max_turns": 1}], ann, position=0)
    chat(ann, bob, message="hi", max_turns=1)
    with raises("a wrong reply function"):
        bob.register_nested_chats([{"recipient": inner}], ann, reply_func_from_nested_chats="nonsense")
    with raises("sender in the queue"):
        bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="bob says")
        bob.register_nested_chats([{"sender": helper, "recipient": inner, "message": "m", "max_turns": 1}], ann)
        chat(ann, bob, message="hi", max_turns=1)
