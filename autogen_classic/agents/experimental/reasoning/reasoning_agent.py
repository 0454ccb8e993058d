"""An agent that thinks in trees of steps, and looks at several before it answers."""

from __future__ import annotations

from typing import Any, Literal

from ...._core.drive import Steps, drive, shipped
from ...._core.messages import Message
from ...._core.party import Agent, Outcome
from ...._pictures.drawing import Drawing
from ....agentchat.assistant_agent import AssistantAgent
from ._minds import ModelMinds
from ._plan import plan_from
from ._prompts import EXECUTOR_MESSAGE, REASONING_AGENT_MESSAGE, TREEOFTHOUGHT_MESSAGE
from ._search import Search
from ._tree import ThinkNode, extract_rlhf_preference_dataset, extract_sft_dataset

__all__ = (
    "EPSILON",
    "EXECUTOR_MESSAGE",
    "REASONING_AGENT_MESSAGE",
    "TREEOFTHOUGHT_MESSAGE",
    "ReasoningAgent",
    "ThinkNode",
    "extract_rlhf_preference_dataset",
    "extract_sft_dataset",
)

EPSILON = 1e-6
"""As AG2 has it; nothing here divides by what may be 0."""


def _forest_reply(
    agent: ReasoningAgent, /, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
) -> Steps[Outcome]:
    """Answer by one search for each tree of the forest; the reply function of a ReasoningAgent."""
    if agent.client is None:
        raise ValueError(f"{agent.name} has no model to think with. Give it an llm_config.")
    if messages is None:
        messages = agent._oai_messages[sender]
    question, truth = yield from agent._minds.question_steps(messages)
    if not question:
        return False, None
    answers = []
    for _ in range(agent._plan.forest_size):
        search = Search(agent._minds, agent._plan, question, truth)
        agent._root = search.root
        answers.append((yield from search.steps()))
    if len(answers) > 1:
        return True, (yield from agent._minds.unite_steps(question, answers))
    return True, answers[0]


def _rate(
    agent: ReasoningAgent, /, node: ThinkNode, ground_truth: str | None = None, is_outcome: bool = False
) -> Steps[float]:
    return (yield from agent._minds.rate_steps(node, ground_truth, is_outcome))


def _rate_batch(
    agent: ReasoningAgent, /, nodes: list[ThinkNode], ground_truth: str | None = None
) -> Steps[list[float]]:
    if not nodes:
        return []
    return (yield from agent._minds.rate_batch_steps(nodes, ground_truth))


def _execute(agent: ReasoningAgent, /, node: ThinkNode) -> Steps[str | None]:
    return (yield from agent._minds.carry_out_steps(node))


class ReasoningAgent(AssistantAgent):
    """An assistant whose reply is the end of a search through a tree of steps.

    A model offers possible next steps, a model rates them, and in the end a model answers by the best lines of
    reasoning. This needs many requests for one reply: a beam search needs, for each of its levels, one request per
    line that goes on and one per step to rate.

    Where a message holds ``GROUND_TRUTH: ...``, what follows is the answer that is known to be right. Only the model
    that rates is told it; trees that were searched this way are good material for training.
    """

    def __init__(
        self,
        name: str,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        grader_llm_config: dict[str, Any] | Literal[False] | None = None,
        max_depth: int = 4,
        beam_size: int = 3,
        answer_approach: str = "pool",
        reason_config: dict[str, Any] | None = None,
        code_execution_config: dict[str, Any] | Literal[False] | None = False,
        scope: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Create an agent that reasons; for other arguments see `AssistantAgent`.

        Args:
            name: the name.
            llm_config: the model that thinks and answers.
            grader_llm_config: the model that rates; by default the same.
            max_depth: how many steps a line of reasoning may have, unless ``reason_config`` says otherwise.
            beam_size: how many lines a beam search follows at a time, unless ``reason_config`` says otherwise.
            answer_approach: ``"pool"`` answers from all lines, ``"best"`` from the best alone, unless
                ``reason_config`` says otherwise.
            reason_config: how to search. ``method`` is ``"beam_search"`` (the default), ``"dfs"`` (a beam of one),
                ``"mcts"`` (Monte Carlo tree search, which tries whole answers) or ``"lats"`` (the same, and the
                thinker sees how earlier answers were rated). ``max_depth``, ``beam_size`` and ``answer_approach`` as
                above; ``forest_size``: how many trees are searched (1); ``nsim``: how many answers a tree search tries
                (3); ``exploration_constant``: how much it prefers what it has tried less (1.41); ``rating_scale``:
                the best rating (10); ``batch_grading``: True rates the steps after the same one in one request;
                ``interim_execution``: True carries each step out before the next one is planned.
            code_execution_config: how code in steps is run with ``interim_execution``, as for `ConversableAgent`;
                False runs none.
            scope: what all models are told about the field that they work in.
            **kwargs: further arguments of `AssistantAgent`. Where ``verbose`` is given, it decides on ``silent``.

        Raises:
            ValueError: ``reason_config`` has a value that is unknown or impossible.
            TypeError: it is not a dict.
        """
        if "verbose" in kwargs:
            kwargs["silent"] = not kwargs.pop("verbose")
        kwargs.setdefault("system_message", REASONING_AGENT_MESSAGE)
        self._plan = plan_from(reason_config, max_depth=max_depth, beam_size=beam_size, answer_approach=answer_approach)
        super().__init__(name=name, llm_config=llm_config, **kwargs)
        self._scope = scope
        self._root: ThinkNode | None = None
        self._minds = ModelMinds(
            self,
            self.llm_config,
            self.llm_config if grader_llm_config is None else grader_llm_config,
            code_execution_config,
            scope,
            self._plan.rating_scale,
        )
        self.register_reply([Agent, None], ReasoningAgent.generate_forest_response)

    @property
    def method(self) -> str:
        """How it searches: ``"beam_search"``, ``"dfs"``, ``"mcts"`` or ``"lats"``."""
        return self._plan.method

    @shipped(_forest_reply)
    def generate_forest_response(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        """Search one or several trees for an answer, as the reply of the agent.

        Args:
            messages: the conversation; by default that with ``sender``. Where it has several messages, a model first
                makes one question of them.
            sender: the partner.
            config: not used.

        Returns:
            True and the answer; False and None if there is nothing to answer.

        Raises:
            ValueError: the agent has no model.
        """
        return drive(_forest_reply(self, messages, sender, config))

    @shipped(_rate)
    def rate_node(self, node: ThinkNode, ground_truth: str | None = None, is_outcome: bool = False) -> float:
        """Rate the last step of a line of reasoning, and keep the rating on it.

        Args:
            node: the step.
            ground_truth: the answer that is known to be right, or None.
            is_outcome: whether the step is an answer.

        Returns:
            How good it is, from 0 to 1.
        """
        return drive(_rate(self, node, ground_truth, is_outcome))

    @shipped(_rate_batch)
    def rate_batch_nodes(self, nodes: list[ThinkNode], ground_truth: str | None = None) -> list[float]:
        """Rate several steps that follow the same one, in one request, and keep the ratings on them.

        Args:
            nodes: the steps.
            ground_truth: the answer that is known to be right, or None.

        Returns:
            How good each is, from 0 to 1.
        """
        return drive(_rate_batch(self, nodes, ground_truth))

    @shipped(_execute)
    def execute_node(self, node: ThinkNode) -> str | None:
        """Carry out the last step of a line of reasoning, and keep what it gives in its ``output``.

        Args:
            node: the step. Code in it is run, if the agent runs code; anything else is worked out by the model.

        Returns:
            What it gives.
        """
        return drive(_execute(self, node))

    def visualize_tree(self) -> Drawing | None:
        """Draw the tree of the latest reply; None if there was none yet. See `ThinkNode.visualize_tree`."""
        return None if self._root is None else self._root.visualize_tree()

    def extract_sft_dataset(self) -> list[dict[str, str]]:
        """Make examples for supervised fine-tuning from the tree of the latest reply; see `extract_sft_dataset`.

        Raises:
            ValueError: there was no reply yet.
        """
        return extract_sft_dataset(self._searched_tree())

    def extract_rlhf_preference_dataset(self, contrastive_threshold: float = 0.2) -> list[dict[str, str]]:
        """Make pairs for preference learning from the same tree; see `extract_rlhf_preference_dataset`.

        Args:
            contrastive_threshold: how much better the value of the preferred step must be.

        Raises:
            ValueError: there was no reply yet.
        """
        return extract_rlhf_preference_dataset(self._searched_tree(), contrastive_threshold)

    def _searched_tree(self) -> ThinkNode:
        if self._root is None:
            raise ValueError(f"{self.name} has not replied yet, so it has no tree.")
        return self._root
