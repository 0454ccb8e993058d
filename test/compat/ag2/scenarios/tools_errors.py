"""What a model reads where a call fails: the tool raises, is not known, or its arguments are not JSON."""

from autogen import ConversableAgent
from scenario import chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def fail(reason: str) -> str:
    """Fail."""
    raise ValueError(f"because {reason}")


def main(mode):
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("fail", {"reason": "it must"}, "call_1")),
            tool_calls(("nowhere", {}, "call_2")),
            tool_calls(("fail", '{"reason": ', "call_3")),
            "Done.",
            name="helper",
        ),
        functions=[fail],
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    helper.tools[0].register_for_execution(user)
    chat(user, helper, message="go", max_turns=4)
    record(user)
