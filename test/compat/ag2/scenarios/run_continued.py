"""A second run goes on where the first ended."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("one", "two", name="bot"))
    run(bot, message="Hi", max_turns=1)
    run(bot, message="And now?", max_turns=1, clear_history=False)
