"""silent=True prints nothing; silent=None and False print. What an agent is made with counts for what it sends."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import call, chat, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="from bob")
    chat(ann, bob, message="quiet", max_turns=2, silent=True)
    chat(ann, bob, message="loud", max_turns=1, silent=False)
    call(ann, "send", "sent without an answer", bob, request_reply=False, silent=True)
    call(ann, "send", "sent aloud", bob, request_reply=False)
    carl = ConversableAgent(
        "carl", llm_config=False, human_input_mode="NEVER", default_auto_reply="from carl", silent=True
    )
    dora = ConversableAgent(
        "dora", llm_config=False, human_input_mode="NEVER", default_auto_reply="from dora", silent=False
    )
    chat(ann, carl, message="the opener is heard", max_turns=1)
    chat(carl, ann, message="the recipient is heard", max_turns=1)
    chat(ann, dora, message="a talker in a silent chat", max_turns=1, silent=True)
    call(carl, "receive", "received aloud", dora, request_reply=False, silent=True)
    group = GroupChat([ann, carl, dora], [], max_round=4, speaker_selection_method="round_robin")
    chat(ann, GroupChatManager(group, llm_config=False), message="to all")
    record(ann, bob, carl, dora)
