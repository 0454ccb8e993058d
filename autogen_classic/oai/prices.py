"""The one price table: what a model costs per 1,000 tokens.

In US dollars, standard tier, as of 2025-08, without discounts for cached input or batches. What counts is the price
page of the provider (openai.com/api/pricing, azure.microsoft.com/pricing/details/cognitive-services/openai-service);
these figures were entered by hand. Those of gpt-5, gpt-4o, gpt-4o-mini, o1 and gpt-3.5-turbo agreed with price lists
published in 2026; the others have not been checked against a page.

A price in a configuration, ``"price": [prompt_price, completion_price]``, goes before this table.
"""

from __future__ import annotations

__all__ = ("OAI_PRICE1K", "PRICES_DATED", "Price", "cost_of", "price_of")

Price = float | tuple[float, float]

PRICES_DATED = "2025-08"

OAI_PRICE1K: dict[str, Price] = {
    # GPT-5
    "gpt-5": (0.00125, 0.01),
    "gpt-5-mini": (0.00025, 0.002),
    "gpt-5-nano": (0.00005, 0.0004),
    "gpt-5-chat-latest": (0.00125, 0.01),
    # GPT-4.1
    "gpt-4.1": (0.002, 0.008),
    "gpt-4.1-mini": (0.0004, 0.0016),
    "gpt-4.1-nano": (0.0001, 0.0004),
    # reasoning models
    "o1": (0.015, 0.06),
    "o1-preview": (0.015, 0.06),
    "o1-mini": (0.0011, 0.0044),
    "o1-pro": (0.15, 0.6),
    "o3": (0.002, 0.008),
    "o3-mini": (0.0011, 0.0044),
    "o3-pro": (0.02, 0.08),
    "o4-mini": (0.0011, 0.0044),
    # GPT-4o
    "gpt-4o": (0.0025, 0.01),
    "gpt-4o-2024-05-13": (0.005, 0.015),
    "gpt-4o-2024-08-06": (0.0025, 0.01),
    "gpt-4o-mini": (0.00015, 0.0006),
    "gpt-4o-mini-2024-07-18": (0.00015, 0.0006),
    "chatgpt-4o-latest": (0.005, 0.015),
    # GPT-4 turbo
    "gpt-4-turbo": (0.01, 0.03),
    "gpt-4-turbo-2024-04-09": (0.01, 0.03),
    "gpt-4-turbo-preview": (0.01, 0.03),
    "gpt-4-0125-preview": (0.01, 0.03),
    "gpt-4-1106-preview": (0.01, 0.03),
    "gpt-4-1106-vision-preview": (0.01, 0.03),
    # GPT-4
    "gpt-4": (0.03, 0.06),
    "gpt-4-0314": (0.03, 0.06),
    "gpt-4-0613": (0.03, 0.06),
    "gpt-4-32k": (0.06, 0.12),
    "gpt-4-32k-0314": (0.06, 0.12),
    "gpt-4-32k-0613": (0.06, 0.12),
    # GPT-3.5 turbo
    "gpt-3.5-turbo": (0.0005, 0.0015),
    "gpt-3.5-turbo-0125": (0.0005, 0.0015),
    "gpt-3.5-turbo-1106": (0.001, 0.002),
    "gpt-3.5-turbo-0613": (0.0015, 0.002),
    "gpt-3.5-turbo-0301": (0.0015, 0.002),
    "gpt-3.5-turbo-16k": (0.003, 0.004),
    "gpt-3.5-turbo-16k-0613": (0.003, 0.004),
    "gpt-3.5-turbo-instruct": (0.0015, 0.002),
    # the names of the same models on Azure
    "gpt-35-turbo": (0.0005, 0.0015),
    "gpt-35-turbo-0125": (0.0005, 0.0015),
    "gpt-35-turbo-1106": (0.001, 0.002),
    "gpt-35-turbo-0613": (0.0015, 0.002),
    "gpt-35-turbo-0301": (0.0015, 0.002),
    "gpt-35-turbo-16k": (0.003, 0.004),
    "gpt-35-turbo-16k-0613": (0.003, 0.004),
    "gpt-35-turbo-instruct": (0.0015, 0.002),
    "gpt-41": (0.002, 0.008),
    "gpt-41-mini": (0.0004, 0.0016),
    "gpt-41-nano": (0.0001, 0.0004),
    # base models
    "babbage-002": 0.0004,
    "davinci-002": 0.002,
    # retired completion models
    "text-ada-001": 0.0004,
    "text-babbage-001": 0.0005,
    "text-curie-001": 0.002,
    "code-cushman-001": 0.024,
    "code-davinci-002": 0.1,
    "text-davinci-002": 0.02,
    "text-davinci-003": 0.02,
}

_DATE_LENGTH = len("-2025-04-14")


def price_of(model: str) -> Price | None:
    """Look up the price of a model.

    A snapshot that is not in the table, such as ``gpt-4.1-2025-04-14``, costs what the model without the date does.

    Args:
        model: a model name as the provider returns it.

    Returns:
        US dollars per 1,000 tokens, as ``(prompt, completion)`` or one number for both; None when unknown.
    """
    if model in OAI_PRICE1K:
        return OAI_PRICE1K[model]
    name, date = model[:-_DATE_LENGTH], model[-_DATE_LENGTH:]
    if date.startswith("-20") and date.replace("-", "").isdigit():
        return OAI_PRICE1K.get(name)
    return None


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
