"""Keep what a program prints: all of it, or its beginning and its end."""

from __future__ import annotations

import threading

__all__ = ("KeptOutput",)


class KeptOutput:
    """Bytes that arrive in pieces; of many, the beginning and the end are kept. One thread may add while others read.

    Args:
        limit: how many bytes are kept, half from the beginning and half from the end; None keeps all.
    """

    def __init__(self, limit: int | None) -> None:
        self._half = None if limit is None else max(limit // 2, 1)
        self._head, self._tail = bytearray(), bytearray()
        self._cut = 0
        self._lock = threading.Lock()

    def add(self, data: bytes) -> None:
        """Take in the next piece."""
        with self._lock:
            if self._half is None:
                self._head += data
                return
            room = self._half - len(self._head)
            self._head += data[:room]
            self._tail += data[room:]
            self._shorten_tail(self._half)

    def data(self) -> bytes:
        """Return what has been kept so far, with a note where something is cut out."""
        with self._lock:
            self._shorten_tail(0)
            note = f"\n[... {self._cut} bytes are cut out here ...]\n".encode() if self._cut else b""
            return bytes(self._head) + note + bytes(self._tail)

    def _shorten_tail(self, slack: int) -> None:
        """Cut the tail down to its length, with some slack so that not every piece has to move it."""
        if self._half is not None and len(self._tail) > self._half + slack:
            surplus = len(self._tail) - self._half
            del self._tail[:surplus]
            self._cut += surplus
