"""ThinkNode: trajectories, running means, trees as JSON, and what is refused."""

from autogen.agents.experimental import ReasoningAgent, ThinkNode
from autogen.agents.experimental.reasoning.reasoning_agent import extract_rlhf_preference_dataset
from scenario import llm_config, note, raises


def main(mode):
    root = ThinkNode("which way\nnow")
    first, second, third = ThinkNode("alpha", root), ThinkNode("beta", parent=root), ThinkNode("gamma", root)
    below = ThinkNode("delta", first)
    first.output, root.reflection = "carried out", "well"
    note("text", str(first))
    note("trajectories", [node.trajectory for node in (root, first, below)])
    below.backpropagate(0.5)
    below.backpropagate(1.0)
    second.value, second.rating_details = 0.1, "poor"
    third.value = 0.9
    note("tree", root.to_dict())
    note("again", ThinkNode.from_dict(root.to_dict()).to_dict() == root.to_dict())
    note("depths", [node.depth for node in (root, first, below)])
    note("preferences", [pair["preferred_response"] for pair in extract_rlhf_preference_dataset(third)])
    for threshold in (0, 1, -1):
        with raises(f"threshold {threshold}", AssertionError):
            extract_rlhf_preference_dataset(root, threshold)
    for config in ({"method": "guess"}, {"answer_approach": "worst"}):
        with raises(str(config), ValueError):
            ReasoningAgent("reasoner", llm_config=llm_config("never asked"), reason_config=config)
