"""What 1,000 asynchronous chats at once cost, each with one request to a model, over HTTP.

One assistant serves a thousand users, as in a web service. Building the agents is not timed here. A model that answers
at once shows the work of the client; one that thinks for 0.2 seconds shows how many requests wait at the same time.

Beside the chats stands the bare asynchronous client of the openai package, which sends the same 1,000 requests at once:
by `create`, as its users do, and by `post`, its way without a look at the messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import Any

import openai
from common import BASE_URL, QUICK, llm_config, load_autogen, printing_to_nowhere, report, talker
from openai.types.chat import ChatCompletion

autogen = load_autogen()
CHATS = 50 if QUICK else 1_000
REPEATS = 1 if QUICK else 3
MODEL, THINKER = "mock-model", "thinking-model"
users = [talker(autogen, f"user_{number}") for number in range(CHATS)]


assistants = {
    model: autogen.AssistantAgent("assistant", llm_config=llm_config(model, price=[0, 0])) for model in (MODEL, THINKER)
}
messages: Any = [
    {"role": "system", "content": assistants[MODEL].system_message},
    {"role": "user", "content": "A question."},
]


async def all_chats(number: int, model: str = MODEL) -> None:
    chats = (
        user.a_initiate_chat(assistants[model], message="A question.", max_turns=1, silent=True)
        for user in users[:number]
    )
    results = await asyncio.gather(*chats)
    assert all(len(result.chat_history) == 2 for result in results)


async def all_by_create(number: int) -> None:
    async with openai.AsyncOpenAI(api_key="sk-mock", base_url=BASE_URL) as client:
        requests = (client.chat.completions.create(model=MODEL, messages=messages) for _ in range(number))
        assert all(answer.choices for answer in await asyncio.gather(*requests))


async def all_by_post(number: int) -> None:
    body = {"model": MODEL, "messages": messages}
    async with openai.AsyncOpenAI(api_key="sk-mock", base_url=BASE_URL) as client:
        requests = (client.post("/chat/completions", body=body, cast_to=ChatCompletion) for _ in range(number))
        assert all(answer.choices for answer in await asyncio.gather(*requests))


def timed(action: Callable[..., Any], *model: str) -> tuple[float, float]:
    start, worked = perf_counter(), process_time()
    asyncio.run(action(CHATS, *model))
    return perf_counter() - start, process_time() - worked


actions = {"": all_chats, "_create": all_by_create, "_post": all_by_post}
measurements = {}
with printing_to_nowhere():
    for action in actions.values():
        asyncio.run(action(1))  # what is loaded on first use is loaded now
    rounds = [{key: timed(actions[key]) for key in actions} for _ in range(REPEATS)]
    for index, suffix in enumerate(("", "_cpu")):
        for key in actions:
            measurements[f"concurrent{key}{suffix}"] = min(times[key][index] for times in rounds)
        for key in ("_create", "_post"):
            ratios = [times[""][index] / times[key][index] for times in rounds]
            measurements[f"concurrent_ratio{key}{suffix}"] = median(ratios)
    measurements["concurrent_thinking"], _ = timed(all_chats, THINKER)
report(**measurements)
