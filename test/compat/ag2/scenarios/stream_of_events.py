"""A stream with a send of its own gets the events of plain chats."""

from autogen import ConversableAgent
from autogen.io import IOStream
from scenario import call, note

MODES = ("sync", "async")


def main(mode):
    class Recorder:
        def print(self, *objects, **settings):
            note("printed", objects)

        def send(self, message):
            note("sent", message.type)

        def input(self, prompt="", *, password=False):
            return "exit"

    a = ConversableAgent("a", llm_config=False, human_input_mode="NEVER")
    b = ConversableAgent("b", llm_config=False, human_input_mode="NEVER", default_auto_reply="Hi")
    with IOStream.set_default(Recorder()):
        call(a, "initiate_chat", b, message="Hello", max_turns=2)
        call(a, "initiate_chat", b, message="Hello", max_turns=1, silent=True)
        a.print_usage_summary()
