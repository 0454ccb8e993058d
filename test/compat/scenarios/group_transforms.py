"""select_speaker_transform_messages: what the hidden selector reads when a transform keeps the last message only."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from autogen.agentchat.contrib.capabilities.transform_messages import TransformMessages
from scenario import chat, llm_config, note, raises

MODES = ("sync", "async")


class KeepLast:
    def apply_transform(self, messages):
        return messages[-1:]

    def get_logs(self, pre_transform_messages, post_transform_messages):
        return "", False


def main(mode):
    agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob", "carl")
    ]
    transforms = TransformMessages(transforms=[KeepLast()], verbose=False)
    group = GroupChat(agents=agents, messages=[], max_round=3, select_speaker_transform_messages=transforms)
    chat(agents[0], GroupChatManager(group, llm_config=llm_config("bob", "carl", name="manager")), message="start")
    note("spoke", [message["name"] for message in group.messages])
    with raises("a transform of another kind"):
        GroupChat(agents=agents, messages=[], select_speaker_transform_messages=KeepLast())
