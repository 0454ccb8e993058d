"""The group within a DocAgent: who is in it, and who goes next when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ValidationError

from ...._core.foreign_texts import ABOUT_QUOTED, quoted
from ...._core.threads import in_thread
from ...._json.text import object_within
from ...._web.addresses import without_login
from ....agentchat.contrib._retrieval.ask import spender_of
from ....agentchat.contrib.rag.query_engine import RAGQueryEngine
from ....agentchat.conversable_agent import ConversableAgent, UpdateSystemMessage
from ....agentchat.group.context_condition import ExpressionContextCondition
from ....agentchat.group.context_expression import ContextExpression
from ....agentchat.group.context_variables import ContextVariables
from ....agentchat.group.llm_condition import StringLLMCondition
from ....agentchat.group.on_condition import OnCondition
from ....agentchat.group.on_context_condition import OnContextCondition
from ....agentchat.group.patterns import DefaultPattern
from ....agentchat.group.reply_result import ReplyResult
from ....agentchat.group.targets.function_target import FunctionTarget, FunctionTargetResult
from ....agentchat.group.targets.transition_target import AgentNameTarget, AgentTarget, TerminateTarget
from . import _prompts
from ._tasks import DocumentTask, Memory, TaskInitInfo, answer_next, start
from .docling_doc_ingest_agent import DoclingDocIngestAgent
from .document_conditions import SummaryTaskAvailableCondition

if TYPE_CHECKING:
    from ....oai.client import OpenAIWrapper

__all__ = ("ERROR_MANAGER_NAME", "TASK_MANAGER_NAME", "DocumentTriageAgent", "Team")

TASK_MANAGER_NAME = "TaskManagerAgent"
ERROR_MANAGER_NAME = "ErrorManagerAgent"
_QUERY_NAME = "QueryAgent"
_SUMMARY_NAME = "SummaryAgent"

_OF_THE_OWNER = ("tools", "functions", "response_format")

_WHEN_DONE = "When all documents have been taken in and all questions have been answered."

Config = dict[str, Any]


class DocumentTriageAgent(ConversableAgent):
    """Splits a request into tasks; its answers have the form of a `DocumentTask`."""

    def __init__(self, llm_config: Config | None = None) -> None:
        """Create the agent.

        Args:
            llm_config: its model, which must know structured output.
        """
        super().__init__(
            "DocumentTriageAgent",
            system_message=_prompts.TRIAGE_SYSTEM_MESSAGE,
            llm_config={**llm_config, "response_format": DocumentTask} if llm_config else llm_config,
            human_input_mode="NEVER",
        )


class Team:
    """The group that deals with one request. A model that does not call its tool has the work done for it.

    Args:
        llm_config: the model of all its agents.
        engine: where documents are stored and who answers from them.
        parsed_docs_path: the folder for parsed documents.
        allow_private_addresses: as for `DocAgent`.
        memory: what is known from earlier requests.
        silent: whether nothing is printed; None leaves it to the chat.

    Attributes:
        was_understood: whether the request could be split into tasks.
    """

    def __init__(
        self,
        llm_config: Config,
        engine: RAGQueryEngine,
        parsed_docs_path: Path,
        allow_private_addresses: bool | Iterable[str],
        memory: Memory,
        silent: bool | None,
    ) -> None:
        config = {key: value for key, value in llm_config.items() if key not in _OF_THE_OWNER}
        self._engine = engine
        self._memory = memory
        self._variables = memory.variables()
        self._plan: DocumentTask | None = None
        self.was_understood = True
        self._triage = DocumentTriageAgent(config)
        self._ingester = DoclingDocIngestAgent(
            llm_config=config,
            parsed_docs_path=parsed_docs_path,
            query_engine=engine,
            return_agent_success=TASK_MANAGER_NAME,
            return_agent_error=ERROR_MANAGER_NAME,
            allow_private_addresses=allow_private_addresses,
        )
        self._manager = _member(
            TASK_MANAGER_NAME, _prompts.TASK_MANAGER_SYSTEM_MESSAGE, config, functions=[self._starter()]
        )
        self._asker = _member(_QUERY_NAME, _prompts.QUERY_SYSTEM_MESSAGE, config, functions=[self._answerer()])
        self._reporter = _member(ERROR_MANAGER_NAME, _prompts.ERROR_MANAGER_SYSTEM_MESSAGE, config)
        self._summarizer = _member(
            _SUMMARY_NAME, "", config, update_agent_state_before_reply=UpdateSystemMessage(_told_of_results)
        )
        self._set_handoffs()
        self.members = [
            *(self._triage, self._manager, self._ingester, self._asker, self._summarizer, self._reporter),
        ]
        self.pattern = DefaultPattern(
            initial_agent=self._triage,
            agents=self.members,
            context_variables=self._variables,
            group_after_work=TerminateTarget(),
            group_manager_args={"silent": silent},
        )

    def spenders(self) -> Iterator[OpenAIWrapper]:
        """Who asks models in the group, the engine included."""
        yield from (client for client in map(spender_of, [*self.members, self._engine]) if client is not None)

    def remember(self) -> None:
        """Keep what was done for later requests."""
        self._memory.learn(self._variables)

    def may_reply(self, name: str) -> bool:
        """Tell whether the last words of an agent are a reply to the request.

        Args:
            name: the name of the agent.
        """
        return name in (TASK_MANAGER_NAME, _SUMMARY_NAME, ERROR_MANAGER_NAME)

    # --- the tools ----------------------------------------------------------------------------------------------------

    def _starter(self) -> Callable[..., ReplyResult]:
        def initiate_tasks(
            task_init_info: Annotated[TaskInitInfo, "The documents to take in and the questions to answer."],
            context_variables: ContextVariables,
        ) -> ReplyResult:
            """Start the tasks of a request."""
            told = start(task_init_info.ingestions, task_init_info.queries, context_variables)
            self._plan = None
            self.was_understood = True
            return ReplyResult(
                message=told, context_variables=context_variables, target=AgentNameTarget(TASK_MANAGER_NAME)
            )

        return initiate_tasks

    def _answerer(self) -> Callable[..., Awaitable[ReplyResult]]:
        async def execute_rag_query(context_variables: ContextVariables) -> ReplyResult:
            """Answer the next question from the documents."""
            answer = await in_thread(answer_next, self._engine, context_variables)
            return ReplyResult(message=answer, context_variables=context_variables)

        return execute_rag_query

    # --- who goes next ------------------------------------------------------------------------------------------------

    def _set_handoffs(self) -> None:
        """Set who comes next after each member of the team."""
        manager = self._manager.handoffs
        for variable, agent in (("DocumentsToIngest", self._ingester), ("QueriesToRun", self._asker)):
            condition = ExpressionContextCondition(ContextExpression(f"len(${{{variable}}}) > 0"))
            manager.add_context_condition(OnContextCondition(target=AgentTarget(agent), condition=condition))
        manager.add_llm_condition(
            OnCondition(
                target=AgentTarget(self._summarizer),
                condition=StringLLMCondition(_WHEN_DONE),
                available=SummaryTaskAvailableCondition(),
            )
        )
        manager.set_after_work(FunctionTarget(self._after_manager))
        self._triage.handoffs.set_after_work(FunctionTarget(self._after_triage))
        self._ingester.handoffs.set_after_work(FunctionTarget(self._after_ingester))
        self._asker.handoffs.set_after_work(FunctionTarget(self._after_asker))
        self._reporter.handoffs.set_after_work(TerminateTarget())
        self._summarizer.handoffs.set_after_work(TerminateTarget())

    def _after_triage(self, output: str, variables: ContextVariables) -> FunctionTargetResult:
        """Keep the plan, and let the manager start it."""
        try:
            self._plan = DocumentTask.model_validate_json(object_within(output))
        except ValidationError:  # the manager reads what the triage has said, and may still start tasks
            self._plan = None
            self.was_understood = False
        return FunctionTargetResult(target=AgentTarget(self._manager))

    def _after_manager(self, output: str, variables: ContextVariables) -> FunctionTargetResult:
        """Start the plan if the manager has not, or have the results summed up; otherwise its words are the reply."""
        plan, self._plan = self._plan, None
        if plan is not None and (plan.ingestions or plan.queries):
            start(plan.ingestions, plan.queries, variables)
            return FunctionTargetResult(target=AgentTarget(self._manager))
        is_done = SummaryTaskAvailableCondition().is_available(self._manager, [])
        has_results = variables["QueryResults"] or len(variables["DocumentsIngested"]) > len(self._memory.ingested)
        target = AgentTarget(self._summarizer) if is_done and has_results else TerminateTarget()
        return FunctionTargetResult(target=target)

    async def _after_ingester(self, output: str, variables: ContextVariables) -> FunctionTargetResult:
        """Take in what the agent has left."""
        if not variables["DocumentsToIngest"]:
            return FunctionTargetResult(target=AgentTarget(self._manager))
        done = await in_thread(self._ingester.ingest, variables)
        assert done.target is not None
        return FunctionTargetResult(target=done.target, messages=done.message)

    async def _after_asker(self, output: str, variables: ContextVariables) -> FunctionTargetResult:
        """Answer what the agent has left."""
        while variables["QueriesToRun"]:
            await in_thread(answer_next, self._engine, variables)
        return FunctionTargetResult(target=AgentTarget(self._manager))


def _member(name: str, system_message: str, llm_config: Config, **settings: Any) -> ConversableAgent:
    return ConversableAgent(
        name, system_message=system_message, llm_config=llm_config, human_input_mode="NEVER", **settings
    )


def _told_of_results(agent: ConversableAgent, messages: list[dict[str, Any]]) -> str:
    """The system message of the agent that sums up."""
    variables = agent.context_variables
    answers = [quoted(one["answer"], f"answer to: {one['query']}") for one in variables["QueryResults"]]
    return "\n\n".join(
        [
            _prompts.SUMMARY_SYSTEM_MESSAGE,
            ABOUT_QUOTED,
            _listed("Documents taken in", map(without_login, variables["DocumentsIngested"])),
            _listed("Documents that could not be read", variables["DocumentsFailed"]),
            _listed("Questions and their answers", answers),
        ]
    )


def _listed(heading: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{heading}:", *lines]) if (lines := list(lines)) else f"{heading}: none"
