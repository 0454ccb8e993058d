"""Let the model of the manager decide.

A hidden chat of two agents does it: ``checking_agent`` asks ``speaker_selection_agent`` for a name, and asks again
when the answer holds no name or several. The two are made once for a group and lent the manager's own client, so
that its model clients, cache and usage are those of the manager.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, cast

from ..._core import running_chats
from ..._core.drive import WHICH_WAY, Ask, Steps
from ..._core.events import Notice, SelectionTried, emit, is_heard
from ..._core.messages import Message, TextOrMessage
from ..._core.party import Party
from .._accounts import on_account_of
from .._groupchat import texts
from .._groupchat.contract import Group
from .._groupchat.names import mentions, name_meant
from ..agent import Agent

if TYPE_CHECKING:
    from ..conversable_agent import ConversableAgent

__all__ = ("choose", "further_question", "internal_agents", "names_in", "select_by_model")

Agents = list[Any]
Messages = list[Message]


def choose(groupchat: Group, last_speaker: Agent, candidates: Agents) -> None:
    """Choose nobody, which leaves the choice to the model."""
    return None


def select_by_model(
    groupchat: Group, last_speaker: Agent, selector: Party, messages: Messages | None, agents: Agents | None
) -> Steps[Agent]:
    """Have the model name the next speaker.

    Args:
        groupchat: the group.
        last_speaker: who spoke last.
        selector: the agent whose model is asked, usually the manager.
        messages: the conversation so far; None for that of the group.
        agents: the candidates; None for the whole group.

    Returns:
        The agent whose name the model gave; the next one on the list when there is no model, or no clear name
        after all attempts.
    """
    agents = groupchat.agents if agents is None else agents
    messages = groupchat.messages if messages is None else messages
    if not _has_model(groupchat, selector):
        return groupchat.next_agent(last_speaker, agents)

    silent = not groupchat.select_speaker_auto_verbose
    attempts = groupchat.max_retries_for_selecting_speaker + 1
    running_chat = running_chats.current()
    with _hidden_chat(groupchat, selector) as (checking_agent, selection_agent):
        selection_agent.update_system_message(groupchat.select_speaker_msg(agents))
        selection_agent._oai_messages[checking_agent] = list(messages)
        prompt = groupchat.select_speaker_prompt(agents)
        question = messages[-1] if prompt is None else _question(groupchat, prompt)
        for attempt in range(1, attempts + 1):
            yield Ask(checking_agent, "send", question, selection_agent, request_reply=False, silent=silent)
            answer = yield from _ask_model(checking_agent, selection_agent)
            yield Ask(selection_agent, "send", answer, checking_agent, request_reply=False, silent=silent)

            names = names_in(groupchat, answer, agents)
            if is_heard(SelectionTried):
                emit(SelectionTried(selector, attempt, attempts, names))
            if len(names) == 1:
                _tell(groupchat, selector, texts.SELECTION_SUCCEEDED, "green", attempt, names[0])
                return cast(Agent, groupchat.agent_by_name(names[0]))  # the name is that of a candidate
            _tell(
                groupchat,
                selector,
                texts.SELECTION_NAMED_SEVERAL if names else texts.SELECTION_NAMED_NONE,
                "red",
                attempt,
            )
            question = further_question(groupchat, names, agents)
            if running_chat is not None and running_chat.must_end():
                break
    return groupchat.next_agent(last_speaker, agents)


def _ask_model(checking_agent: Party, selection_agent: Party) -> Steps[TextOrMessage]:
    if (yield WHICH_WAY):
        reply = yield Ask(selection_agent, "generate_reply", sender=checking_agent)
    else:
        messages = selection_agent.chat_messages[checking_agent]
        reply = yield Ask(selection_agent, "generate_reply", messages=messages, sender=checking_agent)
    answer: TextOrMessage = "" if reply is None else reply
    return answer


def names_in(groupchat: Group, answer: TextOrMessage, agents: Agents) -> list[str]:
    """The names that an answer gives: first as it is spelled, then with a more generous eye."""
    content = answer.get("content") if isinstance(answer, dict) else answer
    meant = name_meant(content, agents)
    if meant is not None:
        return [meant]
    return list(groupchat._mentioned_agents(content, agents) or mentions(content, agents, ignore_case=True))


def _question(groupchat: Group, text: str) -> Message:
    return {
        "content": text,
        "name": texts.CHECKING_AGENT,
        "override_role": groupchat.role_for_select_speaker_messages,
    }


def further_question(groupchat: Group, named: list[str], agents: Agents) -> Message:
    """What the model is asked after an answer with no name, or with several.

    Args:
        groupchat: the group, whose templates count.
        named: the names that the answer gave.
        agents: the candidates.
    """
    template = groupchat.select_speaker_auto_none_template
    if named:
        template = groupchat.select_speaker_auto_multiple_template
    names = [agent.name for agent in agents]
    return _question(groupchat, texts.fill("The template of a further question", template, agentlist=names))


def _tell(groupchat: Group, selector: Party, form: str, color: str, attempt: int, name: str = "") -> None:
    if groupchat.select_speaker_auto_verbose:
        attempts = groupchat.max_retries_for_selecting_speaker + 1
        emit(Notice(selector, form.format(attempt=attempt, attempts=attempts, name=name), color))


def _has_model(groupchat: Group, selector: Party) -> bool:
    return bool(groupchat.select_speaker_auto_llm_config) or getattr(selector, "client", None) is not None


@contextmanager
def _hidden_chat(groupchat: Group, selector: Party) -> Iterator[tuple[Party, Party]]:
    """Lend out two hidden agents that are up to the settings of the group and the model of the selector."""
    room = vars(selector).get("_classic_selection_room")
    if room is None or not room.fits(groupchat):
        room = vars(selector)["_classic_selection_room"] = _SelectionRoom(groupchat, selector)
    pair = room.idle.pop() if room.idle else room.new_pair()
    checking_agent, selection_agent = pair
    room.lend_model(selector, selection_agent)
    try:
        with on_account_of(selector, room.client):
            yield pair
    finally:
        checking_agent._oai_messages.clear()
        selection_agent._oai_messages.clear()
        selection_agent._classic_processed_messages.clear()
        room.idle.append(pair)


def internal_agents(
    groupchat: Group, selector: Party | None, agents: Agents, messages: Messages
) -> tuple[Party, Party]:
    """Make two agents for a selection that the program leads itself.

    Args:
        groupchat: the group.
        selector: the agent whose model is asked, or None for that of the group.
        agents: the candidates.
        messages: the conversation so far.

    Returns:
        The checking agent, and the agent that selects.
    """
    room = _SelectionRoom(groupchat, selector)
    checking_agent, selection_agent = room.new_pair()
    if selector is not None:
        room.lend_model(selector, selection_agent)
    selection_agent.update_system_message(groupchat.select_speaker_msg(agents))
    selection_agent._oai_messages[checking_agent] = list(messages)
    return checking_agent, selection_agent


class _SelectionRoom:
    """What a selector keeps between two selections: one client, and the hidden agents.

    There is more than one pair of agents only where selections run at the same time.

    Args:
        groupchat: the group, which may have its own model for selections.
        selector: the agent whose model is asked otherwise.
    """

    def __init__(self, groupchat: Group, selector: Party | None) -> None:
        self.config: dict[str, Any] | None = groupchat.select_speaker_auto_llm_config or None
        self.transforms = groupchat.select_speaker_transform_messages
        self.idle: list[tuple[Party, Party]] = []
        self.client: Any = None
        self.llm_config: Any = False
        if self.config is not None:
            self._make_client(self.config, groupchat.select_speaker_auto_model_client_cls or [], selector)

    def _make_client(self, config: dict[str, Any], client_classes: Any, selector: Party | None) -> None:
        """Make the group's own client, with the custom model clients of the group and of the selector."""
        agent = _new_agent(texts.SPEAKER_SELECTION_AGENT, config)
        for client_class in client_classes if isinstance(client_classes, list) else [client_classes]:
            agent.register_model_client(model_client_cls=client_class)
        if selector is not None and selector.client is not None:
            agent.client.adopt(selector.client)
        self.client, self.llm_config = agent.client, agent.llm_config

    def fits(self, groupchat: Group) -> bool:
        """Whether the settings of the group are those for which the room was made."""
        return (
            self.config is (groupchat.select_speaker_auto_llm_config or None)
            and self.transforms is groupchat.select_speaker_transform_messages
        )

    def new_pair(self) -> tuple[Party, Party]:
        """Make a checking agent and a selection agent."""
        selection_agent = _new_agent(texts.SPEAKER_SELECTION_AGENT, False)
        if self.transforms is not None:
            _add_transforms(self.transforms, selection_agent)
        return _new_agent(texts.CHECKING_AGENT, False), selection_agent

    def lend_model(self, selector: Party, selection_agent: Party) -> None:
        """Have the selection agent work with the right model, and with the cache of the selector."""
        selection_agent.client_cache = selector.client_cache
        if self.client is None:
            selection_agent.client, selection_agent.llm_config = selector.client, selector.llm_config
            return
        selection_agent.client, selection_agent.llm_config = self.client, self.llm_config


def _new_agent(name: str, llm_config: dict[str, Any] | Literal[False]) -> ConversableAgent:
    from ..conversable_agent import ConversableAgent

    return ConversableAgent(
        name,
        llm_config=llm_config,
        human_input_mode="NEVER",
        is_termination_msg=_never,
        max_consecutive_auto_reply=sys.maxsize,
    )


def _never(message: Message) -> bool:
    return False


def _add_transforms(transforms: Any, selection_agent: Party) -> None:
    """Let transforms change what the model sees."""
    if hasattr(transforms, "add_to_agent"):
        transforms.add_to_agent(selection_agent)
    else:
        selection_agent.register_hook("process_all_messages_before_reply", transforms.apply_transform)
