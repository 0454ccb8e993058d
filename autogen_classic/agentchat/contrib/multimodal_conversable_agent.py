"""An agent that sees: pictures in what it reads go to its model. It needs the extra ``lmm``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..._core.drive import WHICH_WAY, Call, Steps, Then, drive, drive_async, shipped
from ..._core.messages import Message, TextOrMessage
from ..._core.party import Agent, Client
from ..._core.steps import receive
from ..._core.threads import blocking_call, in_thread
from ..._web.files import AllowedFiles
from .._replies.model import reply_from_client
from ..conversable_agent import ConversableAgent
from ._media.content import as_heard
from ._media.pictures import Allowed
from ._media.reach import Reach
from .img_utils import message_formatter_pil_to_b64

if TYPE_CHECKING:
    from ...cache.abstract_cache_base import AbstractCache

__all__ = ("DEFAULT_LMM_SYS_MSG", "DEFAULT_MODEL", "MultimodalConversableAgent")

DEFAULT_LMM_SYS_MSG = "You are a helpful AI assistant."
DEFAULT_MODEL = "gpt-4o"


def _reply_to_pictures(
    agent: MultimodalConversableAgent, /, llm_client: Client, messages: list[Message], cache: AbstractCache | None
) -> Steps[TextOrMessage | None]:
    """Write the pictures as a request can carry them, and ask the model."""
    messages = yield blocking_call((yield WHICH_WAY), _with_sendable_pictures, agent, messages)
    return (yield from reply_from_client(agent, llm_client, messages, cache))


def _with_sendable_pictures(agent: MultimodalConversableAgent, messages: list[Message]) -> list[Message]:
    if (
        not agent._classic_reach.fence.allows_all_private
    ):  # the agent may have been given messages that it has not heard
        messages = [agent._message_to_dict(one) if isinstance(one.get("content"), list) else one for one in messages]
    return message_formatter_pil_to_b64(messages)


def _hear(
    agent: MultimodalConversableAgent,
    /,
    message: TextOrMessage,
    sender: Agent,
    request_reply: bool | None = None,
    silent: bool | None = False,
) -> Steps[Then | None]:
    """Load the pictures beside the event loop, and receive the message with them."""
    message = yield Call(in_thread, agent._message_to_dict, message)
    return (yield from receive(agent, message, sender, request_reply, silent))


class MultimodalConversableAgent(ConversableAgent):
    """An agent that sees the pictures in its messages.

    A picture stands in a text as ``<img SOURCE>``, where the source is an http(s) address, a file, a data URI or base
    64; or it is a part of a message, ``{"type": "image_url", "image_url": {"url": ...}}``, which may also hold a PIL
    image. The agent stores contents as lists of parts, in which pictures are PIL images; data URIs and addresses
    in parts stay as they are. Its model must be one that sees.

    An agent that may not reach every private address loads those in parts itself, behind its fence, because a provider
    or a server of models that fetches them does not know of the fence.

    Attributes:
        DEFAULT_CONFIG: the llm_config of an agent that is given None.
    """

    DEFAULT_CONFIG: Any = {"model": DEFAULT_MODEL}  # noqa: RUF012 - agents copy it

    def __init__(
        self,
        name: str,
        system_message: str | list[Any] | None = DEFAULT_LMM_SYS_MSG,
        is_termination_msg: Callable[[Message], bool] | None = None,
        *args: Any,
        allow_private_addresses: Allowed = True,
        allow_local_files: AllowedFiles = None,
        **kwargs: Any,
    ) -> None:
        """Create an agent.

        Args:
            name: the name by which others know it.
            system_message: what the model is told about its part; it may hold pictures.
            is_termination_msg: tells whether a message ends the chat; by default the text TERMINATE does.
            *args: further arguments of `ConversableAgent`, in its order.
            allow_private_addresses: whether the address of a picture may lead to this machine or to a private network.
                A list of hosts, addresses and networks names those that may. Link-local addresses, where clouds keep
                keys, are never fetched. Of private addresses that a model or a stranger has named in a text, only those
                in a list are fetched.
            allow_local_files: which files may be loaded: True for all, False for none, or the folders that hold them.
                None is for all but those that a model or a stranger has named in a text.
            **kwargs: further arguments of `ConversableAgent`.

        Raises:
            ImportError: pillow is missing.
        """
        self._classic_reach = Reach(allow_private_addresses, allow_local_files)
        super().__init__(name, system_message, is_termination_msg, *args, **kwargs)
        if system_message is not None:
            self.update_system_message(system_message)

    def update_system_message(self, system_message: str | list[Any] | Message) -> None:
        """Tell the model something else about its part.

        Args:
            system_message: a text, parts, or a dict with one of them as ``content``; it may hold pictures.
        """
        self._oai_system_message[0]["content"] = self._message_to_dict(system_message)["content"]

    def _message_to_dict(self, message: TextOrMessage | list[Any]) -> Message:  # type: ignore[override]
        """Give a message its dict form, and its pictures that of PIL images."""
        said: TextOrMessage = {"content": message} if isinstance(message, list) else message
        reach = self._classic_reach
        return as_heard(said, reach.load, leave_addresses=reach.fence.allows_all_private)

    @shipped(_hear)
    async def a_receive(
        self,
        message: TextOrMessage,
        sender: Agent,
        request_reply: bool | None = None,
        silent: bool | None = False,
    ) -> None:
        """Receive a message in an asynchronous chat; its pictures are loaded without blocking the event loop.

        Args:
            message: a text, or a dict with at least content or a call.
            sender: who sent it.
            request_reply: whether the sender asks for a reply; None leaves it to this agent.
            silent: True prints nothing.
        """
        await drive_async(_hear(self, message, sender, request_reply, silent))

    def _process_received_message(self, message: TextOrMessage, sender: Agent, silent: bool | None) -> None:
        """Load the pictures once, for the history and for those who listen."""
        super()._process_received_message(self._message_to_dict(message), sender, silent)

    def _print_received_message(self, message: TextOrMessage, sender: Agent) -> None:
        super()._print_received_message(self._message_to_dict(message), sender)

    def chat_messages_for_summary(self, agent: Agent) -> list[Message]:
        """The messages from which a chat with an agent is summed up, which any agent's model may be asked to do.

        Args:
            agent: the partner.
        """
        return message_formatter_pil_to_b64(super().chat_messages_for_summary(agent))

    @shipped(_reply_to_pictures)
    def _generate_oai_reply_from_client(
        self, llm_client: Client, messages: list[Message], cache: AbstractCache | None
    ) -> TextOrMessage | None:
        return drive(_reply_to_pictures(self, llm_client, messages, cache))
