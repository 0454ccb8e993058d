"""LLMConfig: every form it may be given, what it refuses, and how agents use it."""

from __future__ import annotations

import asyncio
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autogen_classic
from autogen_classic import (
    AssistantAgent,
    ConversableAgent,
    GroupChat,
    GroupChatManager,
    LLMConfig,
    OpenAIWrapper,
    UserProxyAgent,
)
from autogen_classic.llm_config import entries
from autogen_classic.llm_config.config import LLMConfigError
from autogen_classic.llm_config.entry import ApplicationConfig, LLMConfigEntry
from autogen_classic.testing import MockOpenAIServer, ScriptedClient

GPT = {"api_type": "openai", "model": "gpt-4o", "api_key": "sk-secret-1", "tags": ["good"]}
MINI = {"model": "gpt-4o-mini", "api_key": "sk-secret-2", "tags": ["fast", "cheap"]}


def doubler() -> Callable[[int], int]:
    """A function of its own for each test: to register one names it."""

    def double(x: int) -> int:
        return 2 * x

    return double


@pytest.mark.parametrize(
    "config",
    [
        LLMConfig(GPT, temperature=0.5),
        LLMConfig(config_list=[GPT], temperature=0.5),
        LLMConfig(config_list=GPT, temperature=0.5),
        LLMConfig(**GPT, temperature=0.5),
        LLMConfig(entries.OpenAILLMConfigEntry(**GPT), temperature=0.5),
        LLMConfig.ensure_config({"config_list": [GPT], "temperature": 0.5}),
        LLMConfig.model_validate_json(json.dumps({"config_list": [GPT], "temperature": 0.5})),
    ],
)
def test_all_forms_mean_the_same(config: LLMConfig) -> None:
    assert config == LLMConfig(GPT, temperature=0.5)
    assert config.model_dump() == {
        "temperature": 0.5,
        "config_list": [{**GPT, "temperature": 0.5, "stream": False}],
    }


def test_an_entry_s_own_settings_go_before_those_for_all() -> None:
    config = LLMConfig(
        {**GPT, "temperature": 0.1}, {"api_type": "anthropic", "model": "claude"}, temperature=1, max_tokens=9
    )
    assert [(entry.temperature, entry.max_tokens) for entry in config["config_list"]] == [(0.1, 9), (1.0, 9)]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: LLMConfig(), "needs at least one model"),
        (lambda: LLMConfig(config_list=[]), "needs at least one model"),
        (lambda: LLMConfig({"api_key": "sk-secret-1"}), r"config_list\[0\].*'openai'.*model: Field required"),
        (lambda: LLMConfig(GPT, {"model": ""}), r"config_list\[1\].*model: String should have at least 1 character"),
        (
            lambda: LLMConfig({**GPT, "api_type": "zzz"}),
            r"'zzz', which is not known. Known are .*bedrock_v2, .*responses_v2",
        ),
        (lambda: LLMConfig({**GPT, "base_url": "not a url"}), "base_url: .* not an address such as https://"),
        (lambda: LLMConfig({**GPT, "base_url": "http://host:port"}), "not an address"),
        (lambda: LLMConfig({**GPT, "temperature": 3}), "temperature: Input should be less than or equal to 2"),
        (lambda: LLMConfig(GPT, temperature="warm"), "temperature"),
        (lambda: LLMConfig(GPT, routing_method="by_chance"), "'by_chance' is not known"),
        (lambda: LLMConfig(GPT).where(model="other"), "No config found that satisfies the filter criteria"),
        (lambda: LLMConfig({"api_type": "bedrock", "model": "m"}), "aws_region: Field required"),
    ],
)
def test_what_cannot_be_used_is_refused_and_told(make: Any, told: str) -> None:
    with pytest.raises(LLMConfigError, match=told) as caught:
        make()
    assert "sk-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "make", [lambda: LLMConfig(GPT, foo=1), lambda: LLMConfig(5), lambda: LLMConfig.ensure_config(True)]
)
def test_arguments_of_another_type_are_refused(make: Any) -> None:
    with pytest.raises(TypeError, match=r"foo|config_list\[0\]|bool"):
        make()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"response_format": 5}, "response_format must be a pydantic class, or a dict"),
        ({"timeout": "soon"}, "timeout must be a number of seconds"),
    ],
)
def test_what_would_fail_at_the_first_request_is_refused_before(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        LLMConfig(GPT, **settings)


def test_a_setting_that_an_object_does_not_have_is_named_as_it_is_written() -> None:
    with pytest.raises(KeyError) as refused:
        LLMConfig(GPT)["nothing"]
    assert str(refused.value) == "Key 'nothing' not found in LLMConfig"


def test_a_list_of_models_in_the_place_of_one_is_told_how_lists_are_given() -> None:
    with pytest.raises(TypeError, match=r"LLMConfig\(\*models\), or as LLMConfig\(config_list=models\)"):
        LLMConfig([GPT])  # type: ignore[arg-type]


def test_a_key_is_never_shown_but_can_be_read() -> None:
    config = LLMConfig({**GPT, "default_headers": {"X-Key": "sk-secret-3"}, "aws_secret_key": "sk-secret-4"})
    assert "sk-secret" not in repr(config) + str(config["config_list"][0]) + repr(config["config_list"])
    assert config["config_list"][0]["api_key"] == "sk-secret-1"
    assert "sk-secret-1" in config.model_dump_json()


def test_it_reads_like_a_dict_and_like_an_object() -> None:
    config = LLMConfig(GPT, timeout=3)
    assert (config["timeout"], config.timeout, config.get("timeout")) == (3, 3, 3)
    assert (config.temperature, config.tools, config.get("nothing", 1)) == (None, [], 1)
    assert list(config.keys()) == ["timeout", "cache_seed", "config_list"]
    assert {**config}["config_list"][0].model == "gpt-4o"
    config.temperature = 0.5
    assert config["temperature"] == 0.5
    with pytest.raises(KeyError, match="Key 'nothing' not found in LLMConfig"):
        config["nothing"]
    with pytest.raises(AttributeError, match="nothing"):
        _ = config.nothing
    with pytest.raises(ValueError, match="has no field 'nothing'"):
        config.nothing = 1


def test_an_entry_reads_like_a_dict() -> None:
    entry = entries.OpenAILLMConfigEntry(model="m", api_key="k")
    assert {**entry} == {"api_type": "openai", "model": "m", "api_key": "k", "tags": [], "stream": False}
    assert (entry["model"], entry.get("price"), "model" in entry, "price" in entry, len(entry)) == (
        "m",
        None,
        True,
        False,
        5,
    )
    assert entry.values() == ["openai", "m", "k", [], False]
    entry["model"] = "n"
    assert json.loads(entry.model_dump_json())["model"] == "n"
    with pytest.raises(KeyError, match="Key 'price' not found in OpenAILLMConfigEntry"):
        entry["price"]


def test_an_entry_takes_over_what_it_leaves_open() -> None:
    entry = entries.AnthropicLLMConfigEntry(model="m", top_p=0.1)
    completed = entry.apply_application_config(ApplicationConfig(max_tokens=5, top_p=0.9))
    assert (completed.max_tokens, completed.top_p, entry.max_tokens) == (5, 0.1, 4096)


def test_an_entry_makes_its_client() -> None:
    client = entries.OpenAILLMConfigEntry(model="m", api_key="sk-test").create_client()
    assert callable(client.create)


def test_a_base_url_without_a_scheme_is_completed() -> None:
    assert (
        entries.OpenAILLMConfigEntry(model="m", base_url="localhost:11434/v1").base_url == "http://localhost:11434/v1"
    )


def test_a_class_of_the_program_s_own_needs_no_known_api_type() -> None:
    config = LLMConfig({"model": "m", "api_type": "mine", "model_client_cls": "Mine"})
    assert type(config["config_list"][0]) is LLMConfigEntry


def test_where_keeps_or_leaves_out() -> None:
    config = LLMConfig(GPT, MINI, temperature=0.5)
    assert [entry.model for entry in config.where(tags=["fast"])["config_list"]] == ["gpt-4o-mini"]
    assert [entry.model for entry in config.where(tags=["fast"], exclude=True)["config_list"]] == ["gpt-4o"]
    assert config.where(model="gpt-4o").temperature == 0.5
    assert len(config["config_list"]) == 2


def test_it_is_read_from_a_variable_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELS", json.dumps([GPT, MINI]))
    (tmp_path / "models.json").write_text(json.dumps([GPT, MINI]))
    (tmp_path / "whole.json").write_text(json.dumps({"config_list": [GPT, MINI], "cache_seed": 5}))
    from_variable = LLMConfig.from_json(env="MODELS", temperature=0.5)
    assert from_variable == LLMConfig.from_json(path="models.json", file_location=str(tmp_path), temperature=0.5)
    assert LLMConfig.from_json(path=tmp_path / "whole.json").cache_seed == 5
    chosen = LLMConfig.from_json(env="MODELS", filter_dict={"tags": ["cheap"]})
    assert [entry.model for entry in chosen["config_list"]] == ["gpt-4o-mini"]


def test_what_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELS", json.dumps([GPT]))
    (tmp_path / "one.json").write_text(json.dumps(GPT))
    with pytest.raises(ValueError, match="Either 'env' or 'path' must be provided"):
        LLMConfig.from_json()
    with pytest.raises(ValueError, match="Only one of 'env' or 'path'"):
        LLMConfig.from_json(env="MODELS", path="x")
    with pytest.raises(FileNotFoundError, match="The environment variable NOWHERE is not set"):
        LLMConfig.from_json(env="NOWHERE")
    with pytest.raises(FileNotFoundError):
        LLMConfig.from_json(path="nowhere.json", file_location=str(tmp_path))
    with pytest.raises(LLMConfigError, match="None of the 1 configurations in MODELS passes the filter"):
        LLMConfig.from_json(env="MODELS", filter_dict={"model": ["x"]})
    with pytest.raises(TypeError, match="must hold a list of configurations"):
        LLMConfig.from_json(path=tmp_path / "one.json")


class LiveClient:
    """Something that must not be copied."""

    def __deepcopy__(self, memo: Any) -> Any:
        raise AssertionError("a live client was copied")


@pytest.mark.parametrize("copied", [LLMConfig.copy, LLMConfig.deepcopy, copy.copy, copy.deepcopy])
def test_a_copy_shares_live_clients_and_nothing_else(copied: Any) -> None:
    http_client = LiveClient()
    config = LLMConfig({**GPT, "http_client": http_client}, tools=[{"function": {"name": "f"}}])
    twin = copied(config)
    assert twin == config
    assert type(twin) is LLMConfig
    assert twin["config_list"][0]["http_client"] is http_client
    twin["config_list"][0]["model"] = "other"
    twin["tools"].append("another")
    assert config["config_list"][0].model == "gpt-4o"
    assert len(config["tools"]) == 1


def test_agents_made_within_with_use_it() -> None:
    outer, inner, own = LLMConfig(GPT), LLMConfig(MINI), LLMConfig(GPT, temperature=0.1)
    with outer:
        assistant = AssistantAgent("assistant")
        silent = ConversableAgent("silent", llm_config=False)
        opinionated = ConversableAgent("opinionated", llm_config=own)
        with inner:
            within = ConversableAgent("within")
        user = UserProxyAgent("user", code_execution_config=False)
        manager = GroupChatManager(GroupChat([assistant, silent], []))
        assert LLMConfig.get_current_llm_config() is outer
    after = ConversableAgent("after")
    assert assistant.llm_config == manager.llm_config == outer
    assert within.llm_config == inner
    assert opinionated.llm_config == own
    assert silent.llm_config is user.llm_config is after.llm_config is False


def test_an_error_within_with_ends_it() -> None:
    with pytest.raises(RuntimeError), LLMConfig(GPT):
        raise RuntimeError
    assert LLMConfig.get_current_llm_config() is None


@pytest.mark.parametrize("make", [LLMConfig, lambda entry: {"config_list": [entry]}])
def test_a_tool_of_one_agent_stays_there(make: Any) -> None:
    config = make(dict(GPT))
    ann, bob = ConversableAgent("ann", llm_config=config), ConversableAgent("bob", llm_config=config)
    ann.register_for_llm(description="Doubles.")(doubler())
    ann.register_for_llm(description="Doubles.", name="again", api_style="function")(doubler())
    later = ConversableAgent("later", llm_config=config)
    assert [tool["function"]["name"] for tool in ann.llm_config["tools"]] == ["double"]
    for other in (bob.llm_config, later.llm_config, config):
        assert "tools" not in other
        assert "functions" not in other


def test_tools_that_two_agents_are_given_are_added_to_by_each_alone() -> None:
    config = LLMConfig(GPT, tools=[{"type": "function", "function": {"name": "first"}}])
    ann, bob = ConversableAgent("ann", llm_config=config), ConversableAgent("bob", llm_config=config)
    ann.register_for_llm(description="Doubles.")(doubler())
    assert [len(agent.llm_config["tools"]) for agent in (ann, bob)] == [2, 1]
    assert len(config.tools) == 1


@pytest.mark.parametrize("make", [LLMConfig, lambda entry: {"config_list": [entry]}])
def test_an_agent_shares_the_live_clients_of_its_configuration(make: Any) -> None:
    client = ScriptedClient(["hello"])
    agent = ConversableAgent("agent", llm_config=make({**client.config(), "http_client": LiveClient()}))
    assert agent.generate_reply([{"role": "user", "content": "hi"}]) == "hello"
    assert len(client.requests) == 1


def test_a_request_carries_what_the_configuration_says() -> None:
    with MockOpenAIServer(["hello"]) as server:
        entry = {"model": "gpt-4o", "api_key": "sk-test", "base_url": server.base_url, "tags": ["x"]}
        agent = ConversableAgent("agent", llm_config=LLMConfig(entry, temperature=0.3))
        assert agent.generate_reply([{"role": "user", "content": "hi"}]) == "hello"
        body = server.requests[0]
    assert (body["model"], body["temperature"]) == ("gpt-4o", 0.3)
    assert not {"tags", "api_type", "api_key", "base_url", "cache_seed", "http_client"} & body.keys()


def test_answers_are_cached_only_where_a_cache_seed_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    client = ScriptedClient(default="hello")
    for settings in ({}, {}, {"cache_seed": 7}, {"cache_seed": 7}):
        agent = ConversableAgent("agent", llm_config=LLMConfig(client.config(), **settings))
        agent.generate_reply([{"role": "user", "content": "hi"}])
    assert len(client.requests) == 3


def test_importing_the_library_and_its_agents_loads_no_pydantic() -> None:
    names = "autogen_classic.ConversableAgent, autogen_classic.LLMConfig"
    code = f"import sys, autogen_classic; {names}; print('pydantic' in sys.modules)"
    root = Path(autogen_classic.__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert run.stdout.strip() == "False", run.stderr


@pytest.mark.parametrize("name", sorted(name for name in entries.__all__ if name.endswith("LLMConfigEntry")))
def test_the_entries_are_exported_where_ag2_has_them(name: str) -> None:
    assert getattr(autogen_classic.oai, name) is getattr(entries, name)


@pytest.mark.parametrize("name", ["OpenAILLMConfigEntry", "AzureOpenAILLMConfigEntry", "DeepSeekEntryDict"])
def test_those_of_openai_s_protocol_are_in_its_client_room_too(name: str) -> None:
    assert getattr(autogen_classic.oai.client, name) is getattr(entries, name)


def test_the_class_knows_the_configuration_of_the_block_around() -> None:
    with LLMConfig(GPT) as config:
        assert LLMConfig.current == LLMConfig.default == config
    with pytest.raises(ValueError, match="No current LLMConfig"):
        _ = LLMConfig.current
    assert not hasattr(config, "current")


def test_a_whole_dict_of_0_2_is_one_form_more() -> None:
    whole = {"config_list": [GPT], "temperature": 0.5}
    assert LLMConfig(whole, top_p=0.1).config_list[0].model == GPT["model"]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_round_robin_begins_one_further_at_each_request(asynchronous: bool) -> None:
    first, second = ScriptedClient(default="first"), ScriptedClient(default="second")
    config = LLMConfig(first.config(), second.config(), routing_method="round_robin")
    wrapper = OpenAIWrapper(**config)
    said = []
    for _ in range(4):
        ask = {"messages": [{"role": "user", "content": "hi"}]}
        response = asyncio.run(wrapper.a_create(**ask)) if asynchronous else wrapper.create(**ask)
        said.append(wrapper.extract_text_or_completion_object(response)[0])
    assert said == ["first", "second", "first", "second"]


def test_round_robin_goes_on_with_the_next_model_where_one_fails() -> None:
    first, second = ScriptedClient([RuntimeError("down")]), ScriptedClient(default="second")
    first.fallback_errors = (RuntimeError,)  # type: ignore[attr-defined]
    wrapper = OpenAIWrapper(**LLMConfig(first.config(), second.config(), routing_method="round_robin"))
    ask = [{"role": "user", "content": "hi"}]
    assert wrapper.extract_text_or_completion_object(wrapper.create(messages=ask)) == ["second"]
