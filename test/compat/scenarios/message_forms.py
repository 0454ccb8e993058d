"""The first message: text, dict, callable, dict with a callable content, unknown keywords as context, and none."""

from autogen import ConversableAgent
from scenario import chat, note, person, raises, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent(
        "bob",
        llm_config=False,
        human_input_mode="NEVER",
        default_auto_reply="ok",
        is_termination_msg=lambda message: False,
    )

    def compose(sender, recipient, context):
        note("context", dict(context.items()))
        return f"{sender.name} to {recipient.name} about {context['topic']}"

    chat(ann, bob, message=compose, max_turns=1, topic="tea")
    record(bob)
    chat(ann, bob, message={"content": "a dict", "name": "somebody", "role": "system", "odd": 1}, max_turns=1)
    record(ann, bob)
    given = {"content": lambda context: f"about {context['topic']}", "context": {"topic": "milk"}}
    with raises("callable content"):
        chat(ann, bob, message=given, max_turns=1)
    record(ann, bob)
    note("the given dict afterwards", given)
    with raises("template in a text"):
        chat(ann, bob, message="about {topic}", topic="salt", max_turns=1)
    record(bob)
    person("typed by the person", "")
    with raises("no message"):
        chat(ann, bob, max_turns=1)
    record(bob)
    with raises("callable with a wrong result"):
        chat(ann, bob, message=lambda sender, recipient, context: 5, max_turns=1)
