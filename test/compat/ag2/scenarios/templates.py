"""Texts with places for variables: braces that are meant as they stand, and variables that do not exist."""

from autogen import ConversableAgent, UpdateSystemMessage
from autogen.agentchat.group import (
    AgentTarget,
    ContextStr,
    ContextStrLLMCondition,
    ContextVariables,
    OnCondition,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note

MODES = ("sync", "async")

TEXTS = ("{name} {{x}}", 'as {"a": 1}', "{other}", "{}", "{0}", "{name", "{name.real}", "{name:>4}", "plain")


def main(mode):
    for variables in ({"name": "Zoe"}, {}):
        for text in TEXTS:
            try:
                note(text, ContextStr(template=text).format(ContextVariables(data=variables)))
            except Exception as error:
                note(text, type(error).__name__)

    for number, text in enumerate(TEXTS):
        ann = ConversableAgent(
            f"ann{number}",
            llm_config=llm_config("ann 1", name=f"ann{number}"),
            update_agent_state_before_reply=[UpdateSystemMessage(text)],
        )
        try:
            group_chat(
                DefaultPattern(
                    initial_agent=ann, agents=[ann], context_variables=ContextVariables(data={"name": "Zoe"})
                ),
                "go",
                max_rounds=3,
            )
        except Exception as error:
            note(f"system message {text}", type(error).__name__)

    for number, text in enumerate(TEXTS):
        bob = ConversableAgent(f"bob{number}", llm_config=llm_config("bob 1", name=f"bob{number}"))
        bob.handoffs.add_llm_condition(
            OnCondition(
                target=AgentTarget(bob), condition=ContextStrLLMCondition(context_str=ContextStr(template=text))
            )
        )
        try:
            group_chat(
                DefaultPattern(
                    initial_agent=bob, agents=[bob], context_variables=ContextVariables(data={"name": "Zoe"})
                ),
                "go",
                max_rounds=3,
            )
        except Exception as error:
            note(f"condition {text}", type(error).__name__)
