"""An agent that sees with LLaVA: a worker of LLaVA's own server, or a model at Replicate. It needs the extra ``lmm``.

Servers that offer LLaVA behind OpenAI's protocol (Ollama, vLLM and others) need no agent of their own: give their
address to a `MultimodalConversableAgent`.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import requests

from ..._core.content import content_str
from ..._core.drive import WHICH_WAY, Steps, drive, shipped
from ..._core.messages import Message
from ..._core.model_requests import check_request_allowed
from ..._core.party import Agent, Outcome
from ..._core.running_chats import charge_work
from ..._core.tags import keep_foreign_pictures
from ..._core.tape import request_steps
from ..._core.threads import blocking_call
from ..._packages import missing_package
from ..._secrets import keys_hidden, place_of
from ..._web.files import AllowedFiles
from ...errors import NoAnswerError
from ...formatting_utils import colored
from ...io.base import IOStream
from ._media.content import shown
from ._media.pictures import Allowed, data_uri_of_base64, encoded
from ._media.reach import Reach
from .img_utils import llava_formatter
from .multimodal_conversable_agent import MultimodalConversableAgent

try:
    import replicate
except ImportError:  # a worker of LLaVA can do without it
    replicate = None  # type: ignore[assignment]

__all__ = ("DEFAULT_LLAVA_SYS_MSG", "SEP", "LLaVAAgent", "llava_call", "llava_call_binary")

logger = logging.getLogger("autogen.agentchat.contrib.llava_agent")

DEFAULT_LLAVA_SYS_MSG = "You see the pictures in the conversation, and answer what you are asked about them."
SEP = "###"
"""What stands between the turns of a conversation with LLaVA."""

_MOST_NEW_TOKENS = 2000
_TEMPERATURE = 0.5
_TRIES = 10
_SECONDS_TO_ANSWER = 600


def _reply(
    agent: LLaVAAgent, /, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
) -> Steps[Outcome]:
    """Send the system message and the conversation to LLaVA.

    Returns:
        ``(True, reply)``, or ``(False, None)`` for an agent without a model.

    Raises:
        NoAnswerError: none of the entries gave an answer.
    """
    if not agent.llm_config:
        return False, None
    if messages is None:
        messages = agent._oai_messages[sender]
    system_message = agent.system_message or ""
    prompt = content_str(system_message) + "\n"
    for message in messages:
        role = "Assistant" if message["role"] == "assistant" else "Human"
        prompt += f"{SEP}{role}: {content_str(message['content'])}\n"
    prompt += f"\n{SEP}Assistant: "
    IOStream.get_default().print(colored(prompt, "blue"))

    contents = [system_message, *(message["content"] for message in messages)]
    run = blocking_call((yield WHICH_WAY), _ask_about, contents, prompt, agent._classic_reach, agent.llm_config)
    answer = yield from request_steps(agent, "llava", {"prompt": prompt}, run)
    keep_foreign_pictures(answer, messages)
    return True, answer


def _images_in(contents: Iterable[object], reach: Reach) -> Iterator[str]:
    """The pictures in contents, in base 64."""
    for content in contents:
        for part in content if isinstance(content, list) else ():
            if part["type"] == "image_url":
                picture = shown(part["image_url"]["url"], reach.load)
                if picture is not None:
                    yield base64.b64encode(encoded(picture)).decode("ascii")


class LLaVAAgent(MultimodalConversableAgent):
    """An agent that sees with LLaVA.

    Each entry of its config_list has a ``model`` and a ``base_url``: the address of a worker of LLaVA, such as
    ``"http://localhost:10000"``, or the name of a model at Replicate, such as ``"yorickvp/llava-13b:..."``, for which
    the environment has REPLICATE_API_TOKEN. The llm_config may have ``temperature`` and ``max_new_tokens``.

    LLaVA does not tell what its answers take and cost. They count as answers of unknown cost, so ``ChatResult.spent``
    has None for it, and a chat with a ``max_cost`` ends after the first one; ``"price": 0`` in an entry says that its
    server costs nothing.
    """

    def __init__(
        self, name: str, system_message: str | list[Any] | None = DEFAULT_LLAVA_SYS_MSG, *args: Any, **kwargs: Any
    ) -> None:
        """Create an agent.

        Args:
            name: the name by which others know it.
            system_message: what LLaVA is told about its part; it may hold pictures.
            *args: further arguments of `MultimodalConversableAgent`, in its order.
            **kwargs: further arguments of `MultimodalConversableAgent`.
        """
        super().__init__(name, system_message, *args, **kwargs)
        self.register_reply([Agent, None], LLaVAAgent._image_reply, position=2)

    @shipped(_reply)
    def _image_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        return drive(_reply(self, messages, sender, config))


def _ask_about(contents: Iterable[object], prompt: str, reach: Reach, llm_config: Mapping[str, Any]) -> str:
    """Ask LLaVA about the pictures in contents, again and again if it says nothing."""
    images = list(_images_in(contents, reach))
    for _ in range(_TRIES):
        answer = llava_call_binary(
            prompt,
            images,
            _entries_of(llm_config),
            llm_config.get("max_new_tokens", _MOST_NEW_TOKENS),
            llm_config.get("temperature", _TEMPERATURE),
        )
        if answer is None:
            break
        if answer:
            return answer
    places = ", ".join(place_of(str(entry.get("base_url"))) for entry in _entries_of(llm_config))
    raise NoAnswerError(f"Empty response from LLaVA at {places}; what went wrong has been printed.")


def llava_call(
    prompt: str,
    llm_config: Mapping[str, Any],
    *,
    allow_private_addresses: Allowed = True,
    allow_local_files: AllowedFiles = None,
) -> str | None:
    """Ask LLaVA.

    Args:
        prompt: a text with ``<img …>`` tags.
        llm_config: a ``config_list`` as for `LLaVAAgent`, and perhaps ``max_new_tokens``, ``temperature`` and ``seed``.
        allow_private_addresses: as for `autogen_classic.agentchat.contrib.img_utils.llava_formatter`.
        allow_local_files: as for `autogen_classic.agentchat.contrib.img_utils.llava_formatter`.

    Returns:
        The answer, or None if no entry gave one; a printed line says why.
    """
    text, images = llava_formatter(
        prompt, allow_private_addresses=allow_private_addresses, allow_local_files=allow_local_files
    )
    return llava_call_binary(
        text,
        images,
        _entries_of(llm_config),
        llm_config.get("max_new_tokens", _MOST_NEW_TOKENS),
        llm_config.get("temperature", _TEMPERATURE),
        llm_config.get("seed", 1),
    )


def llava_call_binary(
    prompt: str,
    images: list[str],
    config_list: list[dict[str, Any]] | dict[str, Any],
    max_new_tokens: int = 1000,
    temperature: float = _TEMPERATURE,
    seed: int = 1,
) -> str | None:
    """Ask LLaVA with pictures in base 64.

    Args:
        prompt: a text with ``<image>`` where a picture belongs.
        images: the pictures; Replicate gets the first one only.
        config_list: entries as for `LLaVAAgent`, which are tried in order; or one entry.
        max_new_tokens: how long the answer may be; Replicate has a limit of its own.
        temperature: how freely a worker of LLaVA answers.
        seed: what makes an answer of Replicate come again.

    Returns:
        The answer, or None if no entry gave one; a printed line says why.

    Raises:
        ValueError: an entry has no ``base_url``.
    """
    for entry in [config_list] if isinstance(config_list, dict) else config_list:
        address = _address_of(entry)
        check_request_allowed(address)
        try:
            with keys_hidden([entry]):
                if _is_worker(address):
                    said = _ask_worker(address, entry.get("model"), prompt, images, max_new_tokens, temperature)
                else:
                    said = _ask_replicate(address, prompt, images, seed)
        except Exception as error:  # whatever it is, the next entry may do better
            logger.debug("LLaVA at %s failed.", place_of(address), exc_info=True)
            IOStream.get_default().print(f"Error: {error}")
        else:
            is_free = entry.get("price") in (0, [0, 0], (0, 0))
            charge_work(str(entry.get("model") or address), 0.0 if is_free else None, None)
            return said
    return None


def _address_of(entry: Mapping[str, Any]) -> str:
    if not entry.get("base_url"):
        raise ValueError(
            "An entry for LLaVA needs a base_url: the address of a worker, such as http://localhost:10000, or the name "
            f"of a model at Replicate. The entry of the model {entry.get('model')!r} has none."
        )
    return str(entry["base_url"])


def _entries_of(llm_config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The config_list; an llm_config without one is a single entry."""
    entries: list[dict[str, Any]] = llm_config.get("config_list") or [dict(llm_config)]
    return entries


def _is_worker(address: str) -> bool:
    return "://" in address and "replicate.com" not in address


def _ask_worker(
    address: str, model: str | None, prompt: str, images: list[str], max_new_tokens: int, temperature: float
) -> str:
    """Ask a worker of LLaVA's own server, and return what its model says."""
    answer = requests.post(
        f"{address.rstrip('/')}/worker_generate_stream",
        headers={"User-Agent": "LLaVA Client"},
        json={
            "model": model,
            "prompt": prompt,
            "max_new_tokens": max_new_tokens,
            "temperature": temperature,
            "stop": SEP,
            "images": images,
        },
        stream=True,
        timeout=_SECONDS_TO_ANSWER,
    )
    try:
        answer.raise_for_status()
        said = [json.loads(line) for line in answer.iter_lines(delimiter=b"\0") if line]
    finally:
        answer.close()
    if not said:
        raise NoAnswerError(f"The worker of LLaVA at {place_of(address)} said nothing.")
    last = said[-1]
    if last.get("error_code"):
        raise NoAnswerError(f"The worker of LLaVA at {place_of(address)} failed: {last.get('text')}")
    text = str(last["text"])
    words = text[len(prompt) :] if text.startswith(prompt) else text  # a worker repeats what it was told
    return words.removesuffix(SEP).split(SEP)[-1].strip()


def _ask_replicate(name: str, prompt: str, images: list[str], seed: int) -> str:
    if replicate is None:
        raise missing_package("LLaVA at Replicate", "replicate", "lmm")
    picture = {"image": data_uri_of_base64(images[0])} if images else {}
    said = replicate.run(name, input={**picture, "prompt": prompt.replace("<image>", " "), "seed": seed})
    return said if isinstance(said, str) else "".join(map(str, said))
