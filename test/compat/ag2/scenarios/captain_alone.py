"""A captain whose model calls in nobody: it thinks, runs a program of its own, and thinks until its turns are over."""

from autogen import UserProxyAgent
from autogen.agentchat.contrib.captainagent import CaptainAgent
from scenario import chat, hide_prompts, llm_config, mask_tool, note_talks, record

MODES = ("sync", "async")


def main(mode):
    mask_tool(CaptainAgent.AUTOBUILD_TOOL)
    hide_prompts("captain", "What is the sum?", "I think.", "exitcode: 0 (execution succeeded)\nCode output: 42\n")
    config = llm_config(
        "I think.",
        "```python\nprint(6 * 7)\n```",
        "Thinking again.",
        "Still thinking.",
        "And thinking.",
        "ANSWER",
        name="captain",
    )
    captain = CaptainAgent(
        "captain", llm_config=config, code_execution_config={"work_dir": "code", "use_docker": False}
    )
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    chat(user, captain, message="What is the sum?", max_turns=1)
    note_talks()
    record(user, captain)
