"""Run `restricted` in a separate process, or as many as it takes: a pickle may bring down one, but only one."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ("Helper", "RefusedError")

_PROGRAM = Path(__file__).with_name("restricted.py")
_LONGEST_ANSWER = 128 * 2**20
_DIED = "reading it takes more time or memory than any completion needs"


class RefusedError(Exception):
    """An old entry is not imported; the text says why."""


class Helper:
    """The restricted process. Use it in ``with``.

    Args:
        seconds: how long one pickle may take.
    """

    def __init__(self, seconds: float = 10.0) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Helper:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def read(self, data: bytes) -> dict[str, Any]:
        """Have a pickle turned into JSON.

        Args:
            data: the pickle.

        Returns:
            A dict with the keys ``type`` and ``fields``. Its parts are not checked.

        Raises:
            RefusedError: it is not a completion.
        """
        process = self._process or self._start()
        alarm = threading.Timer(self._seconds, process.kill)
        alarm.start()
        try:
            answer = json.loads(_ask(process, data))
        except (OSError, ValueError, RecursionError):
            self._stop()
            raise RefusedError(_DIED) from None
        finally:
            alarm.cancel()
        if not isinstance(answer, dict) or "refused" in answer:
            raise RefusedError(str(answer["refused"]) if isinstance(answer, dict) else _DIED)
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        # -I and -S: no code from the directory, the environment or installed packages. The environment holds keys.
        environment = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what was not sent is not missed
                if stream is not None:
                    stream.close()
        process.wait()


def _ask(process: subprocess.Popen[bytes], data: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(struct.pack(">Q", len(data)) + data)
    process.stdin.flush()
    return process.stdout.readline(_LONGEST_ANSWER)
