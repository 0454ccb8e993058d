"""An agent that may reply once ends the chat."""

from autogen import ConversableAgent
from scenario import run

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent("a", llm_config=False, human_input_mode="NEVER", default_auto_reply="more")
    b = ConversableAgent(
        "b", llm_config=False, human_input_mode="NEVER", default_auto_reply="x", max_consecutive_auto_reply=1
    )
    run(a, recipient=b, message="Hi")
