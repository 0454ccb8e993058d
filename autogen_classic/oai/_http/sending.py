"""The short way into the openai package: its own transport, past the long walk through every message.

``chat.completions.create`` inspects every message of a request against its types before it sends it, which takes longer
than all the rest. What it would send is what it was given, when that is plain JSON. So such a request goes straight to
``client.post``, the package's public method for any path: the same connection, headers, retries and errors. Whatever
is unusual goes through ``create``: values that are not plain JSON, parameters that are unknown or missing (it knows
what to say about them), and above all a ``create`` that somebody has wrapped, patched or overridden, as
instrumentation does.

The chunks of a stream are read as plain JSON, because it takes three times as long to make objects of the package of
them. Where somebody has touched the way that chunks take through the package, they are its objects, as ever.
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from types import FunctionType
from typing import Any

from ..._core.messages import are_plain_texts

__all__ = ("send",)

# What `create` takes besides the fields of the body, and what the request options of the package call it.
_OPTIONS = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json", "timeout": "timeout"}
_TEXT = frozenset((str,))
_PLAIN = frozenset((str, int, float, bool, type(None)))

# Whose methods see the chunks of a stream, in one version of the package or another.
_CLIENT_SEES = ("post", "request", "_request", "_process_response", "_process_response_data")
_STREAM_SEES = ("__init__", "__stream__", "__iter__", "__next__", "__aiter__", "__anext__")


def send(client: Any, params: dict[str, Any]) -> Any:
    """Send one request.

    Args:
        client: a client of the openai package, synchronous or asynchronous, or an object like it.
        params: what its ``create`` takes, for a chat (``messages``) or for a text (``prompt``).

    Returns:
        What ``create`` returns: a completion or a stream; for an asynchronous client, an awaitable of it. The chunks of
        a stream may be plain JSON.
    """
    endpoint = client.chat.completions if "messages" in params else client.completions
    options = {_OPTIONS[name]: params[name] for name in _OPTIONS if name in params and _is_set(name, params[name])}
    body = {name: params[name] for name in params if name not in _OPTIONS}
    if not (_takes(endpoint, body) and _is_plain_json(body)):
        return endpoint.create(**params)
    answer, stream, stream_of_json = _kinds("messages" in params, _is_asynchronous(endpoint))
    streams = bool(params.get("stream"))
    if streams and _is_untouched(client, stream.__origin__):
        stream = stream_of_json
    path = "/chat/completions" if "messages" in params else "/completions"
    return client.post(path, body=body, cast_to=answer, options=options, stream=streams, stream_cls=stream)


def _is_set(name: str, value: Any) -> bool:
    """None does not set an option, except for the timeout, where it means no limit at all."""
    return value is not None or name == "timeout"


def _takes(endpoint: Any, body: dict[str, Any]) -> bool:
    """Tell whether the ``create`` of an endpoint is the package's own and takes these fields."""
    if not type(endpoint).__module__.startswith("openai.resources.") or "create" in vars(endpoint):
        return False
    create = type(endpoint).create
    return (
        _is_of_openai(create)
        and _fields_of(create).issuperset(body)
        and ("messages" in body or "prompt" in body)
        and "model" in body
    )


@lru_cache(maxsize=32)
def _fields_of(create: FunctionType) -> frozenset[str]:
    return frozenset(inspect.signature(create).parameters)


def _is_untouched(client: object, stream_kind: type) -> bool:
    """Tell whether all that sees the chunks of a stream is the package's own, so that nobody misses their objects."""
    kind = type(client)
    return (
        hasattr(kind, "post")  # not an object that only passes on to a client
        and all(_is_of_openai(getattr(kind, name)) for name in _CLIENT_SEES if hasattr(kind, name))
        and all(_is_of_openai(getattr(stream_kind, name)) for name in _STREAM_SEES if hasattr(stream_kind, name))
        and vars(client).keys().isdisjoint(_CLIENT_SEES)
    )


def _is_of_openai(function: object) -> bool:
    """Tell whether a function is the openai package's own, and not one that somebody has put in its place."""
    # Only a plain function: objects that wrap one, as wrapt makes them, claim to be equal to it.
    return type(function) is FunctionType and _was_written_there(function)


@lru_cache(maxsize=64)
def _was_written_there(function: object) -> bool:
    """Tell whether a function, and each one that it wraps, was written in the openai package."""
    while function is not None:
        if type(function) is not FunctionType or not function.__globals__["__name__"].startswith("openai."):
            return False
        function = getattr(function, "__wrapped__", None)
    return True


def _is_plain_json(value: Any) -> bool:
    """Decide fast, because a request may hold hundreds of messages: most have nothing but texts in them."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return kind in _PLAIN
    if kind is list and are_plain_texts(value):
        return True
    if kind is dict and not _TEXT.issuperset(map(type, value)):
        return False
    parts = value.values() if kind is dict else value
    return _PLAIN.issuperset(map(type, parts)) or all(map(_is_plain_json, parts))


def _is_asynchronous(endpoint: Any) -> bool:
    return type(endpoint).__name__.startswith("Async")


@lru_cache(maxsize=4)
def _kinds(of_chat: bool, asynchronous: bool) -> tuple[Any, Any, Any]:
    """The types of an answer, of its stream, and of a stream whose chunks stay as they come."""
    from openai import AsyncStream, Stream
    from openai.types import Completion
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

    stream: Any = AsyncStream if asynchronous else Stream
    answer, chunk = (ChatCompletion, ChatCompletionChunk) if of_chat else (Completion, Completion)
    return answer, stream[chunk], stream[object]
