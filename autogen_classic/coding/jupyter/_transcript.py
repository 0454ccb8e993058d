"""What a kernel says while it runs a block, from the messages it sends."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..._code.kept_output import KeptOutput

__all__ = ("DataItem", "ExecutionResult", "Transcript", "save")

MAX_OUTPUT = 32 * 1024 * 1024

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_BINARY = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "application/pdf": "pdf",
}
_TEXT = {"image/svg+xml": "svg", "text/html": "html"}
# Plotting libraries return whole charts like this; plain application/json is a value that somebody wants to read.
_CHART = re.compile(r"application/vnd\..+\+json")


@dataclass
class DataItem:
    """Something that a block displayed and that is kept in a file.

    Attributes:
        mime_type: what it is, such as ``image/png``.
        data: as the kernel sent it: base64 for binary data, else a text.
    """

    mime_type: str
    data: str


@dataclass
class ExecutionResult:
    """The outcome of one block.

    Attributes:
        is_ok: whether it ran to its end without an exception.
        output: what it printed, the text of what it displayed, and its error.
        data_items: what it displayed besides text.
    """

    is_ok: bool
    output: str
    data_items: list[DataItem] = field(default_factory=list)


class Transcript:
    """What one block printed and displayed, in order.

    Attributes:
        is_ok: whether nothing has failed so far.
        interrupted: whether the time ran out, so that the interruption is not an error of the code.
        kernel_is_lost: whether the kernel can no longer be used.
    """

    def __init__(self) -> None:
        self.is_ok = True
        self.interrupted = False
        self.kernel_is_lost = False
        self._parts: list[str | DataItem | tuple[str, KeptOutput]] = []

    def add(self, kind: str, content: Mapping[str, Any]) -> str:
        """Take in a message.

        Args:
            kind: its type, in the words of Jupyter's protocol; those that show nothing are passed over.
            content: what it says.

        Returns:
            Its type; for a status message, the status. The block has ended after ``execute_reply`` and ``idle``.
        """
        if kind == "stream":
            self._print(content["name"], content["text"])
        elif kind in ("display_data", "execute_result"):
            for mime_type, data in content["data"].items():
                self._show(mime_type, data)
        elif kind == "error" and not (self.interrupted and content["ename"] == "KeyboardInterrupt"):
            trace = _COLOURS.sub("", "\n".join(content["traceback"]))
            self.fail(f"ERROR: {content['ename']}: {content['evalue']}\n{trace}")
        elif kind == "execute_reply":
            self.is_ok = self.is_ok and content["status"] == "ok"
            # quit() lets the block end well, and the kernel with it.
            if any(payload.get("source") == "ask_exit" for payload in content.get("payload", ())):
                self.kernel_is_lost = True
        return str(content["execution_state"]) if kind == "status" else kind

    def fail(self, text: str, *, kernel_is_lost: bool = False) -> None:
        """Note that the block failed.

        Args:
            text: why.
            kernel_is_lost: whether the kernel failed with it.
        """
        self.is_ok = False
        self.kernel_is_lost = self.kernel_is_lost or kernel_is_lost
        self._parts.append(text)

    def parts(self) -> list[str | DataItem]:
        """Everything, in order."""
        return [
            part if isinstance(part, (str, DataItem)) else part[1].data().decode("utf-8", errors="replace")
            for part in self._parts
        ]

    def result(self) -> ExecutionResult:
        """Everything, texts and data apart."""
        parts = self.parts()
        return ExecutionResult(
            is_ok=self.is_ok,
            output="\n".join(part for part in parts if isinstance(part, str)),
            data_items=[part for part in parts if isinstance(part, DataItem)],
        )

    def _print(self, stream: str, text: str) -> None:
        """A kernel cuts printed output whenever its clock tells it to; here it is put back together."""
        last = self._parts[-1] if self._parts else None
        if not isinstance(last, tuple) or last[0] != stream:
            last = (stream, KeptOutput(MAX_OUTPUT))
            self._parts.append(last)
        last[1].add(text.encode("utf-8", errors="replace"))

    def _show(self, mime_type: str, data: Any) -> None:
        if mime_type in _BINARY or mime_type in _TEXT:
            self._parts.append(DataItem(mime_type, data))
        elif _CHART.fullmatch(mime_type):
            self._parts.append(DataItem(mime_type, json.dumps(data)))
        else:
            self._parts.append(data if mime_type == "text/plain" else json.dumps(data))


def save(parts: Iterable[str | DataItem], folder: str | Path) -> tuple[list[str], list[str]]:
    """Save data to files with unique names.

    Args:
        parts: texts and data.
        folder: where to.

    Returns:
        The texts, with a line for each file where its data stood, and the paths of the files.
    """
    texts, files = [], []
    for part in parts:
        if isinstance(part, DataItem):
            label, suffix, content = _as_file(part)
            path = os.path.join(os.path.abspath(folder), f"{uuid.uuid4().hex}.{suffix}")
            Path(path).write_bytes(content)
            files.append(path)
            texts.append(f"{label} data saved to {path}")
        else:
            texts.append(part)
    return texts, files


def _as_file(item: DataItem) -> tuple[str, str, bytes]:
    """The word for some data, the suffix of its file, and its bytes."""
    kind = item.mime_type
    label = (
        "Image" if kind.startswith("image/") else "JSON" if kind.endswith("json") else kind.rpartition("/")[2].upper()
    )
    if kind in _BINARY:
        try:
            return label, _BINARY[kind], base64.b64decode(item.data)
        except binascii.Error:  # code may display whatever it likes
            return label, _BINARY[kind], item.data.encode("utf-8", errors="replace")
    return label, _TEXT.get(kind, "json"), item.data.encode("utf-8", errors="replace")
