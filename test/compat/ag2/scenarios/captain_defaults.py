"""The settings of a captain after another one was made with settings of its own."""

from autogen.agentchat.contrib.captainagent import CaptainAgent
from scenario import llm_config, note


def main(mode):
    config = llm_config(name="captain")
    CaptainAgent("one", llm_config=config, nested_config={"max_turns": 2, "group_chat_config": {"max_round": 3}})
    captain = CaptainAgent("two", llm_config=config)
    note("turns", captain.executor._nested_config["max_turns"])
    note("rounds", captain.executor._nested_config["group_chat_config"])
