"""One agent to the outside, a whole group within: the group talks, and one answer comes out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..._core.drive import Ask, Call, Steps, drive, shipped
from ..._core.history import snapshot
from ..._core.messages import Message, TextOrMessage
from ..._core.party import Agent, Outcome
from ..._core.replies import led_group
from ..._secrets import shown_without_keys
from ...errors import AutogenClassicError
from .. import _literals
from .._groupchat.checks import check_leader
from ..conversable_agent import ConversableAgent

if TYPE_CHECKING:
    from ..groupchat import GroupChatManager

__all__ = ("SocietyOfMindAgent",)

logger = logging.getLogger("autogen.agentchat.contrib.society_of_mind_agent")

ResponsePreparer: TypeAlias = str | Callable[..., Any] | None

_BEFORE_TRANSCRIPT = (
    "You speak for a team. A request reached the team, and its members have talked about it among themselves. "
    "What follows is what they said:"
)
_DEFAULT_QUESTION = (
    "Now write the team's reply to the request. It must stand on its own: whoever reads it has not heard the talk of "
    "the team, so give the result itself, and say nothing about how the team came to it."
)


def _inner_monologue(
    agent: SocietyOfMindAgent,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    """Let the group talk about the last message, and make a reply of what it said."""
    manager = agent.chat_manager
    if messages is None:
        messages = agent._oai_messages[sender]
    if manager is None or not messages:
        return False, None
    group = led_group(manager)
    assert group is not None  # update_chat_manager has looked
    check_leader(manager, group)
    for party in (manager, *group.agents):
        _reset(party)
    group.reset()
    for message in messages[:-1]:
        author = agent.name if message.get("role") == "assistant" or sender is None else sender.name
        told = {"name": author, **message}
        for member in group.agents:
            yield Ask(manager, "send", told, member, request_reply=False, silent=True)

    last = messages[-1]
    request = {key: value for key, value in last.items() if key != "context" or callable(last.get("content"))}
    try:
        yield Ask(agent, "initiate_chat", manager, message=request, clear_history=False, summary_method=None)
    except AutogenClassicError:
        raise
    except Exception:
        logger.exception("The inner talk of %s ended with an error. It replies with what had been said.", agent.name)
    return True, (yield from _prepared(agent, snapshot(group.messages)))


def _reset(member: ConversableAgent) -> None:
    """Have a member forget what was said; what it has spent stays on its account."""
    client = getattr(member, "client", None)  # anything that has a name, listens and replies may be a member
    spent = getattr(client, "total_usage_summary", None), getattr(client, "actual_usage_summary", None)
    member.reset()
    if client is not None and spent != (None, None):
        client.total_usage_summary, client.actual_usage_summary = spent


def _prepared(agent: SocietyOfMindAgent, talk: list[Message]) -> Steps[TextOrMessage | None]:
    """What the agent makes of the inner conversation, by its response_preparer."""
    preparer = agent.response_preparer
    reply: TextOrMessage | None
    if callable(preparer):
        reply = yield Call(preparer, agent, talk)
        return reply
    if agent.client is None:
        if preparer is None:
            return str(talk[-1].get("content") or "").replace(_literals.TERMINATE, "").strip() if talk else ""
        raise ValueError(
            f"{agent.name} has no model to answer its response_preparer. Give it an llm_config, or a function of "
            "(agent, messages) as response_preparer."
        )
    heard = [{"role": "user", "content": said.get("content") or "", **_name_of(said)} for said in talk]
    question = _DEFAULT_QUESTION if preparer is None else preparer
    asked = [
        {"role": "system", "content": _BEFORE_TRANSCRIPT},
        *heard,
        {"role": "system", "content": question},
    ]
    reply = yield Ask(agent, "_generate_oai_reply_from_client", agent.client, asked, agent.client_cache)
    return reply


def _name_of(said: Message) -> dict[str, str]:
    return {"name": said["name"]} if said.get("name") else {}


class SocietyOfMindAgent(ConversableAgent):
    """An agent that lets a group talk about each message it gets, and replies with what came of it.

    Before each reply the members of the group forget everything, and are told what the outside said so far.

    Attributes:
        response_preparer: what makes a reply of the inner talk; see the constructor.
    """

    def __init__(
        self,
        name: str,
        chat_manager: GroupChatManager | None,
        response_preparer: ResponsePreparer = None,
        is_termination_msg: Callable[[Message], bool] | None = None,
        max_consecutive_auto_reply: int | None = None,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "TERMINATE",
        function_map: dict[str, Callable[..., Any]] | None = None,
        code_execution_config: dict[str, Any] | Literal[False] | None = False,
        llm_config: dict[str, Any] | Literal[False] | None = False,
        default_auto_reply: str | dict[str, Any] | None = "",
        **kwargs: Any,
    ) -> None:
        """Create an agent with a group within; for arguments not named here see `ConversableAgent`.

        Args:
            name: the name by which the outside knows it.
            chat_manager: the manager of the inner group; None for no group yet, so no replies of it.
            response_preparer: what makes a reply of the inner talk. A text is a question to the model of this agent,
                put behind the talk. A function of (agent, messages) gets copies of what was said, with the request
                first, and returns the reply; it may be asynchronous in asynchronous chats. None asks the model for a
                reply that stands on its own, or without a model, replies with the last thing that was said.
            llm_config: the model that prepares replies; False for none.
            default_auto_reply: the reply without a group.
            **kwargs: further arguments of `ConversableAgent`.

        Raises:
            AttributeError: ``chat_manager`` does not lead a group.
            TypeError: ``response_preparer`` is neither a text nor a function.
        """
        super().__init__(
            name=name,
            system_message="",
            is_termination_msg=is_termination_msg,
            max_consecutive_auto_reply=max_consecutive_auto_reply,
            human_input_mode=human_input_mode,
            function_map=function_map,
            code_execution_config=code_execution_config,
            llm_config=llm_config,
            default_auto_reply=default_auto_reply,  # type: ignore[arg-type]
            **kwargs,
        )
        if not (response_preparer is None or isinstance(response_preparer, str) or callable(response_preparer)):
            raise TypeError(
                f"response_preparer must be a text, a function of (agent, messages) or None, but it is "
                f"{response_preparer!r}."
            )
        self.response_preparer = response_preparer
        self.update_chat_manager(chat_manager)

        everybody = [Agent, None]
        self._reply_func_list.clear()
        self.register_reply(everybody, SocietyOfMindAgent.generate_inner_monologue_reply)
        self.register_reply(everybody, ConversableAgent.generate_code_execution_reply)
        self.register_reply(everybody, ConversableAgent.generate_function_call_reply)
        self.register_reply(everybody, ConversableAgent.check_termination_and_human_reply)

    @property
    def chat_manager(self) -> GroupChatManager | None:
        """The manager of the inner group."""
        return self._chat_manager

    def update_chat_manager(self, chat_manager: GroupChatManager | None) -> None:
        """Put another group within.

        Args:
            chat_manager: the manager of the group, or None.

        Raises:
            AttributeError: it does not lead a group.
        """
        if chat_manager is not None and led_group(chat_manager) is None:
            given = getattr(chat_manager, "name", None) or shown_without_keys(chat_manager)
            raise AttributeError(
                f"The chat_manager of {self.name} must be a GroupChatManager, but {given} leads no group. For a "
                "GroupChat, one is made with GroupChatManager(group, llm_config=...)."
            )
        self._chat_manager = chat_manager

    @shipped(_inner_monologue)
    def generate_inner_monologue_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        """Let the group talk about the last message, and make a reply of what it said.

        An error that ends the talk is logged, and the reply is made of what had been said.

        Args:
            messages: the conversation with the outside; None for the one with the sender.
            sender: who spoke last.
            config: not used.

        Returns:
            ``(True, reply)``, or ``(False, None)`` without a group or a message.
        """
        return drive(_inner_monologue(self, messages, sender, config))
