"""What 1,000 asynchronous chats at once cost, each with one request to a model, over HTTP.

One assistant serves a thousand users, as in a web service. Building the agents is not timed here.
"""

from __future__ import annotations

import asyncio
from time import perf_counter, process_time
from typing import Any

from common import QUICK, llm_config, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
CHATS = 50 if QUICK else 1_000
assistant = autogen.AssistantAgent("assistant", llm_config=llm_config())
users = [talker(autogen, f"user_{number}") for number in range(CHATS)]


async def all_chats(users: list[Any]) -> None:
    chats = (user.a_initiate_chat(assistant, message="A question.", max_turns=1, silent=True) for user in users)
    results = await asyncio.gather(*chats)
    assert all(len(result.chat_history) == 2 for result in results)


with printing_to_nowhere():
    asyncio.run(all_chats(users[:1]))  # what is loaded on first use is loaded now
    start, worked = perf_counter(), process_time()
    asyncio.run(all_chats(users))
    elapsed, work = perf_counter() - start, process_time() - worked
report(concurrent=elapsed, concurrent_cpu=work)
