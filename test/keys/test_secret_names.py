"""One home tells which names are secret; everything that hides keys asks there."""

from __future__ import annotations

import builtins
import json
import traceback

import pytest

from autogen_classic._secrets import (
    is_secret_name,
    is_secret_variable,
    keys_hidden,
    may_hold_secrets,
    place_of,
    without_secrets,
)


@pytest.mark.parametrize("name", ["api_key", "aws_secret_key", "azure_ad_token", "X-Api-Key", "db.password", "apikey"])
def test_a_setting_is_secret_by_the_end_of_its_name(name: str) -> None:
    assert is_secret_name(name)
    assert may_hold_secrets(name)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens", "stop_token", "keyboard", "key_word", "model"])
def test_other_settings_are_sent_and_shown(name: str) -> None:
    assert not is_secret_name(name)
    assert not may_hold_secrets(name)


@pytest.mark.parametrize("name", ["default_headers", "extra_query", "azure_ad_token_provider", "credentials"])
def test_what_may_hold_a_key_is_not_shown(name: str) -> None:
    assert may_hold_secrets(name)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("GITHUB_PAT", "ghx4hJ9aaKq2v81PzLw0", "ghx4hJ9aaKq2v81PzLw0"),
        ("SENTRY_DSN", "https://u5er:pa55word99@sentry.invalid/7", "pa55word99"),
        ("DATABASE_URL", "postgres://user:hunter2hunter@host/db", "hunter2hunter"),
        ("MY_ACCESS_KEYS", "b52f9e01c4d7a8836655", "b52f9e01c4d7a8836655"),
        ("OPENAI_API_KEY", "secret-word", "secret-word"),
    ],
)
def test_what_code_may_not_have_is_not_shown_in_errors_either(
    name: str, value: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert is_secret_variable(name, value)
    assert secret not in without_secrets(f"The server said: {secret} is not known.", [])


def test_a_word_in_a_variable_that_is_no_key_stays_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_AUTH_TYPE", "legacy")
    assert without_secrets("a legacy server", []) == "a legacy server"


@pytest.mark.parametrize("indent", [None, 2], ids=["in one line", "in several lines"])
def test_keys_of_a_list_in_the_environment_are_not_shown(indent: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [{"model": "m", "api_key": "b52f9e01c4d7"}]
    monkeypatch.setenv("OAI_CONFIG_LIST", json.dumps(entries, indent=indent))
    assert without_secrets("The key b52f9e01c4d7 is wrong.", []) == "The key *** is wrong."


def test_a_variable_of_nothing_but_brackets_stops_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRACKETS", "[" * 100_000)
    assert without_secrets("an error", []) == "an error"


@pytest.mark.skipif(not hasattr(builtins, "ExceptionGroup"), reason="new in Python 3.11")
def test_errors_in_a_group_show_no_key() -> None:
    inner = ValueError("The key b52f9e01c4d7 is wrong.")
    group = builtins.ExceptionGroup("with b52f9e01c4d7", [builtins.ExceptionGroup("one more", [inner])])
    with pytest.raises(builtins.ExceptionGroup) as caught, keys_hidden([{"api_key": "b52f9e01c4d7"}]):
        raise group
    assert caught.value is group
    assert "b52f9e01c4d7" not in f"{traceback.format_exception(group)} {group!r}"
    assert str(inner) == "The key *** is wrong."


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://user:key@host:8/v1?api_key=1#2", "https://host:8/v1"),
        ("http://host/v1", "http://host/v1"),
        ("host/v1?key=1", "'host/v1'"),
        ("http://[", "an address that cannot be read"),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_key(address: str, place: str) -> None:
    assert place_of(address) == place
