"""Operations of a service as Python functions."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from pydantic import WithJsonSchema

from ...errors import McpCallError
from ._operations import Body, Operation

__all__ = ("Authorize", "function_of")

Authorize = Callable[[Operation, dict[str, Any], dict[str, Any]], None]
"""Puts the rights of the program into the parameters of an address, and into the headers and cookies of a request."""

_SECONDS = 60.0
_MOST_BYTES = 10_000_000
_SHOWN_OF_ERROR = 1000


def function_of(operation: Operation, server: Callable[[], str], authorize: Authorize) -> Callable[..., Any]:
    """Make a function that asks a service.

    Args:
        operation: what it asks for.
        server: tells the address of the service.
        authorize: is asked before each request.

    Returns:
        A function of keyword arguments, with the signature and the schemas of the operation. It returns what JSON
        holds, or a text. It raises a `TypeError` where arguments are missing or unknown, before anything is sent, and
        an `McpCallError` where the service cannot be reached or refuses.
    """
    signature = _signature(operation)

    def call(**arguments: Any) -> object:
        _check(operation, signature.parameters, arguments)
        return _sent(operation, server(), _request(operation, arguments, authorize))

    call.__name__ = call.__qualname__ = operation.name
    call.__doc__ = operation.description or None
    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    return call


def _check(operation: Operation, parameters: Mapping[str, inspect.Parameter], arguments: Mapping[str, object]) -> None:
    """Refuse arguments that are missing or unknown; None stands for one that is not given."""
    missing = [
        name
        for name, one in parameters.items()
        if one.default is inspect.Parameter.empty and arguments.get(name) is None
    ]
    unknown = [name for name in arguments if name not in parameters]
    if not missing and not unknown:
        return
    faults = [
        f"{fault} {', '.join(names)}" for fault, names in (("needs", missing), ("does not take", unknown)) if names
    ]
    fields = operation.body.schema.get("properties", {}) if operation.body else {}
    within = [name for name in unknown if name in fields]
    hint = f' Put {", ".join(within)} into body, as in body={{"{within[0]}": ...}}.' if within else ""
    takes = ", ".join(parameters) or "no arguments"
    raise TypeError(f"{operation.name}() {' and '.join(faults)}. It takes {takes}.{hint}")


def _signature(operation: Operation) -> inspect.Signature:
    values = [(one.argument, one.schema, one.is_required) for one in operation.parameters]
    if operation.body is not None:
        values.append(("body", operation.body.schema, operation.body.is_required))
    return inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if is_required else schema.get("default"),
                annotation=Annotated[Any, schema.get("description", name), WithJsonSchema(schema)],
            )
            for name, schema, is_required in sorted(values, key=lambda value: not value[2])
        ],
        return_annotation=Any,
    )


def _request(operation: Operation, arguments: Mapping[str, Any], authorize: Authorize) -> dict[str, Any]:
    """The parts of a request, by the names that httpx has for them; ``path`` is what follows the server's address."""
    path = operation.path
    query: dict[str, Any] = {}
    rights: dict[str, Any] = {"headers": {}, "cookies": {}}
    for one in operation.parameters:
        value = arguments.get(one.argument)
        if value is None:
            continue
        if one.place == "path":
            path = path.replace(f"{{{one.name}}}", _part_of_path(one.argument, _text(value)))
        elif one.place == "query":
            query[one.name] = _texts(value)
        else:
            rights["headers" if one.place == "header" else "cookies"][one.name] = _text(value)
    authorize(operation, query, rights)
    if rights["cookies"]:
        rights["headers"]["Cookie"] = "; ".join(f"{name}={value}" for name, value in rights["cookies"].items())
    request: dict[str, Any] = {"path": path, "params": query, "headers": rights["headers"]}
    body = arguments.get("body")
    if operation.body is not None and body is not None:
        request.update(_body(operation.body, body))
        if "content" in request:
            request["headers"].setdefault("Content-Type", operation.body.kind)
    return request


def _body(body: Body, given: object) -> dict[str, Any]:
    """The body of a request, by the names that httpx has for its forms."""
    fields = {name: value for name, value in given.items() if value is not None} if isinstance(given, Mapping) else {}
    if body.is_multipart:
        if not isinstance(given, Mapping):
            raise TypeError(f"body must be an object with a value for each field, but it is {given!r}.")
        return {"files": [(name, part) for name, value in fields.items() for part in _parts(body, name, value)]}
    if body.is_form and isinstance(given, Mapping):
        return {"data": {name: _texts(value) for name, value in fields.items()}}
    is_text = isinstance(given, str) and "json" not in body.kind
    return {"content": given if is_text else json.dumps(given)}


def _parts(body: Body, name: str, value: object) -> list[tuple[str | None, str]]:
    """The parts of a field, each with the name of its file; a model gives what a file holds, and never a path."""
    return [(name if body.is_file(name) else None, text) for text in _texts(value)]


def _texts(value: object) -> list[str]:
    """The items of a list, or a lone value, as they stand in a form or an address."""
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _part_of_path(argument: str, text: str) -> str:
    if text in ("", ".", ".."):
        raise ValueError(f"{argument} is a part of the address, so it cannot be {text!r}, which leads to another one.")
    return quote(text, safe="")


def _text(value: object) -> str:
    """A value as it stands in an address or a header."""
    return value if isinstance(value, str) else json.dumps(value)


def _sent(operation: Operation, server: str, request: dict[str, Any]) -> object:
    asked = f"{operation.method} {operation.path}"
    address = server.rstrip("/") + request.pop("path")
    try:
        with httpx.stream(operation.method, address, timeout=_SECONDS, **request) as response:
            text = _read(response, asked)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise McpCallError(f"{asked} cannot be sent: {type(error).__name__}.") from None  # its text may hold a key
    if response.status_code >= 300:
        raise McpCallError(f"{asked} was answered with status {response.status_code}: {text[:_SHOWN_OF_ERROR]}")
    try:
        content: object = json.loads(text)
    except ValueError:
        return text
    return content


def _read(response: httpx.Response, asked: str) -> str:
    data = b""
    for piece in response.iter_bytes():
        data += piece
        if len(data) > _MOST_BYTES:
            raise McpCallError(f"{asked} was answered with more than {_MOST_BYTES:,} bytes.")
    return data.decode(response.encoding or "utf-8", errors="replace")
