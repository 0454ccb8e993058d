"""Search tools in chats whose model calls them, over HTTP."""

from __future__ import annotations

from typing import Any

from agent_kit import agent, chat
from service_double import HTML_PAGE, Answer

from autogen_classic import ConversableAgent
from autogen_classic.testing import MockOpenAIServer, tool_call
from autogen_classic.tools import Tool

__all__ = ("KEY", "TROUBLES", "read_by_model", "unmarked")

KEY = "key-of-a-test-4711"
# What a service may do instead of its work, and what a model must be told of it.
TROUBLES = {
    "401": (Answer({"error": {"message": f"no access for {KEY}"}}, 401), "refused access"),
    "429": (Answer({"error": {"message": "too many"}}, 429), "was asked too often"),
    "500": (Answer("trouble", 500, "text/plain"), "failed"),
    "a page": (Answer(HTML_PAGE, 200, "text/html"), "sent an answer that cannot be read"),
    "half a JSON": (Answer('{"results": [{"title": "He'), "sent an answer that cannot be read"),
    "half an answer": (Answer('{"results": [', missing=1_000), ""),
    "an empty answer": (Answer(b""), "sent an answer that cannot be read"),
    "another JSON": (Answer([1, 2, 3]), "sent an answer that cannot be read"),
}


def read_by_model(way: str, tool: Tool, **arguments: Any) -> str:
    """Have a model call a tool in a chat, and return what it reads then; the chat must come to its end.

    Args:
        way: "sync" or "async".
        tool: the tool.
        **arguments: what the model gives.
    """
    with MockOpenAIServer() as model:
        model.add(tool_call(tool.name, **arguments), "That is all.")
        searcher = ConversableAgent("searcher", llm_config=model.llm_config(), human_input_mode="NEVER")
        runner = agent("runner", default_auto_reply="")
        tool.register_for_llm(searcher)
        tool.register_for_execution(runner)
        result = chat(way, runner, searcher, message="Find herons.", max_turns=2)
        assert result.summary == "That is all."
        text = model.requests[1]["messages"][-1]["content"]
        assert isinstance(text, str)
        return text


def unmarked(text: str) -> str:
    """What stands between the marks of foreign text."""
    begin, *lines, end = text.split("\n")
    assert begin.startswith("[Begin of what strangers wrote.")
    assert end == "[End of what strangers wrote.]"
    return "\n".join(lines)
