"""ReliableTool whose results are rejected until it gives up, and calls that never reach its function."""

import json

from autogen.tools.experimental import ReliableTool, ReliableToolError
from scenario import call, hide_prompts, llm_config, note, note_talks, raises, tool_calls

MODES = ("sync", "async")

TASK = "How large is it?"
OF_ONE_RUN_ONLY = {"final_tool_context": {"start_time": True, "attempts": {"__all__": {"timestamp"}}}}


def area(width: int) -> int:
    """Compute an area."""
    if width < 0:
        raise ValueError("A width is positive.")
    return width * width


def attempt(**arguments):
    return tool_calls(("execute_area", {"hypothesis": "so", **arguments}))


def verdict(is_good, why):
    return json.dumps({"validation_result": is_good, "justification": why})


def main(mode):
    own = ("A width is positive.", "Too large.", "Still too large.")

    def ask(key, calls, verdicts, method="run_and_get_details", **settings):
        hide_prompts("runner", TASK, *own, descriptions=True)
        hide_prompts("validator", TASK, "16", "9", descriptions=True)
        tool = ReliableTool(
            "Area",
            area,
            runner_llm_config=llm_config(*calls, name="runner"),
            validator_llm_config=llm_config(*verdicts, name="validator"),
            **{"max_tool_invocations": 2, **settings},
        )
        outcome = call(tool, method, TASK)
        note(key, outcome.model_dump(exclude=OF_ONE_RUN_ONLY) if hasattr(outcome, "model_dump") else outcome)
        note_talks()

    rejected = [verdict(False, "Too large."), verdict(False, "Still too large.")]
    ask("rejected", [attempt(width=4), attempt(width=3)], rejected)
    with raises("rejected, as a result", ReliableToolError, message=True):
        ask("never", [attempt(width=4), attempt(width=3)], rejected, method="run")
    ask("once", [attempt(width=4)], [verdict(False, "Too large.")], max_tool_invocations=1)
    two_at_once = tool_calls(*[("execute_area", {"hypothesis": "so", "width": width}) for width in (3, 4)])
    ask("two at once", [two_at_once], [verdict(True, "Good.")])
    broken = [attempt(), attempt(width="wide"), tool_calls(("execute_area", "{")), attempt(width="4")]
    ask("broken calls first", broken, [verdict(True, "Good.")], max_tool_invocations=3)
