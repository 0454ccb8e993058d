"""Criteria are proposed, split and applied by a model over HTTP."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways

from autogen_classic import Cache, GroupChat, GroupChatManager, UserProxyAgent
from autogen_classic.agentchat.contrib.agent_eval.agent_eval import (
    a_generate_criteria,
    a_quantify_criteria,
    generate_criteria,
    quantify_criteria,
)
from autogen_classic.agentchat.contrib.agent_eval.criterion import Criterion
from autogen_classic.agentchat.contrib.agent_eval.critic_agent import CriticAgent
from autogen_classic.agentchat.contrib.agent_eval.quantifier_agent import QuantifierAgent
from autogen_classic.agentchat.contrib.agent_eval.subcritic_agent import SubCriticAgent
from autogen_classic.agentchat.contrib.agent_eval.task import Task
from autogen_classic.errors import UnusableProposalError
from autogen_classic.testing import MockOpenAIServer, ScriptedClient

TASK = Task(name="Sums", description="Add two numbers.", successful_response="2", failed_response="I cannot.")
COARSE = [{"name": "Accuracy", "description": "right?", "accepted_values": ["wrong", "right"], "sub_criteria": []}]
FINE = [{**COARSE[0], "sub_criteria": [{"name": "Sign", "description": "+ or -", "accepted_values": ["no", "yes"]}]}]


def generate(way: str, server: MockOpenAIServer, **settings: Any) -> list[Criterion]:
    arguments = {"llm_config": server.llm_config(), "task": TASK, **settings}
    if way == "sync":
        return generate_criteria(**arguments)
    return asyncio.run(a_generate_criteria(**arguments))


def quantify(way: str, server: MockOpenAIServer, **settings: Any) -> dict[str, Any]:
    criteria = [Criterion.model_validate(one) for one in COARSE]
    arguments = {"llm_config": server.llm_config(), "task": TASK, "criteria": criteria, **settings}
    if way == "sync":
        return quantify_criteria(**arguments)
    return asyncio.run(a_quantify_criteria(**arguments))


@both_ways
@pytest.mark.parametrize(
    "form",
    ["{}", "```json\n{}\n```", "Here they are: {} Good luck."],
)
def test_a_critic_proposes_criteria(way: str, form: str) -> None:
    with MockOpenAIServer([form.format(json.dumps(COARSE))]) as server:
        criteria = generate(way, server, additional_instructions="Three at most.")
    assert [one.model_dump() for one in criteria] == COARSE
    system, question = server.requests[0].messages
    assert system["content"] == f"{CriticAgent.DEFAULT_SYSTEM_MESSAGE}\nThree at most."
    assert question["content"] == TASK.get_sys_message()


@both_ways
def test_criteria_may_come_as_an_object_and_their_values_as_numbers(way: str) -> None:
    with MockOpenAIServer(['{"Clarity": {"description": "clear?", "accepted_values": [1, 2, 3]}}']) as server:
        criteria = generate(way, server)
    assert criteria == [Criterion(name="Clarity", description="clear?", accepted_values=["1", "2", "3"])]


@both_ways
def test_a_subcritic_splits_what_the_critic_proposes(way: str) -> None:
    with MockOpenAIServer([json.dumps(COARSE), json.dumps(FINE)]) as server:
        criteria = generate(way, server, use_subcritic=True, max_round=3)
    assert criteria[0].sub_criteria[0].name == "Sign"
    assert [said.get("name") for said in server.requests[1].messages] == [None, "critic_user", "critic"]


@both_ways
@pytest.mark.parametrize("answer", ["I would rather not.", '[{"name": "x"}]', "[1, 2", "", "[1]"])
def test_an_answer_without_criteria_is_an_error_that_shows_it(way: str, answer: str) -> None:
    with MockOpenAIServer([answer]) as server:
        with pytest.raises(UnusableProposalError, match="no list of criteria") as caught:
            generate(way, server)
    assert repr(answer) in str(caught.value)


@both_ways
def test_a_quantifier_judges_a_test_case(way: str) -> None:
    answer = '{"Accuracy": "right"}'
    with MockOpenAIServer([answer, answer]) as server:
        judged = quantify(way, server, test_case="1+1 is 2", ground_truth="true")
        quantify(way, server, test_case={"response": "zwölf"})
    assert judged == {"actual_success": "true", "estimated_performance": answer}
    texts = [request.last_text for request in server.requests]
    criteria = Criterion.write_json([Criterion.model_validate(one) for one in COARSE])
    assert texts[0] == (
        f"{TASK.get_sys_message()}Evaluation dictionary: {criteria}actual test case to evaluate: 1+1 is 2"
    )
    assert texts[1].endswith('{"response": "zwölf"}')


@both_ways
def test_what_is_missing_is_named(way: str) -> None:
    with MockOpenAIServer([]) as server:
        with pytest.raises(ValueError, match="no task"):
            generate(way, server, task=None)
        with pytest.raises(ValueError, match="no task"):
            quantify(way, server, task=None)
        with pytest.raises(ValueError, match="no criteria"):
            quantify(way, server, criteria=[])
    assert server.requests == []


def test_criteria_survive_writing_and_reading() -> None:
    criteria = Criterion.parse_json_str(json.dumps(FINE))
    assert Criterion.parse_json_str(Criterion.write_json(criteria)) == criteria


def test_a_task_is_read_from_json() -> None:
    assert Task.parse_json_str(TASK.model_dump_json()) == TASK
    with pytest.raises(ValueError, match="failed_response"):
        Task.parse_json_str('{"name": "n", "description": "d", "successful_response": "s"}')
    with pytest.raises(json.JSONDecodeError):
        Task.parse_json_str("no JSON")


@pytest.mark.parametrize("kind", [CriticAgent, SubCriticAgent, QuantifierAgent])
def test_each_agent_has_its_part_as_defaults_and_takes_others(kind: type[Any]) -> None:
    agent = kind(llm_config=False)
    assert agent.name == kind.__name__.removesuffix("Agent").lower()
    assert (agent.system_message, agent.description) == (kind.DEFAULT_SYSTEM_MESSAGE, kind.DEFAULT_DESCRIPTION)
    assert kind("other", system_message="S", description="D", llm_config=False).system_message == "S"


def test_the_agents_work_in_a_group_of_your_own() -> None:
    with MockOpenAIServer([json.dumps(COARSE), '{"Accuracy": "right"}']) as server:
        config = server.llm_config()
        critic, quantifier = CriticAgent(llm_config=config), QuantifierAgent(llm_config=config)
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        group = GroupChat([user, critic, quantifier], [], max_round=3, speaker_selection_method="round_robin")
        result = user.initiate_chat(GroupChatManager(group), message=TASK.get_sys_message())
    assert result.summary == '{"Accuracy": "right"}'
    assert quantifier.get_total_usage() is not None


@both_ways
def test_what_critics_and_quantifiers_spend_is_on_the_account_of_their_owner(way: str) -> None:
    with MockOpenAIServer([json.dumps(COARSE), json.dumps(FINE), '{"Accuracy": "right"}']) as server:
        owner = agent("owner", llm_config=server.llm_config())
        generate(way, server, llm_config=None, use_subcritic=True, max_round=3, owner=owner)
        quantify(way, server, llm_config=None, owner=owner)
        asked = len(server.requests)
        usage = owner.get_actual_usage()
    assert asked == 3
    assert usage is not None
    assert usage["mock-model"]["completion_tokens"] > 30


@both_ways
def test_an_owner_lends_its_cache_and_its_registered_clients(way: str, tmp_path: Path) -> None:
    client = ScriptedClient(['{"Accuracy": "right"}'])
    owner = agent("owner", llm_config={"config_list": [{"model": "own", "model_client_cls": "ScriptedClient"}]})
    owner.register_model_client(client)
    with Cache.disk(1, str(tmp_path)) as cache:
        owner.client_cache = cache
        for _ in range(2):
            criteria = [Criterion.model_validate(one) for one in COARSE]
            if way == "sync":
                judged = quantify_criteria(None, criteria, TASK, owner=owner)
            else:
                judged = asyncio.run(a_quantify_criteria(None, criteria, TASK, owner=owner))
    assert judged["estimated_performance"] == '{"Accuracy": "right"}'
    assert len(client.requests) == 1
