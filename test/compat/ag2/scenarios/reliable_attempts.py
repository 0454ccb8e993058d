"""ReliableTool: a result is rejected, a call fails, and a third one is accepted; what both models are told besides."""

import json

from autogen.tools.experimental import ReliableTool
from scenario import call, hide_prompts, llm_config, note, note_talks, tool_calls

MODES = ("sync", "async")

TASK = "How large is a field of 3 by 2?"
OF_ONE_RUN_ONLY = {"final_tool_context": {"start_time": True, "attempts": {"__all__": {"timestamp"}}}}


def area(width: int, height: int = 2) -> int:
    """Compute an area."""
    if width < 0:
        raise ValueError("A width is positive.")
    return width * height


def verdict(is_good, why):
    return json.dumps({"validation_result": is_good, "justification": why})


def attempt(hypothesis, **arguments):
    return tool_calls(("execute_area", {"hypothesis": hypothesis, **arguments}))


def main(mode):
    facts = ("A field is flat.", "Earlier words.", "Use metres.", "Be strict.", "It is even.")
    outcomes = ("Result 40", "A width is positive.", "Too large.", "Good.", "40", "6")
    hide_prompts("runner", TASK, *facts, *outcomes, descriptions=True)
    hide_prompts("validator", TASK, *facts, *outcomes, descriptions=True)
    tool = ReliableTool(
        "Area",
        area,
        runner_llm_config=llm_config(
            attempt("about 40", width=20), attempt("it turns", width=-3), attempt("six", width=3), name="runner"
        ),
        validator_llm_config=llm_config(verdict(False, "Too large."), verdict(True, "Good."), name="validator"),
        system_message_addition_for_tool_calling="Use metres.",
        system_message_addition_for_result_validation="Be strict.",
        messages=[{"role": "user", "content": "Earlier words."}],
        ground_truth=["A field is flat."],
    )
    details = call(tool, "run_and_get_details", TASK, validation_prompt_addition="It is even.")
    note("details", details.model_dump(exclude=OF_ONE_RUN_ONLY))
    note("result", details.final_tool_context.get_final_result_data())
    note_talks()
