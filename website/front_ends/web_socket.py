"""A conversation with an assistant that calls a tool. Start it with: uvicorn web_socket:app"""

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

    def __init__(self, socket):
        super().__init__("visitor", human_input_mode="ALWAYS", code_execution_config=False)
        self.socket = socket

    async def a_get_human_input(self, prompt):
        return await self.socket.receive_text()


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
    assistant = AssistantAgent("assistant", llm_config={"model": "gpt-4o-mini", "stream": True})
    visitor = Visitor(socket)
    register_function(weather, caller=assistant, executor=visitor, description="The weather in a city.")
    try:
        question = await socket.receive_text()
        async for event in visitor.a_iterate(assistant, message=question, silent=True):
            if isinstance(event, SHOWN):
                await socket.send_text(to_json(event))
        await socket.close()
    except WebSocketDisconnect:
        pass  # the visitor has left, and with the loop the chat has ended
