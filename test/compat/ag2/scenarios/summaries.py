"""The ways to sum a group chat up."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, hide_prompts, llm_config

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    hide_prompts("manager", "go", "ann 1")
    for method in ("last_msg", "reflection_with_llm", lambda sender, recipient, arguments: "own"):
        ann = agent("ann", "ann 1")
        pattern = DefaultPattern(
            initial_agent=ann,
            agents=[ann],
            summary_method=method,
            group_manager_args={"llm_config": llm_config("summed up", name="manager")},
        )
        group_chat(pattern, "go", max_rounds=4)
