"""How a tree of reasoning grows: by a beam search, or by a tree search that tries answers.

The beam search is that of "Tree of Thoughts" (Yao et al., 2023, arXiv:2305.10601): all next steps are rated, and the
best go on. The tree search is Monte Carlo tree search with UCT (Kocsis and Szepesvári, 2006) over answers that a model
rates; with ``lats`` the planner sees how earlier answers were rated, as in "Language Agent Tree Search" (Zhou et al.,
2023, arXiv:2310.04406).
"""

from __future__ import annotations

import math
from typing import Protocol

from ...._core import tape
from ...._core.drive import Steps
from ._plan import Plan
from ._tree import ThinkNode

__all__ = ("Minds", "Search")

_END = "TERMINATE"


class Minds(Protocol):
    """Who thinks, rates, works and answers for a search."""

    def plan_steps(self, node: ThinkNode, lessons: str) -> Steps[tuple[str, list[str]]]:
        """Reflect on a line of reasoning, and offer next steps."""
        ...

    def rate_steps(self, node: ThinkNode, truth: str | None, is_outcome: bool) -> Steps[float]:
        """Rate the last step of a line, and keep the rating on it."""
        ...

    def rate_batch_steps(self, nodes: list[ThinkNode], truth: str | None) -> Steps[list[float]]:
        """Rate several steps with the same parent."""
        ...

    def carry_out_steps(self, node: ThinkNode) -> Steps[str | None]:
        """Carry out the last step of a line, and keep what it gives on it."""
        ...

    def answer_steps(self, question: str, lines: list[str]) -> Steps[str]:
        """Answer a question by lines of reasoning."""
        ...


class Search:
    """The search for an answer in one tree.

    Args:
        minds: who thinks, rates, works and answers.
        plan: how to search.
        question: the question.
        truth: the answer that is known to be right, which only those who rate are told; None if it is not known.

    Attributes:
        root: the tree, which grows during the search.
    """

    def __init__(self, minds: Minds, plan: Plan, question: str, truth: str | None) -> None:
        self._minds = minds
        self._plan = plan
        self._question = question
        self._truth = truth
        self.root = ThinkNode(question)

    def steps(self) -> Steps[str]:
        """Search, and return the answer."""
        return (yield from self._simulate() if self._plan.simulates else self._follow_the_best())

    # --- beam search

    def _follow_the_best(self) -> Steps[str]:
        """Beam search: go on from the best steps only, until enough lines of reasoning are finished."""
        lines = [self.root]
        finished: list[ThinkNode] = []
        while lines and len(finished) < self._plan.beam_size:
            candidates: list[ThinkNode] = []
            for node in lines:
                yield from self._carry_out(node)
                if not self._is_over(node):
                    yield from self._expand(node)
                if not node.children:
                    finished.append(node)
                candidates += node.children
            lines = yield from self._best(candidates, self._plan.beam_size - len(finished))
        if self._plan.answer_approach == "best" and len(finished) > 1:
            yield from self._rate([node for node in finished if not node.rating_details])
            finished = [max(finished, key=lambda node: node.value)]
        return (yield from self._minds.answer_steps(self._question, [node.trajectory for node in finished]))

    def _best(self, candidates: list[ThinkNode], room: int) -> Steps[list[ThinkNode]]:
        """As many candidates as there is room for, the best ones; they are rated only if there are more."""
        if room < 1 or len(candidates) <= room:
            return candidates[: max(room, 0)]
        yield from self._rate(candidates)
        return sorted(candidates, key=lambda node: node.value, reverse=True)[:room]

    def _rate(self, nodes: list[ThinkNode]) -> Steps[None]:
        if not self._plan.batch_grading:
            for node in nodes:
                yield from self._minds.rate_steps(node, self._truth, False)
            return
        for parent in dict.fromkeys(node.parent for node in nodes):
            siblings = [node for node in nodes if node.parent is parent]
            yield from self._minds.rate_batch_steps(siblings, self._truth)

    # --- tree search

    def _simulate(self) -> Steps[str]:
        """Monte Carlo tree search: answer several times, each time along the most promising line so far."""
        answers: list[ThinkNode] = []
        lessons = ""
        for _ in range(self._plan.nsim):
            node = self.root
            while node.children and not self._is_over(node):
                node = self._most_promising(node)
                yield from self._carry_out(node)
            while not self._is_over(node):
                yield from self._expand(node, lessons)
                if not node.children:
                    break
                node = tape.choice(node.children)
                yield from self._carry_out(node)
            text = yield from self._minds.answer_steps(self._question, [node.trajectory])
            answer = ThinkNode(text, parent=node)
            answers.append(answer)
            node.backpropagate((yield from self._minds.rate_steps(answer, self._truth, True)))
            if self._plan.method == "lats":
                lessons += f"{answer.trajectory}\n\nHow it was rated:\n{answer.rating_details}\n---\n"
        return max(answers, key=lambda answer: answer.value).content

    def _most_promising(self, node: ThinkNode) -> ThinkNode:
        """The next step with the best upper bound (UCT); one that was not tried yet comes first."""

        def upper_bound(child: ThinkNode) -> float:
            if child.visits == 0:
                return math.inf
            tried_less = math.sqrt(2 * math.log(node.visits) / child.visits)
            return child.value + self._plan.exploration_constant * tried_less

        return max(node.children, key=upper_bound)

    # --- both

    def _is_over(self, node: ThinkNode) -> bool:
        """Whether a line of reasoning ends here."""
        return node is not self.root and (_END in node.content or node.depth >= self._plan.max_depth)

    def _expand(self, node: ThinkNode, lessons: str = "") -> Steps[None]:
        reflection, options = yield from self._minds.plan_steps(node, lessons)
        node.reflection = reflection
        for option in options:
            ThinkNode(option, parent=node)

    def _carry_out(self, node: ThinkNode) -> Steps[None]:
        """Carry a step out, if that was asked for and has not been done."""
        is_done = node is self.root or node.output is not None or _END in node.content
        if self._plan.interim_execution and not is_done:
            yield from self._minds.carry_out_steps(node)
