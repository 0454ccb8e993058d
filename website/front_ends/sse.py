"""One question, answered while the model speaks. Start it with: uvicorn sse:app"""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, StreamingResponse

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.events import ChatEnded, ChatFailed, MessageReceived, TextStreamed, to_json

SHOWN = (TextStreamed, MessageReceived, ChatFailed, ChatEnded)

app = FastAPI()


@app.get("/")
async def page():
    return FileResponse(Path(__file__).with_name("sse.html"))


@app.get("/chat")
async def chat(question: str):
    return StreamingResponse(events_of_a_chat(question), media_type="text/event-stream")


async def events_of_a_chat(question):
    assistant = AssistantAgent("assistant", llm_config={"model": "gpt-4o-mini", "stream": True})
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    async for event in user.a_iterate(assistant, message=question, max_turns=1, silent=True):
        if isinstance(event, SHOWN):
            yield f"data: {to_json(event)}\n\n"
