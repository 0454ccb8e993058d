"""The agent speaks first to the user."""

from autogen import ConversableAgent
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("Hello", name="bot"), human_input_mode="NEVER")
    run(bot, message="Hi", msg_to="user", max_turns=1)
