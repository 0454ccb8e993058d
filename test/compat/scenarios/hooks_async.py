"""Hooks in an asynchronous chat: which are called, and in which order."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="again")
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", name="bob"), human_input_mode="NEVER")
    order = []
    places = ("process_message_before_send", "process_all_messages_before_reply", "process_last_received_message")
    note("hookable", sorted(bob.hook_lists))

    def remember(place):
        def hook(*args, **kwargs):
            order.append(f"{place} {len(args)} {sorted(kwargs)}")
            return (
                kwargs["message"]
                if place == places[0] and "message" in kwargs
                else (args[1] if place == places[0] else args[0])
            )

        return hook

    for agent in (ann, bob):
        for place in places:
            agent.register_hook(place, remember(place))
    chat(ann, bob, message="hi", max_turns=2)
    note("called", order)
    record(ann, bob)
