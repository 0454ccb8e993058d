"""A run without a message asks for it."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("Hello", name="bot"))
    run(bot, "from the person", max_turns=1)
