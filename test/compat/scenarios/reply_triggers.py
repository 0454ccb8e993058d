"""Triggers of every kind: agent, class, name, callable, partial, lists, lists with None; None alone is refused."""

import functools

from autogen import AssistantAgent, ConversableAgent
from scenario import chat, note, raises

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    helper = AssistantAgent("helper", llm_config=False, human_input_mode="NEVER")

    def is_helper(sender, wanted="helper"):
        return sender is not None and sender.name == wanted

    triggers = {
        "agent": ann,
        "class": AssistantAgent,
        "name": "ann",
        "callable": lambda sender: sender is ann,
        "partial": functools.partial(is_helper, wanted="ann"),
        "list": ["nobody", helper],
        "list with None": [None, "ann"],
        "empty list": [],
        "nested list": [["ann"]],
    }
    for name, trigger in triggers.items():
        bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="default")
        with raises(f"registering {name}"):
            bob.register_reply(trigger, lambda recipient, messages, sender, config: (True, "triggered"))
        for sender in (ann, helper):
            with raises(f"{name} {sender.name}"):
                chat(sender, bob, message="hi", max_turns=1, silent=True)
        with raises(f"{name} without a sender"):
            note(f"{name}: no sender", bob.generate_reply(messages=[{"role": "user", "content": "hi"}]))
    with raises("None alone"):
        bob.register_reply(None, lambda *args: (True, "x"))
    with raises("a number"):
        bob.register_reply(5, lambda *args: (True, "x"))
        chat(ann, bob, message="hi", max_turns=1, silent=True)
