"""What a stream with a send of its own hears of what was spent."""

from autogen import ConversableAgent
from autogen.io import IOStream
from scenario import EventStream, call, llm_config, note


def main(mode):
    with IOStream.set_default(EventStream()):
        ann = ConversableAgent("ann", llm_config=llm_config("one", "two", name="ann"))
        bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="Hi")
        ann.print_usage_summary()
        call(bob, "initiate_chat", ann, message="Hello", max_turns=2, silent=True)
        note("case", "both")
        ann.print_usage_summary()
        note("case", "actual")
        ann.print_usage_summary("actual")
        note("case", "total")
        ann.print_usage_summary(["total"])
        note("case", "of the client")
        ann.client.print_usage_summary(["actual", "total"])
        note("case", "without a model")
        bob.print_usage_summary()
