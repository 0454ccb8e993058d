"""A group, its manager, and a function that selects the speaker."""

from __future__ import annotations

from autogen_classic import Agent, AssistantAgent, GroupChat, GroupChatManager, UserProxyAgent

writer = AssistantAgent("writer", llm_config=False)
critic = AssistantAgent("critic", llm_config=False)
user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)


def take_turns(last_speaker: Agent, group: GroupChat) -> Agent | str | None:
    """The writer and the critic in turn; a long chat ends."""
    if len(group.messages) > 6:
        return None
    return critic if last_speaker is writer else writer


group = GroupChat(
    agents=[user, writer, critic],
    messages=[],
    max_round=8,
    speaker_selection_method=take_turns,
)
restricted = GroupChat(
    agents=[user, writer, critic],
    messages=[],
    speaker_selection_method="round_robin",
    allow_repeat_speaker=[writer],
)
graph = GroupChat(
    agents=[writer, critic],
    messages=[],
    allowed_or_disallowed_speaker_transitions={writer: [critic], critic: [writer]},
    speaker_transitions_type="allowed",
)
manager = GroupChatManager(groupchat=group, llm_config=False)
names: list[str] = group.agent_names
user.initiate_chat(manager, message="A limerick, please.")
