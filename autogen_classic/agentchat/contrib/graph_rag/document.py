"""What goes into a graph."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

__all__ = ("Document", "DocumentType")


class DocumentType(Enum):
    """How a document is written."""

    TEXT = auto()
    HTML = auto()
    PDF = auto()
    JSON = auto()


@dataclass
class Document:
    """A document for a graph.

    Args:
        doctype: how it is written.
        data: its content, in any form that the engine takes.
        path_or_url: where it is.
    """

    doctype: DocumentType
    data: Any = None
    path_or_url: str | None = ""
