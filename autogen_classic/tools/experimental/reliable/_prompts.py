"""What the models of a reliable tool are told."""

from __future__ import annotations

__all__ = ("HYPOTHESIS_DESCRIPTION", "REMINDER", "get_runner_prompt", "get_validator_prompt")

HYPOTHESIS_DESCRIPTION = (
    "Why these arguments should do the task: what you expect the call to return. After a failed attempt, say what you "
    "changed."
)

REMINDER = "\n\nNothing has been done yet. Call the tool {tool} with arguments for the task; do not answer in words."


def get_runner_prompt(task: str, agent_system_message: str, internal_tool_name: str) -> str:
    """What the runner is told.

    Args:
        task: the task.
        agent_system_message: what the program adds.
        internal_tool_name: the name of the function for the model.
    """
    return (
        f"You do one task by calling the tool `{internal_tool_name}`.\n\nTask:\n{task}\n\n{agent_system_message}\n\n"
        f"Each of your turns is exactly one call of `{internal_tool_name}`, with a hypothesis of what it will return. "
        "Somebody else checks the result. If a call fails or its result is rejected, read why, and call the tool again "
        "with better arguments."
    )


def get_validator_prompt(
    task: str, base_validator_system_message: str, dynamic_validation_addition: str | None = None
) -> str:
    """What the validator is told.

    Args:
        task: the task.
        base_validator_system_message: what the program adds.
        dynamic_validation_addition: what this call adds.
    """
    added = f"\n\nFor this task also check:\n{dynamic_validation_addition}" if dynamic_validation_addition else ""
    return (
        f"You check whether the result of a tool does a task.\n\nTask:\n{task}\n\n"
        f"{base_validator_system_message}{added}\n\nAnswer with validation_result: true if the result does the task, "
        "otherwise false; and with a justification that tells the one who calls the tool what to change."
    )
