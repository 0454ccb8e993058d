"""A run that ends after its turns."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("one", "two", "three", name="bot"), human_input_mode="NEVER")
    run(bot, message="Hi", max_turns=3)
