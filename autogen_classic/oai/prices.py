"""What a model costs: one table for all providers, dated and with its sources.

The figures are in ``prices.json`` beside this file: US dollars per million tokens, as price pages give them, standard
tier, without discounts for cached input or batches. Each group there says on which page and day it was read, and
whether it was checked. Here they are per 1,000 tokens, as AutoGen 0.2 has always had them.

A price in a configuration, ``"price": [prompt_price, completion_price]`` per 1,000 tokens, overrides this table. A
file of yours, named by the environment variable AUTOGEN_CLASSIC_PRICES or given to `load_prices`, adds to it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeGuard

from ..errors import PriceFileError
from ._specs import spec_of

__all__ = (
    "OAI_PRICE1K",
    "Price",
    "PriceFileError",
    "PriceSource",
    "cost_at",
    "cost_of",
    "load_prices",
    "picture_prices",
    "price_of",
    "price_of_picture",
    "price_sources",
    "prices_of",
)

Price = float | tuple[float, float]

PRICES_FILE_VARIABLE = "AUTOGEN_CLASSIC_PRICES"
_UNITS = {"usd_per_million_tokens": 1000, "usd_per_thousand_tokens": 1, "usd_per_picture": 1}
_PICTURES = "openai pictures"
_DIGITS = 12  # enough for every price per 1,000 tokens, and few enough to hide what a division leaves behind

# Endings that say which snapshot of a model answered: -2025-04-14, -20250929, @20250929, -latest.
_SNAPSHOT = re.compile(r"(-20\d\d-\d\d-\d\d|[-@]20\d{6}|-latest)$")
# The regions that a model of Bedrock may be asked through.
_BEDROCK_REGION = re.compile(r"^(us|us-gov|eu|apac|ap|jp|au|ca|sa|global)\.")


class PriceSource(NamedTuple):
    """Where prices come from.

    Attributes:
        provider: the section of the table.
        source: a page, or the path of a file.
        read: the day on which it was read, as ``YYYY-MM-DD`` or ``YYYY-MM``; empty for a file of the user's.
        checked: whether each figure was compared with that source then; otherwise it was entered from memory.
        models: the models it prices.
    """

    provider: str
    source: str
    read: str
    checked: bool
    models: tuple[str, ...]


_prices: dict[str, dict[str, Price]] = {"openai": {}}
_sources: list[PriceSource] = []


def prices_of(provider: str) -> dict[str, Price]:
    """Return the prices of one provider.

    Args:
        provider: a section of the table: openai (Azure as well), anthropic, bedrock, cerebras, cohere, deepseek,
            gemini, groq, mistral, together.

    Returns:
        US dollars per 1,000 tokens by model. This is the table itself: what a program sets in it counts from then on,
        and what `load_prices` reads appears in it.
    """
    spec = spec_of(provider)
    return _prices.setdefault(provider.lower() if spec is None else spec.prices or spec.name, {})


def price_of(model: str, provider: str = "openai") -> Price | None:
    """Look up the price of a model.

    A snapshot that is not in the table, such as ``gpt-4.1-2025-04-14``, costs what the model without the date does.

    Args:
        model: a model name as the provider returns it.
        provider: who runs it, as ``api_type`` names it; ``"ollama"`` and ``"local"`` cost nothing.

    Returns:
        US dollars per 1,000 tokens, as ``(prompt, completion)`` or one number for both; None when unknown.
    """
    spec = spec_of(provider)
    if spec is not None and spec.prices is None:
        return 0.0
    prices = prices_of(provider)
    for name in _spellings(model):
        if name in prices:
            return prices[name]
    return None


def price_of_picture(model: str, quality: str, size: str) -> float | None:
    """Look up what a picture costs that OpenAI draws, where pictures have a price.

    A file of prices gives them in a section ``"openai pictures"`` as ``"usd_per_picture"``, by names such as
    ``"dall-e-3 hd 1024x1024"``.

    Args:
        model: such as ``"dall-e-3"``; what newer models draw costs what its tokens cost, where they are known.
        quality: ``"standard"`` or ``"hd"``; for newer models ``"low"``, ``"medium"`` or ``"high"``.
        size: width and height in pixels, as in ``"1024x1024"``.

    Returns:
        US dollars, or None when unknown.
    """
    price = prices_of(_PICTURES).get(f"{model} {quality} {size}")
    return price if isinstance(price, float) else None


def picture_prices() -> dict[str, dict[str, dict[str, float]]]:
    """Return what pictures cost that OpenAI draws, in US dollars by model, quality and size."""
    table: dict[str, dict[str, dict[str, float]]] = {}
    for name, price in prices_of(_PICTURES).items():
        if isinstance(price, float):
            model, quality, size = name.split()
            table.setdefault(model, {}).setdefault(quality, {})[size] = price
    return table


@lru_cache(maxsize=1000)  # answer after answer comes from the same few models
def _spellings(model: str) -> tuple[str, ...]:
    """The names under which a model may be in the table, the most exact one first."""
    bare = _BEDROCK_REGION.sub("", model.rpartition("/")[2] if model.startswith("models/") else model)
    return (model, _SNAPSHOT.sub("", model), bare, _SNAPSHOT.sub("", bare))


def cost_of(price: Price | list[float], prompt_tokens: int | None, completion_tokens: int | None) -> float:
    """Work out what a request costs.

    Args:
        price: US dollars per 1,000 tokens: one number, or a pair ``(prompt, completion)``.
        prompt_tokens: how many tokens were sent; None counts as 0.
        completion_tokens: how many tokens came back; None counts as 0.

    Returns:
        The cost in US dollars.

    Raises:
        ValueError: the price is neither a number nor a pair of numbers.
    """
    sent, received = prompt_tokens or 0, completion_tokens or 0
    if isinstance(price, (int, float)):
        return price * (sent + received) / 1000
    try:
        prompt_price, completion_price = price
        return (prompt_price * sent + completion_price * received) / 1000
    except (TypeError, ValueError):
        raise ValueError(
            f"The price {price!r} cannot be used. Give the price per 1,000 tokens as a number, or as a pair: "
            '"price": [prompt_price, completion_price].'
        ) from None


def cost_at(response: object, price: Price | list[float]) -> float:
    """Return what an answer costs at a price.

    Args:
        response: the answer, with its ``usage``.
        price: US dollars per 1,000 tokens: one number, or a pair ``(prompt, completion)``.

    Returns:
        US dollars; 0 if the usage is not known.
    """
    usage = getattr(response, "usage", None)
    return 0.0 if usage is None else cost_of(price, usage.prompt_tokens, usage.completion_tokens)


def price_sources() -> tuple[PriceSource, ...]:
    """Say where the prices of the table come from, with the user's own files last."""
    return tuple(_sources)


def load_prices(path: str | os.PathLike[str]) -> None:
    """Add the prices of a file to the table; they override those that are there.

    Args:
        path: a JSON file of the form ``{"openai": {"usd_per_million_tokens": {"my-model": [1.25, 10]}}}``. Instead,
            ``usd_per_thousand_tokens`` may be given; a single number is for prompt and completion alike.

    Raises:
        PriceFileError: the file cannot be read or has the wrong form. The table then stays as it was.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PriceFileError(f"The file of prices {os.fspath(path)!r} cannot be read: {error}") from error
    found = list(_groups(content, os.fspath(path)))
    for source, prices in found:
        prices_of(source.provider).update(prices)
        _sources.append(source)


def _groups(content: object, path: str) -> Iterator[tuple[PriceSource, dict[str, Price]]]:
    """The groups of prices in a file, each with where it comes from."""
    if not isinstance(content, Mapping):
        raise _misshapen(path, "it is not an object of providers")
    for provider, groups in content.items():
        for group in groups if isinstance(groups, list) else [groups]:
            unit = next((unit for unit in _UNITS if isinstance(group, Mapping) and unit in group), None)
            if unit is None or not isinstance(group[unit], Mapping):
                raise _misshapen(path, f"{provider!r} has no object {' or '.join(map(repr, _UNITS))}")
            prices = {
                model: _per_thousand(price, _UNITS[unit], f"{path}, {provider}, {model}")
                for model, price in group[unit].items()
            }
            source = PriceSource(
                provider, group.get("source", path), group.get("read", ""), group.get("checked", True), tuple(prices)
            )
            yield source, prices


def _per_thousand(price: object, divisor: int, where: str) -> Price:
    if _is_amount(price):
        return float(round(price / divisor, _DIGITS))
    if isinstance(price, list) and len(price) == 2 and all(map(_is_amount, price)):
        return round(price[0] / divisor, _DIGITS), round(price[1] / divisor, _DIGITS)
    raise _misshapen(where, f"the price {price!r} is neither a number from 0 on nor a pair of them")


def _is_amount(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")


def _misshapen(where: str, what: str) -> PriceFileError:
    return PriceFileError(
        f"Prices cannot be read from {where}: {what}. The form is "
        '{"openai": {"usd_per_million_tokens": {"my-model": [prompt_price, completion_price]}}}.'
    )


OAI_PRICE1K: dict[str, Price] = prices_of("openai")

load_prices(Path(__file__).with_name("prices.json"))
if os.environ.get(PRICES_FILE_VARIABLE):
    load_prices(os.environ[PRICES_FILE_VARIABLE])
