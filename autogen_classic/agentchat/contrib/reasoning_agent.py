"""Where AG2 had ReasoningAgent until 0.8; today it is in `autogen_classic.agents.experimental`."""

from ...agents.experimental.reasoning.reasoning_agent import (
    EPSILON,
    TREEOFTHOUGHT_MESSAGE,
    ReasoningAgent,
    ThinkNode,
    extract_rlhf_preference_dataset,
    extract_sft_dataset,
)

__all__ = (
    "EPSILON",
    "ReasoningAgent",
    "ThinkNode",
    "TreeofThought_message",
    "extract_rlhf_preference_dataset",
    "extract_sft_dataset",
)

TreeofThought_message = TREEOFTHOUGHT_MESSAGE
