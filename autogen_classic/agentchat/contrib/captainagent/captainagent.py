"""An agent that answers by calling in groups of experts, and the hidden agent that calls them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from ...._core.content import content_str
from ...._core.drive import Ask, Steps, drive, shipped
from ...._core.events import QueuedChatStarting, emit
from ...._core.messages import Message
from ...._core.party import Agent, Outcome
from ...._core.replies import led_group
from ....tools.tool import Tool
from ..._accounts import on_account_of
from ...conversable_agent import ConversableAgent
from .._builder.files import Profile
from . import _prompts
from ._contract import Summoner
from ._group import help_of_experts
from ._settings import nested_settings

__all__ = ("CaptainAgent", "CaptainUserProxyAgent")

_TOOL = "seek_experts_help"


def seek_experts_help(  # named like the tool, since the name stands in errors that the model reads
    executor: CaptainUserProxyAgent, /, group_name: str, execution_task: str, building_task: str = ""
) -> Steps[str]:
    """Call in a group of experts; see `help_of_experts`."""
    return (yield from help_of_experts(executor, group_name, execution_task, building_task))


class CaptainUserProxyAgent(Summoner):
    """The agent within a `CaptainAgent` that calls in groups of experts, and runs the programs of its model."""

    DEFAULT_AUTO_REPLY = _prompts.DEFAULT_AUTO_REPLY
    DEFAULT_USER_PROXY_AGENT_DESCRIPTIONS: ClassVar[dict[str, str]] = _prompts.SUMMONER_DESCRIPTIONS

    def __init__(
        self,
        name: str,
        nested_config: dict[str, Any],
        agent_config_save_path: str | None = None,
        is_termination_msg: Callable[[Message], bool] | None = None,
        max_consecutive_auto_reply: int | None = None,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "NEVER",
        code_execution_config: dict[str, Any] | Literal[False] | None = None,
        default_auto_reply: str | dict[str, Any] | None = DEFAULT_AUTO_REPLY,
        llm_config: dict[str, Any] | Literal[False] | None = False,
        system_message: str | list[Any] | None = "",
        description: str | None = None,
    ) -> None:
        """Create the agent; for arguments not named here see `ConversableAgent`.

        Args:
            name: the name.
            nested_config: how groups are built and talk; see `CaptainAgent`.
            agent_config_save_path: a directory in which all groups so far are saved whenever one was built.
            code_execution_config: how programs of the captain's model are run.
            description: who it is; by default it depends on ``human_input_mode``.
        """
        if description is None:
            description = self.DEFAULT_USER_PROXY_AGENT_DESCRIPTIONS[human_input_mode]
        super().__init__(
            name=name,
            system_message=system_message,
            is_termination_msg=is_termination_msg,
            max_consecutive_auto_reply=max_consecutive_auto_reply,
            human_input_mode=human_input_mode,
            code_execution_config=code_execution_config,
            llm_config=llm_config,
            default_auto_reply=default_auto_reply,  # type: ignore[arg-type]
            description=description,
        )
        self.register_function({_TOOL: self._run_autobuild})
        self._nested_config = nested_config
        self._agent_config_save_path = agent_config_save_path
        self.build_history = {}
        self.tool_history = {}
        self.build_times = 0
        self.owner = None

    @shipped(seek_experts_help)
    def _run_autobuild(self, group_name: str, execution_task: str, building_task: str = "") -> str:
        """Call in a group of experts; the tool of the captain's model."""
        return drive(seek_experts_help(self, group_name, execution_task, building_task))


def _captain_reply(
    agent: CaptainAgent, /, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
) -> Steps[Outcome]:
    """Have the assistant and the executor talk about a request; the reply is the summary of their chat."""
    if messages is None:
        messages = agent._oai_messages[sender]
    request = messages[-1].get("content")
    if not request:
        return False, None
    if led_group(sender) is not None and len(messages) > 1:
        request = _with_context(content_str(request), messages[:-1])
    chat = {
        "recipient": agent.assistant,
        "message": request if isinstance(request, str) else {"content": request},
        "max_turns": agent.executor._nested_config["max_turns"],
        "summary_method": "reflection_with_llm",
        "summary_args": {"summary_prompt": agent.DEFAULT_SUMMARY_PROMPT},
        "cache": agent.client_cache,
        "silent": agent.silent,
    }
    emit(QueuedChatStarting({"sender": agent.executor, "carryover": [], **chat}))
    with on_account_of(agent, agent.assistant.client):
        result = yield Ask(agent.executor, "initiate_chat", **chat)
    return True, result.summary


def _with_context(request: str, earlier: Sequence[Message]) -> str:
    """Put what a group has said before a request, since the experts have not heard it."""
    said = [(message.get("name") or message.get("role"), content_str(message.get("content"))) for message in earlier]
    lines = "\n\n".join(f"{name}: {text}" for name, text in said if text)
    return f"A group has talked before:\n\n{lines}\n\nThe request to you:\n\n{request}"


class CaptainAgent(ConversableAgent):
    """An agent that answers by calling in groups of experts, who talk about parts of the work among themselves.

    Within it, an assistant with a model plans, and calls the tool ``seek_experts_help``; an executor builds the group
    that it asks for (by `AgentBuilder`, from a library or from nothing), lets it talk, and returns a report. The answer
    is a summary of what came of it. All models that are asked on the way are paid for by this agent.

    Attributes:
        assistant: the agent that plans.
        executor: the agent that calls in the groups; it remembers them by name.
    """

    DEFAULT_NESTED_CONFIG: ClassVar[dict[str, Any]] = {
        "autobuild_init_config": {
            "config_file_or_env": "OAI_CONFIG_LIST",
            "builder_model": "gpt-4o",
            "agent_model": "gpt-4o",
        },
        "autobuild_build_config": {
            "default_llm_config": {"temperature": 1, "top_p": 0.95, "max_tokens": 2048},
            "code_execution_config": {
                "timeout": 300,
                "work_dir": "groupchat",
                "last_n_messages": 1,
                "use_docker": False,
            },
            "coding": True,
        },
        "group_chat_config": {"max_round": 10},
        "group_chat_llm_config": None,
        "max_turns": 5,
    }
    AUTOBUILD_TOOL: ClassVar[dict[str, Any]] = {
        "type": "function",
        "function": {
            "name": _TOOL,
            "description": "Have a group of experts work on something, and get a report of what came of it.",
            "parameters": {
                "type": "object",
                "properties": {
                    "group_name": {
                        "type": "string",
                        "description": "The name of the group, in letters, digits and underscores.",
                    },
                    "building_task": {
                        "type": "string",
                        "description": "The experts to bring together, one line each. Leave it out for a group that "
                        "exists.",
                    },
                    "execution_task": {
                        "type": "string",
                        "description": "The work, with everything that the experts have to know for it.",
                    },
                },
            },
        },
    }
    AUTOBUILD_SYSTEM_MESSAGE = _prompts.AUTOBUILD_SYSTEM_MESSAGE
    DEFAULT_DESCRIPTION = _prompts.DEFAULT_DESCRIPTION
    DEFAULT_SUMMARY_PROMPT = _prompts.DEFAULT_SUMMARY_PROMPT

    def __init__(
        self,
        name: str,
        system_message: str | None = None,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        is_termination_msg: Callable[[Message], bool] | None = None,
        max_consecutive_auto_reply: int | None = None,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "NEVER",
        code_execution_config: dict[str, Any] | Literal[False] | None = False,
        nested_config: dict[str, Any] | None = None,
        agent_lib: str | list[Profile] | None = None,
        tool_lib: str | list[Tool] | None = None,
        agent_config_save_path: str | None = None,
        description: str | None = DEFAULT_DESCRIPTION,
        **kwargs: Any,
    ) -> None:
        """Create a captain; for arguments not named here see `ConversableAgent`.

        Args:
            name: the name.
            system_message: what the assistant within is told, instead of `AUTOBUILD_SYSTEM_MESSAGE`.
            llm_config: the model of the assistant and, unless ``nested_config`` says otherwise, of all others.
            code_execution_config: how programs are run that the assistant itself writes; False runs none. Experts have
                their own, in ``nested_config``.
            nested_config: what is to be different from `DEFAULT_NESTED_CONFIG`. ``autobuild_init_config``: arguments
                of the `AgentBuilder`; with a ``config_file_or_env``, it takes its models from there.
                ``autobuild_build_config``: arguments of its ``build``, or of ``build_from_library`` with
                ``library_path_or_json``. ``autobuild_tool_config``: ``tool_root`` as ``tool_lib``, ``retriever`` and
                ``top_k`` for choosing tools. ``group_chat_config``: arguments of the `GroupChat`.
                ``group_chat_llm_config``: the model that chooses speakers. ``max_turns``: how often the assistant
                speaks.
            agent_lib: a library of agents to choose experts from, as a list or as the path of a JSON file.
            tool_lib: tools for the experts' programs: ``"default"``, the folder of a library, or a list of tools.
            agent_config_save_path: a directory in which all groups so far are saved whenever one was built.
            description: who the agent is, for others.
            **kwargs: further arguments of `ConversableAgent`.

        Raises:
            AssertionError: there is no model.
            TypeError: a part of ``nested_config`` has the wrong type, or a key that is not known.
            TeamFileError: ``agent_lib`` is not a library of agents.
            FileNotFoundError: there is no such library.
            ValueError: ``tool_lib`` holds no tools, or ``max_turns`` is less than 1.
        """
        super().__init__(
            name,
            is_termination_msg=is_termination_msg,
            max_consecutive_auto_reply=max_consecutive_auto_reply,
            human_input_mode=human_input_mode,
            code_execution_config=code_execution_config,
            llm_config=llm_config,
            description=description,
            **kwargs,
        )
        self.assistant = ConversableAgent(
            "CaptainAgent",
            system_message=self.AUTOBUILD_SYSTEM_MESSAGE if system_message is None else system_message,
            llm_config=self.llm_config,
            human_input_mode="NEVER",
        )
        self.assistant.update_tool_signature(self.AUTOBUILD_TOOL, is_remove=False)
        self.executor = CaptainUserProxyAgent(
            "Expert_summoner",
            nested_settings(self.DEFAULT_NESTED_CONFIG, nested_config, self.llm_config, agent_lib, tool_lib),
            agent_config_save_path,
            is_termination_msg=_is_the_answer,
            code_execution_config=code_execution_config,
        )
        self.executor.owner = self
        self.register_reply([Agent, None], CaptainAgent.generate_captain_reply)

    @shipped(_captain_reply)
    def generate_captain_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        """Answer a request with the help of groups of experts, as the reply of the agent.

        Args:
            messages: the conversation; by default that with ``sender``. The last message is the request; in a group,
                what was said before goes with it.
            sender: the partner.
            config: not used.

        Returns:
            ``(True, answer)``, or ``(False, None)`` if the last message has no content.
        """
        return drive(_captain_reply(self, messages, sender, config))


def _is_the_answer(message: Mapping[str, Any]) -> bool:
    return "TERMINATE" in content_str(message.get("content"))
