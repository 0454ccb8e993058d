"""The pages of errors: what `autogen-classic explain` tells about each, and what it can be caught by."""

from __future__ import annotations

import re

from autogen_classic import errors
from autogen_classic.cli.explain import explanations

# How deep a name stands in the drawing of `autogen_classic.errors`, the name, and its other bases in brackets.
_DRAWN = re.compile(r"^ {5}((?:\|   )?)\+-- (\w+)(?: \((.*)\))?$", re.MULTILINE)
_ROOM = re.compile(r"^ {5}\|  (?=\w)(.+)$", re.MULTILINE)

INDEX = """\
# Errors by name

A traceback ends with the name of an error. Each error of this library has a page, which says what it means, how it
comes about, and what to do. The same can be read in a terminal, without a network:

```console
$ autogen-classic explain MissingKeyError
```

In a program, `error.help_url` is the address of its page below that of this site. What happens to a chat in which
something fails is on the page [When something fails](../errors.md).
"""


def drawn() -> dict[str, tuple[str, list[str]]]:
    """Read the tree of errors.

    Returns:
        Each name with its parent and the other classes that it can be caught by.
    """
    found: dict[str, tuple[str, list[str]]] = {}
    parent = ""
    for indent, name, others in _DRAWN.findall(errors.__doc__ or ""):
        found[name] = (parent if indent else "AutogenClassicError", others.split(", ") if others else [])
        parent = parent if indent else name
    return found


def error_pages() -> dict[str, str]:
    """Write the pages.

    Returns:
        The text of each page by the name of its file.
    """
    explained, tree = explanations(), drawn()
    pages = {f"{name}.md": _page(name, text, tree) for name, text in explained.items()}
    pages["index.md"] = INDEX + _list_by_rooms(explained)
    return pages


def _page(name: str, text: str, tree: dict[str, tuple[str, list[str]]]) -> str:
    classes = []
    above = name
    while above in tree:
        above, others = tree[above]
        classes += [f"[`{above}`]({above}.md)", *(f"`{other}`" for other in others)]
    also = f", and by {' or '.join(dict.fromkeys(classes))}" if classes else ""
    return f"# {name}\n\n{text}\n\nIt is caught by `except {name}`{also}. [All errors](index.md)\n"


def _list_by_rooms(explained: dict[str, str]) -> str:
    """The names below the headings that they have in the drawing, each with the first sentence of its page."""
    text = ""
    for line in (errors.__doc__ or "").splitlines():
        if room := _ROOM.match(line):
            text += f"\n## {room[1]}\n\n| Error | What it means |\n|---|---|\n"
        elif drawing := _DRAWN.match(line):
            first = re.split(r"[.:] ", " ".join(explained[drawing[2]].split()), maxsplit=1)[0]
            text += f"| [`{drawing[2]}`]({drawing[2]}.md) | {first} |\n"
    return text
