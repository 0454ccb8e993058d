"""A stand-in for MongoDB Atlas that speaks its protocol: the real client is used, over a connection of this machine.

It knows the commands that the tests of retrieval send, keeps documents in memory, and searches vectors exactly.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import bson
import numpy as np
from bson.int64 import Int64

_HEADER = struct.Struct("<iiii")
_OLD_QUERY, _OLD_REPLY, _MESSAGE = 2004, 1, 2013

_HELLO = {
    "ismaster": True,
    "helloOk": True,
    "maxBsonObjectSize": 16 * 1024 * 1024,
    "maxMessageSizeBytes": 48_000_000,
    "maxWriteBatchSize": 100_000,
    "minWireVersion": 0,
    "maxWireVersion": 21,
}
_DUPLICATE_KEY = 11000

Command = dict[str, Any]


class MongoDouble:
    """A server with one database.

    Attributes:
        url: where it listens.
        collections: the documents of each collection, by their ids.
        indexes: the search indexes of each collection, by their names.
        commands: every command that came, without those of the connection itself.
    """

    def __init__(self) -> None:
        self.collections: dict[str, dict[Any, Command]] = {}
        self.indexes: dict[str, dict[str, Command]] = {}
        self.commands: list[Command] = []
        self._commands: dict[str, Callable[[Command], Command]] = {
            "hello": lambda command: dict(_HELLO),
            "ismaster": lambda command: dict(_HELLO),
            "ping": lambda command: {},
            "endSessions": lambda command: {},
            "listCollections": self._list_collections,
            "create": self._create,
            "drop": self._drop,
            "insert": self._insert,
            "update": self._update,
            "delete": self._delete,
            "find": self._find,
            "aggregate": self._aggregate,
            "createSearchIndexes": self._create_search_indexes,
            "dropSearchIndex": self._drop_search_index,
        }
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                while (header := _exactly(self.request, _HEADER.size)) is not None:
                    length, number, _, kind = _HEADER.unpack(header)
                    body = _exactly(self.request, length - _HEADER.size) or b""
                    self.request.sendall(outer._answer(number, kind, body))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"mongodb://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> MongoDouble:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, number: int, kind: int, body: bytes) -> bytes:
        if kind == _OLD_QUERY:  # the client's first word, before it knows what the server understands
            answer = bson.encode({**_HELLO, "ok": 1.0})
            return _framed(number, _OLD_REPLY, struct.pack("<iqii", 8, 0, 0, 1) + answer)
        command = _command_in(body)
        name = next(iter(command))
        if name not in ("hello", "ping", "endSessions"):
            self.commands.append(command)
        run = self._commands.get(name)
        answer = {"ok": 1.0, **run(command)} if run else {"ok": 0.0, "errmsg": f"no such command: {name}", "code": 59}
        return _framed(number, _MESSAGE, struct.pack("<i", 0) + b"\0" + bson.encode(answer))

    # --- commands ---

    def _list_collections(self, command: Command) -> Command:
        return _cursor("$cmd.listCollections", [{"name": name, "type": "collection"} for name in self.collections])

    def _create(self, command: Command) -> Command:
        self.collections[command["create"]] = {}
        return {}

    def _drop(self, command: Command) -> Command:
        self.collections.pop(command["drop"], None)
        self.indexes.pop(command["drop"], None)
        return {}

    def _insert(self, command: Command) -> Command:
        stored = self.collections.setdefault(command["insert"], {})
        errors = []
        for place, doc in enumerate(command["documents"]):
            if doc["_id"] in stored:
                errors.append({"index": place, "code": _DUPLICATE_KEY, "errmsg": "E11000 duplicate key"})
            else:
                stored[doc["_id"]] = doc
        return {"n": len(command["documents"]) - len(errors), **({"writeErrors": errors} if errors else {})}

    def _update(self, command: Command) -> Command:
        stored = self.collections[command["update"]]
        matched = 0
        for change in command["updates"]:
            identity = change["q"]["_id"]
            if identity in stored or change.get("upsert"):
                stored[identity] = change["u"]
                matched += 1
        return {"n": matched, "nModified": matched}

    def _delete(self, command: Command) -> Command:
        stored = self.collections[command["delete"]]
        found = [one for part in command["deletes"] for one in part["q"]["_id"]["$in"] if stored.pop(one, None)]
        return {"n": len(found)}

    def _find(self, command: Command) -> Command:
        wanted = command.get("filter", {}).get("_id", {}).get("$in")
        fields = command["projection"]
        docs = [
            {name: value for name, value in doc.items() if name in fields}
            for doc in self.collections.get(command["find"], {}).values()
            if wanted is None or doc["_id"] in wanted
        ]
        return _cursor(command["find"], docs)

    def _create_search_indexes(self, command: Command) -> Command:
        indexes = self.indexes.setdefault(command["createSearchIndexes"], {})
        for index in command["indexes"]:
            indexes[index["name"]] = {
                "name": index["name"],
                "queryable": True,
                "latestDefinition": index["definition"],
            }
        return {"indexesCreated": [{"name": index["name"], "id": index["name"]} for index in command["indexes"]]}

    def _drop_search_index(self, command: Command) -> Command:
        del self.indexes[command["dropSearchIndex"]][command["name"]]
        return {}

    def _aggregate(self, command: Command) -> Command:
        name, first = command["aggregate"], command["pipeline"][0]
        if "$listSearchIndexes" in first:
            wanted = first["$listSearchIndexes"].get("name")
            indexes = self.indexes.get(name, {}).values()
            return _cursor(name, [index for index in indexes if wanted in (None, index["name"])])
        search = first["$vectorSearch"]
        if search["index"] not in self.indexes.get(name, {}):
            return _cursor(name, [])  # as Atlas does
        docs = [
            {**doc, "score": _similarity(doc["embedding"], search["queryVector"])}
            for doc in self.collections[name].values()
        ]
        docs.sort(key=lambda doc: -doc["score"])
        docs = docs[: search["limit"]]
        for stage in command["pipeline"][1:]:
            if "$match" in stage:
                docs = [doc for doc in docs if doc["score"] >= stage["$match"]["score"]["$gte"]]
            if "$project" in stage:
                docs = [{key: value for key, value in doc.items() if stage["$project"].get(key) != 0} for doc in docs]
        return _cursor(name, docs)


def _similarity(one: list[float], other: list[float]) -> float:
    """The cosine, squeezed between 0 and 1 as Atlas does it."""
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return float((1 + np.dot(one, other) / (lengths or 1.0)) / 2)


def _cursor(name: str, docs: list[Command]) -> Command:
    return {"cursor": {"id": Int64(0), "ns": f"vector_db.{name}", "firstBatch": docs}}


def _framed(number: int, kind: int, body: bytes) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), 1, number, kind) + body


def _exactly(connection: Any, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            return None
        data += part
    return data


def _command_in(body: bytes) -> Command:
    """The command of a message, whose long lists travel as sections of their own."""
    command: Command = {}
    place = 4
    while place < len(body):
        kind = body[place]
        (length,) = struct.unpack_from("<i", body, place + 1)
        end = place + 1 + length
        if kind == 0:
            command = {**bson.decode(body[place + 1 : end]), **command}
        else:
            name, _, docs = body[place + 5 : end].partition(b"\0")
            command[name.decode()] = bson.decode_all(docs)
        place = end
    return command if not command or "$db" not in command else _name_first(command)


def _name_first(command: Command) -> Command:
    """The name of a command is its first key, which a section that came before it must not be."""
    lists = ("documents", "updates", "deletes")
    return {key: command[key] for key in sorted(command, key=lambda key: key in lists)}
