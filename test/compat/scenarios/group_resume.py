"""resume and a_resume with a list and a text, last_agent and message; messages_to_string and back."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import call, note, raises, record

MODES = ("sync", "async")

EARLIER = [
    {"content": "start", "role": "user", "name": "ann"},
    {"content": "bob spoke", "role": "user", "name": "bob"},
    {"content": "TERMINATE", "role": "user", "name": "carl"},
]


def fresh():
    agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} goes on")
        for name in ("ann", "bob", "carl")
    ]
    group = GroupChat(agents=agents, messages=[], max_round=6, speaker_selection_method="round_robin")
    return agents, group, GroupChatManager(group, llm_config=False, name="manager")


def main(mode):
    agents, group, manager = fresh()
    last, message = call(manager, "resume", messages=[dict(one) for one in EARLIER[:2]])
    note("last", [last, message])
    note("group", group.messages)
    record(*agents, manager)
    result = call(last, "initiate_chat", manager, message=message, clear_history=False)
    note("result", result.chat_history)
    note("group", group.messages)
    text = manager.messages_to_string(group.messages)
    note("text", text)
    note("back", manager.messages_from_string(text))
    agents, group, manager = fresh()
    note("from a text", call(manager, "resume", messages=text))
    for remove in ("TERMINATE", lambda last: last.replace("TERM", "")):
        agents, group, manager = fresh()
        note(
            "termination word",
            call(manager, "resume", messages=[dict(one) for one in EARLIER], remove_termination_string=remove),
        )
        note("group", group.messages)
    agents, group, manager = fresh()
    with raises("not silent"):
        note("silent=False", call(manager, "resume", messages=[dict(one) for one in EARLIER[:2]], silent=False))
    with raises("a name that nobody has"):
        call(manager, "resume", messages=[{"content": "x", "role": "user", "name": "nobody"}])
    with raises("no messages"):
        call(manager, "resume", messages=[])
    with raises("a broken text"):
        call(manager, "resume", messages="{broken")
    with raises("another type"):
        call(manager, "resume", messages=5)
    with raises("a message without name"):
        call(manager, "resume", messages=[{"content": "x", "role": "user"}])
