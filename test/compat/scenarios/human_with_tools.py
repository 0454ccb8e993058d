"""ALWAYS while the other side suggests a tool call: an empty answer runs it, a text answers the tool call."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, person, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def double(x: int) -> int:
        return 2 * x

    user = UserProxyAgent("user", code_execution_config=False, function_map={"double": double})
    bob = ConversableAgent(
        "bob",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("double", {"x": 4})),
            "eight",
            tool_calls(("double", {"x": 1}), ("double", {"x": 2})),
            "as you like",
            "x",
            "y",
            name="bob",
        ),
    )
    person("", "rather not", "exit")
    chat(user, bob, message="double four")
    record(user)
    person("no tools please", "exit")
    chat(user, bob, message="two tools")
    record(user, bob)
