"""Agents that get better without training: a model adds, revises and removes the functions of an assistant.

After some conversations with a user, who says whether the outcome is right, a model reads them and proposes changes.
When the new functions do worse than the best so far, the best come back.
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.drive import Ask, Steps, drive, drive_async, shipped
from ..._core.messages import Message
from ..._core.tape import person_input
from ...code_utils import execute_code
from ...errors import UnusableProposalError
from ...io.base import IOStream
from ...oai.client import OpenAIWrapper
from ...oai.openai_utils import filter_config
from ._optimizer.actions import Function, apply, program_of, registrations
from ._optimizer.texts import ADD_FUNC, OPT_PROMPT, REMOVE_FUNC, REVISE_FUNC
from ._settings import check_history, check_kind

__all__ = ("ADD_FUNC", "OPT_PROMPT", "REMOVE_FUNC", "REVISE_FUNC", "AgentOptimizer", "execute_func")

logger = logging.getLogger("autogen.agentchat.contrib.agent_optimizer")

Registrations = tuple[list[dict[str, Any]], dict[str, Callable[..., str] | None]]

_ASK_WHETHER_SATISFIED = (
    "Please provide whether the user is satisfied with the solution. 1 represents satisfied. 0 represents not "
    "satisfied. Press enter to submit. \n"
)


def execute_func(name: str, packages: str, code: str, **args: Any) -> str:
    """Run a function that a model has written, in a process of its own or in Docker.

    AUTOGEN_USE_DOCKER decides where, as for `autogen_classic.code_utils.execute_code`. A process is not a sandbox.

    Args:
        name: the name of the function.
        packages: packages to install before, by commas.
        code: the code that defines it.
        **args: its arguments.

    Returns:
        A heading, and what the function printed and returned.

    Raises:
        RuntimeError: the code failed; the text holds what it printed.
    """
    return _run({"name": name, "packages": packages, "code": code}, args)


def _run(function: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """See `execute_func`; here, arguments may have any name."""
    program = program_of(function["name"], function["packages"], function["code"], arguments)
    exit_code, output, _ = execute_code(program)
    if exit_code != 0:
        raise RuntimeError(f"Error in executing function:{output}")
    return output


def _callable_of(function: Function) -> Callable[..., str]:
    return lambda **arguments: _run(function, arguments)


@dataclass(frozen=True)
class _Experience:
    """What a round of changes builds upon.

    Attributes:
        performance: the share of satisfied users since the last round.
        functions: the functions to change.
        best: the functions with which the best conversations were held.
        conversations: these conversations, by name.
        verdicts: whether their users were satisfied, by the same names.
        failures: functions that did worse, each with its share of satisfied users.
    """

    performance: float
    functions: list[Function]
    best: list[Function]
    conversations: list[dict[str, list[Message]]]
    verdicts: list[dict[str, int]]
    failures: list[dict[str, Any]]

    def prompt(self, functions: Sequence[Function], actions_left: int) -> str:
        """What the model is told when the functions have become these."""
        satisfied = sum(value for one in self.verdicts for value in one.values())
        return OPT_PROMPT.format(
            best_functions=_listed(self.best),
            best_conversations_num=len(self.conversations),
            best_conversations_history=_listed(self.conversations),
            statistic_informations=(
                f"In {satisfied} of {len(self.verdicts)} the user was satisfied.\n{_listed(self.verdicts)}"
            ),
            incumbent_functions=_listed(functions),
            accumulated_experience=_listed(self.failures),
            actions_num=actions_left,
        )


def _listed(things: Sequence[object]) -> str:
    return json.dumps(things, default=str, indent=1) if things else "None yet."


def _experience_of(optimizer: AgentOptimizer) -> _Experience:
    """Weigh the conversations since the last step against the best so far."""
    conversations, verdicts = optimizer._trial_conversations_history, optimizer._trial_conversations_performance
    if not conversations:
        raise ValueError("There is nothing to learn from yet. Call record_one_conversation before step.")
    tried = optimizer._trial_functions
    performance = sum(value for one in verdicts for value in one.values()) / len(verdicts)
    if performance >= optimizer._best_performance:
        return _Experience(performance, tried, copy.deepcopy(tried), conversations, verdicts, failures=[])
    failures = [*optimizer._failure_functions_performance, {"functions": tried, "performance": performance}]
    return _Experience(
        performance,
        optimizer._best_functions,
        optimizer._best_functions,
        optimizer._best_conversations_history,
        optimizer._best_conversations_performance,
        sorted(failures, key=lambda failure: float(failure["performance"])),
    )


def _step(optimizer: AgentOptimizer, /) -> Steps[Registrations]:
    """One round of changes; nothing is forgotten unless it comes to its end."""
    experience = _experience_of(optimizer)
    known, functions = optimizer._trial_functions, experience.functions
    actions_left = optimizer.max_actions_per_step
    while actions_left > 0:
        prompt = experience.prompt(functions, actions_left)
        functions, made = yield from _changes(optimizer, prompt, functions, actions_left)
        if made == 0:
            break
        actions_left -= made

    optimizer._best_performance = max(experience.performance, optimizer._best_performance)
    optimizer._best_functions = experience.best
    optimizer._best_conversations_history = experience.conversations
    optimizer._best_conversations_performance = experience.verdicts
    optimizer._failure_functions_performance = experience.failures
    optimizer._trial_functions = functions
    optimizer._trial_conversations_history = []
    optimizer._trial_conversations_performance = []
    return registrations(known, functions, _callable_of)


def _changes(
    optimizer: AgentOptimizer, prompt: str, functions: list[Function], at_most: int
) -> Steps[tuple[list[Function], int]]:
    """Ask the model for changes, and again with the reason if it proposes only what cannot be done.

    Returns:
        The functions as they are afterwards, and how many changes were made: 0 if the model wants or finds none.
    """
    messages: list[Message] = [{"role": "user", "content": prompt}]
    for _ in range(optimizer._max_trials):
        response = yield Ask(
            optimizer._client,
            "create",
            messages=messages,
            tools=[ADD_FUNC, REVISE_FUNC, REMOVE_FUNC],
            tool_choice="auto",
        )
        calls = _calls_in(optimizer._client.extract_text_or_completion_object(response)[0])
        made, problems = 0, []
        for call in calls[:at_most]:
            try:
                functions = apply(call, functions)
                made += 1
            except UnusableProposalError as error:
                logger.warning("A change that the model proposed cannot be made. %s", error)
                problems.append(str(error))
        if made or not problems:
            return functions, made
        complaint = f"Your last proposal cannot be carried out. {' '.join(problems)}"
        messages = [*messages, {"role": "user", "content": complaint}]
    return functions, 0


def _calls_in(answer: object) -> list[dict[str, Any]]:
    """The functions that an answer of a model calls; a text calls none."""
    message = answer.model_dump() if hasattr(answer, "model_dump") else answer
    calls = message.get("tool_calls") if isinstance(message, dict) else None
    return [call["function"] for call in calls or []]


class AgentOptimizer:
    """Improves the functions of an assistant from the conversations it had."""

    def __init__(
        self,
        max_actions_per_step: int,
        llm_config: Mapping[str, Any],
        optimizer_model: str | None = "gpt-4-1106-preview",
    ) -> None:
        """Create an optimizer.

        Args:
            max_actions_per_step: how many changes one step may make.
            llm_config: the configuration of the model that makes them, with a ``config_list``.
            optimizer_model: which entries of the list to use, by their ``model``; None uses all.

        Raises:
            ValueError: the list has no such model.
            TypeError: the configuration is not a dict, or the number is not one.
            openai.OpenAIError: no key for the model is found.
        """
        check_kind("max_actions_per_step", max_actions_per_step, "a whole number", int)
        check_kind("llm_config", llm_config, 'a dict such as {"config_list": [...]}', Mapping)
        self.max_actions_per_step = max_actions_per_step
        self.llm_config = llm_config
        self.optimizer_model = optimizer_model
        self._max_trials = 3
        given = llm_config or {}
        config_list = given.get("config_list") or ([dict(given)] if "model" in given else [])
        chosen = config_list if optimizer_model is None else filter_config(config_list, {"model": [optimizer_model]})
        if not chosen:
            models = ", ".join(str(entry.get("model")) for entry in config_list) or "none"
            raise ValueError(
                f"The config_list has no model {optimizer_model!r} (its models: {models}). Name one of them as "
                "optimizer_model."
            )
        self._client = OpenAIWrapper(**{**llm_config, "config_list": chosen})
        self.reset_optimizer()

    def record_one_conversation(self, conversation_history: list[Message], is_satisfied: bool | None = None) -> None:
        """Remember a conversation for the next step.

        Args:
            conversation_history: its messages, such as ``ChatResult.chat_history``.
            is_satisfied: whether the user got what was wanted; None asks the person at the console.

        Raises:
            AssertionError: the person answered neither 1 nor 0.
            TypeError: it is not a list of messages.
        """
        check_history(conversation_history)
        if is_satisfied is None:
            answer = person_input(_ASK_WHETHER_SATISFIED, IOStream.get_default().input).strip()
            if answer not in ("0", "1"):
                raise AssertionError(
                    "The input is invalid. Please input 1 or 0. 1 represents satisfied. 0 represents not satisfied."
                )
            is_satisfied = answer == "1"
        name = f"Conversation {len(self._trial_conversations_history)}"
        self._trial_conversations_history.append({name: [message.copy() for message in conversation_history]})
        self._trial_conversations_performance.append({name: int(bool(is_satisfied))})

    @shipped(_step)
    def step(self) -> Registrations:
        """Let the model improve the functions by the conversations recorded since the last step.

        When they went worse than the best so far, the functions of the best come back before. If a request fails, the
        step can be made again: the conversations are kept.

        Returns:
            For the assistant, the arguments of one call of ``update_function_signature`` each; for the agent that runs
            its functions, the ``function_map`` of ``register_function``. Both take back functions that are gone.

        Raises:
            ValueError: no conversation has been recorded since the last step.
        """
        return drive(_step(self))

    @shipped(_step)
    async def a_step(self) -> Registrations:
        """The same as `step`, without blocking the event loop."""
        return await drive_async(_step(self))

    def get_actual_usage(self) -> dict[str, Any] | None:
        """What the changes have cost without cached answers, or None; `gather_usage_summary` asks for it."""
        return self._client.actual_usage_summary

    def get_total_usage(self) -> dict[str, Any] | None:
        """What the changes would have cost without the cache, or None."""
        return self._client.total_usage_summary

    def reset_optimizer(self) -> None:
        """Forget all conversations and functions."""
        self._trial_conversations_history: list[dict[str, list[Message]]] = []
        self._trial_conversations_performance: list[dict[str, int]] = []
        self._trial_functions: list[Function] = []
        self._best_conversations_history: list[dict[str, list[Message]]] = []
        self._best_conversations_performance: list[dict[str, int]] = []
        self._best_functions: list[Function] = []
        self._failure_functions_performance: list[dict[str, Any]] = []
        self._best_performance: float = -1
