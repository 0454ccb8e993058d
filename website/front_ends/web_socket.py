"""A conversation with an assistant that calls a tool. Start it with: uvicorn web_socket:app"""

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket, WebSocketDisconnect, WebSocketException
from fastapi.responses import FileResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from autogen_classic import AssistantAgent, UserProxyAgent, register_function
from autogen_classic.events import ChatEnded, MessageReceived, PersonAsked, TextStreamed, ToolReturned, to_json

SHOWN = (TextStreamed, MessageReceived, ToolReturned, PersonAsked, ChatEnded)

app = FastAPI()
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])


class Visitor(UserProxyAgent):
    """The person behind a web socket, who is asked before each reply."""

    def __init__(self):
        super().__init__("visitor", human_input_mode="ALWAYS", code_execution_config=False)
        self.answers = asyncio.Queue()

    async def a_get_human_input(self, prompt):
        return await self.answers.get()


async def weather(city: str) -> str:
    return f"It rains in {city}."


@app.get("/")
async def page():
    return FileResponse(Path(__file__).with_name("web_socket.html"))


@app.websocket("/chat")
async def chat(socket: WebSocket):
    origin = urlsplit(socket.headers.get("origin", "")).netloc
    if origin != socket.headers["host"]:  # a page of somebody else
        raise WebSocketException(code=1008)
    await socket.accept()
    visitor = Visitor()
    hearing = asyncio.create_task(hear(socket, visitor))
    talking = asyncio.create_task(talk(socket, visitor))
    await asyncio.wait({hearing, talking}, return_when=asyncio.FIRST_COMPLETED)
    hearing.cancel()
    talking.cancel()  # if the visitor has left, the chat ends here
    with suppress(asyncio.CancelledError, WebSocketDisconnect):
        await talking


async def hear(socket, visitor):
    async for text in socket.iter_text():  # until the visitor leaves
        visitor.answers.put_nowait(text)


async def talk(socket, visitor):
    assistant = AssistantAgent("assistant", llm_config={"model": "gpt-4o-mini", "stream": True})
    register_function(weather, caller=assistant, executor=visitor, description="The weather in a city.")
    question = await visitor.answers.get()
    async for event in visitor.a_iterate(assistant, message=question, silent=True):
        if isinstance(event, SHOWN):
            await socket.send_text(to_json(event))
    await socket.close()
