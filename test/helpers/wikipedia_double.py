"""Wikipedia as its interface for programs shows it, with a few pages."""

from __future__ import annotations

from collections.abc import Callable

from service_double import Answer, Asked

__all__ = ("wikipedia_of",)


def wikipedia_of(*pages: tuple[str, str | None]) -> Callable[[Asked], Answer]:
    """Make a service that finds all pages, whatever is looked for.

    Args:
        *pages: their titles and texts; one without a text is found, but gone when it is read.
    """
    numbers = {title: number for number, (title, _) in enumerate(pages, 1)}
    texts = dict(pages)

    def answer(asked: Asked) -> Answer:
        if asked.query.get("list") == "search":
            found = [
                {
                    "ns": 0,
                    "title": title,
                    "pageid": numbers[title],
                    "size": 10,
                    "wordcount": 3,
                    "timestamp": "2026-01-01",
                }
                for title in texts
            ]
            return Answer({"query": {"search": found[: int(asked.query["srlimit"])]}})
        title = asked.query["titles"]
        if texts.get(title) is None:
            return Answer({"query": {"pages": {"-1": {"ns": 0, "title": title, "missing": ""}}}})
        number = numbers[title]
        page = {"pageid": number, "ns": 0, "title": title, "extract": texts[title]}
        return Answer({"query": {"pages": {number: {**page, "fullurl": f"https://en.wikipedia.org/wiki/{title}"}}}})

    return answer
