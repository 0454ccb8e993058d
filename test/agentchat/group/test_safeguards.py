"""Safeguard policies: what agents, tools, models and people say to each other is blocked, masked or reported."""

from __future__ import annotations

import json

import pytest
from agent_kit import agent, both_ways, chat
from group_kit import member, said

from autogen_classic import ConversableAgent
from autogen_classic._core import events
from autogen_classic._warn import forget_warnings
from autogen_classic.agentchat import a_initiate_group_chat, initiate_group_chat
from autogen_classic.agentchat.group import AgentTarget, ReplyResult
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.agentchat.group.safeguards import (
    SafeguardEnforcer,
    SafeguardEvent,
    apply_safeguard_policy,
    reset_safeguard_policy,
)
from autogen_classic.testing import ScriptedClient, tool_call

BLOCKED = "🛡️ BLOCKED: no secrets"
MASK = "[SENSITIVE_INFO]"


def rule(**changes):
    plain = {
        "message_source": "ann",
        "message_destination": "bob",
        "check_method": "regex",
        "pattern": r"sec\w+",
        "action": "block",
        "activation_message": "no secrets",
    }
    return {**plain, **changes}


def between_agents(**changes):
    return {"inter_agent_safeguards": {"agent_transitions": [rule(**changes)]}}


def around(kind, **changes):
    return {"agent_environment_safeguards": {kind: [rule(**changes)]}}


def with_arguments(message, arguments):
    call = message["tool_calls"][0]
    return {**message, "tool_calls": [{**call, "function": {**call["function"], "arguments": arguments}}]}


def contents(result):
    return [message["content"] for message in result.chat_history]


def group(way, policy, *members, messages="go", **settings):
    import asyncio

    pattern = DefaultPattern(members[0], list(members), group_manager_args={"silent": True})
    given = (pattern, messages, 10, policy, settings.get("llm_config"), settings.get("mask_llm_config"))
    return initiate_group_chat(*given)[0] if way == "sync" else asyncio.run(a_initiate_group_chat(*given))[0]


class TestBetweenAgents:
    @both_ways
    @pytest.mark.parametrize(
        ("action", "heard"), [("block", BLOCKED), ("mask", "a [SENSITIVE_INFO]"), ("warning", "a secret")]
    )
    def test_what_one_says_to_the_other(self, way, action, heard):
        ann, bob = agent("ann"), agent("bob", default_auto_reply="no secret to ann")
        apply_safeguard_policy(agents=[ann, bob], policy=between_agents(action=action))
        told = []
        with events.listening(told.append, kinds=[events.Safeguarded]):
            result = chat(way, ann, bob, message="a secret", max_turns=1)
        assert contents(result) == [heard, "no secret to ann"]
        assert [message["role"] for message in bob.chat_messages[ann]] == ["user", "assistant"]
        assert [(one.source, one.destination, one.action) for one in told] == [("ann", "bob", action)]

    @both_ways
    def test_each_hop_of_a_group_counts(self, way):
        ann, bob, carl = member("ann", "a secret"), member("bob", "bob 1"), member("carl", "carl 1")
        ann.handoffs.set_after_work(AgentTarget(bob))
        bob.handoffs.set_after_work(AgentTarget(carl))
        result = group(way, between_agents(), ann, bob, carl)
        assert "a secret" in contents(result)
        assert [message["content"] for message in bob.scripted.requests[0].messages][-1] == BLOCKED
        assert "a secret" in [message["content"] for message in carl.scripted.requests[0].messages]

    def test_nobody_is_guarded_after_a_reset_or_a_group_chat(self):
        ann, bob = agent("ann"), agent("bob")
        apply_safeguard_policy(agents=[ann, bob], policy=between_agents())
        reset_safeguard_policy(agents=[ann, bob])
        assert contents(chat("sync", ann, bob, message="a secret", max_turns=1))[0] == "a secret"
        group("sync", between_agents(), ann, bob)
        assert contents(chat("sync", ann, bob, message="a secret", max_turns=1))[0] == "a secret"

    def test_a_later_policy_holds_besides_the_former(self):
        ann, bob = agent("ann"), agent("bob")
        apply_safeguard_policy(agents=[ann, bob], policy=between_agents(pattern="red", action="mask"))
        apply_safeguard_policy(agents=[ann, bob], policy=between_agents(action="mask"))
        masked = "a [SENSITIVE_INFO] [SENSITIVE_INFO]"
        assert contents(chat("sync", ann, bob, message="a red secret", max_turns=1))[0] == masked
        reset_safeguard_policy(agents=[ann, bob])
        assert contents(chat("sync", ann, bob, message="a red secret", max_turns=1))[0] == "a red secret"

    @both_ways
    def test_the_policy_of_a_group_chat_leaves_that_of_its_agents_standing(self, way):
        ann, bob = member("ann", "a red secret"), member("bob", "bob 1", "bob 2")
        ann.handoffs.set_after_work(AgentTarget(bob))
        apply_safeguard_policy(agents=[ann, bob], policy=between_agents(pattern="red", action="mask"))
        group(way, between_agents(action="mask"), ann, bob)
        assert bob.scripted.requests[0].last_text == "a [SENSITIVE_INFO] [SENSITIVE_INFO]"
        result = chat(way, ann, bob, message="a red secret", max_turns=1)
        assert contents(result)[0] == "a [SENSITIVE_INFO] secret"

    @both_ways
    def test_a_standing_policy_holds_in_a_group_without_one(self, way):
        ann, bob = member("ann", "a secret"), member("bob", "bob 1")
        ann.handoffs.set_after_work(AgentTarget(bob))
        apply_safeguard_policy(agents=[ann], policy=between_agents(action="mask", message_destination="*"))
        group(way, None, ann, bob)
        assert bob.scripted.requests[0].last_text == "a [SENSITIVE_INFO]"

    @both_ways
    def test_what_a_call_asks_for_is_read_too(self, way):
        def look(what: str, how: dict[str, int], sure: bool = True) -> str:
            """Look."""
            return f"saw {what} by {how} {sure}"

        ann = member("ann", tool_call("look", what="a\nsecret", how={"a": 1}), "done", functions=look)
        bob = agent("bob")
        bob.register_for_execution()(ann.tools[0])
        policy = between_agents(action="mask", pattern=r"secret|\btrue\b")
        apply_safeguard_policy(agents=[ann, bob], policy=policy)
        heard = contents(chat(way, bob, ann, message="go", max_turns=2))
        assert heard[2] == "saw a\n[SENSITIVE_INFO] by {'a': 1} True"

    @both_ways
    def test_a_pattern_that_spans_several_arguments_hides_them_all(self, way):
        ann, bob = member("ann", tool_call("look", what="sec", how="ret")), agent("bob")
        policy = between_agents(action="mask", pattern='sec".*"ret')
        apply_safeguard_policy(agents=[ann, bob], policy=policy)
        chat(way, bob, ann, message="go", max_turns=1)
        arguments = bob.chat_messages[ann][-1]["tool_calls"][0]["function"]["arguments"]
        assert json.loads(arguments) == {"what": "[SENSITIVE_INFO]", "how": "[SENSITIVE_INFO]"}

    @both_ways
    @pytest.mark.parametrize(
        ("arguments", "masked"),
        [
            ({"123-45-6789": "x"}, {MASK: "x"}),
            (
                {"n": ["123-45-6789"], "123-45-1111": "x", "123-45-2222": "y"},
                {"n": [MASK], MASK: "x", f"{MASK} 3": "y"},
            ),
            ({"a": [{"of 123-45-6789": {"b": None}}]}, {"a": [{f"of {MASK}": {"b": None}}]}),
            ({"ssn": 123456789, "a": "123-45-6789"}, {"ssn": MASK, "a": MASK}),
            ({"ssn": {"of ann": 5}, "b": "y"}, {MASK: {MASK: MASK}, f"{MASK} 2": MASK}),
        ],
    )
    def test_no_name_or_value_of_an_argument_that_a_pattern_finds_is_passed_on(self, way, arguments, masked):
        ann, bob = member("ann", tool_call("look", **arguments)), agent("bob")
        policy = between_agents(action="mask", pattern=r'\d{3}-\d\d-\d{4}|"ssn": \d+|"ssn": \{"of ann"')
        apply_safeguard_policy(agents=[ann, bob], policy=policy)
        chat(way, bob, ann, message="go", max_turns=1)
        heard = bob.chat_messages[ann][-1]["tool_calls"][0]["function"]["arguments"]
        assert json.loads(heard) == masked

    @both_ways
    @pytest.mark.parametrize("arguments", ["secret", '{"a": "secret', '"secret"', "[]"])
    def test_arguments_that_are_not_an_object_are_read_as_they_are(self, way, arguments):
        call = tool_call("look")
        ann, bob = member("ann", call), agent("bob")
        ann.register_hook(
            "process_message_before_send", lambda sender, message, recipient, silent: with_arguments(message, arguments)
        )
        apply_safeguard_policy(agents=[ann, bob], policy=between_agents(action="mask"))
        chat(way, bob, ann, message="go", max_turns=1)
        heard = bob.chat_messages[ann][-1]["tool_calls"][0]["function"]["arguments"]
        assert heard == arguments.replace("secret", "[SENSITIVE_INFO]")

    def test_a_value_that_a_repeated_name_hides_is_not_passed_on(self):
        enforcer = SafeguardEnforcer(between_agents(action="mask"))
        called = {"content": None, "tool_calls": [{"function": {"name": "look"}}]}
        message = with_arguments(called, '{"a": {"b": "\\u0073ecret", "b": "x"}}')
        call = enforcer.check_and_act("ann", "bob", message)["tool_calls"][0]
        assert json.loads(call["function"]["arguments"]) == {"a": {"b": "x"}}
        assert "ecret" not in call["function"]["arguments"]

    @both_ways
    def test_a_call_with_something_forbidden_is_not_made(self, way):
        ran = []

        def look(what: str) -> str:
            """Look."""
            ran.append(what)
            return "seen"

        ann = member("ann", tool_call("look", what="secret"), "done", functions=look)
        result = group(way, between_agents(message_destination="*"), ann, member("bob"))
        assert ran == []
        assert contents(result)[1] == BLOCKED

    @both_ways
    def test_what_a_tool_answers_comes_from_its_caller_too(self, way):
        def look(what: str) -> str:
            """Look."""
            return f"saw {what}"

        ann = member("ann", tool_call("look", what="secret"), "ann 2", functions=look)
        bob = member("bob", "bob 1")
        ann.handoffs.set_after_work(AgentTarget(bob))
        group(way, between_agents(action="mask"), ann, bob)
        heard = bob.scripted.requests[0].messages
        assert "secret" not in json.dumps(heard)
        assert heard[3]["content"] == "saw [SENSITIVE_INFO]"
        assert ann.scripted.requests[1].last_text == "saw secret"

    def test_a_policy_may_stand_in_a_file(self, tmp_path):
        file = tmp_path / "policy.json"
        file.write_text(json.dumps(between_agents()))
        ann, bob = agent("ann"), agent("bob")
        enforcer = apply_safeguard_policy(agents=[ann, bob], policy=str(file))
        assert enforcer.check_and_act("ann", "bob", {"content": "a secret", "role": "user"}) == {
            "content": BLOCKED,
            "role": "user",
        }
        assert enforcer.check_and_act("ann", "bob", "fine") is None
        assert enforcer.check_and_act("bob", "ann", "a secret") is None

    def test_parts_of_a_message_are_masked_one_by_one(self):
        enforcer = SafeguardEnforcer(between_agents(action="mask"))
        picture = {"type": "image_url", "image_url": {"url": "data:secret"}}
        message = {"content": [{"type": "text", "text": "a secret"}, picture]}
        assert enforcer.check_and_act("ann", "bob", message) == {
            "content": [{"type": "text", "text": "a [SENSITIVE_INFO]"}, picture]
        }

    def test_models_check_and_mask(self):
        checking = ScriptedClient(['{"activated": true, "justification": "rude"}'])
        masking = ScriptedClient(["[SENSITIVE_INFO] there"])
        policy = between_agents(check_method="llm", disallow_item=["rudeness"], action="mask")
        enforcer = SafeguardEnforcer(policy, checking.llm_config(), masking.llm_config())
        assert enforcer.check_and_act("ann", "bob", "go away there") == "[SENSITIVE_INFO] there"
        assert "rudeness" in str(checking.requests[0].messages)

    def test_models_are_asked_once_about_what_recurs_in_a_message(self):
        found, none = (json.dumps({"activated": activated, "justification": "-"}) for activated in (True, False))
        checking = ScriptedClient([found, found, none, none, none])  # all, "mud", "to", "cc", and what is left
        masking = ScriptedClient(["dust"])
        policy = between_agents(check_method="llm", disallow_item=["rudeness"], action="mask")
        enforcer = SafeguardEnforcer(policy, checking.llm_config(), masking.llm_config())
        call = {"id": "1", "function": {"name": "send", "arguments": '{"to": "mud", "cc": "mud"}'}}
        kept = enforcer.check_and_act("ann", "bob", {"content": None, "tool_calls": [call, call]})
        assert [json.loads(one["function"]["arguments"]) for one in kept["tool_calls"]] == [
            {"to": "dust", "cc": "dust"}
        ] * 2
        assert (len(checking.requests), len(masking.requests)) == (5, 1)


class TestTools:
    @both_ways
    @pytest.mark.parametrize("action", ["block", "mask"])
    def test_what_goes_into_a_tool(self, way, action):
        ran = []

        def send(text: str) -> str:
            """Send."""
            ran.append(text)
            return "sent"

        ann = member("ann", tool_call("send", text="a secret"), "done", functions=send)
        result = group(way, around("tool_interaction", message_destination="send", action=action), ann)
        assert ran == ([] if action == "block" else ["a [SENSITIVE_INFO]"])
        assert contents(result)[2] == (f"Error: {BLOCKED}" if action == "block" else "sent")

    @both_ways
    @pytest.mark.parametrize("action", ["block", "mask"])
    def test_what_goes_into_a_tool_inside_of_lists_and_dicts_or_as_a_number(self, way, action):
        ran = []

        def send(parts: list[dict[str, str]], number: int | str, sure: bool) -> str:
            """Send."""
            ran.append((parts, number, sure))
            return "sent"

        asked = tool_call("send", parts=[{"a secret": "b", "c": "secret"}], number=4711, sure=True)
        ann = member("ann", asked, "done", functions=send)
        policy = around("tool_interaction", message_destination="send", action=action, pattern="secret|4711")
        result = group(way, policy, ann)
        assert ran == ([] if action == "block" else [([{f"a {MASK}": "b", "c": MASK}], MASK, True)])
        assert contents(result)[2] == (f"Error: {BLOCKED}" if action == "block" else "sent")

    @both_ways
    @pytest.mark.parametrize(("action", "heard"), [("block", BLOCKED), ("mask", "the [SENSITIVE_INFO]")])
    def test_what_comes_out_of_a_tool(self, way, action, heard):
        def look() -> ReplyResult:
            """Look."""
            return ReplyResult(message="the secret", target=AgentTarget(bob))

        ann, bob = member("ann", tool_call("look"), functions=look), member("bob", "bob 1")
        policy = around("tool_interaction", message_source="look", message_destination="ann", action=action)
        result = group(way, policy, ann, bob)
        assert contents(result)[2:] == [heard, "bob 1"]

    @both_ways
    def test_a_tool_of_a_chat_of_two(self, way):
        async def look() -> str:
            return "the secret"

        ann, bob = agent("ann", function_map={"look": look}), member("bob", tool_call("look"), "done")
        policy = around("tool_interaction", message_source="look", message_destination="bob", action="mask")
        apply_safeguard_policy(agents=[ann, bob], policy=policy)
        assert contents(chat(way, ann, bob, max_turns=2))[2] == "the [SENSITIVE_INFO]"
        reset_safeguard_policy(agents=[ann, bob])
        assert ann.function_map["look"] is look


class TestModelsAndPeople:
    @both_ways
    def test_what_a_model_reads(self, way):
        ann = member("ann", "fine")
        policy = around("llm_interaction", message_destination="llm", action="mask")
        result = group(way, policy, ann, messages="my secret")
        assert ann.scripted.requests[0].last_text == "my [SENSITIVE_INFO]"
        assert contents(result) == ["my secret", "fine"]

    @both_ways
    def test_what_a_model_says(self, way):
        ann = member("ann", "a secret")
        policy = around("llm_interaction", message_source="llm", message_destination="ann", action="block")
        assert said(group(way, policy, ann)) == [(None, "go"), ("ann", BLOCKED)]

    @both_ways
    def test_what_a_person_types(self, way, monkeypatch):
        user, ann = agent("user_agent", human_input_mode="ALWAYS"), agent("ann")
        answers = iter(["a secret", "exit"])
        monkeypatch.setattr("builtins.input", lambda prompt="": next(answers))
        policy = around("user_interaction", message_source="user", message_destination="user_agent", action="mask")
        apply_safeguard_policy(agents=[user, ann], policy=policy)
        assert contents(chat(way, user, ann))[2] == "a [SENSITIVE_INFO]"


class TestPolicies:
    @pytest.mark.parametrize(
        ("policy", "fault"),
        [
            (5, "must be a dictionary"),
            (between_agents(message_source="zoe"), "unknown source agent: 'zoe'"),
            (between_agents(pattern=None), "pattern must be a string"),
            (between_agents(pattern="("), "invalid regex pattern"),
            (between_agents(action=None), "invalid action: None"),
            (between_agents(check_method="x"), "invalid check_method: x"),
            (between_agents(check_method="llm"), "custom_prompt or disallow_item"),
            (between_agents(check_method="llm", custom_prompt="x"), "safeguard_llm_config is required"),
            (around("tool_interaction", message_destination="nothing"), "unknown tool: 'nothing'"),
            ({"inter_agent_safeguards": []}, "must be a dictionary"),
            ({"inter_agent_safeguards": {"agent_transitions": {}}}, "must be a list"),
            ({"inter_agent_safeguards": {"agent_transitions": [5]}}, "must be a dictionary"),
        ],
    )
    def test_one_that_cannot_work_is_refused(self, policy, fault):
        with pytest.raises(ValueError, match=fault):
            apply_safeguard_policy(agents=[agent("ann"), agent("bob")], policy=policy)

    def test_one_for_nobody_is_refused(self):
        with pytest.raises(ValueError, match="agents or groupchat_manager"):
            apply_safeguard_policy(policy={})

    def test_a_file_that_is_not_there(self):
        with pytest.raises(FileNotFoundError):
            apply_safeguard_policy(agents=[], policy="/nowhere/policy.json")

    def test_an_empty_one_and_one_with_other_parts_have_no_rules(self):
        for policy in ({}, {"comment": "none"}):
            assert SafeguardEnforcer(policy).inter_agent_rules == []

    def test_the_event_of_ag2_shows_nothing_of_what_is_held_back(self):
        event = SafeguardEvent(event_type="violation", message="no secrets", source_agent="ann", action="block")
        assert event.content.content_preview is None


def test_a_policy_on_tools_holds_in_groups_too():
    sent = []

    def send(text: str) -> str:
        """Send a text."""
        sent.append(text)
        return "sent"

    client = ScriptedClient([tool_call("send", text="a secret"), "Done."])
    ann = ConversableAgent("ann", llm_config=client.llm_config(), functions=[send], human_input_mode="NEVER")
    apply_safeguard_policy(
        agents=[ann], policy=around("tool_interaction", message_source="ann", message_destination="send")
    )
    initiate_group_chat(DefaultPattern(initial_agent=ann, agents=[ann]), "go", max_rounds=5)
    assert sent == []


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ({"inter_agent_safeguard": {}}, "inter_agent_safeguard,"),
        ({"inter_agent_safeguards": {"agent_transition": []}}, "inter_agent_safeguards.agent_transition,"),
    ],
)
def test_a_misspelt_section_of_a_policy_is_told_of(policy, place, caplog):
    forget_warnings()
    apply_safeguard_policy(agents=[agent("ann")], policy=policy)
    assert f"The safeguard policy has {place} which is ignored." in caplog.text
