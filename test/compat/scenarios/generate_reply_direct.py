"""generate_reply called directly: with messages, with a sender, with neither; generate_oai_reply directly."""

from autogen import ConversableAgent
from scenario import call, chat, llm_config, note, raises

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="default")
    bob = ConversableAgent("bob", llm_config=llm_config(*"abcdefg", name="bob"), human_input_mode="NEVER")
    messages = [{"role": "user", "content": "hi"}]
    note("with messages", call(bob, "generate_reply", messages=messages))
    note("positional", call(bob, "generate_reply", messages))
    note("messages afterwards", messages)
    note("history", bob._oai_messages)
    chat(ann, bob, message="stored", max_turns=1, silent=True)
    note("with a sender", call(bob, "generate_reply", sender=ann))
    with raises("with neither"):
        call(bob, "generate_reply")
    with raises("an empty list"):
        note("an empty list", call(bob, "generate_reply", messages=[]))
    note("termination message", call(ann, "generate_reply", messages=[{"role": "user", "content": "TERMINATE"}]))
    note("without model", call(ann, "generate_reply", messages=messages))
    note("generate_oai_reply", call(bob, "generate_oai_reply", messages=messages))
    note("generate_oai_reply without model", call(ann, "generate_oai_reply", messages=messages))
    note(
        "function role",
        call(bob, "generate_oai_reply", messages=[*messages, {"role": "function", "name": "f", "content": "1"}]),
    )
    with raises("messages as text"):
        note("messages as text", call(ann, "generate_reply", messages="hi"))
    with raises("unknown keyword"):
        note("unknown keyword", call(ann, "generate_reply", messages=messages, odd=1))
