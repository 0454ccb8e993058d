"""A bank: guardrails by pattern and by a model on what comes in and goes out, and a person who goes on."""

import json

from autogen import ConversableAgent, LLMConfig, UserProxyAgent
from autogen.agentchat.group import (
    AgentTarget,
    RevertToUserTarget,
    TerminateTarget,
)
from autogen.agentchat.group.guardrails import LLMGuardrail, RegexGuardrail
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import Endless, group_chat, hide_prompts, llm_config, model, person

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    def judge(request):
        text = str(request["messages"][-1]["content"])
        return json.dumps(
            {"activated": "gun" in text, "justification": "It is about weapons." if "gun" in text else ""}
        )

    hide_prompts("judge", "gun", descriptions=True)
    teller = agent("teller", "How much shall I transfer?", "Done.", "Done, too.")
    guard = agent("guard", "That is not for this bank.", "Sorry.", "Sorry again.")
    teller.register_input_guardrail(
        RegexGuardrail(
            name="cards", condition=r"\d{4}-\d{4}", target=RevertToUserTarget(), activation_message="No card numbers."
        )
    )
    teller.register_input_guardrail(
        LLMGuardrail(
            name="weapons",
            condition="It is about weapons.",
            target=AgentTarget(guard),
            llm_config=LLMConfig(model(Endless(judge), name="judge"), cache_seed=None),
            activation_message="No weapons.",
        )
    )
    for member in (teller, guard):
        member.handoffs.set_after_work(RevertToUserTarget())
    customer = UserProxyAgent("customer", code_execution_config=False)
    customer.handoffs.set_after_work(AgentTarget(teller))
    person("20 euros.", "I want a gun.", "30 euros.", "My card is 1234-5678.", "40 euros.", "exit")
    pattern = DefaultPattern(
        initial_agent=teller,
        agents=[teller, guard],
        user_agent=customer,
        group_after_work=TerminateTarget(),
    )
    group_chat(pattern, "I want to transfer money.", max_rounds=30)
