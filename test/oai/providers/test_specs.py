"""What `_specs` says of a provider is what happens: every setting reaches the wire, every key makes a client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from kit import KEY, Case, Fail, Say
from test_matrix import CASE_FILES, known_cases

from autogen_classic import LLMConfig, OpenAIWrapper
from autogen_classic._warn import forget_warnings
from autogen_classic.cli import main
from autogen_classic.errors import LLMConfigError
from autogen_classic.llm_config import entries
from autogen_classic.llm_config.entry import LLMConfigEntry
from autogen_classic.oai._specs import (
    COMMON_SETTINGS,
    EVERY_CLIENT_KEY,
    GOOGLE,
    MISTRAL,
    OPENAI,
    RESPONSES,
    SPECS,
    ProviderSpec,
    Setting,
    spec_of,
)
from autogen_classic.oai.providers import api_type_of, find_provider
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

ROOT = Path(__file__).resolve().parents[3]
ASK = [{"role": "user", "content": "Say hello."}]
TOOL = {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": {"type": "object"}}}
CASES = {
    spec.name: case
    for case in reversed(known_cases())
    for spec in [spec_of(str(case.entry(case.server()).get("api_type", "openai")))]
    if spec is not None
}

# Values for settings whose form the provider checks, each with what the request must then hold.
VALUES: dict[tuple[str, str], tuple[Any, Any]] = {
    ("*", "tool_choice"): ("required", ("required", "any", "ANY", "REQUIRED")),
    ("*", "logit_bias"): ({"7": 3}, "7"),
    ("*", "extra_headers"): ({"X-Planted": "planted"}, "planted"),
    ("*", "extra_query"): ({"planted": "query"}, "planted=query"),
    ("*", "stop"): (["planted"], "planted"),
    ("*", "stop_sequences"): (["planted"], "planted"),
    ("*", "stopSequences"): (["planted"], "planted"),
    ("*", "service_tier"): ("auto", "auto"),
    ("anthropic", "cache_control"): ({"type": "ephemeral"}, "ephemeral"),
    ("anthropic", "extra_body"): ({"inference_geo": "us"}, "us"),
    ("anthropic", "metadata"): ({"user_id": "planted"}, "planted"),
    ("anthropic", "parallel_tool_calls"): (False, "disable_parallel_tool_use"),
    ("anthropic", "thinking"): ({"type": "enabled", "budget_tokens": 1024}, 1024),
    ("bedrock", "additional_model_request_fields"): ({"planted": 1}, "planted"),
    ("bedrock", "tool_choice"): ("required", "any"),
    ("cerebras", "extra_body"): ({"min_tokens": 3}, 3),
    ("cohere", "thinking"): ({"type": "enabled"}, "enabled"),
    ("google", "thinking_config"): ({"thinkingBudget": 77}, 77),
    ("google", "safety_settings"): ({"HARM_CATEGORY_HARASSMENT": "BLOCK_NONE"}, "BLOCK_NONE"),
    ("google", "tool_config"): ({"functionCallingConfig": {"mode": "NONE"}}, "NONE"),
    ("groq", "extra_body"): ({"search_settings": {"country": "planted"}}, "planted"),
    ("*", "reasoning_effort"): ("low", "low"),
    ("mistral", "reasoning_effort"): ("high", "high"),
    ("mistral", "response_format"): ({"type": "json_object"}, "json_object"),
    ("ollama", "format"): ("json", "json"),
    ("ollama", "options"): ({"num_gpu": 3}, 3),
    ("ollama", "think"): (True, True),
    ("*", "extra_body"): ({"seed": 7}, 7),
    ("together", "extra_body"): ({"n": 1}, 1),
    ("responses", "built_in_tools"): ([{"type": "web_search"}], "web_search"),
    ("responses", "context_management"): ([{"type": "compaction"}], "compaction"),
    ("responses", "extra_body"): ({"background": False}, "background"),
    ("responses", "function_call"): ("required", "required"),
    ("responses", "include"): (["message.output_text.logprobs"], "message.output_text.logprobs"),
    ("responses", "metadata"): ({"planted": "here"}, "planted"),
    ("responses", "reasoning"): ({"summary": "auto"}, "summary"),
    ("responses", "text"): ({"verbosity": "low"}, "verbosity"),
}
# Settings that change a request in a way of their own, which tests of their provider show.
SHOWN_ELSEWHERE = {
    "responses": {
        *("allowed_commands", "allowed_paths", "dangerous_patterns", "denied_commands", "enable_command_filtering"),
        *("prompt", "workspace_dir"),
    },
    "ollama": {
        *("manual_tool_call_instruction", "manual_tool_call_step1", "manual_tool_call_step2", "native_tool_calls"),
    },
}


@pytest.fixture(autouse=True)
def _forget_warnings() -> None:
    forget_warnings()


def value_for(spec: ProviderSpec, setting: Setting) -> tuple[Any, Any]:
    """A value that differs from the default, and what the request must hold."""
    for owner in (spec.name, "*"):
        if (owner, setting.name) in VALUES:
            return VALUES[owner, setting.name]
    kinds = setting.types if isinstance(setting.types, tuple) else (setting.types,)
    if setting.choices is not None:
        return setting.choices[0], setting.choices[0]
    if bool in kinds:
        return True, True
    if float in kinds:
        value = 0.25 if setting.high is not None else 1.25
        return value, value
    value = 7 if int in kinds else "planted"
    return value, value


def pieces(sent: Any) -> Iterator[Any]:
    """Every key and every value of a request."""
    if isinstance(sent, Mapping):
        for key, value in sent.items():
            yield key
            yield from pieces(value)
    elif isinstance(sent, list):
        for value in sent:
            yield from pieces(value)
    else:
        yield sent


SETTINGS = [
    (spec, setting)
    for spec in SPECS
    if spec.name in CASES
    for setting in (*spec.settings, *spec.own_settings)
    if setting.name not in SHOWN_ELSEWHERE.get(spec.name, ()) and setting.name != "stream"
]


@pytest.mark.parametrize(("spec", "setting"), SETTINGS, ids=[f"{spec.name}-{one.name}" for spec, one in SETTINGS])
def test_a_setting_that_an_entry_accepts_reaches_the_request(
    spec: ProviderSpec, setting: Setting, caplog: pytest.LogCaptureFixture
) -> None:
    case = CASES[spec.name]
    value, held = value_for(spec, setting)
    with case.server(Say()) as server:
        config = LLMConfig({**case.entry(server), setting.name: value})
        extras = {} if setting.name in ("response_format", "format") else {"tools": [TOOL]}
        OpenAIWrapper(config_list=[dict(config["config_list"][0].items())], cache_seed=None).create(
            messages=ASK, **extras
        )
    seen = server.seen[0]
    found = [*pieces(seen.body), *seen.headers.values(), *seen.query.split("&")]
    wanted = held if isinstance(held, tuple) else (held,)
    same_kind = [piece for piece in found if any(type(piece) is type(one) and piece == one for one in wanted)]
    same_kind += [
        piece for piece in found if isinstance(piece, str) and piece.upper() in (str(one).upper() for one in wanted)
    ]
    assert same_kind or held in found, f"{setting.name}={value!r} is not in {seen.body}"
    assert "not sent" not in caplog.text


@pytest.mark.skipif(len(known_cases()) < len(CASE_FILES), reason="an SDK is missing")
def test_every_provider_but_the_one_in_this_process_has_a_row_in_the_table() -> None:
    titles = {CASES[spec.name].name for spec in SPECS if spec.name in CASES}
    assert {spec.title for spec in SPECS} - {"the local model"} == titles


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_field_of_an_entry_is_a_setting_of_its_provider_or_is_told_of(spec: ProviderSpec) -> None:
    fields = getattr(entries, spec.entry).model_fields.keys() - LLMConfigEntry.model_fields.keys()
    assert [name for name in fields if not spec.knows(name)] == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_no_setting_goes_two_ways(spec: ProviderSpec) -> None:
    names = [setting.name for setting in (*spec.settings, *spec.own_settings)]
    assert len(names) == len(set(names))
    assert not set(names) & (spec.client_keys | COMMON_SETTINGS - {"response_format", "stream"})


@pytest.mark.parametrize("case", known_cases(), ids=lambda case: case.name)
def test_a_setting_for_a_client_that_does_not_take_it_is_told_of(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    with case.server(Say()) as server:
        entry = case.entry(server)
        spec = spec_of(api_type_of(entry))
        assert spec is not None
        if spec.accepts_all:
            pytest.skip("the openai package checks its settings itself")
        foreign = dict.fromkeys(EVERY_CLIENT_KEY - spec.client_keys, "planted")
        assert OpenAIWrapper(config_list=[{**foreign, **entry}])._clients
    for name in foreign:
        assert f"{name!r} is not known for {spec.title}" in caplog.text


# --- names and entries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api_type", [name for spec in SPECS for name in spec.api_types])
def test_what_llm_config_accepts_the_wrapper_finds(api_type: str) -> None:
    entry = {"api_type": api_type, "model": "m", "aws_region": "us-east-1"}
    (checked,) = LLMConfig(entry)["config_list"]
    assert checked.api_type == api_type
    assert getattr(find_provider(entry), "spec", None) is spec_of(api_type)


ALIASES = [(spec, name) for spec in SPECS for name in spec.api_types[1:]]


@pytest.mark.parametrize(("spec", "alias"), ALIASES, ids=[alias for _, alias in ALIASES])
def test_another_name_of_a_provider_asks_the_same(spec: ProviderSpec, alias: str) -> None:
    case = CASES[spec.name]
    with case.server(Say("Hello.")) as server:
        wrapper = OpenAIWrapper(config_list=[{**case.entry(server), "api_type": alias}], cache_seed=None)
        response = wrapper.create(messages=ASK)
    assert wrapper.extract_text_or_completion_object(response) == ["Hello."]
    assert response.cost > 0


def test_the_entry_of_a_provider_is_not_for_another() -> None:
    with pytest.raises(ValueError, match="it must be 'anthropic' or 'anthropic_v2'"):
        entries.AnthropicLLMConfigEntry(model="m", api_type="google")


def test_a_model_of_this_process_stays_local() -> None:
    assert LLMConfig({"model": "local"})["config_list"][0].api_type == "local"


@pytest.mark.parametrize(
    ("api_type", "setting", "value", "told"),
    [
        ("mistral", "temperature", 1.6, "less than or equal to 1.5"),
        ("anthropic", "temperature", 1.1, "less than or equal to 1"),
        ("cohere", "k", 501, "less than or equal to 500"),
        ("openai", "verbosity", "loud", "'low' or 'medium' or 'high'"),
        ("google", "thinking_level", "Deep", "'High' or 'Medium'"),
        ("together", "min_p", -0.1, "greater than or equal to 0"),
    ],
)
def test_a_value_that_a_provider_refuses_is_refused_with_its_range(
    api_type: str, setting: str, value: Any, told: str
) -> None:
    with pytest.raises(LLMConfigError, match=f"{setting}: .*{told}"):
        LLMConfig({"api_type": api_type, "model": "m", setting: value})


def test_mistral_has_one_highest_temperature() -> None:
    setting = MISTRAL.setting("temperature")
    assert setting is not None
    assert LLMConfig({"api_type": "mistral", "model": "m", "temperature": setting.high}) is not None


# --- keys ------------------------------------------------------------------------------------------------------------

VARIABLES = [
    (spec, names)
    for spec in SPECS
    for names in (*((name,) for name in spec.key_variables), *spec.other_variables)
    if spec.key_variables
]


@pytest.mark.parametrize(
    ("spec", "names"), VARIABLES, ids=[f"{spec.name}-{'-'.join(names)}" for spec, names in VARIABLES]
)
def test_a_key_that_config_check_finds_makes_a_client(
    spec: ProviderSpec,
    names: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("openai.types.responses" if spec is RESPONSES else spec.package)
    for name in names:
        monkeypatch.setenv(name, KEY)
    if names == ("GOOGLE_APPLICATION_CREDENTIALS",):
        pytest.skip("the SDK reads the file, which is tested over HTTP")
    entry = {"api_type": spec.name, "model": "m"}
    if spec.name == "azure":
        entry |= {"base_url": "http://127.0.0.1:1", "api_version": "2024-10-21"}
    if "AWS_ACCESS_KEY_ID" in names:
        entry["aws_region"] = "us-east-1"
    file = tmp_path / "models.json"
    file.write_text(json.dumps([entry]), encoding="utf-8")
    assert main(["config", "check", str(file)]) == 0
    assert " and ".join(names) in capsys.readouterr().out
    assert OpenAIWrapper(config_list=[entry])._clients


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.key_variables], ids=lambda spec: spec.name)
def test_without_a_key_config_check_and_the_client_agree(
    spec: ProviderSpec, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip(spec.package)
    entry = {"api_type": spec.name, "model": "m"}
    file = tmp_path / "models.json"
    file.write_text(json.dumps([entry]), encoding="utf-8")
    assert main(["config", "check", str(file)]) == 1
    for name in spec.key_variables:
        assert name in capsys.readouterr().out or name != spec.key_variables[0]
    with pytest.raises(Exception, match="(?i)key|credentials"):
        OpenAIWrapper(config_list=[entry])._clients  # noqa: B018


# --- settings of how to connect --------------------------------------------------------------------------------------


def test_gemini_asks_by_way_of_its_proxy() -> None:
    asked: list[str] = []

    async def answer(http: HttpRequest) -> HttpResponse:
        asked.append(http.headers["host"])
        return HttpResponse(503, b'{"error": {"code": 503, "message": "no", "status": "UNAVAILABLE"}}')

    proxy = HttpServer(answer, "127.0.0.1", 0)
    proxy.start()
    try:
        entry = {"api_type": "google", "model": "gemini-3-flash-preview", "api_key": KEY, "max_retries": 0}
        places = {"base_url": "http://models.invalid", "proxy": f"http://127.0.0.1:{proxy.port}"}
        with pytest.raises(Exception, match="503"):
            OpenAIWrapper(config_list=[{**entry, **places}], cache_seed=None).create(messages=ASK)
    finally:
        proxy.stop()
    assert asked == ["models.invalid"]


@pytest.mark.parametrize(
    ("settings", "requests"),
    [({"max_attempts": 1}, 2), ({"total_max_attempts": 1}, 1), ({"max_retries": 2, "max_attempts": 1}, 3)],
)
def test_bedrock_asks_as_often_as_it_is_told(
    settings: dict[str, int], requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("boto3")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    case = CASES["bedrock"]
    with case.server(Fail(500)) as server:
        (entry,) = LLMConfig({**case.entry(server), **settings})["config_list"]
        with pytest.raises(Exception, match="refused"):
            OpenAIWrapper(config_list=[dict(entry.items())], cache_seed=None).create(messages=ASK)
    assert len(server.seen) == requests


def test_google_vertex_does_not_take_a_key_for_the_gemini_api(monkeypatch: pytest.MonkeyPatch) -> None:
    from autogen_classic.oai.gemini import GeminiClient

    monkeypatch.setenv(GOOGLE.key_variables[0], KEY)
    monkeypatch.setattr("autogen_classic.oai.gemini.shared_client", lambda make, **settings: settings)
    assert GeminiClient(api_type="google_vertex", model="m").use_vertexai
    assert not GeminiClient(api_type="google", model="m").use_vertexai


# --- installation ----------------------------------------------------------------------------------------------------


def test_every_provider_has_an_extra_that_installs_its_package() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for spec in SPECS:
        if spec.package == OPENAI.package:
            continue
        (extra,) = re.findall(rf"^{spec.extra} = \[(.*)\]", text, re.MULTILINE)
        assert spec.package.replace(".", "-") in re.findall(r'"([\w-]+)', extra)
