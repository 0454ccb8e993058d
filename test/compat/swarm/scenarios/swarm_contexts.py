"""What agents know is read and changed by their own methods; a swarm whose user is wanted and not there ends."""

from autogen import AfterWork, AfterWorkOption, ConversableAgent, OnCondition, UpdateSystemMessage, register_hand_off
from scenario import llm_config, note, swarm_chat, tool_calls

MODES = ("sync", "async")


def main(mode):
    def told(agent, messages) -> str:
        return f"{agent.get_context('who')} {agent.get_context('missing', 'nobody')} {len(messages)}"

    def may_go(agent, message):
        return agent.get_context("may_go")

    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name)
        return ConversableAgent(name, system_message=name, llm_config=config, human_input_mode="NEVER", **settings)

    ann = agent(
        "ann", tool_calls(("transfer_ann_to_bob", {})), update_agent_state_before_reply=[UpdateSystemMessage(told)]
    )
    bob = agent("bob", "bob 1")
    register_hand_off(agent=ann, hand_to=[OnCondition(bob, "to bob", available=may_go)])
    register_hand_off(agent=bob, hand_to=[AfterWork(AfterWorkOption.REVERT_TO_USER)])
    swarm_chat(ann, "go", [ann, bob], context_variables={"who": "me", "may_go": True}, max_rounds=8)
    note("system message", ann.system_message)

    bob.set_context("one", 1)
    bob.update_context({"one": 2, "two": None})
    note("read", [bob.get_context("one"), bob.get_context("two", 5), bob.get_context("three"), ann.get_context("who")])
    note("removed", [bob.pop_context("one"), bob.pop_context("one"), bob.pop_context("one", 7), bob.get_context("one")])
