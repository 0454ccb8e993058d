"""Context variables, expressions, conditions and handoffs, before any chat."""

from __future__ import annotations

import contextlib

import pytest
from agent_kit import agent
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from autogen_classic import ContextExpression, ConversableAgent, UpdateSystemMessage
from autogen_classic.agentchat.group import (
    AgentNameTarget,
    AgentTarget,
    ContextStr,
    ContextStrLLMCondition,
    ContextVariables,
    ExpressionAvailableCondition,
    ExpressionContextCondition,
    GroupManagerTarget,
    Handoffs,
    NestedChatTarget,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    StringAvailableCondition,
    StringContextCondition,
    StringLLMCondition,
    TerminateTarget,
)

VALUES = {"x": 2, "y": True, "l": [1, 2], "s": "a & b", "d": {}, "n": None}


class TestContextVariables:
    def test_they_read_like_a_dict(self):
        given_dict = {"a": 1}
        variables = ContextVariables(given_dict, ignored=True)
        variables["b"] = 2
        assert (variables["a"], variables.get("c", 9), "b" in variables, len(variables)) == (1, 9, True, 2)
        assert dict(variables) == {**variables.to_dict()} == {"a": 1, "b": 2}
        assert list(variables) == [("a", 1), ("b", 2)]
        assert given_dict == {"a": 1}

    def test_they_show_themselves_in_two_ways(self):
        variables = ContextVariables(data={"a": 1})
        assert str(variables) == "ContextVariables({'a': 1})"
        assert repr(variables) == "ContextVariables(data={'a': 1})"

    def test_empty_ones_are_false(self):
        assert not ContextVariables()

    def test_a_missing_name_is_a_key_error(self):
        variables = ContextVariables()
        with pytest.raises(KeyError, match="x"):
            variables["x"]
        with pytest.raises(KeyError, match="x"):
            del variables["x"]
        assert variables.remove("x") is False

    def test_they_are_equal_to_their_like_only(self):
        assert ContextVariables({"a": 1}) == ContextVariables({"a": 1})
        assert ContextVariables({"a": 1}) != {"a": 1}

    def test_a_name_that_is_not_a_text_is_refused(self):
        with pytest.raises(ValidationError):
            ContextVariables({1: 2})  # type: ignore[dict-item]

    def test_they_take_over_those_of_others(self):
        variables = ContextVariables({"a": 1})
        variables.update(ContextVariables({"b": 2}))
        variables.update({"a": 3})
        assert variables.to_dict() == {"a": 3, "b": 2}


class TestExpressions:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("${x} > 1", True),
            ("${x}", 2),
            ("len(${l}) == 2", True),
            ("!${x}", False),
            ("not ${d}", True),
            ("${x} & ${y}", True),
            ("${d} | ${x}", 2),
            ("1 < ${x} < 3", True),
            ("3 > ${x} > 2", False),
            ("-${x} < 0", True),
            ('"a & b" == ${s}', True),
            ("${x} != 2", False),
            ("!(${x} == 2)", False),
            ("${l}", True),
            ("${d}", False),
            ("${n}", None),
            ("${l} == ${l}", True),
            ("len(${n})", 0),
            ("(${x} == 2 or ${d}) and not (${s} == 'no')", True),
            ("'${x}' == 'b'", False),
        ],
    )
    def test_the_grammar(self, expression, value):
        assert ContextExpression(expression).evaluate(ContextVariables(VALUES)) == value
        assert ContextExpression(expression).evaluate(VALUES) == value

    @pytest.mark.parametrize(
        "expression",
        [
            "${x} + 1 == 3",
            "${x} in ${l}",
            "${x} is None",
            "${l}[0]",
            "${s}.lower()",
            "f(${x})",
            "len(${x}, 1)",
            "[1]",
            "~${x}",
            "lambda: 1",
            "${x} if ${y} else 1",
            "__import__('os').system('echo')",
            "(x := 1)",
            5,
            None,
        ],
    )
    def test_everything_else_is_refused_at_once(self, expression):
        with pytest.raises(ValueError, match="An expression may have"):
            ContextExpression(expression)

    @pytest.mark.parametrize("expression", ["${x} ==", "", "${x", "${} == 1", "${x} ${y}"])
    def test_what_cannot_be_read_is_a_syntax_error(self, expression):
        with pytest.raises(SyntaxError, match="An expression may have"):
            ContextExpression(expression)

    @pytest.mark.parametrize("expression", ["${nope}", "not ${nope}", "len(${nope})", "${x} == 2 or ${nope}"])
    def test_a_missing_variable_is_a_key_error(self, expression):
        with pytest.raises(KeyError, match="nope"):
            ContextExpression(expression).evaluate(VALUES)

    def test_a_bare_name_is_refused_when_asked(self):
        with pytest.raises(ValueError, match=r"\$\{foo\}"):
            ContextExpression("foo").evaluate(VALUES)

    def test_values_that_cannot_be_compared_are_a_value_error(self):
        with pytest.raises(ValueError, match="not supported"):
            ContextExpression("${s} > 1").evaluate(VALUES)

    @given(st.text(alphabet="${}xy ()!&|<>=andort'\"1.", max_size=30))
    def test_no_text_does_more_than_fail(self, text):
        with contextlib.suppress(ValueError, SyntaxError, KeyError):
            ContextExpression(text).evaluate({"x": 1, "y": "a"})


class TestConditions:
    def test_a_variable_that_does_not_exist_is_false(self):
        owner = agent("a")
        assert StringAvailableCondition("nope").is_available(owner, []) is False
        assert StringContextCondition(variable_name="nope").evaluate(ContextVariables()) is False

    def test_a_variable_that_an_expression_misses_is_a_key_error(self):
        with pytest.raises(KeyError, match="nope"):
            ExpressionAvailableCondition(ContextExpression("${nope}")).is_available(agent("a"), [])

    def test_a_prompt_with_variables_is_filled_each_time(self):
        owner = agent("a", context_variables={"topic": "law"})
        condition = ContextStrLLMCondition(ContextStr(template="About {topic}"))
        assert condition.get_prompt(owner, []) == "About law"
        owner.context_variables["topic"] = "tax"
        assert condition.get_prompt(owner, []) == "About tax"
        owner.context_variables = {"other": 1}
        with pytest.raises(KeyError, match="topic"):
            condition.get_prompt(owner, [])

    def test_plain_values_stand_for_conditions(self):
        ann = agent("ann")
        handoff = OnCondition(target=ann, condition="When asked.", available="is_open")
        assert handoff.target == AgentTarget(ann)
        assert handoff.condition == StringLLMCondition("When asked.")
        assert handoff.available == StringAvailableCondition("is_open")
        by_context = OnContextCondition(
            target=AgentTarget(ann), condition=ContextExpression("${x}"), available="${y} > 1"
        )
        assert by_context.condition == ExpressionContextCondition(ContextExpression("${x}"))
        assert by_context.available == ExpressionAvailableCondition(ContextExpression("${y} > 1"))
        assert GroupManagerTarget(selection_message="Who?").selection_message.get_message(ann) == "Who?"

    @pytest.mark.parametrize(
        "settings",
        [{"target": "ann", "condition": "x"}, {"target": TerminateTarget(), "condition": 5}, {"condition": "x"}],
    )
    def test_values_that_could_mean_anything_are_refused(self, settings):
        with pytest.raises(ValidationError):
            OnCondition(**settings)

    def test_a_text_condition_on_variables_is_refused(self):
        with pytest.raises(ValidationError):
            OnContextCondition(target=TerminateTarget(), condition="is_open")


class TestReplyResults:
    def test_it_shows_its_message(self):
        assert str(ReplyResult(message="done")) == "done"

    def test_a_dict_of_variables_is_taken_for_what_it_says(self):
        result = ReplyResult(message="m", context_variables={"a": 1})
        assert result.context_variables == ContextVariables({"a": 1})
        assert ReplyResult.model_validate(result.model_dump()).context_variables == ContextVariables({"a": 1})

    def test_an_agent_stands_for_its_target(self):
        assert ReplyResult(message="m", target=agent("ann")).target == AgentTarget(agent_name="ann")

    @pytest.mark.parametrize("settings", [{}, {"message": 1}, {"message": "m", "target": "ann"}])
    def test_anything_else_is_refused(self, settings):
        with pytest.raises(ValidationError):
            ReplyResult(**settings)


class TestHandoffs:
    def test_an_agent_has_its_own(self):
        ann, bob = agent("ann"), agent("bob")
        ann.handoffs.set_after_work(TerminateTarget())
        assert bob.handoffs == Handoffs()
        assert agent("carl", handoffs=ann.handoffs).handoffs is ann.handoffs

    def test_handoffs_of_another_kind_are_refused(self):
        with pytest.raises(TypeError, match="Handoffs"):
            agent("ann", handoffs=5)

    def test_conditions_are_sorted_by_their_kind(self):
        ann = agent("ann")
        by_model = OnCondition(target=AgentNameTarget("bob"), condition="x")
        by_context = OnContextCondition(target=AgentNameTarget("bob"), condition=ContextExpression("${x}"))
        ann.register_handoff(by_model)
        ann.register_handoffs([by_context])
        assert ann.handoffs.llm_conditions == [by_model]
        assert ann.handoffs.context_conditions == [by_context]
        assert ann.handoffs.get_llm_conditions_by_target_type(AgentNameTarget) == [by_model]
        assert ann.handoffs.clear() == Handoffs()

    def test_an_after_work_without_a_condition_stays_the_last(self):
        conditional = OnContextCondition(target=AgentNameTarget("b"), condition=ContextExpression("${x}"))
        first, second = (OnContextCondition(target=AgentNameTarget(name)) for name in ("c", "d"))
        handoffs = Handoffs().add_after_work(first).add_after_works([conditional, second])
        assert handoffs.after_works == [conditional, second]
        assert handoffs.set_after_work(TerminateTarget()).after_works == [OnContextCondition(target=TerminateTarget())]

    @pytest.mark.parametrize(
        "method", ["add", "add_llm_condition", "add_context_condition", "add_after_work", "set_after_work"]
    )
    def test_a_value_of_another_type_is_refused(self, method):
        with pytest.raises(TypeError):
            getattr(Handoffs(), method)(1)

    @pytest.mark.parametrize("method", ["add_many", "add_llm_conditions", "add_context_conditions", "add_after_works"])
    def test_a_list_with_a_value_of_another_type_is_refused(self, method):
        with pytest.raises(TypeError):
            getattr(Handoffs(), method)([1])

    def test_tools_are_named_after_their_targets(self):
        handoffs = Handoffs(llm_conditions=[OnCondition(target=GroupManagerTarget(), condition="x")])
        handoffs.add_llm_condition(OnCondition(target=AgentNameTarget("bob"), condition="y"))
        handoffs.set_llm_function_names()
        names = [condition.llm_function_name for condition in handoffs.llm_conditions]
        assert names == ["transfer_to_the_group_manager_1", "transfer_to_bob_2"]

    def test_targets_that_others_act_for_are_found(self):
        nested = OnCondition(target=NestedChatTarget(nested_chat_config={"chat_queue": []}), condition="x")
        handoffs = Handoffs().add(nested).add(OnCondition(target=TerminateTarget(), condition="y"))
        assert handoffs.get_llm_conditions_requiring_wrapping() == [nested]
        assert handoffs.get_context_conditions_requiring_wrapping() == []


class TestSystemMessages:
    def test_it_is_made_anew_before_each_reply(self):
        ann = agent("ann", update_agent_state_before_reply=[UpdateSystemMessage("You know {x}.")])
        ann.context_variables = {"x": 1}
        ann.generate_reply([{"role": "user", "content": "hi"}])
        assert ann.system_message == "You know 1."
        ann.context_variables["x"] = 2
        ann.generate_reply([{"role": "user", "content": "hi"}])
        assert ann.system_message == "You know 2."

    def test_a_function_sees_the_agent_and_the_messages(self):
        def update(agent: ConversableAgent, messages: list) -> str:
            return f"{agent.name} has heard {len(messages)}"

        ann = agent("ann", update_agent_state_before_reply=UpdateSystemMessage(update))
        ann.generate_reply([{"role": "user", "content": "hi"}])
        assert ann.system_message == "ann has heard 1"

    def test_without_variables_a_text_stays_as_it_is(self):
        ann = agent("ann", update_agent_state_before_reply=UpdateSystemMessage("Say {this}."))
        ann.update_agent_state_before_reply([])
        assert ann.system_message == "Say {this}."

    def test_a_missing_variable_is_a_key_error(self):
        ann = agent("ann", update_agent_state_before_reply=UpdateSystemMessage("{x}"), context_variables={"y": 1})
        with pytest.raises(KeyError, match="x"):
            ann.generate_reply([{"role": "user", "content": "hi"}])

    def test_what_cannot_make_a_system_message_is_refused(self):
        def unannotated(agent, messages):
            return ""

        def lonely(agent) -> str:
            return ""

        for updater in (unannotated, lonely, 5):
            with pytest.raises(ValueError, match="The update function must"):
                UpdateSystemMessage(updater)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="update_agent_state_before_reply"):
            agent("ann", update_agent_state_before_reply=[5])

    def test_any_function_may_prepare_the_agent(self):
        told: list[int] = []
        ann = agent("ann")
        ann.register_hook("update_agent_state", lambda agent, messages: told.append(len(messages)))
        ann.generate_reply([{"role": "user", "content": "hi"}])
        assert told == [1]
