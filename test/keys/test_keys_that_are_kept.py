"""Keys do not get into what stays: caches, recordings (finished or not), and what commands print of them."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import Cache, cli
from autogen_classic.cache.redis_cache import RedisCache
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, error

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cache"))  # for its servers


def config_for(server: MockOpenAIServer, search: Any, **settings: Any) -> dict[str, Any]:
    headers = {"X-Tenant": search.plant("headers")}
    entry = server.config(api_key=search.plant("api-key"), default_headers=headers, max_retries=0, **settings)
    return {"config_list": [entry], "cache_seed": 5}


def test_the_commands_of_the_cache(search: Any, run_chat: Any) -> None:
    with MockOpenAIServer(["Hello."] * 3) as server:
        run_chat(config_for(server, search))
    assert cli.main(["cache", "ls"]) == 0
    assert cli.main(["cache", "show", "5"]) == 0
    search.find_nothing()


@pytest.mark.parametrize("reply", ["Hello.", error(401, "Refused.")])
def test_the_command_that_checks_configurations(reply: Any, search: Any, tmp_path: Path) -> None:
    folder = tmp_path.parent / f"{tmp_path.name}-of-the-user"
    folder.mkdir()
    with MockOpenAIServer([reply]) as server:
        wrong = {"api_type": "nobody", "model": "m", "api_key": search.plant("wrong")}
        (folder / "LIST").write_text(json.dumps([*config_for(server, search)["config_list"], wrong]), encoding="utf-8")
        cli.main(["config", "check", str(folder / "LIST")])
        cli.main(["config", "check", str(folder / "LIST"), "--ask"])
    search.find_nothing()


def test_a_recording_that_has_not_ended(search: Any, run_chat: Any, tmp_path: Path) -> None:
    with MockOpenAIServer(["Hello.", error(500, "Out of order.")]) as server, record("run.json"):
        run_chat({**config_for(server, search), "cache_seed": None})
        run_chat({**config_for(server, search), "cache_seed": None}, fails=True)
        assert list(tmp_path.glob("run.json.*.partial"))
        search.find_nothing()
    search.find_nothing()


def test_a_replay_and_one_that_differs(search: Any, run_chat: Any) -> None:
    with MockOpenAIServer(["Hello."] * 3) as server:
        llm_config = config_for(server, search)
        with record("run.json"):
            run_chat(llm_config)
    with replay("run.json"):
        run_chat(llm_config)
    changed = {**llm_config, "temperature": 0.5}
    with pytest.raises(Exception, match="temperature") as caught, replay("run.json"):
        run_chat(changed, fails=True)
    search.see_error(caught.value)
    search.find_nothing()


# --- caches that have a key of their own -----------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_redis_with_a_password(search: Any, run_chat: Any, tmp_path: Path) -> None:
    redis = pytest.importorskip("redis")
    from test_redis import RedisServer

    running, password = RedisServer(tmp_path), search.plant("redis")
    address = running.url.replace("://", "://:{}@")
    with MockOpenAIServer(["Hello."] * 3) as server:
        try:
            with redis.Redis.from_url(running.url) as admin:
                admin.config_set("requirepass", password)
            llm_config = config_for(server, search)
            with Cache.redis(7, address.format(password)) as cache:
                run_chat(llm_config, cache=cache)
                search.see("a cache", cache, cache.cache, cache.cache.connection_pool)
                kept = {key: cache.cache.get(key) for key in cache.cache.scan_iter()}
            assert kept
            search.see("what Redis keeps", kept)
            with Cache.redis(7, address.format(search.plant("wrong-password"))) as cache:
                run_chat(llm_config, cache=cache)
        finally:
            running.kill()
        with Cache.redis(7, address.format(password)) as cache:
            run_chat(llm_config, cache=cache)  # with a server that is lost
    search.find_nothing()


def test_an_address_of_redis_that_cannot_be_read(search: Any) -> None:
    pytest.importorskip("redis")
    with pytest.raises(ValueError, match="redis_url cannot be read") as caught:
        RedisCache(7, f"redis://:{search.plant('redis')}/with/slashes@localhost:6379/0")
    search.see_error(caught.value)
    search.find_nothing()


def test_cosmos_db(search: Any, run_chat: Any) -> None:
    pytest.importorskip("azure.cosmos")
    from test_cosmos import KEY, CosmosServer, connection_string

    search.keys.append(KEY)
    running = CosmosServer()
    try:
        with MockOpenAIServer(["Hello."] * 3) as server:
            llm_config = config_for(server, search)
            with Cache.cosmos_db(connection_string(running), "answers", 7) as cache:
                run_chat(llm_config, cache=cache)
                search.see("a cache", cache, cache.client, cache.container)
                running.failing = True
                run_chat({**llm_config, "temperature": 0.3}, cache=cache)
            search.see("what Cosmos DB keeps", running.databases)
    finally:
        running.stop()
    search.find_nothing()


@pytest.mark.parametrize("broken", ["AccountKey={};", "{}", "AccountEndpoint={};AccountKey={}"])
def test_a_connection_string_that_cannot_be_read(broken: str, search: Any) -> None:
    pytest.importorskip("azure.cosmos")
    key = search.plant("cosmos")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the package raises
        Cache.cosmos_db(broken.format(key, key), "answers", 7)
    search.see_error(caught.value)
    search.find_nothing()
