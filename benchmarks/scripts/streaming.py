"""What an agent adds to a streamed answer, for each of its pieces, beside the openai package that only reads it."""

from __future__ import annotations

from time import perf_counter, process_time
from typing import Any

import openai
from common import BASE_URL, QUICK, llm_config, load_autogen, printing_to_nowhere, report

autogen = load_autogen()
MODEL, PIECES = "streaming-model", 500
REPEATS = 2 if QUICK else 10
QUESTION: Any = [{"content": "A question.", "role": "user"}]
assistant = autogen.AssistantAgent("assistant", llm_config=llm_config(MODEL, price=[0, 0], stream=True))
client = openai.OpenAI(api_key="sk-mock", base_url=BASE_URL)


def turn() -> None:
    assert str(assistant.generate_reply(messages=QUESTION)).count("word_") == PIECES


def bare() -> None:
    with client.chat.completions.create(model=MODEL, messages=QUESTION, stream=True) as chunks:
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.count("word_") == PIECES


def timed(action: Any) -> tuple[float, float]:
    start, worked = perf_counter(), process_time()
    action()
    return (perf_counter() - start) / PIECES, (process_time() - worked) / PIECES


with printing_to_nowhere():
    turn()
    bare()
    rounds = [(timed(turn), timed(bare)) for _ in range(REPEATS)]

measurements = {}
for index, suffix in enumerate(("", "_cpu")):
    ours, alone = (min(times[action][index] for times in rounds) for action in (0, 1))
    measurements |= {f"stream{suffix}": ours, f"stream_bare{suffix}": alone, f"stream_added{suffix}": ours - alone}
report(**measurements)
