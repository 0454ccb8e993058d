"""func_call_filter: a suggested call goes to a member that can execute it, whatever the method says."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, function_call, llm_config, note, raises, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def double(x: int) -> int:
        return 2 * x

    for case, settings, reply in (
        ("tools", {}, tool_calls(("double", {"x": 4}))),
        ("functions", {}, function_call("double", {"x": 4})),
        ("nobody can", {}, tool_calls(("other", {}))),
        ("switched off", {"func_call_filter": False}, tool_calls(("double", {"x": 4}))),
    ):
        ann = ConversableAgent(
            "ann", llm_config=llm_config("ann is done", name=f"ann_{case[:4]}"), human_input_mode="NEVER"
        )
        asker = ConversableAgent(
            "asker", llm_config=llm_config(reply, "asker is done", name=f"asker_{case[:4]}"), human_input_mode="NEVER"
        )
        doer = ConversableAgent(
            "doer",
            llm_config=False,
            human_input_mode="NEVER",
            function_map={"double": double},
            default_auto_reply="nothing to do",
        )
        group = GroupChat(
            agents=[ann, asker, doer], messages=[], max_round=4, speaker_selection_method="round_robin", **settings
        )
        with raises(case):
            chat(ann, GroupChatManager(group, llm_config=False), message=case)
        note(case, group.messages)
        record(doer)
