"""Where keys are, and how to keep them out of everything that is shown or stored: errors, events, logs, recordings."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

__all__ = (
    "forms_of",
    "hidden",
    "is_secret_name",
    "is_secret_variable",
    "keys_hidden",
    "may_hold_secrets",
    "place_of",
    "secrets_in",
    "secrets_of_environment",
    "secrets_sent",
    "set_text",
    "without_forms",
    "without_keys",
    "without_secrets",
)

# A setting is secret by the last word of its name, in the singular: tokens in the plural are counted.
_SECRET_NAME = re.compile(
    r"(?:^|[_\-.])(?:api_?key|key|key_id|token|secret|password|passwd|credentials?|authorization|cookie|signature)$"
    r"|apikey$|bearer_token|connection_string$",
    re.IGNORECASE,
)
_HARMLESS_NAMES = ("max_token", "stop_token", "eos_token", "bos_token", "pad_token")
# An environment variable is secret by any word of its name, because more than our settings is kept there.
_SECRET_VARIABLE = re.compile(
    r"(^|_)(api_?keys?|access_?keys?|private_?keys?|keys?|tokens?|secrets?|passphrase|pwd|credentials?|auth|"
    r"cookies?|dsn|connection_string|pat)(_|$)|passw(or)?d",
    re.IGNORECASE,
)
_HARMLESS_VARIABLES = frozenset(("PWD", "OLDPWD"))
_SECRET_VARIABLES = frozenset(("OAI_CONFIG_LIST", "DATABASE_URL", "REDIS_URL", "SSH_AUTH_SOCK"))
_SECRET_VALUE = re.compile(r"^(sk-|gsk_|ghp_|github_pat_|hf_|xox[abp]-|AKIA|AIza|eyJ)[\w-]{8,}|://[^/\s:@]+:[^/\s@]+@")
_PLACES_OF_HEADERS = ("default_headers", "default_query", "extra_headers", "extra_query", "headers")
_SECRET_HEADERS = ("key", "token", "secret", "auth", "password", "cookie")
_HARMLESS_HEADERS = ("accept", "anthropic-beta", "anthropic-version", "api-version", "content-type", "user-agent")
_LOOKS_LIKE_A_KEY = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[\w\-.~+/=]{16,}")
_OBJECTS_WITH_KEYS = ("credentials", "http_client", "model_client")
_NOT_SHOWN = frozenset(
    ("api_type", "api_version", "azure_ad_token_provider", "base_url", "extra_headers", "extra_query", "tool_config")
)
_CONTENT = frozenset(("messages", "prompt", "tools", "functions"))
_LOGIN = re.compile(r"(//|^(?!.*//))\S*@|(//\S*)")  # or an address without one, which is passed over as a whole
_SHORTEST_SECRET = 6
_HIDDEN = "***"


# --- finding them ----------------------------------------------------------------------------------------------------


def secrets_in(settings: object, secret: bool = False, in_headers: bool = False) -> Iterator[str]:
    """Find the keys, tokens and passwords in a configuration.

    Args:
        settings: a configuration, or a part of one.
        secret: whether the name of this part says that it is secret.
        in_headers: whether it is a part of headers or of a query, where keys have any name.

    Yields:
        Texts that must not be shown.
    """
    if isinstance(settings, Mapping):
        for name, part in settings.items():
            place = str(name)
            if place in _OBJECTS_WITH_KEYS and not isinstance(part, (str, Mapping)):
                yield from _secrets_of_object(part)
            else:
                yield from secrets_in(
                    part,
                    secret or is_secret_name(place) or (in_headers and _is_secret_header(place, part)),
                    in_headers or place in _PLACES_OF_HEADERS,
                )
    elif isinstance(settings, (list, tuple)):
        for part in settings:
            yield from secrets_in(part, secret, in_headers)
    elif hasattr(settings, "get_secret_value"):  # of pydantic
        yield from secrets_in(settings.get_secret_value(), True)
    elif isinstance(settings, str) and secret:
        yield settings
        yield settings.rpartition(" ")[2]  # as in "Bearer sk-..."
    elif isinstance(settings, str) and "://" in settings:
        yield from _secrets_of_address(settings)


def secrets_of_environment(shortest: int = _SHORTEST_SECRET) -> Iterator[str]:
    """Find keys in the environment.

    Args:
        shortest: how long a value must be; short ones are as often words that a text may hold by chance.

    Yields:
        The values of variables whose names speak of a key, and the keys in those that hold configurations as JSON.
    """
    for name, value in os.environ.items():
        if value.lstrip().startswith(("[{", "{")):  # such as OAI_CONFIG_LIST
            with suppress(ValueError):
                yield from secrets_in(json.loads(value))
        elif "://" in value:
            yield from _secrets_of_address(value)
        by_its_form = is_secret_variable(name, value) and _LOOKS_LIKE_A_KEY.fullmatch(value)
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


@lru_cache(maxsize=1024)  # every parameter of every request is asked about
def is_secret_name(name: str) -> bool:
    """Tell whether the name of a setting or a variable says that its value is a key.

    Args:
        name: such as ``aws_secret_key``; but not ``max_tokens``.
    """
    return bool(_SECRET_NAME.search(name)) and not name.lower().startswith(_HARMLESS_NAMES)


def is_secret_variable(name: str, value: str = "") -> bool:
    """Tell whether a variable of the environment seems to hold a key, a token or a password.

    Args:
        name: its name.
        value: its value; some keys are recognized by how they begin, and addresses by the password in them.
    """
    if name in _HARMLESS_VARIABLES:
        return False
    return name in _SECRET_VARIABLES or bool(_SECRET_VARIABLE.search(name)) or bool(_SECRET_VALUE.search(value))


def may_hold_secrets(name: str) -> bool:
    """Tell whether a setting is better not shown at all: a key, something that knows one, or headers and queries.

    Args:
        name: the name of the setting.
    """
    return is_secret_name(name) or name in _PLACES_OF_HEADERS or name.endswith("token_provider")


def _is_secret_header(name: str, value: object) -> bool:
    if name.lower().startswith(_HARMLESS_HEADERS):
        return False
    told = any(part in name.lower() for part in _SECRET_HEADERS)
    return told or (isinstance(value, str) and _LOOKS_LIKE_A_KEY.fullmatch(value) is not None)


def _secrets_of_object(thing: object) -> Iterator[str]:
    """What a client or credentials that the program has made keep under a name that speaks of a key."""
    fields = {name.lstrip("_"): value for name, value in getattr(thing, "__dict__", {}).items()}
    yield from secrets_in({name: value for name, value in fields.items() if isinstance(value, str)})
    for place in ("headers", "params"):  # of httpx.Client
        settings = getattr(thing, place, None)
        if isinstance(settings, Mapping):
            yield from secrets_in({"headers": settings})


def _secrets_of_address(address: str) -> Iterator[str]:
    """The password of an address (or a token instead of a user), and keys in its query."""
    try:
        parts = urlsplit(address)
        login = parts.password or parts.username
        _ = parts.port
    except ValueError:  # then the key may be anywhere, for example where the port should be
        yield from re.split(r"[@:/?&=]", address)
        return
    if login:
        yield login
        yield unquote(login)
    yield from secrets_in({"default_query": dict(parse_qsl(parts.query))})


# --- hiding them -----------------------------------------------------------------------------------------------------


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Blank out secrets, even if they are quoted as in JSON, in a repr or in an address.

    Args:
        text: any text.
        secrets: what must not appear in it; anything shorter than 6 characters stays.
    """
    return without_forms(text, forms_of(secrets))


def forms_of(secrets: Iterable[str]) -> list[str]:
    """Find every form in which secrets may stand in a text, for `without_forms`; the longest come first.

    Args:
        secrets: what must not appear in it.
    """
    found = {form for secret in secrets for form in _forms(secret) if len(form) >= _SHORTEST_SECRET}
    return sorted(found, key=len, reverse=True)  # a longer key may begin like a shorter one


def without_forms(text: str, forms: Iterable[str]) -> str:
    """Blank out secrets; the same as `hidden`, where the secrets are the same for many texts.

    Args:
        text: any text.
        forms: what `forms_of` returned.
    """
    for form in forms:
        text = text.replace(form, _HIDDEN)
    return text


def _forms(secret: str) -> tuple[str, ...]:
    bare = secret.strip()
    return bare, json.dumps(bare)[1:-1], repr(bare)[1:-1], quote(bare, safe="")


def without_secrets(text: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Blank out every key of configurations and of the environment.

    Args:
        text: any text.
        entries: the configurations.
    """
    return hidden(text, [*secrets_in(list(entries)), *secrets_of_environment()])


def place_of(address: str) -> str:
    """Return an address without user, password and query, which may hold keys.

    Args:
        address: a URL.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    if host:
        return f"{parts.scheme}://{host}{parts.path}"
    return repr(_LOGIN.sub(r"\1\2", f"{parts.scheme}:{parts.path}" if parts.scheme else parts.path))


def without_keys(params: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of a request what tells where it goes and with which key.

    Args:
        params: the parameters of a request. What is said in it stays as it is.
    """
    return {
        name: value if name in _CONTENT else _without_secret_names(value)
        for name, value in params.items()
        if name not in _NOT_SHOWN and not is_secret_name(name)
    }


def _without_secret_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secret_names(part) for key, part in value.items() if not is_secret_name(str(key))}
    return [_without_secret_names(part) for part in value] if isinstance(value, list) else value


class keys_hidden:
    """Blank out keys in every error that leaves a ``with`` block, and in those that it was caused by.

    Args:
        entries: the configurations, and the request, whose keys may be met.
    """

    def __init__(self, entries: Collection[Mapping[str, Any]]) -> None:
        self._entries = entries

    def _secrets(self) -> Iterator[str]:
        for entry in self._entries:
            yield from secrets_in({name: part for name, part in entry.items() if name not in _CONTENT})
        yield from secrets_of_environment()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            return
        errors = list(_chain(error))
        secrets = list(self._secrets())
        secrets += (secret for one in errors for secret in secrets_sent(one))
        for one in errors:
            _hide_in_error(one, secrets)
        for one in errors:
            _let_go(one, secrets)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and everything that caused it."""
    known: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in known:
            known.add(id(one))
            yield one
            waiting += (one.__cause__, one.__context__)


def _hide_in_error(error: BaseException, secrets: list[str]) -> None:
    def hide(text: str) -> str:
        return hidden(text, secrets)

    text = str(error)
    if hide(f"{text} {error!r} {vars(error)!r}") == f"{text} {error!r} {vars(error)!r}":
        return
    error.args = tuple(_mapped(part, hide) for part in error.args)
    for name, value in list(vars(error).items()):
        with suppress(AttributeError, TypeError):  # of fields that cannot be set
            setattr(error, name, _mapped(value, hide))
    if str(error) != hide(text):
        with suppress(TypeError):  # of errors that cannot be changed; these are let go
            set_text(error, hide(text))


def _let_go(error: BaseException, secrets: list[str]) -> None:
    """Separate an error from a cause that shows a key and cannot be changed."""
    for name in ("__cause__", "__context__"):
        cause = getattr(error, name)
        if cause is not None and hidden(f"{cause} {cause!r}", secrets) != f"{cause} {cause!r}":
            setattr(error, name, None)


def _mapped(value: Any, function: Callable[[str], str]) -> Any:
    """A plain value with a function applied to every text in it."""
    if isinstance(value, str):
        return function(value)
    if isinstance(value, bytes):
        return function(value.decode("latin-1")).encode("latin-1")
    if type(value) is dict:
        return {key: _mapped(part, function) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_mapped(part, function) for part in value)
    return value


def set_text(error: BaseException, text: str) -> None:
    """Change what an exception prints. Errors of most SDKs keep the text twice; others make it from their parts.

    Args:
        error: the exception.
        text: what it is to say.

    Raises:
        TypeError: it cannot be changed.
    """
    error.args = (text, *error.args[1:])
    if hasattr(error, "message"):
        with suppress(AttributeError):
            error.message = text
    if isinstance(getattr(error, "body", None), str):  # mistralai shows it in the repr
        error.body = text  # type: ignore[attr-defined]
    if str(error) != text:
        kind = type(error)
        error.__class__ = type(kind.__name__, (_WithText, kind), {"__module__": kind.__module__})


class _WithText(Exception):
    """An error that prints its first argument, whatever the SDK's class would make of its parts."""

    def __str__(self) -> str:
        return str(self.args[0])
