"""How a question is researched: by pairs of agents, of whom one works and a critic says when the work is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from ...._core.content import content_str
from ....agentchat.conversable_agent import ConversableAgent
from ...dependency_injection import ChatContext
from ...tool import Tool
from .._accounts import caller_in, on_account_of_caller
from . import _prompts
from ._models import CompletedTask, SubquestionAnswer, Task

__all__ = ("ANSWER_CONFIRMED_PREFIX", "SUBQUESTIONS_ANSWER_PREFIX", "Research")

ANSWER_CONFIRMED_PREFIX = "Answer confirmed:"
SUBQUESTIONS_ANSWER_PREFIX = "Subquestions answered:"

_NOT_CONFIRMED = "Not confirmed:"
_MOST_TURNS = 20
_MOST_SUBQUESTIONS = 10

Config = dict[str, Any] | Literal[False] | None


class _Pair:
    """One who works, and a critic whose call of a tool ends their talk.

    Args:
        worker: the one who works.
        critic: the critic.
        chat: the chat of the agent that asked for the research, on whose account the two are.

    Attributes:
        outcome: what the critic has ended the talk with; None until then.
    """

    def __init__(self, worker: ConversableAgent, critic: ConversableAgent, chat: ChatContext | None) -> None:
        self.worker, self.critic = worker, critic
        self.outcome: str | None = None
        self._chat = chat
        for agent in (worker, critic):
            agent._is_termination_msg = lambda _: self.outcome is not None

    def give_tool(self, caller: ConversableAgent, tool: Tool) -> None:
        """Let one of the two call a tool, which the other one runs."""
        tool.register_for_llm(caller)
        tool.register_for_execution(self.worker if caller is self.critic else self.critic)

    async def talk(self, message: str, turns: int = _MOST_TURNS) -> str:
        """Let the two talk.

        Args:
            message: what the critic asks for.
            turns: how often the critic may speak.

        Returns:
            The outcome; if the critic has not ended the talk, the last words of the worker, marked as not confirmed.
        """
        owner = caller_in(self._chat)
        shared: dict[str, Any] = {} if owner is None else {"silent": owner.silent, "cache": owner.client_cache}
        with on_account_of_caller(self._chat, self.worker.client, self.critic.client):
            await self.critic.a_initiate_chat(self.worker, message=message, max_turns=turns, **shared)
        if self.outcome is not None:
            return self.outcome
        heard = (said for said in reversed(self.critic._oai_messages[self.worker]) if said.get("role") == "user")
        texts = (content_str(said.get("content")) for said in heard)
        return f"{_NOT_CONFIRMED} {next(filter(None, texts), 'nothing was found.')}"


class Research:
    """The research of one task.

    Args:
        llm_config: the model of all agents.
        web_tool: how they get at the web.
        max_web_steps: how many turns the search for one answer may take.
        chat: the chat of the agent that asks, on whose account the research is; None where a program asks.
    """

    def __init__(self, llm_config: Config, web_tool: Tool, max_web_steps: int, chat: ChatContext | None) -> None:
        self._llm_config = llm_config
        self._web_tool = web_tool
        self._max_web_steps = max_web_steps
        self._chat = chat

    async def answer(self, task: str) -> str:
        """Find the answer to a question.

        Args:
            task: the question.

        Returns:
            The answer, with the critic's reasons.
        """
        pair = self._pair("SummarizerAgent", _prompts.SUMMARIZER, "CriticAgent", _prompts.CRITIC)

        async def split_question_and_answer_subquestions(question: Annotated[str, "The whole question."]) -> str:
            return await self._answer_parts(question)

        def confirm_summary(
            answer: Annotated[str, "The final answer."], reasoning: Annotated[str, "Why it is right."]
        ) -> str:
            pair.outcome = f"{ANSWER_CONFIRMED_PREFIX}{answer}\nReasoning: {reasoning}"
            return pair.outcome

        split = "Split a question into subquestions, and find the answer to each on the web."
        pair.give_tool(pair.worker, _described(split_question_and_answer_subquestions, split))
        pair.give_tool(pair.critic, _described(confirm_summary, "Accept the answer, and end the research with it."))
        return await pair.talk(f"Answer this question: {task}")

    async def _answer_parts(self, question: str) -> str:
        """Split a question, and answer its parts one after the other."""
        pair = self._pair(
            "DecompositionAgent", _prompts.DECOMPOSER, "DecompositionCritic", _prompts.DECOMPOSITION_CRITIC
        )

        async def generate_subquestions(task: Annotated[Task, "The question and its parts."]) -> str:
            if not 1 <= len(task.subquestions) <= _MOST_SUBQUESTIONS:
                raise ValueError(
                    f"A question has 1 to {_MOST_SUBQUESTIONS} subquestions, but these are {len(task.subquestions)}."
                )
            answered = [
                SubquestionAnswer(question=part.question, answer=await self._answer_part(part.question))
                for part in task.subquestions
            ]
            completed = CompletedTask(question=task.question, subquestions=answered)
            pair.outcome = f"{SUBQUESTIONS_ANSWER_PREFIX} \n{completed.format()}"
            return pair.outcome

        pair.give_tool(
            pair.critic, _described(generate_subquestions, "Accept the subquestions, and have them answered.")
        )
        return await pair.talk(f"Split this question into subquestions: {question}")

    async def _answer_part(self, question: str) -> str:
        """Find the answer to one part on the web."""
        pair = self._pair("WebSurferAgent", _prompts.SURFER, "WebSurferCritic", _prompts.SURFER_CRITIC)

        def confirm_answer(answer: Annotated[str, "The full answer, with its sources."]) -> str:
            pair.outcome = f"{ANSWER_CONFIRMED_PREFIX} {answer}"
            return pair.outcome

        pair.give_tool(pair.worker, self._web_tool)
        pair.give_tool(pair.critic, _described(confirm_answer, "Accept the answer, and end the search with it."))
        return await pair.talk(f"Find the answer to this question: {question}", self._max_web_steps + 2)

    def _pair(self, worker: str, task_of_worker: str, critic: str, task_of_critic: str) -> _Pair:
        return _Pair(self._agent(worker, task_of_worker), self._agent(critic, task_of_critic), self._chat)

    def _agent(self, name: str, system_message: str) -> ConversableAgent:
        """Somebody with the model, but without the tools that the configuration may bring along."""
        config = self._llm_config
        if isinstance(config, dict):
            config = {key: value for key, value in config.items() if key not in ("tools", "functions")}
        return ConversableAgent(name, system_message, llm_config=config, human_input_mode="NEVER")


def _described(function: Callable[..., Any], description: str) -> Tool:
    return Tool(func_or_tool=function, description=description)
