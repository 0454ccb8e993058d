"""What an answer from the cache costs, in chats of 20 and of 200 messages. The server answers each chat once."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from common import QUICK, best, llm_config, load_autogen, printing_to_nowhere, report

autogen = load_autogen()
SHORT, LONG = 20, 200
HITS = 5 if QUICK else 50
TEXT = "This is message number {}, and it is about as long as a sentence that people say to each other."


def seconds_per_hit(wrapper: Any, size: int) -> float:
    messages = [
        {"role": "assistant" if number % 2 else "user", "content": TEXT.format(number)} for number in range(size)
    ]

    def hits() -> None:
        for _ in range(HITS):
            wrapper.create(messages=messages)

    wrapper.create(messages=messages)
    paid_for = wrapper.actual_usage_summary
    seconds = best(hits, 5) / HITS
    assert wrapper.actual_usage_summary == paid_for, "an answer did not come from the cache"
    return seconds


with tempfile.TemporaryDirectory() as folder, printing_to_nowhere():
    os.chdir(folder)
    wrapper = autogen.OpenAIWrapper(**{**llm_config(price=[0, 0]), "cache_seed": 41})
    with autogen.Cache.disk(cache_seed=41) as cache:
        wrapper_in_a_cache = autogen.OpenAIWrapper(**{**llm_config(price=[0, 0]), "cache": cache})
        open_cache = seconds_per_hit(wrapper_in_a_cache, SHORT)
    short, long = (seconds_per_hit(wrapper, size) for size in (SHORT, LONG))
    os.chdir("/")
report(cache_hit=short, cache_hit_open=open_cache, cache_hit_long=long, cache_hit_growth=long / short / (LONG / SHORT))
