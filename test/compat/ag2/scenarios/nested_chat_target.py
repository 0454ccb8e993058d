"""A nested chat as the target of an LLM condition: a hidden agent runs it and hands back."""

from autogen import ConversableAgent
from autogen.agentchat.group import NestedChatTarget, OnCondition, StringLLMCondition
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann = agent("ann", tool_calls(("transfer_to_wrapped_nested_ann_1_1", {})), "ann 1")
    helper = agent("helper", "helped")
    ann.handoffs.add_llm_condition(
        OnCondition(
            target=NestedChatTarget(
                nested_chat_config={"chat_queue": [{"recipient": helper, "message": "help", "max_turns": 1}]}
            ),
            condition=StringLLMCondition("When help is needed."),
        )
    )
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann]), "go", max_rounds=8)
    record(ann)
