"""The three hookable methods: what each is given, what it changes, what is stored and sent."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note, raises, record


def main(mode):
    ann = ConversableAgent("ann", llm_config=llm_config("a1", "a2", name="ann"), human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", "b3", name="bob"), human_input_mode="NEVER")

    def before_send(sender, message, recipient, silent):
        note("before send", [sender, message, recipient, silent])
        return (
            f"{message} (sent)" if isinstance(message, str) else {**message, "content": message["content"] + " (sent)"}
        )

    def on_all(messages):
        note("all", messages)
        return [*messages[:-1], {**messages[-1], "content": messages[-1]["content"] + " (all)"}]

    def on_last(content):
        note("last", content)
        return content + " (last)"

    ann.register_hook("process_message_before_send", before_send)
    bob.register_hook("process_all_messages_before_reply", on_all)
    bob.register_hook("process_last_received_message", on_last)
    note("hook lists", {name: len(hooks) for name, hooks in bob.hook_lists.items()})
    chat(ann, bob, message="hi", max_turns=2)
    record(ann, bob)
    with raises("an unknown place"):
        bob.register_hook("no_such_place", on_last)
    with raises("the same hook twice"):
        bob.register_hook("process_last_received_message", on_last)
