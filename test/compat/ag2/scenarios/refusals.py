"""What cannot be a group is refused before it begins."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentNameTarget,
    AgentTarget,
    OnCondition,
    OnContextCondition,
    RevertToUserTarget,
    StringLLMCondition,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import Fault, group_chat, llm_config, raises

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def talk(case, kind=Exception, messages="go", user=None, pattern=DefaultPattern, agents=None, **settings):
        ann, bob = agent("ann", "ann 1"), agent("bob", "bob 1")
        with raises(case, kind):
            group = pattern(initial_agent=ann, agents=agents or [ann, bob], user_agent=user, **settings)
            group_chat(group, messages, max_rounds=4)

    talk("a group in the arguments", group_manager_args={"groupchat": 1})
    talk("an unknown argument", group_manager_args={"nonsense": 1})
    talk("no messages", messages=[])
    talk("messages None", messages=None)
    talk("an unknown name", messages=[{"role": "user", "content": "x", "name": "nobody"}])
    talk("the same name twice", user=agent("bob"))

    def after_work(case, target, **settings):
        ann, bob = agent("ann", "ann 1"), agent("bob", "bob 1")
        ann.handoffs.set_after_work(target)
        with raises(case):
            group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob], **settings), "go", max_rounds=4)

    after_work("an after-work to a stranger", AgentNameTarget("nobody"))
    after_work("an after-work to a user that is not there", RevertToUserTarget())

    def handoff(case, **lists):
        ann, bob = agent("ann", "ann 1"), agent("bob", "bob 1")
        for method, condition in lists.items():
            getattr(ann.handoffs, method)(condition)
        with raises(case):
            group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob]), "go", max_rounds=4)

    stranger = AgentTarget(agent("nobody"))
    handoff(
        "a handoff to a stranger",
        add_llm_condition=OnCondition(target=stranger, condition=StringLLMCondition("x")),
    )
    handoff("a context handoff to a stranger", add_context_condition=OnContextCondition(target=stranger))

    ann = agent("ann", Fault(400, "no"))
    with raises("the model fails"):
        group_chat(DefaultPattern(initial_agent=ann, agents=[ann]), "go", max_rounds=4)
