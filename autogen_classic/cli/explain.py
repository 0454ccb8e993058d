"""``autogen-classic explain``: what an error of this library means, and what to do.

What it tells stands in ``explanations.md`` beside it: a heading with the name of each error, then what it means, how it
comes about, and what to do. The pages of the documentation are made from the same file.
"""

from __future__ import annotations

import argparse
import builtins
import difflib
import re
import sys
from collections.abc import Collection, Sequence
from importlib.resources import files

__all__ = ("explanations", "main")

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def main(arguments: Sequence[str]) -> int:
    """Explain an error, or list all that can be explained.

    Args:
        arguments: the command line after ``explain``.

    Returns:
        0; 2 for a name that is not known.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic explain", description="Say what an error of this library means, and what to do."
    )
    parser.add_argument("name", nargs="*", help="the error, as a traceback shows it; without it, all are listed")
    wanted = " ".join(parser.parse_args(arguments).name)
    known = explanations()
    if not wanted:
        print("\n".join(known))
        return 0
    name = wanted.partition(":")[0].strip().rpartition(".")[2]  # a traceback also shows the module, and the text
    if name not in known:
        print(f"autogen-classic explain: this library has no error {name!r}. {_advice(name, known)}", file=sys.stderr)
        return 2
    print(name, _LINK.sub(r"\1", known[name]), sep="\n\n")
    return 0


def _advice(name: str, known: Collection[str]) -> str:
    """Where else an error may come from, or what its name may have been."""
    if isinstance(getattr(builtins, name, None), type):
        return "It is one of Python: https://docs.python.org/3/library/exceptions.html"
    import openai

    if isinstance(getattr(openai, name, None), type):
        return "It is one of the package openai: https://github.com/openai/openai-python#handling-errors"
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f"Did you mean {nearest[0]}?" if nearest else "Without a name, all are listed."


def explanations() -> dict[str, str]:
    """Read what is known about each error.

    Returns:
        Markdown by the names of the errors, in alphabetical order; links lead from a page in a folder of the
        documentation to pages above it.
    """
    text = (files("autogen_classic.cli") / "explanations.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(sections[::2], sections[1::2], strict=True)}
