"""The tree of steps that a ReasoningAgent thinks through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import InstanceOf

from ...._argument_checks import check_value
from ...._pictures.drawing import Drawing, draw
from ...._pictures.tree import Tree, TreeNode

__all__ = ("ThinkNode", "extract_rlhf_preference_dataset", "extract_sft_dataset")

_LONGEST_LABEL = 70


class ThinkNode:
    """One step of a line of reasoning; the root is the question.

    Args:
        content: the text of the step.
        parent: the step before it, which gets this one as a child; None for the root.

    Attributes:
        content: the text of the step.
        parent: the step before it, or None.
        children: the possible next steps.
        depth: how many steps it is away from the root.
        value: how good it is, from 0 to 1: its own rating, or in a tree search the mean of what came out below it.
        visits: how many answers were tried below it.
        output: what carrying it out has given, or None.
        reflection: what the model said about the steps up to it.
        rating_details: why it was rated so.

    Raises:
        TypeError: ``parent`` is not a `ThinkNode`.
    """

    def __init__(self, content: str, parent: ThinkNode | None = None) -> None:
        if parent is not None:
            check_value("parent of ThinkNode", parent, InstanceOf[ThinkNode])
        self.content = content
        self.value = 0.0
        self.parent = parent
        self.reflection = ""
        self.rating_details = ""
        self.output: str | None = None
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.children: list[ThinkNode] = []
        self.visits = 0
        if parent is not None:
            parent.children.append(self)

    @property
    def _trajectory_arr(self) -> list[str]:
        step = f"Content: {self.content}" + ("" if self.output is None else f"\nOutput: {self.output}")
        if self.parent is None:
            return [f"# Question:\n{step}\n---\n"]
        return [*self.parent._trajectory_arr, step]

    @property
    def trajectory(self) -> str:
        """The question and all steps up to this one, as a text for a model."""
        question, *steps = self._trajectory_arr
        numbered = (f"\nStep {number}:\n{step}" for number, step in enumerate(steps, 1))
        return f"{question}# Trajectory:\n{''.join(numbered)}"

    def backpropagate(self, reward: float) -> None:
        """Count an answer that was found below this step, here and in all steps before it.

        Args:
            reward: how good the answer is, from 0 to 1; each ``value`` becomes the mean of its rewards.
        """
        node: ThinkNode | None = self
        while node is not None:
            node.value = (node.value * node.visits + reward) / (node.visits + 1)
            node.visits += 1
            node = node.parent

    def to_dict(self) -> dict[str, Any]:
        """Return the step and everything below it as plain JSON, for `from_dict`."""
        return {
            "content": self.content,
            "value": self.value,
            "depth": self.depth,
            "reflection": self.reflection,
            "rating_details": self.rating_details,
            "output": self.output,
            "visits": self.visits,
            "children": [child.to_dict() for child in self.children],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], parent: ThinkNode | None = None) -> ThinkNode:
        """Build a tree from what `to_dict` returned.

        Args:
            data: the dict; ``content`` is needed, all else may be left out.
            parent: the step to hang it below, or None.

        Raises:
            ValueError: it is not such a dict.
        """
        if not isinstance(data, Mapping) or "content" not in data:
            raise ValueError(f"A step is a dict with 'content', as ThinkNode.to_dict() makes it, not {data!r:.80}.")
        node = cls(data["content"], parent)
        node.value = data.get("value", 0.0)
        node.visits = data.get("visits", 0)
        node.reflection = data.get("reflection", "")
        node.rating_details = data.get("rating_details", "")
        node.output = data.get("output")
        for child in data.get("children") or ():
            cls.from_dict(child, node)
        return node

    def visualize_tree(self) -> Drawing:
        """Draw the tree below this step.

        Returns:
            A picture as text of Mermaid, which a notebook shows as a picture; it has ``svg`` and ``text``, too.
        """
        return draw(Tree("A tree of reasoning", _as_picture(self)), "mermaid")

    def __str__(self) -> str:
        return f"{self.content} -> Depth: {self.depth} Value: {self.value} Visits: {self.visits}"

    def __repr__(self) -> str:
        return str(self)


def _as_picture(node: ThinkNode) -> TreeNode:
    rated = node.parent is not None and (node.visits or node.rating_details)
    label = node.content if len(node.content) <= _LONGEST_LABEL else f"{node.content[: _LONGEST_LABEL - 1]}…"
    return TreeNode(f"{label} ({node.value:.2f})" if rated else label, [_as_picture(child) for child in node.children])


def _all_below(node: ThinkNode) -> Iterator[ThinkNode]:
    yield node
    for child in node.children:
        yield from _all_below(child)


def extract_sft_dataset(root: ThinkNode) -> list[dict[str, str]]:
    """Make examples for supervised fine-tuning from a tree: the question, and the best line of reasoning.

    Args:
        root: the root of a tree that was searched.

    Returns:
        One dict with ``instruction`` and ``response`` for each line that ends with one of the best values; empty for
        a tree without steps.
    """
    ends = [node for node in _all_below(root) if not node.children and node is not root]
    if not ends:
        return []
    best = max(end.value for end in ends)
    beginning = len(root.trajectory)
    return [
        {"instruction": root.content, "response": end.trajectory[beginning:].strip()}
        for end in ends
        if end.value == best
    ]


def extract_rlhf_preference_dataset(root: ThinkNode, contrastive_threshold: float = 0.2) -> list[dict[str, str]]:
    """Make pairs for preference learning from a tree: two next steps of which one is clearly better.

    Args:
        root: the root of a tree that was searched.
        contrastive_threshold: how much better its value must be, more than 0 and less than 1.

    Returns:
        Dicts with ``instruction`` (the line of reasoning so far), ``reflection``, ``preferred_response`` and
        ``dispreferred_response``.

    Raises:
        AssertionError: the threshold is not between 0 and 1.
    """
    if not 0 < contrastive_threshold < 1:
        raise AssertionError(
            f"contrastive_threshold must be more than 0 and less than 1, but it is {contrastive_threshold}."
        )
    return [
        {
            "instruction": node.trajectory,
            "reflection": node.reflection,
            "preferred_response": f"Step {better.depth}: {better.content}",
            "dispreferred_response": f"Step {worse.depth}: {worse.content}",
        }
        for node in _all_below(root)
        for better in node.children
        for worse in node.children
        if better.value - worse.value > contrastive_threshold
    ]
