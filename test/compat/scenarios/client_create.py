"""OpenAIWrapper.create: extraction of texts and calls, several choices, request bodies, the fields of a response."""

import autogen
from scenario import Choices, function_call, model, note, tool_calls


def main(mode):
    client = autogen.OpenAIWrapper(
        config_list=[
            model(
                "plain",
                tool_calls(("f", {"a": 1})),
                function_call("g", {}),
                Choices(["one", "two"]),
                "json",
                name="m",
                temperature=0.5,
                tags=["x"],
            )
        ],
        cache_seed=None,
        max_tokens=20,
    )
    messages = [{"role": "user", "content": "hi"}]
    response = client.create(messages=messages)
    note("text", client.extract_text_or_completion_object(response))
    note(
        "response",
        [
            type(response).__name__,
            response.cost,
            response.config_id,
            response.pass_filter,
            response.message_retrieval_function is not None,
        ],
    )
    tools = [
        {
            "type": "function",
            "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}},
        }
    ]
    response = client.create(messages=messages, tools=tools, tool_choice="auto")
    note("tool call", client.extract_text_or_completion_object(response))
    note("function call", client.extract_text_or_completion_object(client.create(messages=messages)))
    note("choices", client.extract_text_or_completion_object(client.create(messages=messages, n=2)))
    client.create(messages=messages, response_format={"type": "json_object"}, timeout=5, agent=None, stop=["x"], seed=3)
    client.print_usage_summary()
    note("usage", [client.actual_usage_summary, client.total_usage_summary])
    note("config list", client._config_list)
    client.clear_usage_summary()
    client.print_usage_summary()
