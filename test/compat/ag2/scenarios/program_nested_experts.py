"""Experts behind one agent: a nested chat that a model chooses, and one in a chat of two."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, NestedChatTarget, OnCondition, StringLLMCondition, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import chat, group_chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, llm_config=config, human_input_mode="NEVER", **settings)

    lawyer, doctor = (
        agent("lawyer", "It is legal.", "Legal still."),
        agent("doctor", "It is healthy.", "Healthy still."),
    )
    front = agent("front", tool_calls(("transfer_to_wrapped_nested_front_1_1", {})), "They agree.")
    queue = [
        {"chat_id": 1, "recipient": lawyer, "message": "Is it legal?", "max_turns": 1, "summary_method": "last_msg"},
        {
            "chat_id": 2,
            "prerequisites": [1],
            "recipient": doctor,
            "message": "Is it healthy?",
            "max_turns": 1,
            "summary_method": "last_msg",
        },
    ]
    front.handoffs.add_llm_condition(
        OnCondition(
            target=NestedChatTarget(nested_chat_config={"chat_queue": queue, "use_async": mode == "async"}),
            condition=StringLLMCondition("Experts are needed."),
        )
    )
    back = agent("back", "The end.")
    front.handoffs.set_after_work(AgentTarget(back))
    back.handoffs.set_after_work(TerminateTarget())
    group_chat(DefaultPattern(initial_agent=front, agents=[front, back]), "May I?", max_rounds=10)
    record(front, back)

    clerk, visitor = agent("clerk"), agent("visitor")
    clerk.register_nested_chats(
        [
            {
                "chat_id": 1,
                "recipient": lawyer,
                "message": lambda recipient, messages, sender, config: messages[-1]["content"] + "?",
                "max_turns": 1,
                "summary_method": "last_msg",
            }
        ],
        trigger=visitor,
        use_async=mode == "async",
    )
    chat(visitor, clerk, message="And now", max_turns=1)
    record(clerk, lawyer)
