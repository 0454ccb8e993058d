"""What a request to a model costs at 2, 100 and 400 messages: an agent's turn beside bare HTTP and the openai package.

All send the same messages to the same server, by turns, so that they meet the same noise. A turn is `generate_reply` of
an agent with a model; bare HTTP is the HTTP client of the openai package, given the same JSON.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import Any

import openai
from common import BASE_URL, QUICK, llm_config, load_autogen, printing_to_nowhere, report

autogen = load_autogen()
SIZES = (2, 100, 400)
REPEATS = 3 if QUICK else 30
MODEL = "mock-model"
assistant = autogen.AssistantAgent("assistant", llm_config=llm_config(MODEL, price=[0, 0]))
client = openai.OpenAI(api_key="sk-mock", base_url=BASE_URL)
http = openai.DefaultHttpxClient()


def history(size: int) -> list[dict[str, Any]]:
    """A conversation which is, with the system message, so many messages long."""
    text = "This is message number {}, and it is about as long as a sentence that people say to each other. "
    return [
        {"content": 3 * text.format(number), "role": "assistant" if number % 2 else "user", "name": "ann"}
        for number in range(size - 1)
    ]


def turn(messages: list[dict[str, Any]]) -> None:
    assert assistant.generate_reply(messages=messages)


def with_system_message(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"role": "system", "content": assistant.system_message}, *messages]


def create(messages: list[dict[str, Any]]) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=with_system_message(messages))
    assert answer.choices[0].message.content


def bare_http(messages: list[dict[str, Any]]) -> None:
    body = {"model": MODEL, "messages": with_system_message(messages), "stream": False}
    answer = http.post(f"{BASE_URL}/chat/completions", json=body, headers={"authorization": "Bearer sk-mock"})
    assert answer.json()["choices"][0]["message"]["content"]


def seconds(action: Any, messages: list[dict[str, Any]]) -> float:
    start = perf_counter()
    action(messages)
    return perf_counter() - start


ACTIONS = {"turn": turn, "create": create, "http": bare_http}
measurements = {}
with printing_to_nowhere():
    for size in SIZES:
        messages = history(size)
        rounds = [{key: seconds(ACTIONS[key], messages) for key in ACTIONS} for _ in range(REPEATS + 1)][1:]
        for key in ACTIONS:
            measurements[f"wire_{key}_{size}"] = min(times[key] for times in rounds)
        measurements[f"wire_ratio_{size}"] = median(times["turn"] / times["http"] for times in rounds)
report(**measurements)
