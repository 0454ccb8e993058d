"""Calls whose ids say nothing, on their way to every provider."""

from __future__ import annotations

from typing import Any

import pytest
from kit import Case, Say
from test_matrix import TOOLS, every_case, needs

from autogen_classic.oai import OpenAIWrapper

ASK = {"role": "user", "content": "Add and multiply."}
ABSENT = object()


def history(said_id: Any) -> list[dict[str, Any]]:
    """Two rounds of two calls each, all with the same id, and answers in the order of the calls."""

    def with_id(name: str, thing: dict[str, Any]) -> dict[str, Any]:
        return thing if said_id is ABSENT else {name: said_id, **thing}

    messages = [ASK]
    for first, second in (("3", "12"), ("4", "20")):
        calls = [
            with_id("id", {"type": "function", "function": {"name": name, "arguments": arguments}})
            for name, arguments in (("add", '{"a": 1, "b": 2}'), ("add", '{"a": 3, "b": 4}'))
        ]
        messages.append({"role": "assistant", "content": "", "tool_calls": calls})
        messages += [with_id("tool_call_id", {"role": "tool", "content": answer}) for answer in (first, second)]
    return messages


@every_case
@pytest.mark.parametrize("said_id", ["", None, ABSENT, "same"], ids=["empty", "null", "absent", "equal"])
def test_calls_and_answers_are_paired_in_order_where_ids_do_not_tell_them_apart(case: Case, said_id: Any) -> None:
    needs(case, "tools")
    with case.server(Say("Done.")) as server:
        wrapper = OpenAIWrapper(config_list=[case.entry(server)], cache_seed=None)
        wrapper.create(messages=history(said_id), tools=TOOLS)
        seen = server.seen[0]
    assert [text for _, text in seen.answers] == ["3", "12", "4", "20"]
    assert [call_id for call_id, _ in seen.answers] == [call_id for call_id, _, _ in seen.calls]
    assert all(seen.answers[number][0] for number in range(4))
    for round_of_calls in (seen.calls[:2], seen.calls[2:]):
        assert len({call_id for call_id, _, _ in round_of_calls}) == 2
