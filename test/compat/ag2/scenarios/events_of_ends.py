"""Who has ended a chat, as a stream hears it: a person, a limit or a message of a member, its silence, or the group."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from autogen.io import IOStream
from scenario import EventStream, call, note

MODES = ("sync", "async")


def main(mode):
    def agent(name, **settings):
        return ConversableAgent(
            name, llm_config=False, **{"human_input_mode": "NEVER", "default_auto_reply": f"I am {name}", **settings}
        )

    def talk(case, *answers, rounds=6, order="round_robin", ann=None, bob=None, **settings):
        note("case", case)
        ann, bob = agent("ann", **(ann or {})), agent("bob", **(bob or {}))
        group = GroupChat(agents=[ann, bob], messages=[], max_round=rounds, speaker_selection_method=order)
        manager = GroupChatManager(group, llm_config=False, **settings)
        with IOStream.set_default(EventStream(*answers)):
            call(ann, "initiate_chat", manager, message="go")

    talk("a person", "exit", bob={"human_input_mode": "ALWAYS"})
    talk("the person of who opened it", "exit", ann={"human_input_mode": "ALWAYS"})
    talk("a limit", bob={"max_consecutive_auto_reply": 1})
    talk("a message", bob={"is_termination_msg": lambda message: message["content"] == "go"})
    talk("the manager", is_termination_msg=lambda message: message["content"] == "I am bob")
    talk("nobody chosen", order=lambda last_speaker, groupchat: None)
    talk("nothing said", bob={"default_auto_reply": None})

    def two(case, *answers, ann=None, bob=None, **settings):
        note("case", f"two: {case}")
        with IOStream.set_default(EventStream(*answers)):
            call(agent("ann", **(ann or {})), "initiate_chat", agent("bob", **(bob or {})), message="go", **settings)

    two("a person", "exit", bob={"human_input_mode": "ALWAYS"})
    two("the person of who opened it", "exit", ann={"human_input_mode": "ALWAYS"})
    two("a limit", bob={"max_consecutive_auto_reply": 1}, ann={"max_consecutive_auto_reply": 3})
    two("a message", bob={"is_termination_msg": lambda message: message["content"] == "go"})
    two("nothing said", bob={"default_auto_reply": None})
    two("turns", max_turns=2)
