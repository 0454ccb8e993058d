"""send_introductions: what is told to whom, and introductions_msg with and without descriptions."""

from autogen import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent(
        "ann",
        description="Ann knows tea.",
        llm_config=llm_config("from ann", "a2", name="ann"),
        human_input_mode="NEVER",
    )
    bob = ConversableAgent(
        "bob",
        system_message="You are Bob.",
        llm_config=llm_config("from bob", "b2", name="bob"),
        human_input_mode="NEVER",
    )
    helper = AssistantAgent("helper", llm_config=False, human_input_mode="NEVER")
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    group = GroupChat(
        agents=[ann, bob, helper, user],
        messages=[],
        max_round=3,
        speaker_selection_method="round_robin",
        send_introductions=True,
    )
    manager = GroupChatManager(group, llm_config=False)
    note("introduction", group.introductions_msg())
    note("for some", group.introductions_msg([ann]))
    note("descriptions", [agent.description for agent in (ann, bob, helper, user)])
    chat(user, manager, message="start")
    record(ann, user, manager)
    note("group messages", group.messages)
