"""What a nested chat is told of the group around it, as its carryover_config says."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, NestedChatTarget, OnCondition, StringLLMCondition
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, tool_calls

MODES = ("sync", "async")

CONFIGS = (
    {"summary_method": "all"},
    {"summary_method": "last_msg"},
    {"summary_method": "reflection_with_llm", "summary_args": {"summary_prompt": "Sum up."}},
    {"summary_method": lambda agent, messages, args: f"{agent.name} {len(messages)} {args}", "summary_args": {"x": 1}},
    {"summary_method": lambda agent, messages, args: f"{[one['content'] for one in messages]} {args}"},
)


def main(mode):
    for number, config in enumerate(CONFIGS):

        def agent(name, *replies, number=number):
            return ConversableAgent(
                f"{name}{number}",
                system_message=f"You are {name}.",
                llm_config=llm_config(*replies, name=f"{name}{number}"),
                human_input_mode="NEVER",
            )

        helper = agent("helper", "helped", "helped again", "helped thrice", "4", "5")
        zoe = agent("zoe", "zoe 1", "zoe 2")
        ann = agent("ann", tool_calls((f"transfer_to_wrapped_nested_ann{number}_1_1", {})), "ann 2", "ann 3")
        zoe.handoffs.set_after_work(AgentTarget(ann))
        queue = [
            {"recipient": helper, "message": "help", "max_turns": 1, "carryover_config": config},
            {"recipient": helper, "message": "more", "max_turns": 1},
        ]
        ann.handoffs.add_llm_condition(
            OnCondition(
                target=NestedChatTarget(nested_chat_config={"chat_queue": queue}),
                condition=StringLLMCondition(prompt="Get help."),
            )
        )
        group_chat(DefaultPattern(initial_agent=zoe, agents=[zoe, ann]), "go", max_rounds=6)
