"""ReasoningAgent: searches through trees of steps, over HTTP, and what its models may get wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import openai
import pytest

from autogen_classic import UserProxyAgent
from autogen_classic.agents.experimental import ReasoningAgent, ThinkNode
from autogen_classic.agents.experimental.reasoning._prompts import options_in, rating_in, ratings_in, reflection_in
from autogen_classic.testing import MockOpenAIServer, ModelRequest, error
from test.helpers.agent_kit import both_ways, chat

STEPS = "REFLECTION: fine\n\n**Possible Options:**\nOption 1: add\nOption 2: multiply\nOption 3: TERMINATE enough"


def is_thinking(request: ModelRequest) -> bool:
    return "What are the next steps?" in request["messages"][-1]["content"]


def is_rating(request: ModelRequest) -> bool:
    return request["messages"][-1]["content"].startswith("Rate ")


def model(thoughts: Callable[[str], str] = lambda _: STEPS, rate: Callable[[str], str] = lambda _: "Rating: 5") -> Any:
    """A model that thinks, rates and answers."""

    def answer(request: ModelRequest) -> str:
        asked = request["messages"][-1]["content"]
        if is_thinking(request):
            return thoughts(asked)
        return rate(asked) if is_rating(request) else "It is 42."

    return answer


def reply_of(way: str, server: MockOpenAIServer, message: str = "What is 6 by 7?", **settings: Any) -> tuple[Any, Any]:
    agent = ReasoningAgent("reasoner", llm_config=server.llm_config(), **settings)
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    result = chat(way, user, agent, message=message, max_turns=1, silent=None)
    return agent, result.chat_history[-1]["content"]


@both_ways
@pytest.mark.parametrize("method", ["beam_search", "dfs", "mcts", "lats"])
def test_each_method_answers_in_the_end(way: str, method: str) -> None:
    with MockOpenAIServer(model()) as server:
        agent, answer = reply_of(way, server, reason_config={"method": method, "max_depth": 2, "beam_size": 2})
        assert answer == "It is 42."
        assert agent.method == method
        assert [child.content for child in agent._root.children] == ["add", "multiply", "TERMINATE enough"]
        assert agent._root.reflection == "fine"
        asked = sum(entry["total_tokens"] for entry in agent.get_total_usage().values() if isinstance(entry, dict))
        assert asked > 0, "whom the agent asks for itself, it pays for"
        assert sum(map(bool, agent._oai_messages.values())) == 1, "talks with helpers are not kept"


def test_a_beam_search_rates_only_when_there_are_more_steps_than_room() -> None:
    with MockOpenAIServer(model()) as server:
        reply_of("sync", server, reason_config={"max_depth": 1, "beam_size": 3})
        assert not any(map(is_rating, server.requests))
    with MockOpenAIServer(model()) as server:
        reply_of("sync", server, reason_config={"max_depth": 1, "beam_size": 2})
        assert sum(map(is_rating, server.requests)) == 3


def test_the_best_rated_step_goes_on() -> None:
    def rate(asked: str) -> str:
        return "Rating: 9" if asked.rstrip().endswith("multiply") else "There are 10 reasons against it. Rating: 2"

    with MockOpenAIServer(model(rate=rate)) as server:
        agent, _ = reply_of("sync", server, reason_config={"max_depth": 1, "beam_size": 1})
        assert "Content: multiply" in server.requests[-1]["messages"][-1]["content"]
        assert [round(child.value, 2) for child in agent._root.children] == [0.11, 0.89, 0.11]
        pairs = agent.extract_rlhf_preference_dataset()
        assert {pair["preferred_response"] for pair in pairs} == {"Step 1: multiply"}
        assert agent.extract_sft_dataset() == [
            {"instruction": "What is 6 by 7?", "response": "Step 1:\nContent: multiply"}
        ]


def test_a_tree_search_tries_good_steps_more_often() -> None:
    def rate(asked: str) -> str:
        return "Rating: 10" if "Content: multiply" in asked else "Rating: 1"

    config = {"method": "mcts", "max_depth": 1, "nsim": 20, "exploration_constant": 0.5}
    with MockOpenAIServer(model(rate=rate)) as server:
        agent, _ = reply_of("sync", server, reason_config=config)
        visits = {child.content: child.visits for child in agent._root.children}
        assert sum(visits.values()) == agent._root.visits == 20
        assert visits["multiply"] > 10 > min(visits.values()) >= 1


def test_lats_shows_the_thinker_how_earlier_answers_were_rated() -> None:
    with MockOpenAIServer(model(lambda _: "Option 1: add", lambda _: "too slow. Rating: 3")) as server:
        reply_of("sync", server, reason_config={"method": "lats", "max_depth": 2, "nsim": 2})
        thinking = [request["messages"][-1]["content"] for request in server.requests if is_thinking(request)]
        assert "too slow" not in thinking[0]
        config = {"method": "lats", "max_depth": 3, "nsim": 2}
    with MockOpenAIServer(model(rate=lambda _: "too slow. Rating: 3")) as server:
        reply_of("sync", server, reason_config=config)
        thinking = [request["messages"][-1]["content"] for request in server.requests if is_thinking(request)]
        assert "too slow" in thinking[-1]


@both_ways
def test_steps_are_carried_out_and_their_code_is_run(way: str, tmp_path: Any) -> None:
    thoughts = "Option 1: compute\n```python\nprint(6 * 7)\n```\nOption 2: guess"
    with MockOpenAIServer(model(lambda _: thoughts)) as server:
        agent, _ = reply_of(
            way,
            server,
            reason_config={"max_depth": 1, "beam_size": 2, "interim_execution": True},
            code_execution_config={"work_dir": str(tmp_path), "use_docker": False},
        )
        computed, guessed = agent._root.children
        assert "42" in computed.output
        assert guessed.output == "It is 42.", "what holds no code is worked out by the model"
        assert "Output: exitcode: 0" in server.requests[-1]["messages"][-1]["content"]


def test_several_trees_are_made_into_one_answer() -> None:
    with MockOpenAIServer(model(lambda _: "Option 1: TERMINATE")) as server:
        reply_of("sync", server, reason_config={"forest_size": 3})
        last = server.requests[-1]["messages"][-1]["content"]
        assert last.count("It is 42.") == 3
        assert sum(map(is_thinking, server.requests)) == 3


def test_a_longer_conversation_is_first_made_into_one_question() -> None:
    with MockOpenAIServer(model(lambda _: "Option 1: TERMINATE")) as server:
        agent = ReasoningAgent("reasoner", llm_config=server.llm_config())
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        user.initiate_chat(agent, message="I think of six.", max_turns=1)
        user.initiate_chat(agent, message="Take it by seven.", max_turns=1, clear_history=False)
        rewritten = [request for request in server.requests if "I think of six." in request["messages"][-1]["content"]]
        assert "Take it by seven." in rewritten[-1]["messages"][-1]["content"]
        assert agent._root is not None
        assert agent._root.content == "It is 42.", "what the rewriter made of it"


def test_only_those_who_rate_know_the_right_answer() -> None:
    with MockOpenAIServer(model()) as server:
        agent, _ = reply_of(
            "sync", server, "What is 6 by 7? GROUND_TRUTH: forty-two", reason_config={"max_depth": 1, "beam_size": 1}
        )
        told = {is_rating(request) for request in server.requests if "forty-two" in json.dumps(request["messages"])}
        assert told == {True}
        assert agent._root.content == "What is 6 by 7?"


@pytest.mark.parametrize("nothing", ["", "I do not know.", "**Possible Options:**\n1. add", "Option 1:"])
@pytest.mark.parametrize("method", ["beam_search", "mcts"])
def test_a_thinker_without_options_does_not_lose_the_answer(nothing: str, method: str) -> None:
    with MockOpenAIServer(model(lambda _: nothing)) as server:
        agent, answer = reply_of("sync", server, reason_config={"method": method, "nsim": 1})
        assert answer == "It is 42."
        assert agent.visualize_tree().text.startswith("What is 6 by 7?")


@pytest.mark.parametrize("rating", ["", "good", "Rating: ", "Rating: 99", "Rating: -3", "10/10"])
def test_an_odd_rating_is_read_as_far_as_it_goes(rating: str) -> None:
    with MockOpenAIServer(model(rate=lambda _: rating)) as server:
        agent, answer = reply_of("sync", server, reason_config={"max_depth": 1, "beam_size": 1})
        assert answer == "It is 42."
        assert all(0 <= child.value <= 1 for child in agent._root.children)


def test_what_is_not_verbose_keeps_its_inner_talk_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for verbose in (True, False):
        with MockOpenAIServer(model()) as server:
            reply_of("sync", server, reason_config={"max_depth": 1}, verbose=verbose)
        printed = capsys.readouterr().out
        assert "user (to reasoner):" in printed
        assert ("reasoner (to tot_thinker):" in printed) is verbose
        assert ("tot_thinker (to reasoner):" in printed) is verbose
        assert ("reasoner (to user):" in printed) is verbose


def test_a_scope_is_told_to_all() -> None:
    with MockOpenAIServer(model()) as server:
        reply_of("sync", server, scope="school sums", reason_config={"max_depth": 1, "beam_size": 1})
        assert all("school sums" in request["messages"][0]["content"] for request in server.requests)


def test_another_model_may_rate() -> None:
    with MockOpenAIServer(model()) as server:
        reply_of(
            "sync",
            server,
            grader_llm_config={"config_list": [server.config(model="judge")], "cache_seed": None},
            reason_config={"max_depth": 1, "beam_size": 1},
        )
        assert {request["model"] for request in server.requests if is_rating(request)} == {"judge"}
        assert "judge" not in {request["model"] for request in server.requests if not is_rating(request)}


def test_its_methods_rate_and_work_on_their_own() -> None:
    with MockOpenAIServer(
        model(rate=lambda asked: "Option 2: Rating: 10" if "these" in asked else "Rating: 1")
    ) as server:
        agent = ReasoningAgent("reasoner", llm_config=server.llm_config())
        root = ThinkNode("What is 6 by 7?")
        nodes = [ThinkNode("add", root), ThinkNode("multiply", root)]
        assert agent.rate_batch_nodes(nodes) == [0.0, 1.0]
        assert agent.rate_batch_nodes([]) == []
        assert agent.rate_node(nodes[1]) == 0.0
        assert agent.execute_node(nodes[0]) == nodes[0].output == "It is 42."


def test_a_grader_never_tires() -> None:
    with MockOpenAIServer(model(rate=lambda _: "Rating: 10")) as server:
        agent = ReasoningAgent("reasoner", llm_config=server.llm_config(), silent=True)
        step = ThinkNode("multiply", ThinkNode("What is 6 by 7?"))
        ratings = [agent.rate_node(ThinkNode(str(number), step)) for number in range(105)]
        assert ratings == [1.0] * 105, "the limit of replies in a row is for conversations"
        assert len(server.requests) == 105


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"method": "guess"}, "'guess' is not known. It must be one of beam_search, mcts, lats, dfs"),
        ({"answer_approach": "worst"}, "pool, best"),
        ({"beam_size": 0}, "beam_size must be a whole number of at least 1"),
        ({"max_depth": "deep"}, "max_depth must be a whole number"),
        ({"forest_size": 1.5}, "forest_size"),
        ({"exploration_constant": -1}, "exploration_constant must be 0 or more"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_anything_is_paid_for(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ReasoningAgent("reasoner", llm_config=False, reason_config=config)


def test_an_unknown_setting_is_named(caplog: pytest.LogCaptureFixture) -> None:
    ReasoningAgent("reasoner", llm_config=False, reason_config={"beam": 3}, verbose=True)
    assert "reason_config has beam" in caplog.text


def test_without_a_model_it_says_so() -> None:
    agent = ReasoningAgent("reasoner", llm_config=False)
    with pytest.raises(ValueError, match="reasoner has no model to think with"):
        agent.generate_reply([{"role": "user", "content": "hi"}])
    with pytest.raises(ValueError, match="has not replied yet"):
        agent.extract_sft_dataset()
    assert agent.visualize_tree() is None


def test_nothing_to_answer_is_left_to_other_replies() -> None:
    with MockOpenAIServer(["other"]) as server:
        agent = ReasoningAgent("reasoner", llm_config=server.llm_config())
        assert agent.generate_forest_response([{"role": "user", "content": ""}]) == (False, None)
        assert asyncio.run(agent.a_generate_reply([{"role": "user", "content": ""}])) == "other"


def test_a_question_that_has_failed_does_not_come_with_the_next_one() -> None:
    with MockOpenAIServer([error(400, "Refused.")], default=model()) as server:
        agent = ReasoningAgent("reasoner", llm_config=server.llm_config())
        with pytest.raises(openai.BadRequestError):
            agent.generate_reply([{"role": "user", "content": "What is 6 by 7?"}])
        assert agent.generate_reply([{"role": "user", "content": "What is 8 by 9?"}]) == "It is 42."
        told = [str(request["messages"]) for request in server.requests]
    assert "6 by 7" in told[0]
    assert not any("6 by 7" in text for text in told[1:])


def test_a_tree_comes_back_from_json() -> None:
    root = ThinkNode("question")
    step = ThinkNode("step", root)
    ThinkNode("answer", step).backpropagate(0.5)
    again = ThinkNode.from_dict(json.loads(json.dumps(root.to_dict())))
    assert again.to_dict() == root.to_dict()
    assert again.children[0].children[0].trajectory == step.children[0].trajectory
    assert ThinkNode.from_dict({"content": "alone", "children": None}).children == []
    for wrong in (None, 5, {}, {"value": 1}):
        with pytest.raises(ValueError, match="A step is a dict with 'content'"):
            ThinkNode.from_dict(wrong)  # type: ignore[arg-type]


def test_a_tree_is_drawn() -> None:
    root = ThinkNode("<question>")
    ThinkNode("step & more", root).backpropagate(1)
    drawing = root.visualize_tree()
    assert drawing.text == "<question>\n  step & more (1.00)"
    assert drawing.mermaid.startswith("flowchart TD\n")
    assert "n0 --> n1" in drawing.mermaid
    assert "&lt;question&gt;" in drawing.svg
    assert "<question>" not in drawing.svg


def test_forms_in_which_models_write() -> None:
    assert options_in("**Option 1:** add\n- Option 2. multiply\nby hand\n\nOption 3) **stop**") == [
        "add",
        "multiply\nby hand",
        "**stop**",
    ]
    assert (
        reflection_in("**REFLECTION:**\nall well\nso far\n\n**Possible Options:**\nOption 1: x") == "all well\nso far"
    )
    assert reflection_in("Option 1: x") == ""
    assert [rating_in(text) for text in ("3 of 4 steps. **Rating:** 8/10", "7.5", "v2 is bad", "none")] == [
        8,
        7.5,
        None,
        None,
    ]
    assert ratings_in("Option 1: a\nRating: 2\nOption 2: b\nRating: 3")[2] == (3.0, "Option 2: b\nRating: 3")


def test_older_programs_find_it_where_it_was() -> None:
    import autogen_classic
    from autogen_classic.agentchat.contrib.reasoning_agent import ReasoningAgent as OfOld
    from autogen_classic.agentchat.contrib.reasoning_agent import TreeofThought_message

    assert OfOld is ReasoningAgent is autogen_classic.ReasoningAgent
    assert autogen_classic.ThinkNode is ThinkNode
    assert autogen_classic.agents.experimental.ReasoningAgent is ReasoningAgent
    assert "Option 1" in TreeofThought_message
