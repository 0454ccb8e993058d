"""Keep keys out of texts that are shown or stored, and out of requests that are recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from .finding import SHORTEST_SECRET, secrets_in, secrets_of_environment
from .names import BEGINNINGS_OF_KEYS, is_secret_name

__all__ = (
    "CONTENT",
    "forms_of",
    "hidden",
    "place_of",
    "shown_without_keys",
    "without_forms",
    "without_keys",
    "without_secrets",
)

CONTENT = frozenset(("messages", "prompt", "tools", "functions"))
"""The parts of a request that hold what is said, and so no settings."""

_HIDDEN = "***"
_NOT_SHOWN = frozenset(
    ("api_type", "api_version", "azure_ad_token_provider", "base_url", "extra_headers", "extra_query", "tool_config")
)
# The login of an address, up to its last "@"; or an address without a login, which is matched to be left as it is.
_LOGIN = re.compile(r"(//|^(?!.*//))\S*@|(//\S*)")
# A key under no name, by how it begins, in what Python shows: it begins a word, or stands behind an escaped character.
_BARE_KEY = re.compile(rf"(?:(?<![\w-])|(?<=\\[nrt])){BEGINNINGS_OF_KEYS}(?=[A-Za-z_-]*\d)[\w\-.]{{16,}}")


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Blank out secrets, even if they are quoted as in JSON, in a repr or in an address.

    Args:
        text: any text.
        secrets: what must not appear in it; anything shorter than 6 characters stays.

    Returns:
        The text, with ``***`` for each secret.
    """
    return without_forms(text, forms_of(secrets))


def forms_of(secrets: Iterable[str]) -> list[str]:
    """Find every form in which secrets may stand in a text, for `without_forms`.

    Args:
        secrets: what must not appear in a text.

    Returns:
        Each secret as it is and as it is quoted in JSON, in a repr and in an address; the longest come first.
    """
    found = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST_SECRET}
    return sorted(found, key=len, reverse=True)  # a longer key may begin like a shorter one


def without_forms(text: str, forms: Iterable[str]) -> str:
    """Blank out secrets; the same as `hidden`, where the secrets are the same for many texts.

    Args:
        text: any text.
        forms: what `forms_of` returned.

    Returns:
        The text, with ``***`` for each secret.
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

    Returns:
        The text, with ``***`` for each key.
    """
    return hidden(text, [*secrets_in(list(entries)), *secrets_of_environment()])


def place_of(address: str) -> str:
    """Return an address without user, password and query, which may hold keys.

    Args:
        address: a URL.

    Returns:
        Scheme, host and path; where there is no host, the address in quotes without what may be a login.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    if host:
        return f"{parts.scheme}://{host}{parts.path}"
    return repr(_LOGIN.sub(r"\1\2", f"{parts.scheme}:{parts.path}" if parts.scheme else parts.path))


def shown_without_keys(value: object, longest: int = 80) -> str:
    """Write a value for an error as Python shows it, without the keys that it may hold.

    Args:
        value: any value, such as a list of configurations where a dict should be.
        longest: how many characters of it to show at most.

    Returns:
        The beginning of its repr, with ``***`` for each key, also for one that only its form tells, and for the login
        of an address.
    """
    bare = _LOGIN.sub(lambda found: found[2] or f"{found[1]}{_HIDDEN}@", value) if isinstance(value, str) else value
    shown = hidden(repr(bare), [*secrets_in(value), *secrets_of_environment()])
    return _BARE_KEY.sub(_HIDDEN, shown)[:longest]


def without_keys(params: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of a request what tells where it goes and with which key.

    Args:
        params: the parameters of a request.

    Returns:
        A copy without them. What is said in the request, such as its messages, stays as it is.
    """
    return {
        name: value if name in CONTENT else _without_secret_names(value)
        for name, value in params.items()
        if name not in _NOT_SHOWN and not is_secret_name(name)
    }


def _without_secret_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secret_names(part) for key, part in value.items() if not is_secret_name(str(key))}
    return [_without_secret_names(part) for part in value] if isinstance(value, list) else value
