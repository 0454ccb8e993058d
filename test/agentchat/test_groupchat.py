"""A group by itself: its settings, its agents, its messages and its texts."""

from __future__ import annotations

import copy
import dataclasses
import logging

import pytest
from agent_kit import agent

from autogen_classic.agentchat.conversable_agent import ConversableAgent
from autogen_classic.agentchat.groupchat import GroupChat, GroupChatManager
from autogen_classic.exception_utils import AgentNameConflict, UndefinedNextAgent

LOGGER = "autogen.agentchat.groupchat"


def group(names: str = "abc", **settings) -> GroupChat:
    return GroupChat([agent(name) for name in names], [], **settings)


class TestSettings:
    def test_the_fields_stand_in_the_order_in_which_programs_give_them(self):
        fields = [field.name for field in dataclasses.fields(GroupChat) if field.init]
        assert fields == [
            "agents",
            "messages",
            "max_round",
            "admin_name",
            "func_call_filter",
            "speaker_selection_method",
            "max_retries_for_selecting_speaker",
            "allow_repeat_speaker",
            "allowed_or_disallowed_speaker_transitions",
            "speaker_transitions_type",
            "enable_clear_history",
            "send_introductions",
            "select_speaker_message_template",
            "select_speaker_prompt_template",
            "select_speaker_auto_multiple_template",
            "select_speaker_auto_none_template",
            "select_speaker_transform_messages",
            "select_speaker_auto_verbose",
            "select_speaker_auto_model_client_cls",
            "select_speaker_auto_llm_config",
            "role_for_select_speaker_messages",
            "eligibility_policies",
        ]

    def test_a_subclass_may_be_a_dataclass_with_a_field_and_a_post_init_of_its_own(self):
        @dataclasses.dataclass
        class Moderated(GroupChat):
            moderator: str = "nobody"

            def __post_init__(self):
                super().__post_init__()
                self.moderator = self.moderator.upper()

        moderated = Moderated([agent("a"), agent("b")], [], 7, moderator="a")
        assert (moderated.max_round, moderated.moderator) == (7, "A")

    def test_everybody_may_follow_everybody_unless_told_otherwise(self):
        chat = group()
        a, b, c = chat.agents
        assert chat.allow_repeat_speaker is True
        assert chat.allowed_speaker_transitions_dict == {a: [b, c, a], b: [a, c, b], c: [a, b, c]}

    def test_without_repeats_nobody_follows_itself(self):
        chat = group(allow_repeat_speaker=False)
        a, b, c = chat.agents
        assert chat.allowed_speaker_transitions_dict == {a: [b, c], b: [a, c], c: [a, b]}

    def test_a_list_of_repeaters_lets_only_these_follow_themselves(self):
        agents = [agent("a"), agent("b")]
        chat = GroupChat(agents, [], allow_repeat_speaker=[agents[0]])
        assert chat.allowed_speaker_transitions_dict == {agents[0]: [agents[1], agents[0]], agents[1]: [agents[0]]}

    def test_disallowed_transitions_are_turned_into_allowed_ones(self):
        a, b, c = agents = [agent(name) for name in "abc"]
        chat = GroupChat(
            agents,
            [],
            allowed_or_disallowed_speaker_transitions={a: [b]},
            speaker_transitions_type="disallowed",
        )
        assert chat.allowed_speaker_transitions_dict == {a: [a, c], b: [a, b, c], c: [a, b, c]}

    @pytest.mark.parametrize(
        ("settings", "complaint"),
        [
            ({"allow_repeat_speaker": 3}, "should be a bool or a list of Agents"),
            ({"allow_repeat_speaker": "a"}, "should be a bool or a list of Agents"),
            ({"speaker_transitions_type": "perhaps"}, "speaker_transitions_type is set to 'perhaps'"),
            ({"allowed_or_disallowed_speaker_transitions": {}}, "speaker_transitions_type is None"),
            ({"select_speaker_message_template": ""}, "select_speaker_message_template cannot be empty"),
            ({"select_speaker_auto_multiple_template": None}, "select_speaker_auto_multiple_template cannot be"),
            ({"select_speaker_auto_none_template": None}, "select_speaker_auto_none_template cannot be empty"),
            ({"role_for_select_speaker_messages": ""}, "role_for_select_speaker_messages cannot be empty"),
            ({"max_retries_for_selecting_speaker": "2"}, "max_retries_for_selecting_speaker cannot be None or non-int"),
            ({"max_retries_for_selecting_speaker": -1}, "must be greater than or equal to zero"),
            ({"select_speaker_auto_verbose": None}, "select_speaker_auto_verbose cannot be None or non-bool"),
            ({"select_speaker_transform_messages": 3}, "must be None or MessageTransforms"),
        ],
    )
    def test_a_setting_that_cannot_work_is_refused_with_its_name(self, settings, complaint):
        with pytest.raises(ValueError, match=complaint):
            group(**settings)

    def test_repeats_and_transitions_together_are_refused(self):
        a, b = agents = [agent("a"), agent("b")]
        with pytest.raises(ValueError, match="Don't provide both"):
            GroupChat(
                agents,
                [],
                allow_repeat_speaker=False,
                allowed_or_disallowed_speaker_transitions={a: [b]},
                speaker_transitions_type="allowed",
            )

    def test_a_repeater_from_outside_of_the_group_is_refused_by_name(self):
        with pytest.raises(ValueError, match="stranger"):
            GroupChat([agent("a"), agent("b")], [], allow_repeat_speaker=[agent("stranger")])

    def test_a_stranger_as_key_of_the_transitions_is_an_error(self):
        a, b = agents = [agent("a"), agent("b")]
        transitions = {a: [b], agent("stranger"): [a]}
        with pytest.raises(ValueError, match="stranger"):
            GroupChat(
                agents, [], allowed_or_disallowed_speaker_transitions=transitions, speaker_transitions_type="allowed"
            )

    def test_a_stranger_as_value_of_the_transitions_is_a_warning(self, caplog):
        a, b = agents = [agent("a"), agent("b")]
        transitions = {a: [b, agent("stranger")], b: [a]}
        with caplog.at_level(logging.WARNING):
            GroupChat(
                agents, [], allowed_or_disallowed_speaker_transitions=transitions, speaker_transitions_type="allowed"
            )
        assert "stranger" in caplog.text

    def test_two_agents_of_one_name_are_a_warning(self, caplog):
        with caplog.at_level(logging.WARNING, logger=LOGGER):
            GroupChat([agent("twin"), agent("twin"), agent("other")], [])
        assert "2 agents of the group chat are called 'twin'" in caplog.text

    def test_an_unknown_selection_method_is_accepted_until_it_is_used(self):
        chat = group(speaker_selection_method="astrology")
        with pytest.raises(ValueError, match="It should be one of"):
            chat.select_speaker(chat.agents[0], agent("selector"))

    def test_a_copy_shares_the_messages(self):
        chat = group()
        assert copy.copy(chat).messages is chat.messages


class TestAgents:
    def nested(self) -> tuple[GroupChat, list[ConversableAgent]]:
        inner = GroupChat([agent("i1"), agent("twin")], [])
        manager = GroupChatManager(inner, name="manager")
        first = agent("twin")
        return GroupChat([first, manager], []), [first, manager, *inner.agents]

    def test_nested_agents_come_after_those_of_the_group(self):
        chat, everybody = self.nested()
        assert chat.nested_agents() == everybody

    def test_a_group_that_holds_its_own_manager_is_listed_once(self):
        chat = group("ab")
        manager = GroupChatManager(chat, name="m")
        chat.agents.append(manager)
        assert [one.name for one in chat.nested_agents()] == ["a", "b", "m"]

    def test_the_first_agent_of_a_name_is_found(self):
        chat, everybody = self.nested()
        assert chat.agent_by_name("twin") is everybody[0]

    def test_a_nested_agent_is_found_only_when_searched_for(self):
        chat, everybody = self.nested()
        assert chat.agent_by_name("i1") is None
        assert chat.agent_by_name("i1", recursive=True) is everybody[2]

    def test_namesakes_are_an_error_on_request(self):
        chat, _ = self.nested()
        assert chat.agent_by_name("twin", False, True) is chat.agents[0]
        with pytest.raises(AgentNameConflict):
            chat.agent_by_name("twin", True, True)

    def test_the_next_agent_goes_round(self):
        chat = group()
        a, b, c = chat.agents
        assert [chat.next_agent(one) for one in (a, b, c)] == [b, c, a]

    def test_the_next_agent_skips_those_who_do_not_come_into_question(self):
        chat = group()
        a, b, c = chat.agents
        assert chat.next_agent(b, [a, c]) is c
        assert chat.next_agent(c, [b]) is b
        assert chat.next_agent(a, [a]) is a

    def test_after_an_outsider_the_first_agent_is_next(self):
        chat = group()
        assert chat.next_agent(agent("outsider")) is chat.agents[0]

    def test_of_two_namesakes_the_second_follows_the_first(self):
        first, second, third = agents = [agent("twin"), agent("twin"), agent("other")]
        chat = GroupChat(agents, [])
        assert chat.next_agent(first) is second
        assert chat.next_agent(second) is third

    @pytest.mark.parametrize("names", ["", "z", "az"])
    def test_agents_from_outside_cannot_be_next(self, names):
        chat = group()
        chosen = [next((one for one in chat.agents if one.name == name), agent(name)) for name in names]
        with pytest.raises(UndefinedNextAgent):
            chat.next_agent(chat.agents[0], chosen)


class TestMessages:
    def test_a_message_gets_the_name_of_its_speaker(self):
        chat = group()
        chat.append({"role": "user", "content": "hi", "name": "somebody"}, chat.agents[1])
        assert chat.messages == [{"role": "user", "content": "hi", "name": "b"}]

    def test_the_answer_of_a_function_keeps_the_name_of_the_function(self):
        chat = group()
        chat.append({"role": "function", "content": "4", "name": "add"}, chat.agents[1])
        assert chat.messages[0]["name"] == "add"

    def test_content_parts_become_a_text_and_none_becomes_empty(self):
        chat = group()
        chat.append({"role": "user", "content": [{"type": "text", "text": "look"}]}, chat.agents[0])
        chat.append({"role": "assistant", "content": None, "tool_calls": []}, chat.agents[0])
        assert [message["content"] for message in chat.messages] == ["look", ""]

    def test_reset_empties_the_very_list(self):
        chat = group()
        messages = chat.messages
        chat.append({"role": "user", "content": "hi"}, chat.agents[0])
        chat.reset()
        assert chat.messages is messages
        assert messages == []


class TestTexts:
    def test_roles_are_lines_of_name_and_description(self):
        chat = GroupChat([agent("a", description="does it"), agent("b", system_message="You are b.")], [])
        assert chat._participant_roles() == "a: does it\nb: You are b."
        assert chat._participant_roles(chat.agents[1:]) == "b: You are b."

    def test_an_empty_description_is_a_warning(self, caplog):
        chat = GroupChat([agent("a", description=" "), agent("b")], [])
        with caplog.at_level(logging.WARNING, logger=LOGGER):
            assert chat._participant_roles().startswith("a:\n")
        assert "The agent 'a' has an empty description, and may not work well with GroupChat." in caplog.text

    def test_the_introduction_is_its_opening_and_the_roles(self):
        chat = GroupChat([agent("a", description="does it"), agent("b", description="checks it")], [])
        assert chat.introductions_msg() == GroupChat.DEFAULT_INTRO_MSG + "\n\na: does it\nb: checks it"

    def test_the_selection_message_fills_in_roles_and_names(self):
        chat = GroupChat(
            [agent("a", description="does it"), agent("b", description="checks it")],
            [],
            select_speaker_message_template="{roles} | {agentlist}",
        )
        assert chat.select_speaker_msg() == "a: does it\nb: checks it | ['a', 'b']"
        assert chat.select_speaker_msg(chat.agents[:1]) == "a: does it | ['a']"

    def test_the_selection_message_may_come_from_a_function(self):
        chat = group(select_speaker_message_template=lambda chat: f"{len(chat.agents)} agents")
        assert chat.select_speaker_msg(chat.agents[:2]) == "3 agents"

    def test_the_selection_prompt_fills_in_the_names(self):
        assert group(select_speaker_prompt_template="{agentlist}?").select_speaker_prompt() == "['a', 'b', 'c']?"

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_without_a_template_there_is_no_selection_prompt(self, nothing):
        assert group(select_speaker_prompt_template=nothing).select_speaker_prompt() is None

    def test_the_shipped_templates_fill_in_without_leftovers(self):
        chat = group()
        texts = [
            chat.select_speaker_msg(),
            chat.select_speaker_prompt(),
            chat.select_speaker_auto_multiple_template.format(agentlist=chat.agent_names),
            chat.select_speaker_auto_none_template.format(agentlist=chat.agent_names),
        ]
        assert all("['a', 'b', 'c']" in text and "{" not in text for text in texts)


def test_the_repr_of_a_group_shows_no_key() -> None:
    chat = group(select_speaker_auto_llm_config={"model": "m", "api_key": "sk-secret"})
    assert "sk-secret" not in repr(chat)
