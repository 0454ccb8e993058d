"""ReliableTool whose function keeps failing, whose runner only talks, and whose verdicts cannot be read."""

from autogen.tools.experimental import ReliableTool
from scenario import Endless, call, hide_prompts, llm_config, note, note_talks, tool_calls

MODES = ("sync", "async")

TASK = "How large is it?"


def area(width: int) -> int:
    """Compute an area."""
    if width < 0:
        raise ValueError("A width is positive.")
    return width * width


def attempt(width):
    return tool_calls(("execute_area", {"hypothesis": "so", "width": width}))


def main(mode):
    def ask(key, said, verdict=""):
        hide_prompts("runner", TASK, "A width is positive.", descriptions=True)
        hide_prompts("validator", TASK, "16", descriptions=True)
        tool = ReliableTool(
            "Area",
            area,
            runner_llm_config=llm_config(Endless(said), name="runner"),
            validator_llm_config=llm_config(Endless(verdict), name="validator"),
            max_tool_invocations=2,
        )
        details = call(tool, "run_and_get_details", TASK)
        note(key, [details.is_overall_successful, [one.error for one in details.final_tool_context.attempts]])
        note_talks()

    ask("errors", attempt(-1))
    ask("talk", "Sixteen, I say.")
    ask("a verdict that is not JSON", attempt(4), "Fine.")
