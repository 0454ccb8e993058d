"""What the model of the optimizer is told, and the tools by which it answers."""

from __future__ import annotations

from typing import Any

__all__ = ("ADD_FUNC", "OPT_PROMPT", "REMOVE_FUNC", "REVISE_FUNC")

OPT_PROMPT = """You look after the functions of an assistant. It solves problems of its user, and calls a function \
where one helps. You decide which functions it has: after some conversations you add, revise or remove functions, so \
that the next conversations go better.

# The best functions so far
{best_functions}

# {best_conversations_num} conversations with them
{best_conversations_history}

# How these conversations went
{statistic_informations}

# The functions as they are now, with the changes of this round
{incumbent_functions}

# Functions that did worse, with the share of satisfied users
{accumulated_experience}

# What to do
You may make {actions_num} more changes. Make the one that helps most, by a call of add_function, revise_function or \
remove_function. If none is needed, answer with the one word TERMINATE and no call.

- Read the conversations for what went wrong, or was done by hand again and again, and serve whole classes of \
problems: a function that fits a single one is of no use.
- Write plain Python. A function stands alone: its code holds all imports and helpers, reads nothing from the user, \
and returns its result. The name of the function in the code is the name that you give.
- Say in the description when to call it, and what it returns.
- Do not go back to functions that did worse. Revise a function rather than adding one that does nearly the same, and \
remove what nobody calls.
"""

_NAME = {"type": "string", "description": "The name of the function, a Python name such as solve_equation."}
_PARTS = {
    "name": _NAME,
    "description": {"type": "string", "description": "When to call the function, and what it returns."},
    "arguments": {
        "type": "string",
        "description": (
            "A JSON object with one key for each parameter and its schema as the value, such as "
            '{"radius": {"type": "number", "description": "in meters"}}. An empty object for no parameters.'
        ),
    },
    "packages": {
        "type": "string",
        "description": "The packages that the code imports and PyPI has, by commas; empty if it imports none.",
    },
    "code": {"type": "string", "description": "The Python code that defines the function, without a call of it."},
}


def _tool(name: str, description: str, parameters: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": parameters, "required": list(parameters)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


ADD_FUNC = _tool("add_function", "Add a function.", _PARTS)
REVISE_FUNC = _tool("revise_function", "Replace a function by a better version of it.", _PARTS)
REMOVE_FUNC = _tool("remove_function", "Remove a function.", {"name": _NAME})
