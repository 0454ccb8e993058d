"""Transforms at their edges: empty lists, limits that leave nothing, calls torn from answers, lists that are edited."""

from autogen import ConversableAgent
from autogen.agentchat.contrib.capabilities import transforms
from autogen.agentchat.contrib.capabilities.transform_messages import TransformMessages
from scenario import note, raises

CHAT = [{"role": "user", "content": content} for content in ("hello", "there", "how are you", "fine")]
CALLS = [
    {"role": "user", "content": "go"},
    {"role": "assistant", "content": None, "tool_calls": [{"id": one, "function": {"name": "f"}} for one in "12"]},
    {"role": "tool", "content": "found", "tool_call_id": "1"},
    {"role": "tool", "content": "found too", "tool_call_id": "2"},
    {"role": "assistant", "content": "done"},
]
PARTS = [{"role": "user", "name": "ann", "content": [{"type": "text", "text": "parts"}]}]


class FirstLetters:
    def compress_text(self, text, **compression_params):
        return {"compressed_prompt": text[:3], "origin_tokens": 10, "compressed_tokens": 3}


class Before:
    def apply_transform(self, messages):
        for message in messages:
            message["content"] = "edited"
        return messages

    def get_logs(self, pre_transform_messages, post_transform_messages):
        note("before", pre_transform_messages)
        return "", False


def apply(name, transform, messages):
    with raises(f"{name}: error"):
        note(name, [message["content"] for message in transform.apply_transform(messages)])


def main(mode):
    apply("an empty list", transforms.MessageTokenLimiter(max_tokens=5), [])
    apply("tokens without a limit of each message", transforms.MessageTokenLimiter(max_tokens=4), CHAT)
    apply("nothing is left", transforms.MessageTokenLimiter(max_tokens_per_message=1, max_tokens=3), CHAT)
    apply("no limits", transforms.MessageTokenLimiter(), CHAT)
    apply("a fraction", transforms.MessageTokenLimiter(max_tokens=4.5), CHAT)
    apply("three messages of calls", transforms.MessageHistoryLimiter(3), CALLS)
    apply("the newest call", transforms.MessageHistoryLimiter(1), CALLS[:4])
    limiter = transforms.MessageTokenLimiter(max_tokens=1, max_tokens_per_message=1, filter_dict={"role": "tool"})
    apply("exempt messages", limiter, CALLS)
    compressed = [dict(message) for message in CHAT]
    apply("compressed", transforms.TextMessageCompressor(FirstLetters()), compressed)
    note("compressed: the list afterwards", compressed)
    apply("named parts", transforms.TextMessageContentName(), PARTS)
    with raises("a model that is not known"):
        apply("a model that is not known", transforms.MessageTokenLimiter(max_tokens=4, model="my-own"), CHAT)
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="fine")
    TransformMessages(transforms=[Before()]).add_to_agent(bob)
    bob.generate_reply([{"role": "user", "content": "hi"}])
    TransformMessages(transforms=[transforms.MessageTokenLimiter(max_tokens=9)]).add_to_agent(bob)
    with raises("only a system message"):
        note("only a system message", bob.generate_reply([{"role": "system", "content": "be bob"}]))
