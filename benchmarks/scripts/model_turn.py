"""What an agent adds to a request to a model: a chat over HTTP beside the bare openai client saying the same.

Both send the same growing lists of messages to the same server, by turns, so that both meet the same noise.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter, process_time
from typing import Any

import openai
from common import BASE_URL, QUICK, llm_config, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
TURNS = 10
REPEATS = 3 if QUICK else 25
client = openai.OpenAI(api_key="sk-mock", base_url=BASE_URL)
user = talker(autogen, "user")
assistant = autogen.AssistantAgent("assistant", llm_config=llm_config())


def chat() -> list[dict[str, Any]]:
    result = user.initiate_chat(assistant, message="Let us begin.", max_turns=TURNS, silent=True)
    return result.chat_history


def bare(history: list[dict[str, Any]]) -> None:
    system = {"role": "system", "content": assistant.system_message}
    for turn in range(TURNS):
        messages = [system, *history[: 2 * turn + 1]]
        answer = client.chat.completions.create(model="mock-model", messages=messages)
        assert answer.choices[0].message.content


def timed(action: Any, *args: Any) -> tuple[float, float]:
    start, worked = perf_counter(), process_time()
    action(*args)
    return (perf_counter() - start) / TURNS, (process_time() - worked) / TURNS


with printing_to_nowhere():
    history = chat()
    bare(history)
    pairs = [(timed(chat), timed(bare, history)) for _ in range(REPEATS)]

measurements = {}
for index, suffix in enumerate(("", "_cpu")):
    measurements[f"model_turn{suffix}"] = min(ours[index] for ours, _ in pairs)
    measurements[f"model_bare{suffix}"] = min(alone[index] for _, alone in pairs)
    measurements[f"model_ratio{suffix}"] = median(ours[index] / alone[index] for ours, alone in pairs)
report(**measurements)
