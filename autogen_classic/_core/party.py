"""The contract: what the engine reads of an agent, and of whatever answers for a model.

The engine never checks for a class. Anything with these members takes part; the classes of ``agentchat`` have them all,
and programs replace any of them in a subclass, on an instance, or by a patch. Names with an underscore belong to the
contract as well where 0.2 has them, because programs override those too; what is ours alone begins with ``_classic_``,
so that it never meets a name of a program. What is read of a group, and of the agent
that leads it, stands in ``agentchat/_groupchat/contract.py``.

Steps ask for methods by name, as in ``Ask(agent, "send", ...)``. `STEPS_BEHIND` says which steps then run,
unless the method has been replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

from .messages import Message, TextOrMessage

__all__ = (
    "STEPS_BEHIND",
    "Agent",
    "ChatOutcome",
    "Client",
    "LLMAgent",
    "Outcome",
    "Party",
    "ReplyFunction",
    "Runner",
    "ToolOrFunction",
    "check_capable",
    "described",
    "is_agent",
)

STEPS_BEHIND: Mapping[str, str] = {
    # a chat
    "initiate_chat": "agentchat.chat.chat_steps",
    "generate_init_message": "agentchat._first_message.generate_first_message",
    "_summarize_chat": "agentchat._summary.summarize",
    # a message on its way
    "_process_message_before_send": "_core.hooks.before_send",
    "send": "_core.steps.send",
    "receive": "_core.steps.receive",
    # a reply
    "update_agent_state_before_reply": "_core.hooks.update_state",
    "process_last_received_message": "_core.hooks.last_received_message",
    "process_all_messages_before_reply": "_core.hooks.all_messages",
    "generate_reply": "_core.steps.generate_reply",
    # the reply functions that an agent is born with, in the order in which they are asked
    "check_termination_and_human_reply": "agentchat._replies.person.check_termination_and_human_reply",
    "generate_function_call_reply": "agentchat._replies.tool_calls.function_call_reply",
    "generate_tool_calls_reply": "agentchat._replies.tool_calls.tool_calls_reply",
    "generate_code_execution_reply": "agentchat._replies.code.code_execution_reply",
    "_generate_code_execution_reply_using_executor": "agentchat._replies.code.code_reply_with_executor",
    "generate_oai_reply": "agentchat._replies.model.model_reply",
    # what these ask for
    "execute_function": "agentchat._replies.tool_calls.execute_function",
    "_generate_oai_reply_from_client": "agentchat._replies.model.reply_from_client",
    # a group
    "run_chat": "agentchat._groupchat.loop.run_chat",
    "select_speaker": "agentchat._groupchat.loop.select_speaker",
    "_prepare_and_select_agents": "agentchat._groupchat.candidates.prepare_and_select",
    "manual_select_speaker": "agentchat._speakers.manual.ask_person",
    "_auto_select_speaker": "agentchat._speakers.auto.select_by_model",
    "resume": "agentchat._groupchat.resume.resume",
}
"""The steps behind each method that the library ships, as paths in this package. The ``a_`` twin of a method has the
same ones. A method that is asked for and not listed here, such as ``get_human_input``, is called as it is."""

Outcome: TypeAlias = tuple[bool, TextOrMessage | None]
"""What a reply function returns: whether its word is final, and the reply; None as the reply ends the chat."""

ReplyFunction: TypeAlias = Callable[..., Any]
"""A function of (recipient, messages, sender, config) that returns an `Outcome`, or a coroutine of one."""


ChatOutcome: TypeAlias = Any
"""What came out of a chat: a `ChatResult`."""

ToolOrFunction: TypeAlias = Any
"""A `Tool`, or a function that is one."""


@runtime_checkable
class Agent(Protocol):
    """An agent that takes part in chats.

    A class that has these members is an agent, whether it inherits from this protocol or not.
    """

    @property
    def name(self) -> str:
        """The name by which others know the agent."""
        ...

    @property
    def description(self) -> str:
        """What the agent is good for; a group chat introduces it to the others with this text."""
        ...

    def send(self, message: TextOrMessage, recipient: Agent, request_reply: bool | None = None) -> None:
        """Send a message.

        Args:
            message: a text, or a dict with at least content or a call.
            recipient: who gets it.
            request_reply: whether the recipient is asked to reply; None leaves it to the recipient.
        """
        ...

    async def a_send(self, message: TextOrMessage, recipient: Agent, request_reply: bool | None = None) -> None:
        """Send a message in an asynchronous chat; see `send`."""
        ...

    def receive(self, message: TextOrMessage, sender: Agent, request_reply: bool | None = None) -> None:
        """Receive a message.

        Args:
            message: a text, or a dict with at least content or a call.
            sender: who sent it.
            request_reply: whether the sender asks for a reply; None leaves it to this agent.
        """
        ...

    async def a_receive(self, message: TextOrMessage, sender: Agent, request_reply: bool | None = None) -> None:
        """Receive a message in an asynchronous chat; see `receive`."""
        ...

    def generate_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, **kwargs: Any
    ) -> TextOrMessage | None:
        """Find a reply to messages.

        Args:
            messages: the conversation; None takes what the agent and the sender said to each other.
            sender: who wrote the last message.
            **kwargs: whatever an implementation offers besides.

        Returns:
            The reply, or None when there is nothing to say.
        """
        ...

    async def a_generate_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, **kwargs: Any
    ) -> TextOrMessage | None:
        """Find a reply in an asynchronous chat; see `generate_reply`."""
        ...


@runtime_checkable
class LLMAgent(Agent, Protocol):
    """An agent that a model speaks for."""

    @property
    def system_message(self) -> str:
        """What the model is told about its part."""
        ...

    def update_system_message(self, system_message: str) -> None:
        """Tell the model something else about its part.

        Args:
            system_message: the new system message.
        """
        ...


class Party(LLMAgent, Protocol):
    """An agent, as the engine reads it."""

    # settings
    silent: bool | None
    client: Any  # a `Client`, or what a program puts in its place; None without a model
    client_cache: Any
    previous_cache: Any
    llm_config: Any  # a dict, an `LLMConfig` among them, or False without a model
    hook_lists: dict[str, list[Callable[..., Any]]]
    reply_at_receive: dict[Any, bool]
    _oai_system_message: list[Message]
    _code_execution_config: Any  # a dict, or False if it runs no code
    _function_map: dict[str, Callable[..., Any]]
    _classic_tools: dict[str, Any]  # the `Tool` objects of `register_for_llm`, by name
    _reply_func_list: list[dict[str, Any]]

    # what was said, and counted
    _oai_messages: dict[Any, list[Message]]
    _classic_processed_messages: dict[int, tuple[Message, Any]]
    _human_input: list[str]
    _consecutive_auto_reply_counter: dict[Any, int]
    _max_consecutive_auto_reply: int
    _max_consecutive_auto_reply_dict: dict[Any, int]

    @property
    def human_input_mode(self) -> str:
        """When its person is asked: ALWAYS, TERMINATE or NEVER."""

    @property
    def function_map(self) -> Mapping[str, Callable[..., Any]]:
        """The functions that it can run, by name."""

    @property
    def chat_messages(self) -> dict[Any, list[Message]]:
        """The live histories by partner."""

    @property
    def _default_auto_reply(self) -> TextOrMessage:
        """The reply where nothing else replies."""

    @property
    def _code_executor(self) -> Any:
        """What runs code blocks, or None."""

    @property
    def _is_termination_msg(self) -> Callable[[Message], bool]:
        """Tells whether a message ends the chat."""

    def _prepare_chat(
        self, recipient: Party, clear_history: bool, prepare_recipient: bool = True, reply_at_receive: bool = True
    ) -> None: ...

    def _raise_exception_on_async_reply_functions(self) -> None: ...

    def _is_silent(self, agent: Agent, silent: bool | None = False) -> bool | None: ...

    def _message_to_dict(self, message: TextOrMessage) -> Message: ...

    def _append_oai_message(
        self, message: TextOrMessage, role: str, conversation_id: Agent, is_sending: bool
    ) -> bool: ...

    def _process_received_message(self, message: TextOrMessage, sender: Agent, silent: bool | None) -> None: ...

    def _print_received_message(self, message: TextOrMessage, sender: Agent) -> None: ...

    def last_message(self, agent: Agent | None = None) -> Message | None:
        """The last thing said in a conversation."""

    def chat_messages_for_summary(self, agent: Agent) -> list[Message]:
        """The messages from which a chat is summed up."""

    def clear_history(self, recipient: Agent | None = None, nr_messages_to_preserve: int | None = None) -> None:
        """Forget what was said."""

    def register_reply(
        self,
        trigger: Any,
        reply_func: ReplyFunction,
        position: int = 0,
        config: Any = None,
        reset_config: Callable[..., Any] | None = None,
        *,
        ignore_async_in_sync_chat: bool = False,
        remove_other_reply_funcs: bool = False,
    ) -> None:
        """Add a reply function."""

    def register_hook(self, hookable_method: str, hook: Callable[..., Any]) -> None:
        """Let a function see messages on their way."""

    def register_function(self, function_map: dict[str, Any], silent_override: bool = False) -> None:
        """Let the agent run functions."""

    def register_for_llm(self) -> Callable[[ToolOrFunction], ToolOrFunction]:
        """Make a decorator that tells its model about a function or a tool."""

    def register_for_execution(self) -> Callable[[ToolOrFunction], ToolOrFunction]:
        """Make a decorator that lets it run a function or a tool."""

    def can_execute_function(self, name: list[str] | str) -> bool:
        """Tell whether it can run a function, or all of several."""

    def execute_function(
        self, func_call: dict[str, Any], call_id: str | bool | None = None, verbose: bool = False
    ) -> tuple[bool, Message]:
        """Run a function that a model calls."""

    async def a_execute_function(
        self, func_call: dict[str, Any], call_id: str | bool | None = None, verbose: bool = False
    ) -> tuple[bool, Message]:
        """Run a function that a model calls, and await it if it is asynchronous."""

    def execute_code_blocks(self, code_blocks: list[tuple[str, str]]) -> tuple[int, str]:
        """Run code blocks until one fails."""

    def run_code(self, code: str, **kwargs: Any) -> tuple[int, str, str | None]:
        """Run one piece of code."""

    def _classic_rebuild_client(self) -> None: ...

    def _assert_valid_name(self, name: str) -> str: ...

    def _normalize_name(self, name: str) -> str: ...

    def _format_json_str(self, jstr: str) -> str: ...

    def _str_for_tool_response(self, tool_response: dict[str, Any]) -> str: ...


class Runner(Party, Protocol):
    """An agent that opens chats, and whose tools can change: what a run needs of it. `ConversableAgent` has it."""

    run_executor: Any
    _classic_ends_unasked: bool
    llm_config: Any
    human_input_mode: Any
    context_variables: Any
    _classic_ui_tools: Sequence[ToolOrFunction]

    @property
    def tools(self) -> Sequence[Any]:
        """The tools that its model knows."""

    def initiate_chat(self, recipient: Party, **settings: Any) -> ChatOutcome:
        """Open a chat and run it to its end."""

    async def a_initiate_chat(self, recipient: Party, **settings: Any) -> ChatOutcome:
        """Open a chat in an event loop."""

    def stop_chat(self) -> bool:
        """End every chat in which it takes part."""

    def register_for_llm(self, *, description: str | None = None) -> Callable[[ToolOrFunction], ToolOrFunction]:
        """Tell its model about a tool."""

    def register_for_execution(self, *, silent_override: bool = False) -> Callable[[ToolOrFunction], ToolOrFunction]:
        """Let it run a tool."""

    def update_tool_signature(self, tool_sig: str | dict[str, Any], is_remove: bool) -> None:
        """Tell its model about a tool by its JSON schema, or take it back."""

    def set_ui_tools(self, tools: Sequence[ToolOrFunction]) -> None:
        """Tell its model about tools that the reader of the events runs."""

    def _classic_new_agent(self, name: str, **settings: Any) -> Runner: ...


class Client(Protocol):
    """What answers for a model: `OpenAIWrapper`, as agents read it."""

    @property
    def actual_usage_summary(self) -> dict[str, Any] | None:
        """What was paid for."""

    @property
    def total_usage_summary(self) -> dict[str, Any] | None:
        """What would have been paid for without the cache."""

    def create(self, **config: Any) -> Any:
        """Ask the model; the asynchronous twin is ``a_create``, if there is one."""

    def extract_text_or_completion_object(self, response: Any) -> Any:
        """The answers in a response."""


def is_agent(thing: object, *methods: str) -> bool:
    """Tell whether something is an agent: it has a name, and receives or replies.

    Args:
        thing: anything.
        *methods: what else it must be able to do, for the purpose at hand.

    Returns:
        True for an agent that has these methods; its class is not asked for.
    """
    if isinstance(thing, type) or not hasattr(thing, "name"):
        return False
    hears_or_replies = callable(getattr(thing, "receive", None)) or callable(getattr(thing, "generate_reply", None))
    return hears_or_replies and all(hasattr(thing, method) for method in methods)


def described(thing: object) -> str:
    """Name what stands where an agent should, for an error.

    Args:
        thing: anything. Of most things only the type is named: a repr may show a configuration and its keys.
    """
    if isinstance(thing, type):
        return f"the class {thing.__name__}"
    if isinstance(thing, (str, int, type(None))):
        return repr(thing)
    return f"something of type {type(thing).__name__}"


def check_capable(capability: object, agent: object) -> None:
    """Refuse what cannot be given a capability.

    Args:
        capability: what is to be added.
        agent: to whom.

    Raises:
        TypeError: it is not an agent.
    """
    if not is_agent(agent, "register_hook"):
        raise TypeError(f"{type(capability).__name__} can be added to an agent only, not to {described(agent)}.")
