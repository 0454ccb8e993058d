"""A silent run has all its events."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("Hello", name="bot"))
    run(bot, message="Hi", silent=True, max_turns=1)
