"""ChatResult.cost, usage summaries printed and gathered; cost adds up over an agent's life."""

import autogen
from autogen import ConversableAgent
from scenario import chat, llm_config, note

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=llm_config("a1", "a2", "a3", name="ann"), human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=llm_config(*"123456", name="bob"), human_input_mode="NEVER")
    carl = ConversableAgent("carl", llm_config=False, human_input_mode="NEVER")
    note("before", [ann.get_actual_usage(), ann.get_total_usage(), carl.get_actual_usage()])
    ann.print_usage_summary()
    chat(ann, bob, message="hi", max_turns=2)
    chat(ann, bob, message="hi", max_turns=1)
    note("usage", [ann.get_actual_usage(), ann.get_total_usage(), bob.get_actual_usage()])
    note("gathered", autogen.gather_usage_summary([ann, bob, carl]))
    note("gathered nothing", autogen.gather_usage_summary([carl]))
    bob.print_usage_summary()
    bob.print_usage_summary("actual")
    bob.print_usage_summary(["total"])
    carl.print_usage_summary()
    bob.client.clear_usage_summary()
    note("cleared", [bob.get_actual_usage(), bob.get_total_usage()])
    with_message = bob.client.total_usage_summary
    note("summary of the client", with_message)
