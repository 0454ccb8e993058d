"""The a_ hooks run in asynchronous chats only: what each is given, in which order."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="again")
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", name="bob"), human_input_mode="NEVER")

    async def before_send(sender, message, recipient, silent):
        note("before send", [sender, message, recipient, silent])
        return f"{message} (sent)"

    async def on_all(messages):
        note("all", [message["content"] for message in messages])
        return [*messages[:-1], {**messages[-1], "content": messages[-1]["content"] + " (all)"}]

    async def on_last(content):
        note("last", content)
        return content + " (last)"

    ann.register_hook("a_process_message_before_send", before_send)
    bob.register_hook("a_process_all_messages_before_reply", on_all)
    bob.register_hook("a_process_last_received_message", on_last)
    chat(ann, bob, message="hi", max_turns=2)
    record(ann, bob)
