"""A tool that researches a question on the web: it asks subquestions, has each answered, and sums up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ...._core.callables import wait_for
from ...dependency_injection import ChatContext, inject_params
from ...tool import Tool
from .._web_tools import WebToolName, make_web_tool
from ._models import CompletedTask, GatheredInformation, InformationCrumb, Subquestion, SubquestionAnswer, Task
from ._research import ANSWER_CONFIRMED_PREFIX, SUBQUESTIONS_ANSWER_PREFIX, Research

if TYPE_CHECKING:
    from ...._core.party import Party

__all__ = (
    "CompletedTask",
    "DeepResearchTool",
    "GatheredInformation",
    "InformationCrumb",
    "Subquestion",
    "SubquestionAnswer",
    "Task",
)

_Question = Annotated[str, "The task: what is to be found out, in full."]


class DeepResearchTool(Tool):
    """Researches a question on the web; models call it ``delegate_research_task``.

    A summarizer has the question split into subquestions, an agent with a tool for the web answers each of them, and
    the summarizer writes the answer. Each is watched by a critic, who sends the work back or accepts it. The tool
    returns the text that the last critic has accepted. A research needs many requests, all of them on the account of
    the agent that asks.
    """

    ANSWER_CONFIRMED_PREFIX = ANSWER_CONFIRMED_PREFIX
    SUBQUESTIONS_ANSWER_PREFIX = SUBQUESTIONS_ANSWER_PREFIX

    def __init__(
        self,
        llm_config: dict[str, Any] | Literal[False] | None,
        max_web_steps: int = 30,
        *,
        web_tool: WebToolName = "browser_use",
        web_tool_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        """Make the tool.

        Args:
            llm_config: the model of all agents, and of a browser.
            max_web_steps: how many turns the search for the answer to one subquestion may take, and how many steps a
                browser may take for one of them.
            web_tool: how the web is searched: "browser_use", "crawl4ai", "duckduckgo", "perplexity" or "tavily".
            web_tool_kwargs: further arguments of that tool.

        Raises:
            ValueError: there is no model, or the tool for the web is unknown or lacks something.
            ImportError: the package of the tool for the web is missing.
            TypeError: ``max_web_steps`` is not a whole number.
        """
        if not llm_config:
            raise ValueError("DeepResearchTool needs a model: give it an llm_config.")
        if not isinstance(max_web_steps, int):
            raise TypeError(f"max_web_steps must be a whole number, but it is {max_web_steps!r}.")
        if max_web_steps < 1:
            raise ValueError(f"max_web_steps must be at least 1, but it is {max_web_steps}.")
        settings = dict(web_tool_kwargs or {})
        if web_tool == "browser_use":
            settings["agent_kwargs"] = {"max_steps": max_web_steps, **(settings.get("agent_kwargs") or {})}
        on_the_web = make_web_tool(web_tool, llm_config, settings)

        async def a_delegate_research_task(task: _Question, chat: ChatContext | None = None) -> str:
            return await Research(llm_config, on_the_web, max_web_steps, chat).answer(task)

        def delegate_research_task(task: _Question, chat: ChatContext | None = None) -> str:
            return wait_for(lambda: a_delegate_research_task(task, chat))

        self._a_delegate = a_delegate_research_task
        super().__init__(
            name="delegate_research_task",
            description="Have a question researched on the web, step by step; returns a checked answer. It takes long.",
            func_or_tool=delegate_research_task,
        )

    def run_by(self, agent: Party | None) -> Callable[..., Any]:
        """The function that an agent runs; it is asynchronous, so that other chats go on meanwhile.

        Args:
            agent: the agent.
        """
        return inject_params(self._a_delegate, agent=agent, name=self.name)
