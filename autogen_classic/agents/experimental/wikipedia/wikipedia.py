"""An agent that looks things up in Wikipedia."""

from __future__ import annotations

from typing import Any

from ...._argument_checks import Count, arguments_checked
from ....agentchat.conversable_agent import ConversableAgent
from ....tools.experimental.wikipedia import WikipediaPageLoadTool, WikipediaQueryRunTool

__all__ = ("WikipediaAgent",)


class WikipediaAgent(ConversableAgent):
    """An agent whose model knows two tools: one that finds pages of Wikipedia, one that reads them.

    Another agent of the chat runs them: register its ``tools`` there, or let `ConversableAgent.run` do both.
    """

    DEFAULT_SYSTEM_MESSAGE = (
        "You answer questions with the help of Wikipedia. Use wikipedia-query-run to find out which pages there are "
        "and what they are about, and wikipedia-page-load where you need the text of the pages. Rest your answer on "
        "what you have read, name the pages, and say so when Wikipedia does not tell."
    )

    @arguments_checked
    def __init__(
        self,
        system_message: str | list[str] | None = None,
        format_instructions: str | None = None,
        language: str = "en",
        top_k: Count = 2,
        **kwargs: Any,
    ) -> None:
        """Create the agent; for other arguments, ``name`` and ``llm_config`` among them, see `ConversableAgent`.

        Args:
            system_message: what its model is told about its part; None for the default.
            format_instructions: how its answers are to look, as a part of the system message.
            language: the code of the language of the Wikipedia.
            top_k: how many pages each tool looks at.
            **kwargs: further arguments of `ConversableAgent`.

        Raises:
            ValueError: this is not the code of a language.
        """
        message = system_message or self.DEFAULT_SYSTEM_MESSAGE
        if format_instructions:
            asked = f"\n\nFollow this format:\n\n{format_instructions}"
            message = message + asked if isinstance(message, str) else [*message, asked]
        super().__init__(system_message=message, **kwargs)
        self._query_run_tool = WikipediaQueryRunTool(language=language, top_k=top_k)
        self._page_load_tool = WikipediaPageLoadTool(language=language, top_k=top_k)
        for tool in (self._query_run_tool, self._page_load_tool):
            tool.register_for_llm(self)
