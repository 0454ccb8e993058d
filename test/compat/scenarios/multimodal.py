"""An agent that sees: what its model, its history and a group get of pictures in texts, parts and system messages."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from autogen.agentchat.contrib.img_utils import get_pil_image, pil_to_data_uri
from autogen.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent
from PIL import Image
from scenario import call, chat, llm_config, note, record

MODES = ("sync", "async")


def shown(message):
    """A stored message whose pictures are told by their sizes."""
    content = message["content"]
    if not isinstance(content, list):
        return message
    parts = [
        {"picture": get_pil_image(part["image_url"]["url"]).size} if part["type"] == "image_url" else part
        for part in content
    ]
    return {**message, "content": parts}


def main(mode):
    Image.new("RGB", (3, 2), (255, 0, 0)).save("red.png")
    Image.new("L", (4, 4)).save("grey.jpg")
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", default_auto_reply="And else?")
    eye = MultimodalConversableAgent(
        "eye", llm_config=llm_config("I see red.", "Nothing.", "Two.", "Hello.", name="eye"), human_input_mode="NEVER"
    )
    chat(user, eye, message="What is <img red.png> and <img src='grey.jpg'>?", max_turns=2)
    record(user)
    note("what the agent stores", [shown(message) for message in eye.chat_messages[user]])

    parts = [{"type": "text", "text": "And this?"}, {"type": "image_url", "image_url": {"url": Image.open("red.png")}}]
    call(user, "initiate_chat", eye, message={"content": parts}, max_turns=1)
    note("what it stores of parts", [shown(message) for message in eye.chat_messages[user]])

    eye.update_system_message("Red is <img red.png>.")
    note("the system message", [shown(message) for message in eye._oai_system_message])
    chat(user, eye, message="Hello, no picture.", max_turns=1)

    poet = ConversableAgent("poet", llm_config=llm_config("A rose.", name="poet"), human_input_mode="NEVER")
    seer = MultimodalConversableAgent("seer", llm_config=llm_config("Red.", name="seer"), human_input_mode="NEVER")
    group = GroupChat([user, seer, poet], [], max_round=3, speaker_selection_method="round_robin")
    manager = GroupChatManager(group)
    chat(user, manager, message="What is <img red.png>?")
    note("what the one who sees stores of the group", [shown(message) for message in seer.chat_messages[manager]])
    note("what the group stores", group.messages)
    note("a data URI", pil_to_data_uri(Image.open("red.png"))[:40])
