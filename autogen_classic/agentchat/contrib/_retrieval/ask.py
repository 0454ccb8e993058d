"""Put single questions to a model, for engines that answer from documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

from ...._core.content import content_str
from ...._core.running_chats import charge_work
from ...._secrets import shown_without_keys
from ..._accounts import on_account_of
from ...conversable_agent import ConversableAgent

if TYPE_CHECKING:
    from ....oai.client import OpenAIWrapper

__all__ = ("Asker", "Model", "spender_of")

_DEFAULT_CONFIG: dict[str, Any] = {"config_list": [{"model": "gpt-4o"}], "temperature": 0}


@runtime_checkable
class _Completing(Protocol):
    """A model of LlamaIndex."""

    def complete(self, prompt: str) -> object: ...


@runtime_checkable
class _Invoked(Protocol):
    """A model of LangChain or of neo4j-graphrag."""

    def invoke(self, prompt: str) -> object: ...


Model: TypeAlias = "Mapping[str, Any] | ConversableAgent | _Completing | _Invoked | None"
"""Who answers: an ``llm_config``, an agent with a model, a model of LlamaIndex, LangChain or neo4j-graphrag; None for
OpenAI's ``gpt-4o``."""


class Asker:
    """Puts single questions to a model.

    Args:
        llm: the model; see `Model`.

    Raises:
        TypeError: ``llm`` is none of these.
    """

    def __init__(self, llm: Model) -> None:
        if not isinstance(llm, Mapping | ConversableAgent | _Completing | _Invoked | None):
            raise TypeError(
                "llm must be an llm_config, an agent with a model, or a model of LlamaIndex, but it is "
                f"{shown_without_keys(llm)}."
            )
        self._llm = llm
        self._helper = _helper_with(llm) if isinstance(llm, Mapping) else None

    @property
    def client(self) -> OpenAIWrapper | None:
        """Who asks the model and spends on it; None for a model of another framework, and before the first question."""
        return self._helper.client if self._helper is not None else None

    def ask(self, system: str, text: str) -> str:
        """Ask a question.

        Args:
            system: what the model is told about its part.
            text: the question.

        Returns:
            The answer; empty if the model says nothing.
        """
        if isinstance(self._llm, _Completing | _Invoked):
            prompt = f"{system}\n\n{text}"
            is_completing = isinstance(self._llm, _Completing)
            found = self._llm.complete(prompt) if is_completing else self._llm.invoke(prompt)  # type: ignore[union-attr]
            charge_work("of another framework", None, None)
            return str(getattr(found, "content", found))
        owner = self._llm if isinstance(self._llm, ConversableAgent) else None
        if self._helper is None:
            self._helper = _helper_with(_DEFAULT_CONFIG if owner is None else owner.llm_config or {})
        told = system if owner is None else f"{owner.system_message}\n\n{system}"
        messages = [{"role": "system", "content": told}, {"role": "user", "content": text}]
        with on_account_of(cast("Any", owner), self._helper.client):
            _, answer = self._helper.generate_oai_reply(messages)
        return content_str(answer.get("content") if isinstance(answer, Mapping) else answer)


def spender_of(engine: object) -> OpenAIWrapper | None:
    """Who asks models for an engine and spends on them; None for an engine that tells of nobody.

    Args:
        engine: an engine of ours, or of a program.
    """
    from ....oai.client import OpenAIWrapper

    client = getattr(engine, "client", None)  # of a program's engine, it may be the client of a database
    return client if isinstance(client, OpenAIWrapper) else None


def _helper_with(llm_config: Mapping[str, Any]) -> ConversableAgent:
    """A hidden agent with a model and without tools."""
    config = {key: value for key, value in llm_config.items() if key not in ("tools", "functions")}
    return ConversableAgent("query_engine", system_message=None, llm_config=config, human_input_mode="NEVER")
