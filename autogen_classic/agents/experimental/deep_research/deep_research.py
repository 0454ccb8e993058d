"""An agent that researches questions on the web."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ....agentchat.conversable_agent import ConversableAgent
from ....llm_config.config import current_llm_config
from ....tools.experimental._web_tools import WebToolName
from ....tools.experimental.deep_research.deep_research import DeepResearchTool

__all__ = ("DeepResearchAgent",)


class DeepResearchAgent(ConversableAgent):
    """An agent whose model can have a question researched; see `DeepResearchTool`.

    Attributes:
        tool: the one tool of its model, ``delegate_research_task``. Whoever talks to the agent runs it, as with
            ``agent.run(message=...)``, or after ``agent.tool.register_for_execution(user)``.
    """

    DEFAULT_PROMPT = (
        "You answer questions that need research. Hand each task over with delegate_research_task, which searches the "
        "web, checks what it finds, and returns an answer; state the task in full, since nothing else is known there. "
        "Report the answer with its sources and its gaps. Do not answer from memory what should be looked up."
    )

    def __init__(
        self,
        name: str,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        system_message: str | None = DEFAULT_PROMPT,
        max_web_steps: int = 30,
        *,
        web_tool: WebToolName = "browser_use",
        web_tool_kwargs: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Create the agent.

        Args:
            name: its name.
            llm_config: its model, which the research uses as well; by default that of the ``with llm_config:`` block.
            system_message: what its model is told about its part.
            max_web_steps: as for `DeepResearchTool`.
            web_tool: as for `DeepResearchTool`.
            web_tool_kwargs: as for `DeepResearchTool`.
            **kwargs: further arguments of `ConversableAgent`.

        Raises:
            ValueError: there is no model, or the tool for the web is unknown or lacks something.
            ImportError: the package of the tool for the web is missing.
        """
        llm_config = current_llm_config() if llm_config is None else llm_config
        self.tool = DeepResearchTool(llm_config, max_web_steps, web_tool=web_tool, web_tool_kwargs=web_tool_kwargs)
        super().__init__(name, system_message, llm_config=llm_config, **kwargs)
        self.tool.register_for_llm(self)
