"""The cache in Azure Cosmos DB: the real package over HTTP, against a small server that speaks its documented API."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from autogen_classic import Cache, OpenAIWrapper
from autogen_classic.cache.cosmos_db_cache import CosmosDBCache
from autogen_classic.testing import MockOpenAIServer

cosmos = pytest.importorskip("azure.cosmos")

KEY = base64.b64encode(b"a key of the account").decode()
MESSAGES = [{"role": "user", "content": "Hi."}]


class CosmosServer:
    """Databases, containers and items with a partition key, as in the REST API of Cosmos DB (SQL API).

    It checks the signature of each request, as the service does.
    """

    def __init__(self) -> None:
        self.databases: dict[str, dict[str, dict[tuple[str, str], dict[str, Any]]]] = {}
        self.requests: list[tuple[str, str]] = []
        self.failing = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments: Any) -> None:
                return None

            def do_GET(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(length) or b"null")
                status, answer = outer.answer(self.command, self.path, self.headers, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.send_header("x-ms-request-charge", "1")
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PUT = do_DELETE = do_GET

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, headers: Any, body: Any) -> tuple[int, Any]:
        parts = [part for part in path.split("/") if part]
        self.requests.append((method, path))
        if not self._is_signed(method, parts, headers):
            return 401, {"code": "Unauthorized", "message": "The signature is wrong."}
        if self.failing and parts:
            return 400, {"code": "BadRequest", "message": "The server has a bad day."}
        if not parts:
            return 200, self._account()
        if len(parts) <= 2:
            return self._in(self.databases, method, parts[1:], body, {})
        containers = self.databases.get(parts[1])
        if containers is None:
            return _not_found()
        if len(parts) <= 4:
            return self._in(containers, method, parts[3:], body, {})
        if parts[3] not in containers:
            return _not_found()
        (partition,) = json.loads(headers["x-ms-documentdb-partitionkey"])
        items = containers[parts[3]]
        if method == "POST":
            assert headers["x-ms-documentdb-is-upsert"] == "True"
            assert body["partitionKey"] == partition
            items[partition, body["id"]] = body
            return 201, _resource(body)
        item = items.get((partition, parts[5]))
        return _not_found() if item is None else (200, _resource(item))

    def _in(self, things: dict[str, Any], method: str, name: list[str], body: Any, new: Any) -> tuple[int, Any]:
        """Read or make a database or a container."""
        if method == "POST":
            things[body["id"]] = new
            return 201, _resource(body)
        if name[0] not in things:
            return _not_found()
        key = {"paths": ["/partitionKey"], "kind": "Hash"}
        return 200, _resource({"id": name[0], "partitionKey": key})

    def _account(self) -> dict[str, Any]:
        place = [{"name": "Here", "databaseAccountEndpoint": self.url}]
        return {
            "id": "account",
            "writableLocations": place,
            "readableLocations": place,
            "enableMultipleWriteLocations": False,
            "userConsistencyPolicy": {"defaultConsistencyLevel": "Session"},
        }

    def _is_signed(self, method: str, parts: list[str], headers: Any) -> bool:
        kind = parts[-1] if len(parts) % 2 else parts[-2] if parts else ""
        link = "/".join(parts[:-1] if len(parts) % 2 else parts)
        text = f"{method.lower()}\n{kind}\n{link}\n{headers['x-ms-date'].lower()}\n\n"
        digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
        return unquote(headers["authorization"]) == f"type=master&ver=1.0&sig={base64.b64encode(digest).decode()}"


def _resource(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "_rid": "abcd", "_self": "", "_etag": '"1"', "_ts": 1700000000}


def _not_found() -> tuple[int, Any]:
    return 404, {"code": "NotFound", "message": "Resource Not Found."}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CosmosServer]:
    running = CosmosServer()
    yield running
    running.stop()


def connection_string(server: CosmosServer) -> str:
    return f"AccountEndpoint={server.url};AccountKey={KEY};"


def test_values_are_kept_for_the_next_program(server: CosmosServer) -> None:
    with Cache.cosmos_db(connection_string(server), "answers", 3) as cache:
        cache.set("key", {"a": ["ö", None, 1.5]})
        assert cache.get("other", 7) == 7
    with Cache.cosmos_db(connection_string(server), "answers", 3) as cache:
        assert cache.get("key") == {"a": ["ö", None, 1.5]}
    assert list(server.databases) == ["autogen_cache"]


def test_another_seed_is_another_cache(server: CosmosServer) -> None:
    place = connection_string(server)
    with Cache.cosmos_db(place, "answers", 1) as one, Cache.cosmos_db(place, "answers", 2) as other:
        one.set("key", 1)
        assert other.get("key") is None


def test_what_is_in_the_container_is_json(server: CosmosServer) -> None:
    with Cache.cosmos_db(connection_string(server), "answers", 3) as cache:
        cache.set("a/key?with #characters that ids may not have", {"a": 1})
        assert cache.get("a/key?with #characters that ids may not have") == {"a": 1}
    (item,) = server.databases["autogen_cache"]["answers"].values()
    assert json.loads(item["data"]) == {"a": 1}


def test_what_json_cannot_hold_is_refused(server: CosmosServer) -> None:
    with Cache.cosmos_db(connection_string(server), "answers", 3) as cache:
        with pytest.raises(TypeError, match="JSON cannot hold"):
            cache.set("key", {1, 2})


def test_a_client_of_the_programs_own_is_used(server: CosmosServer) -> None:
    with cosmos.CosmosClient.from_connection_string(connection_string(server)) as client:
        with CosmosDBCache.from_existing_client(3, client, "mine", "answers") as cache:
            cache.set("key", 1)
    assert list(server.databases) == ["mine"]


def test_a_wrong_key_is_an_error_at_once(server: CosmosServer) -> None:
    wrong = base64.b64encode(b"another").decode()
    with pytest.raises(cosmos.exceptions.CosmosHttpResponseError, match="signature is wrong"):
        Cache.cosmos_db(f"AccountEndpoint={server.url};AccountKey={wrong};", "answers", 3)


def test_the_second_request_is_answered_from_the_container(server: CosmosServer) -> None:
    with MockOpenAIServer(default="fine") as model:
        wrapper = OpenAIWrapper(config_list=[model.config(price=[1, 1])])
        with Cache.cosmos_db(connection_string(server), "answers", 3) as cache:
            answers = [wrapper.create(messages=MESSAGES, cache=cache).choices[0].message.content for _ in "ab"]
        assert (answers, len(model.requests)) == (["fine", "fine"], 1)


def test_a_service_that_fails_in_mid_chat_costs_no_reply(
    server: CosmosServer, caplog: pytest.LogCaptureFixture
) -> None:
    with MockOpenAIServer(default="fine") as model:
        wrapper = OpenAIWrapper(config_list=[model.config(price=[1, 1])])
        with Cache.cosmos_db(connection_string(server), "answers", 3) as cache:
            server.failing = True
            answers = [wrapper.create(messages=MESSAGES, cache=cache).choices[0].message.content for _ in "ab"]
        assert (answers, len(model.requests)) == (["fine", "fine"], 2)
    texts = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(texts) == 2  # that reading fails, and that writing fails
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    "data", ["gASVCQAAAAAAAACMBXRleHSULg==", "\x80\x04K\x01.", "cos\nsystem\n(S'exit 1'\ntR.", None, 7.5, ["x"]]
)
def test_an_entry_that_is_not_json_is_a_miss_with_one_warning(
    data: Any, server: CosmosServer, caplog: pytest.LogCaptureFixture
) -> None:
    with Cache.cosmos_db(connection_string(server), "answers", 3) as cache:
        cache.set("key", 1)
        (item,) = server.databases["autogen_cache"]["answers"].values()
        item["data"] = data
        assert [cache.get("key", "missing") for _ in "ab"] == ["missing"] * 2
        cache.set("key", 2)
        assert cache.get("key") == 2
    (record,) = [record for record in caplog.records if record.name == "autogen.cache.cosmos_db_cache"]
    assert "Cosmos DB under 3 counts as missing, because it is not JSON" in record.getMessage()
