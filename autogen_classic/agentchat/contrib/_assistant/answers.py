"""Answers of an assistant as texts: what they cite, and the files that came with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...._core.messages import Message
from ...._core.tags import keep_foreign_pictures

__all__ = ("reply_of_answer",)


def reply_of_answer(message: Mapping[str, Any], asked: Iterable[Mapping[str, Any]]) -> Message:
    """Make a reply of an answer.

    Args:
        message: the answer; what tools of OpenAI did stands in ``extra_content``.
        asked: the messages that it answers.

    Returns:
        The reply with its text. Citations are numbered in it, as ``[0]``, and listed below it with their files; so are
        files that the code interpreter wrote. Pictures that it drew are named.
    """
    text = _text_of(message)
    keep_foreign_pictures(text, asked)
    kept = {"extra_content": message["extra_content"]} if message.get("extra_content") else {}
    return {"role": "assistant", "content": text, **kept}


def _text_of(message: Mapping[str, Any]) -> str:
    items = (message.get("extra_content") or {}).get("items") or ()
    notes = [note for note in _annotations_in(items) if "file_id" in note]
    text, listed = _with_marks(message.get("content") or "", notes)
    lines = [f"[{number}] {name}" for number, name in enumerate(listed)]
    drawn = [f"Received image: {url}" for url in _pictures_in(items)]
    return "\n\n".join(part for part in (text, "\n".join(lines), "\n".join(drawn)) if part)


def _annotations_in(items: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in items:
        if item.get("type") == "message":
            for part in item.get("content") or ():
                yield from part.get("annotations") or ()


def _pictures_in(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for item in items:
        if item.get("type") == "code_interpreter_call":
            for output in item.get("outputs") or ():
                url = output.get("url") if output.get("type") == "image" else None
                if url and not url.startswith("data:"):
                    yield url


def _with_marks(text: str, notes: list[Mapping[str, Any]]) -> tuple[str, list[str]]:
    """Put a number where each file is cited; a file that is cited twice keeps its number."""
    listed: list[str] = []
    marks: list[tuple[int, int, int]] = []
    for note in notes:
        name = f"{note.get('filename') or 'file'} (file id: {note['file_id']})"
        if name not in listed:
            listed.append(name)
        start = min(int(note.get("start_index", note.get("index")) or 0), len(text))
        end = min(max(int(note.get("end_index") or start), start), len(text))
        marks.append((start, end, listed.index(name)))
    for start, end, number in sorted(set(marks), reverse=True):
        text = f"{text[:start].rstrip()} [{number}]{text[end:]}" if start else f"[{number}] {text[end:]}"
    return text, listed
