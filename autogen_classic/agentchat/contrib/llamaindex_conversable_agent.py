"""An agent of LlamaIndex as a partner in a chat. It needs llama-index-core, which a program brings along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..._core.callables import wait_for
from ..._core.content import content_str
from ..._core.drive import WHICH_WAY, Call, Steps, drive, drive_async, shipped
from ..._core.messages import Message
from ..._core.party import Agent, Outcome
from ..._core.running_chats import charge_work
from ..._core.tags import keep_foreign_pictures
from ..._core.tape import request_steps
from .. import ConversableAgent

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage

__all__ = ("LLamaIndexConversableAgent",)


def _reply(
    agent: LLamaIndexConversableAgent,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    said, before = agent._said(messages, sender)
    run = Call(agent._a_ask if (yield WHICH_WAY) else agent._ask, said, before)
    answer = yield from request_steps(agent, "llama_index", {"message": said}, run)
    keep_foreign_pictures(answer)
    return True, answer


class LLamaIndexConversableAgent(ConversableAgent):
    """An agent whose replies come from an agent or a chat engine of LlamaIndex.

    Args:
        name: the name.
        llama_index_agent: an agent of today's LlamaIndex, such as ``FunctionAgent``, ``ReActAgent`` or
            ``AgentWorkflow``, which has ``run``; or a chat engine or an older agent, which has ``chat`` and ``achat``.
        description: what it is good for, as told to others in a group chat; the default is that of the agent of
            LlamaIndex.
        **kwargs: what `ConversableAgent` takes. The model of LlamaIndex answers, whatever ``llm_config`` says; its
            usage does not appear in that of this agent, and each reply counts as one of unknown cost.

    Raises:
        ValueError: there is no agent, or it cannot answer.
    """

    def __init__(self, name: str, llama_index_agent: object, description: str | None = None, **kwargs: Any) -> None:
        if not any(hasattr(llama_index_agent, method) for method in ("run", "chat")):
            raise ValueError(
                f"llama_index_agent is {llama_index_agent!r}; it must be an agent or a chat engine of LlamaIndex."
            )
        self._llama_index_agent: Any = llama_index_agent
        if description is None:
            description = getattr(llama_index_agent, "description", None)
        super().__init__(name, description=description, **kwargs)
        self.replace_reply_func(ConversableAgent.generate_oai_reply, LLamaIndexConversableAgent._generate_oai_reply)
        self.replace_reply_func(ConversableAgent.a_generate_oai_reply, LLamaIndexConversableAgent._a_generate_oai_reply)

    @shipped(_reply)
    def _generate_oai_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        """Reply with what the agent of LlamaIndex says."""
        return drive(_reply(self, messages, sender, config))

    @shipped(_reply)
    async def _a_generate_oai_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        """Reply with what the agent of LlamaIndex says."""
        return await drive_async(_reply(self, messages, sender, config))

    def _ask(self, said: str, before: list[ChatMessage]) -> str:
        if hasattr(self._llama_index_agent, "chat"):
            return _charged(self._llama_index_agent.chat(message=said, chat_history=before))
        return wait_for(lambda: self._run(said, before))

    async def _a_ask(self, said: str, before: list[ChatMessage]) -> str:
        if hasattr(self._llama_index_agent, "achat"):
            return _charged(await self._llama_index_agent.achat(message=said, chat_history=before))
        return await self._run(said, before)

    async def _run(self, said: str, before: list[ChatMessage]) -> str:
        return _charged(await self._llama_index_agent.run(user_msg=said, chat_history=before))

    def _said(self, messages: list[Message] | None, sender: Agent | None) -> tuple[str, list[ChatMessage]]:
        """The last message, and those before it as LlamaIndex keeps them."""
        from llama_index.core.llms import ChatMessage, MessageRole

        if messages is None:
            messages = self._oai_messages[sender]
        texts = [(_is_own(message), content_str(message.get("content"))) for message in messages]
        history = [
            ChatMessage(role=MessageRole.ASSISTANT if own else MessageRole.USER, content=text)
            for own, text in texts[:-1]
            if text
        ]
        return (texts[-1][1] if texts else ""), history


def _is_own(message: Mapping[str, Any]) -> bool:
    return message.get("role") == "assistant"


def _charged(answer: object) -> str:
    """The text of an answer, which has cost nobody knows how much."""
    charge_work("of LlamaIndex", None, None)
    return _text_of(answer)


def _text_of(answer: object) -> str:
    """The text of an answer: that of an agent holds a message, that of a chat engine a text."""
    response = getattr(answer, "response", answer)
    content = getattr(response, "content", response)
    return content if isinstance(content, str) else str(answer)
