"""Which names of settings, variables and headers say that a key is kept under them."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = (
    "BEGINNINGS_OF_KEYS",
    "LOOKS_LIKE_A_KEY",
    "PLACES_OF_HEADERS",
    "is_secret_header",
    "is_secret_name",
    "is_secret_variable",
    "may_hold_secrets",
)

LOOKS_LIKE_A_KEY = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[\w\-.~+/=]{16,}")
BEGINNINGS_OF_KEYS = "(?:sk-|gsk_|ghp_|github_pat_|hf_|xox[abp]-|AKIA|AIza|eyJ)"
PLACES_OF_HEADERS = ("default_headers", "default_query", "extra_headers", "extra_query", "headers")

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
_SECRET_VALUE = re.compile(rf"^{BEGINNINGS_OF_KEYS}[\w-]{{8,}}|://[^/\s:@]+:[^/\s@]+@")
_SECRET_HEADERS = ("key", "token", "secret", "auth", "password", "cookie")
_HARMLESS_HEADERS = ("accept", "anthropic-beta", "anthropic-version", "api-version", "content-type", "user-agent")


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
    return is_secret_name(name) or name in PLACES_OF_HEADERS or name.endswith("token_provider")


def is_secret_header(name: str, value: object) -> bool:
    """Tell whether a header, or a parameter of a query, holds a key; these may have any name.

    Args:
        name: the name of the header.
        value: its value, which may look like a key.

    Returns:
        True if the name or the value says so.
    """
    if name.lower().startswith(_HARMLESS_HEADERS):
        return False
    told = any(part in name.lower() for part in _SECRET_HEADERS)
    return told or (isinstance(value, str) and LOOKS_LIKE_A_KEY.fullmatch(value) is not None)
