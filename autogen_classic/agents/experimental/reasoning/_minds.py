"""Whom a ReasoningAgent talks to during a search: a thinker, a grader, an executor, each with a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ...._core.content import content_str
from ...._core.drive import Ask, Steps
from ...._core.messages import Message
from ....agentchat._accounts import on_account_of
from ....agentchat.conversable_agent import ConversableAgent
from . import _prompts
from ._tree import ThinkNode

__all__ = ("ModelMinds", "split_off_truth")

_TRUTH = "GROUND_TRUTH"
_ANSWER = "The question:\n{question}\n\n{lines}\n\nAnswer the question now."
_FOREST = "The question:\n{question}\n\nSeveral answers to it:\n\n{answers}\n\nGive the best answer that follows."

CodeSettings = dict[str, Any] | Literal[False] | None


class ModelMinds:
    """Talks with a thinker, a grader and others for an agent, and on its account. Each talk is one question long.

    Args:
        owner: the agent.
        llm_config: the model that thinks, works and answers.
        grader_llm_config: the model that rates.
        code_execution_config: how code in steps is run; False or None runs none.
        scope: what all of them are told about the field that they work in, or None.
        rating_scale: the best rating.
    """

    def __init__(
        self,
        owner: ConversableAgent,
        llm_config: dict[str, Any] | Literal[False],
        grader_llm_config: dict[str, Any] | Literal[False],
        code_execution_config: CodeSettings,
        scope: str | None,
        rating_scale: int,
    ) -> None:
        self._owner = owner
        self._scope = "" if not scope else f"The field you work in: {scope}\n\n"
        self._scale = rating_scale
        self._rewriter = _helper("prompt_rewriter", llm_config)
        self._thinker = _helper("tot_thinker", llm_config)
        self._grader = _helper("tot_grader", grader_llm_config)
        self._executor = _helper("tot_executor", llm_config)
        self._answerer = _helper(owner.name, llm_config)
        self._runner = None
        if code_execution_config:
            self._runner = _helper(f"{owner.name}_user_proxy", False, code_execution_config=code_execution_config)

    def question_steps(self, messages: Sequence[Message]) -> Steps[tuple[str, str | None]]:
        """Find the question in a conversation: the only message, or else a text that needs no other.

        Args:
            messages: the conversation.

        Returns:
            The question, and the right answer if the conversation gives it after the word GROUND_TRUTH.
        """
        said = [(message, *split_off_truth(content_str(message.get("content")))) for message in messages]
        said = [(message, text, truth) for message, text, truth in said if text]
        truth = next((truth for _, _, truth in reversed(said) if truth), None)
        if len(said) < 2:
            return (said[0][1] if said else ""), truth
        lines = [f"{message.get('name') or message.get('role')}: {text}" for message, text, _ in said]
        return (yield from self._ask(self._rewriter, _prompts.REWRITER_MESSAGE, "\n\n".join(lines))), truth

    def plan_steps(self, node: ThinkNode, lessons: str) -> Steps[tuple[str, list[str]]]:
        """Reflect on a line of reasoning, and offer next steps.

        Args:
            node: its last step.
            lessons: how earlier answers were rated, or an empty text.

        Returns:
            The reflection, and the steps; none if the model offers none in the form that it was asked for.
        """
        system = _prompts.TREEOFTHOUGHT_MESSAGE + (_prompts.CODE_MESSAGE if self._runner is not None else "")
        learned = f"What came of earlier attempts at this question:\n\n{lessons}\n" if lessons else ""
        text = yield from self._ask(self._thinker, system, f"{learned}{node.trajectory}\n---\nWhat are the next steps?")
        return _prompts.reflection_in(text), _prompts.options_in(text)

    def rate_steps(self, node: ThinkNode, truth: str | None, is_outcome: bool) -> Steps[float]:
        """Rate the last step of a line of reasoning, and keep the rating on it.

        Args:
            node: the step.
            truth: the answer that is known to be right, or None.
            is_outcome: whether the step is an answer.

        Returns:
            How good it is, from 0 to 1; 0 if the model gives no number.
        """
        system = _prompts.OUTCOME_GRADER_MESSAGE if is_outcome else _prompts.STEP_GRADER_MESSAGE
        system += _prompts.truth_for_grader(truth)
        details = yield from self._ask(self._grader, system, f"Rate this:\n\n{node.trajectory}")
        return self._rated(node, _prompts.rating_in(details), details)

    def rate_batch_steps(self, nodes: list[ThinkNode], truth: str | None) -> Steps[list[float]]:
        """Rate several steps with the same parent in one request, and keep the ratings on them.

        Args:
            nodes: the steps, at least one.
            truth: the answer that is known to be right, or None.

        Returns:
            How good each is, from 0 to 1; 0 where the model gives no number.
        """
        parent = nodes[0].parent
        before = "" if parent is None else parent.trajectory
        options = "\n\n".join(f"Option {number}: {node.content}" for number, node in enumerate(nodes, 1))
        system = _prompts.BATCH_GRADER_MESSAGE + _prompts.truth_for_grader(truth)
        text = yield from self._ask(self._grader, system, f"Rate these:\n\n{before}\n---\n{options}")
        ratings = _prompts.ratings_in(text)
        return [self._rated(node, *ratings.get(number, (None, ""))) for number, node in enumerate(nodes, 1)]

    def _rated(self, node: ThinkNode, rating: float | None, details: str) -> float:
        node.rating_details = details
        if rating is not None:
            node.value = (min(max(rating, 1), self._scale) - 1) / (self._scale - 1)
        return node.value

    def carry_out_steps(self, node: ThinkNode) -> Steps[str | None]:
        """Carry out the last step of a line of reasoning, and keep what it gives on it.

        Args:
            node: the step. Code in it is run, if the agent runs code; anything else is worked out by the model.

        Returns:
            What it gives.
        """
        output: str | None = None
        if self._runner is not None:
            output = yield from self._ask(self._runner, "", node.content)
        node.output = output or (yield from self._ask(self._executor, _prompts.EXECUTOR_MESSAGE, node.trajectory))
        return node.output

    def answer_steps(self, question: str, lines: list[str]) -> Steps[str]:
        """Answer a question by lines of reasoning, under the agent's own system message.

        Args:
            question: the question.
            lines: the lines.
        """
        numbered = "\n\n".join(f"--- Line of reasoning {number} ---\n{line}" for number, line in enumerate(lines, 1))
        return (yield from self._answer(_ANSWER.format(question=question, lines=numbered)))

    def unite_steps(self, question: str, answers: list[str]) -> Steps[str]:
        """Make one answer out of the answers of several trees.

        Args:
            question: the question.
            answers: the answers.

        Returns:
            The answer.
        """
        numbered = "\n\n".join(f"--- Answer {number} ---\n{answer}" for number, answer in enumerate(answers, 1))
        return (yield from self._answer(_FOREST.format(question=question, answers=numbered)))

    def _answer(self, text: str) -> Steps[str]:
        return (yield from self._ask(self._answerer, self._owner.system_message or "", text))

    def _ask(self, helper: ConversableAgent, system: str, text: str) -> Steps[str]:
        """Ask a helper who has forgotten all earlier questions."""
        owner = self._owner
        helper.update_system_message(self._scope + system)
        helper.client_cache = owner.client_cache
        helper.reset_consecutive_auto_reply_counter(owner)  # each question is a talk of its own
        try:
            with on_account_of(owner, helper.client):
                yield Ask(owner, "send", text, helper, request_reply=False, silent=owner.silent)
                reply = yield Ask(helper, "generate_reply", sender=owner)
                yield Ask(helper, "send", reply or "", owner, request_reply=False, silent=owner.silent)
        finally:  # also when the model fails, or the next question would come with this one
            owner.clear_history(helper)
            helper.clear_history(owner)
        return content_str(reply.get("content") if isinstance(reply, Mapping) else reply)


def _helper(name: str, llm_config: dict[str, Any] | Literal[False], **settings: Any) -> ConversableAgent:
    """Somebody with a model but without the tools that the agent has for its own answers."""
    config = llm_config
    if isinstance(config, dict):
        config = {key: value for key, value in config.items() if key not in ("tools", "functions")}
    return ConversableAgent(name, llm_config=config, human_input_mode="NEVER", **settings)


def split_off_truth(text: str) -> tuple[str, str | None]:
    """Separate a question from the answer that is known to be right.

    Args:
        text: the question; the word GROUND_TRUTH with a colon may stand before the answer.

    Returns:
        The question, and the answer or None.
    """
    question, marker, truth = text.partition(_TRUTH)
    return question.strip(), truth.lstrip(" :").strip() if marker else None
