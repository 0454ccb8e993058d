"""A meeting whose person chooses who speaks: ManualPattern with tools that change variables, and an own after-work."""

from autogen import ConversableAgent, UserProxyAgent
from autogen.agentchat.group import AgentTarget, ContextVariables, ReplyResult
from autogen.agentchat.group.patterns import ManualPattern
from scenario import group_chat, llm_config, person, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    def take_note(text: str, context_variables: ContextVariables) -> ReplyResult:
        """Take a note."""
        notes = [*context_variables["notes"], text]
        return ReplyResult(message=f"{len(notes)} notes", context_variables=ContextVariables({"notes": notes}))

    clerk = agent(
        "clerk", tool_calls(("take_note", {"text": "It begins."})), "Noted.", "It is over.", functions=[take_note]
    )
    chair = agent("chair", "We begin.", "We end.")
    guest = agent("guest", "Hello.", "Hello again.")
    chair.handoffs.set_after_work(AgentTarget(clerk))
    user = UserProxyAgent("user", code_execution_config=False)
    person("4", "5", "Go on.", "2", "5", "exit")
    pattern = ManualPattern(
        initial_agent=chair,
        agents=[chair, clerk, guest],
        user_agent=user,
        context_variables=ContextVariables({"notes": []}),
    )
    group_chat(pattern, "Good morning.", max_rounds=12)
    record(clerk)
