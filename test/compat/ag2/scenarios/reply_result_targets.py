"""Who goes next by the target of a ReplyResult, which beats the after-work of the caller."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentNameTarget, AgentTarget, ReplyResult, RevertToUserTarget, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.agentchat.group.targets.group_manager_target import GroupManagerTarget
from scenario import group_chat, llm_config, person, raises, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def talk(target, **settings):
        def go() -> ReplyResult:
            """Go."""
            return ReplyResult(message="going", target=target)

        ann = agent("ann", tool_calls(("go", {})), "ann 1", functions=[go])
        bob, carl = agent("bob", "bob 1"), agent("carl", "carl 1")
        ann.handoffs.set_after_work(AgentTarget(carl))
        user = agent("user", human_input_mode="ALWAYS")
        person("exit")
        pattern = DefaultPattern(initial_agent=ann, agents=[ann, bob, carl], user_agent=user, **settings)
        group_chat(pattern, "go", max_rounds=8)

    bob = agent("bob")
    talk(AgentTarget(bob))
    talk(AgentNameTarget("bob"))
    talk(RevertToUserTarget())
    talk(TerminateTarget())
    talk(GroupManagerTarget(), group_manager_args={"llm_config": llm_config("carl", name="manager")})
    talk(None)
    with raises("unknown agent", ValueError):
        talk(AgentNameTarget("nobody"))
