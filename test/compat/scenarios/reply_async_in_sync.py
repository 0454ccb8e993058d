"""An asynchronous reply function in a synchronous chat: RuntimeError unless it is to be ignored; it answers in
asynchronous ones.
"""

from autogen import ConversableAgent
from scenario import chat, raises, record

MODES = ("sync", "async")


async def later(recipient, messages=None, sender=None, config=None):
    return True, "later"


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="default")
    bob.register_reply([ConversableAgent, None], later)
    with raises("not ignored"):
        chat(ann, bob, message="hi", max_turns=1)
    record(ann, bob)
    carl = ConversableAgent("carl", llm_config=False, human_input_mode="NEVER", default_auto_reply="default")
    carl.register_reply([ConversableAgent, None], later, ignore_async_in_sync_chat=True)
    chat(ann, carl, message="hi", max_turns=1)
    record(carl)
