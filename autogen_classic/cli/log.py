"""``autogen-classic log FILE``: what happened in a run."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from .._pictures.entries import Entry
from .._words import counted
from ._log_sources import GrowingLog, entries_of

__all__ = ("main",)

_EXAMPLES = """\
examples:
  autogen-classic log logs.db
  autogen-classic log autogen_logs/runtime.log --follow
  autogen-classic log run.json --json
  autogen-classic log run.jsonl --follow
"""
_LONGEST_TEXT = 200
_SECONDS_BETWEEN_LOOKS = 0.5


def main(arguments: Sequence[str]) -> int:
    """Print what is in a log.

    Args:
        arguments: the command line after ``log``.

    Returns:
        0.

    Raises:
        UnreadableLogError: the file is none of those that can be read.
        OSError: it cannot be read at all.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic log",
        description="Tell what happened in a run: messages, models with tokens, costs and times, tools, errors. Times "
        "of day are UTC. It reads a database or a file of runtime_logging, events as lines of JSON, recordings and "
        "journals.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the log")
    parser.add_argument("--json", action="store_true", help="print each entry as a line of JSON")
    parser.add_argument("--full", action="store_true", help="print whole texts, not only their beginnings")
    parser.add_argument("--follow", action="store_true", help="go on as the log grows, until Ctrl-C")
    options = parser.parse_args(arguments)

    shown: list[Entry] = []
    try:
        for entry in _followed(options.file) if options.follow else entries_of(options.file):
            print(json.dumps(_facts(entry)) if options.json else _line(entry, options.full), flush=True)
            shown.append(entry)
    except KeyboardInterrupt:
        pass
    if not options.json:
        print(_summary(shown))
    return 0


def _followed(path: Path) -> Iterator[Entry]:
    log = GrowingLog(path)
    while True:
        yield from log.news()
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _facts(entry: Entry) -> dict[str, object]:
    """An entry for a line of JSON; of a message it has the text."""
    return asdict(replace(entry, message=None), dict_factory=lambda items: dict(items[:-1]))


def _line(entry: Entry, full: bool) -> str:
    text = entry.text if full else " ".join(entry.text.split())
    if not full and len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]}..."
    when = f"{entry.at[11:23]}  " if entry.at else ""
    who = f"{entry.agent or 'somebody'} to {entry.to}" if entry.to else entry.agent or "-"
    facts = [entry.model] if entry.model else []
    facts += ["cached"] if entry.from_cache else []
    facts += [f"{entry.tokens} tokens"] if entry.tokens is not None else []
    facts += [f"${entry.cost:.6g}"] if entry.cost else []
    facts += [f"{entry.seconds:.3g} s"] if entry.seconds is not None else []
    mark = "FAILED " if entry.failed else ""
    more = f"  ({', '.join(facts)})" if facts else ""
    return f"{when}{entry.kind:<7}  {who}: {mark}{text}{more}"


def _summary(entries: list[Entry]) -> str:
    asked = [entry for entry in entries if entry.kind == "model"]
    paid = [entry for entry in asked if not entry.from_cache]
    parts = [
        counted(sum(entry.kind == "message" for entry in entries), "message"),
        counted(len(asked), "request") + f" ({len(asked) - len(paid)} answered by the cache)",
        counted(sum(entry.tokens or 0 for entry in paid), "token"),
        f"${sum(entry.cost or 0 for entry in paid):.6g}",
        counted(sum(entry.kind == "tool" for entry in entries), "tool call"),
        f"{sum(entry.failed for entry in entries)} failed",
    ]
    return ", ".join(parts)
