"""A conversation with an assistant. Start it with: chainlit run chainlit_app.py"""

import chainlit as cl

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.events import TextStreamed


@cl.on_chat_start
async def start():
    assistant = AssistantAgent("assistant", llm_config={"model": "gpt-4o-mini", "stream": True})
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    cl.user_session.set("agents", (assistant, user))


@cl.on_message
async def answer(message: cl.Message):
    assistant, user = cl.user_session.get("agents")
    reply = cl.Message("")
    chat = user.a_iterate(assistant, message=message.content, max_turns=1, clear_history=False, silent=True)
    async for event in chat:
        if isinstance(event, TextStreamed):
            await reply.stream_token(event.text)
    reply.content = chat.result.summary
    await reply.send()
