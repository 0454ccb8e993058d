"""reflection_with_llm where only the sender, or nobody, has a model; last_msg of an empty and a list content."""

from autogen import ConversableAgent
from scenario import chat, llm_config, raises, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=llm_config("sum by ann", name="ann"), human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="from bob")
    carl = ConversableAgent("carl", llm_config=False, human_input_mode="NEVER", default_auto_reply="from carl")
    with raises("sender has the model"):
        chat(ann, bob, message="hi", max_turns=1, summary_method="reflection_with_llm")
    with raises("nobody has a model"):
        chat(bob, carl, message="hi", max_turns=1, summary_method="reflection_with_llm")
    carl._default_auto_reply = {
        "content": [{"type": "text", "text": "in parts "}, {"type": "text", "text": "TERMINATE"}]
    }
    with raises("content in parts"):
        chat(bob, carl, message="hi", max_turns=1)
    carl._default_auto_reply = ""
    chat(bob, carl, message="TERMINATE", max_turns=2)
    record(bob)
