"""A captain with a library of tools: an expert's program calls one of them."""

from pathlib import Path

from autogen import UserProxyAgent
from autogen.agentchat.contrib.captainagent import CaptainAgent
from scenario import chat, hide_prompts, llm_config, mask_tool, note, note_talks, tool_calls

MODES = ("sync", "async")


def main(mode):
    folder = Path("library/sums")
    folder.mkdir(parents=True)
    (folder / "double.py").write_text('def double(n: int) -> int:\n    """Double."""\n    return 2 * n\n')
    (folder.parent / "tool_description.tsv").write_text("path\tdocument_content\nsums/double\tDOUBLES\n")
    mask_tool(CaptainAgent.AUTOBUILD_TOOL)
    hide_prompts("captain", "DOUBLES", "What is 21 doubled?", "exitcode: 0", "42")
    call = {"group_name": "adders", "building_task": "Who doubles.", "execution_task": "Double 21."}
    config = llm_config(
        tool_calls(("seek_experts_help", call)),
        *("Ann", "SYSTEM", "Doubles."),
        "TERMINATE",
        "REPORT",
        "TERMINATE",
        "ANSWER",
        name="captain",
    )
    nested = {"group_chat_config": {"speaker_selection_method": "round_robin"}}
    captain = CaptainAgent("captain", llm_config=config, nested_config=nested, tool_lib=str(folder.parent))
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    chat(user, captain, message="What is 21 doubled?", max_turns=1)
    note_talks()
    note("tools", captain.executor.tool_history)
