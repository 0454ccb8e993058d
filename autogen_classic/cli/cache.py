"""``autogen-classic cache``: see, clear and import the answers that are kept on disk."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from .._core.messages import called
from .._words import counted

__all__ = ("main",)

_EXAMPLES = """\
examples:
  autogen-classic cache ls
  autogen-classic cache show 41
  autogen-classic cache clear 41 --yes
  autogen-classic cache import .cache/41
  autogen-classic cache import old_project/.cache --root .cache
"""

# The SHA-256 of texts that 0.2.40 itself puts into requests, and the agent class and attribute that hold ours.
_TEXTS_OF_0_2 = {
    "34fc549b55578852e7fca6e16eb5ee5a7a4f5f36b8d928ee21b9c4162e5de900": ("AssistantAgent", "DEFAULT_SYSTEM_MESSAGE"),
    "53be7f5413ba53352d3e01d17293948d04d62c67a5b11cba14d198ef8be355b9": ("ConversableAgent", "DEFAULT_SUMMARY_PROMPT"),
}


def main(arguments: Sequence[str]) -> int:
    """Look after the caches in a directory.

    Args:
        arguments: the command line after ``cache``.

    Returns:
        0; 1 if there is nothing to work on, or not every entry could be imported.
    """
    options = _parser().parse_args(arguments)
    action: Callable[[argparse.Namespace], int] = options.action
    return action(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autogen-classic cache",
        description="Look after the answers of models that are kept on disk.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="ACTION", required=True)

    def command(name: str, action: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        sub.add_argument("--root", default=".cache", help="the directory of the caches (default: %(default)s)")
        sub.set_defaults(action=action)
        return sub

    command("ls", _ls, "list the caches: entries, sizes, models and dates")
    show = command("show", _show, "print the entries of a cache")
    show.add_argument("seed", metavar="SEED", help="which cache: a name that `ls` prints")
    show.add_argument("--json", action="store_true", help="print each entry as a line of JSON")
    clear = command("clear", _clear, "delete entries; those that AutoGen 0.2 left stay")
    clear.add_argument("seed", metavar="SEED", nargs="?", help="which cache; without it, all of them")
    clear.add_argument("--yes", action="store_true", help="do not ask")
    importing = command("import", _import, "bring entries of AutoGen 0.2 into caches of this library")
    importing.add_argument("old", metavar="DIR", help="a directory of 0.2: .cache, or one seed in it")
    return parser


def _ls(options: argparse.Namespace) -> int:
    """Print what each cache holds."""
    from ..cache._store import Cache
    from ..errors import CacheUnusableError

    places = _places(Path(options.root))
    for place in places:
        try:
            with closing(Cache(place)) as cache:
                old = cache.count_old_entries()
            entries = _entries(place)
        except CacheUnusableError as error:
            print(f"{place.name}: {error}")
            continue
        notes = (
            [f"{counted(old, 'entry', 'entries')} of AutoGen 0.2, see `autogen-classic cache import`"] if old else []
        )
        if entries:
            models = Counter(_model(value) for _, value, _ in entries)
            names = ", ".join(f"{name} ({count})" for name, count in models.most_common())
            dates = f"{_date(entries[0][2])} to {_date(entries[-1][2])}"
            notes[:0] = [f"{counted(len(entries), 'entry', 'entries')}, {_size(place)}, {dates}: {names}"]
        print(f"{place.name}: {'; '.join(notes) or 'empty'}")
    if not places:
        print(f"There are no caches in {options.root}.", file=sys.stderr)
    return 0 if places else 1


def _show(options: argparse.Namespace) -> int:
    place = _place(options)
    if place is None:
        return 1
    for key, value, stored in _entries(place):
        if options.json:
            print(json.dumps({"key": key, "stored": stored, "entry": value}))
        else:
            print(_described(key, value, stored))
    return 0


def _clear(options: argparse.Namespace) -> int:
    """Delete the answers in the caches that were chosen, after the person has said yes."""
    chosen = _places(Path(options.root))
    if options.seed:
        place = _place(options)
        if place is None:
            return 1
        chosen = [place]
    places = list(filter(_holds_answers, chosen))
    if not places:
        print(f"There is nothing to clear in {options.root}.", file=sys.stderr)
        return 1
    if not options.yes:
        print("This deletes the answers in", *places, sep="\n  ")
        try:
            if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
                return 1
        except EOFError:
            print("\nNothing was deleted. Say --yes where nobody can be asked.", file=sys.stderr)
            return 1
    for place in places:
        _delete_answers(place)
        print(f"Deleted the answers in {place}.")
    return 0


def _holds_answers(place: Path) -> bool:
    """Tell whether there is anything besides entries of AutoGen 0.2; in a damaged file there may be."""
    from ..cache._store import Cache
    from ..errors import CacheUnusableError

    try:
        with closing(Cache(place)) as cache:
            old = cache.count_old_entries()
            return len(cache) > old or not old
    except CacheUnusableError as error:
        if error.damaged:
            return True
        raise


def _delete_answers(place: Path) -> None:
    """Delete the file; if AutoGen 0.2 left entries in it, delete only the others."""
    from ..cache._store import FILE, Cache
    from ..errors import CacheUnusableError

    try:
        with closing(Cache(place)) as cache:
            if cache.count_old_entries():
                cache.delete_answers()
                return
    except CacheUnusableError as error:
        if not error.damaged:
            raise
    (place / FILE).unlink()


def _import(options: argparse.Namespace) -> int:
    """Bring the entries of old caches into new ones, and print what became of them."""
    from ..cache._import.run import import_directory
    from ..cache._store import FILE
    from ..errors import OldCacheError

    old = Path(options.old)
    seeds = [old] if (old / FILE).is_file() else sorted(file.parent for file in old.glob(f"*/{FILE}"))
    if not seeds:
        raise OldCacheError(f"{old} holds no cache of AutoGen 0.2: there is no file {FILE} in it or one below it.")
    all_went_well = True
    for seed in seeds:
        outcome = import_directory(seed, Path(options.root) / seed.resolve().name, _own_texts())
        all_went_well = all_went_well and not outcome.refused
        print(
            f"{seed}: {outcome.imported} imported, {outcome.present} were there before, {len(outcome.refused)} refused"
        )
        for key, reason in outcome.refused:
            print(f"  refused {_printable(key)!r}: {_printable(reason)}", file=sys.stderr)
    return 0 if all_went_well else 1


def _own_texts() -> dict[str, str]:
    """Requests of 0.2 with its own texts must be found by programs that send ours instead."""
    from .. import agentchat

    return {digest: getattr(getattr(agentchat, owner), name) for digest, (owner, name) in _TEXTS_OF_0_2.items()}


def _places(root: Path) -> list[Path]:
    from ..cache._store import FILE

    return sorted(file.parent for file in root.glob(f"*/{FILE}"))


def _place(options: argparse.Namespace) -> Path | None:
    places = _places(Path(options.root))
    for place in places:
        if place.name == options.seed:
            return place
    known = ", ".join(place.name for place in places) or "none"
    print(f"There is no cache {options.seed!r} in {options.root}. There are: {known}.", file=sys.stderr)
    return None


def _entries(place: Path) -> list[tuple[str, Any, float]]:
    """Key, value and time of every entry, the oldest first. A value that is not JSON is None."""
    from ..cache._store import Cache

    with closing(Cache(place)) as cache:
        return [(entry.key, _parsed(entry.value), entry.stored) for entry in cache.entries()]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None


def _part(value: Any, *path: str | int) -> Any:
    """What is at a place in an entry, or None; entries of programs can have any form."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _model(value: object) -> str:
    found = _part(value, "request", "model") or _part(value, "fields", "model")
    return _printable(str(found)) if found else "other"


def _described(key: str, value: object, stored: float) -> str:
    lines = [f"{_date(stored, '%Y-%m-%d %H:%M')}  {_model(value)}  {_printable(key[-12:])}"]
    request = _part(value, "request")
    if request is not None:
        count = _part(request, "messages")
        about = f" ({counted(count, 'message')})" if isinstance(count, int) else ""
        lines.append(f"  asked{about}: {_short(_part(request, 'last') or '')}")
        if _part(request, "tools"):
            lines.append(f"  tools: {_short(', '.join(map(str, _part(request, 'tools'))))}")
    lines.extend(f"  answer: {_short(text)}" for text in _answers_in(value))
    return "\n".join(lines)


def _answers_in(value: object) -> Iterator[str]:
    choices = _part(value, "fields", "choices")
    if not isinstance(choices, list):
        yield json.dumps(value)
        return
    for choice in choices:
        text = _part(choice, "message", "content") or _part(choice, "text")
        if text:
            yield str(text)
        calls = _part(choice, "message", "tool_calls")
        for call in calls if isinstance(calls, list) else ():
            asked = called(call)
            yield f"{_part(asked, 'name')}({_part(asked, 'arguments') or _part(asked, 'input')})"


def _short(text: object) -> str:
    words = " ".join(str(text).split())
    return _printable(words if len(words) <= 160 else f"{words[:157]}...")


def _printable(text: str) -> str:
    """Answers may hold control characters, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _size(place: Path) -> str:
    from ..cache._store import FILE

    kilobytes = (place / FILE).stat().st_size / 1000
    return f"{kilobytes:.0f} kB" if kilobytes < 1000 else f"{kilobytes / 1000:.1f} MB"


def _date(stored: float, form: str = "%Y-%m-%d") -> str:
    try:
        return time.strftime(form, time.localtime(stored))
    except (ValueError, OverflowError, OSError, TypeError):
        return "unknown date"
