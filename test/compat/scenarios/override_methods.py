"""send, receive and generate_reply overridden in a subclass: they are called, and how."""

from autogen import ConversableAgent
from scenario import chat, note, record


class Watching(ConversableAgent):
    def send(self, *args, **kwargs):
        note(f"{self.name}.send", [args, kwargs])
        return super().send(*args, **kwargs)

    def receive(self, *args, **kwargs):
        note(f"{self.name}.receive", [args, kwargs])
        return super().receive(*args, **kwargs)

    def generate_reply(self, *args, **kwargs):
        note(f"{self.name}.generate_reply", [args, kwargs])
        return super().generate_reply(*args, **kwargs)

    def _process_received_message(self, *args, **kwargs):
        note(f"{self.name}._process_received_message", [args, kwargs])
        return super()._process_received_message(*args, **kwargs)

    def _print_received_message(self, *args, **kwargs):
        note(f"{self.name}._print_received_message", [args, kwargs])
        return super()._print_received_message(*args, **kwargs)

    def _append_oai_message(self, *args, **kwargs):
        note(f"{self.name}._append_oai_message", [args, kwargs])
        return super()._append_oai_message(*args, **kwargs)

    def _prepare_chat(self, *args, **kwargs):
        note(f"{self.name}._prepare_chat", [args, kwargs])
        return super()._prepare_chat(*args, **kwargs)

    def generate_init_message(self, *args, **kwargs):
        note(f"{self.name}.generate_init_message", [args, kwargs])
        return super().generate_init_message(*args, **kwargs)

    def get_human_input(self, *args, **kwargs):
        note(f"{self.name}.get_human_input", [args, kwargs])
        return "exit"

    def process_last_received_message(self, *args, **kwargs):
        note(f"{self.name}.process_last_received_message", [args, kwargs])
        return super().process_last_received_message(*args, **kwargs)

    def process_all_messages_before_reply(self, *args, **kwargs):
        note(f"{self.name}.process_all_messages_before_reply", [args, kwargs])
        return super().process_all_messages_before_reply(*args, **kwargs)

    def _process_message_before_send(self, *args, **kwargs):
        note(f"{self.name}._process_message_before_send", [args, kwargs])
        return super()._process_message_before_send(*args, **kwargs)

    def _summarize_chat(self, *args, **kwargs):
        note(f"{self.name}._summarize_chat", [args[0], args[2:], sorted(kwargs)])
        return super()._summarize_chat(*args, **kwargs)


def main(mode):
    ann = Watching("ann", llm_config=False, human_input_mode="ALWAYS")
    bob = Watching("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="ok")
    chat(ann, bob, message="without limit")
    chat(ann, bob, message="with max_turns", max_turns=1, topic="tea")
    chat(ann, bob, message="silent", max_turns=1, silent=True)
    record(ann)
