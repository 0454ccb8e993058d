"""OpenAI's API over agents, on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._bearer import checked_token
from ._conversations import AnswerShape, ConversationPool
from ._listening import Listener
from ._offers import Offered
from ._openai_app import app_of

__all__ = ("OpenAIServer",)


class OpenAIServer(Listener):
    """A server that offers agents and groups as models, for whatever speaks OpenAI's API.

    It has ``/v1/models``, ``/v1/chat/completions`` and ``/v1/responses``. Use it in ``with``, or call `start` and
    `stop`, or `serve`.

    Args:
        offers: what is offered, by the names of the models; see `Offer`.
        host: the address to listen at; the default can be reached from this machine only.
        port: the port; 0 takes a free one.
        token: what clients send as their API key; None makes one.
        conversations: how many may be open at once; further requests get status 429.
        answer: what a client gets: "all" that the agents say, or the "last" message that says something.

    Attributes:
        token: what clients send as their API key.
        address: where it listens, without a path.

    Raises:
        ServingError: something of it cannot be served, or the token is too short.
        OSError: the port is in use.
        ImportError: the extra ``serve`` is missing.
        ValueError: ``conversations`` is less than 1, or ``answer`` is neither "all" nor "last".
    """

    def __init__(
        self,
        offers: Mapping[str, Offered],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        conversations: int = 100,
        answer: AnswerShape = "all",
    ) -> None:
        token = checked_token(token)
        pool = ConversationPool(offers, conversations, answer)
        super().__init__(app_of(pool, token), pool, token, host, port)

    @property
    def base_url(self) -> str:
        """The ``base_url`` for an OpenAI client."""
        return f"{self.address}/v1"

    def llm_config(self, model: str | None = None, **changes: Any) -> dict[str, Any]:
        """Build an llm_config for an agent that talks to this server. Its answers are not cached.

        Args:
            model: the name of the model; None takes the first.
            **changes: keys to add or replace, such as ``stream``.
        """
        entry = {"model": model or self.names[0], "base_url": self.base_url, "api_key": self.token}
        return {"config_list": [entry], "cache_seed": None, **changes}
