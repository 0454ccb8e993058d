"""One executor's kernel: started when it is first needed, replaced when it has died, ended from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from ...errors import KernelLostError
from ._transcript import Transcript

__all__ = ("DIED", "STOPPED", "KernelKeeper", "RunningKernel")

DIED = "ERROR: The kernel died{why} The next block runs in a new kernel, without the variables of this one."
STOPPED = "ERROR: Stopped. The next block runs in a new kernel, without the variables of this one."


class RunningKernel(Protocol):
    """A kernel that has been started."""

    def wait_until_ready(self) -> None:
        """Wait until it takes code; KernelLostError if it ends before."""

    def run(self, code: str, timeout: float) -> Transcript:
        """Run code for so many seconds."""

    def kill(self) -> None:
        """End it and all that it has started, from any thread."""

    def close(self) -> None:
        """Release what is held for it; called by the thread that has run its code."""


class KernelKeeper:
    """Keeps a kernel for one executor.

    Args:
        start: starts a kernel.
    """

    def __init__(self, start: Callable[[], RunningKernel]) -> None:
        self._start = start
        self._kernel: RunningKernel | None = None
        self._stops = 0
        self._turn = threading.Lock()  # held by whoever runs code
        self._guard = threading.Lock()  # held for the moment when the kernel is exchanged

    @contextmanager
    def turn(self) -> Iterator[Callable[[str, float], Transcript]]:
        """Hold the kernel for some blocks; others wait meanwhile.

        Yields:
            A function that runs code for so many seconds.
        """
        with self._turn:
            stops = self._stops
            yield lambda code, timeout: self._run(code, timeout, stops)

    def stop(self) -> None:
        """End the kernel and all that it has started; what is running in it fails. Any thread may call this."""
        with self._guard:
            self._stops += 1
            kernel = self._kernel
        if kernel is not None:
            kernel.kill()
        if self._turn.acquire(blocking=False):
            try:
                self._discard()
            finally:
                self._turn.release()

    def _run(self, code: str, timeout: float, stops: int) -> Transcript:
        try:
            transcript = self._ready_kernel(stops).run(code, timeout)
        except KernelLostError as error:
            self._discard()
            transcript = Transcript()
            transcript.fail(STOPPED if self._stops != stops else f"ERROR: {error}")
        except BaseException:
            # Ctrl-C: nobody waits for what the kernel does now.
            self._discard()
            raise
        if transcript.kernel_is_lost or self._stops != stops:
            self._discard()
        return transcript

    def _ready_kernel(self, stops: int) -> RunningKernel:
        with self._guard:
            if self._stops != stops:
                raise KernelLostError("stopped")
            if self._kernel is not None:
                return self._kernel
            kernel = self._kernel = self._start()
        kernel.wait_until_ready()
        return kernel

    def _discard(self) -> None:
        with self._guard:
            kernel, self._kernel = self._kernel, None
        if kernel is not None:
            kernel.kill()
            kernel.close()
