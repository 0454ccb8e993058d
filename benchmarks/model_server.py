"""The model of the benchmarks: a local OpenAI-compatible server in a process of its own.

It prints its base URL and serves until its standard input is closed, so that it ends with whoever started it.
"""

from __future__ import annotations

import asyncio
import sys

from autogen_classic.testing import MockOpenAIServer
from autogen_classic.testing.replies import ModelRequest

SELECTOR = "selector"
THINKER = "thinking-model"
THINKING_SECONDS = 0.2
GROUP_SIZE = 4


def main() -> None:
    """Serve.

    The model ``selector`` names the agents of a group in turn; any other gives one short answer, and
    ``thinking-model`` lets it wait for a while.
    """
    selections = 0

    async def answer(request: ModelRequest) -> str:
        nonlocal selections
        server.requests.clear()  # nobody reads them here, and a long run would pile them up
        if request.model == THINKER:
            await asyncio.sleep(THINKING_SECONDS)
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
