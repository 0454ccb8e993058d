"""human_input_mode ALWAYS: text answers, an empty line that lets the agent speak, and exit."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, note, person, record

MODES = ("sync", "async")


def main(mode):
    person("my own words", "", "exit")
    user = UserProxyAgent("user", code_execution_config=False, default_auto_reply="by itself")
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", "b3", "b4", name="bob"), human_input_mode="NEVER")
    note("default mode of a proxy", user.human_input_mode)
    chat(user, bob, message="hello")
    record(user)
    note("human input", user._human_input)
    note("counter", user._consecutive_auto_reply_counter)
