"""Two agents of one name run, unknown speakers and empty groups; names with spaces; admin_name."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, raises


def speaker(name, says):
    return ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=says)


def main(mode):
    twins = [speaker("ann", "first ann"), speaker("ann", "second ann"), speaker("bob b", "bob")]
    group = GroupChat(agents=twins, messages=[], max_round=4, speaker_selection_method="round_robin")
    with raises("two of one name, round_robin"):
        chat(twins[0], GroupChatManager(group, llm_config=False), message="start")
        note("messages", group.messages)
    group = GroupChat(agents=twins, messages=[], max_round=3)
    with raises("two of one name, auto"):
        chat(twins[0], GroupChatManager(group, llm_config=llm_config("ann", "bob b", name="m")), message="start")
        note("messages", group.messages)
    for raise_on_conflict in (False, True):
        with raises(f"by name, conflict {raise_on_conflict}"):
            note("by name", group.agent_by_name("ann", raise_on_name_conflict=raise_on_conflict)._default_auto_reply)
    outsider = speaker("outsider", "out")
    group = GroupChat(agents=twins, messages=[], max_round=3, speaker_selection_method="round_robin")
    with raises("an outsider starts"):
        chat(outsider, GroupChatManager(group, llm_config=False), message="from outside")
        note("messages", group.messages)
    with raises("a wrong method"):
        group = GroupChat(agents=twins, messages=[], max_round=3, speaker_selection_method="nonsense")
        chat(twins[0], GroupChatManager(group, llm_config=False), message="start")
    with raises("an empty group"):
        group = GroupChat(agents=[], messages=[], max_round=3)
        chat(outsider, GroupChatManager(group, llm_config=False), message="start")
    with raises("two members, auto"):
        group = GroupChat(agents=twins[1:], messages=[], max_round=3)
        chat(twins[1], GroupChatManager(group, llm_config=llm_config("bob b", "ann", name="m2")), message="start")
    with raises("auto without a model"):
        group = GroupChat(agents=[speaker("x", "x"), speaker("y", "y"), speaker("z", "z")], messages=[], max_round=3)
        chat(group.agents[0], GroupChatManager(group, llm_config=False), message="start")
    with raises("interrupted by the admin"):

        class Interrupting(ConversableAgent):
            def generate_reply(self, messages=None, sender=None):
                raise KeyboardInterrupt

        group = GroupChat(
            agents=[speaker("x", "x"), Interrupting("i", llm_config=False), speaker("Admin", "admin")],
            messages=[],
            max_round=4,
            speaker_selection_method="round_robin",
        )
        chat(group.agents[0], GroupChatManager(group, llm_config=False), message="start")
        note("messages", group.messages)
