"""What is printed for every kind of message: tool and function calls, answers, contents in parts, long names."""

from autogen import ConversableAgent
from scenario import note


def main(mode):
    ann = ConversableAgent("ann", llm_config=False)
    bob = ConversableAgent("bob", llm_config=False, is_termination_msg=lambda message: False)
    call = {
        "id": "call_x",
        "type": "function",
        "function": {"name": "a_tool_with_a_long_name", "arguments": '{"x": 1}'},
    }
    messages = [
        "text",
        "",
        "two\nlines",
        {"content": "dict"},
        {"content": None, "tool_calls": [call, {**call, "id": "y"}]},
        {"content": "before the call", "tool_calls": [call]},
        {"content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"content": "with text", "function_call": {"arguments": "{}"}},
        {"role": "function", "name": "f", "content": "result"},
        {
            "role": "tool",
            "content": "one\n\ntwo",
            "tool_responses": [
                {"tool_call_id": "c1", "role": "tool", "content": "one"},
                {"tool_call_id": "c2", "role": "tool", "content": "two"},
            ],
        },
        {"role": "tool", "tool_call_id": "c3", "content": "single"},
        {"content": [{"type": "text", "text": "part"}, {"type": "image_url", "image_url": {"url": "data:..."}}]},
        {"content": "a {name}", "context": {"name": "context"}},
        {"content": lambda context: f"made of {context['x']}", "context": {"x": 1}},
        {"content": None},
        {"role": "tool", "content": "", "tool_responses": []},
    ]
    for message in messages:
        try:
            ann.send(message, bob, request_reply=False)
        except Exception as error:
            print("raised", type(error).__name__)
    note("stored", ann.chat_messages[bob])
