"""ReliableTool as a tool of an assistant: its result and its failure reach the model that called it."""

import json

from autogen import AssistantAgent, UserProxyAgent
from autogen.tools.experimental import ReliableTool
from scenario import chat, hide_prompts, llm_config, note_talks, record, tool_calls

MODES = ("sync", "async")


def area(width: int, height: int = 2) -> int:
    """Compute an area."""
    return width * height


def verdict(is_good, why):
    return json.dumps({"validation_result": is_good, "justification": why})


def main(mode):
    own = ("How large is 3 by 2?", "How large is the sea?", "It is even.", "Too large.", "Good.", "6", "8")
    hide_prompts("runner", *own, descriptions=True)
    hide_prompts("validator", *own, descriptions=True)
    hide_prompts("assistant", "You measure.", "Measure both.", "Too large.", "6", descriptions=True)
    calls = [tool_calls(("execute_area", {"hypothesis": "so", "width": width})) for width in (3, 4)]
    tool = ReliableTool(
        "Area",
        area,
        runner_llm_config=llm_config(*calls, name="runner"),
        validator_llm_config=llm_config(verdict(True, "Good."), verdict(False, "Too large."), name="validator"),
        max_tool_invocations=1,
        enable_dynamic_validation=True,
    )
    model = llm_config(
        tool_calls(("Area", {"task": "How large is 3 by 2?", "validation_prompt_addition": "It is even."})),
        tool_calls(("Area", {"task": "How large is the sea?"})),
        "Both are measured. TERMINATE",
        name="assistant",
    )
    assistant = AssistantAgent("assistant", system_message="You measure.", llm_config=model)
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    tool.register_for_llm(assistant)
    tool.register_for_execution(user)
    chat(user, assistant, message="Measure both.", max_turns=3)
    note_talks()
    record(assistant)
