"""A tool that sees the chat of the agent that runs it."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.tools import ChatContext
from scenario import chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


def look(word: str, context: Annotated[ChatContext, "where it runs"]) -> str:
    """Look around."""
    ((partner, messages),) = context.chat_messages.items()
    call = context.last_message["tool_calls"][0]["function"]["name"]
    return f"{word}: {call} of {partner.name} after {len(messages)} messages"


async def a_look(context: ChatContext) -> str:
    """Look around again."""
    return look("again", context)


def main(mode):
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("look", {"word": "here"}, "call_1")),
            tool_calls(("a_look", {}, "call_2")),
            "Done.",
            name="helper",
        ),
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    for function in (look, a_look):
        helper.register_for_llm()(function)
        user.register_for_execution()(function)
    note("schemas", helper.llm_config["tools"])
    chat(user, helper, message="go", max_turns=3)
    record(user)
