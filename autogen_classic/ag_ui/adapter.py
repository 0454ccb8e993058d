"""What an agent says, as the events of AG-UI."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from time import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ag_ui.core import (
    BaseEvent,
    Context,
    EventType,
    RunAgentInput,
    RunErrorEvent,
    RunFinishedEvent,
    RunStartedEvent,
    StateSnapshotEvent,
    TextMessageChunkEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    ToolCallArgsEvent,
    ToolCallChunkEvent,
    ToolCallEndEvent,
    ToolCallResultEvent,
    ToolCallStartEvent,
)
from ag_ui.encoder import EventEncoder

from .._core.foreign_texts import marked
from .._secrets import without_secrets
from .._web.incoming import MOST_BYTES, refusal_of
from ..agentchat.conversable_agent import ConversableAgent
from ..agentchat.remote import AgentService, RequestMessage, ServiceResponse
from ..agentchat.remote.makers import Maker
from ..agentchat.remote.protocol import failure_told, fault_of, sendable

if TYPE_CHECKING:
    from starlette.endpoints import HTTPEndpoint

__all__ = ("AGUIStream", "RunAgentInput")

logger = logging.getLogger("autogen.ag_ui")

_ABOUT_READABLES = "This is what the user interface shows beside our conversation:"
_ROLES = ("user", "assistant", "system", "developer", "tool")  # others are for the user interface alone

Interceptor = Callable[[ServiceResponse], AsyncIterator[BaseEvent]]


class AGUIStream:
    """Lets a user interface talk to an agent.

    Each run brings the conversation, the state, whose parts join the agent's context variables, the tools of the user
    interface, and what that shows beside the conversation (``context``): the model reads it as the text of strangers,
    cut to 40,000 characters. The agent's own tools run here. The agent's own context variables stay here, too, until
    the chat changes one.

    Args:
        agent: the agent, or a function without parameters that makes one for each run, so that runs go on side by side;
            see `AgentService`.
        event_interceptors: functions that are called with each part of an answer, and yield further events of AG-UI,
            which come before those of that part.
    """

    def __init__(
        self,
        agent: ConversableAgent | Maker[ConversableAgent],
        *,
        event_interceptors: Iterable[Interceptor] = (),
    ) -> None:
        self._service = AgentService(agent)
        self._interceptors = tuple(event_interceptors)

    async def dispatch(
        self, incoming: RunAgentInput, *, context: dict[str, Any] | None = None, accept: str | None = None
    ) -> AsyncIterator[str]:
        """Run the agent.

        Args:
            incoming: the run: what was said, the state and the tools of the user interface.
            context: context variables besides the state, which the client is told of as well; of two with one name, the
                state's counts.
            accept: what the client accepts, as in the header of that name.

        Yields:
            Events of AG-UI as server-sent events. One of the kind RUN_ERROR ends a run that has failed.
        """
        encoder = EventEncoder(accept=accept) if accept else EventEncoder()
        async for event in self._events(incoming, context or {}):
            event.timestamp = int(time() * 1000)
            yield encoder.encode(event)

    async def _events(self, incoming: RunAgentInput, context: Mapping[str, Any]) -> AsyncIterator[BaseEvent]:
        """The events of a run, from its beginning to its end or its error."""
        thread_id, run_id = incoming.thread_id, incoming.run_id
        yield RunStartedEvent(type=EventType.RUN_STARTED, thread_id=thread_id, run_id=run_id)
        try:
            request = _request_of(incoming, context)
        except (TypeError, ValueError) as error:
            yield RunErrorEvent(type=EventType.RUN_ERROR, message=str(error), code=type(error).__name__)
            return
        try:
            answer = _Answer(request)
            for event in answer.state(request.context):
                yield event
            async for part in self._service(request):
                for intercept in self._interceptors:
                    async for event in intercept(part):
                        yield event
                for event in answer.events_of(part):
                    yield event
        except Exception as error:
            text = without_secrets(str(error) or type(error).__name__, [self._service.agent.llm_config or {}])
            logger.error("A run of %s failed: %s", self._service.agent.name, text)
            yield RunErrorEvent(type=EventType.RUN_ERROR, message=failure_told(error), code=type(error).__name__)
            return
        yield RunFinishedEvent(type=EventType.RUN_FINISHED, thread_id=thread_id, run_id=run_id)

    def build_asgi(self) -> type[HTTPEndpoint]:
        """Make an endpoint of Starlette, which takes runs by POST and answers with a stream of events.

        Who may talk to it is the business of the application that it becomes a part of.
        """
        from starlette.endpoints import HTTPEndpoint
        from starlette.requests import Request
        from starlette.responses import JSONResponse, Response, StreamingResponse

        stream = self

        class AGUIEndpoint(HTTPEndpoint):
            async def post(self, request: Request) -> Response:
                refusal = refusal_of(request.headers)
                if refusal is not None:
                    return JSONResponse({"error": refusal[1]}, refusal[0])
                body = bytearray()
                async for piece in request.stream():
                    body += piece
                    if len(body) > MOST_BYTES:
                        return JSONResponse({"error": f"A run has at most {MOST_BYTES} bytes."}, 413)
                try:
                    incoming = RunAgentInput.model_validate_json(bytes(body))
                except ValueError as error:
                    return JSONResponse({"error": f"This is not a run of AG-UI: {error}"}, 400)
                events = stream.dispatch(incoming, accept=request.headers.get("accept"))
                return StreamingResponse(events, media_type=EventEncoder().get_content_type())

        return AGUIEndpoint


class _Answer:
    """What was told of an answer so far."""

    def __init__(self, request: RequestMessage) -> None:
        self._of_client = request.client_tool_names
        self._context: Mapping[str, Any] | None = None
        self._streamed: str | None = None  # the id of the message that is under way
        self._text = ""  # of that message

    def state(self, context: Mapping[str, Any] | None) -> Iterator[BaseEvent]:
        """Tell of the state, if it is another one.

        Args:
            context: the context variables.
        """
        state = None if context is None else sendable(context)
        if state is not None and state != (self._context or {}):
            self._context = state
            yield StateSnapshotEvent(type=EventType.STATE_SNAPSHOT, snapshot=self._context)

    def events_of(self, part: ServiceResponse) -> Iterator[BaseEvent]:
        """Tell of a part of the answer.

        Args:
            part: the part.
        """
        yield from self.state(part.context)
        if part.streaming_text:
            if self._streamed is None:
                self._streamed, self._text = str(uuid4()), ""
                yield TextMessageStartEvent(
                    type=EventType.TEXT_MESSAGE_START, message_id=self._streamed, role="assistant"
                )
            self._text += part.streaming_text
            yield TextMessageContentEvent(
                type=EventType.TEXT_MESSAGE_CONTENT, message_id=self._streamed, delta=part.streaming_text
            )
        if part.message is not None:
            yield from self._events_of_message(part.message)
        if part.input_required:
            yield _text(part.input_required)

    def _events_of_message(self, message: Mapping[str, Any]) -> Iterator[BaseEvent]:
        """The events for a message of the agent: its text, calls of tools, and their results."""
        if self._streamed is not None:
            yield TextMessageEndEvent(type=EventType.TEXT_MESSAGE_END, message_id=self._streamed)
        text = "" if message.get("role") == "tool" else str(message.get("content") or "")
        if text and (self._streamed is None or text.strip() != self._text.strip()):  # a hook may have changed it
            yield _text(text)
        self._streamed = None
        for call in message.get("tool_calls") or ():
            name, arguments = call["function"]["name"], call["function"]["arguments"]
            if name in self._of_client:
                yield ToolCallChunkEvent(
                    type=EventType.TOOL_CALL_CHUNK, tool_call_id=call["id"], tool_call_name=name, delta=arguments
                )
                continue
            yield ToolCallStartEvent(type=EventType.TOOL_CALL_START, tool_call_id=call["id"], tool_call_name=name)
            yield ToolCallArgsEvent(type=EventType.TOOL_CALL_ARGS, tool_call_id=call["id"], delta=arguments)
        for response in message.get("tool_responses") or ():
            call_id = response["tool_call_id"]
            yield ToolCallResultEvent(
                type=EventType.TOOL_CALL_RESULT,
                message_id=str(uuid4()),
                tool_call_id=call_id,
                content=str(response["content"]),
                role="tool",
            )
            yield ToolCallEndEvent(type=EventType.TOOL_CALL_END, tool_call_id=call_id)


def _text(text: str) -> BaseEvent:
    return TextMessageChunkEvent(type=EventType.TEXT_MESSAGE_CHUNK, message_id=str(uuid4()), delta=text)


def _request_of(incoming: RunAgentInput, context: Mapping[str, Any]) -> RequestMessage:
    """The request that a run stands for.

    Raises:
        TypeError: the state is not an object.
        ValueError: the run holds what a stranger may not send.
    """
    if not isinstance(incoming.state or {}, Mapping):
        raise TypeError(
            f"The state must be an object, whose parts are context variables, but it is {incoming.state!r}."
        )
    tools = [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
        }
        for tool in incoming.tools or ()
    ]
    variables = {**context, **(incoming.state or {})}
    said = [message.model_dump(exclude_none=True) for message in incoming.messages if message.role in _ROLES]
    messages = _with_readables([_message_of(message) for message in said], incoming.context or ())
    request = RequestMessage(messages=messages, context=variables or None, client_tools=tools)
    fault = fault_of(request)
    if fault is not None:
        raise ValueError(fault)
    return request


def _with_readables(messages: list[dict[str, Any]], readables: Iterable[Context]) -> list[dict[str, Any]]:
    """Add what the user interface shows beside the conversation, before the last word of the user."""
    shown = "\n".join(f"{readable.description}: {readable.value}" for readable in readables)
    if not shown:
        return messages
    of_user = [place for place, message in enumerate(messages) if message["role"] == "user"]
    place = of_user[-1] if of_user else 0
    told = {"role": "user", "content": f"{_ABOUT_READABLES}\n{marked(shown)}"}
    return [*messages[:place], told, *messages[place:]]


def _message_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """A message of AG-UI in OpenAI's form: texts and pictures; what else a person has sent is named."""
    content = said.get("content")
    message = {name: said[name] for name in ("role", "name", "tool_call_id") if name in said}
    message["content"] = [_part_of(part) for part in content] if isinstance(content, list) else content
    if said.get("tool_calls"):
        message["tool_calls"] = [
            {name: call[name] for name in ("id", "type", "function")} for call in said["tool_calls"]
        ]
    return message


def _part_of(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "text":
        return {"type": "text", "text": part["text"]}
    source = part["source"]
    if part["type"] == "image" and source["type"] in ("data", "url"):
        is_url = source["type"] == "url"
        url = source["value"] if is_url else f"data:{source['mime_type']};base64,{source['value']}"
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": "text", "text": f"<{part['type']}>"}
