"""Groups whose agents hand over to each other.

An agent says in its `handoffs` to whom it hands over and when; a pattern says who goes next where no agent does. Tools
change the variables that the agents share, and may name the next speaker by a `ReplyResult`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from .available_condition import ExpressionAvailableCondition, StringAvailableCondition
    from .context_condition import ExpressionContextCondition, StringContextCondition
    from .context_expression import ContextExpression
    from .context_str import ContextStr
    from .context_variables import ContextVariables
    from .handoffs import Handoffs
    from .llm_condition import ContextStrLLMCondition, StringLLMCondition
    from .on_condition import OnCondition
    from .on_context_condition import OnContextCondition
    from .reply_result import ReplyResult
    from .speaker_selection_result import SpeakerSelectionResult
    from .targets.function_target import FunctionTarget, FunctionTargetResult
    from .targets.group_chat_target import GroupChatConfig, GroupChatTarget
    from .targets.group_manager_target import GroupManagerTarget
    from .targets.transition_target import (
        AgentNameTarget,
        AgentTarget,
        AskUserTarget,
        NestedChatTarget,
        RandomAgentTarget,
        RevertToUserTarget,
        StayTarget,
        TerminateTarget,
    )

__all__ = [
    "AgentNameTarget",
    "AgentTarget",
    "AskUserTarget",
    "ContextExpression",
    "ContextStr",
    "ContextStrLLMCondition",
    "ContextVariables",
    "ExpressionAvailableCondition",
    "ExpressionContextCondition",
    "FunctionTarget",
    "FunctionTargetResult",
    "GroupChatConfig",
    "GroupChatTarget",
    "GroupManagerTarget",
    "Handoffs",
    "NestedChatTarget",
    "OnCondition",
    "OnContextCondition",
    "RandomAgentTarget",
    "ReplyResult",
    "RevertToUserTarget",
    "SpeakerSelectionResult",
    "StayTarget",
    "StringAvailableCondition",
    "StringContextCondition",
    "StringLLMCondition",
    "TerminateTarget",
]

_HOMES = {
    "AgentNameTarget": ".targets.transition_target",
    "AgentTarget": ".targets.transition_target",
    "AskUserTarget": ".targets.transition_target",
    "ContextExpression": ".context_expression",
    "ContextStr": ".context_str",
    "ContextStrLLMCondition": ".llm_condition",
    "ContextVariables": ".context_variables",
    "ExpressionAvailableCondition": ".available_condition",
    "ExpressionContextCondition": ".context_condition",
    "FunctionTarget": ".targets.function_target",
    "FunctionTargetResult": ".targets.function_target",
    "GroupChatConfig": ".targets.group_chat_target",
    "GroupChatTarget": ".targets.group_chat_target",
    "GroupManagerTarget": ".targets.group_manager_target",
    "Handoffs": ".handoffs",
    "NestedChatTarget": ".targets.transition_target",
    "OnCondition": ".on_condition",
    "OnContextCondition": ".on_context_condition",
    "RandomAgentTarget": ".targets.transition_target",
    "ReplyResult": ".reply_result",
    "RevertToUserTarget": ".targets.transition_target",
    "SpeakerSelectionResult": ".speaker_selection_result",
    "StayTarget": ".targets.transition_target",
    "StringAvailableCondition": ".available_condition",
    "StringContextCondition": ".context_condition",
    "StringLLMCondition": ".llm_condition",
    "TerminateTarget": ".targets.transition_target",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
