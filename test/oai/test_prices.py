"""One table of prices for all providers: dated, with its sources, and open to additions."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autogen_classic.oai import client, openai_utils, prices
from autogen_classic.oai.prices import (
    OAI_PRICE1K,
    PriceFileError,
    cost_of,
    load_prices,
    price_of,
    price_sources,
    prices_of,
)

PROVIDERS = [
    "anthropic",
    "bedrock",
    "cerebras",
    "cohere",
    "deepseek",
    "gemini",
    "groq",
    "mistral",
    "openai",
    "together",
]
ROOT = Path(prices.__file__).parents[2]


@pytest.fixture(autouse=True)
def table_as_before() -> Any:
    """Take back what a test adds; the dicts of the table stay the same objects."""
    before, sources = copy.deepcopy(prices._prices), list(prices._sources)
    yield
    for provider, content in prices._prices.items():
        content.clear()
        content.update(before.get(provider, {}))
    prices._sources[:] = sources


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_has_prices_with_a_source_and_a_date(provider: str) -> None:
    sources = [source for source in price_sources() if source.provider == provider]
    assert {model for source in sources for model in source.models} == set(prices_of(provider)) != set()
    assert all(source.source.startswith("https://") and source.read >= "2025-08" for source in sources)


def test_no_model_stands_in_the_table_twice() -> None:
    twice = [
        (provider, model)
        for provider in PROVIDERS
        for model in prices_of(provider)
        if [model in source.models for source in price_sources() if source.provider == provider].count(True) > 1
    ]
    assert twice == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_never_costs_less_than_a_question(provider: str) -> None:
    pairs = [price for price in prices_of(provider).values() if isinstance(price, tuple)]
    assert all(0 < prompt <= completion < 1 for prompt, completion in pairs)


@pytest.mark.parametrize(
    ("model", "provider", "price"),
    [
        ("gpt-4o", "openai", (0.0025, 0.01)),
        ("gpt-4o-2024-05-13", "openai", (0.005, 0.015)),
        ("gpt-4.1-2025-04-14", "openai", (0.002, 0.008)),
        ("gpt-35-turbo", "azure", (0.0005, 0.0015)),
        ("claude-sonnet-4-5-20250929", "anthropic", (0.003, 0.015)),
        ("claude-sonnet-4-5@20250929", "anthropic", (0.003, 0.015)),
        ("claude-3-7-sonnet-latest", "anthropic", (0.003, 0.015)),
        ("models/gemini-2.5-pro", "gemini", (0.00125, 0.01)),
        ("gemini-2.5-pro", "google", (0.00125, 0.01)),
        ("us.amazon.nova-pro-v1:0", "bedrock", (0.0008, 0.0032)),
        ("mistral-large-latest", "mistral", (0.002, 0.006)),
        ("meta-llama/Llama-3.3-70B-Instruct-Turbo", "together", (0.00088, 0.00088)),
        ("anything", "ollama", 0.0),
        ("anything", "local", 0.0),
        ("gpt-4o", "anthropic", None),
        ("gpt-9", "openai", None),
        ("gpt-4.1-something", "openai", None),
    ],
)
def test_a_price_is_found_by_the_name_that_a_provider_returns(model: str, provider: str, price: Any) -> None:
    assert price_of(model, provider) == price


def test_the_constants_of_0_2_are_the_table_itself() -> None:
    assert OAI_PRICE1K is client.OAI_PRICE1K is openai_utils.OAI_PRICE1K is prices_of("openai")
    OAI_PRICE1K["my-model"] = (1, 2)
    assert price_of("my-model") == (1, 2)


def test_a_file_adds_prices_and_replaces_others(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(
        json.dumps(
            {
                "openai": {"usd_per_million_tokens": {"gpt-4o": [100, 200], "flat": 3}},
                "mine": {"usd_per_thousand_tokens": {"m": [0.1, 0.2]}},
            }
        )
    )
    load_prices(file)
    assert (price_of("gpt-4o"), price_of("flat"), price_of("m", "mine")) == ((0.1, 0.2), 0.003, (0.1, 0.2))
    assert price_of("gpt-4o-mini") == (0.00015, 0.0006)
    assert [source.source for source in price_sources()][-2:] == [str(file)] * 2


@pytest.mark.parametrize(
    "content",
    [
        "{broken",
        "[]",
        '{"openai": {"gpt-4o": [1, 2]}}',
        '{"openai": {"usd_per_million_tokens": {"m": "1"}}}',
        '{"openai": {"usd_per_million_tokens": {"m": [1, 2, 3]}}}',
        '{"openai": {"usd_per_million_tokens": {"m": [-1, 2]}}}',
        '{"openai": {"usd_per_million_tokens": {"m": true}}}',
    ],
)
def test_a_file_of_another_form_is_refused_and_changes_nothing(content: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(content)
    before = copy.deepcopy(prices._prices)
    with pytest.raises(PriceFileError, match="prices.json"):
        load_prices(file)
    assert prices._prices == before


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PriceFileError, match="nowhere.json"):
        load_prices(tmp_path / "nowhere.json")


@pytest.mark.parametrize("exists", [True, False])
def test_the_environment_may_name_a_file(exists: bool, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    if exists:
        file.write_text('{"openai": {"usd_per_million_tokens": {"m": [1000, 2000]}}}')
    code = "from autogen_classic.oai.prices import price_of; print(price_of('m'))"
    environment = {**os.environ, "AUTOGEN_CLASSIC_PRICES": str(file), "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert ("(1.0, 2.0)" in run.stdout) is exists
    assert ("PriceFileError" in run.stderr) is not exists


def test_a_cost_is_counted_from_either_form_of_a_price() -> None:
    assert cost_of(0.5, 1000, 1000) == 1.0
    assert cost_of([0.5, 1], 1000, None) == 0.5
    with pytest.raises(ValueError, match="cannot be used"):
        cost_of([1, 2, 3], 1, 1)
