"""Threads for what cannot be awaited."""

from __future__ import annotations

import asyncio
import threading

from autogen_classic._core.threads import CALLS_AT_ONCE, in_thread

SECONDS = 60.0


def test_calls_that_wait_for_further_ones_do_not_block_each_other() -> None:
    """So many stand in threads that none would be left for those that they make in event loops of their own."""
    everybody = threading.Barrier(CALLS_AT_ONCE)

    def call_another() -> str:
        everybody.wait(SECONDS)
        return asyncio.run(in_thread(lambda: "done"))

    async def main() -> list[str]:
        calls = asyncio.gather(*(in_thread(call_another) for _ in range(CALLS_AT_ONCE)))
        return await asyncio.wait_for(calls, SECONDS)

    assert asyncio.run(main()) == ["done"] * CALLS_AT_ONCE
