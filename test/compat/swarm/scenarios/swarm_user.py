"""The user has the next word."""

from autogen import AfterWork, AfterWorkOption, ConversableAgent, UserProxyAgent
from scenario import llm_config, record, swarm_chat

MODES = ("sync", "async")


def main(mode):
    a = ConversableAgent(
        "a", human_input_mode="NEVER", system_message="I am a.", llm_config=llm_config("One.", "Two.", name="a")
    )
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, default_auto_reply="More.")
    after_work = AfterWork(AfterWorkOption.REVERT_TO_USER)
    swarm_chat(a, "Hello.", [a], user_agent=user, max_rounds=5, after_work=after_work)
    record(a, user)
