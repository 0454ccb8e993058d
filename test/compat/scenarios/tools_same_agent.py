"""An agent that both suggests and executes tools, and tool messages handed to generate_reply directly."""

from autogen import ConversableAgent
from scenario import call, llm_config, note

MODES = ("sync", "async")


def main(mode):
    def double(x: int) -> int:
        return 2 * x

    agent = ConversableAgent(
        "agent",
        llm_config=llm_config("after the tool", name="agent"),
        human_input_mode="NEVER",
        function_map={"double": double},
    )
    tool_call = {"id": "c1", "type": "function", "function": {"name": "double", "arguments": '{"x": 21}'}}
    asked = {"role": "assistant", "content": None, "tool_calls": [tool_call]}
    note("reply to a tool call", call(agent, "generate_reply", messages=[{"role": "user", "content": "q"}, asked]))
    answered = {
        "role": "tool",
        "tool_responses": [{"tool_call_id": "c1", "role": "tool", "content": "42"}],
        "content": "42",
    }
    note(
        "reply to an answer",
        call(agent, "generate_reply", messages=[{"role": "user", "content": "q"}, asked, answered]),
    )
    legacy = {"role": "assistant", "content": "", "function_call": {"name": "double", "arguments": '{"x": 1}'}}
    note("reply to a function call", call(agent, "generate_reply", messages=[legacy]))
    note("direct", agent.generate_tool_calls_reply(messages=[asked]))
    note("direct legacy", agent.generate_function_call_reply(messages=[legacy]))
    note("nothing to do", agent.generate_tool_calls_reply(messages=[{"role": "user", "content": "q"}]))
