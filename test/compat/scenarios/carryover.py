"""carryover as text and as a list of texts, dicts and other things, framed after the message."""

from autogen import ConversableAgent
from scenario import chat, note, raises, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="ok")
    for carryover in ("a text", ["one", "two"], [], "", ["three", {"content": "a dict"}, 4]):
        with raises(f"carryover {carryover!r}"):
            chat(ann, bob, message="Task.", carryover=carryover, max_turns=1)
        record(ann)
    with raises("carryover of another type"):
        chat(ann, bob, message="Task.", carryover=7, max_turns=1)
    with raises("dict message with carryover"):
        chat(ann, bob, message={"content": "dict", "extra": 1}, carryover=["one", "two"], max_turns=1)
    record(ann)
    note("init message", ann.generate_init_message("Task.", carryover=["x", "y"]))
    note("init message of a dict", ann.generate_init_message({"content": "Task."}, carryover="x", other=3))
