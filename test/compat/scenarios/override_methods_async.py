"""The a_ twins overridden in a subclass: they are called, and how."""

from autogen import ConversableAgent
from scenario import chat, note, record

MODES = ("async",)


class Watching(ConversableAgent):
    async def a_send(self, *args, **kwargs):
        note(f"{self.name}.a_send", [args, kwargs])
        return await super().a_send(*args, **kwargs)

    async def a_receive(self, *args, **kwargs):
        note(f"{self.name}.a_receive", [args, kwargs])
        return await super().a_receive(*args, **kwargs)

    async def a_generate_reply(self, *args, **kwargs):
        note(f"{self.name}.a_generate_reply", [args, kwargs])
        return await super().a_generate_reply(*args, **kwargs)

    async def a_get_human_input(self, *args, **kwargs):
        note(f"{self.name}.a_get_human_input", [args, kwargs])
        return "exit"

    async def a_generate_init_message(self, *args, **kwargs):
        note(f"{self.name}.a_generate_init_message", [args, kwargs])
        return await super().a_generate_init_message(*args, **kwargs)

    def send(self, *args, **kwargs):
        note(f"{self.name}.send", "never in an asynchronous chat")
        return super().send(*args, **kwargs)

    def _process_received_message(self, *args, **kwargs):
        note(f"{self.name}._process_received_message", [args, kwargs])
        return super()._process_received_message(*args, **kwargs)


def main(mode):
    ann = Watching("ann", llm_config=False, human_input_mode="ALWAYS")
    bob = Watching("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="ok")
    chat(ann, bob, message="without limit")
    chat(ann, bob, message="with max_turns", max_turns=1, topic="tea")
    record(ann)
