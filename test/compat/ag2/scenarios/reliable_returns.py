"""ReliableTool around functions that return texts, lists and models, around a Tool, and around wrong arguments."""

import json
from typing import Annotated

from autogen.tools import Tool
from autogen.tools.experimental import ReliableTool
from pydantic import BaseModel
from scenario import call, hide_prompts, llm_config, note, note_talks, tool_calls

MODES = ("sync", "async")

OF_ONE_RUN_ONLY = {"final_tool_context": {"start_time": True, "attempts": {"__all__": {"timestamp"}}}}


class Bird(BaseModel):
    name: str
    legs: int = 2


def spell(word: Annotated[str, "the word"]) -> str:
    """Spell a word."""
    return "-".join(word)


def birds(most: int) -> list[str]:
    """List birds."""
    return ["heron", "stork"][:most]


def bird(name: str, habits: dict[str, str] | None = None) -> Bird:
    """Describe a bird."""
    return Bird(name=name)


def count_letters(words: list[str]) -> int:
    """Count letters."""
    return sum(map(len, words))


def main(mode):
    def ask(function, *calls):
        hide_prompts("runner", "Do it.", "h-e-r", "heron", "Good.", descriptions=True)
        hide_prompts("validator", "Do it.", '["heron"]', '{"name":"heron","legs":2}', "h-e-r", descriptions=True)
        made = [tool_calls((name, {"hypothesis": "so", **arguments})) for name, arguments in calls]
        good = json.dumps({"validation_result": True, "justification": "Good."})
        tool = ReliableTool(
            "Worker",
            function,
            runner_llm_config=llm_config(*made, name="runner"),
            validator_llm_config=llm_config(good, name="validator"),
        )
        details = call(tool, "run_and_get_details", "Do it.")
        note("details", details.model_dump(exclude=OF_ONE_RUN_ONLY))
        note("kind", type(details.final_tool_context.get_final_result_data()).__name__)
        note_talks()

    ask(spell, ("execute_spell", {"word": "her"}))
    ask(birds, ("execute_birds", {"most": 1}))
    ask(bird, ("execute_bird", {"name": "heron", "habits": {"stands": "still"}}))
    ask(Tool(name="letters", description="COUNTS", func_or_tool=count_letters), ("execute_letters", {"words": ["a"]}))
