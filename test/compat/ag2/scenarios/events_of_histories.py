"""What a stream with a send of its own hears of forgotten and resumed histories, and of what was spent."""

from autogen import ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from autogen.io import IOStream
from scenario import EventStream, call, llm_config, note, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def talk(case, *answers, rounds=4, order=None):
        note("case", case)
        ann, bob = agent("ann", "ann 1", "ann 2", "ann 3"), agent("bob", "bob 1", "bob 2", "bob 3")
        user = UserProxyAgent("user", human_input_mode="ALWAYS", code_execution_config=False)
        group = GroupChat(
            agents=[user, ann, bob],
            messages=[],
            max_round=rounds,
            enable_clear_history=True,
            speaker_selection_method="round_robin",
        )
        manager = GroupChatManager(group, llm_config=False)
        with IOStream.set_default(EventStream(*answers)):
            call(user, "initiate_chat", manager, message="go")
        note("left", [len(group.messages), len(ann.chat_messages[manager]), len(bob.chat_messages[manager])])
        return ann, bob, group, manager

    talk("everything", "please CLEAR HISTORY now", "exit")
    talk("all but some", "CLEAR HISTORY 2.", "exit")
    talk("of one agent", "CLEAR HISTORY ann", "exit")
    talk("of one agent but one", "CLEAR HISTORY ann 1", "exit")
    ann, bob, _, manager = talk("nothing", "exit")

    note("case", "resume")
    with IOStream.set_default(EventStream()):
        messages = [
            {"role": "user", "content": "go", "name": "user"},
            {"role": "user", "content": "I am ann", "name": "ann"},
        ]
        call(manager, "resume", messages=messages)
        call(manager, "resume", messages=messages, silent=True)

    note("case", "one history")
    calls = tool_calls(("add", {"a": 1}), content="I add")
    with IOStream.set_default(EventStream()):
        ann.send("hi", bob, request_reply=False)
        bob.send({"role": "assistant", **calls}, ann, request_reply=False)
        answer = {"role": "tool", "content": "1", "tool_responses": [{"tool_call_id": "call_1", "content": "1"}]}
        ann.send(answer, bob, request_reply=False)
        bob.clear_history(nr_messages_to_preserve=1)
        note("kept", len(bob.chat_messages[ann]))
        ann.clear_history(bob)
        ann.clear_history()
