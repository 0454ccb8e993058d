from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion

from autogen_classic._json.text import as_json
from autogen_classic.cache import Cache
from autogen_classic.cache.cache_factory import CacheFactory
from autogen_classic.cache.disk_cache import DiskCache
from autogen_classic.cache.in_memory_cache import InMemoryCache
from autogen_classic.errors import NotJSONError
from autogen_classic.oai._request import answer_cache

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(answer_cache.__file__).parents[3])}

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def completion(text: str = "Hello.") -> ChatCompletion:
    return ChatCompletion.model_validate(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}},
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
        }
    )


def test_a_disk_cache_keeps_values_when_it_is_opened_again(tmp_path: Path) -> None:
    with Cache.disk(5, str(tmp_path)) as cache:
        cache.set("key", {"a": [1, None, "ö"]})
    with Cache.disk(5, str(tmp_path)) as cache:
        assert cache.get("key") == {"a": [1, None, "ö"]}
        assert cache.get("other", 7) == 7


@pytest.mark.parametrize("value", [object, {"a": [b"bytes"]}, {1, 2}, lambda: None])
def test_a_disk_cache_refuses_what_json_cannot_hold(tmp_path: Path, value: Any) -> None:
    with Cache.disk(5, str(tmp_path)) as cache, pytest.raises(TypeError, match="JSON cannot hold"):
        cache.set("key", value)


def test_the_error_says_where_the_value_is() -> None:
    with pytest.raises(TypeError, match=r"\['a'\]\[1\] is a bytes"):
        as_json({"a": [1, b"x"]})


def test_an_in_memory_cache_keeps_any_value() -> None:
    with InMemoryCache("a") as cache:
        cache.set("key", object)
        assert cache.get("key") is object
    assert InMemoryCache("b").get("key") is None


@pytest.mark.parametrize(("seed", "key"), [("s", "s_key"), (41, "41_key"), ("", "key")])
def test_programs_may_ask_for_the_key_in_memory(seed: Any, key: str) -> None:
    cache = InMemoryCache(seed)
    cache.set("key", 1)
    assert (cache._prefixed_key("key"), cache._cache) == (key, {key: 1})


def test_programs_may_put_their_own_in_the_place_of_the_package() -> None:
    with patch("autogen_classic.cache.disk_cache.diskcache.Cache") as made:
        cache = DiskCache("here")
        made.assert_called_once_with("here")
        assert cache.get("key", 7) is made.return_value.get.return_value
        cache.set("key", "value")
        cache.close()
    made.return_value.get.assert_called_once_with("key", 7)
    made.return_value.set.assert_called_once_with("key", "value")
    made.return_value.close.assert_called_once_with()


def test_an_unknown_setting_of_a_cache_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid config key: x"):
        Cache({"x": 1})


def test_without_redis_the_cache_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autogen_classic.cache.redis_cache.redis", None)
    cache = CacheFactory.cache_factory(1, redis_url="redis://nowhere")
    assert isinstance(cache, DiskCache)
    cache.close()


@given(st.dictionaries(st.text(max_size=5), plain, max_size=4))
def test_a_key_does_not_depend_on_the_order_of_parameters(params: dict[str, Any]) -> None:
    assert answer_cache.cache_key(params) == answer_cache.cache_key(dict(reversed(params.items())))


@given(st.dictionaries(st.text(max_size=5), plain, max_size=4), st.text())
def test_a_key_does_not_depend_on_credentials(params: dict[str, Any], secret: str) -> None:
    assert answer_cache.cache_key({**params, "api_key": secret, "base_url": secret}) == answer_cache.cache_key(
        {**params, "api_key": "", "base_url": ""}
    )


@given(plain, plain)
def test_different_requests_have_different_keys(one: Any, other: Any) -> None:
    same_text = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (answer_cache.cache_key({"x": one}) == answer_cache.cache_key({"x": other})) == same_text


def test_a_request_that_contains_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = [endless]
    with pytest.raises(NotJSONError, match="The request cannot be cached"):
        answer_cache.cache_key({"extra_body": endless})


def test_a_key_is_the_same_in_another_process() -> None:
    params = {"model": "gpt-4", "messages": [{"role": "user", "content": "hi ö"}]}
    program = f"from autogen_classic.oai._request.answer_cache import cache_key; print(cache_key({params!r}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert done.stdout.strip() == answer_cache.cache_key(params)


def test_a_completion_comes_back_as_it_was() -> None:
    before = completion()
    before.cost = 0.5  # type: ignore[attr-defined]
    after = answer_cache.decode(json.loads(json.dumps(answer_cache.encode(before))))
    assert type(after) is ChatCompletion
    assert after.model_dump() == before.model_dump()
    assert after.choices[0].message.content == "Hello."


@given(plain)
def test_an_answer_of_plain_parts_comes_back_as_it_was(value: Any) -> None:
    before = SimpleNamespace(choices=[SimpleNamespace(message={"content": value})])
    assert answer_cache.decode(json.loads(json.dumps(answer_cache.encode(before)))) == before


class Cupboard(dict):  # type: ignore[type-arg]
    """A cache of the program's own."""

    set = dict.__setitem__


def test_an_answer_that_json_cannot_hold_is_not_cached_and_said_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    cupboard = Cupboard()
    for _ in range(2):
        answer_cache.store(cupboard, "key", object())
    assert not cupboard
    assert len(caplog.records) == 1


@pytest.mark.parametrize("entry", [{}, {"format": "autogen-classic/0"}, {"format": "autogen-classic/1", "fields": {}}])
def test_a_damaged_entry_is_asked_again_with_a_warning(entry: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert answer_cache.look_up(Cupboard(key=entry), "key") is answer_cache.NOT_CACHED
    assert "asked instead" in caplog.text


def test_a_disk_that_cannot_be_used_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cache").write_text("in the way")
    cache = answer_cache.AnswerCache({"cache_seed": 1}, {"model": "m"})
    assert cache.look_up() is answer_cache.NOT_CACHED
    cache.store(completion())
    assert "cannot be used" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not remove the current folder")
def test_an_absolute_folder_serves_where_the_current_one_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    settings = {"cache_seed": str(tmp_path / "kept")}
    answer_cache.AnswerCache(settings, {"model": "m"}).store(completion("find me"))
    gone.rmdir()
    found = answer_cache.AnswerCache(settings, {"model": "m"}).look_up()
    assert found.choices[0].message.content == "find me"


def test_an_answer_is_on_disk_as_json_and_not_as_a_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer_cache.AnswerCache({"cache_seed": 1}, {"model": "m"}).store(completion("find me"))
    assert b"find me" in (tmp_path / ".cache" / "1" / "cache.db").read_bytes()


def test_the_cache_of_the_innermost_block_is_known() -> None:
    outer, inner = Cache.in_memory(1), Cache.in_memory(2)
    assert Cache.get_current_cache() is None
    with outer:
        with inner:
            assert Cache.get_current_cache() is inner
            assert Cache.get_current_cache(outer) is outer
        assert Cache.get_current_cache() is outer
    assert Cache.get_current_cache() is None


def test_blocks_may_end_in_another_order_and_in_another_thread() -> None:
    outer, inner = Cache.in_memory(1), Cache.in_memory(2)
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    assert Cache.get_current_cache() is inner
    thread = threading.Thread(target=inner.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    inner.__exit__(None, None, None)
    assert Cache.get_current_cache() is None
