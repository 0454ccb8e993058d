"""``autogen-classic config check`` tells which configurations work, and never prints a key."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import cli
from autogen_classic.oai._specs import SPECS
from autogen_classic.testing import MockOpenAIServer, error

KEY = "sk-secret-of-a-test"
VARIABLES = {name for spec in SPECS for names in (spec.key_variables, *spec.other_variables) for name in names}


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (*VARIABLES, "OAI_CONFIG_LIST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # so that boto3 and google-auth look nowhere else
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("HOME", str(tmp_path))


def check(entries: Any, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str]]:
    Path("models.json").write_text(json.dumps(entries))
    code = cli.main(["config", "check", "models.json", *options])
    printed = capsys.readouterr()
    assert KEY not in printed.out + printed.err
    return code, (printed.out + printed.err).splitlines()


def test_an_entry_with_a_key_and_a_model_is_usable(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = check([{"model": "gpt-4o", "api_key": KEY}], capsys)
    assert code == 0
    assert lines == ["0: gpt-4o (openai): usable, with its own api_key", "1 of 1 can be used."]


def test_a_key_may_be_in_the_environment(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    code, lines = check([{"model": "gpt-4o"}], capsys)
    assert (code, lines[0]) == (0, "0: gpt-4o (openai): usable, with the key in OPENAI_API_KEY")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"model": "gpt-4o"}, "or set the environment variable OPENAI_API_KEY"),
        ({"model": "gpt-4o", "api_key": ""}, "The api_key of model 'gpt-4o' is empty"),
        ({"model": "gpt-4o", "api_key": "<your OpenAI API key here>"}, "its api_key is still a placeholder"),
        ({"model": "<the model your server serves>", "api_key": "x"}, "its model is still a placeholder"),
        ({"api_key": KEY}, "model: Field required"),
        ({"model": "m", "api_key": KEY, "api_type": "zzz"}, "'zzz', which is not known"),
        ({"model": "m", "api_key": KEY, "base_url": "not a url"}, "base_url: "),
        ({"model": "m", "api_key": {"nested": KEY}}, "api_key: "),
        ("gpt-4o", "it is not an object with a model"),
    ],
)
def test_what_an_entry_lacks_is_told(entry: Any, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = check([entry], capsys)
    assert code == 1
    assert "NOT usable: " in lines[0]
    assert problem in lines[0]


def test_a_missing_package_is_told_with_the_extra_that_installs_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "groq", None)
    monkeypatch.delitem(sys.modules, "autogen_classic.oai.groq", raising=False)
    code, lines = check([{"model": "m", "api_key": KEY, "api_type": "groq"}], capsys)
    assert code == 1
    assert "api_type 'groq' needs groq (" in lines[0]
    assert 'Install it with: pip install "autogen-classic[groq]"' in lines[0]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"api_type": "azure", "api_key": KEY, "api_version": "2025-01-01"}, "azure_endpoint"),
        ({"api_type": "azure", "api_key": KEY, "azure_endpoint": "https://a.example"}, "OPENAI_API_VERSION"),
        (
            {
                "api_type": "azure",
                "azure_endpoint": "https://a.example",
                "api_version": "2025-01-01",
                "azure_ad_token_provider": "DEFAULT",
            },
            "pip install azure-identity",
        ),
        ({"api_type": "responses", "azure_endpoint": "https://a.example"}, "AZURE_OPENAI_API_KEY"),
        ({"api_type": "bedrock", "aws_region": "eu-west-1"}, "needs credentials"),
        ({"api_type": "google", "api_key": KEY, "project_id": "p"}, "cannot be set when using an API key"),
        ({"api_type": "anthropic"}, "ANTHROPIC_API_KEY"),
    ],
)
def test_what_the_client_refuses_is_not_usable(
    entry: Any, problem: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    code, lines = check([{"model": "m", **entry}], capsys)
    assert code == 1
    assert problem in lines[0]


def test_a_key_for_the_gemini_api_is_not_said_to_go_to_vertex(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    entries = [{"model": "m", "api_type": "google"}, {"model": "m", "api_type": "google_vertex", "project_id": "p"}]
    _, lines = check(entries, capsys)
    assert lines[0].endswith("usable, with the key in GEMINI_API_KEY")
    assert lines[1].endswith("usable, with its own project_id")
    _, lines = check([{"model": "m", "api_type": "google_vertex"}], capsys)
    assert "GEMINI_API_KEY" not in lines[0]


def test_credentials_that_boto3_finds_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    _, lines = check([{"model": "m", "api_type": "bedrock", "aws_region": "eu-west-1"}], capsys)
    assert lines[0].endswith("usable, with the credentials that boto3 has found")


def test_a_server_without_keys_is_not_said_to_get_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    code, lines = check([{"model": "m", "api_key": "", "base_url": "http://127.0.0.1:9/v1"}], capsys)
    assert (code, lines[0]) == (0, "0: m (openai): usable, without a key")


def test_one_usable_entry_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = check([{"model": "gpt-4o"}, {"model": "gpt-4o", "api_key": KEY}], capsys)
    assert (code, lines[-1]) == (0, "1 of 2 can be used.")


def test_a_class_of_the_program_needs_no_key(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = check([{"model": "m", "model_client_cls": "Mine"}], capsys)
    assert code == 0
    assert "by the class Mine, which the program must register" in lines[0]


def test_without_a_name_the_usual_list_is_checked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAI_CONFIG_LIST", json.dumps([{"model": "gpt-4o", "api_key": KEY}]))
    assert cli.main(["config", "check"]) == 0
    assert KEY not in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{broken " + KEY, "[]", '"text"', '{"model": "m"}'])
def test_a_list_that_cannot_be_read_is_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("models.json").write_text(text)
    assert cli.main(["config", "check", "models.json"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("autogen-classic config check: ")
    assert KEY not in told
    assert told.count("column") <= 1  # the place is told once


def test_a_missing_list_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "check", "nowhere.json"]) == 1
    told = capsys.readouterr().err
    assert 'Write your list into it, such as [{"model": "gpt-4o", "api_key": "..."}], or set the variable' in told
    assert told.endswith("to the list: nowhere.json\n")


def test_ask_sends_one_request_and_tells_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = error(401, f"Incorrect API key provided: {KEY}.")
    with MockOpenAIServer(["yes", refusal]) as server:
        entry = {"model": "gpt-4o", "api_key": KEY, "base_url": server.base_url}
        code, lines = check([entry, entry], capsys, "--ask")
        assert len(server.requests) == 2
    assert code == 0
    assert lines[0].endswith("usable, with its own api_key")
    assert "NOT usable: asking it failed with AuthenticationError" in lines[1]


def test_a_problem_names_the_same_number_as_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = check([{"model": "a", "api_key": KEY}, {"api_key": KEY}], capsys)
    assert lines[1].startswith("1: no model (openai): NOT usable: config_list[1]")


def test_a_class_that_only_the_program_has_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = check([{"model": "m", "model_client_cls": "Mine"}], capsys, "--ask")
    assert (code, lines[0]) == (0, "0: m (openai): usable, by the class Mine, which the program must register")
