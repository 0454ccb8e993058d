"""What every ``draw()`` returns, and what its pictures have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from html import escape
from typing import Literal, Protocol, TypeAlias

__all__ = ("Drawing", "Form", "as_label", "draw", "mermaid_text", "svg_document")

Form: TypeAlias = Literal["mermaid", "svg", "text"]

# Mermaid gives these characters a meaning; written as entities, they are only shown.
_MERMAID_ENTITIES = {'"': "#quot;", "#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "&": "#amp;"}


class Drawable(Protocol):
    """A picture that is not yet in a form."""

    def as_mermaid(self) -> str:
        """The picture as a Mermaid diagram."""
        ...

    def as_svg(self) -> str:
        """The picture as SVG, with a text alternative."""
        ...

    def as_text(self) -> str:
        """What the picture shows, as lines of text."""
        ...


class Printer(Protocol):
    """IPython's pretty printer, which gives the result of a cell as text."""

    def text(self, words: str) -> None:
        """Print words as they are."""
        ...


class Drawing(str):
    """A picture as text, in the form that was asked for.

    A notebook shows it as a picture; IPython in a terminal prints its text.

    Attributes:
        mermaid: the picture as a Mermaid diagram.
        svg: the picture as SVG, with a text alternative.
        text: what the picture shows, as lines of text.
    """

    mermaid: str
    svg: str
    text: str

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        printer.text(str(self))


def draw(picture: Drawable, form: Form) -> Drawing:
    """Draw a picture.

    Args:
        picture: the picture.
        form: which of its forms the result is, as a text: "mermaid", "svg" or "text".

    Returns:
        The picture, which knows its other forms as well.

    Raises:
        ValueError: ``form`` is not one of these.
    """
    forms = {"mermaid": picture.as_mermaid(), "svg": picture.as_svg(), "text": picture.as_text()}
    if form not in forms:
        raise ValueError(f"A picture is drawn as {', '.join(forms)}, not as {form!r}.")
    drawing = Drawing(forms[form])
    drawing.mermaid, drawing.svg, drawing.text = forms["mermaid"], forms["svg"], forms["text"]
    return drawing


def as_label(text: str, longest: int) -> str:
    """Shorten a text to a label on one line.

    Args:
        text: the text.
        longest: how many characters the label may have.

    Returns:
        The beginning of the text. A replacement character stands for each that cannot be printed, since XML does not
        allow most of these.
    """
    # Cut first, so that only the beginning of a very long text is split into words.
    line = " ".join(text.lstrip()[: 4 * longest].split())
    label = line if len(line) <= longest else f"{line[: longest - 1]}…"
    if label.isprintable():
        return label
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in label)


def mermaid_text(label: str) -> str:
    """Escape a label for a Mermaid diagram.

    Args:
        label: the label, on one line.

    Returns:
        The label with entities for the characters that mean something to Mermaid.
    """
    return "".join(_MERMAID_ENTITIES.get(letter, letter) for letter in label)


def svg_document(title: str, description: str, size: tuple[float, float], parts: Iterable[str]) -> str:
    """Put the elements of a picture together to an SVG document, which follows the reader's light or dark theme.

    Args:
        title: what the picture shows.
        description: all that can be seen in it, for those who cannot see it.
        size: its width and height in pixels.
        parts: its elements as SVG; ``url(#arrow)`` is the marker for the end of a line.

    Returns:
        The document.
    """
    width, height = (f"{length:.0f}" for length in size)
    body = "\n".join(parts)
    # Several pictures may stand on one page, and an id counts for the whole page.
    key = hashlib.sha256(f"{title}{description}{body}".encode(errors="replace")).hexdigest()[:8]
    body = body.replace("url(#arrow)", f"url(#arrow-{key})")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="title-{key} desc-{key}" font-family="sans-serif" font-size="12" color="#000" '
        'style="color-scheme: light dark; color: CanvasText; background: Canvas">\n'
        f'<title id="title-{key}">{escape(title)}</title>\n<desc id="desc-{key}">{escape(description)}</desc>\n'
        f'<defs><marker id="arrow-{key}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>\n{body}\n</svg>\n'
    )
