"""What a server offers, and what it is made of."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..agentchat.conversable_agent import ConversableAgent
from ..agentchat.remote.makers import Maker, made_by, made_for_request, refuse_the_same
from ..agentchat.remote.protocol import description_told
from ..errors import AutogenClassicError, ServingError
from ._casts import Cast, Servable, cast_of

__all__ = ("CheckedOffer", "Offer", "Offered", "checked_offers")


@dataclass(frozen=True)
class Offer:
    """Something to be served, with what a server has to know of it.

    Attributes:
        served: an agent, the `GroupChatManager` of a group, a pattern of AG2, or a pair of agents, the first of which
            speaks for the client and may run code. These take one conversation at a time. Better is a function
            without parameters that makes new ones: it is called for each conversation. With ``@contextmanager`` it
            yields them, and closes what they have opened when the conversation is over.
        description: what it is good for; None takes the docstring of the function, or what the agents say.
        max_cost: how many US dollars an answer may cost; None for any. What is being said then is still said.
        max_rounds: how many messages an answer of a pattern may take, with the client's; other groups have theirs.
    """

    served: Servable | Maker[Servable]
    description: str | None = None
    max_cost: float | None = None
    max_rounds: int = 20


Offered: TypeAlias = Servable | Maker[Servable] | Offer
"""What the values of ``offers`` may be."""


class CheckedOffer:
    """An offer that can be served, from which each conversation takes its agents.

    Args:
        name: its name.
        offer: the offer.

    Attributes:
        name: its name.
        description: what it is good for.
        takes_tools: whether a client may give it tools.
        max_cost: how many US dollars an answer may cost.

    Raises:
        ServingError: the offer cannot be served.
    """

    def __init__(self, name: str, offer: Offer) -> None:
        self.name = name
        self.max_cost = offer.max_cost
        self._offer = offer
        self._turn = threading.Lock()
        self._seen: Sequence[ConversableAgent] = ()
        cast = self._first_cast()
        self._seen = cast.agents
        self._shared = None if callable(offer.served) else cast
        self.takes_tools = cast.takes_tools
        self.description = offer.description or _description_of(offer.served, cast)

    @contextmanager
    def cast(self) -> Iterator[Cast]:
        """Give out the agents of one conversation, for the length of a ``with`` block.

        Agents that are not made anew for each conversation are waited for, until no other conversation has them.

        Raises:
            ServingError: the function that makes them gives out the same ones again.
        """
        if self._shared is None:
            maker: Any = self._offer.served
            with made_for_request(maker, self.name) as servable:
                yield self._cast_of(servable)
            return
        with self._turn, self._shared.as_new():
            yield self._shared

    def _first_cast(self) -> Cast:
        served: Any = self._offer.served
        try:
            with made_by(served, self.name) if callable(served) else nullcontext(served) as servable:
                return self._cast_of(servable)
        except AutogenClassicError:
            raise
        except Exception as error:
            raise ServingError(
                f"{self.name}: the function that makes the agents has raised {type(error).__name__}: {error}"
            ) from error

    def _cast_of(self, servable: object) -> Cast:
        cast = cast_of(servable, self.name, self._offer.max_rounds)
        refuse_the_same(self.name, cast.agents, self._seen)
        return cast


def checked_offers(offers: Mapping[str, Offered]) -> dict[str, CheckedOffer]:
    """Check that everything that is offered can be served.

    Args:
        offers: what is offered, by name.

    Returns:
        The offers that were checked, by the same names.

    Raises:
        ServingError: something cannot be served, or nothing is offered.
    """
    if not isinstance(offers, Mapping) or not offers:
        raise ServingError(f'Say what is to be served, as a dict such as {{"joker": make_joker}}, not {offers!r}.')
    return {
        name: CheckedOffer(name, offered if isinstance(offered, Offer) else Offer(offered))
        for name, offered in offers.items()
    }


def _description_of(served: object, cast: Cast) -> str:
    if inspect.isfunction(served) and served.__doc__:
        return inspect.cleandoc(served.__doc__).partition("\n\n")[0]
    if cast.is_group:
        return f"A group of {', '.join(member.name for member in cast.members)}."
    return description_told(cast.members[0])
