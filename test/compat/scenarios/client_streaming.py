"""stream=True: what is printed while it comes, and the answer put together, for texts, tool calls and function
calls.
"""

from types import SimpleNamespace

import autogen
import tiktoken
from autogen import ConversableAgent
from scenario import chat, function_call, llm_config, model, note, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    by_words = SimpleNamespace(encode=lambda text, **settings: text.split())
    tiktoken.get_encoding = tiktoken.encoding_for_model = lambda name: by_words
    client = autogen.OpenAIWrapper(
        config_list=[
            model(
                "three small words",
                tool_calls(("f", {"a": 1}), ("g", {"b": 2})),
                function_call("h", {"c": 3}),
                "",
                name="m",
            )
        ],
        cache_seed=None,
        stream=True,
    )
    messages = [{"role": "user", "content": "hi"}]
    for what in ("text", "tools", "function", "empty"):
        response = client.create(messages=messages)
        note(what, client.extract_text_or_completion_object(response))
        note(f"{what} finished", response.choices[0].finish_reason)
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent(
        "bob", llm_config=llm_config("streamed words", name="bob", stream=True), human_input_mode="NEVER"
    )
    chat(ann, bob, message="hi", max_turns=1)
    record(ann)
