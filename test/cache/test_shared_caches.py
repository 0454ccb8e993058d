"""One cache on disk for many processes, threads and versions of Python."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import diskcache
import pytest

from autogen_classic.cache import _store
from autogen_classic.cache._store import Cache, kept
from autogen_classic.cache.disk_cache import DiskCache
from autogen_classic.oai._request import answer_cache
from autogen_classic.oai._request.answer_cache import cache_key

REPOSITORY = Path(__file__).parents[2]
PARAMS: dict[str, Any] = {
    "model": "gpt-4o",
    "temperature": 0.1,
    "top_p": 1e-7,
    "n": 2,
    "stream": False,
    "stop": None,
    "messages": [{"role": "user", "content": "ö ☺ \U0001f600 \x00 \u2028 \ud800 \"'\\/"}],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"b": 2**60, "a": []}}}],
}
# A change of a key makes every cache of every user worthless: it needs a new version in FORMAT, and a reason.
KEY_OF_PARAMS = "autogen-classic/1:e39a1042c3bd2bf0d728a3df2e54a08048f8ae9370c828c046ab67b7fb15bb8f"

WRITER = """
import sys
from autogen_classic.cache._store import kept
number = int(sys.argv[1])
for turn in range(25):
    with kept("shared") as cache:
        cache.set(f"own {number} {turn}", {"number": number, "text": "x" * 3000})
        cache.set(f"common {turn}", {"number": turn})
        assert cache.get(f"own {number} {turn}")["number"] == number
        assert cache.get(f"common {turn}") == {"number": turn}
print("done")
"""

READER = """
import json, sys, warnings
warnings.simplefilter("error")
from autogen_classic.cache import Cache
from autogen_classic.oai._request import answer_cache
params = json.loads(sys.argv[1])
print(answer_cache.cache_key(params))
with Cache.disk(1, "here") as cache:
    found = answer_cache.look_up(cache, answer_cache.cache_key(params))
    print(json.dumps(found.choices[0].message) if found is not answer_cache.NOT_CACHED else None)
    answer_cache.store(cache, "of another", found, params)
"""


def start(program: str, *arguments: str, python: str = sys.executable, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, "-c", program, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def other_pythons() -> list[str]:
    """Other versions of Python on this machine, installed side by side with this one."""
    home = Path(sys.base_prefix)
    found = sorted(home.parent.glob("3.1[0-4]*/bin/python")) if home.name.startswith("3.") else []
    return [str(python) for python in found if python.parents[1] != home]


def test_the_key_is_the_one_that_caches_in_the_world_were_written_with() -> None:
    assert cache_key(PARAMS) == KEY_OF_PARAMS


@pytest.mark.parametrize("python", other_pythons() or ["none"])
def test_a_cache_is_read_by_another_version_of_python(python: str, tmp_path: Path) -> None:
    if python == "none":
        pytest.skip("there is no other version of Python beside this one")
    answer = SimpleNamespace(choices=[SimpleNamespace(message={"content": "☺ \ud800", "cost": 0.1})])
    with DiskCache(tmp_path / "here" / "1") as cache:
        answer_cache.store(cache, cache_key(PARAMS), answer, PARAMS)
    (tmp_path / "diskcache").symlink_to(Path(diskcache.__file__).parent)  # on the path there: the current directory
    reader = start(READER, json.dumps(PARAMS), python=python, folder=tmp_path)
    output, errors = reader.communicate()
    assert (reader.returncode, errors) == (0, "")
    key, message = output.splitlines()
    assert key == KEY_OF_PARAMS
    assert json.loads(message) == answer.choices[0].message
    with DiskCache(tmp_path / "here" / "1") as cache:
        assert answer_cache.look_up(cache, "of another") == answer


def test_eight_processes_share_a_cache(tmp_path: Path) -> None:
    writers = [start(WRITER, str(number), folder=tmp_path) for number in range(8)]
    results = [writer.communicate() for writer in writers]
    assert results == [("done\n", "")] * 8
    with Cache(tmp_path / "shared") as cache:
        assert len(cache) == 8 * 25 + 25
        assert cache._sql("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert all(cache.get(f"own {number} {turn}")["number"] == number for number in range(8) for turn in range(25))


def test_threads_share_an_open_cache(tmp_path: Path) -> None:
    def work(number: int) -> Any:
        with kept(str(tmp_path)) as cache:
            cache.set(f"key {number}", number)
            return cache.get(f"key {number}")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(100))) == list(range(100))


# A child must end whatever happens in it, and its parent must not be this test run, with all its threads.
FORKING = """
import os, sys, threading, traceback
from autogen_classic.cache._store import Cache, kept


def in_a_child(work):
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
"""


def run_forking(script: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING + script, str(folder)],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_has_a_connection_of_its_own(tmp_path: Path) -> None:
    script = """
with kept(sys.argv[1]) as cache:
    cache.set("key", "of the parent")
    parents = cache._connection

    def work():
        assert cache._connection is None
        assert cache.get("key") == "of the parent"
        cache.set("other", "of the child")

    in_a_child(work)
    assert cache._connection is parents
    assert cache.get("other") == "of the child"
"""
    run_forking(script, tmp_path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_forking_while_other_threads_write_neither_hangs_nor_harms(tmp_path: Path) -> None:
    script = """
stop = threading.Event()
cache = Cache(sys.argv[1])


def write():
    number = 0
    while not stop.wait(0.0005):  # without a pause nobody else would get at the file
        cache.set(number % 50, "x" * 1000)
        number += 1


threads = [threading.Thread(target=write) for _ in range(2)]
for thread in threads:
    thread.start()
try:
    for number in range(5):
        in_a_child(lambda: cache.set(f"child {number}", number))
finally:
    stop.set()
    for thread in threads:
        thread.join()
assert [cache.get(f"child {number}") for number in range(5)] == list(range(5))
assert cache._sql("PRAGMA integrity_check").fetchall() == [("ok",)]
cache.close()
"""
    run_forking(script, tmp_path)


def test_only_so_many_caches_stay_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_store, "_kept", _store.OrderedDict())
    used = []
    for seed in range(_store._MOST_KEPT + 2):
        with kept(str(tmp_path / str(seed))) as cache:
            cache.set("key", seed)
            used.append(cache)
    assert [cache._connection is None for cache in used[:3]] == [True, True, False]
    for cache in used:
        cache.close()


def test_a_copy_of_a_cache_opens_the_file_for_itself(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.set("key", 1)
        with deepcopy(cache) as copy, pickle.loads(pickle.dumps(cache)) as twin:
            assert (copy.get("key"), twin.get("key")) == (1, 1)
            assert copy._connection is not cache._connection
