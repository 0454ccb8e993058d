"""A tool whose result is checked by a model before it counts.

A group of three does a task: the runner's model calls the function, the group's executor runs it, and the validator's
model says whether the result does. If it does not, the runner hears why and tries again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from pydantic import ValidationError

from ...._argument_checks import Count, Text, arguments_checked
from ...._core.callables import is_asynchronous
from ....agentchat._accounts import on_account_of
from ....agentchat.conversable_agent import ConversableAgent
from ....agentchat.group.context_variables import ContextVariables
from ....agentchat.group.multi_agent_chat import a_initiate_group_chat, initiate_group_chat
from ....agentchat.group.patterns import DefaultPattern
from ....agentchat.group.targets.function_target import FunctionTarget, FunctionTargetResult
from ....agentchat.group.targets.transition_target import AgentTarget, TerminateTarget
from ....errors import ReliableToolError
from ....function_utils import get_typed_signature
from ...dependency_injection import ChatContext, remove_params
from ...tool import Tool
from .._accounts import caller_in
from ._attempts import reliable_function_wrapper
from ._prompts import HYPOTHESIS_DESCRIPTION, REMINDER, get_runner_prompt, get_validator_prompt
from ._record import (
    ExecutionAttempt,
    ReliableToolContext,
    SuccessfulExecutionParameters,
    ToolExecutionDetails,
    ValidationResult,
)

if TYPE_CHECKING:
    from ...._core.messages import Message
    from ...._core.party import Party

__all__ = (
    "HYPOTHESIS_DESCRIPTION",
    "ExecutionAttempt",
    "ReliableTool",
    "ReliableToolContext",
    "ReliableToolError",
    "SuccessfulExecutionParameters",
    "ToolExecutionDetails",
    "ValidationResult",
    "get_runner_prompt",
    "get_validator_prompt",
    "reliable_function_wrapper",
)

Config = dict[str, Any]


class ReliableTool(Tool):
    """A tool that takes a task in words, and returns a result that a validator has accepted."""

    INTERNAL_TOOL_NAME_PREFIX = "execute_"

    @arguments_checked
    def __init__(
        self,
        name: Text,
        func_or_tool: Callable[..., Any] | Tool,
        runner_llm_config: Config | Literal[False] | None,
        validator_llm_config: Config | Literal[False] | None,
        description: str | None = None,
        system_message_addition_for_tool_calling: str = "",
        system_message_addition_for_result_validation: str = "",
        max_tool_invocations: Count = 3,
        enable_dynamic_validation: bool = False,
        messages: list[Message] | None = None,
        ground_truth: list[str] | None = None,
    ) -> None:
        """Make the tool.

        Args:
            name: its name for models.
            func_or_tool: the function that does the work, with annotated parameters; or a tool.
            runner_llm_config: the model that calls the function.
            validator_llm_config: the model that checks the result; it must know structured output.
            description: what the tool does; None takes that of the function.
            system_message_addition_for_tool_calling: what the runner is told besides.
            system_message_addition_for_result_validation: what the validator is told besides.
            max_tool_invocations: how often the function is called at most.
            enable_dynamic_validation: True gives the tool a second parameter, with what else the validator checks.
            messages: what both models read first.
            ground_truth: facts that both models can rely on.

        Raises:
            ValueError: a configuration is missing, or the function may never be called.
            TypeError: ``func_or_tool`` is neither a function nor a tool, or a parameter has no annotation.
        """
        if not isinstance(func_or_tool, Tool) and not callable(func_or_tool):
            raise TypeError(
                f"func_or_tool must be a function or a Tool, but it is of type {type(func_or_tool).__name__}."
            )
        if not runner_llm_config or not validator_llm_config:
            part = "Validator" if runner_llm_config else "Runner"
            raise ValueError(f"{part} LLM config failed validation: a {part.lower()} needs a model.")
        self._inner = func_or_tool if isinstance(func_or_tool, Tool) else Tool(func_or_tool=func_or_tool)
        self._inner.tool_schema  # noqa: B018 - which tells now of a parameter without an annotation
        self._runner_config = runner_llm_config
        self._validator_config = {**validator_llm_config, "response_format": ValidationResult}
        self._additions = (
            system_message_addition_for_tool_calling,
            system_message_addition_for_result_validation,
        )
        self._max_tool_invocations = max_tool_invocations
        self._messages, self._ground_truth = messages, ground_truth
        super().__init__(
            name=name,
            description=self._inner.description if description is None else description,
            func_or_tool=self._function_for_models(enable_dynamic_validation),
        )

    def _function_for_models(self, enable_dynamic_validation: bool) -> Callable[..., Any]:
        """The function that models call, which is asynchronous if that of the inner tool is."""

        def run(
            task: str,
            validation_prompt_addition: str | None = None,
            context_variables: ContextVariables | None = None,
            chat: ChatContext | None = None,
        ) -> object:
            owner = caller_in(chat)
            return self._result_in(self._details(owner, task, context_variables, validation_prompt_addition))

        async def a_run(
            task: str,
            validation_prompt_addition: str | None = None,
            context_variables: ContextVariables | None = None,
            chat: ChatContext | None = None,
        ) -> object:
            owner = caller_in(chat)
            return self._result_in(await self._a_details(owner, task, context_variables, validation_prompt_addition))

        function: Callable[..., Any] = a_run if is_asynchronous(self._inner.func) else run
        if not enable_dynamic_validation:
            hidden = ["validation_prompt_addition"]
            remove_params(function, get_typed_signature(function), hidden)
        return function

    # --- Running ------------------------------------------------------------------------------------------------------

    def run(
        self,
        task: str,
        context_variables: ContextVariables | None = None,
        validation_prompt_addition: str | None = None,
        messages: list[Message] | None = None,
        ground_truth: list[str] | None = None,
    ) -> object:
        """Do a task.

        Args:
            task: the task in words.
            context_variables: the variables that the function may ask for.
            validation_prompt_addition: what else the validator checks.
            messages: what both models read first; None takes those of the tool.
            ground_truth: facts that both models can rely on; None takes those of the tool.

        Returns:
            What the function returned in the call that the validator accepted.

        Raises:
            ReliableToolError: there was no such call.
        """
        details = self.run_and_get_details(task, context_variables, validation_prompt_addition, messages, ground_truth)
        return self._result_in(details)

    async def a_run(
        self,
        task: str,
        context_variables: ContextVariables | None = None,
        validation_prompt_addition: str | None = None,
        messages: list[Message] | None = None,
        ground_truth: list[str] | None = None,
    ) -> object:
        """Do a task in an event loop; see `run`."""
        details = await self.a_run_and_get_details(
            task, context_variables, validation_prompt_addition, messages, ground_truth
        )
        return self._result_in(details)

    def run_and_get_details(
        self,
        task: str,
        context_variables: ContextVariables | None = None,
        validation_prompt_addition: str | None = None,
        messages: list[Message] | None = None,
        ground_truth: list[str] | None = None,
    ) -> ToolExecutionDetails:
        """Do a task, and tell about all attempts; see `run` for the arguments.

        Returns:
            The details, also of a failure.
        """
        return self._details(None, task, context_variables, validation_prompt_addition, messages, ground_truth)

    async def a_run_and_get_details(
        self,
        task: str,
        context_variables: ContextVariables | None = None,
        validation_prompt_addition: str | None = None,
        messages: list[Message] | None = None,
        ground_truth: list[str] | None = None,
    ) -> ToolExecutionDetails:
        """Do a task in an event loop, and tell about all attempts; see `run_and_get_details`."""
        return await self._a_details(None, task, context_variables, validation_prompt_addition, messages, ground_truth)

    def _result_in(self, details: ToolExecutionDetails) -> object:
        if details.is_overall_successful:
            return details.final_tool_context.get_final_result_data()
        reason = f"ReliableTool '{self.name}' failed. Last failure: {details.failure_reason}"
        raise ReliableToolError(reason, details.final_tool_context)

    def _details(
        self, owner: Party | None, task: str, context_variables: ContextVariables | None, *told: Any
    ) -> ToolExecutionDetails:
        """Do a task at the expense of the agent whose model has asked for it; None if a program has."""
        context = self._context(task, *told)
        pattern = self._group(context, context_variables)
        with on_account_of(owner, *(agent.client for agent in pattern.agents)):
            initiate_group_chat(pattern, **self._opening(task))
        return _details_of(context)

    async def _a_details(
        self, owner: Party | None, task: str, context_variables: ContextVariables | None, *told: Any
    ) -> ToolExecutionDetails:
        context = self._context(task, *told)
        pattern = self._group(context, context_variables)
        with on_account_of(owner, *(agent.client for agent in pattern.agents)):
            await a_initiate_group_chat(pattern, **self._opening(task))
        return _details_of(context)

    # --- The group ----------------------------------------------------------------------------------------------------

    def _context(
        self,
        task: str,
        validation_prompt_addition: str | None = None,
        messages: list[Message] | None = None,
        ground_truth: list[str] | None = None,
    ) -> ReliableToolContext:
        return ReliableToolContext(
            task=task,
            reliable_tool_name=self.name,
            dynamic_validation_input=validation_prompt_addition,
            initial_messages=self._messages if messages is None else messages,
            initial_ground_truth=self._ground_truth if ground_truth is None else ground_truth,
        )

    def _opening(self, task: str) -> dict[str, Any]:
        """What is said first, and how many messages follow: three for each call, and a reminder for each, and one."""
        return {"messages": f"Do this task: {task}", "max_rounds": 2 + 4 * self._max_tool_invocations}

    def _group(self, context: ReliableToolContext, context_variables: ContextVariables | None) -> DefaultPattern:
        key = f"{self.name}_{uuid4().hex}"
        known = {} if context_variables is None else context_variables.to_dict()
        runner, validator = self._members(context, key)
        return DefaultPattern(
            initial_agent=runner,
            agents=[runner, validator],
            context_variables=ContextVariables(data={**known, key: context}),
            group_after_work=TerminateTarget(),
        )

    def _members(self, context: ReliableToolContext, key: str) -> tuple[ConversableAgent, ConversableAgent]:
        """The runner and the validator of one task."""
        internal_name = f"{self.INTERNAL_TOOL_NAME_PREFIX}{self._inner.name}"
        for_calling, for_validation = self._additions
        runner = ConversableAgent(
            f"{self.name}_Runner",
            system_message=get_runner_prompt(context.task, for_calling, internal_name),
            llm_config=self._runner_config,
            human_input_mode="NEVER",
        )
        validator = ConversableAgent(
            f"{self.name}_Validator",
            system_message=get_validator_prompt(context.task, for_validation, context.dynamic_validation_input),
            llm_config=self._validator_config,
            human_input_mode="NEVER",
        )
        wrapper = reliable_function_wrapper(
            self._inner, validator, runner, key, max_tool_invocations=self._max_tool_invocations
        )
        Tool(name=internal_name, description=self._inner.description, func_or_tool=wrapper).register_for_llm(runner)

        def remind(sender: object, message: str | Message, recipient: object, silent: object) -> str | Message:
            said = {"content": message} if isinstance(message, str) else message
            if said.get("tool_calls"):
                return message
            return {**said, "content": f"{said.get('content') or ''}{REMINDER.format(tool=internal_name)}".strip()}

        reminded: list[str] = []

        def go_on(output: str, variables: ContextVariables) -> FunctionTargetResult:
            reminded.append(output)
            is_over = len(reminded) > self._max_tool_invocations
            return FunctionTargetResult(target=TerminateTarget() if is_over else AgentTarget(runner))

        def decide(output: str, variables: ContextVariables) -> FunctionTargetResult:
            context.attempts[-1].validation = _validation_in(output)
            is_over = context.is_complete_and_successful or context.attempt_count >= self._max_tool_invocations
            return FunctionTargetResult(target=TerminateTarget() if is_over else AgentTarget(runner))

        runner.register_hook("process_message_before_send", remind)
        runner.register_hook("process_all_messages_before_reply", lambda heard: [*_known_first(context), *heard])
        runner.handoffs.set_after_work(FunctionTarget(go_on))
        validator.register_hook("process_all_messages_before_reply", lambda heard: _to_be_checked(context))
        validator.handoffs.set_after_work(FunctionTarget(decide))
        return runner, validator


def _known_first(context: ReliableToolContext) -> list[Message]:
    """What both models read before anything else."""
    facts = [
        {"role": "user", "content": f"You can rely on this: {fact}"} for fact in context.initial_ground_truth or ()
    ]
    return [*(context.initial_messages or ()), *facts]


def _to_be_checked(context: ReliableToolContext) -> list[Message]:
    """What the validator reads: the result alone, and not how it came about."""
    result = context.attempts[-1].result_str
    return [*_known_first(context), {"role": "user", "content": f"The result to check:\n{result}"}]


def _validation_in(answer: str) -> ValidationResult:
    try:
        return ValidationResult.model_validate_json(answer)
    except ValidationError:
        return ValidationResult(
            validation_result=False, justification=f"The validator's answer cannot be read: {answer!r}"
        )


def _details_of(context: ReliableToolContext) -> ToolExecutionDetails:
    succeeded = context.is_complete_and_successful
    parameters = None
    if succeeded:
        did = context.attempts[-1]
        parameters = SuccessfulExecutionParameters(attempt_args=did.attempt_args, attempt_kwargs=did.attempt_kwargs)
    return ToolExecutionDetails(
        task=context.task,
        is_overall_successful=succeeded,
        failure_reason=None if succeeded else context.get_failure_summary(),
        successful_parameters=parameters,
        final_tool_context=context,
    )
