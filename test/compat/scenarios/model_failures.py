"""A model that answers with an error, nothing, or garbage: what is raised, what is stored, and that the chat goes
on.
"""

from autogen import ConversableAgent
from scenario import Fault, chat, llm_config, raises, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="again")
    for name, fault in {
        "400": Fault(400, "context too long", code="context_length_exceeded"),
        "401": Fault(401, "bad key"),
        "429": Fault(429, "slow down"),
        "500": Fault(500),
    }.items():
        config = llm_config(name=f"m{name}")
        config["config_list"] = [
            {**entry, "max_retries": 0}
            for entry in llm_config("one", fault, "back again", name=f"m{name}")["config_list"]
        ]
        bob = ConversableAgent("bob", llm_config=config, human_input_mode="NEVER")
        with raises(name):
            chat(ann, bob, message="hi", max_turns=2, silent=True)
        record(ann, bob)
        with raises(f"{name}: goes on"):
            chat(ann, bob, message="still there?", max_turns=1, silent=True, clear_history=False)
    empty = ConversableAgent(
        "empty", llm_config=llm_config(*["", {"content": None}] * 3, name="empty"), human_input_mode="NEVER"
    )
    with raises("an empty answer"):
        chat(ann, empty, message="hi", max_turns=1)
    with raises("an answer without content"):
        chat(ann, empty, message="hi", max_turns=1)
    record(ann)
