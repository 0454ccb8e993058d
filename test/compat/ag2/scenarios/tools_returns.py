"""What tools return, and what the model reads of it, in a chat of two agents."""

from autogen import ConversableAgent
from pydantic import BaseModel
from scenario import chat, llm_config, record, tool_calls

MODES = ("sync", "async")


class Item(BaseModel):
    name: str
    count: int = 1


def text() -> str:
    """Text."""
    return "a text"


def model() -> Item:
    """Model."""
    return Item(name="tea")


def number() -> float:
    """Number."""
    return 2.5


def boolean() -> bool:
    """Boolean."""
    return True


def empty() -> str:
    """Empty."""
    return ""


def main(mode):
    functions = [text, model, number, boolean, empty]
    calls = [tool_calls((function.__name__, {}, f"call_{place}")) for place, function in enumerate(functions)]
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(*calls, "Done.", name="helper"),
        functions=functions,
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    for tool in helper.tools:
        tool.register_for_execution(user)
    chat(user, helper, message="go", max_turns=len(functions) + 1)
    record(user)
