"""A run whose person answers at each turn."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("one", "two", name="bot"))
    run(bot, "go on", "exit", message="Hi", user_input=True)
