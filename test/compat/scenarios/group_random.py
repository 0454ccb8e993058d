"""random selection draws from the eligible members with the standard generator."""

import random
from itertools import pairwise

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, note

MODES = ("sync", "async")


def main(mode):
    agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob", "carl", "dora")
    ]
    for repeat in (True, False):
        group = GroupChat(
            agents=agents, messages=[], max_round=8, speaker_selection_method="random", allow_repeat_speaker=repeat
        )
        manager = GroupChatManager(group, llm_config=False)
        random.seed(7)
        chat(agents[0], manager, message="start", silent=True)
        speakers = [message["name"] for message in group.messages]
        note(f"repeat={repeat}: speakers are members", set(speakers) <= {agent.name for agent in agents})
        note(f"repeat={repeat}: speakers", speakers)
        note(f"repeat={repeat}: twice in a row", any(one == two for one, two in pairwise(speakers)))
