"""Two functions that judge how useful a program is for a task: find criteria, then apply them to a test case."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal

from ....errors import UnusableProposalError
from ..._accounts import on_account_of
from ...agent import Agent
from ...chat import ChatResult
from ...conversable_agent import ConversableAgent
from ...groupchat import GroupChat, GroupChatManager
from ...user_proxy_agent import UserProxyAgent
from .._settings import check_kind
from .criterion import Criterion
from .critic_agent import CriticAgent
from .quantifier_agent import QuantifierAgent
from .subcritic_agent import SubCriticAgent
from .task import Task

if TYPE_CHECKING:
    from ....cache.abstract_cache_base import AbstractCache

__all__ = ("a_generate_criteria", "a_quantify_criteria", "generate_criteria", "quantify_criteria")

logger = logging.getLogger("autogen.agentchat.contrib.agent_eval")

LLMConfig = dict[str, Any] | Literal[False] | None


def generate_criteria(
    llm_config: LLMConfig = None,
    task: Task | None = None,
    additional_instructions: str = "",
    max_round: int = 2,
    use_subcritic: bool = False,
    *,
    owner: ConversableAgent | None = None,
) -> list[Criterion]:
    """Let a critic propose criteria for a task.

    Args:
        llm_config: the model of the critics.
        task: the task; it must be given.
        additional_instructions: what else the critic is told.
        max_round: how many messages are written at most; a subcritic needs 3.
        use_subcritic: whether a second agent splits the criteria into finer ones.
        owner: an agent on whose account the critics work, with its cache, and with its model unless there is an
            llm_config. Without one, what they spend is known to the chat that runs, and to nobody else.

    Returns:
        The criteria.

    Raises:
        ValueError: there is no task, or the last answer (an `UnusableProposalError`) holds no list of criteria.
    """
    message = _task(task).get_sys_message()
    critic_user, manager = _critics(llm_config, additional_instructions, max_round, use_subcritic, owner)
    with _working_for(owner, manager.groupchat.agents):
        critic_user.initiate_chat(manager, message=message, cache=_cache_of(owner))
    return _criteria_in(critic_user.last_message(manager))


async def a_generate_criteria(
    llm_config: LLMConfig = None,
    task: Task | None = None,
    additional_instructions: str = "",
    max_round: int = 2,
    use_subcritic: bool = False,
    *,
    owner: ConversableAgent | None = None,
) -> list[Criterion]:
    """The same as `generate_criteria`, without blocking the event loop."""
    message = _task(task).get_sys_message()
    critic_user, manager = _critics(llm_config, additional_instructions, max_round, use_subcritic, owner)
    with _working_for(owner, manager.groupchat.agents):
        await critic_user.a_initiate_chat(manager, message=message, cache=_cache_of(owner))
    return _criteria_in(critic_user.last_message(manager))


def quantify_criteria(
    llm_config: LLMConfig = None,
    criteria: list[Criterion] | None = None,
    task: Task | None = None,
    test_case: str | dict[str, Any] = "",
    ground_truth: str = "",
    *,
    owner: ConversableAgent | None = None,
) -> dict[str, Any]:
    """Let a quantifier judge a test case by criteria.

    Args:
        llm_config: the model of the quantifier.
        criteria: the criteria; they must be given.
        task: the task; it must be given.
        test_case: the response to judge; a dict is shown as JSON.
        ground_truth: whether it succeeded, as far as that is known; it is not shown to the model.
        owner: an agent on whose account the quantifier works; see `generate_criteria`.

    Returns:
        ``actual_success`` (the ground truth) and ``estimated_performance``: the answer of the quantifier, a text that
        should be a JSON object with a value for each criterion.

    Raises:
        ValueError: there is no task, or there are no criteria.
    """
    question = _question(task, criteria, test_case)
    quantifier, user = _quantifiers(llm_config, owner)
    with _working_for(owner, [quantifier]):
        result = user.initiate_chat(quantifier, message=question, max_turns=1, cache=_cache_of(owner))
    return _judgement(result, ground_truth)


async def a_quantify_criteria(
    llm_config: LLMConfig = None,
    criteria: list[Criterion] | None = None,
    task: Task | None = None,
    test_case: str | dict[str, Any] = "",
    ground_truth: str = "",
    *,
    owner: ConversableAgent | None = None,
) -> dict[str, Any]:
    """The same as `quantify_criteria`, without blocking the event loop."""
    question = _question(task, criteria, test_case)
    quantifier, user = _quantifiers(llm_config, owner)
    with _working_for(owner, [quantifier]):
        result = await user.a_initiate_chat(quantifier, message=question, max_turns=1, cache=_cache_of(owner))
    return _judgement(result, ground_truth)


def _task(task: Task | Mapping[str, Any] | None) -> Task:
    if task is None:
        raise ValueError("There is no task to judge. Give a Task as the argument task.")
    check_kind("task", task, "a Task", Task, Mapping)
    return task if isinstance(task, Task) else Task.model_validate(task)


def _model_for(owner: ConversableAgent | None, llm_config: LLMConfig) -> LLMConfig:
    return owner.llm_config if llm_config is None and owner is not None else llm_config


def _check_model(judge: ConversableAgent) -> None:
    if judge.client is None:
        raise ValueError(f"The {judge.name} has no model. Give an llm_config, or an owner that has one.")


def _cache_of(owner: ConversableAgent | None) -> AbstractCache | None:
    return None if owner is None else owner.client_cache


def _working_for(owner: ConversableAgent | None, agents: Iterable[Agent]) -> AbstractContextManager[None]:
    """Have agents ask models with the clients and on the account of another one."""
    return on_account_of(owner, *(getattr(agent, "client", None) for agent in agents))


def _user(name: str) -> UserProxyAgent:
    return UserProxyAgent(name, max_consecutive_auto_reply=0, code_execution_config=False, human_input_mode="NEVER")


def _critics(
    llm_config: LLMConfig,
    additional_instructions: str,
    max_round: int,
    use_subcritic: bool,
    owner: ConversableAgent | None,
) -> tuple[UserProxyAgent, GroupChatManager]:
    """Somebody who asks for criteria, and a group that proposes them one after the other."""
    llm_config = _model_for(owner, llm_config)
    check_kind("max_round", max_round, "a whole number", int)
    if max_round < 2:
        raise ValueError(f"max_round must be 2 or more, because the critic speaks second, but it is {max_round}.")
    if use_subcritic and max_round < 3:
        logger.warning("A subcritic speaks third, but max_round is %s: it does not speak.", max_round)
    critic = CriticAgent(
        system_message=f"{CriticAgent.DEFAULT_SYSTEM_MESSAGE}\n{additional_instructions}", llm_config=llm_config
    )
    critic_user = _user("critic_user")
    _check_model(critic)
    agents: list[Agent] = [critic_user, critic, *([SubCriticAgent(llm_config=llm_config)] if use_subcritic else [])]
    group = GroupChat(agents, messages=[], max_round=max_round, speaker_selection_method="round_robin")
    return critic_user, GroupChatManager(group, llm_config=llm_config)


def _criteria_in(message: dict[str, Any] | None) -> list[Criterion]:
    """Read the criteria in the last message, which may have words around them."""
    text = str((message or {}).get("content") or "")
    found = re.match(r"[^\[{]*([\[{].*[\]}])", text, flags=re.DOTALL)
    try:
        return Criterion.parse_json_str(found[1] if found else text)
    except (ValueError, TypeError, RecursionError) as error:
        raise UnusableProposalError(
            f"The last message of the critics holds no list of criteria in JSON ({error}). It is: {text[:500]!r}"
        ) from error


def _quantifiers(llm_config: LLMConfig, owner: ConversableAgent | None) -> tuple[QuantifierAgent, UserProxyAgent]:
    quantifier = QuantifierAgent(llm_config=_model_for(owner, llm_config))
    _check_model(quantifier)
    return quantifier, _user("quantifier_user")


def _question(task: Task | None, criteria: list[Criterion] | None, test_case: str | dict[str, Any]) -> str:
    if not criteria:
        raise ValueError("There are no criteria to judge by. Give those of generate_criteria as the argument criteria.")
    check_kind("criteria", criteria, "a list of criteria as generate_criteria returns it", list, tuple)
    known = [one if isinstance(one, Criterion) else Criterion.model_validate(one) for one in criteria]
    case = test_case if isinstance(test_case, str) else json.dumps(test_case, ensure_ascii=False, default=str)
    return (
        f"{_task(task).get_sys_message()}Evaluation dictionary: {Criterion.write_json(known)}"
        f"actual test case to evaluate: {case}"
    )


def _judgement(result: ChatResult, ground_truth: str) -> dict[str, Any]:
    return {"actual_success": ground_truth, "estimated_performance": result.chat_history[-1]["content"]}
