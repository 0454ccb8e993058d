"""The agent that all others are made of.

This class is a front desk: every method is a few lines into the room that does the work. To follow a message,
read ``_core/steps.py``; to see how a reply comes about, open a file in ``agentchat/_replies``. This file is longer
than others because programs know a hundred methods of this one class, and each says what it does.
"""

from __future__ import annotations

import copy
import functools
import importlib
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from .._core import hooks, replies, steps
from .._core.callables import is_asynchronous
from .._core.drive import Call, drive, drive_async, drive_to_last_call, look_up, shipped
from .._core.events import AgentCreated, HistoryCleared, HistoryShortened, Sealed, emit, is_heard
from .._core.history import forget, messages_to_keep
from .._core.messages import Message, TextOrMessage, as_message, stored_form
from .._core.party import Agent, Client, LLMAgent, Outcome, Party, ReplyFunction, described
from .._core.running_chats import RunningChat
from .._core.steering import SteeredAgent, check, leave_person_if_stopped
from .._core.tape import person_input
from ..code_utils import (
    PYTHON_VARIANTS,
    UNKNOWN,
    check_can_use_docker_or_throw,
    content_str,
    decide_use_docker,
    execute_code,
)
from ..errors import MissingItemError, with_note
from ..io.base import AsyncInputStream, InputStream, IOStream, show
from . import _first_message, _literals, _printer, _summary, _tool_registration, chat
from ._agent_tools import AgentTools
from ._group_member import GroupMember, UpdateSystemMessage
from ._private_names import PrivateAgentNames
from ._replies import code, model, person, tool_calls
from ._run_methods import RunMethods
from ._saved_state import SavedState
from ._tool_registration import register_function
from .chat import ChatResult
from .utils import check_function_map

if TYPE_CHECKING:
    from types import ModuleType

    from ..cache.abstract_cache_base import AbstractCache
    from ..coding.base import CodeExecutor
    from ..oai.client import OpenAIWrapper
    from ._group_member import StateUpdates
    from ._iteration import AsyncChatRun, ChatRun
    from .group.context_variables import ContextVariables
    from .group.handoffs import Handoffs

__all__ = (
    "PYTHON_VARIANTS",
    "UNKNOWN",
    "ConversableAgent",
    "UpdateSystemMessage",
    "message_to_dict",
    "normilize_message_to_oai",
    "register_function",
)

F = TypeVar("F", bound=Callable[..., Any])

# Not logged unless they are given: logs hold the arguments of 0.2.
_ARGUMENTS_OF_AG2 = ("context_variables", "functions", "update_agent_state_before_reply", "handoffs")


class ConversableAgent(AgentTools, GroupMember, PrivateAgentNames, RunMethods, SavedState, SteeredAgent, LLMAgent):
    """An agent that talks to other agents, and replies with a model, code, tools, or a person.

    Attributes:
        DEFAULT_CONFIG: the llm_config of an agent that is given None.
        MAX_CONSECUTIVE_AUTO_REPLY: how often an agent replies by itself unless it is told otherwise.
        DEFAULT_SUMMARY_PROMPT: the prompt of the summary method "reflection_with_llm".
        DEFAULT_SUMMARY_METHOD: the summary method of chats that do not name one.
    """

    DEFAULT_CONFIG: Any = False
    MAX_CONSECUTIVE_AUTO_REPLY = 100
    DEFAULT_SUMMARY_PROMPT = _summary.DEFAULT_SUMMARY_PROMPT
    DEFAULT_SUMMARY_METHOD = _literals.DEFAULT_SUMMARY_METHOD
    llm_config: dict[str, Any] | Literal[False]
    client: Any
    _code_executor: CodeExecutor | None = None  # a subclass may set it before the constructor here runs

    def __init__(
        self,
        name: str,
        system_message: str | list[Any] | None = _literals.DEFAULT_SYSTEM_MESSAGE,
        is_termination_msg: Callable[[Message], bool] | None = None,
        max_consecutive_auto_reply: int | None = None,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "TERMINATE",
        function_map: dict[str, Callable[..., Any]] | None = None,
        code_execution_config: dict[str, Any] | Literal[False] | None = False,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        default_auto_reply: str | dict[str, Any] = "",
        description: str | None = None,
        chat_messages: dict[Agent, list[Message]] | None = None,
        silent: bool | None = None,
        context_variables: ContextVariables | dict[str, Any] | None = None,
        functions: Callable[..., Any] | list[Callable[..., Any]] | None = None,
        update_agent_state_before_reply: StateUpdates | None = None,
        handoffs: Handoffs | None = None,
    ) -> None:
        """Create an agent.

        Args:
            name: the name by which others know it. Models see it; some refuse names with white space.
            system_message: what the model is told about its part.
            is_termination_msg: tells whether a message (a dict) ends the chat; by default the text TERMINATE does.
            max_consecutive_auto_reply: how often in a row it replies to a partner without its person;
                None means `MAX_CONSECUTIVE_AUTO_REPLY`.
            human_input_mode: "ALWAYS" asks the person before each reply, "TERMINATE" when the chat is about to
                end or the limit of replies is reached, "NEVER" not at all.
            function_map: functions that a model may call, by name.
            code_execution_config: False runs no code. A dict has ``executor`` (a code executor, or the name of
                one), or the older ``work_dir``, ``use_docker`` (bool, or the name of an image), ``timeout`` (in
                seconds), ``last_n_messages`` (an int, or "auto"). None is an old way to say ``{}``.
            llm_config: the model and its parameters as for `OpenAIWrapper`, as a dict or an `LLMConfig`; False for no
                model; None for that of the ``with llm_config:`` block around it, or else no model.
            default_auto_reply: the reply when nothing else replies.
            description: what it is good for, as told to others in a group chat; by default the system message.
            chat_messages: conversations that it remembers from the start, by partner.
            silent: True prints nothing that it sends, False prints it in silent chats too; None leaves it to each chat.
            context_variables: what it knows besides the conversation; a group gives its agents variables of its own.
            functions: a function, a `Tool`, or a list of them that its model may call; who runs them is told by
                `register_for_execution`.
            update_agent_state_before_reply: an `UpdateSystemMessage`, a function of (agent, messages), or a list of
                these, called before each reply.
            handoffs: to whom it hands over in a group, and when.

        Raises:
            AssertionError: for an llm_config that is neither a dict nor False nor None; for functions without a model.
            ValueError: for an llm_config that names no model, or an unusable code_execution_config.
            openai.OpenAIError: when no key for the model is found.
            RuntimeError: when code is to run in Docker but no engine is running.
        """
        init_args = dict(locals()) if is_heard(AgentCreated) else None
        self._name = name
        self._oai_messages: dict[Any, list[Message]] = defaultdict(list, chat_messages or {})
        self._oai_system_message = [{"content": system_message, "role": "system"}]
        self._description = cast(str, system_message if description is None else description)
        self._is_termination_msg = _is_terminate if is_termination_msg is None else is_termination_msg
        self.silent = silent

        self._validate_llm_config(llm_config)
        self.client_cache: AbstractCache | None = None
        self.previous_cache: AbstractCache | None = None

        self.human_input_mode = human_input_mode
        self._max_consecutive_auto_reply = (
            self.MAX_CONSECUTIVE_AUTO_REPLY if max_consecutive_auto_reply is None else max_consecutive_auto_reply
        )
        self._consecutive_auto_reply_counter: dict[Any, int] = defaultdict(int)
        self._max_consecutive_auto_reply_dict: dict[Any, int] = defaultdict(self.max_consecutive_auto_reply)
        if function_map:
            check_function_map(self, function_map)
        self._function_map = dict(function_map or {})
        for known, function in _tools_known_to(self.client).items():
            self._function_map.setdefault(known, function)
        self._default_auto_reply = default_auto_reply
        self._human_input: list[str] = []
        self.reply_at_receive: dict[Any, bool] = defaultdict(bool)
        self.hook_lists: dict[str, list[Callable[..., Any]]] = {name: [] for name in hooks.HOOKABLE_METHODS}
        self._classic_processed_messages: dict[int, tuple[Message, Any]] = {}
        self._classic_running_chats: list[RunningChat] = []
        self._classic_finished_chats: list[ChatResult] | dict[Any, ChatResult] = []
        self._reply_func_list: list[dict[str, Any]] = []
        self._classic_set_up_membership(context_variables, update_agent_state_before_reply, handoffs)
        self._classic_register_built_in_replies(code_execution_config)
        self._classic_set_up_tools(functions)
        self._classic_announce(init_args)

    def _classic_new_agent(self, name: str, **settings: Any) -> ConversableAgent:
        return ConversableAgent(name, **settings)

    def _classic_announce(self, init_args: dict[str, Any] | None) -> None:
        """Tell those who listen, if anybody does, that a constructor of the agent has run, and with which arguments."""
        if init_args is not None:
            own = ("self", "__class__")
            given = {
                name: value
                for name, value in init_args.items()
                if name not in own and not (value is None and name in _ARGUMENTS_OF_AG2)
            }
            emit(AgentCreated(self, type(self).__name__, Sealed(given)))

    def _classic_register_built_in_replies(self, code_execution_config: dict[str, Any] | Literal[False] | None) -> None:
        """Fill the list of replies from its end to its head: model, code, tools, functions, person."""
        everybody = [Agent, None]
        self.register_reply(everybody, ConversableAgent.generate_oai_reply)
        self.register_reply(everybody, ConversableAgent.a_generate_oai_reply, ignore_async_in_sync_chat=True)
        self._classic_set_up_code_execution(code_execution_config)
        self.register_reply(everybody, ConversableAgent.generate_tool_calls_reply)
        self.register_reply(everybody, ConversableAgent.a_generate_tool_calls_reply, ignore_async_in_sync_chat=True)
        self.register_reply(everybody, ConversableAgent.generate_function_call_reply)
        self.register_reply(everybody, ConversableAgent.a_generate_function_call_reply, ignore_async_in_sync_chat=True)
        self.register_reply(everybody, ConversableAgent.check_termination_and_human_reply)
        self.register_reply(
            everybody, ConversableAgent.a_check_termination_and_human_reply, ignore_async_in_sync_chat=True
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> ConversableAgent:
        """Copy the agent with separate histories; the clients of models, caches and executors are shared."""
        shared = (self.client, self.client_cache, self.previous_cache, self._code_executor)
        memo.update({id(thing): thing for thing in shared})
        memo[id(self.llm_config)] = model.own_config(self.llm_config)
        memo[id(self._classic_running_chats)] = []
        twin = memo[id(self)] = type(self).__new__(type(self))
        twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return twin

    # --- Who the agent is -------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name by which others know the agent."""
        return self._name

    @property
    def description(self) -> str:
        """What the agent is good for; a group chat introduces it to the others with this text."""
        return self._description

    @description.setter
    def description(self, description: str) -> None:
        self._description = description

    @property
    def system_message(self) -> Any:
        """What the model is told about its part."""
        return self._oai_system_message[0]["content"]

    def update_system_message(self, system_message: str) -> None:
        """Tell the model something else about its part.

        Args:
            system_message: the new system message.
        """
        self._oai_system_message[0]["content"] = system_message

    def _validate_llm_config(self, llm_config: dict[str, Any] | Literal[False] | None) -> None:
        """Accept a model's configuration, or refuse it now rather than in the first chat."""
        if llm_config not in (None, False) and not isinstance(llm_config, dict):
            raise AssertionError(
                f"llm_config must be a dict or False or None, but it is {type(llm_config).__name__}. "
                'An LLMConfig is a dict, too; a list of configurations goes into {"config_list": [...]}.'
            )
        if llm_config is None:
            from ..llm_config.config import current_llm_config  # not every agent asks for it

            in_use = current_llm_config()
            llm_config = self.DEFAULT_CONFIG if in_use is None else in_use
        if llm_config in ({}, {"config_list": []}, {"config_list": [{"model": ""}]}):
            from ..oai._config_files import why_empty

            raise ValueError(
                "When using OpenAI or Azure OpenAI endpoints, specify a non-empty 'model' either in 'llm_config' "
                f"or in each config of 'config_list'.{why_empty(llm_config.get('config_list'))}"
            )
        self.llm_config = model.own_config(llm_config)
        self.client = None if self.llm_config is False else _new_client(self.llm_config)

    def _classic_rebuild_client(self) -> None:
        """Make the client anew from a changed llm_config; registered model clients stay."""
        if self.llm_config is not False:
            former = self.client
            self.client = _new_client(self.llm_config)
            if former is not None:
                self.client.adopt(former)

    def register_model_client(self, model_client_cls: type[Any], **kwargs: Any) -> None:
        """Let a class of your own speak to a model.

        Args:
            model_client_cls: a class that follows `ModelClient`, named in the config list by "model_client_cls".
            **kwargs: arguments for its constructor besides the config.

        Raises:
            AttributeError: the agent has no model.
        """
        if self.client is None:
            raise AttributeError(
                f"{self.name} has no model, so no model client can be registered. Give it an llm_config whose "
                f'config_list names the class: {{"model": ..., "model_client_cls": "{model_client_cls.__name__}"}}.'
            )
        self.client.register_model_client(model_client_cls, **kwargs)

    # --- Chats ------------------------------------------------------------------------------------------------

    @shipped(chat.chat_steps)
    def initiate_chat(
        self,
        recipient: Party,
        clear_history: bool = True,
        silent: bool | None = False,
        cache: AbstractCache | None = None,
        max_turns: int | None = None,
        summary_method: str | Callable[..., Any] | None = DEFAULT_SUMMARY_METHOD,
        summary_args: dict[str, Any] | None = {},  # noqa: B006 - the signature of v0.2; nothing writes to it
        message: TextOrMessage | Callable[..., Any] | None = None,
        *,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        max_seconds: float | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """Open a chat with another agent and run it to its end.

        Args:
            recipient: who is spoken to.
            clear_history: whether both forget what they said to each other before.
            silent: True prints nothing.
            cache: a cache for all requests of this chat.
            max_turns: how often the recipient is spoken to; None for as long as they answer each other.
            summary_method: "last_msg", "reflection_with_llm", a function of (sender, recipient, summary_args),
                or None for an empty summary.
            summary_args: ``summary_prompt`` and ``summary_role`` for a reflection, or what a function takes.
            message: the first message as a text, a dict, or a function of (sender, recipient, context) that
                returns one of these; None asks the person.
            max_cost: how many US dollars the chat may cost, with all that happens in it. Whoever passes a limit still
                says what it has to say; then the chat ends, and `ChatResult.stop_detail` tells why.
            max_tokens: how many tokens it may take, sent and received together.
            max_seconds: how long it may take; what runs at that moment is not interrupted.
            **kwargs: the context of the message. ``carryover`` (a text, or a list) is added to the message.

        Returns:
            The messages, the summary, the cost, and why the chat stopped.

        Raises:
            RuntimeError: when an asynchronous reply function is registered that is not to be ignored.
            InvalidCarryOverType: for a carryover that is neither a text nor a list.
            ValueError: for a limit that is not a number of 0 or more.
        """
        return drive(
            chat.chat_steps(
                self,
                recipient,
                clear_history,
                silent,
                cache,
                max_turns,
                summary_method,
                summary_args,
                message,
                max_cost=max_cost,
                max_tokens=max_tokens,
                max_seconds=max_seconds,
                **kwargs,
            )
        )

    @shipped(chat.chat_steps)
    async def a_initiate_chat(
        self,
        recipient: Party,
        clear_history: bool = True,
        silent: bool | None = False,
        cache: AbstractCache | None = None,
        max_turns: int | None = None,
        summary_method: str | Callable[..., Any] | None = DEFAULT_SUMMARY_METHOD,
        summary_args: dict[str, Any] | None = {},  # noqa: B006 - the signature of v0.2; nothing writes to it
        message: TextOrMessage | Callable[..., Any] | None = None,
        *,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        max_seconds: float | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """Open a chat in an event loop; see `initiate_chat`."""
        return await drive_async(
            chat.chat_steps(
                self,
                recipient,
                clear_history,
                silent,
                cache,
                max_turns,
                summary_method,
                summary_args,
                message,
                max_cost=max_cost,
                max_tokens=max_tokens,
                max_seconds=max_seconds,
                **kwargs,
            )
        )

    def iterate(self, recipient: Party, **settings: Any) -> ChatRun:
        """Open a chat with another agent, to run it event by event.

        For example: ``for event in user.iterate(assistant, message="Hi"): ...``. The chat runs in the thread of the
        loop, only as far as the next event. Leaving the loop ends the chat, with the stop reason "external stop"; an
        error of the chat is raised by the loop, after the last event before it.

        Args:
            recipient: who is spoken to.
            **settings: everything that `initiate_chat` takes.

        Returns:
            Something to iterate over once. Its ``result`` is the `ChatResult` when the loop is over.
        """
        from ._iteration import ChatRun  # its room is loaded by the first chat that needs it

        return ChatRun(self, recipient, chat.chat_steps(self, recipient, **settings), asynchronous=False)

    def a_iterate(self, recipient: Party, **settings: Any) -> AsyncChatRun:
        """Open a chat in an event loop, to run it event by event; see `iterate`.

        For example: ``async for event in user.a_iterate(assistant, message="Hi"): ...``. While a model, a tool or a
        person is awaited, the events of streamed text and of chats within a tool come as they happen.
        """
        from ._iteration import AsyncChatRun

        return AsyncChatRun(self, recipient, chat.chat_steps(self, recipient, **settings), asynchronous=True)

    def initiate_chats(self, chat_queue: list[dict[str, Any]]) -> list[ChatResult]:
        """Run chats one after the other; each carries over the summaries of those before it.

        Args:
            chat_queue: as for `autogen_classic.agentchat.chat.initiate_chats`; the sender is this agent by default.

        Returns:
            The results in the order of the queue.
        """
        results = chat.initiate_chats(self._check_chat_queue_for_sender(chat_queue))
        self._classic_finished_chats = results
        return results

    async def a_initiate_chats(self, chat_queue: list[dict[str, Any]]) -> dict[Any, ChatResult]:
        """Run chats at the same time, each as soon as its prerequisites have finished.

        Args:
            chat_queue: as for `autogen_classic.agentchat.chat.a_initiate_chats`.

        Returns:
            The results by chat id.
        """
        results = await chat.a_initiate_chats(self._check_chat_queue_for_sender(chat_queue))
        self._classic_finished_chats = results
        return results

    def get_chat_results(self, chat_index: int | None = None) -> Any:
        """The results of the last queue of chats.

        Args:
            chat_index: the place in the queue, or the chat id of an asynchronous queue; None for all.

        Returns:
            One `ChatResult`, or all of them.
        """
        return self._classic_finished_chats if chat_index is None else self._classic_finished_chats[chat_index]

    def _check_chat_queue_for_sender(self, chat_queue: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for chat_info in chat_queue:
            if not hasattr(chat_info, "get"):
                raise AttributeError(
                    'chat_queue must be a list of dicts such as {"recipient": ..., "message": ...}, but it holds one '
                    f"of type {type(chat_info).__name__}."
                )
        return [chat_info if chat_info.get("sender") else {**chat_info, "sender": self} for chat_info in chat_queue]

    def _prepare_chat(
        self, recipient: Party, clear_history: bool, prepare_recipient: bool = True, reply_at_receive: bool = True
    ) -> None:
        """Make both agents ready to talk to each other."""
        self.reset_consecutive_auto_reply_counter(recipient)
        self.reply_at_receive[recipient] = reply_at_receive
        if clear_history:
            self.clear_history(recipient)
            self._human_input = []
        if prepare_recipient:
            recipient._prepare_chat(self, clear_history, False, reply_at_receive)

    @shipped(_summary.summarize)
    def _summarize_chat(
        self, summary_method: Any, summary_args: Any, recipient: Any = None, cache: AbstractCache | None = None
    ) -> Any:
        return drive(_summary.summarize(self, summary_method, summary_args, recipient, cache))

    @shipped(_first_message.generate_first_message)
    def generate_init_message(self, message: TextOrMessage | None, **kwargs: Any) -> TextOrMessage:
        """Build the first message of a chat; a subclass may build another.

        Args:
            message: a text, a dict, or None to ask the person.
            **kwargs: the context of the chat; ``carryover`` is added to the message.

        Returns:
            The message as a text or a dict.
        """
        return cast(TextOrMessage, drive(_first_message.generate_first_message(self, message, **kwargs)))

    @shipped(_first_message.generate_first_message)
    async def a_generate_init_message(self, message: TextOrMessage | None, **kwargs: Any) -> TextOrMessage:
        """Build the first message of an asynchronous chat; see `generate_init_message`."""
        return await drive_async(_first_message.generate_first_message(self, message, **kwargs))

    def _handle_carryover(self, message: TextOrMessage, kwargs: Mapping[str, Any]) -> TextOrMessage:
        return _first_message.with_carryover(message, kwargs)

    # --- Sending and receiving --------------------------------------------------------------------------------

    @shipped(steps.send)
    def send(
        self,
        message: TextOrMessage,
        recipient: Agent,
        request_reply: bool | None = None,
        silent: bool | None = False,
    ) -> None:
        """Send a message to another agent, which may reply.

        Args:
            message: a text, or a dict with ``content`` or a call. A dict may have ``context``, with which
                templates in its content are filled, and ``name``, ``role``, ``tool_responses``.
            recipient: who gets it.
            request_reply: whether the recipient is asked to reply; None leaves it to the recipient.
            silent: True prints nothing.

        Raises:
            ValueError: for a message without content and without a call.
        """
        last_call = drive_to_last_call(steps.send(self, message, recipient, request_reply, silent))
        if type(last_call) is Call:
            last_call.function(*last_call.args, **last_call.kwargs)

    @shipped(steps.send)
    async def a_send(
        self,
        message: TextOrMessage,
        recipient: Agent,
        request_reply: bool | None = None,
        silent: bool | None = False,
    ) -> None:
        """Send a message in an asynchronous chat; see `send`."""
        await drive_async(steps.send(self, message, recipient, request_reply, silent))

    @shipped(steps.receive)
    def receive(
        self,
        message: TextOrMessage,
        sender: Agent,
        request_reply: bool | None = None,
        silent: bool | None = False,
    ) -> None:
        """Receive a message from another agent, and reply if a reply is asked for.

        Args:
            message: a text, or a dict with ``content`` or a call.
            sender: who sent it.
            request_reply: whether a reply is asked for; None means what ``reply_at_receive`` says for the sender.
            silent: True prints nothing.

        Raises:
            ValueError: for a message without content and without a call.
        """
        last_call = drive_to_last_call(steps.receive(self, message, sender, request_reply, silent))
        if type(last_call) is Call:
            last_call.function(*last_call.args, **last_call.kwargs)

    @shipped(steps.receive)
    async def a_receive(
        self,
        message: TextOrMessage,
        sender: Agent,
        request_reply: bool | None = None,
        silent: bool | None = False,
    ) -> None:
        """Receive a message in an asynchronous chat; see `receive`."""
        await drive_async(steps.receive(self, message, sender, request_reply, silent))

    def stop_reply_at_receive(self, sender: Agent | None = None) -> None:
        """Stop replying to incoming messages.

        Args:
            sender: whose messages; None for everybody's.
        """
        if sender is None:
            self.reply_at_receive.clear()
        else:
            self.reply_at_receive[sender] = False

    def _append_oai_message(self, message: TextOrMessage, role: str, conversation_id: Agent, is_sending: bool) -> bool:
        """Store a message; False for one that has neither content nor a call."""
        return steps.append_message(self, message, role, conversation_id, is_sending)

    def _process_received_message(self, message: TextOrMessage, sender: Agent, silent: bool | None) -> None:
        steps.process_received_message(self, message, sender, silent)

    def _print_received_message(self, message: TextOrMessage, sender: Agent) -> None:
        _printer.print_received_message(self, as_message(message), sender)

    @staticmethod
    def _message_to_dict(message: TextOrMessage) -> Message:
        return as_message(message)

    @staticmethod
    def _is_silent(agent: Agent, silent: bool | None = False) -> bool | None:
        own: bool | None = getattr(agent, "silent", None)
        return silent if own is None else own

    # --- What was said ----------------------------------------------------------------------------------------

    @property
    def chat_messages(self) -> dict[Any, list[Message]]:
        """The conversations by partner: the live object, the same as ``_oai_messages``."""
        return self._oai_messages

    def chat_messages_for_summary(self, agent: Agent) -> list[Message]:
        """The messages from which a chat with an agent is summed up.

        Args:
            agent: the partner.

        Returns:
            The stored messages.
        """
        return self._oai_messages[agent]

    def last_message(self, agent: Agent | None = None) -> Message | None:
        """The last message of a conversation.

        Args:
            agent: the partner; None if there was only one.

        Returns:
            The stored message, or None if nothing has been said yet.

        Raises:
            ValueError: no partner is given, but there were several.
            KeyError: for a partner without a conversation.
            AttributeError: for something other than an agent.
        """
        if agent is None:
            if not self._oai_messages:
                return None
            if len(self._oai_messages) > 1:
                partners = ", ".join(repr(partner.name) for partner in self._oai_messages)
                raise ValueError(
                    "More than one conversation is found. Please specify the sender to get the last message. "
                    f"{self.name!r} talked to {partners}."
                )
            (messages,) = self._oai_messages.values()
            return messages[-1]
        if not hasattr(agent, "name"):
            raise AttributeError(
                f"last_message of {self.name} takes the agent it talked to, but it was given {described(agent)}. Pass "
                "the agent itself."
            )
        if agent not in self._oai_messages:
            raise MissingItemError(
                f"The agent '{agent.name}' is not present in any conversation. No history available for this agent."
            )
        return self._oai_messages[agent][-1]

    def clear_history(self, recipient: Agent | None = None, nr_messages_to_preserve: int | None = None) -> None:
        """Forget what was said.

        Args:
            recipient: the partner whose conversation is forgotten; None for all.
            nr_messages_to_preserve: how many of the last messages stay in each conversation. One more stays
                where an answer would lose the call it answers.
        """
        partners = list(self._oai_messages) if recipient is None else [recipient]
        if nr_messages_to_preserve:
            more = 0
            for partner in partners:
                messages = self._oai_messages[partner]
                keep = messages_to_keep(messages, nr_messages_to_preserve)
                forget(messages, keep)
                more += max(keep - nr_messages_to_preserve, 0)
            emit(HistoryShortened(self, more))
        else:
            for partner in partners:
                self._oai_messages[partner].clear()
            if recipient is None:
                self._oai_messages.clear()
        hooks.forget_lost_messages(self)
        if is_heard(HistoryCleared):
            emit(HistoryCleared(self, recipient, nr_messages_to_preserve or 0))

    def reset(self) -> None:
        """Forget everything that was said and counted; what the agent is stays."""
        self.clear_history()
        self.reset_consecutive_auto_reply_counter()
        self.stop_reply_at_receive()
        if self.client is not None:
            self.client.clear_usage_summary()
        replies.reset(self)

    # --- Replies ----------------------------------------------------------------------------------------------

    @shipped(steps.generate_reply)
    def generate_reply(
        self,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        exclude: Collection[ReplyFunction] | None = (),
        **kwargs: Any,
    ) -> TextOrMessage | None:
        """Ask the reply functions in their order until one has the final word.

        Args:
            messages: the conversation; None takes what this agent and the sender said to each other.
            sender: who wrote the last message.
            exclude: reply functions that are passed over.
            **kwargs: whatever else a subclass understands; it is ignored here.

        Returns:
            The reply as a text or a dict, or None when there is nothing to say.

        Raises:
            AssertionError: with neither messages nor a sender.
        """
        return drive(steps.generate_reply(self, messages, sender, exclude, **kwargs))

    @shipped(steps.generate_reply)
    async def a_generate_reply(
        self,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        exclude: Collection[ReplyFunction] | None = (),
        **kwargs: Any,
    ) -> TextOrMessage | None:
        """Find a reply in an asynchronous chat; see `generate_reply`."""
        return await drive_async(steps.generate_reply(self, messages, sender, exclude, **kwargs))

    def register_reply(
        self,
        trigger: type[Agent] | str | Agent | Callable[[Any], bool] | list[Any] | None,
        reply_func: Callable[..., Any],
        position: int = 0,
        config: Any = None,
        reset_config: Callable[..., Any] | None = None,
        *,
        ignore_async_in_sync_chat: bool = False,
        remove_other_reply_funcs: bool = False,
    ) -> None:
        """Add a reply function.

        Args:
            trigger: for whom it replies: an agent, a class of agents, a name, a function of the sender that
                returns a bool, or a list of these, in which None stands for "no sender".
            reply_func: a function of (recipient, messages, sender, config) that returns whether its word is
                final, and the reply. It may be a coroutine function for asynchronous chats.
            position: its place in the list; 0 is asked first.
            config: handed to the function, which may write to it.
            reset_config: a function of config that `reset` calls; without it the config is copied anew.
            ignore_async_in_sync_chat: True lets synchronous chats pass over a coroutine function, instead of
                refusing to start.
            remove_other_reply_funcs: True empties the list first.

        Raises:
            ValueError: ``trigger`` is none of these.
            TypeError: ``reply_func`` cannot be called.
        """
        replies.register(
            self,
            trigger,
            reply_func,
            position,
            config,
            reset_config,
            ignore_async_in_sync_chat,
            remove_other_reply_funcs,
        )

    def replace_reply_func(self, old_reply_func: Callable[..., Any], new_reply_func: Callable[..., Any]) -> None:
        """Replace one reply function by another.

        Args:
            old_reply_func: the one to replace; nothing happens if it is not registered.
            new_reply_func: the one that takes its place, trigger and config.
        """
        replies.replace(self, old_reply_func, new_reply_func)

    def register_nested_chats(
        self,
        chat_queue: list[dict[str, Any]],
        trigger: type[Agent] | str | Agent | Callable[[Any], bool] | list[Any] | None,
        reply_func_from_nested_chats: str | Callable[..., Any] = "summary_from_nested_chats",
        position: int = 2,
        use_async: bool | None = None,
        **kwargs: Any,
    ) -> None:
        """Reply with the outcome of other chats.

        Args:
            chat_queue: as for `initiate_chats`. A message may be a function of (recipient, messages, sender,
                config); the first chat takes the last message by default; a chat without a message is left out.
                A ``carryover_config`` tells what is carried over from this agent's own conversation: a dict with a
                ``summary_method`` ("all", "last_msg", "reflection_with_llm", or a function of (agent, messages,
                summary_args)) and ``summary_args``.
            trigger: for whom, as for `register_reply`.
            reply_func_from_nested_chats: "summary_from_nested_chats" replies with the summary of the last chat;
                a function of (chat_queue, recipient, messages, sender, config) replies as it likes.
            position: the place in the list of replies.
            use_async: True runs the chats with `a_initiate_chats`; each needs a ``chat_id`` then.
            **kwargs: ``config`` and ``reset_config`` as for `register_reply`.

        Raises:
            ValueError: ``reply_func_from_nested_chats`` is neither of these, a chat lacks its id, or a
                ``carryover_config`` is not such a dict.
        """
        from . import _nested  # few agents have nested chats

        _nested.register_nested_chats(
            self, chat_queue, trigger, reply_func_from_nested_chats, position, use_async, **kwargs
        )

    def _raise_exception_on_async_reply_functions(self) -> None:
        """Refuse a synchronous chat in which a reply function could never run."""
        names = set()
        for entry in self._reply_func_list:
            if entry.get("ignore_async_in_sync_chat"):
                continue
            reply_func = entry["reply_func"]
            if look_up(reply_func)[1]:
                names.add(getattr(reply_func, "__name__", repr(reply_func)))  # a partial has no name
        if names:
            raise with_note(
                RuntimeError(
                    "Async reply functions can only be used with ConversableAgent.a_initiate_chat(). The following "
                    f"async reply functions are found: {', '.join(sorted(names))}"
                ),
                f"They are those of {self.name}. Use a_initiate_chat, or register them with "
                "ignore_async_in_sync_chat=True.",
            )

    # --- The person -------------------------------------------------------------------------------------------

    @shipped(person.check_termination_and_human_reply)
    def check_termination_and_human_reply(
        self,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        config: Any = None,
        iostream: InputStream | None = None,
    ) -> Outcome:
        """End the chat, let the person reply, or leave the reply to others.

        Returns:
            Whether the word is final, and the reply. The person is asked at ``iostream``, or at the default stream.
        """
        return drive(person.check_termination_and_human_reply(self, messages, sender, config, iostream))

    @shipped(person.check_termination_and_human_reply)
    async def a_check_termination_and_human_reply(
        self,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        config: Any = None,
        iostream: InputStream | AsyncInputStream | None = None,
    ) -> Outcome:
        """The asynchronous form of `check_termination_and_human_reply`."""
        return await drive_async(person.check_termination_and_human_reply(self, messages, sender, config, iostream))

    def get_human_input(self, prompt: str, *, iostream: InputStream | None = None) -> str:
        """Ask the person behind the agent; a subclass may ask in another way.

        Args:
            prompt: the question.
            iostream: where to ask; None stands for the default stream.

        Returns:
            The answer; empty if the person just pressed enter.
        """
        answer = person_input(prompt, (iostream or IOStream.get_default()).input)
        check()  # what is typed after the chat was stopped is not remembered
        self._human_input.append(answer)
        return answer

    async def a_get_human_input(self, prompt: str, *, iostream: InputStream | AsyncInputStream | None = None) -> str:
        """Ask the person in an asynchronous chat; see `get_human_input`, which it calls.

        Args:
            prompt: the question.
            iostream: where to ask; None stands for the default stream. One whose ``input`` is asynchronous is awaited.

        Returns:
            The answer.
        """
        stream = IOStream.get_default() if iostream is None else iostream
        if is_asynchronous(stream.input) and self._classic_asks_the_usual_way():
            answer: str = await cast(AsyncInputStream, stream).input(prompt)
            self._human_input.append(answer)
            return answer
        from ..io.console import IOConsole, input_is_replaced

        settings = {} if iostream is None else {"iostream": cast(InputStream, iostream)}
        ask = functools.partial(self.get_human_input, prompt, **settings)
        is_console = getattr(stream.input, "__func__", None) is IOConsole.input and not input_is_replaced()
        if is_console and self._classic_asks_the_usual_way():
            from .._core.person_beside_loop import ask_beside_event_loop  # late: few programs have such chats

            return await ask_beside_event_loop(ask)
        return leave_person_if_stopped(ask)

    def _classic_asks_the_usual_way(self) -> bool:
        """Whether `get_human_input` is the one above: no subclass, instance or patch has another."""
        return getattr(self.get_human_input, "__func__", None) is OWN_METHODS["get_human_input"]

    def max_consecutive_auto_reply(self, sender: Agent | None = None) -> int:
        """How often the agent replies to a partner without its person.

        Args:
            sender: the partner; None for the limit that applies to every new partner.
        """
        return self._max_consecutive_auto_reply if sender is None else self._max_consecutive_auto_reply_dict[sender]

    def update_max_consecutive_auto_reply(self, value: int, sender: Agent | None = None) -> None:
        """Change how often the agent replies without its person.

        Args:
            value: the new limit.
            sender: the partner; None for everybody.
        """
        if sender is None:
            self._max_consecutive_auto_reply = value
            for partner in self._max_consecutive_auto_reply_dict:
                self._max_consecutive_auto_reply_dict[partner] = value
        else:
            self._max_consecutive_auto_reply_dict[sender] = value

    def reset_consecutive_auto_reply_counter(self, sender: Agent | None = None) -> None:
        """Start counting the replies without the person from 0 again.

        Args:
            sender: the partner; None for everybody.
        """
        if sender is None:
            self._consecutive_auto_reply_counter.clear()
        else:
            self._consecutive_auto_reply_counter[sender] = 0

    # --- The model --------------------------------------------------------------------------------------------

    @shipped(model.model_reply)
    def generate_oai_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> Outcome:
        """Reply with a model.

        Args:
            messages: the conversation; None takes what this agent and the sender said to each other.
            sender: who wrote the last message.
            config: a client to use instead of the agent's own.

        Returns:
            Whether there is a reply, and the reply.
        """
        return drive(model.model_reply(self, messages, sender, config))

    @shipped(model.model_reply)
    async def a_generate_oai_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> Outcome:
        """Reply with a model in an asynchronous chat; see `generate_oai_reply`."""
        return await drive_async(model.model_reply(self, messages, sender, config))

    @shipped(model.reply_from_client)
    def _generate_oai_reply_from_client(
        self, llm_client: Client, messages: list[Message], cache: AbstractCache | None
    ) -> TextOrMessage | None:
        return drive(model.reply_from_client(self, llm_client, messages, cache))

    def get_actual_usage(self) -> dict[str, Any] | None:
        """What the agent's model has cost without cached answers, or None."""
        return None if self.client is None else self.client.actual_usage_summary

    def get_total_usage(self) -> dict[str, Any] | None:
        """What the agent's model would have cost without the cache, or None."""
        return None if self.client is None else self.client.total_usage_summary

    def print_usage_summary(self, mode: str | list[str] = ["actual", "total"]) -> None:  # noqa: B006 - as in v0.2
        """Print what the agent's model has cost.

        Args:
            mode: "actual" without cached answers, "total" with them, or a list of both.
        """
        if self.client is None:
            no_cost = _literals.NO_COST.format(name=self.name)
            show("ConversableAgentUsageSummaryNoCostIncurredEvent", no_cost, recipient=self.name)
        else:
            heading = _literals.COST_HEADING.format(name=self.name)
            show("ConversableAgentUsageSummaryEvent", heading, recipient=self.name)
            self.client.print_usage_summary(mode)

    # --- Tools ------------------------------------------------------------------------------------------------

    @shipped(tool_calls.tool_calls_reply)
    def generate_tool_calls_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> tuple[bool, Message | None]:
        """Run the tools that the last message calls.

        Returns:
            Whether it calls any, and the answers as one message.
        """
        return drive(tool_calls.tool_calls_reply(self, messages, sender, config))

    @shipped(tool_calls.tool_calls_reply)
    async def a_generate_tool_calls_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> tuple[bool, Message | None]:
        """Run the tools that the last message calls side by side; see `generate_tool_calls_reply`."""
        return await drive_async(tool_calls.tool_calls_reply(self, messages, sender, config))

    @shipped(tool_calls.function_call_reply)
    def generate_function_call_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> tuple[bool, Message | None]:
        """Run the function that the last message calls.

        Returns:
            Whether it calls one, and the answer as a message.
        """
        return drive(tool_calls.function_call_reply(self, messages, sender, config))

    @shipped(tool_calls.function_call_reply)
    async def a_generate_function_call_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> tuple[bool, Message | None]:
        """The asynchronous form of `generate_function_call_reply`."""
        return await drive_async(tool_calls.function_call_reply(self, messages, sender, config))

    @shipped(tool_calls.execute_function)
    def execute_function(
        self, func_call: dict[str, Any], call_id: str | bool | None = None, verbose: bool = False
    ) -> tuple[bool, Message]:
        """Run a function that a model calls.

        Args:
            func_call: ``name``, and ``arguments`` as JSON.
            call_id: the id of the tool call. A bool in this place is ``verbose``, as in programs for 0.2.
            verbose: True prints the arguments and the result.

        Returns:
            Whether it succeeded, and the answer as a message; an error is an answer too.
        """
        return drive(tool_calls.execute_function(self, func_call, call_id, verbose))

    @shipped(tool_calls.execute_function)
    async def a_execute_function(
        self, func_call: dict[str, Any], call_id: str | bool | None = None, verbose: bool = False
    ) -> tuple[bool, Message]:
        """Run a function, and await it if it is asynchronous; see `execute_function`."""
        return await drive_async(tool_calls.execute_function(self, func_call, call_id, verbose))

    @property
    def function_map(self) -> dict[str, Callable[..., Any]]:
        """The functions that the agent can run, by name."""
        return self._function_map

    def register_function(self, function_map: dict[str, Any], silent_override: bool = False) -> None:
        """Let the agent run functions.

        Args:
            function_map: functions by name; None instead of a function removes it.
            silent_override: True does not warn of a function that takes the place of another.
        """
        _tool_registration.register_function_map(self, function_map, silent_override=silent_override)

    def can_execute_function(self, name: list[str] | str) -> bool:
        """Tell whether the agent can run a function, or all of several.

        Args:
            name: one name, or a list.
        """
        return _tool_registration.can_execute_function(self, name)

    def register_for_llm(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        api_style: Literal["function", "tool"] = "tool",
        silent_override: bool = False,
    ) -> Callable[[F], F]:
        """Tell the agent's model about a function: a decorator.

        Args:
            name: its name for the model; None takes the function's.
            description: what it does; None takes that of an earlier decorator, or the docstring.
            api_style: "tool", or "function" for the older interface.
            silent_override: True does not warn of a tool that takes the place of another.

        Returns:
            A decorator that returns a `Tool`, as callable as the function was.

        Raises:
            ValueError: without a description or a docstring.
            TypeError: for parameters without annotations.
            AssertionError: for an agent without a model.
        """
        return _tool_registration.register_for_llm(
            self, name=name, description=description, api_style=api_style, silent_override=silent_override
        )

    def register_for_execution(
        self,
        name: str | None = None,
        description: str | None = None,
        *,
        serialize: bool = True,
        silent_override: bool = False,
    ) -> Callable[[F], F]:
        """Let the agent run a function: a decorator.

        Args:
            name: its name in calls; None takes the function's.
            description: what the returned tool does, for later decorators; None takes that of an earlier one.
            serialize: False keeps what the function returns as it is; True makes a text of it.
            silent_override: True does not warn of a function that takes the place of another.

        Returns:
            A decorator that returns a `Tool`, as callable as the function was.
        """
        return _tool_registration.register_for_execution(
            self, name, description, serialize=serialize, silent_override=silent_override
        )

    def update_function_signature(
        self, func_sig: str | dict[str, Any], is_remove: bool = False, silent_override: bool = False
    ) -> None:
        """Tell the agent's model about a function by its JSON schema, or take it back.

        Args:
            func_sig: the schema, or the name to remove.
            is_remove: True removes.
            silent_override: True does not warn of a function that takes the place of another.
        """
        _tool_registration.update_signature(
            self, "function", func_sig, is_remove=is_remove, silent_override=silent_override
        )

    def update_tool_signature(
        self, tool_sig: str | dict[str, Any], is_remove: bool, silent_override: bool = False
    ) -> None:
        """Tell the agent's model about a tool by its JSON schema, or take it back.

        Args:
            tool_sig: the schema, or the name to remove.
            is_remove: True removes.
            silent_override: True does not warn of a tool that takes the place of another.
        """
        _tool_registration.update_signature(
            self, "tool", tool_sig, is_remove=is_remove, silent_override=silent_override
        )

    def _str_for_tool_response(self, tool_response: dict[str, Any]) -> str:
        return tool_calls.tool_response_text(tool_response)

    @staticmethod
    def _format_json_str(jstr: str) -> str:
        return tool_calls.json_with_escaped_line_ends(jstr)

    @staticmethod
    def _normalize_name(name: str) -> str:
        """A name that every provider accepts: at most 64 letters, digits, underscores and hyphens."""
        return re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64]

    @staticmethod
    def _assert_valid_name(name: str) -> str:
        """The same name, if every provider accepts it."""
        if not isinstance(name, str):
            raise TypeError(f"Invalid name: {name!r}. It must be a text.")
        if not re.match(r"^[a-zA-Z0-9_-]+$", name):
            raise ValueError(f"Invalid name: {name}. Only letters, numbers, '_' and '-' are allowed.")
        if len(name) > 64:
            raise ValueError(f"Invalid name: {name}. Name must be less than 64 characters.")
        return name

    # --- Code -------------------------------------------------------------------------------------------------

    def _classic_set_up_code_execution(self, config: dict[str, Any] | Literal[False] | None) -> None:
        """Take a code_execution_config in any of its forms, and register the reply that runs code."""
        if config is None:
            warnings.warn(
                "Using None to signal a default code_execution_config is deprecated. "
                "Use {} to use default or False to disable code execution.",
                stacklevel=4,
            )
            config = {}
        if not isinstance(config, dict) and config is not False:
            raise ValueError("code_execution_config must be a dict or False.")
        self._code_execution_config: Any = config
        if config is False:
            return
        self._code_execution_config = dict(config)
        if config.get("executor") is not None:
            if "use_docker" in config:
                raise ValueError(
                    "'use_docker' in code_execution_config is not valid when 'executor' is set. "
                    "Use the appropriate arg in the chosen executor instead."
                )
            for key in ("work_dir", "timeout"):
                if key in config:
                    raise ValueError(
                        f"'{key}' in code_execution_config is not valid when 'executor' is set. "
                        "Use the appropriate arg in the chosen executor instead."
                    )
            from ..coding.factory import CodeExecutorFactory

            self._code_executor = CodeExecutorFactory.create(config)
            self.register_reply([Agent, None], ConversableAgent._generate_code_execution_reply_using_executor)
        else:
            use_docker = decide_use_docker(config.get("use_docker"))
            check_can_use_docker_or_throw(use_docker)
            self._code_execution_config["use_docker"] = use_docker
            self.register_reply([Agent, None], ConversableAgent.generate_code_execution_reply)

    @property
    def code_executor(self) -> CodeExecutor | None:
        """The code executor, or None if the agent runs no code or runs it in the older way."""
        return self._code_executor

    @property
    def use_docker(self) -> bool | str | None:
        """Whether code runs in Docker (or the image it runs in), or None if the agent runs no code."""
        return None if self._code_execution_config is False else self._code_execution_config.get("use_docker")

    @shipped(code.code_reply_with_executor)
    def _generate_code_execution_reply_using_executor(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> tuple[bool, str | None]:
        return drive(code.code_reply_with_executor(self, messages, sender, config))

    @shipped(code.code_execution_reply)
    def generate_code_execution_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: Any = None
    ) -> tuple[bool, str | None]:
        """Run the code in the latest messages.

        Args:
            messages: the conversation; None takes what this agent and the sender said to each other.
            sender: who wrote the last message.
            config: a code_execution_config to use instead of the agent's own.

        Returns:
            Whether there was code, and its exit code and output as a text.
        """
        return drive(code.code_execution_reply(self, messages, sender, config))

    def execute_code_blocks(self, code_blocks: list[tuple[str, str]]) -> tuple[int, str]:
        """Run code blocks one after the other until one fails.

        Args:
            code_blocks: pairs of language and code.

        Returns:
            The exit code of the last block that ran, and the output of all.
        """
        return code.execute_blocks(self, code_blocks)

    def run_code(self, code: str, **kwargs: Any) -> tuple[int, str, str | None]:
        """Run one piece of code; a subclass may run it elsewhere.

        Args:
            code: the code.
            **kwargs: as for `autogen_classic.code_utils.execute_code`.

        Returns:
            The exit code, the output, and the Docker image that it ran in, or None.
        """
        return execute_code(code, **kwargs)

    # --- Hooks ------------------------------------------------------------------------------------------------

    def register_hook(self, hookable_method: str, hook: Callable[..., Any]) -> None:
        """Let a function see, and change, messages on their way.

        Args:
            hookable_method: "process_last_received_message" (takes and returns the content of the last message),
                "process_all_messages_before_reply" (a list of messages), "process_message_before_send" (takes
                sender, message, recipient, silent; returns the message), one of these with ``a_`` for
                asynchronous chats, or "update_agent_state" (takes agent and messages before each reply).
            hook: the function.

        Raises:
            AssertionError: for an unknown name, or a hook that is already registered.
        """
        hooks.register(self, hookable_method, hook)

    @shipped(hooks.all_messages)
    def process_all_messages_before_reply(self, messages: list[Message]) -> list[Message]:
        """Run the hooks that see all messages before a reply.

        Args:
            messages: the conversation.

        Returns:
            What the hooks made of it.
        """
        return drive(hooks.all_messages(self, messages))

    @shipped(hooks.all_messages)
    async def a_process_all_messages_before_reply(self, messages: list[Message]) -> list[Message]:
        """The asynchronous form of `process_all_messages_before_reply`."""
        return await drive_async(hooks.all_messages(self, messages))

    @shipped(hooks.last_received_message)
    def process_last_received_message(self, messages: list[Message]) -> list[Message]:
        """Run the hooks that see the content of the last message before a reply.

        Args:
            messages: the conversation.

        Returns:
            The conversation with what the hooks made of its last message.
        """
        return drive(hooks.last_received_message(self, messages))

    @shipped(hooks.last_received_message)
    async def a_process_last_received_message(self, messages: list[Message]) -> list[Message]:
        """The asynchronous form of `process_last_received_message`."""
        return await drive_async(hooks.last_received_message(self, messages))

    @shipped(hooks.before_send)
    def _process_message_before_send(
        self, message: TextOrMessage, recipient: Agent, silent: bool | None
    ) -> TextOrMessage:
        return cast(TextOrMessage, drive(hooks.before_send(self, message, recipient, silent)))

    @shipped(hooks.before_send)
    async def _a_process_message_before_send(
        self, message: TextOrMessage, recipient: Agent, silent: bool | None
    ) -> TextOrMessage:
        return await drive_async(hooks.before_send(self, message, recipient, silent))


def message_to_dict(message: TextOrMessage) -> Message:
    """Give a message its dict form.

    Args:
        message: a text, a dict (returned as it is), or another mapping.
    """
    return as_message(message)


def normilize_message_to_oai(message: TextOrMessage, name: str, role: str = "assistant") -> tuple[bool, Message]:
    """Give a message the form in which an agent stores it. The spelling of the name is AG2's.

    Args:
        message: a text or a dict.
        name: the name of its author.
        role: the role of its author, unless the message says otherwise.

    Returns:
        Whether it says or calls anything, and the message; empty if it does not.
    """
    stored = stored_form(as_message(message), role, name)
    return stored is not None, stored or {}


def _new_client(llm_config: dict[str, Any]) -> OpenAIWrapper:
    client: OpenAIWrapper = _room_of_clients().OpenAIWrapper(**llm_config)
    return client


def _tools_known_to(client: OpenAIWrapper | None) -> dict[str, Callable[..., Any]]:
    """The tools that the models of a client know by themselves and that run here."""
    state = getattr(client, "_classic_state", None)  # which a program's own wrapper does not have
    tools: dict[str, Callable[..., Any]] = {} if state is None else state.built_in_tools()
    return tools


@functools.cache
def _room_of_clients() -> ModuleType:
    """The module of `OpenAIWrapper`, which the first agent with a model loads."""
    return importlib.import_module("..oai.client", __package__)


def _is_terminate(message: Message) -> bool:
    """The default end of a chat: the text TERMINATE and nothing else."""
    return content_str(message.get("content")) == _literals.TERMINATE


OWN_METHODS = {name: getattr(ConversableAgent, name) for name in vars(ConversableAgent)}
"""The methods as the library wrote them, by which a change in a subclass, on an instance or by a patch is seen."""
