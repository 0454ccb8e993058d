"""What 1,000 asynchronous chats at once cost, each with one request to a model, over HTTP.

One assistant serves a thousand users, as in a web service. Building the agents is not timed here. A model that answers
at once shows the work of the client; one that thinks for 0.2 seconds shows how many requests wait at the same time.
"""

from __future__ import annotations

import asyncio
from time import perf_counter, process_time
from typing import Any

from common import QUICK, llm_config, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
CHATS = 50 if QUICK else 1_000
users = [talker(autogen, f"user_{number}") for number in range(CHATS)]


async def all_chats(assistant: Any, users: list[Any]) -> None:
    chats = (user.a_initiate_chat(assistant, message="A question.", max_turns=1, silent=True) for user in users)
    results = await asyncio.gather(*chats)
    assert all(len(result.chat_history) == 2 for result in results)


def timed(model: str) -> tuple[float, float]:
    assistant = autogen.AssistantAgent("assistant", llm_config=llm_config(model))
    asyncio.run(all_chats(assistant, users[:1]))  # what is loaded on first use is loaded now
    start, worked = perf_counter(), process_time()
    asyncio.run(all_chats(assistant, users))
    return perf_counter() - start, process_time() - worked


with printing_to_nowhere():
    elapsed, work = timed("mock-model")
    elapsed_thinking, _ = timed("thinking-model")
report(concurrent=elapsed, concurrent_cpu=work, concurrent_thinking=elapsed_thinking)
