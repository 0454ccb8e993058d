"""Allowed and disallowed transitions, strangers in the graph, dead ends, and settings that contradict each other."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, raises

MODES = ("sync", "async")


def main(mode):
    ann, bob, carl = agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob", "carl")
    ]
    stranger = ConversableAgent("stranger", llm_config=False)

    def run(case, transitions, kind="allowed", method="round_robin", **settings):
        with raises(case):
            group = GroupChat(
                agents=agents,
                messages=[],
                max_round=6,
                speaker_selection_method=method,
                speaker_transitions_type=kind,
                allowed_or_disallowed_speaker_transitions=transitions,
                **settings,
            )
            note(f"{case}: graph", group.allowed_speaker_transitions_dict)
            chat(
                ann,
                GroupChatManager(group, llm_config=llm_config("carl", "ann", "bob", "carl", name=f"m{len(case)}")),
                message="start",
                silent=True,
            )
            note(f"{case}: spoke", [message["name"] for message in group.messages])

    run("allowed", {ann: [carl], carl: [bob], bob: [ann]})
    run("disallowed", {ann: [bob, ann], carl: [carl], bob: [bob]}, "disallowed")
    run("dead end", {ann: [bob], bob: []})
    run("dead end for auto", {ann: [bob], bob: []}, method="auto")
    run("one choice for auto", {ann: [bob], bob: [carl], carl: [ann]}, method="auto")
    run("two choices for auto", {ann: [bob, carl], bob: [ann], carl: [ann, bob]}, method="auto")
    run("stranger as key", {stranger: [ann]})
    run("stranger as value", {ann: [stranger, bob], bob: [ann]})
    run("missing key", {ann: [bob], bob: [ann]})
    run("with allow_repeat_speaker", {ann: [bob]}, allow_repeat_speaker=False)
    run("an empty graph", {})
    with raises("type without a graph"):
        GroupChat(agents=agents, messages=[], speaker_transitions_type="allowed")
    with raises("graph without a type"):
        GroupChat(agents=agents, messages=[], allowed_or_disallowed_speaker_transitions={ann: [bob]})
    with raises("a wrong type"):
        GroupChat(
            agents=agents,
            messages=[],
            allowed_or_disallowed_speaker_transitions={ann: [bob]},
            speaker_transitions_type="perhaps",
        )
    with raises("no list as value"):
        GroupChat(
            agents=agents,
            messages=[],
            allowed_or_disallowed_speaker_transitions={ann: bob},
            speaker_transitions_type="allowed",
        )
