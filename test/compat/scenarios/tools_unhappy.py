"""An unknown tool, broken JSON, a tool that raises, one that returns None, text, bytes or a list; several parallel
calls.
"""

from autogen import ConversableAgent
from scenario import chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def fails(x: int = 0):
        raise ValueError("it broke")

    def exits():
        raise TypeError

    values = {
        "none": lambda: None,
        "text": lambda: "text",
        "listing": lambda: [1, "two"],
        "nested": lambda: {"a": (1, 2)},
    }
    helper = ConversableAgent(
        "helper",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("unknown", {"a": 1}), content="let me see"),
            tool_calls(("fails", '{"x": 1')),
            tool_calls(("fails", {"y": 1})),
            tool_calls(("fails", {"x": 1}), ("exits", {})),
            tool_calls(*[(name, {}) for name in values]),
            tool_calls(("text", "")),
            "TERMINATE",
            name="helper",
        ),
    )
    user = ConversableAgent(
        "user", llm_config=False, human_input_mode="NEVER", function_map={"fails": fails, "exits": exits, **values}
    )
    chat(user, helper, message="go", max_turns=7)
    record(user)
