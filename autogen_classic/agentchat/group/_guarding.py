"""What registered guardrails do in a chat: they stand before the replies of an agent, and before what it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core import running_chats
from ..._core.content import content_str
from ..._core.drive import WHICH_WAY, Call, Steps, drive, drive_async, shipped
from ..._core.messages import Message, TextOrMessage, as_message
from ..._core.party import Outcome, Party
from ..._core.running_chats import StopReason
from ..agent import Agent
from ..conversable_agent import ConversableAgent
from ._choices import acting_target
from .targets.transition_target import TerminateTarget

if TYPE_CHECKING:
    from .guardrails import Guardrail, GuardrailResult

__all__ = ("guard_input", "guard_output", "text_to_check")


def guard_input(agent: Party) -> None:
    """Have an agent's input guardrails asked before all its replies.

    Args:
        agent: the agent.
    """
    replies = agent._reply_func_list
    replies[:] = [entry for entry in replies if entry["reply_func"] not in (_reply, _a_reply)]
    agent.register_reply([Agent, None], _a_reply, ignore_async_in_sync_chat=True)
    agent.register_reply([Agent, None], _reply)


def guard_output(agent: Party) -> None:
    """Have an agent's output guardrails asked before it sends anything; once is enough.

    Args:
        agent: the agent.
    """
    hooks = agent.hook_lists["process_message_before_send"]
    if not any(isinstance(hook, _OutputGuard) for hook in hooks):
        hooks.append(_OutputGuard())
        agent.hook_lists["a_process_message_before_send"].append(_AsyncOutputGuard())


def text_to_check(message: TextOrMessage | None) -> str:
    """What output guardrails look at: the text of a message, and the arguments of the calls in it.

    Args:
        message: the message.
    """
    if message is None:
        return ""
    said = as_message(message)
    calls = [call.get("function", {}).get("arguments") or "" for call in said.get("tool_calls") or []]
    return "\n".join(text for text in (content_str(said.get("content")), *calls) if text)


def _input_steps(
    agent: ConversableAgent,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    """Say the message of an input guardrail that is activated, before the model or the person is asked."""
    messages = agent._oai_messages[sender] if messages is None else messages
    if not messages:
        return False, None
    result = yield from _found(agent.run_input_guardrails, messages)
    if result is None:
        return False, None
    _follow(agent, result.guardrail, sender)
    return True, result.reply


@shipped(_input_steps)
def _reply(
    recipient: ConversableAgent,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Outcome:
    return drive(_input_steps(recipient, messages, sender, config))


@shipped(_input_steps)
async def _a_reply(
    recipient: ConversableAgent,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Outcome:
    return await drive_async(_input_steps(recipient, messages, sender, config))


def _found(check: object, what: object) -> Steps[GuardrailResult | None]:
    """Ask guardrails; in an asynchronous chat beside the event loop, because a model may be asked."""
    if (yield WHICH_WAY):
        import asyncio

        found: GuardrailResult | None = yield Call(asyncio.to_thread, check, what)
    else:
        found = yield Call(check, what)  # type: ignore[arg-type]
    return found


class _OutputGuard:
    """A hook that replaces a message which an output guardrail stops."""

    def __call__(
        self, sender: ConversableAgent, message: TextOrMessage, recipient: Agent, silent: bool
    ) -> TextOrMessage:
        return _checked(sender, message, recipient, sender.run_output_guardrails(message))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _OutputGuard)  # in an asynchronous chat the asynchronous one takes its place

    def __hash__(self) -> int:
        return hash(_OutputGuard)


class _AsyncOutputGuard(_OutputGuard):
    """The same for asynchronous chats, in which a model that is asked does not stop the event loop."""

    async def __call__(  # type: ignore[override]
        self, sender: ConversableAgent, message: TextOrMessage, recipient: Agent, silent: bool
    ) -> TextOrMessage:
        import asyncio

        return _checked(sender, message, recipient, await asyncio.to_thread(sender.run_output_guardrails, message))


def _checked(
    agent: ConversableAgent, message: TextOrMessage, recipient: Agent, result: GuardrailResult | None
) -> TextOrMessage:
    if result is None:
        return message
    _follow(agent, result.guardrail, recipient)
    # What was held back must not come out by its justification: others read the message.
    return result.guardrail.activation_message


def _follow(agent: ConversableAgent, guardrail: Guardrail, partner: Agent | None) -> None:
    """Let the target of an activated guardrail go next."""
    executor = agent._classic_group_executor
    if partner is not None and partner is agent._group_manager and executor is not None:
        executor.set_next_target(acting_target(agent, guardrail.target))
        executor.set_tool_call_originator(agent.name)
        return
    running_chat = running_chats.current()
    if running_chat is not None and isinstance(guardrail.target, TerminateTarget):
        running_chat.end_with_next_message(StopReason.TERMINATE_TARGET)
