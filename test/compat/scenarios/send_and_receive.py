"""send and receive used directly: request_reply in its three forms, dicts, wrong messages, replies through a third
party.
"""

from autogen import ConversableAgent
from scenario import call, note, raises, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent(
        "ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann", max_consecutive_auto_reply=1
    )
    bob = ConversableAgent(
        "bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="from bob", max_consecutive_auto_reply=1
    )
    call(ann, "send", "no request", bob, request_reply=False)
    call(ann, "send", "nothing said", bob)
    call(ann, "send", "with a request", bob, request_reply=True)
    call(ann, "send", {"content": "a dict", "role": "function", "name": "f"}, bob, request_reply=False)
    call(ann, "send", {"content": None, "function_call": {"name": "f", "arguments": "{}"}}, bob, request_reply=False)
    call(
        ann,
        "send",
        {"content": [{"type": "text", "text": "part"}, {"type": "image_url", "image_url": {"url": "http://x/y.png"}}]},
        bob,
        request_reply=False,
    )
    call(ann, "send", "", bob, request_reply=False)
    with raises("no content"):
        call(ann, "send", {"odd": 1}, bob)
    with raises("None"):
        call(ann, "send", None, bob)
    with raises("a number"):
        call(ann, "send", 5, bob)
    call(bob, "receive", "received from outside", ann, False)
    call(bob, "receive", {"content": "received, silent"}, ann, request_reply=False, silent=True)
    record(ann, bob)
    note("processed", bob._process_received_message("processed", ann, True))
    note("positional", call(ann, "send", "positional", bob, False, True))
