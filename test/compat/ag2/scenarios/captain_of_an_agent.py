"""A captain that is asked by an agent which is not a UserProxyAgent."""

from autogen import ConversableAgent
from autogen.agentchat.contrib.captainagent import CaptainAgent
from scenario import chat, hide_prompts, llm_config, mask_tool, note, note_talks

MODES = ("sync", "async")


def main(mode):
    mask_tool(CaptainAgent.AUTOBUILD_TOOL)
    hide_prompts("captain", "What is the sum?")
    captain = CaptainAgent("captain", llm_config=llm_config("42 TERMINATE", "ANSWER", name="captain"))
    asker = ConversableAgent("asker", llm_config=False, human_input_mode="NEVER")
    chat(asker, captain, message="What is the sum?", max_turns=1)
    note_talks()
    note("inner messages", len(captain.assistant.chat_messages[captain.executor]))
