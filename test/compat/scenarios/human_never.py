"""NEVER: nobody is asked, whatever happens; the limit and a termination message end the chat."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, record

MODES = ("sync", "async")


def main(mode):
    user = UserProxyAgent("user", human_input_mode="NEVER", max_consecutive_auto_reply=1, code_execution_config=False)
    bob = ConversableAgent("bob", llm_config=llm_config("a", "b", "TERMINATE", name="bob"), human_input_mode="NEVER")
    chat(user, bob, message="to the limit")
    chat(user, bob, message="to the word")
    none = UserProxyAgent("none", human_input_mode="NEVER", max_consecutive_auto_reply=0, code_execution_config=False)
    carl = ConversableAgent("carl", llm_config=llm_config("c", name="carl"), human_input_mode="NEVER")
    chat(none, carl, message="no auto reply at all")
    record(user, none)
