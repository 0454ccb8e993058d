"""When the tasks of a DocAgent are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....agentchat.group.available_condition import AvailableCondition

if TYPE_CHECKING:
    from ....agentchat.conversable_agent import ConversableAgent

__all__ = ("SummaryTaskAvailableCondition",)


class SummaryTaskAvailableCondition(AvailableCondition):
    """A handoff is available once something has been done and nothing is left to do.

    Attributes:
        documents_var: the context variable with the documents that are due.
        queries_var: the context variable with the questions that are due.
        completed_var: the context variable with the number of finished tasks.
    """

    documents_var: str = "DocumentsToIngest"
    queries_var: str = "QueriesToRun"
    completed_var: str = "CompletedTaskCount"

    def is_available(self, agent: ConversableAgent, messages: list[dict[str, Any]]) -> bool:
        """Tell whether all tasks are done; see `AvailableCondition.is_available`."""
        variables = agent.context_variables
        due = [*(variables.get(self.documents_var) or ()), *(variables.get(self.queries_var) or ())]
        return not due and bool(variables.get(self.completed_var))
