"""Agents whose names are those of the temporary user, the manager and the executor of a group."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(
            name, system_message=f"You are {name}.", llm_config=llm_config(*replies, name=name), **settings
        )

    def look(what: str) -> str:
        return f"saw {what}"

    for name in ("_User", "chat_manager", "_Group_Tool_Executor"):
        ann = agent("ann", "ann 1", functions=[look])
        other = agent(name, tool_calls(("look", {"what": "it"})), "other 1", functions=[look])
        ann.handoffs.set_after_work(AgentTarget(other))
        try:
            group_chat(DefaultPattern(initial_agent=ann, agents=[ann, other]), "go", max_rounds=6)
        except Exception as error:
            note(name, type(error).__name__)
