"""Guardrails by regular expressions on what an agent hears and says, with the targets of each."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, StayTarget, TerminateTarget
from autogen.agentchat.group.guardrails import RegexGuardrail
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, raises, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def talk(kind, make_target, *replies, message="my secret", **settings):
        ann, bob = agent("ann", *replies), agent("bob", "bob 1")
        guardrail = RegexGuardrail(name="g", condition=r"sec\w+", target=make_target(bob), **settings)
        getattr(ann, f"register_{kind}_guardrail")(guardrail)
        group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob]), message, max_rounds=6)
        record(bob)

    talk("input", AgentTarget, "ann 1")
    talk("input", lambda bob: TerminateTarget(), "ann 1", activation_message="No.")
    talk("input", AgentTarget, "ann 1", message="nothing to hide")
    talk("output", AgentTarget, "ann 1")
    guardrail = RegexGuardrail(name="g", condition="x", target=StayTarget())
    note("found", str(guardrail.check("a x")))
    note("not found", str(guardrail.check([{"role": "user", "content": "a"}])))
    note("reply", guardrail.check("x").reply)
    with raises("a bad pattern", ValueError):
        RegexGuardrail(name="g", condition="(", target=StayTarget())
    with raises("another context", ValueError):
        guardrail.check(5)
