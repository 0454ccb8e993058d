"""A run without a recipient: the word TERMINATE ends it."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("Hello. TERMINATE", name="bot"))
    run(bot, message="Hi", max_turns=3)
