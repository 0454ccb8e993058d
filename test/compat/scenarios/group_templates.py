"""The templates of selection as texts and functions, role_for_select_speaker_messages, transforms, and no prompt
at all.
"""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, raises

MODES = ("sync", "async")


def main(mode):
    agents = [
        ConversableAgent(
            name,
            description=f"{name}!",
            llm_config=False,
            human_input_mode="NEVER",
            default_auto_reply=f"{name} speaks",
        )
        for name in ("ann", "bob", "carl")
    ]

    def run(case, *answers, **settings):
        with raises(case):
            group = GroupChat(agents=agents, messages=[], max_round=3, **settings)
            chat(
                agents[0],
                GroupChatManager(group, llm_config=llm_config(*answers, name=case.replace(" ", "_"))),
                message="start",
            )
            note(case, [message["name"] for message in group.messages])

    run(
        "texts",
        "nobody",
        "bob or carl",
        "bob",
        "carl",
        select_speaker_message_template="Roles: {roles}. Choose from {agentlist}.",
        select_speaker_prompt_template="Now: {agentlist}",
        select_speaker_auto_multiple_template="Too many: {agentlist}",
        select_speaker_auto_none_template="None of {agentlist}",
    )
    run(
        "functions",
        "bob",
        "carl",
        select_speaker_message_template=lambda group: f"{len(group.agents)} agents, {len(group.messages)} messages",
    )
    run("no prompt", "bob", "carl", select_speaker_prompt_template=None)
    run("role user", "bob", "carl", role_for_select_speaker_messages="user")
    run("role assistant", "bob", "carl", role_for_select_speaker_messages="assistant")
    run("empty message template", "bob", "carl", select_speaker_message_template="")
    run("empty role", "bob", "carl", role_for_select_speaker_messages="")
    run("negative retries", "bob", "carl", max_retries_for_selecting_speaker=-1)
