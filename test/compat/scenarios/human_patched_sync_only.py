"""Asynchronous chats of programs that replaced only get_human_input: who is asked through a_get_human_input."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, human, llm_config, note, person, record

MODES = ("async",)


def main(mode):
    person("from the keyboard", "exit")
    bob = ConversableAgent("bob", llm_config=llm_config(*"abc", name="bob"), human_input_mode="NEVER")
    user = UserProxyAgent("user", code_execution_config=False)
    user.get_human_input = human("patched", "exit", "exit")
    chat(user, bob, message="hello")
    note("human input", user._human_input)
    record(user)
