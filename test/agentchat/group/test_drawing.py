"""Pictures of groups."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from agent_kit import agent

from autogen_classic.agentchat.group import (
    AgentTarget,
    ContextExpression,
    GroupManagerTarget,
    NestedChatTarget,
    OnCondition,
    OnContextCondition,
    RandomAgentTarget,
    RevertToUserTarget,
    StayTarget,
    TerminateTarget,
)
from autogen_classic.agentchat.group.patterns import DefaultPattern, RandomPattern, RoundRobinPattern


@pytest.fixture
def pattern():
    ann, bob, user = agent("ann"), agent("bob"), agent("user")
    ann.handoffs.add_many(
        [
            OnCondition(target=bob, condition='When it is "urgent" <now>.'),
            OnContextCondition(target=RevertToUserTarget(), condition=ContextExpression("${tries} > 2")),
            OnContextCondition(target=StayTarget()),
        ]
    )
    bob.handoffs.set_after_work(AgentTarget(ann))
    return DefaultPattern(ann, [ann, bob], user_agent=user)


def test_the_lines_say_who_hands_over_to_whom_and_when(pattern):
    assert pattern.draw("text").splitlines() == [
        "ann begins.",
        "ann -> user: if ${tries} > 2",
        "ann -> ann: if always",
        'ann -> bob: model: When it is "urgent" <now>.',
        "ann -> Terminate: otherwise",
        "bob -> ann: then",
    ]


def test_mermaid_has_a_node_for_each_member_and_an_edge_for_each_handoff(pattern):
    assert pattern.draw() == (
        "flowchart TD\n"
        "    begin([begin]) --> n0\n"
        '    n0["ann"]\n'
        '    n1["bob"]\n'
        '    n2["user"]\n'
        '    n3(["Terminate"])\n'
        '    n0 -->|"if ${tries} #gt; 2"| n2\n'
        '    n0 -->|"if always"| n0\n'
        '    n0 -->|"model: When it is #quot;urgent#quot; #lt;now#gt;."| n1\n'
        '    n0 -->|"otherwise"| n3\n'
        '    n1 -->|"then"| n0\n'
    )


def test_a_picture_is_svg_with_a_text_alternative(pattern):
    root = ET.fromstring(pattern.draw("svg"))
    names = {"svg": "http://www.w3.org/2000/svg"}
    texts = [text.text for text in root.findall("svg:text", names)]
    assert {"ann", "bob", "user", "Terminate", "if ${tries} > 2", "then"} <= set(texts)
    assert root.find("svg:desc", names).text == pattern.draw("text")


def test_patterns_draw_what_they_do_where_no_handoff_counts():
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    bob.handoffs.set_after_work(TerminateTarget())
    assert RoundRobinPattern(ann, [ann, bob, carl]).draw("text").splitlines()[1:] == [
        "ann -> bob: otherwise",
        "bob -> Terminate: then",
        "carl -> ann: otherwise",
    ]
    assert "ann -> carl: otherwise" in RandomPattern(ann, [ann, bob, carl]).draw("text")


def test_targets_that_are_not_agents_are_nodes_of_their_own():
    ann, bob = agent("ann"), agent("bob")
    ann.handoffs.add_llm_conditions(
        [
            OnCondition(target=NestedChatTarget(nested_chat_config={"chat_queue": []}), condition="x"),
            OnCondition(target=GroupManagerTarget(), condition="y"),
            OnCondition(target=RandomAgentTarget([ann, bob]), condition="z"),
        ]
    )
    drawn = DefaultPattern(ann, [ann, bob]).draw("text")
    assert "ann -> a nested chat: model: x" in drawn
    assert "ann -> the group manager: model: y" in drawn
    assert "ann -> bob: model: z" in drawn


def test_another_form_is_refused(pattern):
    with pytest.raises(ValueError, match="mermaid, svg, text"):
        pattern.draw("png")


def test_what_makes_a_handoff_available_is_written_at_its_edge():
    ann, bob = agent("ann"), agent("bob")
    ann.handoffs.add_many(
        [
            OnCondition(target=bob, condition="For bob.", available="ready"),
            OnContextCondition(
                target=AgentTarget(bob), condition=ContextExpression("${x}"), available=ContextExpression("${y} > 1")
            ),
        ]
    )
    ann.handoffs.add_after_work(OnContextCondition(target=AgentTarget(bob), available="late"))
    assert DefaultPattern(ann, [ann, bob]).draw("text").splitlines()[1:4] == [
        "ann -> bob: if ${x}, while ${y} > 1",
        "ann -> bob: model: For bob., while ready",
        "ann -> bob: then, while late",
    ]


def test_nested_chats_that_differ_have_nodes_of_their_own():
    ann, bob = agent("ann"), agent("bob")

    def nested(message):
        return NestedChatTarget(nested_chat_config={"chat_queue": [{"recipient": bob, "message": message}]})

    same = nested("one")
    ann.handoffs.add_many([OnCondition(target=target, condition="x") for target in (same, nested("two"), same)])
    lines = DefaultPattern(ann, [ann, bob]).draw("text").splitlines()
    assert [line.split(" -> ")[1] for line in lines[1:4]] == [
        "a nested chat: model: x",
        "a nested chat 2: model: x",
        "a nested chat: model: x",
    ]
