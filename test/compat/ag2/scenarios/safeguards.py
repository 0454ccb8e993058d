"""A safeguard policy between two agents: block, mask and warning; what it refuses."""

from autogen import ConversableAgent
from autogen.agentchat.group.safeguards import apply_safeguard_policy
from scenario import chat, note, raises

MODES = ("sync", "async")


def main(mode):
    def policy(**changes):
        rule = {
            "message_source": "ann",
            "message_destination": "bob",
            "check_method": "regex",
            "pattern": r"sec\w+",
            "action": "block",
            "activation_message": "no secrets",
        }
        return {"inter_agent_safeguards": {"agent_transitions": [{**rule, **changes}]}}

    def agents():
        return [
            ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"secret of {name}")
            for name in ("ann", "bob")
        ]

    for action in ("block", "mask", "warning"):
        ann, bob = agents()
        enforcer = apply_safeguard_policy(agents=[ann, bob], policy=policy(action=action))
        note(action, enforcer.check_and_act("ann", "bob", {"content": "a secret", "role": "user"}))
        note("other way", enforcer.check_and_act("bob", "ann", "a secret"))
        chat(ann, bob, message="my secret", max_turns=1)
    for changes in ({"pattern": "("}, {"action": None}, {"check_method": "x"}, {"message_source": "zoe"}):
        with raises(str(changes), ValueError):
            apply_safeguard_policy(agents=agents(), policy=policy(**changes))
