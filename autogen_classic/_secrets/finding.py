"""Find keys, tokens and passwords: in configurations, in the environment, and in the errors of SDKs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urlsplit

from .names import LOOKS_LIKE_A_KEY, PLACES_OF_HEADERS, is_secret_header, is_secret_name, is_secret_variable

__all__ = ("SHORTEST_SECRET", "secrets_in", "secrets_of_environment", "secrets_sent")

SHORTEST_SECRET = 6
"""How many characters a key has at least; shorter texts may stand in a message by chance."""

_OBJECTS_WITH_KEYS = ("credentials", "http_client", "model_client")


def secrets_in(
    settings: object, secret: bool = False, in_headers: bool = False, around: frozenset[object] = frozenset()
) -> Iterator[str]:
    """Find the keys, tokens and passwords in a configuration.

    Args:
        settings: a configuration, or a part of one.
        secret: whether the name of this part says that it is secret.
        in_headers: whether it is a part of headers or of a query, where keys have any name.
        around: the parts that this one is in, each with what is said of it. One that holds itself is read once.

    Yields:
        Texts that must not be shown.
    """
    here = (id(settings), secret, in_headers)
    if here in around:
        return
    if isinstance(settings, Mapping):
        for name, part in settings.items():
            place = str(name)
            if place in _OBJECTS_WITH_KEYS and not isinstance(part, (str, Mapping)):
                yield from _secrets_of_object(part)
            else:
                yield from secrets_in(
                    part,
                    secret or is_secret_name(place) or (in_headers and is_secret_header(place, part)),
                    in_headers or place in PLACES_OF_HEADERS,
                    around | {here},
                )
    elif isinstance(settings, (list, tuple)):
        for part in settings:
            yield from secrets_in(part, secret, in_headers, around | {here})
    elif hasattr(settings, "get_secret_value"):  # a SecretStr of pydantic
        yield from secrets_in(settings.get_secret_value(), True)
    elif isinstance(settings, (bytes, bytearray)):
        yield from secrets_in(settings.decode(errors="replace"), secret)
        if secret:
            yield repr(bytes(settings))[2:-1]
    elif isinstance(settings, str) and secret:
        yield settings
        yield settings.rpartition(" ")[2]  # as in "Bearer sk-..."
    elif isinstance(settings, str) and "://" in settings:
        yield from _secrets_of_address(settings)


def secrets_of_environment(shortest: int = SHORTEST_SECRET) -> Iterator[str]:
    """Find keys in the environment.

    Args:
        shortest: how long a value must be; short ones are as often words that a text may hold by chance.

    Yields:
        The values of variables whose names speak of a key, and the keys in those that hold configurations as JSON.
    """
    for name, value in os.environ.items():
        if value.lstrip().startswith(("[", "{")):  # such as OAI_CONFIG_LIST
            with suppress(ValueError, RecursionError):
                yield from secrets_in(json.loads(value))
        elif "://" in value:
            yield from _secrets_of_address(value)
        by_its_form = is_secret_variable(name, value) and LOOKS_LIKE_A_KEY.fullmatch(value)
        if (is_secret_name(name) or by_its_form) and len(value) >= shortest:
            yield value


def secrets_sent(error: BaseException) -> Iterator[str]:
    """Find the keys in the request that an SDK's error carries, such as a token made only for that request.

    Args:
        error: any error.

    Yields:
        Texts that must not be shown.
    """
    for carrier in (error, getattr(error, "response", None), getattr(error, "raw_response", None)):
        request = None
        with suppress(RuntimeError, AttributeError):  # httpx raises if there is no request
            request = carrier.request  # type: ignore[union-attr]
        headers = getattr(request, "headers", None)
        if isinstance(headers, Mapping):
            yield from secrets_in({"headers": headers})
            yield from _secrets_of_address(str(getattr(request, "url", "")))


def _secrets_of_object(thing: object) -> Iterator[str]:
    """Find the keys in an object that the program has made, such as a client or credentials, by their names."""
    fields = {name.lstrip("_"): value for name, value in getattr(thing, "__dict__", {}).items()}
    yield from secrets_in({name: value for name, value in fields.items() if isinstance(value, str)})
    for place in ("headers", "params"):  # where an httpx.Client has keys
        settings = getattr(thing, place, None)
        if isinstance(settings, Mapping):
            yield from secrets_in({"headers": settings})


def _secrets_of_address(address: str) -> Iterator[str]:
    """The password of an address (or a token instead of a user), and keys in its query."""
    try:
        parts = urlsplit(address)
        login = parts.password or parts.username
        _ = parts.port  # raises a ValueError if it is not a number
    except ValueError:  # then the key may be anywhere, for example where the port should be
        yield from re.split(r"[@:/?&=]", address)
        return
    if login:
        yield login
        yield unquote(login)
    yield from secrets_in({"default_query": dict(parse_qsl(parts.query))})
