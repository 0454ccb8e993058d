"""human_input_mode TERMINATE: asked at a termination message and at the limit of auto replies; empty, text and exit."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, note, person, record

MODES = ("sync", "async")


def main(mode):
    user = UserProxyAgent(
        "user",
        human_input_mode="TERMINATE",
        max_consecutive_auto_reply=1,
        code_execution_config=False,
        default_auto_reply="auto",
    )
    bob = ConversableAgent("bob", llm_config=llm_config(*"abcdefgh", name="bob"), human_input_mode="NEVER")
    person("my words", "", "exit")
    chat(user, bob, message="to the limit")
    record(user)
    note("counter", user._consecutive_auto_reply_counter)
    carl = ConversableAgent(
        "carl", llm_config=llm_config("TERMINATE", "x", "TERMINATE", name="carl"), human_input_mode="NEVER"
    )
    person("not yet", "")
    user.update_max_consecutive_auto_reply(9)
    chat(user, carl, message="until terminate")
    record(user)
