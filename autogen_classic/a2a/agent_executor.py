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
        """Let the agent answer a request, with what is remembered of the conversation."""
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
        result = _Result(updater)
        async for response in self._service(whole):
            await result.take(response)
        if conversation is not None:
            context_now = None if result.last is None else result.last.context
            self._memory.add(conversation, [*request.messages, *result.messages], context_now)
        await result.finish()

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


class _Result:
    """Sends an answer to the client while it comes: its text in pieces, and the last message as a whole.

    Args:
        updater: writes to the task of the client.

    Attributes:
        messages: the messages of the answer so far.
        last: the response with the last of them.
    """

    def __init__(self, updater: TaskUpdater) -> None:
        self.messages: list[dict[str, Any]] = []
        self.last: ServiceResponse | None = None
        self._updater = updater
        self._artifact_id = uuid4().hex
        self._is_streamed = False
        self._question: str | None = None

    async def take(self, response: ServiceResponse) -> None:
        """Send a piece of text, and keep a message."""
        if response.streaming_text:
            await self._updater.add_artifact(
                [Part(text=response.streaming_text)],
                self._artifact_id,
                RESULT_ARTIFACT_NAME,
                append=self._is_streamed,
                last_chunk=False,
            )
            self._is_streamed = True
        if response.message is not None:
            self.messages.append(response.message)
            self.last = response
        self._question = response.input_required

    async def finish(self) -> None:
        """Send the last message in place of the pieces; or ask the client, if the agent needs a person."""
        if self._question is not None:
            await self._updater.requires_input(self._updater.new_agent_message([Part(text=self._question)]))
            return
        if self.last is not None and self.last.message is not None:
            await self._updater.add_artifact(
                [part_of_message(self.last.message)],
                self._artifact_id,
                RESULT_ARTIFACT_NAME,
                metadata={CONTEXT_KEY: sendable(self.last.context)} if self.last.context else None,
                append=False,
                last_chunk=True,
            )
        await self._updater.complete()


def _conversation_of(context: RequestContext) -> Hashable:
    """The key of the conversation that a request belongs to, so that no user can go on with that of another."""
    call = context.call_context
    return call.tenant, call.user.is_authenticated, call.user.user_name, context.context_id
