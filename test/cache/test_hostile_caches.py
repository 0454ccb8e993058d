"""A directory that somebody else wrote: nothing in it is unpickled, obeyed, or removed."""

from __future__ import annotations

import logging
import os
import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import diskcache
import pytest

from autogen_classic import Cache, OpenAIWrapper, cli
from autogen_classic.cache import _store
from autogen_classic.cache._store import JSONDisk
from autogen_classic.cache.disk_cache import DiskCache
from autogen_classic.oai._request import answer_cache
from autogen_classic.testing import MockOpenAIServer

MESSAGES = [{"role": "user", "content": "Hi."}]


class Trap:
    """Says that it was unpickled."""

    def __reduce__(self) -> Any:
        return (os.mkdir, ("caught",))


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    assert not Path("caught").exists()


@pytest.fixture
def server() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer(default="fine") as running:
        yield running


def plant(directory: str | Path, **entries: Any) -> None:
    """Write entries as the package does by itself, pickled where it must, and a trap as a key."""
    with diskcache.Cache(str(directory)) as cache:
        for key, value in entries.items():
            cache[key] = value
        cache[(1, Trap())] = "its key is a pickle"


def statement(directory: str | Path, text: str, *values: Any) -> Any:
    with closing(sqlite3.connect(Path(directory, "cache.db"))) as connection, connection:
        return connection.execute(text, values).fetchall()


@pytest.mark.parametrize("size", [1, 100_000], ids=["in the row", "in a file"])
def test_a_pickled_value_counts_as_missing_with_one_warning(size: int, caplog: pytest.LogCaptureFixture) -> None:
    plant("here", bad=[Trap(), "x" * size], good="text")
    with DiskCache("here") as cache:
        assert [cache.get("bad", "missing") for _ in "ab"] == ["missing"] * 2
    (record,) = caplog.records
    assert f"autogen-classic cache import {Path('here').resolve()}" in record.getMessage()


def test_a_pickled_key_is_never_read() -> None:
    plant("here")
    with DiskCache("here") as cache:
        with pytest.raises(ValueError, match="is a pickle, which is not read"):
            list(cache.cache)
        cache.set("key", {"a": 1})
        assert [entry.key for entry in cache.cache.entries() if entry.value != "its key is a pickle"] == ["key"]


def test_every_way_of_the_package_to_a_value_refuses_a_pickle() -> None:
    plant("here", bad=Trap())
    with DiskCache("here") as cache:
        stored = cache.cache
        assert stored.get("bad") is None
        assert stored.get("bad", read=True) is None
        with pytest.raises(KeyError):
            stored["bad"]
        assert stored.pop("bad") is None


def test_neither_keys_nor_values_are_ever_pickled(monkeypatch: pytest.MonkeyPatch) -> None:
    DiskCache("here").set("first", 1)
    for name in ("dumps", "loads", "dump", "load"):
        monkeypatch.setattr(pickle, name, lambda *_arguments, **_settings: pytest.fail("pickle was asked"))
    with DiskCache("here") as cache:
        cache.set(("a", 1), {"b": [2]})  # type: ignore[arg-type]
        assert cache.get(("a", 1)) == {"b": [2]}  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="JSON cannot hold"):
            cache.set("key", {1, 2})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("get", "no method any more"),
        ("_disk", b"\x80\x04."),
        ("disk", "diskcache.core.Disk"),
        ("disk_pickle_protocol", "9"),
        ("disk_cls", "os.system"),
        ("disk__directory", "/"),
        ("eviction_policy", "unheard of"),
        ("eviction_policy", b"\xff"),
        ("size_limit", "none"),
        ("size_limit", -1),
        ("size", "many"),
        ("count", "many"),
        ("sqlite_writable_schema", "ON"),
        ("sqlite_journal_mode", "off; DROP TABLE Cache"),
        ("sqlite_temp_store_directory", "'/'"),
        ("statistics", 1),
        ("cull_limit", "all"),
    ],
)
def test_no_setting_in_the_file_is_obeyed(name: str, value: Any) -> None:
    with DiskCache("here") as cache:
        cache.set("key", 1)
    statement("here", "INSERT OR REPLACE INTO Settings VALUES (?, ?)", name, value)
    with DiskCache("here") as cache:
        assert cache.get("key") == 1
        cache.set("other", 2)
        assert (cache.get("other"), len(cache.cache)) == (2, 2)
        assert type(cache.cache.disk) is JSONDisk
        assert cache.cache.eviction_policy == "least-recently-stored"
        assert cache.cache.size_limit == 2**30


@pytest.mark.parametrize("name", ["precious", "../../precious", "{folder}/precious"])
@pytest.mark.parametrize("mode", [2, 3, 4])
def test_a_row_cannot_name_a_file_to_be_read_or_removed(name: str, mode: int, tmp_path: Path) -> None:
    directory = tmp_path / "caches" / "here"
    precious = [directory / "precious", tmp_path / "precious"]
    with DiskCache(directory) as cache:
        cache.set("key", 1)
        for file in precious:
            file.write_text('"a secret"')
        change = "UPDATE Cache SET mode = ?, value = NULL, filename = ?"
        statement(directory, change, mode, name.format(folder=tmp_path))
        assert cache.get("key") is None
        cache.set("key", 2)
        assert cache.get("key") == 2
        statement(directory, "UPDATE Cache SET filename = ?", name.format(folder=tmp_path))
        cache.cache.delete("key")
        cache.cache.clear()
    assert all(file.read_text() == '"a secret"' for file in precious)


def test_answers_of_0_2_are_a_miss_with_one_warning_and_stay(
    server: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    plant(".cache/41", **{'{"messages": [{"content": "Hi."}], "model": "m"}': {"text": Trap()}})
    old = statement(".cache/41", "SELECT key, raw, mode, value, filename FROM Cache ORDER BY rowid")
    wrapper = OpenAIWrapper(config_list=[server.config()])
    for number in (1, 2, 2):
        wrapper.create(messages=[{"role": "user", "content": f"Hi {number}."}])
    assert len(server.requests) == 2
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len([text for text in warnings if "autogen-classic cache import" in text]) == 1
    new = statement(".cache/41", "SELECT key, raw, mode, value, filename FROM Cache ORDER BY rowid")
    assert new[: len(old)] == old
    assert len(new) == len(old) + 2


def test_a_directory_that_has_new_answers_warns_no_more(caplog: pytest.LogCaptureFixture) -> None:
    plant("here", old=Trap())
    with DiskCache("here") as cache:
        cache.set("key", 1)
    with DiskCache("here") as cache:
        assert cache.get("key") == 1
    assert caplog.records == []


def test_the_package_by_itself_reads_counts_and_clears_what_is_kept() -> None:
    with DiskCache("here") as cache:
        cache.set("key", {"a": "ö"})
    with diskcache.Cache("here") as plain:
        assert plain["key"] == '{"a": "\\u00f6"}'
        assert len(plain) == 1
        plain.clear()
    with DiskCache("here") as cache:
        assert isinstance(cache.cache, diskcache.Cache)
        assert cache.get("key") is None


def test_a_pickle_under_the_key_of_a_request_is_asked_again_and_replaced(server: MockOpenAIServer) -> None:
    wrapper = OpenAIWrapper(config_list=[server.config()])
    wrapper.create(messages=MESSAGES)
    ((key,),) = statement(".cache/41", "SELECT key FROM Cache")
    plant(".cache/41", **{key: Trap()})
    assert [wrapper.create(messages=MESSAGES).choices[0].message.content for _ in "abc"] == ["fine"] * 3
    assert len(server.requests) == 2
    assert answer_cache.FORMAT in key


# --- The size of a cache ---------------------------------------------------------------------------------------------


def fill(cache: Cache, first: int, last: int) -> None:
    for number in range(first, last):
        cache.set(str(number), "x" * 10_000)


def test_the_oldest_entries_go_when_the_limit_is_reached() -> None:
    with Cache.disk(1, "caches", size_limit=300_000) as cache:
        fill(cache, 0, 100)  # type: ignore[arg-type]
        assert os.path.getsize("caches/1/cache.db") < 400_000
        assert cache.get("0") is None
        assert cache.get("99") is not None


def test_the_least_recently_used_entries_go_where_that_is_wanted() -> None:
    with Cache.disk(1, "caches", size_limit=300_000, eviction_policy="least-recently-used") as cache:
        cache.set("in use", 1)
        for number in range(100):
            fill(cache, number, number + 1)  # type: ignore[arg-type]
            assert cache.get("in use") == 1


def test_a_limit_holds_for_all_who_use_the_directory() -> None:
    with Cache.disk(41, ".cache", size_limit=123_456, eviction_policy="none") as cache:
        cache.set("key", 1)
    with _store.kept(".cache/41") as kept:
        assert kept.get("key") == 1
        assert (kept.size_limit, kept.eviction_policy) == (123_456, "none")


@pytest.mark.parametrize("settings", [{"size_limit": 0}, {"size_limit": "1 GB"}, {"eviction_policy": "oldest"}])
def test_an_impossible_limit_is_refused(settings: Any) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        Cache.disk(1, "caches", **settings)


def test_entries_of_0_2_are_not_evicted() -> None:
    plant("caches/1", old=[Trap(), "x" * 20_000], older=[Trap(), "x" * 20_000])
    with Cache.disk(1, "caches", size_limit=50_000) as cache:
        fill(cache, 0, 20)  # type: ignore[arg-type]
    assert statement("caches/1", "SELECT count(*) FROM Cache WHERE mode = 4") == [(2,)]
    assert cli.main(["cache", "clear", "1", "--root", "caches", "--yes"]) == 0
    assert statement("caches/1", "SELECT count(*) FROM Cache WHERE mode = 4") == [(2,)]
