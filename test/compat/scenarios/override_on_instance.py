"""Methods replaced on an instance, and patched on the class from outside."""

from unittest import mock

from autogen import ConversableAgent
from scenario import chat, note, record


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="again")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="ok")
    real = bob.receive
    bob.receive = lambda message, sender, request_reply=None, silent=False: (
        note("bob.receive", message),
        real(message, sender, request_reply, silent),
    )[1]
    bob.generate_reply = lambda messages, sender: f"instance: {messages[-1]['content']}"
    chat(ann, bob, message="on the instance", max_turns=1)
    del bob.receive, bob.generate_reply
    with mock.patch(
        "autogen.agentchat.conversable_agent.ConversableAgent.generate_reply", return_value="from the patch"
    ) as patched:
        chat(ann, bob, message="on the class", max_turns=1)
        note("called with", [sorted(patched.call_args.kwargs), len(patched.call_args.args)])
    with mock.patch.object(ConversableAgent, "_print_received_message") as printed:
        chat(ann, bob, message="printing is patched", max_turns=1)
        note(
            "printed",
            [
                [str(arg) if isinstance(arg, str) else plain(arg) for arg in call.args] + [sorted(call.kwargs)]
                for call in printed.call_args_list
            ],
        )
    sent = []
    original = ConversableAgent.send

    def send(self, message, recipient, request_reply=None, silent=False):
        sent.append([self.name, message, request_reply, silent])
        return original(self, message, recipient, request_reply, silent)

    with mock.patch.object(ConversableAgent, "send", send):
        chat(ann, bob, message="send is patched", max_turns=2)
    note("sent", sent)
    with mock.patch.object(ConversableAgent, "initiate_chat", return_value="no chat"):
        note("initiate_chat", ann.initiate_chat(bob, message="x"))
    record(ann)


def plain(message):
    return message.name if hasattr(message, "name") else message
