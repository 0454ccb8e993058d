"""default_auto_reply as text, empty, dict, and the empty replies of agents without anything to say."""

from autogen import AssistantAgent, ConversableAgent, UserProxyAgent
from scenario import chat, note, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="text")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER")
    carl = ConversableAgent("carl", llm_config=False, human_input_mode="NEVER", default_auto_reply={"content": "dict"})
    proxy = UserProxyAgent("proxy", human_input_mode="NEVER", code_execution_config=False)
    helper = AssistantAgent("helper", llm_config=False)
    chat(ann, bob, message="to one who has nothing to say", max_turns=2)
    chat(ann, carl, message="to one who answers with a dict", max_turns=2)
    chat(ann, proxy, message="to a proxy", max_turns=2)
    chat(ann, helper, message="to a helper without a model", max_turns=2)
    note("defaults", [agent._default_auto_reply for agent in (ann, bob, carl, proxy, helper)])
    record(ann, bob, carl, proxy, helper)
