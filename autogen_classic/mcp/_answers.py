"""What an MCP server answers, as text for a model."""

from __future__ import annotations

import base64
import json
import mimetypes
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ("save_resource", "text_of_answer", "text_of_resource")


def text_of_answer(answer: Mapping[str, Any]) -> str:
    """The text of what a tool answers.

    Args:
        answer: a ``CallToolResult`` by the names of the protocol.

    Returns:
        The texts line by line; what is not text is named. Without any, the structured content as JSON.
    """
    parts = [_text_of_part(part) for part in answer.get("content") or ()]
    structured = answer.get("structuredContent")
    if not parts and structured is not None:
        return json.dumps(structured, ensure_ascii=False)
    return "\n".join(parts)


def _text_of_part(part: Mapping[str, Any]) -> str:
    kind = part.get("type")
    if kind == "text":
        return str(part.get("text", ""))
    if kind == "resource":
        return _text_of_content(part["resource"])
    if kind == "resource_link":
        return f"{part.get('title') or part.get('name')}: {part.get('uri')}"
    return _named_bytes(part.get("mimeType") or str(kind), part.get("data", ""))


def text_of_resource(resource: Mapping[str, Any]) -> str:
    """The text of a resource.

    Args:
        resource: a ``ReadResourceResult`` by the names of the protocol.

    Returns:
        The texts line by line; what is not text is named.
    """
    return "\n".join(_text_of_content(content) for content in resource.get("contents") or ())


def _text_of_content(content: Mapping[str, Any]) -> str:
    if "text" in content:
        return str(content["text"])
    return _named_bytes(content.get("mimeType") or "application/octet-stream", content.get("blob", ""))


def _named_bytes(mime_type: str, in_base64: str) -> str:
    return f"[{mime_type}, {len(in_base64) * 3 // 4 - in_base64[-2:].count('=')} bytes]"


def save_resource(resource: Mapping[str, Any], uri: str, folder: Path) -> list[Path]:
    """Write what a resource holds into files.

    Args:
        resource: a ``ReadResourceResult`` by the names of the protocol.
        uri: where it comes from; the end of it gives the names.
        folder: where the files go; it is made if it is not there.

    Returns:
        The new files; existing ones stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem, _, ending = re.sub(r"[^\w.-]", "_", uri.rstrip("/").rpartition("/")[2])[-100:].lstrip(".").partition(".")
    stamp = datetime.now().strftime("%Y%m%d%H%M%S")
    files = []
    for content in resource.get("contents") or ():
        suffix = f".{ending}" if ending else mimetypes.guess_extension(content.get("mimeType") or "") or ""
        data = str(content["text"]).encode() if "text" in content else base64.b64decode(content.get("blob", ""))
        files.append(_written(folder, f"{stem or 'resource'}_{stamp}", suffix, data))
    return files


def _written(folder: Path, name: str, suffix: str, data: bytes) -> Path:
    number = 0
    while True:
        path = folder / f"{name}{f'_{number}' if number else ''}{suffix}"
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            number += 1
        else:
            return path
