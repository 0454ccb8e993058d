"""Transforms in chats: what the model sees, what is stored, and what is printed."""

from __future__ import annotations

import copy
import sys
import threading
from types import ModuleType
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.capabilities import transforms_util
from autogen_classic.agentchat.contrib.capabilities.agent_capability import AgentCapability
from autogen_classic.agentchat.contrib.capabilities.text_compressors import LLMLingua
from autogen_classic.agentchat.contrib.capabilities.transform_messages import TransformMessages
from autogen_classic.agentchat.contrib.capabilities.transforms import (
    MessageHistoryLimiter,
    MessageHistorySummarizer,
    MessageTokenLimiter,
    TextMessageCompressor,
    TextMessageContentName,
)
from autogen_classic.cache import Cache
from autogen_classic.cache.in_memory_cache import InMemoryCache
from autogen_classic.testing import MockOpenAIServer, tool_call

Message = dict[str, Any]


class Shout:
    """A transform that edits what it gets, as programs do."""

    def apply_transform(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message["content"] = message["content"].upper()
        return messages

    def get_logs(self, pre_transform_messages: list[Message], post_transform_messages: list[Message]) -> Any:
        changed = sum(a != b for a, b in zip(pre_transform_messages, post_transform_messages, strict=True))
        return f"{changed} shouted", bool(changed)


class FirstLetters:
    """A compressor that keeps the beginning of a text, and counts letters for tokens."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def compress_text(self, text: str, **compression_params: Any) -> dict[str, Any]:
        self.asked.append((text, compression_params))
        return {"compressed_prompt": text[:3], "origin_tokens": len(text), "compressed_tokens": 3}


@both_ways
def test_the_model_sees_the_transformed_history_and_the_store_keeps_the_original(way: str) -> None:
    with MockOpenAIServer(["one", "two", "three"]) as server:
        bob = agent("bob", llm_config=server.llm_config(), system_message="Be bob.")
        ann = agent("ann", default_auto_reply="more")
        TransformMessages(transforms=[Shout(), MessageHistoryLimiter(2)]).add_to_agent(bob)
        chat(way, ann, bob, max_turns=3)
        sent = [[message["content"] for message in request["messages"]] for request in server.requests]
    assert sent == [["Be bob.", "HI"], ["Be bob.", "ONE", "MORE"], ["Be bob.", "TWO", "MORE"]]
    for history in (bob.chat_messages[ann], ann.chat_messages[bob]):
        assert [message["content"] for message in history] == ["hi", "one", "more", "two", "more", "three"]


@both_ways
def test_each_transform_says_in_a_line_what_it_did(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    for verbose in (True, False):
        bob = agent("bob")
        TransformMessages(transforms=[Shout(), MessageHistoryLimiter(1)], verbose=verbose).add_to_agent(bob)
        chat(way, agent("ann"), bob, max_turns=2)
        lines = ["1 shouted", "3 shouted", "Removed 2 messages. Number of messages reduced from 3 to 1."]
        assert capsys.readouterr().out.splitlines() == (lines if verbose else [])


def test_a_system_message_at_the_head_is_not_transformed() -> None:
    bob = agent("bob")
    seen: list[list[Message]] = []
    bob.register_reply([None], lambda recipient, messages, sender, config: seen.append(messages) or (True, "ok"))
    TransformMessages(transforms=[Shout(), MessageHistoryLimiter(1)]).add_to_agent(bob)
    history = [{"role": role, "content": role} for role in ("system", "user", "assistant")]
    bob.generate_reply(history)
    bob.generate_reply(history[:1])
    assert [[message["content"] for message in one] for one in seen] == [["system", "ASSISTANT"], ["system"]]


@both_ways
def test_asynchronous_chats_await_an_asynchronous_transform(way: str) -> None:
    class Marked(Shout):
        async def a_apply_transform(self, messages: list[Message]) -> list[Message]:
            return [{**message, "content": "awaited"} for message in messages]

    with MockOpenAIServer(["fine"]) as server:
        bob = agent("bob", llm_config=server.llm_config())
        TransformMessages(transforms=[Marked()]).add_to_agent(bob)
        chat(way, agent("ann"), bob, max_turns=1)
        assert server.requests[0]["messages"][-1]["content"] == {"sync": "HI", "async": "awaited"}[way]


@both_ways
def test_the_model_that_selects_a_speaker_sees_the_transformed_history(way: str) -> None:
    with MockOpenAIServer(["carl", "bob"]) as server:
        members = [agent(name, default_auto_reply=f"{name} says it") for name in ("ann", "bob", "carl")]
        transforms = TransformMessages(transforms=[MessageHistoryLimiter(1), Shout()], verbose=False)
        group = GroupChat(members, [], max_round=3, select_speaker_transform_messages=transforms)
        manager = GroupChatManager(group, llm_config=server.llm_config())
        chat(way, members[0], manager)
        sent = [[message["content"] for message in request["messages"][1:]] for request in server.requests]
    assert [len(messages) for messages in sent] == [1, 1]
    assert all(messages[0].isupper() for messages in sent)
    assert [message["content"] for message in group.messages] == ["hi", "carl says it", "bob says it"]


def look(where: str) -> str:
    return f"a tree in {where}"


@both_ways
def test_in_a_group_a_limited_model_still_sees_its_call_with_the_answer(way: str) -> None:
    with MockOpenAIServer([tool_call("look", where="the park"), "I saw a tree."]) as server:
        caller, runner = agent("caller", llm_config=server.llm_config()), agent("runner")
        caller.register_for_llm(name="look", description="Look.")(look)
        runner.register_for_execution(name="look")(look)
        TransformMessages(transforms=[MessageHistoryLimiter(1), MessageTokenLimiter(1)]).add_to_agent(caller)
        group = GroupChat([runner, caller], [], max_round=4, speaker_selection_method="round_robin")
        chat(way, runner, GroupChatManager(group, llm_config=False))
        _, called, answered = server.requests[1]["messages"]
    assert called["tool_calls"][0]["id"] == answered["tool_call_id"]
    assert "a tree in the park".startswith(answered["content"])
    assert group.messages[-1]["content"] == "I saw a tree."


def test_an_agent_gets_the_same_transforms_once_and_agents_may_share_them() -> None:
    transforms = TransformMessages(transforms=[MessageHistoryLimiter(1)])
    bob = agent("bob")
    transforms.add_to_agent(bob)
    transforms.add_to_agent(agent("carl"))
    with pytest.raises(AssertionError, match="bob has these transforms already"):
        transforms.add_to_agent(bob)
    TransformMessages(transforms=[MessageHistoryLimiter(1)]).add_to_agent(bob)


def test_a_copy_of_an_agent_keeps_the_transforms() -> None:
    transforms = TransformMessages(transforms=[MessageHistoryLimiter(1)])
    bob = agent("bob")
    transforms.add_to_agent(bob)
    twin = copy.deepcopy(bob)
    (hook,) = twin.hook_lists["process_all_messages_before_reply"]
    assert hook.__self__.agent is twin
    with pytest.raises(AssertionError, match="has these transforms already"):
        transforms.add_to_agent(twin)


def test_messages_may_hold_what_cannot_be_copied() -> None:
    bob = agent("bob")
    TransformMessages(transforms=[Shout()], verbose=False).add_to_agent(bob)
    message = {"role": "user", "content": "hi", "context": {"lock": threading.Lock()}}
    assert bob.generate_reply([message]) == "I am bob"
    assert message["content"] == "hi"


def test_what_is_not_a_transform_is_refused_when_it_is_given() -> None:
    class WithoutLogs:
        def apply_transform(self, messages: list[Message]) -> list[Message]:
            return messages

    class Forgetful(Shout):
        def apply_transform(self, messages: list[Message]) -> list[Message]:
            return None  # type: ignore[return-value]

    with pytest.raises(TypeError, match="transforms must be a list"):
        TransformMessages(transforms=Shout())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Put one into a list"):
        TransformMessages(transforms=MessageHistoryLimiter())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"a class.*as in MessageHistoryLimiter\(\)"):
        TransformMessages(transforms=[MessageHistoryLimiter])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="no method apply_transform or get_logs"):
        TransformMessages(transforms=[3])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="no method get_logs"):
        TransformMessages(transforms=[WithoutLogs()])  # type: ignore[list-item]
    TransformMessages(transforms=[WithoutLogs()], verbose=False)  # type: ignore[list-item]
    bob = agent("bob")
    TransformMessages(transforms=[Forgetful()]).add_to_agent(bob)
    with pytest.raises(TypeError, match="Forgetful.apply_transform must return a list"):
        bob.generate_reply([{"role": "user", "content": "hi"}])


def test_a_capability_says_what_it_must_define() -> None:
    with pytest.raises(NotImplementedError, match="add_to_agent"):
        AgentCapability().add_to_agent(agent("ann"))


# --- texts -----------------------------------------------------------------------------------------------------------

PICTURE = {"type": "image_url", "image_url": {"url": "https://host/a.png"}}
HISTORY: list[Message] = [
    {"role": "user", "content": "hello there", "name": "ann"},
    {"role": "user", "content": [{"type": "text", "text": "parts"}, PICTURE], "name": "bob"},
    {"role": "assistant", "content": None, "tool_calls": [], "name": "carl"},
    {"role": "tool", "content": "found it", "tool_responses": [{"role": "tool", "content": "found it"}]},
    {"role": "user", "content": ""},
]


def test_a_compressor_shortens_every_text_and_edits_nothing() -> None:
    before = copy.deepcopy(HISTORY)
    transform = TextMessageCompressor(FirstLetters(), compression_params={"rate": 0.5})
    after = transform.apply_transform(HISTORY)
    assert before == HISTORY
    assert [message["content"] for message in after] == [
        "hel",
        [{"type": "text", "text": "par"}, PICTURE],
        None,
        "fou",
        "",
    ]
    assert after[3]["tool_responses"][0]["content"] == "fou"
    assert transform._text_compressor.asked[0] == ("hello there", {"rate": 0.5})  # type: ignore[attr-defined]
    assert transform.get_logs(HISTORY, after) == ("20 tokens saved with text compression.", True)


def test_a_compressor_leaves_short_histories_and_filtered_messages_alone() -> None:
    assert TextMessageCompressor(FirstLetters(), min_tokens=1000).apply_transform(HISTORY) == HISTORY
    transform = TextMessageCompressor(FirstLetters(), filter_dict={"name": ["ann"]})
    assert transform.apply_transform(HISTORY[:1]) == HISTORY[:1]
    assert transform.get_logs(HISTORY, HISTORY) == ("No tokens saved with text compression.", False)
    only_ann = TextMessageCompressor(FirstLetters(), filter_dict={"name": "ann"}, exclude_filter=False)
    assert [message["content"] for message in only_ann.apply_transform(HISTORY)][:1] == ["hel"]
    assert only_ann.apply_transform(HISTORY)[1:] == HISTORY[1:]


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_a_cache_saves_the_compression_of_a_text_that_was_seen_before(kind: str, tmp_path: Any) -> None:
    cache = Cache.disk(1, str(tmp_path)) if kind == "disk" else InMemoryCache("1")
    with cache:
        first, second, other = FirstLetters(), FirstLetters(), FirstLetters()
        for compressor in (first, second):
            transform = TextMessageCompressor(compressor, cache=cache)
            after = transform.apply_transform(HISTORY[:1])
            assert after[0]["content"] == "hel"
            assert transform.get_logs(HISTORY[:1], after) == ("8 tokens saved with text compression.", True)
        TextMessageCompressor(other, cache=cache, compression_params={"rate": 1}).apply_transform(HISTORY[:1])
    assert [len(compressor.asked) for compressor in (first, second, other)] == [1, 0, 1]


def test_tokens_are_counted_where_the_compressor_does_not_count_them() -> None:
    class Quiet:
        def compress_text(self, text: str, **compression_params: Any) -> dict[str, Any]:
            return {"compressed_prompt": text.split()[0]}

    transform = TextMessageCompressor(Quiet())
    after = transform.apply_transform([{"role": "user", "content": "one two three"}])
    assert transform.get_logs([], after) == ("2 tokens saved with text compression.", True)


def test_bad_settings_and_answers_of_a_compressor_are_refused() -> None:
    class Wrong:
        def compress_text(self, text: str, **compression_params: Any) -> Any:
            return text

    with pytest.raises(TypeError, match="Wrong.compress_text must return a dict"):
        TextMessageCompressor(Wrong()).apply_transform(HISTORY)
    with pytest.raises(TypeError, match="3 cannot be the text_compressor, because it has no method compress_text"):
        TextMessageCompressor(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"as in Wrong\(\)"):
        TextMessageCompressor(Wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="compression_params must be a dict"):
        TextMessageCompressor(FirstLetters(), compression_params="x")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="min_tokens must be None or at least 1"):
        TextMessageCompressor(FirstLetters(), min_tokens=0)


def test_without_its_package_llmlingua_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llmlingua", None)
    with pytest.raises(ImportError, match=r"autogen-classic\[long-context\]"):
        TextMessageCompressor()


@pytest.mark.parametrize("structured", [False, True])
def test_llmlingua_is_called_as_its_package_wants(structured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Any, ...]] = []

    class PromptCompressor:
        def __init__(self, **kwargs: Any) -> None:
            calls.append(("made", kwargs))

        def compress_prompt(self, context: list[str], **kwargs: Any) -> dict[str, Any]:
            calls.append(("plain", context, kwargs))
            return {"compressed_prompt": "short", "origin_tokens": 9, "compressed_tokens": 1}

        def structured_compress_prompt(self, context: list[str], **kwargs: Any) -> dict[str, Any]:
            calls.append(("structured", context, kwargs))
            return {"compressed_prompt": "short", "origin_tokens": 9, "compressed_tokens": 1}

    stand_in = ModuleType("llmlingua")
    stand_in.PromptCompressor = PromptCompressor  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "llmlingua", stand_in)
    compressor = LLMLingua({"model_name": "small"}, structured_compression=structured)
    assert compressor.compress_text("long", rate=0.3)["compressed_prompt"] == "short"
    assert calls == [
        ("made", {"model_name": "small"}),
        ("structured" if structured else "plain", ["long"], {"rate": 0.3}),
    ]
    assert TextMessageCompressor().apply_transform(HISTORY[:1])[0]["content"] == "short"
    assert calls[2][1]["use_llmlingua2"] is True


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, ["ann:\nhello there", [{"type": "text", "text": "bob:\n"}, *HISTORY[1]["content"]]]),
        (
            {"position": "end", "format_string": " ({name})"},
            ["hello there (ann)", [*HISTORY[1]["content"], {"type": "text", "text": " (bob)"}]],
        ),
    ],
)
def test_names_are_written_into_contents_once(settings: Any, named: list[Any]) -> None:
    before = copy.deepcopy(HISTORY)
    transform = TextMessageContentName(**settings)
    after = transform.apply_transform(HISTORY)
    assert before == HISTORY
    assert [message["content"] for message in after[:2]] == named
    assert after[2:] == HISTORY[2:]
    assert transform.apply_transform(after) == after
    assert TextMessageContentName(deduplicate=False, **settings).apply_transform(after) != after
    assert transform.get_logs(HISTORY, after) == ("2 message(s) changed to incorporate name.", True)
    assert transform.get_logs(HISTORY, HISTORY) == ("No messages changed to incorporate name.", False)


@pytest.mark.parametrize(
    "settings", [{"position": "middle"}, {"format_string": "no"}, {"format_string": 3}, {"format_string": "{name}{x}"}]
)
def test_a_place_or_form_that_does_not_exist_for_names_is_refused(settings: Any) -> None:
    with pytest.raises(AssertionError, match="must be"):
        TextMessageContentName(**settings)


# --- small questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "right", "empty", "tokens"),
    [
        ("", True, True, 0),
        (" ", True, False, 1),
        ("hello there", True, False, 2),
        (None, False, True, 0),
        (3, False, True, 0),
        ({"type": "text", "text": "a"}, False, True, 0),
        ([], True, True, 0),
        ([{}], True, True, 0),
        ([PICTURE], True, True, 0),
        ([{"type": "text", "text": ""}], True, True, 0),
        ([PICTURE, {"type": "text", "text": "hello there"}], True, False, 2),
        (["hello"], True, False, 1),
    ],
)
def test_contents_are_judged_by_their_texts(content: Any, right: bool, empty: bool, tokens: int) -> None:
    assert transforms_util.is_content_right_type(content) is right
    assert transforms_util.is_content_text_empty(content) is empty
    assert transforms_util.count_text_tokens(content) == tokens
    assert transforms_util.min_tokens_reached([{"content": content}], 1) is (tokens > 0)
    assert transforms_util.min_tokens_reached([{"content": content}], None)


@pytest.mark.parametrize(
    ("filter_dict", "excluding", "including"),
    [
        (None, True, True),
        ({}, True, True),
        ({"role": "user"}, False, True),
        ({"role": ["user", "system"]}, False, True),
        ({"role": "system"}, True, False),
        ({"role": "user", "name": "ann"}, False, True),
        ({"role": "user", "name": "bob"}, False, False),
        ({"nothing": "x"}, True, False),
    ],
)
def test_a_filter_excludes_by_any_key_and_includes_by_all(filter_dict: Any, excluding: bool, including: bool) -> None:
    message = {"role": "user", "name": "ann", "content": "hi"}
    assert transforms_util.should_transform_message(message, filter_dict, True) is excluding
    assert transforms_util.should_transform_message(message, filter_dict, False) is including


def test_results_are_kept_by_content_and_settings() -> None:
    assert transforms_util.cache_key("abc", None, 3) == "abcNone3"
    assert transforms_util.cache_content_get(None, "key") is None
    transforms_util.cache_content_set(None, "key", "value")
    with InMemoryCache("1") as cache:
        assert transforms_util.cache_content_get(cache, "key") is None
        transforms_util.cache_content_set(cache, "key", "value", 1)
        assert transforms_util.cache_content_get(cache, "key") == ("value", 1)


def test_a_history_is_valid_unless_it_begins_with_an_answer() -> None:
    tool = {"role": "tool", "content": "found", "tool_call_id": "1"}
    assert [transforms_util.is_tool_call_valid(one) for one in ([], [HISTORY[0], tool], [tool])] == [True, True, False]


def test_several_limiters_work_one_after_the_other() -> None:
    bob = agent("bob")
    seen: list[list[Message]] = []
    bob.register_reply([None], lambda recipient, messages, sender, config: seen.append(messages) or (True, "ok"))
    TransformMessages(transforms=[MessageHistoryLimiter(2), MessageTokenLimiter(max_tokens=2)]).add_to_agent(bob)
    bob.generate_reply([{"role": "user", "content": text} for text in ("one", "two words", "three")])
    assert [message["content"] for message in seen[0]] == ["three"]


class Cut:
    """Keeps the first letter."""

    def compress_text(self, text: str, **compression_params: Any) -> dict[str, Any]:
        return {"compressed_prompt": text[:1]}


@pytest.mark.parametrize("history", [None, "hello", ["hello"], {"role": "user", "content": "hello"}, 3])
@pytest.mark.parametrize(
    "transform",
    [
        MessageHistoryLimiter(3),
        MessageTokenLimiter(10),
        TextMessageCompressor(text_compressor=Cut()),
        TextMessageContentName(),
        MessageHistorySummarizer(3, keep_messages=1),
    ],
    ids=lambda transform: type(transform).__name__,
)
def test_what_is_not_a_history_is_told_by_every_transform(transform: Any, history: Any) -> None:
    with pytest.raises(TypeError, match="A history is a list of messages, such as"):
        transform.apply_transform(history)


def test_a_filter_that_is_not_a_dict_is_refused_when_it_is_given() -> None:
    for kind in (MessageTokenLimiter, TextMessageContentName, lambda **given: TextMessageCompressor(Cut(), **given)):
        with pytest.raises(TypeError, match="filter_dict must be a dict such as .* but it is 'system'"):
            kind(filter_dict="system")
