"""ReliableTool around an asynchronous function, in an event loop."""

import asyncio
import inspect
import json

from autogen.tools.experimental import ReliableTool
from scenario import hide_prompts, llm_config, note, note_talks, tool_calls


async def area(width: int, height: int = 2) -> int:
    """Compute an area."""
    await asyncio.sleep(0)
    if width < 0:
        raise ValueError("A width is positive.")
    return width * height


def main(mode):
    hide_prompts("runner", "How large?", "A width is positive.", descriptions=True)
    hide_prompts("validator", "How large?", "6", descriptions=True)
    calls = [tool_calls(("execute_area", {"hypothesis": "so", "width": width})) for width in (-1, 3)]
    tool = ReliableTool(
        "Area",
        area,
        runner_llm_config=llm_config(*calls, name="runner"),
        validator_llm_config=llm_config(
            json.dumps({"validation_result": True, "justification": "Good."}), name="validator"
        ),
    )
    note("is asynchronous", inspect.iscoroutinefunction(tool.func))
    note("result", asyncio.run(tool.a_run("How large?")))
    note_talks()
