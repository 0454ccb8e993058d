"""A conversation with an assistant. Start it with: python gradio_app.py"""

import gradio as gr

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.events import TextStreamed


def new_agents():
    assistant = AssistantAgent("assistant", llm_config={"model": "gpt-4o-mini", "stream": True})
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    return assistant, user


async def answer(question, history):
    assistant, user = new_agents()
    for message in history:
        speaker, listener = (user, assistant) if message["role"] == "user" else (assistant, user)
        await speaker.a_send(text_of(message), listener, request_reply=False, silent=True)
    text = ""
    chat = user.a_iterate(assistant, message=question, max_turns=1, clear_history=False, silent=True)
    async for event in chat:
        if isinstance(event, TextStreamed):
            text += event.text
            yield text
    yield chat.result.summary


def text_of(message):
    content = message["content"]  # from the page a list of parts, from other programs a text
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


demo = gr.ChatInterface(answer, title="Ask the assistant")

if __name__ == "__main__":
    demo.launch()
