"""The function that the runner of a reliable tool calls, which remembers each attempt."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from ...._core.callables import is_asynchronous
from ....agentchat.conversable_agent import ConversableAgent
from ....agentchat.group.context_variables import ContextVariables
from ....agentchat.group.reply_result import ReplyResult
from ....agentchat.group.targets.transition_target import AgentTarget, TerminateTarget
from ....function_utils import serialize_to_str
from ...tool import Tool
from ._prompts import HYPOTHESIS_DESCRIPTION
from ._record import ExecutionAttempt

__all__ = ("reliable_function_wrapper",)

_OWN = {"hypothesis": Annotated[str, HYPOTHESIS_DESCRIPTION], "context_variables": ContextVariables}


def reliable_function_wrapper(
    tool_function: Callable[..., Any],
    validator: ConversableAgent,
    runner: ConversableAgent,
    context_variables_key: str,
    *,
    max_tool_invocations: int = 3,
) -> Callable[..., Any]:
    """Make the function that the runner calls.

    Args:
        tool_function: the function or tool that does the work.
        validator: who looks at its result.
        runner: who hears of its errors.
        context_variables_key: where the variables of the group hold the `ReliableToolContext`.
        max_tool_invocations: after how many calls an error ends the group.

    Returns:
        A function with the parameters of the function, ``hypothesis`` and ``context_variables``, which returns a
        `ReplyResult`; it is asynchronous if the function is.
    """
    tool = tool_function if isinstance(tool_function, Tool) else Tool(func_or_tool=tool_function)
    run = tool.run_by(runner)
    parameters = [
        parameter
        for parameter in inspect.signature(run).parameters.values()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]

    def begin(context_variables: ContextVariables, hypothesis: str, arguments: dict[str, Any]) -> ExecutionAttempt:
        given = {parameter.name: arguments.get(parameter.name, parameter.default) for parameter in parameters}
        attempt = ExecutionAttempt(attempt_kwargs=given, hypothesis=hypothesis)
        context_variables[context_variables_key].attempts.append(attempt)
        return attempt

    def returned(attempt: ExecutionAttempt, result: object) -> ReplyResult:
        attempt.result_data, attempt.result_str = result, serialize_to_str(result)
        return ReplyResult(message=attempt.result_str, target=AgentTarget(validator))

    def failed(attempt: ExecutionAttempt, error: Exception, context_variables: ContextVariables) -> ReplyResult:
        attempt.error = f"{type(error).__name__}: {error}"
        was_last = context_variables[context_variables_key].attempt_count >= max_tool_invocations
        target = TerminateTarget() if was_last else AgentTarget(runner)
        return ReplyResult(message=f"Function execution failed with error: {attempt.error}.", target=target)

    def call(hypothesis: str, context_variables: ContextVariables, **arguments: Any) -> ReplyResult:
        attempt = begin(context_variables, hypothesis, arguments)
        try:
            return returned(attempt, run(**arguments))
        except Exception as error:
            return failed(attempt, error, context_variables)

    async def a_call(hypothesis: str, context_variables: ContextVariables, **arguments: Any) -> ReplyResult:
        attempt = begin(context_variables, hypothesis, arguments)
        try:
            return returned(attempt, await run(**arguments))
        except Exception as error:
            return failed(attempt, error, context_variables)

    return _with_parameters(a_call if is_asynchronous(run) else call, parameters)


def _with_parameters(function: Callable[..., Any], parameters: list[inspect.Parameter]) -> Callable[..., Any]:
    """A function that shows these parameters and its own."""
    own = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in _OWN.items()]
    shown = [*(parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in parameters), *own]
    function.__signature__ = inspect.Signature(shown, return_annotation=ReplyResult)  # type: ignore[attr-defined]
    return function
