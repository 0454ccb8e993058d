"""A person who says nothing lets the agent answer; then the person ends the chat."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    asker = ConversableAgent("asker", llm_config=llm_config("one", "two", name="asker"), human_input_mode="NEVER")
    person = ConversableAgent("person", llm_config=False, human_input_mode="ALWAYS", default_auto_reply="go on")
    run(asker, "", "exit", recipient=person, message="Hi")
