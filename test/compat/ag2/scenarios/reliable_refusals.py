"""ReliableTool that cannot be made."""

from autogen.tools.experimental import ReliableTool
from scenario import llm_config, note, raises


def area(width: int) -> int:
    """Compute an area."""
    return width * width


def bare(width):
    return width


def model():
    return llm_config(name="model")


def main(mode):
    for key, settings in {
        "no runner": {"runner_llm_config": None},
        "no validator": {"validator_llm_config": None},
        "a runner that is False": {"runner_llm_config": False},
        "not a function": {"func_or_tool": "area"},
        "without annotations": {"func_or_tool": bare},
    }.items():
        with raises(key):
            given = {"func_or_tool": area, "runner_llm_config": model(), "validator_llm_config": model(), **settings}
            ReliableTool("Area", **given)
    tool = ReliableTool("Area", area, model(), model(), "How large", enable_dynamic_validation=True)
    note("dynamic", tool.function_schema["parameters"]["required"])
    note("properties", sorted(tool.function_schema["parameters"]["properties"]))
    note("described", [tool.name, tool.description])
    note("described by the function", ReliableTool("Area", area, model(), model()).description)
    note("prefix", ReliableTool.INTERNAL_TOOL_NAME_PREFIX)
