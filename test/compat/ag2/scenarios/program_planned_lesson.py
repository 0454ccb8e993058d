"""A lesson by AutoPattern: planner, reviewer and teacher, whose manager's model chooses and whose word ends it."""

from autogen import ConversableAgent, LLMConfig
from autogen.agentchat.group.patterns import AutoPattern
from scenario import group_chat, llm_config, model, note, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, description, *replies):
        return ConversableAgent(
            name=name,
            system_message=f"You are the {name}.",
            description=description,
            llm_config=LLMConfig(model(*replies, name=name), cache_seed=None),
        )

    planner = agent("planner", "Plans lessons.", "A plan: moon, then orbit.", "A better plan: orbit, then moon.")
    reviewer = agent("reviewer", "Reviews plans.", "Orbit first.", "Good.")
    teacher = agent("teacher", "Decides.", "Let us plan.", "I take it. DONE!")
    chooser = llm_config("planner", "reviewer", "planner", "The reviewer, I think.", "teacher", name="chooser")
    pattern = AutoPattern(
        initial_agent=teacher,
        agents=[planner, reviewer, teacher],
        group_manager_args={
            "llm_config": chooser,
            "is_termination_msg": lambda message: "DONE!" in (message.get("content") or ""),
        },
    )
    result, _, last = group_chat(pattern, "Teach the moon.", max_rounds=15)
    note("summary", [result.summary, last.name, [message.get("name") for message in result.chat_history]])
    record(teacher)
