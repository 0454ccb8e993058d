"""An assistant of OpenAI: the class of 0.2 over the Responses API and its conversations.

The API of assistants is gone from OpenAI's servers. What it kept there is now in the program (instructions and tools)
or in a conversation (what was said), and the names of 0.2 mean these. It needs release 1.107 of the openai package.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from ..._core import tape
from ..._core.content import content_str
from ..._core.drive import WHICH_WAY, Ask, Steps, drive, shipped
from ..._core.messages import Message
from ..._core.party import Agent, Outcome
from ..._core.threads import blocking_call
from ..._secrets import keys_hidden
from ...io.base import IOStream
from ...llm_config.config import current_llm_config
from ...oai.openai_utils import create_gpt_vector_store
from ..assistant_agent import AssistantAgent
from ..conversable_agent import ConversableAgent
from ._assistant.answers import reply_of_answer
from ._assistant.definition import (
    Assistant,
    Thread,
    checked_tools,
    files_to_index,
    identity_of,
    is_prompt,
    kinds_and_functions,
    note_store,
    request_of,
    settings_of,
    with_files,
)

if TYPE_CHECKING:
    from openai import OpenAI

__all__ = ("GPTAssistantAgent",)

logger = logging.getLogger("autogen.agentchat.contrib.gpt_assistant_agent")

_CONVERSATIONS_NEEDED = (
    "Threads of an assistant are conversations of OpenAI, which the installed openai package does not know. "
    'Install a newer one with: pip install "openai>=1.107"'
)
_NOT_FOUND = 404


def _invoke(
    assistant: GPTAssistantAgent,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    """Say in the conversation what the assistant has not heard yet, and answer when it calls no more functions."""
    if messages is None:
        messages = assistant._oai_messages[sender]
    yield from _index_files(assistant)
    request = request_of(assistant.openai_assistant)
    thread = yield from _thread_with(assistant, sender)
    unread = messages[assistant._unread_index[sender] :] or messages[-1:]  # a history may have been cut
    said = [
        {"role": assistant._map_role_for_api(message["role"]), "content": message["content"]}
        for message in unread
        if content_str(message.get("content")).strip()
    ]
    calls = None
    try:
        answer = yield from _ask(assistant, thread, said, request)
        while calls := answer.get("tool_calls"):
            results = yield from _run_functions(assistant, calls)
            answer = yield from _ask(assistant, thread, results, request)
    except BaseException as error:
        if calls or getattr(error, "status_code", None) == _NOT_FOUND:
            # It is gone, or waits for results for ever. In a new conversation everything is said again.
            assistant._forget_thread(sender)
        raise
    assistant._unread_index[sender] = len(messages) + 1
    return True, reply_of_answer(answer, messages)


def _ask(
    assistant: GPTAssistantAgent, thread: Thread, said: list[Message], request: dict[str, Any]
) -> Steps[dict[str, Any]]:
    """Say something in a conversation; the answer is a message, which may call functions."""
    response = yield Ask(
        assistant.client,
        "create",
        messages=said,
        conversation=thread.id,
        agent=assistant,
        cache=None,
        cache_seed=None,
        **request,
    )
    answer = assistant.client.extract_text_or_completion_object(response)[0]
    if hasattr(answer, "model_dump"):
        answer = answer.model_dump()
    return answer if isinstance(answer, dict) else {"content": answer}


def _run_functions(assistant: GPTAssistantAgent, calls: list[dict[str, Any]]) -> Steps[list[Message]]:
    results: list[Message] = []
    for call in calls:
        _, result = yield Ask(assistant, "execute_function", call["function"])
        results.append({"role": "tool", "tool_call_id": call["id"], "content": str(result["content"])})
    return results


def _thread_with(assistant: GPTAssistantAgent, sender: Agent | None) -> Steps[Thread]:
    if sender not in assistant.oai_threads:
        identity = yield from _at_openai(assistant, "conversation", {}, assistant._new_conversation)
        assistant.oai_threads[sender] = Thread(identity)
    return assistant.oai_threads[sender]


def _index_files(assistant: GPTAssistantAgent) -> Steps[None]:
    files = files_to_index(assistant.openai_assistant)
    if files:
        make = partial(assistant._new_vector_store, files)
        identity = yield from _at_openai(assistant, "vector_store", {"file_ids": files}, make)
        note_store(assistant.openai_assistant, identity)


def _at_openai(
    assistant: GPTAssistantAgent, name: str, arguments: dict[str, Any], make: Callable[[], str]
) -> Steps[str]:
    """Make something at OpenAI, beside the event loop in an asynchronous chat. Recordings and journals keep its id."""
    run = blocking_call((yield WHICH_WAY), _without_showing_keys, assistant, make)
    return str((yield from tape.request_steps(assistant, name, arguments, run)))


def _without_showing_keys(assistant: GPTAssistantAgent, make: Callable[[], str]) -> str:
    with keys_hidden(assistant.client._classic_state.entries):
        return make()


class GPTAssistantAgent(ConversableAgent):
    """An assistant of OpenAI, which remembers what was said and may run code, search files and call functions.

    Each partner has a thread: a conversation that OpenAI keeps until it is cleared. Only what is new is sent. Functions
    that the model calls are run by the assistant itself, from `register_function`, before it answers. An answer is
    a text in which files are cited by number; what the code interpreter and the file search did stands in the
    ``extra_content`` of the message.

    Attributes:
        DEFAULT_MODEL_NAME: the model of an assistant whose configuration does not name one.
    """

    DEFAULT_MODEL_NAME = "gpt-4o"

    def __init__(
        self,
        name: str = "GPT Assistant",
        instructions: str | None = None,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        assistant_config: dict[str, Any] | None = None,
        overwrite_instructions: bool = False,
        overwrite_tools: bool = False,
        **kwargs: Any,
    ) -> None:
        """Create an assistant.

        Args:
            name: its name.
            instructions: what the model is told; None takes those of the prompt that ``assistant_id`` names, or else
                `AssistantAgent.DEFAULT_SYSTEM_MESSAGE`.
            llm_config: the model, as for other agents; the first entry of its config_list is used. It may also hold the
                keys of ``assistant_config``.
            assistant_config: ``tools`` (``{"type": "code_interpreter"}``, ``{"type": "file_search"}``, and functions),
                ``file_ids`` for these tools, or ``tool_resources`` as the API of assistants had them; settings such as
                ``temperature``; and ``assistant_id``: the id of a prompt at OpenAI (``pmpt_...``), or that of a former
                assistant, of which only the name is left.
            overwrite_instructions: as in 0.2; nothing is kept on a server that could be overwritten.
            overwrite_tools: the same.
            **kwargs: further arguments of `ConversableAgent`; ``verbose`` is accepted as in 0.2.

        Raises:
            ValueError: there is no model, the id of a former assistant comes without instructions, or a function among
                the tools has no name.
            TypeError: the tools are not a list of dicts.
        """
        if llm_config is False:
            raise ValueError("llm_config=False is not supported for GPTAssistantAgent.")
        self._verbose = kwargs.pop("verbose", False)
        of_model, of_assistant = settings_of(llm_config or current_llm_config() or {}, assistant_config)
        self._assistant = self._define(name, instructions, of_model, of_assistant)
        self._oai_threads: dict[Any, Thread] = {}
        self._unread_index: dict[Any, int] = defaultdict(int)
        super().__init__(
            name,
            self._assistant.instructions,
            **{"human_input_mode": "NEVER", **kwargs, "llm_config": self._speaking_responses(of_model)},
        )
        self.register_reply([Agent, None], GPTAssistantAgent._invoke_assistant, position=2)

    def _define(
        self, name: str, instructions: str | None, of_model: dict[str, Any], of_assistant: dict[str, Any]
    ) -> Assistant:
        """What the assistant is, from the settings of the agent, which are taken out of ``of_assistant``."""
        identity = of_assistant.pop("assistant_id", None)
        if instructions is None and not is_prompt(identity):
            if identity:
                raise ValueError(
                    f"The assistant {identity!r} is not at OpenAI any more: its API of assistants has been shut down. "
                    "Give its instructions and tools here, or make a prompt of it at OpenAI and give the id of that "
                    "(pmpt_...)."
                )
            logger.warning("No instructions were provided for the assistant %s; it gets those of AssistantAgent.", name)
            instructions = AssistantAgent.DEFAULT_SYSTEM_MESSAGE
        tools = checked_tools(of_assistant.pop("tools", None))
        resources = with_files({"tools": tools, **of_assistant})
        for key in ("check_every_ms", "file_ids", "tool_resources"):
            of_assistant.pop(key, None)
        entry = (of_model.get("config_list") or [of_model])[0]
        model = of_assistant.pop("model", None) or entry.get("model")
        if model is None and not is_prompt(identity):
            model = self.DEFAULT_MODEL_NAME
        identity = identity or identity_of(name, instructions, tools)
        return Assistant(identity, name, instructions, model, tools, resources, of_assistant)

    def _speaking_responses(self, of_model: dict[str, Any]) -> dict[str, Any]:
        """The configuration of the model with its first entry alone, which speaks the Responses API."""
        if not of_model:
            return {}  # which the constructor refuses, and says why
        entries = of_model.get("config_list")
        entry = entries[0] if entries else of_model
        first = {**entry, "api_type": "responses"}
        if entry.get("api_type") == "azure" and "azure_endpoint" not in first:
            first["azure_endpoint"] = first.pop("base_url", None)
        if self._assistant.model is not None:
            first["model"] = self._assistant.model
        return {**of_model, "config_list": [first]} if entries else first

    # --- What it is -------------------------------------------------------------------------------------------------

    @property
    def openai_client(self) -> OpenAI:
        """The client of the openai package.

        Raises:
            TypeError: the agent has a model client of another package.
        """
        client: OpenAI | None = getattr(self.client._clients[0], "_oai_client", None)
        if client is None:
            raise TypeError(
                f"{self.name} is an assistant of OpenAI and speaks through the openai package, but its configuration "
                f"names a client of its own, {type(self.client._clients[0]).__name__}. Take an AssistantAgent instead."
            )
        return client

    @property
    def openai_assistant(self) -> Assistant:
        """What the assistant is made of."""
        return self._assistant

    @property
    def assistant_id(self) -> str:
        """The id of the prompt or of the former assistant; or one that equal assistants share."""
        return self._assistant.id

    @property
    def oai_threads(self) -> dict[Any, Thread]:
        """The threads by partner; the id of each is that of a conversation at OpenAI."""
        return self._oai_threads

    def get_assistant_instructions(self) -> str | None:
        """What the model is told; None for a prompt that OpenAI keeps."""
        return self._assistant.instructions

    def update_system_message(self, system_message: str) -> None:
        """Give it other instructions.

        Args:
            system_message: the new instructions.
        """
        super().update_system_message(system_message)
        self._assistant.instructions = system_message

    def can_execute_function(self, name: list[str] | str) -> bool:
        """Tell others that it runs no functions for them: it runs its own before it answers.

        Args:
            name: the name of a function.
        """
        return False

    def find_matching_assistant(
        self, candidate_assistants: Iterable[Assistant], instructions: str | None, tools: Iterable[Mapping[str, Any]]
    ) -> Assistant | None:
        """Find an assistant that is told the same and has the same tools.

        Args:
            candidate_assistants: assistants, such as the `openai_assistant` of others.
            instructions: the instructions to look for.
            tools: the tools; functions are compared by their names.

        Returns:
            The first that matches, or None.
        """
        wanted = kinds_and_functions(tools)
        for candidate in candidate_assistants:
            has = kinds_and_functions(candidate.tools)
            if candidate.instructions == instructions and has == wanted:
                return candidate
            logger.warning("The assistant %s is told something else, or has other tools.", candidate.id)
        return None

    # --- What it says -----------------------------------------------------------------------------------------------

    @shipped(_invoke)
    def _invoke_assistant(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        return drive(_invoke(self, messages, sender, config))

    def _map_role_for_api(self, role: str) -> str:
        """The role of a message in a conversation: tools and functions speak as the assistant."""
        return role if role in ("assistant", "system", "user") else "assistant"

    def _new_conversation(self) -> str:
        client = self.openai_client
        if not hasattr(client, "conversations"):
            raise ImportError(_CONVERSATIONS_NEEDED, name="openai")
        return str(client.conversations.create().id)

    def _new_vector_store(self, file_ids: list[str]) -> str:
        return str(create_gpt_vector_store(self.openai_client, f"{self.name}-files", file_ids).id)

    # --- What it forgets --------------------------------------------------------------------------------------------

    def clear_history(self, agent: Agent | None = None, nr_messages_to_preserve: int | None = None) -> None:
        """Forget what was said, here and at OpenAI.

        Args:
            agent: the partner; None for all.
            nr_messages_to_preserve: how many of the last messages are kept; they are said again in the next thread.
        """
        super().clear_history(agent, nr_messages_to_preserve)
        for partner in list(self._oai_threads) if agent is None else [agent]:
            self._delete_thread(partner)

    def reset(self) -> None:
        """Forget everything; see `ConversableAgent.reset`."""
        super().reset()
        for partner in list(self._oai_threads):
            self._delete_thread(partner)

    def delete_assistant(self) -> None:
        """Delete what OpenAI keeps of it: its conversations."""
        logger.warning("Permanently deleting the conversations of the assistant %s.", self.name)
        for partner in list(self._oai_threads):
            self._delete_thread(partner)

    def _forget_thread(self, partner: Agent | None) -> Thread | None:
        self._unread_index.pop(partner, None)
        return self._oai_threads.pop(partner, None)

    def _delete_thread(self, partner: Agent | None) -> None:
        thread = self._forget_thread(partner)
        if thread is None or tape.current().replays:
            return
        logger.info("Clearing thread %s", thread.id)
        try:
            with keys_hidden(self.client._classic_state.entries):
                self.openai_client.conversations.delete(thread.id)
        except Exception as error:  # it is gone already, or out of reach; the chat does not need it any more
            logger.warning("The conversation %s could not be deleted: %s", thread.id, error)

    def pretty_print_thread(self, thread: Thread | None) -> None:
        """Print what was said in a thread.

        Args:
            thread: one of `oai_threads`.
        """
        write = IOStream.get_default().print
        if thread is None:
            write("No thread to print")
            return
        write("~~~~~~~THREAD CONTENTS~~~~~~~")
        with keys_hidden(self.client._classic_state.entries):
            items = list(self.openai_client.conversations.items.list(thread.id))
        for item in reversed(items):
            if item.type == "message":
                write(f"{item.role}: " + "".join(getattr(part, "text", None) or "<image>" for part in item.content))
            else:
                write(f"[{item.type}]")
        write("~~~~~~~~~~~~~~~~~~~~~~~~~~~~~")
