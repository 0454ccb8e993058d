"""The reply that runs the tools and functions that a message calls."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar, cast

from ..._core import steering
from ..._core.callables import is_built_in, wait_for
from ..._core.content import content_str
from ..._core.drive import WHICH_WAY, Ask, Call, Steps, drive_async, look_up
from ..._core.events import ToolCalled, ToolReturned, emit
from ..._core.messages import Message, as_message, called
from ..._core.party import Agent, Party
from ..._core.replies import led_group, running_call_id
from ..._core.running_chats import steered
from ..._core.shared_loop import call_of
from ..._core.tape import tool_steps
from ...errors import JournalError
from .. import _literals

__all__ = (
    "answer_to",
    "execute_function",
    "function_call_reply",
    "json_with_escaped_line_ends",
    "tool_calls_reply",
    "tool_response_text",
)

ResultT = TypeVar("ResultT")


def tool_calls_reply(
    agent: Party, /, messages: list[Message] | None = None, sender: Agent | None = None, config: Party | None = None
) -> Steps[tuple[bool, Message | None]]:
    """Answer every tool call of the last message; in an asynchronous chat the tools run side by side.

    In a group, calls of tools that the agent does not have are answered by the member that has them, as if it had been
    selected: its person is asked and its limit counts. The agent's own tools run after that. A tool that the model of
    the caller knows by itself is the caller's, whose configuration sets its limits.

    Returns:
        ``(True, message)`` if the last message calls tools, else ``(False, None)``; ``(True, None)`` ends the chat,
        because a member that was asked ended it.
    """
    agent = agent if config is None else config
    if messages is None:
        messages = agent._oai_messages[sender]
    calls = messages[-1].get("tool_calls") or []
    if not calls:
        return False, None

    caller = messages[-1].get("name", agent.name)  # an agent keeps its own calls without a name
    owners = [_owner_of(call, agent, sender, caller) for call in calls]
    not_asked = (agent, sender, None)
    answers = yield from _ask_others(not_asked, owners, messages[-1], sender)
    if answers is None:
        return True, None
    own = [place for place, owner in enumerate(owners) if owner in not_asked]
    runs = [_run_tool_call(owners[place], calls[place]) for place in own]
    answered: list[Message]
    if (yield WHICH_WAY):
        import asyncio  # as late as possible: it takes longer to load than everything else

        answered = yield Call(asyncio.gather, *[drive_async(run) for run in runs])
    else:
        answered = []
        for run in runs:
            answered.append((yield from run))
    answers.update(zip(own, answered, strict=True))
    responses = [answers[place] for place in sorted(answers)]
    return True, {
        "role": "tool",
        "tool_responses": responses,
        "content": "\n\n".join(agent._str_for_tool_response(response) for response in responses),
    }


def function_call_reply(
    agent: Party, /, messages: list[Message] | None = None, sender: Agent | None = None, config: Party | None = None
) -> Steps[tuple[bool, Message | None]]:
    """Answer the function call of the last message (the form that came before tool calls).

    Models that know tools by themselves do not call in this form, so whoever does is a stranger to them.

    Returns:
        ``(True, message)`` if the last message calls a function, else ``(False, None)``.
    """
    agent = agent if config is None else config
    if messages is None:
        messages = agent._oai_messages[sender]
    call = messages[-1].get("function_call")
    if not call:
        return False, None
    name = call.get("name", "")
    function = agent._function_map.get(name)
    if is_built_in(function):
        return True, {"name": name, "role": "function", "content": _literals.FUNCTION_NOT_FOUND.format(name=name)}
    if inspect.iscoroutinefunction(function):
        _, answer = yield from _execute_asynchronously(agent, call)
    else:
        # not asked for as a step: a synchronous function runs in the synchronous way in both kinds of chats
        _, answer = yield call_of((yield WHICH_WAY), lambda: agent.execute_function(call))
    return True, answer


def _owner_of(call: dict[str, Any], agent: Party, sender: Agent | None, caller: str) -> Party | None:
    """Who runs a called tool: the agent itself, or else a member of its group that has the tool.

    What the caller's model knows by itself is run by the caller, and by nobody for another caller.

    Returns:
        The agent; None if the tool is not for this caller.
    """
    name = called(call).get("name", "")
    group = led_group(sender)
    members = [] if group is None else group.agents
    callers = [sender] if group is None else [member for member in members if member.name == caller]
    for one in callers:
        if is_built_in(_function_of(one, name)):
            return cast(Party, one)
    if name in agent._function_map:
        return None if is_built_in(agent._function_map[name]) else agent
    return next((member for member in members if _function_of(member, name) is not None), agent)


def _function_of(agent: Agent | None, name: str) -> Callable[..., Any] | None:
    function: Callable[..., Any] | None = getattr(agent, "_function_map", {}).get(name)
    return function


def _ask_others(
    not_asked: tuple[Agent | None, ...], owners: list[Party | None], message: Message, sender: Agent | None
) -> Steps[dict[int, Message] | None]:
    """Have other members answer the calls of their tools; before the agent runs its own, so that they may end the chat.

    Args:
        not_asked: the agent itself, the sender, and None.
        owners: who runs the tool of each call; None for a call that nobody answers.
        message: the message that calls.
        sender: who sent it.

    Returns:
        The answers by the places of their calls; None if a member ends the chat.
    """
    answers: dict[int, Message] = {}
    for owner in dict.fromkeys(owners):
        if owner is not None and owner not in not_asked:
            places = [place for place, one in enumerate(owners) if one is owner]
            answered = yield from _ask_owner(owner, [message["tool_calls"][place] for place in places], message, sender)
            if answered is None:
                return None
            answers.update(zip(places, answered, strict=False))
    return answers


def _ask_owner(
    owner: Party, calls: list[dict[str, Any]], message: Message, sender: Agent | None
) -> Steps[list[Message] | None]:
    """Have another member answer the calls of its own tools, in its own way.

    Returns:
        An answer for each call; what the member, or its person, says instead of running a tool is the answer to all of
        them. None if it ends the chat.
    """
    heard = [*owner._oai_messages[sender][:-1], {**message, "tool_calls": calls}]
    reply = yield Ask(owner, "generate_reply", messages=heard, sender=sender)
    if reply is None:
        return None
    reply = as_message(reply)
    if reply.get("role") == "tool" and reply.get("tool_responses"):
        return list(reply["tool_responses"])
    said = content_str(reply.get("content")) or _literals.INTERRUPTED
    return [answer_to(call, said) for call in calls]


def _run_tool_call(agent: Party | None, call: dict[str, Any]) -> Steps[Message]:
    """Run one tool and build its answer."""
    function_call = called(call)
    if agent is None:
        return answer_to(call, _literals.FUNCTION_NOT_FOUND.format(name=function_call.get("name", "")))
    is_coroutine = inspect.iscoroutinefunction(agent._function_map.get(function_call.get("name", "")))
    around = running_call_id.get()
    running_call_id.set(call.get("id"))
    try:
        if is_coroutine or (yield WHICH_WAY):
            _, answer = yield from _execute_asynchronously(agent, function_call)
        else:
            _, answer = yield Ask(agent, "execute_function", function_call)
    finally:
        running_call_id.set(around)
    return answer_to(call, answer.get("content", ""))


def answer_to(call: dict[str, Any], content: object) -> Message:
    """Make the answer to a call.

    Args:
        call: the call.
        content: what the tool returned.

    Returns:
        A message of the role ``tool``, with the id of the call if it has one.
    """
    answer = {"role": "tool", "content": content}
    return {"tool_call_id": call["id"], **answer} if call.get("id") is not None else answer


def _execute_asynchronously(agent: Party, function_call: dict[str, Any]) -> Steps[tuple[bool, Message]]:
    """Run a tool through ``a_execute_function``; a synchronous chat waits for it."""
    executed: tuple[bool, Message]
    if (yield WHICH_WAY):
        executed = yield Call(agent.a_execute_function, function_call)
    else:
        executed = yield Call(wait_for, lambda: agent.a_execute_function(function_call))
    return executed


def _to_its_end(function: Callable[..., Any], arguments: dict[str, Any]) -> object:
    """Call a function in a synchronous chat, and wait for what it returns if that has to be awaited.

    A coroutine can hide behind a decorator, a lambda, a partial or an object, so only the outcome tells.
    """
    outcome = function(**arguments)
    if not inspect.isawaitable(outcome):
        return outcome

    async def awaited() -> object:
        return await outcome

    return wait_for(awaited)


def execute_function(
    agent: Party, /, func_call: dict[str, Any], call_id: str | bool | None = None, verbose: bool = False
) -> Steps[tuple[bool, Message]]:
    """Run the function that a call names with the arguments that it carries as JSON.

    Whatever goes wrong becomes an answer that the model can read and repair.

    Args:
        agent: whose functions may be called.
        func_call: the call: a dict with ``name`` and ``arguments``.
        call_id: the id of the call; or, in the second place as in 0.2, ``verbose``.
        verbose: whether events say that the result is to be printed.

    Returns:
        Whether it succeeded, and the answer as a message of the role ``function``.

    Raises:
        JournalError: a journal cannot keep the result, or a replay does not fit.
    """
    if isinstance(call_id, bool):
        verbose, call_id = call_id, None
    if steered:
        yield from steering.stand_still()
    name = func_call.get("name", "")
    function = agent._function_map.get(name)
    succeeded = False
    failure: Exception | None = None
    arguments: object = {}
    content = _literals.FUNCTION_NOT_FOUND.format(name=name)
    began = perf_counter()
    if function is not None:
        try:
            arguments = _read_arguments(agent, function, func_call)
        except json.JSONDecodeError as error:
            arguments, failure, content = None, error, _literals.FUNCTION_BROKEN_JSON.format(error=error)
        else:
            emit(ToolCalled(agent, name, arguments, call_id, (yield WHICH_WAY)))
            try:
                returned = yield from _run(agent, function, arguments, func_call)
                content, succeeded = _answer_of(agent, returned), True
            except JournalError:
                raise  # it ends the run, and the model could do nothing about it
            except Exception as error:
                failure, content = error, _literals.FUNCTION_RAISED.format(error=str(error) or type(error).__name__)
    seconds = perf_counter() - began
    emit(ToolReturned(agent, name, arguments, content, succeeded, call_id, bool(verbose), seconds, failure))
    return succeeded, {"name": name, "role": "function", "content": content}


def _run(agent: Party, function: Callable[..., Any], arguments: object, func_call: dict[str, Any]) -> Steps[object]:
    """Run a function with the arguments of a call, which must be a JSON object."""
    name = func_call.get("name", "")
    if not isinstance(arguments, dict):
        raise TypeError(f"The arguments of {name} must be a JSON object, but they are {func_call.get('arguments')}.")
    is_of_library = look_up(getattr(function, "__func__", function))[0] is not None
    if is_of_library:  # what comes from outside in its steps passes the tape by itself
        return (yield Call(function, **arguments))
    is_asynchronous = yield WHICH_WAY
    run = call_of(True, function, **arguments) if is_asynchronous else Call(_to_its_end, function, arguments)
    return (yield from tool_steps(agent, name, arguments, run))


def _answer_of(agent: Party, returned: object) -> str:
    """What the model reads; agents look for more in what a tool returns, such as who goes next."""
    read = getattr(agent, "_classic_read_tool_result", str)
    return str(read(returned))


def _read_arguments(agent: Party, function: Callable[..., Any], call: dict[str, Any]) -> object:
    """Read the arguments of a call.

    Args:
        agent: whose ``_format_json_str`` repairs the JSON.
        function: the function that is called.
        call: the call. Its arguments are JSON, which may be empty for a function without parameters. The input of a
            custom tool is a text and not JSON: it becomes the first argument.

    Returns:
        The arguments by name; a value of another type if the model has written something other than a JSON object.

    Raises:
        json.JSONDecodeError: the arguments are not JSON, even after the repair.
    """
    written = call.get("arguments")
    if written is None and "input" in call:
        return {next(iter(_parameters_of(function) or ()), "input"): call["input"]}
    if written is None or (written == "" and _parameters_of(function) == []):
        return {}
    if not isinstance(written, str):
        return written
    read = json.loads(agent._format_json_str(written), strict=False)  # with raw line ends within texts
    return {} if read is None else read  # some models write null for "no arguments"


def _parameters_of(function: Callable[..., Any]) -> list[str] | None:
    """The names of a function's parameters; None for some builtins, which do not tell."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None


def json_with_escaped_line_ends(text: str) -> str:
    """Repair what models often break in JSON: raw line ends and tabs within strings, and loose ones outside.

    Args:
        text: JSON as a model wrote it.

    Returns:
        The text with line ends escaped inside of strings and dropped outside of them.
    """
    repaired: list[str] = []
    inside = False
    previous = " "
    for character in text:
        if character == '"' and previous != "\\":
            inside = not inside
        previous = " " if character == "\\" and previous == "\\" else character
        if inside and character in "\n\t":
            repaired.append("\\n" if character == "\n" else "\\t")
        elif inside or character != "\n":
            repaired.append(character)
    return "".join(repaired)


def tool_response_text(response: dict[str, Any]) -> str:
    """The content of a tool's answer as text."""
    return str(response.get("content", ""))
