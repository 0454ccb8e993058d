"""Dicts, lists and None that tools return, in a chat of two agents."""

from autogen import ConversableAgent
from scenario import chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def mapping() -> dict:
    """Mapping."""
    return {"a": None, "b": [1, "x"]}


def numbers() -> list:
    """Numbers."""
    return [1, 2]


def nothing() -> None:
    """Nothing."""


def main(mode):
    functions = [mapping, numbers, nothing]
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
