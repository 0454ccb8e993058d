"""Let an agent answer with pictures that a model draws. It needs the extra ``lmm``."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from openai import OpenAI
from openai.types import ImagesResponse

from ...._core.content import content_str
from ...._core.drive import WHICH_WAY, Ask, Steps, drive, shipped
from ...._core.events import Notice, emit
from ...._core.messages import Message
from ...._core.model_requests import check_request_allowed
from ...._core.party import Agent, Outcome, Party, check_capable
from ...._core.running_chats import charge_work
from ...._core.tape import request_steps
from ...._core.threads import blocking_call
from ...._core.usage import count_usage
from ...._secrets import keys_hidden
from ...._web.fence import AddressFence
from ....cache.abstract_cache_base import AbstractCache
from ....errors import UnusableImageError
from ....oai.prices import cost_of, price_of, price_of_picture
from ..._accounts import on_account_of
from ...conversable_agent import ConversableAgent
from .._media.content import image_part, text_part, with_text
from .._media.pictures import Allowed, Image, loaded
from .._settings import check_methods
from ..img_utils import pil_to_data_uri
from ..text_analyzer_agent import TextAnalyzerAgent
from ._answers import says_yes
from .agent_capability import AgentCapability

__all__ = (
    "DESCRIPTION_MESSAGE",
    "PROMPT_INSTRUCTIONS",
    "SYSTEM_MESSAGE",
    "DalleImageGenerator",
    "ImageGeneration",
    "ImageGenerator",
)

logger = logging.getLogger("autogen.agentchat.contrib.capabilities.generate_images")

SYSTEM_MESSAGE = "You can draw: whoever asks you for a picture gets one."
DESCRIPTION_MESSAGE = "It can draw pictures."
PROMPT_INSTRUCTIONS = (
    "Write the prompt for a model that draws the picture which this text asks for. Say what is to be seen, where, in "
    "which style and colours, as far as the text does; invent nothing that matters. Answer with the prompt alone."
)

_QUESTION = "Does this text ask for a picture to be drawn, made or changed? Answer with yes or no."
_ANSWER = "I generated an image with the prompt: {prompt}"
_CLIENT_KEYS = ("api_key", "base_url", "default_headers", "http_client", "max_retries", "organization", "timeout")
_QUALITY_OF_NEW_MODELS = {"standard": "medium", "hd": "high"}


class ImageGenerator(Protocol):
    """Whatever draws pictures for `ImageGeneration`."""

    def generate_image(self, prompt: str) -> Image.Image:
        """Draw a picture.

        Args:
            prompt: what is to be seen.

        Returns:
            A PIL image.
        """
        ...

    def cache_key(self, prompt: str) -> str:
        """Make the key under which a picture is kept in a cache.

        Args:
            prompt: what is to be seen.

        Returns:
            A text that differs wherever the pictures may differ.
        """
        ...


class DalleImageGenerator:
    """Draws with OpenAI's models: ``dall-e-2``, ``dall-e-3``, or those whose names begin with ``gpt-image``.

    Drawn for an agent, a picture is on the account of that agent, and counts in the chat that runs: at the price of
    its size and quality, or of the tokens that newer models report. A price that is not known counts as unknown.

    Args:
        llm_config: a ``config_list`` whose first entry names the ``model``, and may have an ``api_key`` and a
            ``base_url``; or such an entry alone.
        resolution: width and height in pixels, such as ``"1024x1024"``.
        quality: ``"standard"`` or ``"hd"``; newer models know ``"low"``, ``"medium"`` and ``"high"``.
        num_images: how many pictures are drawn and paid for; the first one is shown.
        allow_private_addresses: whether the address at which the model has put a picture may lead to this machine or
            to a private network. A list of hosts, addresses and networks names those that may.

    Attributes:
        actual_usage_summary: what the pictures have cost that were drawn for nobody else; None before the first.
        total_usage_summary: the same.

    Raises:
        ValueError: there is no model, it does not draw, ``resolution`` is not like ``"1024x1024"``, or there are fewer
            pictures than one.
        openai.OpenAIError: there is no key.
    """

    actual_usage_summary: dict[str, Any] | None = None
    total_usage_summary: dict[str, Any] | None = None

    def __init__(
        self,
        llm_config: dict[str, Any],
        resolution: str = "1024x1024",
        quality: Literal["standard", "hd"] = "standard",
        num_images: int = 1,
        *,
        allow_private_addresses: Allowed = True,
    ) -> None:
        entry = _first_entry(llm_config)
        _check_model(entry.get("model"))
        _check_resolution(resolution)
        if not isinstance(num_images, int) or num_images < 1:
            raise ValueError(f"num_images must be 1 or more, but it is {num_images!r}.")
        self._model = str(entry["model"])
        self._resolution = resolution
        self._quality = quality
        self._num_images = num_images
        self._fence = AddressFence(allow_private_addresses)
        self._entry = dict(entry)
        self._dalle_client = OpenAI(**{key: entry[key] for key in _CLIENT_KEYS if entry.get(key) is not None})

    def generate_image(self, prompt: str) -> Image.Image:
        """Draw a picture.

        Args:
            prompt: what is to be seen.

        Returns:
            The picture.

        Raises:
            UnusableImageError: the model has sent no picture, or one that cannot be read.
            FetchError: it cannot be fetched from where the model has put it.
        """
        check_request_allowed(self._dalle_client.base_url)
        is_new = self._model.startswith("gpt-image")
        quality: Any = _QUALITY_OF_NEW_MODELS.get(self._quality, self._quality) if is_new else self._quality
        size: Any = self._resolution
        with keys_hidden([self._entry]):
            answer = self._dalle_client.images.generate(
                model=self._model, prompt=prompt, size=size, quality=quality, n=self._num_images
            )
        self._count(answer)
        picture = answer.data[0] if answer.data else None
        source = (picture.url or picture.b64_json) if picture is not None else None
        if source is None:
            raise UnusableImageError(f"The model {self._model} has sent no picture.")
        return loaded(source, self._fence)

    def _count(self, answer: ImagesResponse) -> None:
        """Charge the pictures of an answer to the running chat, and to the agent for which they were drawn."""
        tokens = answer.usage
        sent, received = (tokens.input_tokens, tokens.output_tokens) if tokens else (0, 0)
        cost = self._cost_of(answer)
        charge_work(self._model, cost, sent + received)
        usage = {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
        count_usage(self, {"model": self._model, "cost": cost or 0, **usage}, from_cache=False)

    def _cost_of(self, answer: ImagesResponse) -> float | None:
        """What the pictures of an answer cost in US dollars: by tokens where the model counts them, else by picture.

        Returns:
            The cost; None if the price is not known.
        """
        tokens = answer.usage
        if tokens:
            price = self._entry.get("price", price_of(self._model))
            return None if price is None else cost_of(price, tokens.input_tokens, tokens.output_tokens)
        of_one = price_of_picture(self._model, self._quality, self._resolution)
        return None if of_one is None else of_one * len(answer.data or ())

    def cache_key(self, prompt: str) -> str:
        """Make the key under which a picture is kept: the prompt and everything else that was asked for."""
        return ",".join([prompt, self._model, self._resolution, self._quality, str(self._num_images)])


def _reply(
    capability: ImageGeneration,
    /,
    recipient: Party,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    """Answer with a picture if one is asked for.

    Returns:
        ``(True, message)`` with a text and the picture, or ``(False, None)``.
    """
    analyzer = capability._text_analyzer
    if messages is None:
        messages = recipient._oai_messages[sender]
    wish = content_str(messages[-1].get("content")) if messages else ""
    if analyzer is None or analyzer.client is None or not wish.strip():
        return False, None
    analyzer.client_cache = recipient.client_cache
    with on_account_of(recipient, analyzer.client):
        answer = yield Ask(analyzer, "analyze_text", wish, _QUESTION)
        if not says_yes(str(answer)):
            return False, None
        prompt = yield Ask(analyzer, "analyze_text", wish, capability._text_analyzer_instructions)
    if capability._verbosity:
        emit(Notice(recipient, f"Drawing: {prompt}", "yellow"))
    run = blocking_call((yield WHICH_WAY), capability._draw, prompt)
    generator: Any = capability._image_generator
    spender = generator if hasattr(generator, "total_usage_summary") else None
    with on_account_of(recipient, spender):
        data_uri = yield from request_steps(recipient, "image_generator", {"prompt": prompt}, run)
    return True, {"content": [text_part(_ANSWER.format(prompt=prompt)), image_part(data_uri)]}


class ImageGeneration(AgentCapability):
    """Lets an agent answer with a picture whenever somebody asks it for one.

    A model is asked twice: whether the last message wants a picture, and which prompt draws it. The answer is a
    message with a text and the picture as a data URI, which agents that see can look at. What the two questions cost
    is on the agent's account; what the picture costs is known to the generator alone.

    Args:
        image_generator: draws the pictures, such as `DalleImageGenerator`.
        cache: keeps pictures, so that a prompt that comes again is not drawn again; None keeps none.
        text_analyzer_llm_config: the model for the questions; None takes that of the agent.
        text_analyzer_instructions: how the prompt is asked for.
        verbosity: 1 or more prints each prompt.
        register_reply_position: where in the list of reply functions it stands.

    Raises:
        TypeError: ``image_generator`` has no ``generate_image`` and ``cache_key``, or is a class; or ``cache`` is not a
            cache.
    """

    def __init__(
        self,
        image_generator: ImageGenerator,
        cache: AbstractCache | None = None,
        text_analyzer_llm_config: dict[str, Any] | None = None,
        text_analyzer_instructions: str = PROMPT_INSTRUCTIONS,
        verbosity: int = 0,
        register_reply_position: int = 2,
    ) -> None:
        check_methods("image_generator", image_generator, "generate_image", "cache_key")
        if cache is not None:
            check_methods("cache", cache, "get", "set")
        self._image_generator = image_generator
        self._cache = cache
        self._text_analyzer_llm_config = text_analyzer_llm_config
        self._text_analyzer_instructions = text_analyzer_instructions
        self._verbosity = verbosity
        self._register_reply_position = register_reply_position
        self._agent: ConversableAgent | None = None
        self._text_analyzer: TextAnalyzerAgent | None = None

    def add_to_agent(self, agent: ConversableAgent) -> None:
        """Let an agent draw.

        Args:
            agent: the agent; its system message and its description say so.

        Raises:
            TypeError: ``agent`` is not an agent.
        """
        check_capable(self, agent)
        self._agent = agent
        self._text_analyzer = TextAnalyzerAgent(llm_config=self._text_analyzer_llm_config or False)
        if self._text_analyzer_llm_config is None:
            self._text_analyzer.client = agent.client
        agent.register_reply([Agent, None], self._image_gen_reply, position=self._register_reply_position)
        agent.update_system_message(with_text(agent.system_message, SYSTEM_MESSAGE))  # type: ignore[arg-type]
        agent.description = f"{agent.description}\n{DESCRIPTION_MESSAGE}" if agent.description else DESCRIPTION_MESSAGE

    @shipped(_reply)
    def _image_gen_reply(
        self,
        recipient: Party,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        config: object = None,
    ) -> Outcome:
        return drive(_reply(self, recipient, messages, sender, config))

    def _draw(self, prompt: str) -> str:
        """The picture as a data URI, from the cache if it is there."""
        key = self._image_generator.cache_key(prompt)
        kept = None if self._cache is None else self._cache.get(key)
        if isinstance(kept, str):
            return kept
        drawn = pil_to_data_uri(self._image_generator.generate_image(prompt))
        if self._cache is not None:
            try:
                self._cache.set(key, drawn)
            except Exception as error:  # the picture has been paid for, and is worth more than its copy
                logger.warning("A picture cannot be cached: %s", error)
        return drawn


def _first_entry(llm_config: object) -> Mapping[str, Any]:
    """Find the entry of an llm_config that draws; a program may also give it alone."""
    if not isinstance(llm_config, Mapping) or not (llm_config.get("config_list") or "model" in llm_config):
        raise ValueError(
            'A generator of pictures needs an llm_config such as {"config_list": [{"model": "dall-e-3", "api_key": '
            '"..."}]}, but this one names no model.'
        )
    entry: Mapping[str, Any] = (llm_config.get("config_list") or [llm_config])[0]
    return entry


def _check_model(model: object) -> None:
    if not isinstance(model, str) or not (model in ("dall-e-2", "dall-e-3") or model.startswith("gpt-image")):
        raise ValueError(f"Invalid DALL-E model: {model}. Must be 'dall-e-3' or 'dall-e-2', or begin with 'gpt-image'.")


def _check_resolution(resolution: str) -> None:
    if not re.fullmatch(r"\d+x\d+|auto", str(resolution)):
        raise ValueError(f"Invalid resolution format: {resolution}. Give width and height, as in '1024x1024'.")
