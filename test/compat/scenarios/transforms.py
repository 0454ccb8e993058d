"""Transforms of messages: what the model reads, what is stored, what is printed, and what each makes of a list."""

from autogen import ConversableAgent
from autogen.agentchat.contrib.capabilities import transforms, transforms_util
from autogen.agentchat.contrib.capabilities.transform_messages import TransformMessages
from scenario import chat, llm_config, note, raises, record

MODES = ("sync", "async")
CHAT = [
    {"role": "user", "content": "hello"},
    {"role": "assistant", "content": "there"},
    {"role": "user", "content": "how"},
    {"role": "assistant", "content": "are you doing?"},
    {"role": "user", "content": "working very hard", "name": "ann"},
]
CALLS = [
    {"role": "user", "content": "go"},
    {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]},
    {"role": "tool", "content": "found", "tool_call_id": "1"},
    {"role": "assistant", "content": "done"},
]


class Shout:
    def apply_transform(self, messages):
        for message in messages:
            message["content"] = message["content"].upper()
        return messages

    def get_logs(self, pre_transform_messages, post_transform_messages):
        return "shouted", True


class FirstLetters:
    def compress_text(self, text, **compression_params):
        note("compress", [text, compression_params])
        return {"compressed_prompt": text[:3], "origin_tokens": 10, "compressed_tokens": 3}


def fresh(messages):
    return [dict(message) for message in messages]


def apply(name, transform, messages):
    before = fresh(messages)
    after = transform.apply_transform(fresh(messages))
    note(name, [message["content"] for message in after])
    note(f"{name}: logs", transform.get_logs(before, after))


def main(mode):
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", "b3", name="bob"), human_input_mode="NEVER")
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="go on with this")
    limiters = [
        transforms.MessageHistoryLimiter(max_messages=2),
        transforms.MessageTokenLimiter(max_tokens_per_message=2),
        Shout(),
        transforms.TextMessageContentName(),
    ]
    TransformMessages(transforms=limiters).add_to_agent(bob)
    chat(ann, bob, message="this is the first message", max_turns=3)
    record(ann, bob)

    for limit, first in ((1, False), (3, False), (9, False), (None, False), (1, True), (3, True)):
        limiter = transforms.MessageHistoryLimiter(limit, keep_first_message=first)
        apply(f"the newest {limit}, first {first}", limiter, CHAT)
    for limit in (1, 3, 4):
        apply(f"the newest {limit} of calls", transforms.MessageHistoryLimiter(limit), CALLS)
    for settings in (
        {"max_tokens_per_message": 2},
        {"max_tokens_per_message": 3, "max_tokens": 5},
        {"max_tokens_per_message": 2, "min_tokens": 10},
        {"max_tokens_per_message": 2, "min_tokens": 11},
        {"max_tokens": 2},
        {"max_tokens_per_message": 1, "filter_dict": {"role": ["user"]}},
        {"max_tokens_per_message": 1, "filter_dict": {"role": ["user"], "name": "ann"}, "exclude_filter": False},
    ):
        apply(f"tokens {settings}", transforms.MessageTokenLimiter(**settings), CHAT)
    apply("tokens of calls", transforms.MessageTokenLimiter(max_tokens_per_message=1), CALLS)
    for settings in ({}, {"min_tokens": 100}, {"compression_params": {"rate": 1}, "filter_dict": {"role": "user"}}):
        apply(f"compressed {settings}", transforms.TextMessageCompressor(FirstLetters(), **settings), CHAT)
    for settings in ({}, {"position": "end", "format_string": " ({name})"}, {"filter_dict": {"name": "ann"}}):
        apply(f"named {settings}", transforms.TextMessageContentName(**settings), CHAT)

    with raises("no messages"):
        transforms.MessageHistoryLimiter(0)
    with raises("fewer than no tokens"):
        transforms.MessageTokenLimiter(max_tokens=-1)
    with raises("a minimum above the maximum"):
        transforms.MessageTokenLimiter(max_tokens=3, min_tokens=5)
    with raises("a place that is neither"):
        transforms.TextMessageContentName(position="middle")
    for content in ("", "hello there", None, 3, [], [{"type": "text", "text": "hello"}], [{"type": "image_url"}]):
        note(
            f"content {content!r}",
            [
                transforms_util.is_content_right_type(content),
                transforms_util.is_content_text_empty(content),
                transforms_util.count_text_tokens(content),
                transforms_util.min_tokens_reached([{"content": content}], 1),
                transforms_util.cache_key(content, None, 2),
            ],
        )
