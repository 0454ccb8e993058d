"""What a run has cost, what it can do, and what all kinds of runs have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from .._core.party import Runner, ToolOrFunction
from ..events.base_event import Wrapped
from .thread_io_stream import RunStream

__all__ = (
    "AsyncEventProcessorProtocol",
    "AsyncRunResponseProtocol",
    "Cost",
    "CostBreakdown",
    "EventProcessorProtocol",
    "GroupVariables",
    "Messages",
    "Run",
    "RunInfoProtocol",
    "RunResponseProtocol",
    "Usage",
)


Messages: TypeAlias = list[dict[str, Any]]

GroupVariables: TypeAlias = Any
"""The `ContextVariables` of a group; None in a chat of two."""

# --- what it cost ----------------------------------------------------------------------------------------------------


class Usage(BaseModel):
    """What one model has taken: ``cost`` in US dollars, and tokens."""

    cost: float
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CostBreakdown(BaseModel):
    """What all models have cost: ``total_cost`` in US dollars, and the usage of each by its name."""

    total_cost: float
    models: dict[str, Usage] = Field(default_factory=dict)

    @classmethod
    def from_raw(cls, data: Mapping[str, Any]) -> CostBreakdown:
        """Read one of the two parts of `ChatResult.cost`.

        Args:
            data: ``total_cost``, and the usage of each model by its name.
        """
        models = {name: Usage(**usage) for name, usage in data.items() if isinstance(usage, Mapping)}
        return cls(total_cost=data.get("total_cost", 0), models=models)


class Cost(BaseModel):
    """What a run has cost, with answers that came from a cache and without them."""

    usage_including_cached_inference: CostBreakdown
    usage_excluding_cached_inference: CostBreakdown

    @classmethod
    def from_raw(cls, data: Mapping[str, Any]) -> Cost:
        """Read `ChatResult.cost`.

        Args:
            data: its two parts by their names.
        """
        return cls(**{part: CostBreakdown.from_raw(data.get(part, {})) for part in cls.model_fields})


# --- the protocols ---------------------------------------------------------------------------------------------------


@runtime_checkable
class RunInfoProtocol(Protocol):
    """Which run it is."""

    @property
    def uuid(self) -> UUID:
        """The id of the run."""
        ...

    @property
    def above_run(self) -> RunResponseProtocol | None:
        """The run around this one; None if it stands alone."""
        ...


@runtime_checkable
class RunResponseProtocol(RunInfoProtocol, Protocol):
    """A run, as `RunResponse` has it."""

    @property
    def events(self) -> Iterable[Wrapped[Any]]:
        """What happens in it."""
        ...

    @property
    def messages(self) -> Iterable[dict[str, Any]]:
        """What was said."""
        ...

    @property
    def summary(self) -> str | None:
        """What came out of it."""
        ...

    @property
    def context_variables(self) -> GroupVariables:
        """The variables of a group."""
        ...

    @property
    def last_speaker(self) -> str | None:
        """Who spoke last."""
        ...

    @property
    def cost(self) -> Cost | None:
        """What it cost."""
        ...

    def process(self, processor: EventProcessorProtocol | None = None) -> None:
        """Hand the run to a processor."""
        ...

    def set_ui_tools(self, tools: list[ToolOrFunction]) -> None:
        """Show the models tools that the reader of the events runs."""
        ...


@runtime_checkable
class AsyncRunResponseProtocol(RunInfoProtocol, Protocol):
    """An asynchronous run, as `AsyncRunResponse` has it."""

    @property
    def events(self) -> AsyncIterator[Wrapped[Any]]:
        """What happens in it."""
        ...

    @property
    async def messages(self) -> Iterable[dict[str, Any]]:
        """What was said."""
        ...

    @property
    async def summary(self) -> str | None:
        """What came out of it."""
        ...

    @property
    async def context_variables(self) -> GroupVariables:
        """The variables of a group."""
        ...

    @property
    async def last_speaker(self) -> str | None:
        """Who spoke last."""
        ...

    @property
    async def cost(self) -> Cost | None:
        """What it cost."""
        ...

    async def process(self, processor: AsyncEventProcessorProtocol | None = None) -> None:
        """Hand the run to a processor."""
        ...

    def set_ui_tools(self, tools: list[ToolOrFunction]) -> None:
        """Show the models tools that the reader of the events runs."""
        ...


@runtime_checkable
class EventProcessorProtocol(Protocol):
    """Anything that takes a run to its end."""

    def process(self, response: RunResponseProtocol) -> None:
        """Iterate over the events of a run.

        Args:
            response: the run.
        """
        ...


@runtime_checkable
class AsyncEventProcessorProtocol(Protocol):
    """Anything that takes an asynchronous run to its end."""

    async def process(self, response: AsyncRunResponseProtocol) -> None:
        """Iterate over the events of a run.

        Args:
            response: the run.
        """
        ...


# --- what all runs have in common ------------------------------------------------------------------------------------


class Run:
    """What all four kinds of runs have in common."""

    def __init__(self, stream: RunStream, agents: Sequence[Runner]) -> None:
        self._stream = stream
        self._agents = list(agents)
        self._uuid = uuid4()

    @property
    def uuid(self) -> UUID:
        """The id of the run."""
        return self._uuid

    @property
    def agents(self) -> list[Runner]:
        """Who takes part."""
        return self._agents

    @property
    def iostream(self) -> RunStream:
        """The stream that carries the events."""
        return self._stream

    @property
    def above_run(self) -> RunResponseProtocol | None:
        """The run around this one: None, because every run stands alone."""
        return None

    def set_ui_tools(self, tools: list[ToolOrFunction]) -> None:
        """Show the models of all agents tools that the reader of the events runs; see `Agent.set_ui_tools`.

        Args:
            tools: the tools.
        """
        for agent in self._agents:
            agent.set_ui_tools(tools)

    def _stop(self) -> None:
        for agent in self._agents:
            agent.stop_chat()

    def _messages(self) -> Messages:
        return cast(Messages, self._of_completion("history") or [])

    def _cost(self) -> Cost | None:
        cost = self._of_completion("cost")
        return None if cost is None else Cost.from_raw(cast("Mapping[str, Any]", cost))

    def _of_completion(self, name: str) -> object:
        completion = self._stream.completion
        return None if completion is None else getattr(completion.content, name)
