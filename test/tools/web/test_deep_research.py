"""Deep research: a question is split, its parts are answered from the web, and critics accept what goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from autogen_classic import UserProxyAgent
from autogen_classic.agents.experimental import DeepResearchAgent
from autogen_classic.testing import MockOpenAIServer, Reply, error, tool_call
from autogen_classic.tools import Tool
from autogen_classic.tools.experimental import DeepResearchTool
from autogen_classic.tools.experimental.deep_research import deep_research
from autogen_classic.tools.experimental.deep_research.deep_research import (
    CompletedTask,
    GatheredInformation,
    InformationCrumb,
    SubquestionAnswer,
    Task,
)
from test.helpers.agent_kit import both_ways, chat

QUESTION = "How tall is the heron?"
SPLIT = tool_call("split_question_and_answer_subquestions", question=QUESTION)


def parts(*questions: str) -> Any:
    task = {"question": QUESTION, "subquestions": [{"question": question} for question in questions]}
    return tool_call("generate_subquestions", task=task)


def confirmed(answer: str) -> Any:
    return tool_call("confirm_answer", answer=answer)


ACCEPTED = tool_call("confirm_summary", answer="It is 90 cm tall.", reasoning="Two pages say so.")
RESEARCH = [
    SPLIT,
    "1. Which heron? 2. How tall?",
    parts("Which heron?", "How tall?"),
    tool_call("look_up", query="heron"),
    "The grey one.",
    confirmed("The grey heron."),
    "90 cm.",
    "Where does that stand?",
    "90 cm, says heron.example.",
    confirmed("90 cm (heron.example)."),
    "The grey heron is 90 cm tall.",
    ACCEPTED,
]


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


@pytest.fixture(autouse=True)
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A web of one page, and what was looked up in it."""
    queries: list[str] = []

    def look_up(query: str) -> str:
        """Look something up."""
        queries.append(query)
        return "A grey heron stands at the pond."

    monkeypatch.setattr(deep_research, "make_web_tool", lambda *_: Tool(func_or_tool=look_up))
    return queries


def research(way: str, tool: DeepResearchTool) -> str:
    if way == "sync":
        return str(tool(task=QUESTION))
    return str(asyncio.run(tool.run_by(None)(task=QUESTION)))


def of_one_token(*replies: Any) -> list[Reply]:
    said = [{"content": reply} if isinstance(reply, str) else {"tool_calls": (reply,)} for reply in replies]
    return [Reply(**one, usage=(1, 0)) for one in said]


def tools_of(request: Any) -> list[str]:
    return [one["function"]["name"] for one in request.get("tools", [])]


@both_ways
def test_a_question_is_split_its_parts_are_answered_and_the_answer_is_accepted(
    model: MockOpenAIServer, looked_up: list[str], way: str
) -> None:
    model.add(*RESEARCH)
    assert research(way, DeepResearchTool(model.llm_config())) == (
        "Answer confirmed:It is 90 cm tall.\nReasoning: Two pages say so."
    )
    assert looked_up == ["heron"]
    assert [tools_of(request) for request in model.requests] == [
        ["split_question_and_answer_subquestions"],
        [],
        ["generate_subquestions"],
        ["look_up"],
        ["look_up"],
        ["confirm_answer"],
        ["look_up"],
        ["confirm_answer"],
        ["look_up"],
        ["confirm_answer"],
        ["split_question_and_answer_subquestions"],
        ["confirm_summary"],
    ]
    assert "Which heron?" in model.requests[3].last_text
    assert model.requests[10].last_text == (
        f"Subquestions answered: \nTask: {QUESTION}\n\n"
        "Subquestion 1:\nQuestion: Which heron?\nAnswer confirmed: The grey heron.\n\n"
        "Subquestion 2:\nQuestion: How tall?\nAnswer confirmed: 90 cm (heron.example).\n"
    )


@both_ways
def test_an_agent_has_its_tasks_researched_on_its_own_account(model: MockOpenAIServer, way: str) -> None:
    agent = DeepResearchAgent("researcher", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    agent.tool.register_for_execution(user)
    model.add(*of_one_token(tool_call("delegate_research_task", task=QUESTION), *RESEARCH, "90 cm."))
    result = chat(way, user, agent, message=QUESTION, max_turns=2)
    assert result.summary == "90 cm."
    assert result.chat_history[2]["content"].startswith("Answer confirmed:It is 90 cm tall.")
    assert result.cost["usage_including_cached_inference"]["mock-model"]["prompt_tokens"] == len(model.requests) == 14


@both_ways
def test_a_talk_that_never_ends_gives_its_last_words_as_not_confirmed(model: MockOpenAIServer, way: str) -> None:
    model.add(SPLIT, "1. Which?", parts("Which?"), *["I think it is grey.", "Look again."] * 2)
    model.add(
        "I think it is grey.",
        "Perhaps it is grey.",
        tool_call("confirm_summary", answer="Grey, perhaps.", reasoning="No proof."),
    )
    found = research(way, DeepResearchTool(model.llm_config(), max_web_steps=1))
    assert found == "Answer confirmed:Grey, perhaps.\nReasoning: No proof."
    assert "Not confirmed: I think it is grey." in str(model.requests[-1]["messages"])


@pytest.mark.parametrize("count", [0, 11])
def test_a_critic_hears_how_many_parts_a_question_may_have(model: MockOpenAIServer, count: int) -> None:
    model.add(SPLIT, "1. Which?", parts(*["Which?"] * count), parts("Which?"), "Grey.", confirmed("Grey."), "Grey.")
    model.add(ACCEPTED)
    assert research("sync", DeepResearchTool(model.llm_config())).startswith("Answer confirmed:")
    assert f"1 to 10 subquestions, but these are {count}" in model.requests[3].last_text


def test_a_model_that_fails_becomes_a_text_for_the_one_who_asked(model: MockOpenAIServer) -> None:
    agent = DeepResearchAgent("researcher", llm_config=model.llm_config(max_retries=0))
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    agent.tool.register_for_execution(user)
    model.add(tool_call("delegate_research_task", task=QUESTION), error(401), "I could not find out.")
    result = chat("sync", user, agent, message=QUESTION, max_turns=2)
    assert result.summary == "I could not find out."
    assert "401" in result.chat_history[2]["content"]


def test_tools_of_the_configuration_are_for_the_agent_alone(model: MockOpenAIServer) -> None:
    config = {**model.llm_config(), "tools": [DeepResearchTool(model.llm_config()).tool_schema]}
    model.add(*RESEARCH)
    research("sync", DeepResearchTool(config))
    assert tools_of(model.requests[1]) == []


def test_what_is_missing_or_impossible_is_told_at_once(model: MockOpenAIServer) -> None:
    with pytest.raises(ValueError, match="needs a model"):
        DeepResearchTool(False)
    with pytest.raises(ValueError, match="max_web_steps must be at least 1, but it is 0"):
        DeepResearchTool(model.llm_config(), 0)
    with pytest.raises(TypeError, match="max_web_steps must be a whole number, but it is '3'"):
        DeepResearchTool(model.llm_config(), "3")  # type: ignore[arg-type]


def test_what_agents_hand_over_is_written_as_they_read_it() -> None:
    task = Task(question="T", subquestions=[{"question": "Q"}])  # type: ignore[list-item]
    assert task.format() == "Task: T\n\nSubquestion 1:\nQuestion: Q\n"
    done = CompletedTask(question="T", subquestions=[SubquestionAnswer(question="Q", answer="A")])
    assert done.format() == "Task: T\n\nSubquestion 1:\nQuestion: Q\nA\n"
    crumb = InformationCrumb(source_url="U", source_title="T", source_summary="S", relevant_info="R")
    assert GatheredInformation(information=[crumb]).format() == (
        "Here is the gathered information: \nURL: U\nTitle: T\nSummary: S\nRelevant Information: R\n\n"
    )
