"""Stand-ins for Neo4j and FalkorDB: they speak what the real clients speak, and run Cypher in Ladybug."""

from __future__ import annotations

import json
import re
import socketserver
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

with suppress(ImportError):
    import xllamacpp  # noqa: F401  # loaded after Ladybug, it would end the process
import ladybug

_TABLES = (
    "CREATE NODE TABLE IF NOT EXISTS Thing(name STRING PRIMARY KEY)",
    "CREATE REL TABLE IF NOT EXISTS FACT(FROM Thing TO Thing, relation STRING)",
)


class _Graph:
    """A graph that is asked in Cypher, by several connections in turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = ladybug.Connection(ladybug.Database(":memory:"))
        for table in _TABLES:
            self._connection.execute(table)

    def run(self, query: str, parameters: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
        """The names of the columns, and the rows."""
        with self._lock:
            result: Any = self._connection.execute(query, parameters)
            return result.get_column_names(), result.get_all()


class _Double:
    """A server on this machine.

    Args:
        password: what clients have to send.

    Attributes:
        port: where it listens.
        queries: every query that came.
    """

    def __init__(self, password: str = "password") -> None:
        self.password = password
        self.queries: list[str] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._serve(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def _serve(self, connection: socketserver.StreamRequestHandler) -> None:
        raise NotImplementedError

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


# --- Neo4j: Bolt 5.0 --------------------------------------------------------------------------------------------------

_SUCCESS, _RECORD, _FAILURE = 0x70, 0x71, 0x7F
_HELLO, _GOODBYE, _RUN, _PULL, _ROUTE = 0x01, 0x02, 0x10, 0x3F, 0x66


class Neo4jDouble(_Double):
    """A stand-in for Neo4j, which is asked by its real driver."""

    def __init__(self, password: str = "password") -> None:
        super().__init__(password)
        self._graph = _Graph()

    def _serve(self, connection: socketserver.StreamRequestHandler) -> None:
        connection.rfile.read(20)  # who speaks, and the versions that are offered
        connection.wfile.write(b"\0\0\0\x05")
        rows: list[list[Any]] = []
        while (message := _message(connection.rfile)) is not None:
            tag, fields = message
            if tag == _GOODBYE:
                return
            answer: dict[str, Any] = {}
            if tag == _HELLO:
                if fields[0].get("credentials") != self.password:
                    failure = {"code": "Neo.ClientError.Security.Unauthorized", "message": "The login is wrong."}
                    _send(connection.wfile, _FAILURE, failure)
                    return
                answer = {"server": "Neo4j/5.0.0", "connection_id": "bolt-1"}
            elif tag == _ROUTE:
                address = [f"127.0.0.1:{self.port}"]
                servers = [{"addresses": address, "role": role} for role in ("ROUTE", "READ", "WRITE")]
                answer = {"rt": {"ttl": 300, "db": "neo4j", "servers": servers}}
            elif tag == _RUN:
                self.queries.append(fields[0])
                names, rows = self._graph.run(fields[0], fields[1])
                answer = {"fields": names}
            elif tag == _PULL:
                for row in rows:
                    _send(connection.wfile, _RECORD, row)
            _send(connection.wfile, _SUCCESS, answer)


def _message(stream: Any) -> tuple[int, list[Any]] | None:
    """The tag and the fields of the next message; None at the end."""
    data = b""
    while True:
        head = stream.read(2)
        if len(head) < 2:
            return None
        size = int.from_bytes(head, "big")
        if not size and data:
            break
        data += stream.read(size)
    fields, _ = _list(data, 2, data[0] & 0x0F)
    return data[1], fields


def _send(stream: Any, tag: int, field: Any) -> None:
    data = bytes((0xB1, tag)) + _packed(field)
    stream.write(struct.pack(">H", len(data)) + data + b"\0\0")


def _packed(value: Any) -> bytes:
    if value is None:
        return b"\xc0"
    if isinstance(value, int):
        return b"\xcb" + struct.pack(">q", value)
    if isinstance(value, str):
        text = value.encode()
        return b"\xd2" + struct.pack(">I", len(text)) + text
    if isinstance(value, list):
        return b"\xd6" + struct.pack(">I", len(value)) + b"".join(map(_packed, value))
    pairs = [_packed(key) + _packed(item) for key, item in value.items()]
    return b"\xda" + struct.pack(">I", len(pairs)) + b"".join(pairs)


def _unpacked(data: bytes, at: int) -> tuple[Any, int]:
    """The value that begins at a place, and where it ends."""
    mark = data[at]
    kind, size = mark & 0xF0, mark & 0x0F
    if mark < 0x80 or mark >= 0xF0:
        return struct.unpack("b", data[at : at + 1])[0], at + 1
    if mark in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[mark], at + 1
    if 0xC8 <= mark <= 0xCB:
        end = at + 1 + 2 ** (mark - 0xC8)
        return int.from_bytes(data[at + 1 : end], "big", signed=True), end
    if kind == 0xD0:  # long ones say in 1, 2 or 4 bytes how long they are
        width = 2 ** (mark & 0x03)
        size = int.from_bytes(data[at + 1 : at + 1 + width], "big")
        kind = {0xD0: 0x80, 0xD4: 0x90, 0xD8: 0xA0}[mark & 0xFC]
        at += width
    if kind == 0x80:
        return data[at + 1 : at + 1 + size].decode(), at + 1 + size
    if kind == 0x90:
        return _list(data, at + 1, size)
    items, end = _list(data, at + 1, 2 * size)
    return dict(zip(items[::2], items[1::2], strict=True)), end


def _list(data: bytes, at: int, size: int) -> tuple[list[Any], int]:
    items = []
    for _ in range(size):
        item, at = _unpacked(data, at)
        items.append(item)
    return items, at


# --- FalkorDB: the protocol of Redis ----------------------------------------------------------------------------------

_PARAMETER = re.compile(r'`?(\w+)`?=("(?:[^"\\]|\\.)*")\s*')
_KIND_OF = {str: 2, int: 3}


class FalkorDouble(_Double):
    """A stand-in for FalkorDB, which is asked by its real client."""

    def __init__(self, password: str = "password") -> None:
        super().__init__(password)
        self._graphs: dict[str, _Graph] = {}

    def _serve(self, connection: socketserver.StreamRequestHandler) -> None:
        while head := connection.rfile.readline():
            words = []
            for _ in range(int(head[1:])):
                size = int(connection.rfile.readline()[1:])
                words.append(connection.rfile.read(size + 2)[:-2].decode())
            connection.wfile.write(self._answer(words))

    def _answer(self, words: list[str]) -> bytes:
        command, *rest = words
        if command == "AUTH":
            return b"+OK\r\n" if rest[-1] == self.password else b"-WRONGPASS The login is wrong.\r\n"
        if command == "HELLO":
            return b"-ERR unknown command\r\n"
        if command == "INFO":
            return _replied("redis_version:7.2.0\r\nredis_mode:standalone\r\n")
        if command == "GRAPH.LIST":
            return _replied(list(self._graphs))
        if command == "GRAPH.DELETE":
            del self._graphs[rest[0]]
        if command == "GRAPH.QUERY":
            return self._result(*rest[:2])
        return b"+OK\r\n"

    def _result(self, name: str, query: str) -> bytes:
        parameters: dict[str, Any] = {}
        if query.startswith("CYPHER "):
            query = query.removeprefix("CYPHER ")
            while found := _PARAMETER.match(query):
                parameters[found[1]] = json.loads(found[2])
                query = query[found.end() :]
        self.queries.append(query)
        names, rows = self._graphs.setdefault(name, _Graph()).run(query, parameters)
        if "RETURN" not in query:
            return _replied([["Cached execution: 0"]])
        header = [[1, column] for column in names]
        return _replied(
            [header, [[[_KIND_OF[type(one)], one] for one in row] for row in rows], ["Cached execution: 0"]]
        )


def _replied(value: Any) -> bytes:
    if isinstance(value, int):
        return f":{value}\r\n".encode()
    if isinstance(value, str):
        text = value.encode()
        return b"$%d\r\n%s\r\n" % (len(text), text)
    return b"*%d\r\n" % len(value) + b"".join(map(_replied, value))
