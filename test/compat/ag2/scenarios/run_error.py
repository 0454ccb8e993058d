"""What fails in a run is its last event, and then raised."""

from autogen import ConversableAgent
from scenario import raises, run

MODES = ("sync", "async")


def main(mode):
    def fail(*_):
        raise ZeroDivisionError("no message")

    bot = ConversableAgent("bot", llm_config=False, human_input_mode="NEVER")
    with raises("raised", ZeroDivisionError):
        run(bot, message=fail, max_turns=1)
