"""A tool of LangChain and one of pydantic-ai in a group with context variables and a handoff."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, ContextVariables, ReplyResult
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.interop import Interoperability
from langchain_core.tools import tool
from pydantic_ai.tools import Tool
from scenario import group_chat, llm_config, record, tool_calls

MODES = ("sync", "async")
NEEDS = ("langchain_core", "pydantic_ai")


@tool
def find_birds(place: str) -> list[str]:
    """Find birds at a place."""
    return [f"heron at {place}"]


def count_letters(word: str) -> int:
    """Count letters."""
    return len(word)


def hand_over(context_variables: ContextVariables) -> ReplyResult:
    """Hand over to the writer."""
    context_variables["found"] = True
    return ReplyResult(message="Over.", target=AgentTarget(agents["writer"]), context_variables=context_variables)


agents = {}


def main(mode):
    tools = [
        Interoperability.convert_tool(tool=find_birds, type="langchain"),
        Interoperability.convert_tool(tool=Tool(count_letters), type="pydanticai"),
    ]
    model = llm_config(
        tool_calls(("find_birds", {"tool_input": {"place": "the lake"}}), ("count_letters", {"word": "heron"})),
        tool_calls(("hand_over", {})),
        name="watcher",
    )
    watcher = ConversableAgent(
        "watcher",
        system_message="You watch.",
        llm_config=model,
        functions=[*tools, hand_over],
        human_input_mode="NEVER",
    )
    agents["writer"] = ConversableAgent(
        "writer",
        system_message="You write.",
        llm_config=llm_config("A heron.", name="writer"),
        human_input_mode="NEVER",
    )
    pattern = DefaultPattern(
        initial_agent=watcher,
        agents=[watcher, agents["writer"]],
        context_variables=ContextVariables({"found": False}),
    )
    group_chat(pattern, "Which birds?", max_rounds=8)
    record(agents["writer"])
