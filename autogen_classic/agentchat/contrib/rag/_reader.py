"""A model that answers questions from excerpts of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

from ...._core.content import content_str
from ...._core.running_chats import charge_work
from ..._accounts import on_account_of
from ...conversable_agent import ConversableAgent
from .._retrieval.quoted import ABOUT_QUOTED

if TYPE_CHECKING:
    from ....oai.client import OpenAIWrapper

__all__ = ("ExcerptReader", "Model", "asker_of")

_DEFAULT_CONFIG: dict[str, Any] = {"config_list": [{"model": "gpt-4o"}], "temperature": 0}

_PROMPT = f"""\
You answer questions from excerpts of documents, and from nothing else. Say briefly what they say about the question; if
they do not say it, say that the documents do not tell.

{ABOUT_QUOTED}"""


@runtime_checkable
class _Completing(Protocol):
    """A model of LlamaIndex."""

    def complete(self, prompt: str) -> object: ...


Model: TypeAlias = "Mapping[str, Any] | ConversableAgent | _Completing | None"
"""Who answers: an ``llm_config``, an agent with a model, a model of LlamaIndex; None for OpenAI's ``gpt-4o``."""


class ExcerptReader:
    """Answers questions from excerpts of documents.

    Args:
        llm: the model that answers; see `Model`.

    Raises:
        TypeError: it is something else.
    """

    def __init__(self, llm: Model) -> None:
        if not isinstance(llm, Mapping | ConversableAgent | _Completing | None):
            raise TypeError(
                f"llm must be an llm_config, an agent with a model, or a model of LlamaIndex, but it is {llm!r:.80}."
            )
        self._llm = llm
        self._asker: ConversableAgent | None = None
        if isinstance(llm, Mapping):
            self._asker = asker_of(llm, _PROMPT)

    @property
    def client(self) -> OpenAIWrapper | None:
        """Who asks the model and spends on it; None for a model of LlamaIndex, and before the first question."""
        return self._asker.client if self._asker is not None else None

    def answer(self, question: str, excerpts: Sequence[str]) -> str:
        """Answer a question.

        Args:
            question: the question.
            excerpts: what to answer from, as `quoted` writes it.

        Returns:
            The answer; empty if the model says nothing.
        """
        text = "\n\n".join([*excerpts, f"The question: {question}"])
        if isinstance(self._llm, _Completing):
            answer = self._llm.complete(f"{_PROMPT}\n\n{text}")
            charge_work("of LlamaIndex", None, None)
            return str(answer)
        owner = self._llm if isinstance(self._llm, ConversableAgent) else None
        if self._asker is None:
            self._asker = asker_of(_DEFAULT_CONFIG if owner is None else owner.llm_config or {}, _PROMPT)
        with on_account_of(cast("Any", owner), self._asker.client):
            _, answer = self._asker.generate_oai_reply([{"role": "user", "content": text}])
        return content_str(answer.get("content") if isinstance(answer, Mapping) else answer)


def asker_of(llm_config: Mapping[str, Any], system_message: str, **settings: Any) -> ConversableAgent:
    """Make a hidden agent that puts single questions to a model.

    Args:
        llm_config: the model; tools in it are left out.
        system_message: what it is told.
        **settings: further keys of the ``llm_config``, such as ``response_format``.
    """
    without_tools = {key: value for key, value in llm_config.items() if key not in ("tools", "functions")}
    return ConversableAgent(
        "query_engine",
        system_message=system_message,
        llm_config={**without_tools, **settings},
        human_input_mode="NEVER",
    )
