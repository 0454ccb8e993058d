"""A group of agents in one conversation, and the manager who leads it.

Both classes are front desks. The rounds stand in ``group/loop.py``, the search for the next speaker in
``group/candidates.py`` and ``speakers``. The file is long because programs know these two classes by many names, and
each of them is explained here.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from .._core.content import content_str
from .._core.drive import drive, drive_async, shipped
from .._core.events import AgentCreated, is_heard
from ..errors import AgentNameConflict
from ._groupchat import candidates, checks, clearing, loop, names, texts
from ._groupchat import resume as resuming
from ._groupchat.private_names import PrivateGroupNames
from ._speakers import manual
from ._speakers import random as chance
from ._speakers.auto import select_by_model
from .agent import Agent
from .conversable_agent import ConversableAgent

if TYPE_CHECKING:
    from .._pictures.drawing import Drawing, Form
    from ..oai.client import ModelClient
    from .eligibility_policy import AgentEligibilityPolicy

__all__ = ("SELECT_SPEAKER_PROMPT_TEMPLATE", "GroupChat", "GroupChatManager")

logger = logging.getLogger("autogen.agentchat.groupchat")

Message = dict[str, Any]

SELECT_SPEAKER_PROMPT_TEMPLATE = texts.SELECT_SPEAKER_PROMPT


@dataclass
class GroupChat(PrivateGroupNames):
    """A group: who takes part, what was said, and how the next speaker is chosen.

    Attributes:
        agents: who takes part.
        messages: what everybody has heard; usually empty at the start. None means an empty list.
        max_round: how many messages are said before the chat ends, including the first.
        admin_name: the agent that speaks in place of one that is interrupted (Ctrl-C).
        func_call_filter: whether a call of a function goes to an agent that has it.
        speaker_selection_method: "auto" (a model decides), "manual" (the person at the terminal), "random",
            "round_robin" (the order of ``agents``), or a function of (last_speaker, groupchat) that returns an
            agent, one of these names, or None to end the chat.
        max_retries_for_selecting_speaker: how often a model is asked again after an answer without a clear name.
        allow_repeat_speaker: whether an agent may speak twice in a row, or a list of the agents that may. None means
            True unless there are transitions.
        allowed_or_disallowed_speaker_transitions: for each agent, the agents that may, or must not, speak after it.
        speaker_transitions_type: "allowed" or "disallowed": how to read the transitions.
        enable_clear_history: whether a person may write CLEAR HISTORY, then the name of an agent, a number of
            messages to keep, or both.
        send_introductions: whether everybody is told at the start who takes part.
        select_speaker_message_template: the system message of the model that selects, with ``{roles}`` and
            ``{agentlist}``; or a function of the groupchat that returns such a text.
        select_speaker_prompt_template: the question behind the conversation, with ``{agentlist}``; None or "" to
            repeat the last message instead.
        select_speaker_auto_multiple_template: the question after an answer with several names (``{agentlist}``).
        select_speaker_auto_none_template: the question after an answer without a name (``{agentlist}``).
        select_speaker_transform_messages: a `TransformMessages` for what the selecting model sees.
        select_speaker_auto_verbose: whether the hidden chat of the selection is printed.
        select_speaker_auto_model_client_cls: custom model clients for ``select_speaker_auto_llm_config``.
        select_speaker_auto_llm_config: the model that selects; None or False for that of the manager.
        role_for_select_speaker_messages: the role of the questions to the selecting model.
        allowed_speaker_transitions_dict: who may follow whom, as worked out from the settings.
        eligibility_policies: objects that tell which agents may be selected now; all must agree on an agent.
    """

    agents: list[Agent]
    messages: list[Message]
    max_round: int = 10
    admin_name: str = "Admin"
    func_call_filter: bool = True
    speaker_selection_method: Literal["auto", "manual", "random", "round_robin"] | Callable[..., Any] = "auto"
    max_retries_for_selecting_speaker: int = 2
    allow_repeat_speaker: bool | list[Agent] | None = None
    allowed_or_disallowed_speaker_transitions: dict[Any, Any] | None = None
    speaker_transitions_type: Literal["allowed", "disallowed", None] = None
    enable_clear_history: bool = False
    send_introductions: bool = False
    select_speaker_message_template: str | Callable[[GroupChat], str] = texts.SELECT_SPEAKER_MESSAGE
    select_speaker_prompt_template: str | None = texts.SELECT_SPEAKER_PROMPT
    select_speaker_auto_multiple_template: str = texts.SELECT_SPEAKER_AGAIN_MULTIPLE
    select_speaker_auto_none_template: str = texts.SELECT_SPEAKER_AGAIN_NONE
    select_speaker_transform_messages: Any | None = None
    select_speaker_auto_verbose: bool | None = False
    select_speaker_auto_model_client_cls: ModelClient | list[ModelClient] | None = None
    select_speaker_auto_llm_config: dict[str, Any] | Literal[False] | None = field(
        default=None, repr=False
    )  # it holds keys
    role_for_select_speaker_messages: str | None = "system"
    allowed_speaker_transitions_dict: dict[Any, list[Any]] = field(init=False)
    # A log that a program reads as 0.2 wrote it has the field only where it is used.
    eligibility_policies: list[AgentEligibilityPolicy] = field(default_factory=list, metadata={"logged_if_used": True})

    DEFAULT_INTRO_MSG: ClassVar[str] = texts.INTRODUCTION

    def __post_init__(self) -> None:
        """Check the settings, and work out who may follow whom.

        Raises:
            ValueError: for settings that are empty, out of range, or contradict each other.
            TypeError: for a template that is not a text.
        """
        self.messages = [] if self.messages is None else self.messages
        self.select_speaker_prompt_template = self.select_speaker_prompt_template or None
        if self.allow_repeat_speaker is None and self.allowed_or_disallowed_speaker_transitions is None:
            self.allow_repeat_speaker = True
        self.allowed_speaker_transitions_dict = checks.allowed_transitions(self)
        checks.check_settings(self)

    # --- Who takes part ---------------------------------------------------------------------------------------

    @property
    def agent_names(self) -> list[str]:
        """The names of the agents in the order of the group."""
        return [agent.name for agent in self.agents]

    def agent_by_name(self, name: str, recursive: bool = False, raise_on_name_conflict: bool = False) -> Agent | None:
        """Find an agent.

        Args:
            name: its name, spelled exactly.
            recursive: whether groups within this group are searched as well.
            raise_on_name_conflict: whether two agents of that name are an error; otherwise the first counts.

        Returns:
            The agent, or None.

        Raises:
            AgentNameConflict: when several agents have the name and that is an error.
        """
        agents = self.nested_agents() if recursive else self.agents
        found = [agent for agent in agents if agent.name == name]
        if raise_on_name_conflict and len(found) > 1:
            raise AgentNameConflict()
        return found[0] if found else None

    def nested_agents(self) -> list[Agent]:
        """The agents of this group, then those of the groups within it, a manager at a time."""
        return _agents_within(self, [])

    def _participant_roles(self, agents: list[Agent] | None = None) -> str:
        """A line for each agent: its name and its description."""
        roles = []
        for agent in self.agents if agents is None else agents:
            if not agent.description.strip():
                logger.warning(
                    "The agent '%s' has an empty description, and may not work well with GroupChat.", agent.name
                )
            roles.append(f"{agent.name}: {agent.description}".strip())
        return "\n".join(roles)

    def introductions_msg(self, agents: list[Agent] | None = None) -> str:
        """The message that tells everybody who takes part.

        Args:
            agents: who is introduced; None for the whole group.
        """
        return f"{self.DEFAULT_INTRO_MSG}\n\n{self._participant_roles(self.agents if agents is None else agents)}"

    def draw(self, form: Form = "mermaid") -> Drawing:
        """Draw who may speak after whom.

        Args:
            form: "mermaid" for a flowchart of Mermaid, "svg" for a picture with a text alternative, "text" for lines.

        Returns:
            The picture as a text of this form, with the other forms as its attributes. A notebook shows it.

        Raises:
            ValueError: ``form`` is not one of these.
        """
        from .._pictures.drawing import draw
        from ._groupchat.drawing import graph_of

        return draw(graph_of(self), form)

    # --- What was said ----------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget what was said."""
        checks.check_messages(self)
        self.messages.clear()

    def append(self, message: Message, speaker: Agent) -> None:
        """Add a message to what was said.

        Args:
            message: the message in its dict form. It gets the name of the speaker, unless it is the answer of a
                function, and content parts become one text.
            speaker: who said it.
        """
        if message.get("role") != "function":
            message["name"] = speaker.name
        if not isinstance(message.get("content"), str):
            message["content"] = content_str(message.get("content"))
        self.messages.append(message)

    # --- Who speaks next --------------------------------------------------------------------------------------

    def next_agent(self, agent: Agent, agents: list[Agent] | None = None) -> Agent:
        """The agent that comes after another one in the order of the group.

        Args:
            agent: the one before.
            agents: the candidates; None for the whole group.

        Raises:
            UndefinedNextAgent: when ``agents`` is empty or holds agents from outside the group.
        """
        return candidates.next_agent(self, agent, agents)

    def select_speaker_msg(self, agents: list[Agent] | None = None) -> str:
        """The system message of the model that selects.

        Args:
            agents: the candidates; None for the whole group.
        """
        agents = self.agents if agents is None else agents
        template = self.select_speaker_message_template
        if callable(template):
            template = template(self)
        names = [agent.name for agent in agents]
        roles = self._participant_roles(agents)
        return texts.fill("select_speaker_message_template", template, roles=roles, agentlist=names)

    def select_speaker_prompt(self, agents: list[Agent] | None = None) -> str | None:
        """The question to the model that selects, or None if there is no template for it.

        Args:
            agents: the candidates; None for the whole group.
        """
        if not self.select_speaker_prompt_template:
            return None
        agents = self.agents if agents is None else agents
        names = [agent.name for agent in agents]
        return texts.fill("select_speaker_prompt_template", self.select_speaker_prompt_template, agentlist=names)

    @shipped(manual.ask_person)
    def manual_select_speaker(self, agents: list[Agent] | None = None) -> Agent | None:
        """Ask the person at the terminal.

        Args:
            agents: the candidates; None for the whole group.

        Returns:
            The agent, or None when the person skips the question.
        """
        return drive(manual.ask_person(self, agents))

    def random_select_speaker(self, agents: list[Agent] | None = None) -> Agent | None:
        """Let chance decide.

        Args:
            agents: the candidates; None for the whole group.

        Raises:
            IndexError: when there are no candidates.
        """
        return chance.pick(self.agents if agents is None else agents)

    @shipped(loop.select_speaker)
    def select_speaker(self, last_speaker: Agent, selector: ConversableAgent) -> Agent:
        """Select the next speaker.

        Args:
            last_speaker: who spoke last.
            selector: the agent whose model decides when a model has to, usually the manager.

        Raises:
            NoEligibleSpeaker: when nobody may speak.
            ValueError: for a group that is too small, an unknown method, or a call that nobody can execute.
        """
        return drive(loop.select_speaker(self, last_speaker, selector))

    @shipped(loop.select_speaker)
    async def a_select_speaker(self, last_speaker: Agent, selector: ConversableAgent) -> Agent:
        """Select the next speaker in an event loop; see `select_speaker`."""
        return await drive_async(loop.select_speaker(self, last_speaker, selector))

    @shipped(candidates.prepare_and_select)
    def _prepare_and_select_agents(self, last_speaker: Agent) -> tuple[Agent | None, list[Agent], list[Message] | None]:
        return drive(candidates.prepare_and_select(self, last_speaker))

    @shipped(select_by_model)
    def _auto_select_speaker(
        self,
        last_speaker: Agent,
        selector: ConversableAgent,
        messages: list[Message] | None,
        agents: list[Agent] | None,
    ) -> Agent:
        steps = select_by_model(self, last_speaker, selector, messages, agents)
        return drive(steps)

    @shipped(select_by_model)
    async def a_auto_select_speaker(
        self,
        last_speaker: Agent,
        selector: ConversableAgent,
        messages: list[Message] | None,
        agents: list[Agent] | None,
    ) -> Agent:
        """Have a model name the next speaker.

        Args:
            last_speaker: who spoke last.
            selector: the agent whose model is asked, unless the group has its own.
            messages: the conversation so far.
            agents: the candidates.

        Returns:
            The agent that the model named, or the next one on the list.
        """
        steps = select_by_model(self, last_speaker, selector, messages, agents)
        return await drive_async(steps)

    def _mentioned_agents(self, message_content: Any, agents: list[Agent] | None) -> dict[str, int]:
        """How often each agent is named in a content; agents that are not named are left out."""
        return names.mentions(message_content, self.agents if agents is None else agents)


class GroupChatManager(ConversableAgent):
    """The agent that leads a group: whoever talks to it talks to the whole group."""

    _classic_announces_handoffs = True
    """Whether readers are told when an agent of a group with handoffs hands over."""

    def __init__(
        self,
        groupchat: GroupChat,
        name: str | None = "chat_manager",
        max_consecutive_auto_reply: int | None = sys.maxsize,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "NEVER",
        system_message: str | list[Any] | None = "Group chat manager.",
        silent: bool = False,
        **kwargs: Any,
    ) -> None:
        """Create the manager of a group.

        Args:
            groupchat: the group.
            name: the name by which the agents know the manager.
            max_consecutive_auto_reply: as for `ConversableAgent`.
            human_input_mode: as for `ConversableAgent`.
            system_message: as for `ConversableAgent`.
            silent: whether the group runs without printing anything.
            **kwargs: further arguments of `ConversableAgent`. Its ``llm_config`` selects the speakers of the
                method "auto"; its ``is_termination_msg`` ends the chat.

        Raises:
            ValueError: for an llm_config with functions or tools.
            AssertionError: for an llm_config that is neither a dict nor False nor None.
            AttributeError: for a groupchat that is not a group.
        """
        init_args = dict(locals()) if is_heard(AgentCreated) else None
        checks.check_is_group(groupchat)
        llm_config = kwargs.get("llm_config")
        if isinstance(llm_config, dict) and (llm_config.get("functions") or llm_config.get("tools")):
            raise ValueError(
                "GroupChatManager is not allowed to make function/tool calls. Please remove the 'functions' or 'tools' "
                "config in 'llm_config' you passed in."
            )
        super().__init__(
            name=name,  # type: ignore[arg-type]
            max_consecutive_auto_reply=max_consecutive_auto_reply,
            human_input_mode=human_input_mode,
            system_message=system_message,
            **kwargs,
        )
        self._groupchat = groupchat
        self._last_speaker: Agent | None = None
        self._silent = silent
        self.register_reply(Agent, GroupChatManager.run_chat, config=groupchat, reset_config=GroupChat.reset)
        self.register_reply(
            Agent,
            GroupChatManager.a_run_chat,
            config=groupchat,
            reset_config=GroupChat.reset,
            ignore_async_in_sync_chat=True,
        )
        self._classic_announce(init_args)

    @property
    def groupchat(self) -> GroupChat:
        """The group."""
        return self._groupchat

    @property
    def last_speaker(self) -> Agent | None:
        """Who spoke last. While an agent of the group replies, this is the one that it replies to."""
        return self._last_speaker

    def chat_messages_for_summary(self, agent: Agent) -> list[Message]:
        """The messages from which a chat with this manager is summed up: those of the whole group.

        Args:
            agent: whoever talked to the manager; it makes no difference.
        """
        return self._groupchat.messages

    @shipped(loop.run_chat)
    def run_chat(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: GroupChat | None = None
    ) -> tuple[bool, str | None]:
        """Reply to a message by leading the group through a conversation.

        Args:
            messages: the conversation with the sender; its last message opens that of the group.
            sender: who spoke.
            config: the group.

        Returns:
            ``(True, None)``: the reply is final, and there is nothing to send.
        """
        return drive(loop.run_chat(self, messages, sender, config))

    @shipped(loop.run_chat)
    async def a_run_chat(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: GroupChat | None = None
    ) -> tuple[bool, str | None]:
        """Lead the group in an event loop; see `run_chat`."""
        return await drive_async(loop.run_chat(self, messages, sender, config))

    @shipped(resuming.resume)
    def resume(
        self,
        messages: list[Message] | str | Mapping[str, Any],
        remove_termination_string: str | Callable[[str], str] | None = None,
        silent: bool | None = False,
        *,
        partners: Iterable[Agent] = (),
    ) -> tuple[ConversableAgent, Message]:
        """Make the group as it was in an earlier chat, except for its last message.

        Send that message to go on: ``agent.initiate_chat(manager, message=message, clear_history=False)``.

        Args:
            messages: the messages of the earlier chat, as a list or as JSON; or what `save_state` of the manager
                returned, which brings back all conversations of the members and what they had counted.
            remove_termination_string: what is cut from the last message so that it does not end the chat at once: a
                text, or a function that takes and returns the content.
            silent: True prints nothing.
            partners: with a saved state, agents outside the group to whom its members had talked.

        Returns:
            The agent who said the last message, and that message.

        Raises:
            ResumeError: for messages that are not a list of dicts, are empty, or name an unknown agent.
            StateError: for a state that does not fit; see `load_state`.
        """
        steps = resuming.resume(self, messages, remove_termination_string, silent, partners=partners)
        return drive(steps)

    @shipped(resuming.resume)
    async def a_resume(
        self,
        messages: list[Message] | str | Mapping[str, Any],
        remove_termination_string: str | Callable[[str], str] | None = None,
        silent: bool | None = False,
        *,
        partners: Iterable[Agent] = (),
    ) -> tuple[ConversableAgent, Message]:
        """Make the group as it was, in an event loop; see `resume`."""
        steps = resuming.resume(self, messages, remove_termination_string, silent, partners=partners)
        return await drive_async(steps)

    def _valid_resume_messages(self, messages: list[Message]) -> None:
        resuming.with_speakers(self, messages)

    def messages_from_string(self, message_string: str) -> list[Message]:
        """Read messages from JSON, for `resume`.

        Args:
            message_string: what `messages_to_string` returned.

        Raises:
            ResumeError: for a text that is not JSON.
        """
        return resuming.messages_from_string(message_string)

    def messages_to_string(self, messages: list[Message]) -> str:
        """Write messages as JSON.

        Args:
            messages: messages such as ``groupchat.messages``.

        Raises:
            TypeError: for a message with something that JSON cannot hold.
        """
        return json.dumps(messages)

    def clear_agents_history(self, reply: Message, groupchat: GroupChat) -> str:
        """Obey a message that says CLEAR HISTORY.

        Args:
            reply: the message.
            groupchat: the group.

        Returns:
            The content of the message without the command.
        """
        return clearing.clear(self, reply, groupchat)

    def get_actual_usage(self) -> dict[str, Any] | None:
        """What the manager's model, or else that of its selections, has cost without cached answers, or None."""
        return super().get_actual_usage() if self.client else self._classic_selection_usage("actual_usage_summary")

    def get_total_usage(self) -> dict[str, Any] | None:
        """What the manager's model, or else that of its selections, would have cost without the cache, or None."""
        return super().get_total_usage() if self.client else self._classic_selection_usage("total_usage_summary")

    def _classic_selection_usage(self, summary: str) -> dict[str, Any] | None:
        """What the group's own model has used for a manager without a model; a manager with one pays for it."""
        room = self.__dict__.get("_classic_selection_room")
        return getattr(room.client, summary, None) if room else None

    def _prepare_chat(
        self, recipient: Any, clear_history: bool, prepare_recipient: bool = True, reply_at_receive: bool = True
    ) -> None:
        checks.check_leader(self, self._groupchat)  # before it would prepare itself without end
        super()._prepare_chat(recipient, clear_history, prepare_recipient, reply_at_receive)
        if clear_history:
            self._groupchat.reset()
        for agent in self._groupchat.agents:
            if (recipient != agent or prepare_recipient) and isinstance(agent, ConversableAgent):
                agent._prepare_chat(self, clear_history, False, reply_at_receive)

    def _raise_exception_on_async_reply_functions(self) -> None:
        super()._raise_exception_on_async_reply_functions()
        checks.check_leader(self, self._groupchat)  # before it would ask itself without end
        for agent in self._groupchat.agents:
            agent._raise_exception_on_async_reply_functions()  # type: ignore[attr-defined]


def _agents_within(groupchat: GroupChat, seen: list[GroupChat]) -> list[Agent]:
    """The agents of a group and of those within it; a group that holds itself is entered once."""
    agents = list(groupchat.agents)
    for agent in groupchat.agents:
        if isinstance(agent, GroupChatManager) and not any(agent.groupchat is known for known in [groupchat, *seen]):
            agents += _agents_within(agent.groupchat, [groupchat, *seen])
    return agents
