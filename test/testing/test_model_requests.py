"""The switch that forbids requests to models on other machines."""

from __future__ import annotations

import pytest

from autogen_classic import AssistantAgent
from autogen_classic._core.model_requests import FORBID_VARIABLE, check_request_allowed, model_requests_are_allowed
from autogen_classic.exception_utils import AutogenClassicError
from autogen_classic.testing import (
    MockOpenAIServer,
    ModelRequestForbiddenError,
    ScriptedClient,
    allow_model_requests,
    forbid_model_requests,
)

REMOTE = "https://api.openai.com/v1"
HI = [{"role": "user", "content": "Hi"}]


@pytest.fixture(autouse=True)
def _switch_is_turned_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FORBID_VARIABLE, raising=False)
    monkeypatch.setattr("autogen_classic._core.model_requests._allowed", None)


def test_requests_are_allowed_unless_somebody_forbids_them() -> None:
    check_request_allowed(REMOTE)
    assert model_requests_are_allowed()


@pytest.mark.parametrize("target", [REMOTE, "openai", "http://192.168.0.7:11434/v1", "http://localhost.example.com"])
def test_other_machines_and_providers_are_refused(target: str) -> None:
    with forbid_model_requests(), pytest.raises(ModelRequestForbiddenError, match=r"forbid_model_requests\(\)"):
        check_request_allowed(target)


@pytest.mark.parametrize(
    "target", ["http://localhost:8000", "http://127.0.0.1:1/v1", "http://127.3.2.1", "http://[::1]:80/v1"]
)
def test_this_machine_is_always_allowed(target: str) -> None:
    with forbid_model_requests():
        check_request_allowed(target)


def test_the_end_of_the_block_turns_the_switch_back() -> None:
    with forbid_model_requests():
        with allow_model_requests():
            check_request_allowed(REMOTE)
        with pytest.raises(ModelRequestForbiddenError):
            check_request_allowed(REMOTE)
    check_request_allowed(REMOTE)


def test_without_a_block_it_stays_turned() -> None:
    allow_model_requests(False)
    assert not model_requests_are_allowed()


@pytest.mark.parametrize(("value", "allowed"), [("1", False), ("true", False), ("0", True), ("", True), ("off", True)])
def test_the_environment_decides_where_the_program_does_not(
    monkeypatch: pytest.MonkeyPatch, value: str, allowed: bool
) -> None:
    monkeypatch.setenv(FORBID_VARIABLE, value)
    assert model_requests_are_allowed() is allowed


def test_the_program_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FORBID_VARIABLE, "1")
    with allow_model_requests():
        check_request_allowed(REMOTE)
    with pytest.raises(ModelRequestForbiddenError, match=FORBID_VARIABLE):
        check_request_allowed(REMOTE)


def test_the_error_shows_no_secret_of_an_address() -> None:
    with forbid_model_requests(), pytest.raises(ModelRequestForbiddenError) as caught:
        check_request_allowed("https://user:secret@models.example.com/v1?key=secret")
    assert "secret" not in str(caught.value)
    assert "https://models.example.com/v1" in str(caught.value)
    assert isinstance(caught.value, AutogenClassicError)


def test_an_agent_cannot_reach_a_real_model() -> None:
    agent = AssistantAgent("assistant", llm_config={"model": "m", "api_key": "sk-test", "cache_seed": None})
    with forbid_model_requests(), pytest.raises(ModelRequestForbiddenError, match=r"api\.openai\.com"):
        agent.generate_reply(HI)


def test_agents_with_doubles_go_on() -> None:
    with forbid_model_requests(), MockOpenAIServer(["served"]) as server:
        assert AssistantAgent("a", llm_config=server.llm_config()).generate_reply(HI) == "served"
        scripted = AssistantAgent("b", llm_config=ScriptedClient(["scripted"]).llm_config())
        assert scripted.generate_reply(HI) == "scripted"
