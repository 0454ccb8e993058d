"""Pictures in messages: loading, encoding and formatting them. It needs the extra ``lmm``."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from ..._core.messages import Message
from ..._web.fence import AddressFence
from ..._web.files import AllowedFiles
from ..utils import parse_tags_from_content
from ._media.content import Part, as_sendable, paths_in, shown, split
from ._media.pictures import Allowed, Image, Picture, data_uri_of_base64, encoded, loaded
from ._media.reach import Reach
from ._media.tokens import MODEL_PARAMS, tokens_of

__all__ = (
    "MODEL_PARAMS",
    "convert_base64_to_data_uri",
    "extract_img_paths",
    "get_image_data",
    "get_pil_image",
    "gpt4v_formatter",
    "llava_formatter",
    "message_formatter_pil_to_b64",
    "num_tokens_from_gpt_image",
    "pil_to_data_uri",
)


def get_pil_image(image_file: Picture, *, allow_private_addresses: Allowed = True) -> Image.Image:
    """Load a picture.

    Args:
        image_file: an http(s) address, a file, a data URI, base 64, bytes, or a PIL image, which is returned as it is.
        allow_private_addresses: whether an address may lead to this machine or to a private network. A list of hosts,
            addresses and networks names those that may. Link-local addresses, where clouds keep keys, are never
            fetched.

    Returns:
        The picture in RGB, turned as its camera was held.

    Raises:
        UnusableImageError: there is no picture, it cannot be read, or it is larger than 20 MB.
        FetchError: the address may not be reached, or takes more than 30 seconds, or holds something else.
    """
    return loaded(image_file, AddressFence(allow_private_addresses))


def get_image_data(
    image_file: Picture, use_b64: bool = True, *, allow_private_addresses: Allowed = True
) -> str | bytes:
    """Load a picture and write it as a PNG.

    Args:
        image_file: as for `get_pil_image`.
        use_b64: whether to return base 64.
        allow_private_addresses: as for `get_pil_image`.

    Returns:
        Base 64, or bytes. A picture that would be larger than 20 MB as a PNG is a JPEG.

    Raises:
        UnusableImageError: as for `get_pil_image`.
        FetchError: as for `get_pil_image`.
    """
    data = encoded(loaded(image_file, AddressFence(allow_private_addresses)))
    return base64.b64encode(data).decode("ascii") if use_b64 else data


def _to_pil(data: str) -> Image.Image:
    """Load a picture from base 64; published notebooks import this name."""
    return loaded(data)


def pil_to_data_uri(image: Image.Image) -> str:
    """Write a PIL image as a data URI.

    Args:
        image: the picture.

    Returns:
        A data URI of a PNG; of a JPEG if the PNG were larger than 20 MB.
    """
    return convert_base64_to_data_uri(base64.b64encode(encoded(image)).decode("ascii"))


def convert_base64_to_data_uri(base64_image: str) -> str:
    """Put base 64 into a data URI.

    Args:
        base64_image: a picture in base 64.

    Returns:
        A data URI with the kind of picture that the first bytes reveal: PNG, JPEG, GIF or WebP. What they do not
        reveal is called a JPEG.
    """
    return data_uri_of_base64(base64_image)


def gpt4v_formatter(
    prompt: str | list[Any],
    img_format: Literal["uri", "url", "pil"] = "uri",
    *,
    allow_private_addresses: Allowed = True,
    allow_local_files: AllowedFiles = None,
) -> list[Part]:
    """Cut a prompt at its ``<img …>`` tags into texts and pictures, as OpenAI defines them.

    Args:
        prompt: a text such as ``"What is <img https://example.com/a.png>?"``, or parts, whose texts are cut.
        img_format: what stands for a picture: "uri" loads it and writes a data URI, "url" leaves the source of the tag
            as it is, "pil" loads it as a PIL image.
        allow_private_addresses: as for `get_pil_image`. In a chat, private addresses that a model or a stranger has
            named are fetched only if they are in such a list.
        allow_local_files: which files may be loaded: True for all, False for none, or the folders that hold them. None
            is for all but those that, in the chat, a model or a stranger has named.

    Returns:
        Parts. A tag whose picture cannot be loaded stays in its text, and a printed line says why.

    Raises:
        AssertionError: ``img_format`` is not one of these.
        ValueError: the prompt is neither a text nor a list.
    """
    reach = Reach(allow_private_addresses, allow_local_files)
    loaders: dict[str, Callable[[str], object]] = {
        "uri": lambda source: pil_to_data_uri(reach.load(source)),
        "url": lambda source: source,
        "pil": reach.load,
    }
    if img_format not in loaders:
        raise AssertionError(f"img_format must be one of {', '.join(loaders)}, but it is {img_format!r}.")
    load = loaders[img_format]
    if isinstance(prompt, str):
        return split(prompt, load)
    if not isinstance(prompt, list):
        raise ValueError(f"prompt must be str or list, but got {type(prompt)}")
    parts: list[Part] = []
    for part in prompt:
        is_text = isinstance(part, Mapping) and part.get("type") == "text"
        parts += split(part["text"], load) if is_text else [part]
    return parts


def llava_formatter(
    prompt: str,
    order_image_tokens: bool = False,
    *,
    allow_private_addresses: Allowed = True,
    allow_local_files: AllowedFiles = None,
) -> tuple[str, list[str]]:
    """Take the pictures out of a prompt, as LLaVA wants them.

    Args:
        prompt: a text with ``<img …>`` tags.
        order_image_tokens: whether the places of the pictures are numbered: ``<image 0>``, ``<image 1>``.
        allow_private_addresses: as for `gpt4v_formatter`.
        allow_local_files: as for `gpt4v_formatter`.

    Returns:
        The text, with ``<image>`` where a picture was, and the pictures in base 64. A tag whose picture cannot be
        loaded is left out, and a printed line says why.
    """
    reach = Reach(allow_private_addresses, allow_local_files)
    text, place = "", 0
    images: list[str] = []
    for tag in parse_tags_from_content("img", prompt):
        text += prompt[place : tag["match"].start()]
        place = tag["match"].end()
        picture = shown(tag["attr"].get("src", ""), reach.load)
        if picture is not None:
            text += f"<image {len(images)}>" if order_image_tokens else "<image>"
            images.append(base64.b64encode(encoded(picture)).decode("ascii"))
    return text + prompt[place:], images


def extract_img_paths(paragraph: str) -> list[str]:
    """Find the addresses and paths of pictures in a text.

    Args:
        paragraph: the text.

    Returns:
        What ends in jpg, jpeg, png, gif or bmp, in the order of the text.
    """
    return paths_in(paragraph)


def message_formatter_pil_to_b64(messages: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Write the pictures in messages as a request can carry them.

    Args:
        messages: messages, some of them with parts. A picture may be a PIL image, a file, an address or a data URI.

    Returns:
        New messages: addresses and data URIs stay as they are, all others become data URIs.

    Raises:
        UnusableImageError: a picture cannot be read.
    """
    return as_sendable(messages, pil_to_data_uri)


def num_tokens_from_gpt_image(
    image_data: Picture,
    model: str = "gpt-4-vision",
    low_quality: bool = False,
    *,
    allow_private_addresses: Allowed = True,
) -> int:
    """Count what a picture costs at OpenAI.

    Args:
        image_data: as for `get_pil_image`.
        model: a model of OpenAI, such as ``"gpt-4o"`` or ``"gpt-4o-mini"``.
        low_quality: whether the picture is sent with ``"detail": "low"``.
        allow_private_addresses: as for `get_pil_image`.

    Returns:
        The number of tokens.

    Raises:
        ValueError: the model is not known, or (as `UnusableImageError`) the picture cannot be read.
        FetchError: as for `get_pil_image`.
    """
    return tokens_of(*loaded(image_data, AddressFence(allow_private_addresses)).size, model, low_quality)
