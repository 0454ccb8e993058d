"""Pictures of chats and groups: who spoke to whom, who may follow whom, and what a notebook shows."""

from __future__ import annotations

import base64
import json
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from agent_kit import agent

from autogen_classic import ChatResult, GroupChat, GroupChatManager, register_function
from autogen_classic._pictures.entries import Entry, entries_of_history
from autogen_classic._pictures.html import _lexer_for, body_of
from autogen_classic.testing import ScriptedClient, tool_call

SVG = {"svg": "http://www.w3.org/2000/svg"}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


class Elements(HTMLParser):
    """Notes the elements of a page, their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def texts_in(svg: str) -> list[str | None]:
    return [text.text for text in ET.fromstring(svg).findall("svg:text", SVG)]


@pytest.fixture
def sum_chat() -> ChatResult:
    client = ScriptedClient([tool_call("add", a=1, b=2), "3 it is."])
    assistant = agent("assistant", llm_config=client.llm_config())
    user = agent("user", max_consecutive_auto_reply=1)

    def add(a: int, b: int) -> int:
        return a + b

    register_function(add, caller=assistant, executor=user, description="Add.")
    return user.initiate_chat(assistant, message="1 + 2; quickly?", silent=True)


def test_a_chat_is_drawn_as_a_sequence_with_its_calls(sum_chat: ChatResult) -> None:
    assert sum_chat.draw("text").splitlines() == [
        "user -> assistant: 1 + 2; quickly?",
        'assistant -> user: [calls add({"a": 1, "b": 2})]',
        "user -> assistant: 3",
        "assistant -> user: 3 it is.",
    ]
    assert sum_chat.draw().splitlines()[:4] == [
        "sequenceDiagram",
        "    participant n0 as user",
        "    participant n1 as assistant",
        "    n0->>n1: 1 + 2#59; quickly?",
    ]
    assert {"user", "assistant", "1 + 2; quickly?", "3 it is."} <= set(texts_in(sum_chat.draw("svg")))


def test_a_drawing_has_all_of_its_forms_and_is_a_picture_in_a_notebook(sum_chat: ChatResult) -> None:
    drawing = sum_chat.draw()
    assert drawing == drawing.mermaid
    assert drawing.svg == sum_chat.draw("svg") == drawing._repr_svg_()
    assert ET.fromstring(drawing.svg).find("svg:desc", SVG).text == drawing.text
    with pytest.raises(ValueError, match="mermaid, svg, text"):
        sum_chat.draw("png")


def test_ipython_prints_the_lines_of_a_drawing_as_they_are(sum_chat: ChatResult) -> None:
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    assert pretty(sum_chat.draw("text")) == sum_chat.draw().text


def test_in_a_group_everybody_speaks_to_the_manager() -> None:
    ann, bob = agent("ann", default_auto_reply="I agree."), agent("bob", default_auto_reply="So do I.")
    user = agent("user")
    group = GroupChat([user, ann, bob], [], max_round=3, speaker_selection_method="round_robin")
    result = user.initiate_chat(GroupChatManager(group, llm_config=False), message="Shall we?", silent=True)
    assert result.draw("text").splitlines() == [
        "user -> chat_manager: Shall we?",
        "ann -> chat_manager: I agree.",
        "bob -> chat_manager: So do I.",
    ]


def test_results_that_a_program_has_made_are_drawn_too() -> None:
    assert ChatResult().draw("text") == ""
    assert "0 messages" in ChatResult()._repr_html_()
    assert ChatResult(chat_history="lost").draw("text") == ""
    told = ChatResult(chat_history=["Hello.", {"role": "user", "content": [{"type": "video"}]}, {"content": None}])
    assert told.draw("text").splitlines()[0] == "somebody -> user: Hello."
    assert "video" in told._repr_html_()


def test_answers_of_functions_come_from_who_was_asked() -> None:
    history = [
        {"role": "user", "name": "ann", "content": "Add."},
        {"role": "assistant", "name": "bob", "content": "", "function_call": {"name": "add", "arguments": "{}"}},
        {"role": "function", "name": "add", "content": "3"},
    ]
    assert [(one.agent, one.to) for one in entries_of_history(history)] == [
        ("ann", "bob"),
        ("bob", "ann"),
        ("ann", "bob"),
    ]


def test_among_several_speakers_without_a_manager_messages_are_for_everybody() -> None:
    history = [{"name": name, "content": "Hi."} for name in ("ann", "bob", "carl")]
    assert {entry.to for entry in entries_of_history(history)} == {"everybody"}


def test_a_group_shows_the_transitions_that_it_allows() -> None:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    transitions = {ann: [bob], bob: [bob, carl], carl: [ann]}
    group = GroupChat(
        [ann, bob, carl],
        [],
        allowed_or_disallowed_speaker_transitions=transitions,
        speaker_transitions_type="allowed",
    )
    assert group.draw("text").splitlines() == ["ann -> bob", "bob -> bob", "bob -> carl", "carl -> ann"]
    assert "    n0 --> n1\n" in group.draw()
    assert {"ann", "bob", "carl"} == set(texts_in(group.draw("svg")))


def test_an_open_group_shows_how_the_next_speaker_is_chosen() -> None:
    ann, bob = agent("ann"), agent("bob")

    def fairly(last: object, group: object) -> object:
        return ann

    assert GroupChat([ann, bob], [], speaker_selection_method=fairly).draw("text").splitlines() == [
        "ann -> next: fairly",
        "bob -> next: fairly",
        "next: fairly -> ann",
        "next: fairly -> bob",
    ]
    assert GroupChat([ann, bob], [], speaker_selection_method="round_robin").draw("text").splitlines() == [
        "ann -> bob",
        "bob -> ann",
    ]
    assert "ann -> next: auto: not twice in a row" in GroupChat([ann, bob], [], allow_repeat_speaker=False).draw("text")
    assert GroupChat([ann], []).draw("text") == "ann -> ann"


def test_a_result_is_displayed_with_everything_and_printed_as_before(sum_chat: ChatResult) -> None:
    page = Elements(sum_chat._repr_html_())
    assert "script" not in page.tags
    for said in ("1 + 2; quickly?", "calls add(", "3 it is.", "stopped: auto-reply limit", "2 requests"):
        assert said in page.text
    assert repr(sum_chat).startswith("ChatResult(chat_id=None, chat_history=[{")
    assert str(sum_chat) == repr(sum_chat)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</div></details><img src=x onerror=alert(1)>",
        "```html\n<svg onload=alert(1)>\n```",
        '```"><svg onload=alert(1)>\nx\n```',
        "![x](http://x.invalid/a.png) [y](javascript:alert(1))",
        "exitcode: 0 (execution succeeded)\nCode output: <iframe src='http://x.invalid'>",
    ],
)
def test_a_notebook_gets_no_element_that_a_message_has_written(hostile: str) -> None:
    message = {
        "role": "user",
        "name": hostile,
        "content": hostile,
        "tool_calls": [{"id": hostile, "function": {"name": hostile, "arguments": hostile}}],
        "tool_responses": [{"tool_call_id": hostile, "content": hostile}],
    }
    harmless = {**message, **dict.fromkeys(("name", "content"), "x"), "tool_calls": [], "tool_responses": []}
    shown, plain = (
        Elements(ChatResult(chat_history=[one], summary=one["content"])._repr_html_()) for one in (message, harmless)
    )
    known = {*plain.tags, "pre", "code", "span", "em"}
    assert set(shown.tags) <= known
    assert not [name for name, _ in shown.attributes if name in ("src", "href") or name.startswith("on")]


@pytest.mark.parametrize("claimed", ["image/png", "image/svg+xml", "text/html"])
def test_a_picture_is_shown_as_what_its_bytes_are(claimed: str) -> None:
    part = {"type": "image_url", "image_url": {"url": f"data:{claimed};base64,{PIXEL}"}}
    assert f'src="data:image/png;base64,{PIXEL}"' in body_of(Entry("message", "ann", "", message={"content": [part]}))


@pytest.mark.parametrize(
    "url",
    [
        "https://x.invalid/a.png",
        "data:image/svg+xml;base64," + base64.b64encode(b"<svg onload='alert(1)'/>").decode(),
        "data:image/png;base64," + base64.b64encode(b"<script>alert(1)</script>").decode(),
        "data:text/html,<script>alert(1)</script>",
        "data:image/png;base64,%%%",
        'data:image/png;base64,x" onerror="alert(1)',
        "javascript:alert(1)",
    ],
)
def test_what_is_not_a_picture_of_pixels_is_only_named(url: str) -> None:
    part = {"type": "image_url", "image_url": {"url": url}}
    page = Elements(body_of(Entry("message", "ann", "", message={"content": [part]})))
    assert page.tags == ["p", "em"]
    assert "a picture" in page.text


def test_code_is_coloured_where_its_language_is_known() -> None:
    body = body_of(Entry("message", "ann", "```python\nreturn 'x'  # <b>\n```"))
    assert '<span class="k">return</span>' in body
    assert "&lt;b&gt;" in body
    assert "span" not in body_of(Entry("message", "ann", "```klingon\nreturn\n```"))


def test_without_pygments_code_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygments.lexers", None)
    _lexer_for.cache_clear()
    assert "<code>return 1\n</code>" in body_of(Entry("message", "ann", "```python\nreturn 1\n```"))
    _lexer_for.cache_clear()


def test_outputs_lose_the_colours_of_terminals_and_hidden_characters() -> None:
    output = "exitcode: 1 (execution failed)\nCode output: \x1b[31mred\x1b[0m\u202e\x00"
    assert (
        body_of(Entry("message", "ann", output))
        == "<p>exit code 1</p><pre>red\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}</pre>"
    )


def test_names_and_texts_cannot_break_out_of_a_diagram() -> None:
    history = [
        {"name": 'a"]; click n0 "javascript:x"', "content": "x\nn1->>n0: invented"},
        {"name": "b</text><script>", "content": "\x00&"},
    ]
    drawing = ChatResult(chat_history=json.loads(json.dumps(history))).draw()
    assert len(drawing.splitlines()) == 5
    assert not set('";<') & set(drawing.split("as ")[1].replace("#quot;", "").replace("#59;", ""))
    assert ET.fromstring(drawing.svg).findall(".//svg:script", SVG) == []
