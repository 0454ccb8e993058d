"""Two agents with scripted models talk until max_turns; what is printed, sent and stored."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=llm_config("ann one", "ann two", name="ann"), human_input_mode="NEVER")
    bob = ConversableAgent(
        "bob",
        system_message="You are Bob.",
        llm_config=llm_config("bob one", "bob two", "bob three", name="bob"),
        human_input_mode="NEVER",
    )
    result = chat(ann, bob, message="Hello, Bob.", max_turns=3)
    record(ann, bob)
    note("result class", type(result).__name__)
    note("keys of a stored message", [list(message) for message in ann._oai_messages[bob]])
    note("chat_messages is _oai_messages", ann.chat_messages is ann._oai_messages)
    note("last_message", ann.last_message(bob))
    note("last_message without partner", ann.last_message())
    note("history is keyed by", list(ann._oai_messages))
