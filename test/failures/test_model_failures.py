"""A model that cannot answer: the error says why, nothing that was said is lost, and the chat can go on."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from autogen_classic.testing import disconnect, error

HELLO, GO_ON = "Hello.", "Go on."
KEY = "sk-planted-key-0123456789"


def config(server: Any, **settings: Any) -> dict[str, Any]:
    return server.config(**{"api_key": KEY, "max_retries": 0, **settings})


@pytest.fixture
def fails(agent: Any, chat: Any, said: Any, sent: Any) -> Any:
    """Run a chat into a failing model, check that both sides keep what was said, and go on with a working one.

    The last configuration's server must answer "Here I am." at the end of its script.
    """

    def run(kind: type[BaseException], *configs: dict[str, Any], server: Any, **settings: Any) -> str:
        person, helper = agent("person"), agent("helper", *configs)
        helper.llm_config.update(settings)
        helper._classic_rebuild_client()
        with pytest.raises(kind) as caught:
            chat(person, helper, HELLO)
        assert said(person, helper) == [("assistant", HELLO)]
        assert said(helper, person) == [("user", HELLO)]

        chat(person, helper, GO_ON, clear_history=False)
        assert sent(server) == [("system", "You are helper."), ("user", HELLO), ("user", GO_ON)]
        assert said(person, helper) == [("assistant", HELLO), ("assistant", GO_ON), ("user", "Here I am.")]
        assert said(helper, person) == [("user", HELLO), ("user", GO_ON), ("assistant", "Here I am.")]
        assert KEY not in str(caught.value) + repr(caught.value)
        return str(caught.value)

    return run


def test_a_wrong_key_is_named_as_such(serve: Any, fails: Any) -> None:
    server = serve(error(401, f"Incorrect API key provided: {KEY}."), "Here I am.")
    text = fails(openai.AuthenticationError, config(server), server=server)
    assert "401" in text
    assert "Incorrect API key provided: ***." in text
    assert "Check the api_key of this configuration" in text


def test_a_server_that_insists_on_its_key_refuses_another_one(serve: Any, agent: Any, chat: Any) -> None:
    server = serve("never said", token="sk-the-right-one")
    with pytest.raises(openai.AuthenticationError, match="The API key is not valid"):
        chat(agent("person"), agent("helper", config(server)), HELLO)
    assert server.remaining == 1


def test_after_rate_limits_everywhere_the_error_names_every_configuration_tried(serve: Any, fails: Any) -> None:
    first, second = serve(error(429, "first is busy"), error(429)), serve(error(429, "second is busy"), "Here I am.")
    text = fails(openai.RateLimitError, config(first, model="one"), config(second, model="two"), server=second)
    assert f"[0] model 'one' at {first.base_url}: RateLimitError" in text
    assert f"[1] model 'two' at {second.base_url}: RateLimitError" in text
    assert "first is busy" in text
    assert "second is busy" in text


def test_retry_after_is_waited_for_before_the_next_configuration_is_asked(
    serve: Any, agent: Any, chat: Any, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("time.sleep", waits.append)
    monkeypatch.setattr("anyio.sleep", note)
    first, second = serve(error(429, retry_after=7), error(429, retry_after=9)), serve("Here I am.")
    person, helper = agent("person"), agent("helper", config(first, max_retries=1), config(second))
    chat(person, helper, HELLO)
    assert waits == [7]
    assert len(first.requests) == 2
    assert said(helper, person) == [("user", HELLO), ("assistant", "Here I am.")]


def test_a_context_that_is_too_long_is_named_with_a_way_out(serve: Any, fails: Any) -> None:
    too_long = error(400, "This model's maximum context length is 10 tokens.", code="context_length_exceeded")
    server = serve(too_long, "Here I am.")
    text = fails(openai.BadRequestError, config(server), server=server)
    assert "maximum context length is 10 tokens" in text
    assert "take a model with a longer context" in text


def test_a_server_that_goes_in_mid_stream_leaves_no_half_message(serve: Any, fails: Any) -> None:
    server = serve(disconnect("Here ", "I"), "Here I am.")
    text = fails(openai.APIConnectionError, config(server), server=server, stream=True)
    assert "closed the connection" in text
    assert server.base_url in text


def test_a_server_that_goes_before_it_answers_is_a_connection_error(serve: Any, fails: Any) -> None:
    server = serve(disconnect(), "Here I am.")
    text = fails(openai.APIConnectionError, config(server), server=server)
    assert f"Asked was model 'mock-model' at {server.base_url}." in text
    assert "Check base_url" in text


def test_a_server_that_breaks_is_named_with_its_status(serve: Any, fails: Any) -> None:
    server = serve(error(500, "out of order"), "Here I am.")
    text = fails(openai.InternalServerError, config(server), server=server)
    assert "500" in text
    assert "out of order" in text


def test_a_failure_late_in_a_chat_keeps_all_that_was_said(
    serve: Any, agent: Any, chat: Any, said: Any, sent: Any
) -> None:
    server = serve("one", "two", error(500), "four")
    person, helper = agent("person", default_auto_reply="more"), agent("helper", config(server))
    with pytest.raises(openai.InternalServerError):
        chat(person, helper, HELLO, max_turns=5)
    kept = [("user", HELLO), ("assistant", "one"), ("user", "more"), ("assistant", "two"), ("user", "more")]
    assert said(helper, person) == kept

    chat(person, helper, GO_ON, clear_history=False)
    assert sent(server)[1:] == [*kept, ("user", GO_ON)]
    assert said(helper, person) == [*kept, ("user", GO_ON), ("assistant", "four")]
    assert [content for _, content in said(person, helper)] == [content for _, content in said(helper, person)]


def test_a_failing_summary_keeps_all_that_was_said(serve: Any, agent: Any, chat: Any, said: Any) -> None:
    server = serve("one", error(500), "two", "the sum")
    person, helper = agent("person"), agent("helper", config(server))
    with pytest.raises(openai.InternalServerError):
        chat(person, helper, HELLO, summary_method="reflection_with_llm")
    assert said(helper, person) == [("user", HELLO), ("assistant", "one")]

    result = chat(person, helper, GO_ON, clear_history=False, summary_method="reflection_with_llm")
    assert result.summary == "the sum"
    assert said(helper, person)[2:] == [("user", GO_ON), ("assistant", "two")]


def test_a_failed_chat_lends_its_cache_to_nobody(serve: Any, agent: Any, chat: Any) -> None:
    from autogen_classic import Cache

    server = serve(error(500))
    person, helper = agent("person"), agent("helper", config(server))
    with Cache.disk(7) as cache, pytest.raises(openai.InternalServerError):
        chat(person, helper, HELLO, cache=cache)
    assert person.client_cache is None
    assert helper.client_cache is None


def test_a_failing_selection_keeps_what_the_group_has_said(serve: Any, agent: Any, chat: Any, said: Any) -> None:
    from autogen_classic import GroupChat, GroupChatManager

    server = serve("carl", error(500, "out of order"), "carl", "dora")
    ann, carl, dora = (agent(name, default_auto_reply=f"I am {name}.") for name in ("ann", "carl", "dora"))
    group = GroupChat([ann, carl, dora], [], max_round=3, allow_repeat_speaker=False)
    llm_config = {"config_list": [config(server)], "cache_seed": None}
    manager = GroupChatManager(group, llm_config=llm_config)
    with pytest.raises(openai.InternalServerError, match="out of order"):
        chat(ann, manager, HELLO)
    assert [message["content"] for message in group.messages] == [HELLO, "I am carl."]
    for member in (ann, dora):
        assert [content for _, content in said(member, manager)] == [HELLO, "I am carl."]

    chat(ann, manager, GO_ON, clear_history=False)
    assert [message["content"] for message in group.messages] == [
        HELLO,
        "I am carl.",
        GO_ON,
        "I am carl.",
        "I am dora.",
    ]
