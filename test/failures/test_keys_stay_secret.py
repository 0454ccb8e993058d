"""A key in a configuration shows up nowhere: no error, repr, log record, event, history or cache file."""

from __future__ import annotations

import asyncio
import logging
import traceback
from pathlib import Path
from typing import Any

import openai
import pytest

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager, OpenAIWrapper
from autogen_classic._core.events import ModelAsked, listening
from autogen_classic.testing import disconnect, error, tool_call

KEY = "sk-planted-key-0123456789"
HEADER = "bearer-planted-in-a-header"


def config(server: Any, **settings: Any) -> dict[str, Any]:
    headers = {"X-Api-Key": HEADER}
    return server.config(**{"api_key": KEY, "max_retries": 0, "default_headers": headers, **settings})


def assert_secret(text: str) -> None:
    assert KEY not in text
    assert HEADER not in text


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Any:
    """What loggers and events tell, as one text."""
    events: list[str] = []
    loggers = [name for name in logging.root.manager.loggerDict if name.startswith(("autogen", "autogen_classic"))]
    for name in ("autogen", "autogen_classic", *loggers):
        caplog.set_level(logging.DEBUG, logger=name)

    def note(event: Any) -> None:
        events.append(repr(event))
        if isinstance(event, ModelAsked):
            events.append(repr(event.request))

    def tell() -> str:
        records = [record for record in caplog.records if not record.name.startswith("openai")]
        told = [f"{record.getMessage()} {record.args}" for record in records]
        return "\n".join(events + told)

    with listening(note):
        yield tell


@pytest.mark.parametrize(
    "reply",
    [
        error(400, f"bad {KEY} {HEADER}"),
        error(401, f"Incorrect API key provided: {KEY}"),
        error(404, f"no such model for {KEY}"),
        error(429, f"slow down, {KEY}"),
        error(500, f"out of order {HEADER}"),
        disconnect(),
    ],
)
@pytest.mark.parametrize("configurations", [1, 2])
def test_no_error_of_a_provider_shows_a_key(
    serve: Any, agent: Any, chat: Any, everything: Any, reply: Any, configurations: int
) -> None:
    configs = [config(serve(reply)) for _ in range(configurations)]
    helper = agent("helper", *configs)
    with pytest.raises(openai.APIError) as caught:
        chat(agent("person"), helper, "Hello.")
    assert_secret("".join(traceback.format_exception(caught.value)))
    assert_secret(repr(caught.value) + repr(helper) + repr(helper.client) + repr(helper.client._clients))
    assert_secret(everything())


def test_a_password_in_an_address_is_not_shown(serve: Any, agent: Any, chat: Any) -> None:
    server = serve(error(400))
    address = server.base_url.replace("http://", f"http://user:{KEY}@")
    with pytest.raises(openai.APIError) as caught:
        chat(agent("person"), agent("helper", config(server, base_url=address)), "Hello.")
    assert server.base_url in str(caught.value)
    assert_secret(str(caught.value))


def test_a_timeout_shows_no_key(serve: Any, agent: Any, chat: Any) -> None:
    from autogen_classic.testing import hang

    with pytest.raises(TimeoutError) as caught:
        chat(agent("person"), agent("helper", config(serve(hang()), timeout=0.05)), "Hello.")
    assert_secret("".join(traceback.format_exception(caught.value)))


def test_no_event_log_result_or_cache_file_of_a_good_chat_shows_a_key(
    serve: Any, agent: Any, chat: Any, everything: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(tool_call("now"), "It is noon.", "noon")
    llm_config = {"config_list": [config(server, extra_headers={"X-Token": HEADER})], "cache_seed": 5}
    person, helper = agent("person", function_map={"now": lambda: "12"}), agent("helper", llm_config=llm_config)
    result = chat(person, helper, "What time is it?", max_turns=2, silent=False, summary_method="reflection_with_llm")
    assert result.summary == "noon"
    assert_secret(repr(result) + repr(helper.chat_messages) + everything() + capsys.readouterr().out)
    assert_secret(repr(helper) + str(helper) + repr(helper.client) + repr(helper.get_total_usage()))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert KEY.encode() not in path.read_bytes()
        assert HEADER.encode() not in path.read_bytes()


def test_a_group_shows_no_key(serve: Any, agent: Any, chat: Any, everything: Any) -> None:
    server = serve("bob", "Hello, I am bob.", error(500, KEY))
    ann, bob = agent("ann"), agent("bob", config(server))
    carl = agent("carl")
    group = GroupChat([ann, bob, carl], [], max_round=3)
    manager = GroupChatManager(group, llm_config={"config_list": [config(server)], "cache_seed": None})
    with pytest.raises(openai.APIError) as caught:
        chat(ann, manager, "Hello.")
    assert_secret(str(caught.value) + repr(group) + repr(manager) + everything())


@pytest.mark.parametrize(
    "llm_config",
    [
        {"config_list": {"model": "m", "api_key": KEY}},
        {"config_list": [KEY]},
        {"config_list": [{"model": "m", "api_key": KEY, "api_type": "opnai"}]},
        {"config_list": [{"model": "m", "api_key": KEY, "api_rate_limit": -1}]},
        [{"model": "m", "api_key": KEY}],
    ],
)
def test_no_error_of_a_constructor_shows_a_key(llm_config: Any) -> None:
    with pytest.raises((TypeError, ValueError, AssertionError)) as caught:
        ConversableAgent("helper", llm_config=llm_config)
    assert_secret(str(caught.value))


def test_a_configuration_in_the_place_of_an_agent_is_not_shown(agent: Any, chat: Any) -> None:
    ann, llm_config = agent("ann"), {"config_list": [{"model": "m", "api_key": KEY}]}
    with pytest.raises(ValueError, match="something of type dict") as in_a_group:
        GroupChat([ann, llm_config], [])  # type: ignore[list-item]
    assert_secret(str(in_a_group.value))
    group = GroupChat([ann], [], select_speaker_auto_llm_config=llm_config)
    with pytest.raises(AttributeError, match="of type GroupChat") as as_recipient:
        chat(ann, group, "Hello.")
    assert_secret(str(as_recipient.value))


@pytest.mark.parametrize("unknown", [{"temprature": 1}, {"max_tokns": 3}])
def test_an_unknown_parameter_shows_no_key(serve: Any, unknown: Any) -> None:
    wrapper = OpenAIWrapper(config_list=[config(serve())], cache_seed=None, **unknown)
    for ask in (wrapper.create, lambda **settings: asyncio.run(wrapper.a_create(**settings))):
        with pytest.raises(TypeError, match=next(iter(unknown))) as caught:
            ask(messages=[{"role": "user", "content": "Hello."}])
        assert_secret(str(caught.value))
