"""Let an agent whose model does not see read what is in pictures: a model that sees describes them.

It needs the extra ``lmm``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from ...._core.drive import WHICH_WAY, Ask, Call, Steps, drive, shipped
from ...._core.party import check_capable
from ...._core.threads import blocking_call
from ...._web.files import AllowedFiles
from ....io.base import IOStream
from ....oai.client import OpenAIWrapper
from ..._accounts import on_account_of
from ...conversable_agent import ConversableAgent
from .._media.content import image_part, shown, text_part, with_text
from .._media.pictures import Allowed, Image, data_uri_of_base64, encoded
from .._media.reach import Reach
from .._settings import check_kind
from ..img_utils import gpt4v_formatter
from .agent_capability import AgentCapability

__all__ = ("DEFAULT_DESCRIPTION_PROMPT", "VisionCapability")

DEFAULT_DESCRIPTION_PROMPT = (
    "Describe this picture to somebody who cannot see it: what it shows, where things are, the words in it, and "
    "whatever else may matter to the conversation. Answer with the description alone."
)

_ABILITY = "You can deal with pictures: each one comes with a description in words."
_CAPTIONED = "{mark} in case you can not see, the caption of this image is: {caption}\n"
_LONGEST_SOURCE = 2000


def _described(capability: VisionCapability, /, content: str | list[Any]) -> Steps[str]:
    """Put a description behind each picture of a content."""
    said = ""
    for part in gpt4v_formatter(content, "url"):
        kind = part.get("type") if isinstance(part, Mapping) else "text"
        if kind == "text":
            said += part["text"] if isinstance(part, Mapping) else str(part)
        elif kind == "image_url":
            said += yield from _picture_in_words(capability, part["image_url"])
        else:
            IOStream.get_default().print(
                f"Warning: a part of the type {kind!r} is neither a text nor a picture, and is left out."
            )
    return said


def _picture_in_words(capability: VisionCapability, image_url: object) -> Steps[str]:
    source: Any = image_url.get("url") if isinstance(image_url, Mapping) else image_url
    mark = _mark_of(source)
    picture = yield blocking_call((yield WHICH_WAY), shown, source, capability._reach.load)
    if picture is None:
        return mark
    if capability._custom_caption_func is not None:
        caption = yield Call(capability._custom_caption_func, source, picture, capability._lmm_client)
    else:
        coded = base64.b64encode(encoded(picture)).decode("ascii")
        caption = yield Ask(capability, "_get_image_caption", coded)
    return _CAPTIONED.format(mark=mark, caption=caption)


def _mark_of(source: object) -> str:
    """What stands for a picture in a text: its tag, unless that is the picture itself."""
    is_short = isinstance(source, str) and len(source) < _LONGEST_SOURCE and not source.lower().startswith("data:")
    return f"<img {source}>" if is_short else "<image>"


def _caption(capability: VisionCapability, /, img_data: str) -> Steps[str]:
    """Ask the model that sees for a description of a picture in base 64."""
    client: Any = capability._lmm_client
    content = [text_part(capability._description_prompt), image_part(data_uri_of_base64(img_data))]
    owner = capability._parent_agent
    cache = None if owner is None else owner.client_cache
    with on_account_of(owner, client):
        answer = yield Ask(client, "create", messages=[{"role": "user", "content": content}], cache=cache, agent=owner)
    said = client.extract_text_or_completion_object(answer)[0]
    return said if isinstance(said, str) else ""


class VisionCapability(AgentCapability):
    """Describes the pictures in what an agent reads, so that its own model need not see.

    A message ``"What is <img a.png>?"`` reaches the model with a description behind the tag. Each picture is described
    once, when it is read; what that costs is on the agent's account.

    Args:
        lmm_config: the llm_config of a model that sees; None if ``custom_caption_func`` needs no model.
        description_prompt: what that model is asked.
        custom_caption_func: describes a picture in its place. It takes the source of the picture, the picture as a PIL
            image, and an `OpenAIWrapper` for ``lmm_config`` (None without one), and returns a text. It may be
            asynchronous for asynchronous chats.
        allow_private_addresses: as for `MultimodalConversableAgent`.
        allow_local_files: as for `MultimodalConversableAgent`.

    Raises:
        AssertionError: there is neither a model nor a function.
        TypeError: ``lmm_config`` is not an llm_config, or ``custom_caption_func`` cannot be called.
    """

    def __init__(
        self,
        lmm_config: dict[str, Any] | None,
        description_prompt: str = DEFAULT_DESCRIPTION_PROMPT,
        custom_caption_func: Callable[[Any, Image.Image, Any], Any] | None = None,
        *,
        allow_private_addresses: Allowed = True,
        allow_local_files: AllowedFiles = None,
    ) -> None:
        if not lmm_config and not custom_caption_func:
            raise AssertionError("Vision Capability requires a valid lmm_config or custom_caption_func.")
        if custom_caption_func is not None and not callable(custom_caption_func):
            raise TypeError(f"custom_caption_func must be a function, but it is {custom_caption_func!r}.")
        check_kind("lmm_config", lmm_config or None, 'an llm_config such as {"config_list": [...]}', Mapping)
        self._description_prompt = description_prompt
        self._custom_caption_func = custom_caption_func
        self._parent_agent: ConversableAgent | None = None
        self._lmm_client = OpenAIWrapper(**lmm_config) if lmm_config else None
        self._reach = Reach(allow_private_addresses, allow_local_files)

    def add_to_agent(self, agent: ConversableAgent) -> None:
        """Let an agent read what is in pictures.

        Args:
            agent: the agent; its system message is told so.

        Raises:
            TypeError: it is not an agent.
        """
        check_capable(self, agent)
        self._parent_agent = agent
        agent.update_system_message(with_text(agent.system_message, _ABILITY))  # type: ignore[arg-type]
        agent.register_hook("process_last_received_message", self.process_last_received_message)

    @shipped(_described)
    def process_last_received_message(self, content: str | list[Any]) -> str:
        """Put a description behind each picture of a content.

        Args:
            content: a text with ``<img …>`` tags, or parts.

        Returns:
            The text. A tag whose picture cannot be loaded stays without a description, and a printed line says why.
        """
        return drive(_described(self, content))

    @shipped(_caption)
    def _get_image_caption(self, img_data: str) -> str:
        return drive(_caption(self, img_data))
