"""A captain calls in a group, which is built once, runs code, and works again in a second call; then it sums up."""

from autogen import UserProxyAgent
from autogen.agentchat.contrib.captainagent import AgentBuilder, CaptainAgent
from autogen.agentchat.contrib.captainagent.captainagent import CaptainUserProxyAgent
from scenario import chat, hide_prompts, llm_config, mask, mask_tool, note, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    for owner in (AgentBuilder, CaptainUserProxyAgent):
        for name in dir(owner):
            text = getattr(owner, name)
            if name.isupper() and isinstance(text, str):
                mask(name, text)
    mask_tool(CaptainAgent.AUTOBUILD_TOOL)
    first = {"group_name": "adders", "building_task": "People who add.", "execution_task": "Add 40 and 2."}
    again = {"group_name": "adders", "building_task": "Others.", "execution_task": "Check the sum."}
    hide_prompts("captain", *first.values(), *again.values(), "What is the sum?", "SYSTEM 1", "SYSTEM 2", "SUMMED 1")
    config = llm_config(
        tool_calls(("seek_experts_help", first)),
        *("Ann_Adder, Bob_Checker", "SYSTEM 1", "SYSTEM 2", "Adds.", "Checks."),
        "I agree: SUMMED 1",
        "TERMINATE",
        "REPORT 1",
        tool_calls(("seek_experts_help", again)),
        "Once more.",
        "TERMINATE",
        "REPORT 2",
        "It is 42. TERMINATE",
        "ANSWER",
        name="captain",
    )
    captain = CaptainAgent(
        "captain",
        llm_config=config,
        nested_config={"group_chat_config": {"speaker_selection_method": "round_robin"}},
    )
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    chat(user, captain, message="What is the sum?", max_turns=1)
    record(user, captain, captain.assistant, captain.executor)
    note("groups", captain.executor.build_history)
    note("built", captain.executor.build_times)
