"""Asynchronous tools in synchronous and asynchronous chats, beside synchronous ones in one message."""

import asyncio

from autogen import ConversableAgent
from autogen.tools import Toolkit, tool
from scenario import chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


@tool()
async def later(text: str) -> str:
    """Say it later."""
    await asyncio.sleep(0)
    return f"later {text}"


@tool()
def now(text: str) -> str:
    """Say it now."""
    return f"now {text}"


def main(mode):
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("later", {"text": "a"}, "call_1"), ("now", {"text": "b"}, "call_2")),
            tool_calls(("later", {"text": "c"}, "call_3")),
            "Done.",
            name="helper",
        ),
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    kit = Toolkit([later, now])
    kit.register_for_llm(helper)
    kit.register_for_execution(user)
    note("called", [asyncio.run(later("x")), now("y")])
    chat(user, helper, message="go", max_turns=3)
    record(user)
