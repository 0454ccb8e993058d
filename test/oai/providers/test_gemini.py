"""What only Gemini has: two doors to one API, signatures of thoughts, safety filters, and its own names of settings."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

pytest.importorskip("google.genai")

from case_gemini import CASE, MODEL, SIGNATURE, GeminiServer
from kit import KEY, Call, Fail, Say, Seen
from test_matrix import ASK, PIXEL, TOOLS, answered

from autogen_classic import OpenAIWrapper
from autogen_classic.oai import gemini
from autogen_classic.oai._provider_client import MissingKeyError, MissingModelError
from autogen_classic.oai.gemini_types import FunctionCallingConfig, FunctionCallingConfigMode, ToolConfig
from autogen_classic.testing import CapturedIO
from autogen_classic.testing.http_server import HttpRequest, HttpResponse

OLD_MODEL = "gemini-2.5-flash"


class FixedServer(GeminiServer):
    """Answers with one candidate, or with none, and with other counts of tokens."""

    candidate: dict[str, Any] | None = None
    extra: dict[str, Any] = {}  # noqa: RUF012

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        body = super().body(seen, reply)
        body["candidates"] = [self.candidate] if self.candidate else []
        for key, value in self.extra.items():
            body[key] = {**body.get(key, {}), **value} if isinstance(value, dict) else value
        return body


def asked(server: Any, **params: Any) -> Any:
    """Ask with the client itself, so that an answer is not changed on the way."""
    client = gemini.GeminiClient(**CASE.entry(server), max_retries=0)
    return client.create({"model": MODEL, "messages": ASK, **params})


# --- how to connect --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["GOOGLE_GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"])
def test_the_key_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, KEY)
    assert gemini.GeminiClient(model=MODEL).api_key == KEY


def test_a_missing_key_is_told_with_the_names_of_the_variables() -> None:
    with pytest.raises(MissingKeyError, match="GOOGLE_GEMINI_API_KEY or GEMINI_API_KEY"):
        gemini.GeminiClient(model=MODEL)


def test_a_key_and_a_project_exclude_each_other() -> None:
    with pytest.raises(AssertionError, match="cannot be set when using an API key"):
        gemini.GeminiClient(model=MODEL, api_key=KEY, project_id="my-project", location="europe-west4")


def test_a_request_without_a_model_is_refused() -> None:
    with pytest.raises(MissingModelError, match="'model'"):
        gemini.GeminiClient(api_key=KEY).create({"messages": ASK})


def test_programs_can_patch_the_package_in_this_module() -> None:
    with patch("autogen_classic.oai.gemini.genai") as genai:
        gemini.GeminiClient(model=MODEL, api_key=KEY)
    assert genai.Client.call_args.kwargs["api_key"] == KEY


class VertexServer(GeminiServer):
    """Speaks the same API below a project, and gives tokens to a service account."""

    path = re.compile(r"/v1beta1/projects/my-project/locations/europe-west4/publishers/google/models/([\w.-]+):(\w+)")
    authorization = ("authorization", "Bearer token-of-the-cloud")

    def aside(self, http: HttpRequest) -> HttpResponse | None:
        if http.path != "/token":
            return None
        token = {"access_token": "token-of-the-cloud", "expires_in": 3600, "token_type": "Bearer"}
        return HttpResponse(200, json.dumps(token).encode())


def service_account(url: str) -> dict[str, str]:
    """The content of a key file as the console of Google Cloud writes it."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {
        "type": "service_account",
        "project_id": "my-project",
        "private_key_id": "1",
        "private_key": pem.decode(),
        "client_email": "agent@my-project.iam.gserviceaccount.com",
        "token_uri": f"{url}/token",
    }


def test_vertex_ai_is_asked_with_the_token_of_a_service_account(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    with VertexServer(Say("From the cloud.")) as server:
        file = tmp_path / "key.json"
        file.write_text(json.dumps(service_account(server.url)), encoding="utf-8")
        entry = {"api_type": "google", "model": MODEL, "base_url": server.url, "location": "europe-west4"}
        wrapper = OpenAIWrapper(config_list=[{**entry, "google_application_credentials": str(file)}], cache_seed=None)
        response = wrapper.create(messages=ASK)
    assert response.choices[0].message.content == "From the cloud."


def test_a_file_without_a_usable_key_is_told(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text('{"type": "external_account"}', encoding="utf-8")
    with pytest.raises(ValueError, match="holds no key of a service account"):
        gemini.GeminiClient(model=MODEL, google_application_credentials=str(file))


# --- settings --------------------------------------------------------------------------------------------------------


def test_settings_go_by_the_names_of_google() -> None:
    safety = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_ONLY_HIGH"}]
    with GeminiServer() as server:
        asked(server, temperature=0.5, top_p=0.9, top_k=3, max_tokens=7, stop="END", seed=1, safety_settings=safety)
    assert server.seen[0].body["generationConfig"] == {
        "temperature": 0.5,
        "topP": 0.9,
        "topK": 3,
        "maxOutputTokens": 7,
        "stopSequences": ["END"],
        "seed": 1,
    }
    assert server.seen[0].body["safetySettings"] == safety
    assert gemini.GeminiClient.PARAMS_MAPPING["max_tokens"] == "max_output_tokens"


def test_a_setting_out_of_its_range_is_told_and_left_out() -> None:
    with GeminiServer() as server, pytest.warns(UserWarning, match="temperature"):
        asked(server, temperature=9)
    assert "temperature" not in (server.seen[0].body.get("generationConfig") or {})


@pytest.mark.parametrize(
    ("choice", "mode"),
    [
        ("required", {"mode": "ANY"}),
        ("none", {"mode": "NONE"}),
        ({"type": "function", "function": {"name": "add"}}, {"mode": "ANY", "allowedFunctionNames": ["add"]}),
    ],
)
def test_a_tool_can_be_demanded(choice: Any, mode: dict[str, Any]) -> None:
    with GeminiServer() as server:
        asked(server, tools=TOOLS, tool_choice=choice)
    config = server.seen[0].body["toolConfig"]["functionCallingConfig"]
    assert {key.replace("allowed_function_names", "allowedFunctionNames"): config[key] for key in config} == mode


def test_tools_that_have_run_can_be_hidden() -> None:
    with GeminiServer(Call((("add", {"a": 1, "b": 2}),)), Say("3")) as server:
        message = asked(server, tools=TOOLS).choices[0].message
        asked(server, messages=answered(message, "3"), tools=TOOLS, hide_tools="if_any_run")
    assert server.seen[1].tools == []


def test_schemas_lose_what_google_refuses() -> None:
    point = {"type": "object", "properties": {"x": {"const": 1}}}
    schema = {
        "type": "object",
        "properties": {"p": {"$ref": "#/$defs/P", "description": "Where."}},
        "$defs": {"P": point},
    }
    function = {"name": "go", "description": "Go.", "parameters": schema}
    with GeminiServer() as server:
        asked(server, tools=[{"type": "function", "function": function}])
    (tool,) = server.seen[0].body["tools"]
    assert json.dumps(tool).count("const") == 0


def test_old_models_are_told_the_form_where_tools_are_offered() -> None:
    form = {"type": "object", "properties": {"name": {"type": "string"}}}
    with GeminiServer() as server:
        asked(server, model=OLD_MODEL, tools=TOOLS, response_format=form)
    assert server.seen[0].schema is None
    assert '"name"' in server.seen[0].system


# --- thoughts --------------------------------------------------------------------------------------------------------


def signatures(seen: Seen) -> list[str | None]:
    parts = [part for content in seen.body["contents"] for part in content["parts"] if "functionCall" in part]
    return [part.get("thoughtSignature") for part in parts]


@pytest.mark.parametrize("stream", [False, True])
def test_the_signature_of_thoughts_comes_back_with_the_call(stream: bool) -> None:
    calls = (("add", {"a": 1, "b": 2}), ("multiply", {"a": 3, "b": 4}))
    with GeminiServer(Call(calls), Say("3 and 12.")) as server, CapturedIO():
        message = asked(server, tools=TOOLS, stream=stream).choices[0].message
        stored = json.loads(json.dumps(answered(message, "3", "12")))
        asked(server, messages=stored, tools=TOOLS)
    assert signatures(server.seen[1]) == [SIGNATURE, None]


def foreign_call() -> list[dict[str, Any]]:
    call = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}
    return [
        *ASK,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "3"},
    ]


def test_a_call_of_another_model_goes_with_the_signature_for_such_calls() -> None:
    with GeminiServer() as server:
        asked(server, messages=foreign_call(), tools=TOOLS)
    assert base64.b64decode(signatures(server.seen[0])[0] or "") == b"skip_thought_signature_validator"


def test_old_models_get_no_signature() -> None:
    contents = gemini._request({"model": OLD_MODEL, "messages": foreign_call()})["contents"]
    assert [part.thought_signature for content in contents for part in content.parts] == [None, None, None]


def test_thoughts_are_paid_for_and_not_shown() -> None:
    class Thinking(FixedServer):
        candidate = {  # noqa: RUF012
            "content": {"role": "model", "parts": [{"text": "Hm.", "thought": True}, {"text": "Yes."}]},
            "finishReason": "STOP",
        }
        extra = {"usageMetadata": {"thoughtsTokenCount": 100, "cachedContentTokenCount": 4}}  # noqa: RUF012

    with Thinking(Say("", 12, 5)) as server:
        response = asked(server)
    assert response.choices[0].message.content == "Yes."
    assert response.usage.completion_tokens == 105
    assert response.usage.prompt_tokens_details.cached_tokens == 4


# --- what goes wrong -------------------------------------------------------------------------------------------------


class BlockedPrompt(FixedServer):
    extra = {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "Not this."}}  # noqa: RUF012


class BlockedAnswer(FixedServer):
    candidate = {"finishReason": "PROHIBITED_CONTENT"}  # noqa: RUF012


class BadCall(FixedServer):
    candidate = {"finishReason": "MALFORMED_FUNCTION_CALL"}  # noqa: RUF012


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BlockedPrompt, r"SAFETY: Not this\.\).*safety_settings"),
        (BlockedAnswer, "PROHIBITED_CONTENT.*safety_settings"),
        (BadCall, "MALFORMED_FUNCTION_CALL.*another model"),
    ],
)
def test_an_answer_that_does_not_come_is_told_with_the_reason(kind: Any, text: str) -> None:
    with kind() as server, pytest.raises(gemini.NoAnswerError, match=text):
        asked(server)


def test_after_a_block_the_next_configuration_is_asked() -> None:
    with BlockedPrompt() as first, GeminiServer(Say("From the second.")) as second:
        wrapper = OpenAIWrapper(config_list=[CASE.entry(first), CASE.entry(second)], cache_seed=None)
        assert wrapper.create(messages=ASK).choices[0].message.content == "From the second."


@pytest.mark.parametrize(("reason", "finished"), [("MAX_TOKENS", "length"), ("SAFETY", "content_filter")])
def test_an_answer_that_was_cut_says_why(reason: str, finished: str) -> None:
    class Cut(FixedServer):
        candidate = {  # noqa: RUF012
            "content": {"role": "model", "parts": [{"text": "Once upon"}]},
            "finishReason": reason,
        }

    with Cut() as server:
        choice = asked(server).choices[0]
    assert (choice.message.content, choice.finish_reason) == ("Once upon", finished)


def test_the_wait_that_google_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy(GeminiServer):
        def failure(self, reply: Fail) -> dict[str, Any]:
            body = super().failure(reply)
            info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7.5s"}
            return {"error": {**body["error"], "details": [info]}}

    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    with Busy(Fail(429), Say("Now.")) as server:
        client = gemini.GeminiClient(**CASE.entry(server))
        assert client.create({"model": MODEL, "messages": ASK}).choices[0].message.content == "Now."
    assert waits == [7.5]


# --- pictures --------------------------------------------------------------------------------------------------------


def test_a_picture_is_read_from_a_file_and_from_a_data_uri(tmp_path: Path) -> None:
    file = tmp_path / "pixel.png"
    file.write_bytes(PIXEL)
    in_base64 = base64.b64encode(PIXEL).decode()
    assert gemini.get_image_data(str(file)) == in_base64
    assert gemini.get_image_data(str(file), use_b64=False) == PIXEL
    assert gemini.get_image_data(f"data:image/png;base64,{in_base64}") == in_base64


def test_a_picture_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        gemini.get_image_data("no-such-picture.png")


def test_an_answer_without_candidates_is_an_error() -> None:
    with FixedServer(Say()) as server, pytest.raises(gemini.NoAnswerError, match="no candidates"):
        asked(server)


def test_settings_for_calls_go_out_as_ag2_writes_them() -> None:
    config = ToolConfig(function_calling_config=FunctionCallingConfig(mode="any", allowed_function_names=["add"]))
    with CASE.server(Say("3")) as server:
        entry = {**CASE.entry(server), "tool_config": config}
        OpenAIWrapper(config_list=[entry], cache_seed=None).create(messages=ASK, tools=TOOLS)
    calling = server.seen[0].body["toolConfig"]["functionCallingConfig"]
    assert calling == {"mode": "ANY", "allowedFunctionNames": ["add"]}
    assert config.function_calling_config.mode is FunctionCallingConfigMode.ANY


def test_a_request_costs_what_the_table_says() -> None:
    assert gemini.calculate_gemini_cost(False, 1000, 1000, "gemini-2.5-flash") == pytest.approx(0.0028)
    assert gemini.calculate_gemini_cost(True, 1000, 1000, "gemini-2.5-flash") == pytest.approx(0.0028)
