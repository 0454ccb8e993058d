"""The exact calls that a group makes into members, the manager and an own GroupChat."""

from dataclasses import dataclass

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note


class Watching(ConversableAgent):
    def generate_reply(self, *args, **kwargs):
        note(f"{self.name}.generate_reply", [args, kwargs])
        return super().generate_reply(*args, **kwargs)

    def send(self, *args, **kwargs):
        note(f"{self.name}.send", [args, kwargs])
        return super().send(*args, **kwargs)

    def receive(self, *args, **kwargs):
        note(f"{self.name}.receive", [args, kwargs])
        return super().receive(*args, **kwargs)


class WatchingManager(GroupChatManager):
    def send(self, *args, **kwargs):
        note("manager.send", [args, kwargs])
        return super().send(*args, **kwargs)

    def receive(self, *args, **kwargs):
        note("manager.receive", [args, kwargs])
        return super().receive(*args, **kwargs)

    def generate_reply(self, *args, **kwargs):
        note("manager.generate_reply", [args, kwargs])
        return super().generate_reply(*args, **kwargs)


@dataclass
class OwnGroup(GroupChat):
    extra: str = "mine"

    def __post_init__(self):
        super().__post_init__()
        note("post init", self.extra)

    def select_speaker(self, *args, **kwargs):
        note("select_speaker", [args, kwargs])
        return super().select_speaker(*args, **kwargs)

    def select_speaker_msg(self, *args, **kwargs):
        note("select_speaker_msg", [args, kwargs])
        return super().select_speaker_msg(*args, **kwargs)

    def select_speaker_prompt(self, *args, **kwargs):
        note("select_speaker_prompt", [args, kwargs])
        return super().select_speaker_prompt(*args, **kwargs)

    def next_agent(self, *args, **kwargs):
        note("next_agent", [args, kwargs])
        return super().next_agent(*args, **kwargs)

    def append(self, *args, **kwargs):
        note("append", [args, kwargs])
        return super().append(*args, **kwargs)

    def reset(self):
        note("reset", True)
        return super().reset()


def main(mode):
    for method in ("round_robin", "auto"):
        agents = [
            Watching(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
            for name in ("ann", "bob", "carl")
        ]
        group = OwnGroup(agents=agents, messages=[], max_round=3, speaker_selection_method=method)
        manager = WatchingManager(group, llm_config=llm_config("bob", "carl", name=method))
        note("the manager holds the group", manager._groupchat is group and manager.groupchat is group)
        chat(agents[0], manager, message="start")
