"""An agent whose model does not see reads descriptions of pictures, which a function of the program writes."""

from autogen import ConversableAgent
from autogen.agentchat.contrib.capabilities.vision_capability import VisionCapability
from PIL import Image
from scenario import chat, note, record

MODES = ("sync", "async")


def main(mode):
    Image.new("RGB", (3, 2), (255, 0, 0)).save("red.png")

    def describe(source, picture, client):
        note("described", [source, picture.size, client])
        return "a red square"

    def repeat(recipient, messages, sender, config):
        return True, f"I read: {messages[-1]['content']}"

    capability = VisionCapability(None, custom_caption_func=describe)
    reader = ConversableAgent("reader", llm_config=False, human_input_mode="NEVER", system_message="Read.")
    reader.register_reply([ConversableAgent, None], repeat, position=2)
    capability.add_to_agent(reader)
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", default_auto_reply="Thanks.")
    chat(user, reader, message="What is <img red.png>?", max_turns=2)
    record(user)
    parts = [{"type": "text", "text": "And "}, {"type": "image_url", "image_url": {"url": "red.png"}}]
    chat(user, reader, message={"content": parts}, max_turns=1)
    note("a text without pictures", capability.process_last_received_message("No picture."))
