"""ALWAYS: exit at the first prompt, exit in capitals or with spaces, and what an empty answer does to a
termination message.
"""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, person, record

MODES = ("sync", "async")


def main(mode):
    user = UserProxyAgent("user", code_execution_config=False)
    bob = ConversableAgent(
        "bob", llm_config=llm_config(*"abcd", "TERMINATE", "TERMINATE", "e", name="bob"), human_input_mode="NEVER"
    )
    person("exit")
    chat(user, bob, message="one")
    record(user)
    person("EXIT", " exit", "exit")
    chat(user, bob, message="two")
    record(user)
    person("")
    chat(user, bob, message="three")
    record(user)
    person("no, go on", "exit")
    chat(user, bob, message="four")
    record(user)
