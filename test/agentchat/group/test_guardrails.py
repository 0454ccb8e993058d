"""Guardrails on what agents hear and say, in groups and in chats of two."""

from __future__ import annotations

import pytest
from agent_kit import agent, both_ways, chat
from group_kit import member, said, talk

from autogen_classic import StopReason
from autogen_classic.agentchat.group import AgentTarget, OnContextCondition, StayTarget, TerminateTarget
from autogen_classic.agentchat.group.guardrails import GuardrailResult, LLMGuardrail, RegexGuardrail
from autogen_classic.testing import ScriptedClient, tool_call


def secret(target, name="no_secrets", **settings):
    return RegexGuardrail(name=name, condition=r"sec\w+", target=target, **settings)


FOUND = "Guardrail 'no_secrets' has been activated.\nJustification: Match found -> secret"
HELD_BACK = "Guardrail 'no_secrets' has been activated."


class TestChecks:
    def test_a_text_or_the_messages_of_a_conversation_are_searched(self):
        check = secret(TerminateTarget()).check
        assert str(check("a secret")) == "Guardrail Result: True\nJustification: Match found -> secret"
        assert not check("nothing").activated
        in_parts = {"content": [{"type": "text", "text": "secret"}]}
        assert check([{"content": "fine"}, in_parts, {"content": None}]).activated

    @pytest.mark.parametrize("context", [5, None, {"content": "secret"}])
    def test_anything_else_is_refused(self, context):
        with pytest.raises(ValueError, match="string or a list of messages"):
            secret(TerminateTarget()).check(context)

    def test_what_cannot_be_a_guardrail_is_refused(self):
        with pytest.raises(ValueError, match="Invalid regex pattern"):
            RegexGuardrail("g", "(", TerminateTarget())
        with pytest.raises(TypeError, match="must be a target"):
            secret("bob")
        with pytest.raises(TypeError, match="must be a Guardrail"):
            agent("ann").register_input_guardrail(5)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="LLMConfig"):
            LLMGuardrail("g", "x", TerminateTarget(), llm_config=None)  # type: ignore[arg-type]

    def test_a_model_answers_in_the_form_that_is_asked_for(self):
        client = ScriptedClient(['{"activated": true, "justification": "rude"}'])
        guardrail = LLMGuardrail("polite", "rudeness", TerminateTarget(), client.llm_config())
        result = guardrail.check("go away")
        assert (result.activated, result.reply) == (True, "Guardrail 'polite' has been activated.\nJustification: rude")
        assert client.requests[0]["response_format"]["json_schema"]["name"] == "GuardrailCheckResult"

    @pytest.mark.parametrize("text", ["nonsense", '{"activated": 5}', "[]"])
    def test_an_answer_in_another_form_is_an_error(self, text):
        with pytest.raises(ValueError, match="Failed to parse GuardrailResult"):
            GuardrailResult.parse(text, secret(TerminateTarget()))

    def test_an_answer_in_a_fence_is_read(self):
        found = GuardrailResult.parse(
            '```json\n{"activated": true, "justification": "rude"}\n```', secret(TerminateTarget())
        )
        assert (found.activated, found.justification) == (True, "rude")

    def test_the_agent_pays_for_the_model_of_its_guardrail(self):
        client = ScriptedClient(['{"activated": false, "justification": "fine"}'])
        ann = member("ann", "hello")
        ann.register_input_guardrail(LLMGuardrail("g", "rudeness", TerminateTarget(), client.llm_config()))
        chat("sync", agent("user"), ann, max_turns=1)
        alone = member("bob", "hello")
        chat("sync", agent("user"), alone, max_turns=1)
        spent, spent_alone = (one.get_actual_usage()["scripted"]["total_tokens"] for one in (ann, alone))
        assert spent > spent_alone


class TestGroups:
    @both_ways
    def test_an_input_is_stopped_before_the_model_is_asked(self, way):
        ann, bob = member("ann", "ann 1"), member("bob", "bob 1")
        ann.register_input_guardrail(secret(AgentTarget(bob)))
        result = talk(way, ann, bob, messages="my secret")
        assert said(result)[1:] == [("ann", FOUND), ("bob", "bob 1")]
        assert ann.scripted.requests == []

    @both_ways
    def test_it_stands_before_context_conditions_whenever_it_is_registered(self, way):
        ann, bob, carl = member("ann", "ann 1"), member("bob", "bob 1"), member("carl", "carl 1")
        ann.handoffs.add_context_condition(OnContextCondition(target=bob))
        ann.register_input_guardrail(secret(AgentTarget(carl)))
        assert said(talk(way, ann, bob, carl, messages="secret"))[1:] == [("ann", FOUND), ("carl", "carl 1")]

    @both_ways
    def test_an_output_is_held_back_and_its_justification_does_not_repeat_it(self, way):
        ann, bob = member("ann", "the secret is 5"), member("bob", "bob 1")
        ann.register_output_guardrail(secret(AgentTarget(bob)))
        result = talk(way, ann, bob)
        assert said(result)[1:] == [("ann", HELD_BACK), ("bob", "bob 1")]
        assert "secret is" not in str(bob.scripted.requests)

    @both_ways
    def test_the_arguments_of_a_call_are_an_output_too(self, way):
        ran: list[str] = []

        def send(text: str) -> str:
            """Send."""
            ran.append(text)
            return "sent"

        ann = member("ann", tool_call("send", text="a secret"), functions=send)
        ann.register_output_guardrail(secret(TerminateTarget()))
        assert said(talk(way, ann))[1:] == [("ann", HELD_BACK)]
        assert ran == []

    @both_ways
    def test_it_may_end_the_chat_or_let_the_agent_try_again(self, way):
        ann = member("ann", "a secret", "fine")
        ann.register_output_guardrail(secret(StayTarget()))
        assert said(talk(way, ann))[1:] == [("ann", HELD_BACK), ("ann", "fine")]
        ann = member("ann")
        ann.register_input_guardrail(secret(TerminateTarget(), activation_message="No."))
        result = talk(way, ann, messages="secret")
        assert result.summary == "No.\nJustification: Match found -> secret"
        assert result.stop_reason == StopReason.TERMINATE_TARGET

    def test_a_target_from_outside_of_the_group_is_refused(self):
        ann = member("ann", "ann 1")
        ann.register_input_guardrail(secret(AgentTarget(agent("zoe"))))
        with pytest.raises(ValueError, match="zoe"):
            talk("sync", ann)


class TestChatsOfTwo:
    @both_ways
    def test_an_input_is_stopped_and_a_terminate_target_ends_the_chat(self, way):
        ann, bob = member("ann", "ann 1"), agent("bob")
        ann.register_input_guardrail(secret(TerminateTarget()))
        result = chat(way, bob, ann, message="my secret")
        assert [message["content"] for message in result.chat_history] == ["my secret", FOUND]
        assert result.stop_reason == StopReason.TERMINATE_TARGET

    @both_ways
    def test_an_output_is_held_back(self, way):
        ann, bob = member("ann", "the secret is 5", "fine"), agent("bob")
        ann.register_output_guardrail(secret(AgentTarget(bob)))
        result = chat(way, bob, ann, max_turns=2)
        assert [message["content"] for message in result.chat_history] == ["hi", HELD_BACK, "I am bob", "fine"]

    @both_ways
    def test_a_model_looks_at_what_is_said(self, way):
        client = ScriptedClient(
            ['{"activated": false, "justification": ""}', '{"activated": true, "justification": "rude"}']
        )
        ann, bob = member("ann", "hello", "go away"), agent("bob")
        ann.register_output_guardrail(LLMGuardrail("polite", "rudeness", TerminateTarget(), client.llm_config()))
        result = chat(way, bob, ann)
        assert [message["content"] for message in result.chat_history][-1] == "Guardrail 'polite' has been activated."
        assert len(client.requests) == 2
