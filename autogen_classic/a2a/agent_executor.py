"""What a server of A2A does with a request: it lets an agent answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable
from typing import Any
from uuid import uuid4

from a2a.helpers import new_task
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.tasks import TaskUpdater
from a2a.types import Part, TaskState

from .._secrets import without_secrets
from ..agentchat.conversable_agent import ConversableAgent
from ..agentchat.remote import AgentService, RequestMessage, ServiceResponse
from ..agentchat.remote.makers import Maker
from ..agentchat.remote.protocol import failure_told, fault_of, sendable
from ._memory import Memory, Remembered
from ._wire import CONTEXT_KEY, RESULT_ARTIFACT_NAME, brings_history, part_of_message, request_from_message

__all__ = ("AutogenAgentExecutor",)

logger = logging.getLogger("autogen.a2a")


class AutogenAgentExecutor(AgentExecutor):
    """Lets an agent answer what a server of A2A is asked.

    A client that sends each message alone is answered with knowledge of what was said under the same context id: in
    the latest thousand conversations, and for an hour after the last message.

    Args:
        agent: the agent, or a function that makes one for each request; see `AgentService`.

    Raises:
        TypeError: it leads a group.
    """

    def __init__(self, agent: ConversableAgent | Maker[ConversableAgent]) -> None:
        self._service = AgentService(agent)
        self.agent = self._service.agent
        self._memory = Memory()
        self._running: dict[str, asyncio.Task[Any]] = {}

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Answer a request: pieces of text as the model streams them, and the last message as the result.

        Args:
            context: the request.
            event_queue: where the parts of the answer go.
        """
        assert context.message is not None  # the server has looked
        task = context.current_task
        if task is None:
            assert context.task_id is not None
            assert context.context_id is not None
            submitted = TaskState.TASK_STATE_SUBMITTED
            task = new_task(context.task_id, context.context_id, submitted, history=[context.message])
            await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        await updater.start_work()
        running = asyncio.current_task()
        assert running is not None
        self._running[task.id] = running
        try:
            await self._answer(context, updater)
        except Exception as error:
            text = without_secrets(f"{type(error).__name__}: {error}", [self.agent.llm_config or {}])
            logger.error("%s could not answer: %s", self.agent.name, text)
            await updater.failed(updater.new_agent_message([Part(text=failure_told(error))]))
        finally:
            self._running.pop(task.id, None)

    async def _answer(self, context: RequestContext, updater: TaskUpdater) -> None:
        assert context.message is not None
        request = request_from_message(context.message)
        conversation = None if brings_history(context.message) else _conversation_of(context)
        known = Remembered() if conversation is None else self._memory.recall(conversation)
        whole = RequestMessage(
            messages=[*known.messages, *request.messages],
            context=known.context if request.context is None else request.context,
            client_tools=request.client_tools,
        )
        fault = fault_of(whole)
        if fault is not None:
            await updater.failed(updater.new_agent_message([Part(text=fault)]))
            return
        said = request.messages
        artifact_id, is_streamed = uuid4().hex, False
        last: ServiceResponse | None = None
        question: str | None = None
        async for part in self._service(whole):
            if part.streaming_text:
                await updater.add_artifact(
                    [Part(text=part.streaming_text)],
                    artifact_id,
                    RESULT_ARTIFACT_NAME,
                    append=is_streamed,
                    last_chunk=False,
                )
                is_streamed = True
            if part.message is not None:
                said, last = [*said, part.message], part
            question = part.input_required
        if conversation is not None:
            self._memory.add(conversation, said, last.context if last is not None else None)
        if question is not None:
            await updater.requires_input(updater.new_agent_message([Part(text=question)]))
            return
        if last is not None and last.message is not None:
            await updater.add_artifact(
                [part_of_message(last.message)],
                artifact_id,
                RESULT_ARTIFACT_NAME,
                metadata={CONTEXT_KEY: sendable(last.context)} if last.context else None,
                append=False,  # in place of the pieces
                last_chunk=True,
            )
        await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        """End the work on a task, and note that it was given up.

        Args:
            context: the request to give it up.
            event_queue: where the note goes.
        """
        assert context.task_id is not None
        assert context.context_id is not None
        running = self._running.get(context.task_id)
        if running is not None:
            running.cancel()
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def _conversation_of(context: RequestContext) -> Hashable:
    """Which conversation a request belongs to: nobody else goes on with that of somebody who has shown who it is."""
    call = context.call_context
    return call.tenant, call.user.is_authenticated, call.user.user_name, context.context_id
