from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionMessage

from autogen_classic.oai._messages.validity import valid_messages

USER = {"role": "user", "content": "Add."}
GOOGLE = "https://generativelanguage.googleapis.com/v1beta/openai/"
SIGNED = {"google": {"thought_signature": "c2lnbmVk"}}


def called(*ids: str | None, **more: Any) -> dict[str, Any]:
    calls = [{"id": name, "type": "function", "function": {"name": "add", "arguments": "{}"}, **more} for name in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def told(call_id: str | None) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": "3"}


def valid(messages: list[Any], model: str = "gpt-4o", place: str = "https://api.openai.com/v1") -> list[Any]:
    return valid_messages(messages, model, place)


@pytest.mark.parametrize(
    "messages",
    [
        [USER],
        [USER, called("a", "b"), told("b"), told("a"), USER],
        [USER, called("a"), told("a"), called("a"), told("a")],
        [USER, ChatCompletionMessage.model_validate(called("a")), told("a")],
    ],
)
def test_a_valid_list_is_sent_as_it_is(messages: list[Any]) -> None:
    assert valid(messages) is messages


def says(*names: Any) -> list[dict[str, Any]]:
    return [{**USER, "name": name} for name in names]


def names_sent(*names: Any) -> list[Any]:
    return [message["name"] for message in valid(says(*names))]


@pytest.mark.parametrize("name", ["Coder", "product-manager", "Zoë", "工程师", "a.b@c", "x" * 64])
def test_a_name_that_the_api_takes_is_sent_as_it_is(name: str) -> None:
    messages = says(name)
    assert valid(messages) is messages


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Product Manager", "Product_Manager"),
        ("a/b\\c|d<e>", "a_b_c_d_e_"),
        ("a \n\u00a0\u3000b", "a_b"),
        ("x" * 70, "x" * 64),
        ("  ", "_"),
        ("", "_"),
    ],
)
def test_a_name_that_the_api_refuses_is_made_to_fit(name: str, sent: str) -> None:
    messages = says(name)
    assert [message["name"] for message in valid(messages)] == [sent]
    assert messages == says(name)


def test_names_that_differ_stay_different() -> None:
    assert names_sent("a b", "a/b", "a_b", "a b") == ["a_b_2", "a_b_3", "a_b", "a_b_2"]
    assert names_sent("x" * 70, "x" * 71) == ["x" * 64, "x" * 62 + "_2"]


@given(st.lists(st.one_of(st.text(alphabet="ab_ /2", max_size=4), st.text(alphabet="x", min_size=62, max_size=70))))
def test_names_of_any_form_fit_and_stay_different(names: list[str]) -> None:
    sent = names_sent(*names)
    assert all(re.fullmatch(r"[^\s<|\\/>]{1,64}", name) for name in sent)
    assert len(set(zip(names, sent, strict=True))) == len(set(names)) == len(set(sent))


def test_the_name_of_a_function_is_left_alone() -> None:
    messages = [{"role": "function", "name": "a b", "content": "3"}, {**USER, "name": None}]
    assert valid(messages) == messages


def test_a_call_without_an_answer_gets_one_that_says_so() -> None:
    messages = valid([USER, called("a", "b"), told("a"), USER])
    assert [message.get("tool_call_id") for message in messages] == [None, None, "a", "b", None]
    assert "not carried out" in messages[3]["content"]


def test_an_answer_without_a_call_is_told_by_the_user() -> None:
    assert valid([told("a"), USER])[0] == {"role": "user", "content": "A tool answered: 3"}


def test_what_google_keeps_in_calls_goes_back_to_google_only() -> None:
    messages = [called("a", extra_content=SIGNED), told("a")]
    assert "extra_content" not in valid(messages)[0]["tool_calls"][0]
    assert valid(messages, place=GOOGLE) is messages
    assert valid(messages, model="google/gemini-3-pro", place="http://localhost:4000") is messages


@pytest.mark.parametrize("said_id", ["", None, "same"])
def test_calls_that_their_ids_do_not_tell_apart_are_paired_in_order(said_id: str | None) -> None:
    calling, *answers = valid([called(said_id, said_id), told(said_id), told(said_id)])
    ids = [call["id"] for call in calling["tool_calls"]]
    assert [answer["tool_call_id"] for answer in answers] == ids
    assert len(set(ids)) == 2
    assert all(ids)


def test_ids_that_are_made_up_differ_from_turn_to_turn() -> None:
    messages = valid([called(""), told(""), called(""), told("")])
    assert messages[0]["tool_calls"][0]["id"] != messages[2]["tool_calls"][0]["id"]
    assert [messages[1]["tool_call_id"], messages[3]["tool_call_id"]] == [
        messages[0]["tool_calls"][0]["id"],
        messages[2]["tool_calls"][0]["id"],
    ]


def test_an_answer_without_an_id_belongs_to_the_first_open_call() -> None:
    messages = valid([called("a", "b"), {"role": "tool", "content": "3"}, told("b")])
    assert [message.get("tool_call_id") for message in messages] == [None, "a", "b"]


def test_a_call_goes_back_without_an_empty_type_and_with_its_arguments_as_text() -> None:
    call = {"id": "a", "type": None, "function": {"name": "", "arguments": {"x": 1}}}
    message = valid([{"role": "assistant", "content": "", "tool_calls": [call]}, told("a")])[0]
    assert message["tool_calls"] == [{"id": "a", "function": {"name": "unnamed", "arguments": '{"x": 1}'}}]
    old = {"role": "assistant", "content": "", "function_call": {"name": None, "arguments": None}}
    assert valid([old])[0]["function_call"] == {"name": "unnamed", "arguments": "{}"}


def test_an_empty_list_of_calls_is_not_sent() -> None:
    assert valid([{"role": "assistant", "content": "Hi.", "tool_calls": []}]) == [
        {"role": "assistant", "content": "Hi."}
    ]


def test_a_part_of_a_call_that_is_null_is_left_out():
    call = {"id": "a", "type": "custom", "function": None, "custom": {"name": "shell", "input": "ls"}}
    messages = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    sent = valid_messages(messages, "m", "http://127.0.0.1/v1")
    assert sent[0]["tool_calls"] == [{"id": "a", "type": "custom", "custom": {"name": "shell", "input": "ls"}}]


def picture(image_url: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": image_url}


def test_pictures_stand_where_and_as_openai_takes_them() -> None:
    words = {"type": "text", "text": "Look."}
    whole = picture({"url": "data:image/png;base64,AAAA", "detail": "low"})
    shown_by_user = {"role": "user", "content": [words, whole]}
    assert valid([shown_by_user]) == [shown_by_user]
    assert valid([{"role": "user", "content": [picture("data:image/png;base64,AAAA")]}]) == [
        {"role": "user", "content": [picture({"url": "data:image/png;base64,AAAA"})]}
    ]
    drawn = {"role": "assistant", "content": [words, whole]}
    assert valid([USER, drawn]) == [
        USER,
        {"role": "assistant", "content": [words, {"type": "text", "text": "<image>"}]},
    ]
    assert drawn["content"] == [words, whole]


def test_a_list_with_valid_pictures_is_sent_as_it_is() -> None:
    messages = [
        USER,
        {"role": "user", "content": [picture({"url": "https://x.example/a.png"}), {"type": "audio"}, "s"]},
    ]
    assert valid(messages) is messages
