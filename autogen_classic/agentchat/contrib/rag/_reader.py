"""A model that answers questions from excerpts of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...._core.foreign_texts import ABOUT_QUOTED
from .._retrieval.ask import Asker, Model

if TYPE_CHECKING:
    from ....oai.client import OpenAIWrapper

__all__ = ("ExcerptReader", "Model")

_PROMPT = f"""\
You answer questions from excerpts of documents, and from nothing else. Say briefly what they say about the question; if
they do not say it, say that the documents do not tell.

{ABOUT_QUOTED}"""


class ExcerptReader:
    """Answers questions from excerpts of documents.

    Args:
        llm: the model that answers; see `Model`.

    Raises:
        TypeError: ``llm`` is not a `Model`.
    """

    def __init__(self, llm: Model) -> None:
        self._asker = Asker(llm)

    @property
    def client(self) -> OpenAIWrapper | None:
        """Who asks the model and spends on it, as far as it is one of ours."""
        return self._asker.client

    def answer(self, question: str, excerpts: Sequence[str]) -> str:
        """Answer a question.

        Args:
            question: the question.
            excerpts: what to answer from, as `quoted` writes it.

        Returns:
            The answer; empty if the model says nothing.
        """
        return self._asker.ask(_PROMPT, "\n\n".join([*excerpts, f"The question: {question}"]))
