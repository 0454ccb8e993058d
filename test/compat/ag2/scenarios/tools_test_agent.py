"""An agent whose model says what a test has written."""

from autogen import ConversableAgent
from autogen.testing import TestAgent, ToolCall, tools_message
from scenario import llm_config, note, raises


def add(a: int, b: int = 1) -> int:
    """Add."""
    return a + b


def main(mode):
    helper = ConversableAgent("helper", human_input_mode="NEVER", llm_config=llm_config(), functions=[add])
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    helper.tools[0].register_for_execution(user)
    own = helper.client
    with TestAgent(helper, [tools_message(ToolCall("add", a=1), ToolCall("add", a=2, b=3)), "Done."]):
        result = user.initiate_chat(helper, message="go", max_turns=2)
    note("said", [message["content"] for message in result.chat_history])
    note("own again", helper.client is own)
    with raises("used up", BaseException), TestAgent(helper, ["One."]):
        user.initiate_chat(helper, message="go", max_turns=2)
    with TestAgent(helper, ["One."], suppress_messages_end=True):
        user.initiate_chat(helper, message="go", max_turns=2)
    note("suppressed", [message["content"] for message in helper.chat_messages[user]])
    note("restored", helper.client is own)
