"""Pictures that are not there, and pictures given as texts in parts."""

from autogen import ConversableAgent
from autogen.agentchat.contrib import img_utils
from autogen.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent
from PIL import Image
from scenario import chat, llm_config, note, raises, record

MODES = ("sync", "async")


def main(mode):
    red = Image.new("RGB", (3, 2), (255, 0, 0))
    red.save("red.png")
    uri = img_utils.pil_to_data_uri(red)
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    eye = MultimodalConversableAgent(
        "eye", llm_config=llm_config("I cannot see it.", "Red.", "Red.", "Red.", name="eye"), human_input_mode="NEVER"
    )
    chat(user, eye, message="What is <img missing.png>?", max_turns=1)
    record(user, eye)
    for name, image_url in {"a file": {"url": "red.png"}, "a data URI": {"url": uri}, "a plain text": uri}.items():
        with raises(f"{name} in a part"):
            chat(user, eye, message={"content": [{"type": "image_url", "image_url": image_url}]}, max_turns=1)

    for text in ("no tag", "<img red.png>", "a <img missing.png> b <img red.png> c", "<img>", "<image red.png>", ""):
        for form in ("url", "uri"):
            note(f"{text!r} as {form}", img_utils.gpt4v_formatter(text, form))
        note(f"{text!r} for llava", img_utils.llava_formatter(text, order_image_tokens=True))
    note("paths", img_utils.extract_img_paths("http://a.b/c.png https://x.y/z.jpg?x=1 foo.GIF (x.bmp), a.webp"))
    for wrong in ("missing.png", None, 3):
        with raises(f"loading {wrong}"):
            img_utils.get_pil_image(wrong)
    with raises("an unknown format"):
        img_utils.gpt4v_formatter("<img red.png>", "png")
