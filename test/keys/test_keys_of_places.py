"""Keys in every place that a configuration, the environment or a program has for them, with servers that quote them.

`print(llm_config)` of a plain dict shows its keys: that dict is the program's own. An `LLMConfig` hides them.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import openai
import pytest
from quoting_server import QuotingServer

from autogen_classic import (
    ConversableAgent,
    GroupChat,
    GroupChatManager,
    LLMConfig,
    OpenAIWrapper,
    config_list_from_dotenv,
    config_list_from_json,
)


@pytest.fixture
def server() -> Iterator[QuotingServer]:
    with QuotingServer() as running:
        yield running


def configurations(search: Any, place: str) -> dict[str, dict[str, Any]]:
    """One entry for each place of a key."""
    plain = {"model": "m", "max_retries": 0, "base_url": f"http://{place}/v1", "api_key": search.plant("api-key")}
    azure = {**plain, "api_type": "azure", "api_version": "2024-10-21"}
    azure_without_key = {name: azure[name] for name in azure if name != "api_key"}
    token = search.plant("azure-token-provider")
    own_http = httpx.Client(headers={"X-Proxy-Authorization": f"Bearer {search.plant('http-client')}"})
    search.at_end(own_http.close)
    return {
        "api_key": plain,
        "organization": {**plain, "organization": "org", "project": "project"},
        "default_headers": {**plain, "default_headers": {"X-Tenant": search.plant("default-headers")}},
        "default_query": {**plain, "default_query": {"sig": search.plant("default-query")}},
        "extra_headers": {**plain, "extra_headers": {"X-Tenant": search.plant("extra-headers")}},
        "extra_query": {**plain, "extra_query": {"code": search.plant("extra-query")}},
        "extra_body": {**plain, "extra_body": {"provider": {"api_key": search.plant("extra-body")}}},
        "password": {**plain, "base_url": f"http://user:{search.plant('password')}@{place}/v1"},
        "user": {**plain, "base_url": f"http://{search.plant('user')}@{place}/v1"},
        "query": {**plain, "base_url": f"http://{place}/v1?key={search.plant('query')}"},
        "azure_key": {**azure, "api_key": search.plant("azure-key")},
        "azure_ad_token": {**azure_without_key, "azure_ad_token": search.plant("azure-ad-token")},
        "azure_ad_token_provider": {**azure_without_key, "azure_ad_token_provider": lambda: token},
        "http_client": {**plain, "http_client": own_http},
    }


PLACES = tuple(configurations(SimpleNamespace(plant=str, at_end=lambda close: close()), "x"))


@pytest.mark.parametrize("place", PLACES)
def test_a_refusal_that_quotes_a_key(place: str, server: QuotingServer, search: Any, run_chat: Any) -> None:
    entry = configurations(search, server.place)[place]
    run_chat({"config_list": [entry], "cache_seed": None}, fails=True)
    sent = [*search.keys, "Basic "]  # what stands in an address goes as a header
    assert any(key in text for key in sent for text in server.quoted), "the server got no key to quote"
    search.find_nothing()


@pytest.mark.parametrize("place", PLACES)
def test_a_chat_that_goes_well(place: str, server: QuotingServer, search: Any, run_chat: Any) -> None:
    server.answers = True
    entry = configurations(search, server.place)[place]
    run_chat({"config_list": [entry], "cache_seed": 5})
    search.find_nothing()


@pytest.mark.parametrize("place", ["api_key", "default_headers", "password", "azure_ad_token_provider"])
def test_an_asynchronous_request(place: str, server: QuotingServer, search: Any) -> None:
    wrapper = OpenAIWrapper(config_list=[configurations(search, server.place)[place]], cache_seed=None)
    with pytest.raises(openai.APIError) as caught:
        asyncio.run(wrapper.a_create(messages=[{"role": "user", "content": "Hello."}]))
    assert "Refused" in str(caught.value)
    search.see_error(caught.value)
    search.find_nothing()


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"])
def test_a_key_in_the_environment(
    name: str, server: QuotingServer, search: Any, run_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, search.plant("environment"))
    entry = {"model": "m", "base_url": f"http://{server.place}/v1", "max_retries": 0}
    azure = {"api_type": "azure", "api_version": "2024-10-21"} if name.startswith("AZURE") else {}
    run_chat({"config_list": [{**entry, **azure}], "cache_seed": None}, fails=True)
    assert search.keys[0] in server.quoted[0]
    search.find_nothing()


def test_an_unknown_parameter(server: QuotingServer, search: Any, run_chat: Any) -> None:
    entry = {**configurations(search, server.place)["api_key"], "temprature": 1}
    run_chat({"config_list": [entry], "cache_seed": None}, fails=True)
    search.find_nothing()


def test_a_setting_of_another_provider_with_a_key(server: QuotingServer, search: Any, run_chat: Any) -> None:
    entry = {**configurations(search, server.place)["api_key"], "aws_secret_key": search.plant("aws")}
    error = run_chat({"config_list": [entry], "cache_seed": None}, fails=True)
    assert "aws_secret_key" in str(error)
    search.find_nothing()


def test_a_key_that_is_no_ascii_text(server: QuotingServer, search: Any, run_chat: Any) -> None:
    entry = {**configurations(search, server.place)["api_key"], "api_key": search.plant("non-ascii") + "ö"}
    run_chat({"config_list": [entry], "cache_seed": None}, fails=True)
    search.find_nothing()


class OwnClient:
    """A client of the program's own, with a key, that tells it in its error."""

    def __init__(self, config: Any, key: str = "") -> None:
        self.api_key = key or config["api_key"]

    def create(self, params: Any) -> Any:
        raise ValueError(f"The service refused {self.api_key}")


def test_a_client_of_the_program(search: Any) -> None:
    wrapper = OpenAIWrapper(
        config_list=[{"model": "m", "model_client_cls": "OwnClient", "api_key": search.plant("own-client")}],
        cache_seed=None,
    )
    wrapper.register_model_client(OwnClient)
    live = OpenAIWrapper(config_list=[{"model": "m", "model_client": OwnClient({}, search.plant("live-client"))}])
    for one in (wrapper, live):
        with pytest.raises(ValueError, match="The service refused") as caught:
            one.create(messages=[{"role": "user", "content": "Hello."}])
        search.see_error(caught.value)
        search.see("a wrapper", one, one._clients)
    search.find_nothing()


@pytest.mark.parametrize("address", ["http://user:{key}@[broken", "http://user@name:{key}", "http://{key}:x/v1"])
def test_an_address_that_cannot_be_read(address: str, search: Any, run_chat: Any) -> None:
    entry = {"model": "m", "api_key": search.plant("api-key"), "base_url": address.format(key=search.plant("address"))}
    run_chat({"config_list": [entry], "cache_seed": None}, fails=True)
    search.find_nothing()


# --- lists of configurations -----------------------------------------------------------------------------------------


def test_a_list_in_a_file_and_in_the_environment(
    server: QuotingServer, search: Any, run_chat: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [{**configurations(search, server.place)["api_key"], "tags": ["a"]}]
    folder = tmp_path.parent / f"{tmp_path.name}-of-the-user"  # the file is where the user has put the key
    folder.mkdir()
    (folder / "LIST").write_text(json.dumps(entries), encoding="utf-8")
    monkeypatch.setenv("OAI_CONFIG_LIST", json.dumps(entries))
    for found in (config_list_from_json("LIST", str(folder)), config_list_from_json("OAI_CONFIG_LIST")):
        run_chat({"config_list": found, "cache_seed": None}, fails=True)
        assert config_list_from_json("OAI_CONFIG_LIST", filter_dict={"model": ["none"]}) == []
    search.find_nothing()


@pytest.mark.parametrize("broken", ['[{{"model": "m", "api_key": "{key}"', '[{{"api_key": {key}}}]', "{key}"])
def test_a_list_that_is_no_json(broken: str, search: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAI_CONFIG_LIST", broken.format(key=search.plant("broken-json")))
    with pytest.raises((ValueError, OSError)) as caught:
        config_list_from_json("OAI_CONFIG_LIST")
    search.see_error(caught.value)
    search.find_nothing()


def test_a_dotenv_file(search: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path.parent / f"{tmp_path.name}-of-the-user"
    folder.mkdir()
    monkeypatch.setattr(os, "environ", os.environ.copy())
    key = search.plant("dotenv")
    (folder / ".env").write_text(f"OPENAI_API_KEY={key}\nBROKEN {key}\n", encoding="utf-8")
    known = config_list_from_dotenv(str(folder / ".env"), {"gpt-4o": "OPENAI_API_KEY", "other": "MISSING_KEY"})
    assert {entry["model"] for entry in known} >= {"gpt-4o"}
    search.find_nothing()


# --- reprs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_an_llm_config_hides_keys(place: str, search: Any) -> None:
    entry = configurations(search, "127.0.0.1:1")[place]
    config = LLMConfig(entry)
    copies = [config, config.copy(), copy.deepcopy(config), config["config_list"][0], {"llm_config": config}]
    helper = ConversableAgent("helper", llm_config=config)
    search.see("an LLMConfig", *copies, helper.llm_config, helper)
    search.find_nothing()


@pytest.mark.parametrize(
    "settings",
    [
        {"aws_secret_key": "{key}", "aws_region": "x"},
        {"aws_session_token": "{key}", "aws_region": "x"},
        {"api_type": "anthropic", "gcp_auth_token": "{key}"},
        {"api_type": "google", "credentials": "{key}"},
        {"some_password": "{key}"},
        {"some": {"password": "{key}"}},
    ],
)
def test_an_llm_config_hides_keys_of_any_provider(settings: dict[str, Any], search: Any) -> None:
    planted = json.loads(json.dumps(settings).replace("{key}", search.plant("entry")))
    search.see("an LLMConfig", LLMConfig({"api_type": "openai", "model": "m", **planted}))
    search.find_nothing()


def test_a_filter_by_keys(search: Any) -> None:
    config = LLMConfig({"api_type": "openai", "model": "m", "api_key": search.plant("entry")})
    with pytest.raises(ValueError, match="No config found") as caught:
        config.where(api_key=[search.plant("filter"), search.plant("filter-too")])
    search.see_error(caught.value)
    search.find_nothing()


def test_a_group_and_its_manager(search: Any) -> None:
    llm_config = {"config_list": [{"model": "m", "api_key": search.plant("api-key")}]}
    ann, bob = (ConversableAgent(name, llm_config=llm_config) for name in ("ann", "bob"))
    group = GroupChat([ann, bob], [], select_speaker_auto_llm_config=llm_config)
    search.see("a group", group, GroupChatManager(group, llm_config=llm_config), [ann, bob])
    search.find_nothing()


def test_a_wrong_configuration(search: Any) -> None:
    wrong = [
        {"model": "m", "api_key": search.plant("wrong-type"), "api_type": "opnai"},
        {"model": "m", "api_key": search.plant("wrong-number"), "temperature": "hot"},
        {"model": "m", "api_key": search.plant("wrong-address"), "base_url": f"ftp://x:{search.plant('ftp')}@y"},
    ]
    for entry in wrong:
        with pytest.raises((ValueError, TypeError)) as caught:
            LLMConfig(entry)
        search.see_error(caught.value)
    search.find_nothing()


def test_a_traceback_of_a_chat_names_no_key(server: QuotingServer, search: Any, pair: Any) -> None:
    entry = configurations(search, server.place)["default_query"]
    person, helper = pair({"config_list": [entry], "cache_seed": None})
    with pytest.raises(openai.AuthenticationError) as caught:
        person.initiate_chat(helper, message="Hello.", max_turns=1)
    told = traceback.format_exc() + "".join(traceback.format_exception(caught.value))
    assert "Refused" in told
    search.see("a traceback", told)
    search.find_nothing()
