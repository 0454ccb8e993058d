"""A tool that asks Perplexity, whose models search the web before they answer.

Its interface is that of OpenAI, so the openai package asks it.
"""

from __future__ import annotations

from typing import Any

import openai
from pydantic import BaseModel, ValidationError

from ...._argument_checks import Count, Text, Texts, arguments_checked
from ...._core.callables import blocking
from ...._core.foreign_texts import marked
from ....errors import ToolServiceError
from ...tool import Tool
from .._foreign import ForeignModel
from .._services import asking, key_for, unreadable

__all__ = (
    "Choice",
    "Message",
    "PerplexityChatCompletionResponse",
    "PerplexitySearchTool",
    "SearchResponse",
    "Usage",
)

_ADDRESS = "https://api.perplexity.ai"
_SECONDS = 120.0  # a model searches and reads before it answers
_TASK = "Answer precisely and briefly."


class Message(BaseModel):
    """What was said.

    Attributes:
        role: by whom.
        content: the text.
    """

    role: str = "assistant"
    content: str = ""


class Usage(BaseModel):
    """How much was read and written.

    Attributes:
        prompt_tokens: the tokens of the question.
        completion_tokens: those of the answer.
        total_tokens: both.
        search_context_size: how much of the pages was read: ``"low"``, ``"medium"`` or ``"high"``.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    search_context_size: str | None = None


class Choice(BaseModel):
    """One answer.

    Attributes:
        index: its place.
        finish_reason: why it ended.
        message: the answer.
    """

    index: int = 0
    finish_reason: str | None = None
    message: Message


class PerplexityChatCompletionResponse(BaseModel):
    """What Perplexity sends.

    Attributes:
        id: of the answer.
        model: who answered.
        created: when, in seconds since 1970.
        usage: how much was read and written.
        citations: the addresses of the pages that were read.
        object: the kind of the object.
        choices: the answers.
    """

    id: str = ""
    model: str = ""
    created: int = 0
    usage: Usage | None = None
    citations: list[str] | None = None
    object: str = "chat.completion"
    choices: list[Choice]


class SearchResponse(ForeignModel):
    """The result of a search.

    Attributes:
        content: the answer; None if there is none.
        citations: the addresses of the pages that it rests on; numbers in brackets in the answer count them.
        error: why there is no answer; None if there is one.
    """

    content: str | None
    citations: list[str] | None
    error: str | None

    def _classic_for_model(self) -> str:
        if self.error is not None:
            return f"Error: {self.error}"
        sources = [f"[{number}] {address}" for number, address in enumerate(self.citations or [], 1)]
        return marked("\n".join([self.content or "", *sources]))


class PerplexitySearchTool(Tool):
    """Asks Perplexity; the tool is called ``perplexity-search``.

    Attributes:
        url: where it asks.
        model: the model that searches and answers.
        api_key: the key.
        max_tokens: the longest answer.
        search_domain_filter: the domains in which it searches; None for all.
    """

    @arguments_checked
    def __init__(
        self,
        model: Text = "sonar",
        api_key: str | None = None,
        max_tokens: Count = 1000,
        search_domain_filter: Texts | None = None,
    ) -> None:
        """Make the tool.

        Args:
            model: the model that searches and answers.
            api_key: the key; by default the variable ``PERPLEXITY_API_KEY`` of the environment.
            max_tokens: the longest answer, in tokens.
            search_domain_filter: the domains in which it searches, such as ``"example.com"``; with a minus before it,
                a domain is left out. None or an empty list for all.

        Raises:
            ValueError: there is no key or no model, or ``max_tokens`` is not positive.
        """
        self.api_key = key_for("Perplexity", api_key, "api_key", "PERPLEXITY_API_KEY")
        self.url = f"{_ADDRESS}/chat/completions"
        self.model = model
        self.max_tokens = max_tokens
        self.search_domain_filter = None if search_domain_filter is None else list(search_domain_filter)
        self._client = openai.OpenAI(api_key=self.api_key, base_url=_ADDRESS, max_retries=0, timeout=_SECONDS)
        super().__init__(
            name="perplexity-search",
            description="Ask Perplexity, which searches the web and answers; returns the answer and its sources.",
            func_or_tool=self.search,
        )

    @blocking
    def search(self, query: str) -> SearchResponse:
        """Ask Perplexity.

        Args:
            query: the question.

        Returns:
            The answer with its sources, or the error.

        Raises:
            ValueError: the question is empty, or not a text.
        """
        if not isinstance(query, str) or not query.strip():
            raise ValueError("The query must be a text that is not empty.")
        try:
            answer = self._execute_query(query)
        except ToolServiceError as error:
            return SearchResponse(content=None, citations=None, error=str(error))
        return SearchResponse(content=answer.choices[0].message.content, citations=answer.citations, error=None)

    def _execute_query(self, query: str) -> PerplexityChatCompletionResponse:
        """Ask Perplexity; ToolServiceError if it fails or its answer cannot be read."""
        more: dict[str, Any] = {"web_search_options": {"search_context_size": "high"}}
        if self.search_domain_filter:
            more["search_domain_filter"] = self.search_domain_filter
        with asking("Perplexity", self.api_key):
            answer = self._client.chat.completions.with_raw_response.create(
                model=self.model,
                messages=[{"role": "system", "content": _TASK}, {"role": "user", "content": query}],
                max_tokens=self.max_tokens,
                extra_body=more,
            )
            try:
                read = PerplexityChatCompletionResponse.model_validate_json(answer.content)
            except ValidationError:
                raise unreadable("Perplexity") from None
            if not read.choices:
                raise unreadable("Perplexity")
            return read
