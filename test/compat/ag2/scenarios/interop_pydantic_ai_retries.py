"""A tool of pydantic-ai that keeps failing: how often it is called, and what it is told of its failures."""

from autogen import AssistantAgent, UserProxyAgent
from autogen.interop import Interoperability
from pydantic_ai import RunContext
from pydantic_ai.tools import Tool
from scenario import chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")
NEEDS = ("pydantic_ai",)


def main(mode):
    def fail(ctx: RunContext[str], number: int) -> str:
        """Fail."""
        note("called", [ctx.deps, ctx.retry, ctx.tool_name])
        raise ValueError(f"{number} is too large.")

    tool = Interoperability.convert_tool(tool=Tool(fail, max_retries=1), type="pydanticai", deps="deps")
    calls = [tool_calls(("fail", {"number": number})) for number in range(4)]
    assistant = AssistantAgent("assistant", system_message="Try.", llm_config=llm_config(*calls, "TERMINATE"))
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    tool.register_for_llm(assistant)
    tool.register_for_execution(user)
    chat(user, assistant, message="Try it.", max_turns=5)
    record(user)
