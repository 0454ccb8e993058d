"""The model of the benchmarks: a local OpenAI-compatible server in a process of its own.

It prints its base URL and serves until its standard input is closed, so that it ends with whoever started it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from autogen_classic.testing import MockOpenAIServer, pieces
from autogen_classic.testing.replies import ModelRequest

SELECTOR = "selector"
THINKER = "thinking-model"
STREAMER = "streaming-model"
THINKING_SECONDS = 0.2
GROUP_SIZE = 4
STREAMED_PIECES = 500


def main() -> None:
    """Serve.

    The model ``selector`` names the agents of a group in turn; any other gives one short answer,
    ``thinking-model`` lets it wait for a while, and that of ``streaming-model`` comes in many pieces.
    """
    selections = 0

    async def answer(request: ModelRequest) -> Any:
        nonlocal selections
        server.requests.clear()  # nobody reads them here, and a long run would pile them up
        if request.model == THINKER:
            await asyncio.sleep(THINKING_SECONDS)
        if request.model == STREAMER:
            return pieces(*(f"word_{number} " for number in range(STREAMED_PIECES)))
        if request.model != SELECTOR:
            return f"This is answer number {len(request.messages)}, which is as short as most."
        selections += 1
        return f"agent_{selections % GROUP_SIZE}"

    server = MockOpenAIServer(answer)
    with server:
        print(server.base_url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
