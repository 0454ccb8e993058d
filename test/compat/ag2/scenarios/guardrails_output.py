"""An output guardrail holds back what an agent was about to say."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget
from autogen.agentchat.group.guardrails import RegexGuardrail
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", system_message="You are ann.", llm_config=llm_config("a secret", name="ann"))
    bob = ConversableAgent("bob", system_message="You are bob.", llm_config=llm_config("bob 1", name="bob"))
    ann.register_output_guardrail(RegexGuardrail(name="g", condition=r"sec\w+", target=AgentTarget(bob)))
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob]), "go", max_rounds=6)
    record(ann, bob)
