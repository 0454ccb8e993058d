"""What a stream hears of a policy: that it is loaded, what it checks and finds, and what it does."""

from autogen import ConversableAgent
from autogen.agentchat.group.safeguards import apply_safeguard_policy
from autogen.io import IOStream
from scenario import EventStream, call, note


def main(mode):
    def talk(case, action, **more):
        note("case", case)
        ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
        bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="fine")
        rule = {"message_source": "ann", "message_destination": "bob", "check_method": "regex", "pattern": "secret"}
        policy = {"inter_agent_safeguards": {"agent_transitions": [{**rule, "action": action, **more}]}}
        with IOStream.set_default(EventStream()):
            apply_safeguard_policy(agents=[ann, bob], policy=policy)
            call(ann, "initiate_chat", bob, message="the secret is out", max_turns=1)
            call(ann, "initiate_chat", bob, message="nothing", max_turns=1)

    talk("mask", "mask")
    talk("block", "block", activation_message="Not that.")
    talk("warning", "warning")
