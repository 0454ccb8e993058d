"""What a reliable tool has tried, and how it went."""

from __future__ import annotations

import time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = (
    "ExecutionAttempt",
    "ReliableToolContext",
    "SuccessfulExecutionParameters",
    "ToolExecutionDetails",
    "ValidationResult",
)


class ValidationResult(BaseModel):
    """What the validator says of a result.

    Attributes:
        validation_result: whether it does what the task asks for.
        justification: why.
    """

    validation_result: bool
    justification: str

    def format(self) -> str:
        """The message of the validator."""
        return self.model_dump_json()


class ExecutionAttempt(BaseModel):
    """One call of the function.

    Attributes:
        timestamp: when it began, in seconds since 1970.
        attempt_args: the arguments by position.
        attempt_kwargs: the arguments by name.
        hypothesis: why the model expected this call to do the task.
        error: the error that the function raised.
        result_data: what it returned.
        result_str: the same as text.
        validation: what the validator said.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    timestamp: float = Field(default_factory=time.time)
    attempt_args: list[Any] = Field(default_factory=list)
    attempt_kwargs: dict[str, Any] = Field(default_factory=dict)
    hypothesis: str | None = None
    error: str | None = None
    result_data: Any | None = None
    result_str: str | None = None
    validation: ValidationResult | None = None

    @property
    def did_execute_successfully(self) -> bool:
        """Whether the function returned."""
        return self.error is None

    @property
    def did_validate_successfully(self) -> bool:
        """Whether the validator accepted the result."""
        return self.validation is not None and self.validation.validation_result


class ReliableToolContext(BaseModel):
    """All attempts at a task.

    Attributes:
        task: the task.
        reliable_tool_name: the name of the tool.
        start_time: when it began, in seconds since 1970.
        dynamic_validation_input: what the validator is told besides.
        attempts: the calls of the function so far.
        initial_messages: what both models read first.
        initial_ground_truth: facts that both models can rely on.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    task: str
    reliable_tool_name: str
    start_time: float = Field(default_factory=time.time)
    dynamic_validation_input: str | None = None
    attempts: list[ExecutionAttempt] = Field(default_factory=list)
    initial_messages: list[dict[str, Any]] | None = None
    initial_ground_truth: list[str] | None = None

    @property
    def attempt_count(self) -> int:
        """How often the function was called."""
        return len(self.attempts)

    @property
    def latest_attempt(self) -> ExecutionAttempt | None:
        """The last call, or None."""
        return self.attempts[-1] if self.attempts else None

    @property
    def is_complete_and_successful(self) -> bool:
        """Whether the last call returned what the validator accepted."""
        latest = self.latest_attempt
        return latest is not None and latest.did_execute_successfully and latest.did_validate_successfully

    def get_final_result_data(self) -> object:
        """What the function returned; None unless the validator accepted it."""
        return self.attempts[-1].result_data if self.is_complete_and_successful else None

    def get_final_result_str(self) -> str | None:
        """The same as text."""
        return self.attempts[-1].result_str if self.is_complete_and_successful else None

    def get_failure_summary(self) -> str:
        """Why the last call did not do."""
        latest = self.latest_attempt
        if latest is None:
            return "No execution attempts were made."
        if not latest.did_execute_successfully:
            return f"Execution failed: {latest.error}"
        if latest.validation is None:
            return "Execution succeeded but was not validated."
        if not latest.did_validate_successfully:
            return f"Execution succeeded but failed validation (Justification: {latest.validation.justification})"
        return "Execution succeeded and was validated."


class SuccessfulExecutionParameters(BaseModel):
    """The arguments of the call that did.

    Attributes:
        attempt_args: those by position.
        attempt_kwargs: those by name.
    """

    attempt_args: list[Any]
    attempt_kwargs: dict[str, Any]


class ToolExecutionDetails(BaseModel):
    """How a task went.

    Attributes:
        task: the task.
        is_overall_successful: whether a result was accepted.
        failure_reason: why not.
        successful_parameters: the arguments of the call that did.
        final_tool_context: all attempts.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    task: str
    is_overall_successful: bool
    failure_reason: str | None = None
    successful_parameters: SuccessfulExecutionParameters | None = None
    final_tool_context: ReliableToolContext
