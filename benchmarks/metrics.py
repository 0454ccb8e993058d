"""What is measured, in the order of the report, and what is to be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ("METRICS", "SCRIPTS", "Metric", "Target")

SCRIPTS = (
    "imports",
    "construction",
    "turn",
    "long_chat",
    "group",
    "large_groups",
    "model_turn",
    "wire",
    "streaming",
    "cache_hit",
    "selection",
    "concurrent_chats",
    "websocket_chats",
    "listeners",
    "local_model",
    "code_round_trip",
)


@dataclass(frozen=True)
class Target:
    """What a measurement has to reach; give one of the two.

    Attributes:
        times_better: how many times smaller than that of 0.2.40 it has to be.
        at_most: the highest value allowed, in the unit of the metric.
    """

    times_better: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        return f"{self.times_better:g}x" if self.times_better is not None else f"at most {self.at_most:g}"

    def is_met(self, value: float, reference: float | None) -> bool | None:
        """Tell whether a value reaches the target.

        Args:
            value: our value.
            reference: the value of 0.2.40; None where it was not measured.

        Returns:
            None where that cannot be told.
        """
        if self.at_most is not None:
            return value <= self.at_most
        if reference is None or self.times_better is None:
            return None
        return value * self.times_better <= reference


@dataclass(frozen=True)
class Metric:
    """One line of the report.

    Attributes:
        script: the file of ``scripts`` that measures it.
        label: what it is, for the reader.
        unit: "s", "ms" or "µs" for seconds, else the unit as the script reports it.
        target: what is to be reached, if anything was promised.
    """

    script: str
    label: str
    unit: str
    target: Target | None = None

    @property
    def scale(self) -> float:
        """What a reported value is multiplied by to have it in the unit of the report."""
        return {"ms": 1e3, "µs": 1e6}.get(self.unit, 1.0)


AT_85_PERCENT = 1.18
"""Whoever takes 1.18 times as long does 85 % of the work in the same time."""

METRICS: Mapping[str, Metric] = {
    "import_bare": Metric("imports", "`import`", "ms"),
    "import_modules": Metric("imports", "modules loaded by it, standard library apart", "", Target(at_most=59)),
    "import_agent": Metric("imports", "`from … import AssistantAgent` and a first agent", "ms", Target(20)),
    "import_agent_modules": Metric("imports", "modules loaded by that, standard library apart", ""),
    "import_agent_model": Metric("imports", "the same, the agent with `llm_config`", "ms"),
    "construct": Metric("construction", "agent without a model", "µs"),
    "construct_model": Metric("construction", "agent with `llm_config`", "µs", Target(100)),
    "memory": Metric("construction", "memory of an agent without a model", "KiB", Target(at_most=4.5)),
    "memory_model": Metric("construction", "memory of an agent with `llm_config`", "KiB"),
    "turn": Metric("turn", "turn of two agents", "µs", Target(7)),
    "turn_first": Metric("turn", "turn that the first reply function answers", "µs"),
    "turn_printed": Metric("turn", "turn, printed", "µs"),
    "turn_async": Metric("turn", "turn, asynchronous", "µs"),
    "turn_early": Metric("long_chat", "turn with 100 messages behind it", "µs"),
    "turn_late": Metric("long_chat", "turn with 100,000 messages behind it", "µs"),
    "turn_late_ratio": Metric("long_chat", "the second divided by the first", "", Target(at_most=1.5)),
    "group_4": Metric("group", "message in a group of 4", "µs", Target(4)),
    "group_16": Metric("group", "message in a group of 16", "µs", Target(4)),
    "group_64": Metric("group", "message in a group of 64", "µs", Target(5)),
    "group_256": Metric("large_groups", "message in a group of 256", "µs"),
    "group_1000": Metric("large_groups", "message in a group of 1,000", "µs"),
    "group_listener": Metric("large_groups", "each further listener between these two", "µs", Target(at_most=1)),
    "group_long": Metric("large_groups", "message in a group of 64 that says 10,000", "µs"),
    "group_memory": Metric("large_groups", "memory of these 10,000 messages, heard by all", "MiB", Target(1)),
    "model_turn": Metric("model_turn", "turn with a model over HTTP, both agents", "ms"),
    "model_bare": Metric("model_turn", "the same requests by the bare openai client", "ms"),
    "model_ratio": Metric("model_turn", "the first divided by the second, elapsed", "", Target(at_most=1.1)),
    "model_ratio_cpu": Metric("model_turn", "the same ratio in processor time, waiting left out", ""),
    "wire_turn_2": Metric("wire", "turn with a model over HTTP, 2 messages", "ms"),
    "wire_create_2": Metric("wire", "the same request by `create` of the openai package", "ms"),
    "wire_http_2": Metric("wire", "the same request by bare HTTP", "ms"),
    "wire_turn_100": Metric("wire", "turn with a model over HTTP, 100 messages", "ms"),
    "wire_create_100": Metric("wire", "the same request by `create` of the openai package", "ms"),
    "wire_http_100": Metric("wire", "the same request by bare HTTP", "ms"),
    "wire_turn_400": Metric("wire", "turn with a model over HTTP, 400 messages", "ms", Target(20)),
    "wire_create_400": Metric("wire", "the same request by `create` of the openai package", "ms"),
    "wire_http_400": Metric("wire", "the same request by bare HTTP", "ms"),
    "wire_ratio_400": Metric("wire", "the turn divided by bare HTTP", "", Target(at_most=2)),
    "stream": Metric("streaming", "piece of a streamed answer, shown and put together", "µs"),
    "stream_bare": Metric("streaming", "the same, read by the bare openai client", "µs"),
    "stream_added_cpu": Metric("streaming", "what an agent adds to a piece, in processor time", "µs"),
    "cache_hit": Metric("cache_hit", "answer from the cache on disk, 20 messages", "ms", Target(at_most=0.3)),
    "cache_hit_open": Metric("cache_hit", "the same inside `with Cache.disk()`", "ms"),
    "cache_hit_long": Metric("cache_hit", "answer from the cache on disk, 200 messages", "ms"),
    "cache_hit_growth": Metric(
        "cache_hit", "a message of the long chat divided by one of the short", "", Target(at_most=1)
    ),
    "selection": Metric("selection", "message in a group of 4 whose speaker a model selects over HTTP", "ms"),
    "selection_cpu": Metric("selection", "the same in processor time", "ms"),
    "concurrent": Metric("concurrent_chats", "1,000 asynchronous chats at once, the model answers at once", "s"),
    "concurrent_cpu": Metric("concurrent_chats", "the same in processor time", "s"),
    "concurrent_create": Metric(
        "concurrent_chats", "the same requests by `create` of the bare asynchronous client", "s"
    ),
    "concurrent_ratio_create": Metric(
        "concurrent_chats", "the chats divided by these, elapsed", "", Target(at_most=AT_85_PERCENT)
    ),
    "concurrent_post": Metric("concurrent_chats", "the same requests by its `post`", "s"),
    "concurrent_ratio_post": Metric(
        "concurrent_chats", "the chats divided by these, elapsed", "", Target(at_most=AT_85_PERCENT)
    ),
    "concurrent_thinking": Metric("concurrent_chats", "1,000 of them, the model thinks for 0.2 s", "s"),
    "websocket_chats": Metric(
        "websocket_chats", "200 people at once over web sockets, each with two answers of a model", "s"
    ),
    "websocket_chats_cpu": Metric("websocket_chats", "the same in processor time", "s"),
    "websocket_chats_memory": Metric("websocket_chats", "memory for each of them at the peak", "KiB"),
    "listeners_none": Metric("listeners", "turn of two agents that nobody hears", "µs"),
    "listeners_one": Metric("listeners", "the same with one subscriber of all events", "µs"),
    "listeners_one_ratio": Metric("listeners", "the second divided by the first", "", Target(at_most=1.1)),
    "listeners_iterate": Metric("listeners", "the same turn in a loop over `iterate`", "µs"),
    "listeners_iterate_ratio": Metric(
        "listeners", "that divided by the turn that nobody hears", "", Target(at_most=1.15)
    ),
    "listeners_sqlite": Metric("listeners", "the same turn, logged to SQLite by `runtime_logging`", "µs"),
    "listeners_file": Metric("listeners", "the same turn, logged to a file", "µs"),
    "listeners_trace": Metric("listeners", "the same turn, traced with the SDK of OpenTelemetry", "µs"),
    "listeners_journal": Metric("listeners", "the same turn with a journal, on this disk", "µs"),
    "journal_message": Metric(
        "listeners", "what a journal adds to a message: one write, one fsync", "µs", Target(at_most=300)
    ),
    "local_load": Metric("local_model", "the local model, from nothing to its first token", "s"),
    "local_tokens": Metric("local_model", "tokens per second of the local model", ""),
    "code_local": Metric("code_round_trip", "`print(1)` as a process", "ms"),
    "code_local_bare": Metric("code_round_trip", "the same by bare subprocess", "ms"),
    "code_local_ratio": Metric("code_round_trip", "the first divided by the second", "", Target(at_most=1.15)),
    "code_bubblewrap": Metric("code_round_trip", "`print(1)` in bubblewrap", "ms"),
    "code_bubblewrap_bare": Metric("code_round_trip", "the same by bare bwrap", "ms"),
    "code_bubblewrap_ratio": Metric("code_round_trip", "the first divided by the second", "", Target(at_most=1.15)),
    "code_docker": Metric("code_round_trip", "`print(1)` in a Docker container", "ms"),
    "code_docker_bare": Metric("code_round_trip", "the same by docker exec", "ms"),
    "code_docker_ratio": Metric("code_round_trip", "the first divided by the second", "", Target(at_most=1.15)),
    "code_kernel": Metric("code_round_trip", "`print(1)` in an IPython kernel", "ms"),
    "code_kernel_bare": Metric("code_round_trip", "the same by bare jupyter_client", "ms"),
    "code_kernel_ratio": Metric("code_round_trip", "the first divided by the second", "", Target(at_most=1.15)),
}
