"""An agent that gets at the web by a tool of your choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ....agentchat.conversable_agent import ConversableAgent
from ....llm_config.config import current_llm_config
from ....tools.experimental._web_tools import WebToolName, make_web_tool

__all__ = ("WebSurferAgent",)


class WebSurferAgent(ConversableAgent):
    """An agent whose model has one tool for the web: a browser, a crawler or a search engine.

    Another agent of this name, at ``autogen_classic.agentchat.contrib.web_surfer``, moves a browser by itself.

    Attributes:
        tool: that tool. Whoever talks to the agent runs it, as with ``agent.run(message=...)``, or after
            ``agent.tool.register_for_execution(user)``.
    """

    def __init__(
        self,
        *,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        web_tool_llm_config: dict[str, Any] | Literal[False] | None = None,
        web_tool: WebToolName = "browser_use",
        web_tool_kwargs: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Create the agent.

        Args:
            llm_config: its model; by default that of the ``with llm_config:`` block.
            web_tool_llm_config: the model of the browser or crawler; by default the same.
            web_tool: "browser_use", "crawl4ai", "duckduckgo", "perplexity" or "tavily".
            web_tool_kwargs: further arguments of that tool, such as ``{"tavily_api_key": ...}``.
            **kwargs: further arguments of `ConversableAgent`, among them ``name``.

        Raises:
            ValueError: ``web_tool`` is none of these, or the tool lacks a key or a model.
            ImportError: the package of the tool is missing.
        """
        llm_config = current_llm_config() if llm_config is None else llm_config
        self.tool = make_web_tool(web_tool, web_tool_llm_config or llm_config, web_tool_kwargs)
        super().__init__(llm_config=llm_config, **kwargs)
        self.tool.register_for_llm(self)
