"""Checks of chat descriptions, sums of usage, and tags in texts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from autogen_classic.agentchat.utils import consolidate_chat_info, gather_usage_summary, parse_tags_from_content

MUTE = SimpleNamespace(client=None)
WITH_MODEL = SimpleNamespace(client=object())


# --- Chat descriptions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("info", "sender", "complaint"),
    [
        ({}, None, "sender must be provided"),
        ({"recipient": MUTE}, None, "sender must be provided"),
        ({"sender": MUTE}, None, "recipient must be provided"),
        ([{"recipient": MUTE}, {}], MUTE, "recipient must be provided. Chat 1"),
        ({"recipient": MUTE, "summary_method": "other"}, MUTE, "summary_method must be"),
        ({"recipient": MUTE, "summary_method": 5}, MUTE, "summary_method must be"),
        ({"recipient": MUTE, "summary_method": "reflection_with_llm"}, MUTE, "llm client must be set"),
    ],
)
def test_a_chat_that_cannot_be_held_is_refused(info: Any, sender: Any, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        consolidate_chat_info(info, sender)


@pytest.mark.parametrize(
    ("info", "sender"),
    [
        ({"sender": MUTE, "recipient": MUTE}, None),
        ([{"recipient": MUTE}, {"recipient": MUTE}], MUTE),
        ([], None),
        ({"recipient": MUTE, "summary_method": len}, MUTE),
        ({"recipient": MUTE, "summary_method": "last_msg", "message": 5, "carryover": 5, "max_turns": "x"}, MUTE),
        ({"recipient": WITH_MODEL, "summary_method": "reflection_with_llm"}, MUTE),
        ({"recipient": MUTE, "summary_method": "reflection_with_llm"}, WITH_MODEL),
    ],
)
def test_a_chat_that_can_be_held_passes(info: Any, sender: Any) -> None:
    consolidate_chat_info(info, sender)


# --- Usage ----------------------------------------------------------------------------------------------------

ONE_CALL = {"cost": 0.5, "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
TWO_CALLS = {"cost": 1.0, "prompt_tokens": 2, "completion_tokens": 4, "total_tokens": 6}


class Spender:
    """An agent that has used models."""

    def __init__(self, total: dict[str, Any] | None, actual: dict[str, Any] | None) -> None:
        self.client = self
        self.total = total
        self.actual = actual

    def get_total_usage(self) -> dict[str, Any] | None:
        return self.total

    def get_actual_usage(self) -> dict[str, Any] | None:
        return self.actual


def test_usage_adds_up_by_model() -> None:
    first = Spender({"total_cost": 0.5, "small": ONE_CALL}, None)
    second = Spender({"total_cost": 1.0, "small": ONE_CALL, "large": ONE_CALL}, {"total_cost": 0.5, "large": ONE_CALL})
    assert gather_usage_summary([first, second]) == {
        "usage_including_cached_inference": {"total_cost": 1.5, "small": TWO_CALLS, "large": ONE_CALL},
        "usage_excluding_cached_inference": {"total_cost": 0.5, "large": ONE_CALL},
    }


def test_gathering_leaves_the_usage_of_an_agent_as_it_was() -> None:
    usage = {"total_cost": 0.5, "small": dict(ONE_CALL)}
    gather_usage_summary([Spender(usage, usage), Spender(usage, usage)])
    assert usage == {"total_cost": 0.5, "small": ONE_CALL}


@pytest.mark.parametrize("agents", [[], [None], [MUTE], [Spender(None, None)]])
def test_agents_without_a_model_cost_nothing(agents: list[Any]) -> None:
    assert gather_usage_summary(agents) == {
        "usage_including_cached_inference": {"total_cost": 0},
        "usage_excluding_cached_inference": {"total_cost": 0},
    }


# --- Tags -----------------------------------------------------------------------------------------------------


def attributes_in(content: Any) -> list[dict[str, str]]:
    return [found["attr"] for found in parse_tags_from_content("img", content)]


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("<img a.png>", {"src": "a.png"}),
        ("<img   a.png   >", {"src": "a.png"}),
        ("<img my picture.png>", {"src": "my picture.png"}),
        ("<img http://x/y?a=1&b=2>", {"src": "http://x/y?a=1&b=2"}),
        ("<img data:image/png;base64,AAA==>", {"src": "data:image/png;base64,AAA=="}),
        ("<img src='a b.png'>", {"src": "a b.png"}),
        ('<img src="it\'s.png">', {"src": "it's.png"}),
        ("<img src='a.png'/>", {"src": "a.png"}),
        ("<img src=a.png>", {"src": "a.png"}),
        ("<img src=\"a b.png\" width=100 height='9'>", {"src": "a b.png", "width": "100", "height": "9"}),
        ('<img a.png width="100">', {"src": "a.png", "width": "100"}),
        ('<img xlink:href="a.png" data.x="1">', {"xlink:href": "a.png", "data.x": "1"}),
        ("<img >", {}),
    ],
)
def test_a_tag_gives_its_source_and_its_attributes(text: str, attributes: dict[str, str]) -> None:
    assert attributes_in(text) == [attributes]


@pytest.mark.parametrize("text", ["", "<img>", "<img/>", "<image a>", "< img a>", "<IMG a>", "<img a\nb>", "<audio a>"])
def test_what_is_no_such_tag_is_passed_over(text: str) -> None:
    assert attributes_in(text) == []


def test_each_tag_tells_where_it_stands() -> None:
    first, second = parse_tags_from_content("img", "see <img a.png> and <img b.png>")
    assert (first["tag"], first["match"].group(0)) == ("img", "<img a.png>")
    assert second["match"].start() == 20


def test_tags_are_found_in_the_texts_of_a_multimodal_message() -> None:
    parts = [
        {"type": "text", "text": "<img a>"},
        {"type": "image_url", "image_url": {"url": "<img b>"}},
        "<img c>",
        {"type": "text"},
    ]
    assert attributes_in(parts) == [{"src": "a"}, {"src": "c"}]


@pytest.mark.parametrize("content", [None, 5, {"type": "text", "text": "<img a>"}])
def test_content_of_another_type_is_refused(content: Any) -> None:
    with pytest.raises(ValueError, match="content must be str or list"):
        attributes_in(content)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_quote_within_a_quoted_text_does_not_end_it(quote: str) -> None:
    text = f"<audio text={quote}Hello I{quote}m a robot{quote} prompt={quote}whisper{quote}>"
    (tag,) = parse_tags_from_content("audio", text)
    assert tag["attr"] == {"text": f"Hello I{quote}m a robot", "prompt": "whisper"}
