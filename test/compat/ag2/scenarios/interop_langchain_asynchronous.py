"""A tool of LangChain that is a coroutine function, in an asynchronous run of an agent."""

import asyncio

from autogen import ConversableAgent
from autogen.interop import Interoperability
from langchain_core.tools import tool
from scenario import llm_config, note, tool_calls

NEEDS = ("langchain_core",)


@tool
async def look_up(word: str) -> str:
    """Look a word up."""
    await asyncio.sleep(0)
    return f"{word} is a bird"


def main(mode):
    converted = Interoperability.convert_tool(tool=look_up, type="langchain")
    model = llm_config(tool_calls(("look_up", {"tool_input": {"word": "heron"}})), "A bird. TERMINATE", name="model")
    agent = ConversableAgent("agent", llm_config=model, system_message="You look up.", functions=[converted])

    async def ask():
        response = await agent.a_run(message="What is a heron?", max_turns=2)
        await response.process()
        return await response.summary

    note("summary", asyncio.run(ask()))
