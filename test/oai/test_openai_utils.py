from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic.oai import openai_utils as utils

CONFIGS = [
    {"model": "a", "tags": ["x", "y"]},
    {"model": "b", "tags": []},
    {"model": "c"},
    {"model": "a", "tags": ["z"]},
]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"model": ["a"]}, [0, 3]),
        ({"model": "a"}, [0, 3]),
        ({"tags": ["x", "z"]}, [0, 3]),
        ({"model": ["a"], "tags": ["z"]}, [3]),
        ({"model": {"b", "c"}}, [1, 2]),
        ({"tags": [None]}, []),
        ({"unheard": ["of"]}, []),
        ({}, [0, 1, 2, 3]),
    ],
)
def test_a_filter_keeps_what_has_an_accepted_value(wanted: dict[str, Any], numbers: list[int]) -> None:
    assert utils.filter_config(CONFIGS, wanted) == [CONFIGS[number] for number in numbers]


values = st.one_of(st.none(), st.text("abc", max_size=1), st.lists(st.text("abc", max_size=1), max_size=3))
configs = st.lists(st.dictionaries(st.sampled_from(["model", "tags", "x"]), values, max_size=3), max_size=5)
filters = st.dictionaries(
    st.sampled_from(["model", "tags"]), st.lists(st.text("abc", max_size=1)), min_size=1, max_size=2
)


@given(configs, filters)
def test_filtering_and_excluding_divide_a_list(config_list: list[Any], wanted: dict[str, Any]) -> None:
    kept = [id(one) for one in utils.filter_config(config_list, wanted)]
    left = [id(one) for one in utils.filter_config(config_list, wanted, exclude=True)]
    assert sorted(kept + left) == sorted(id(one) for one in config_list)


def test_get_key_is_sorted_and_without_credentials() -> None:
    config = {"b": 1, "a": None, "api_key": "k", "base_url": "u"}
    assert utils.get_key(config) == '{"a": null, "b": 1}'
    assert "api_key" in config


def test_a_list_comes_from_the_environment_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "OAI_CONFIG_LIST").write_text('[{"model": "file"}]')
    assert utils.config_list_from_json("OAI_CONFIG_LIST", str(tmp_path)) == [{"model": "file"}]
    monkeypatch.setenv("OAI_CONFIG_LIST", '[{"model": "environment"}]')
    assert utils.config_list_from_json("OAI_CONFIG_LIST", str(tmp_path)) == [{"model": "environment"}]


def test_the_variable_may_hold_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my.json").write_text('\ufeff[{"model": "a"}, {"model": "b"}]', encoding="utf-8")
    monkeypatch.setenv("OAI_CONFIG_LIST", str(tmp_path / "my.json"))
    assert utils.config_list_from_json("OAI_CONFIG_LIST", filter_dict={"model": ["b"]}) == [{"model": "b"}]


def test_a_missing_list_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match="OAI_CONFIG_LIST_sample"):
        utils.config_list_from_json("OAI_CONFIG_LIST")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ('[\n// mine\n{"model": "a", "api_key": "sk-secret"}]', "comments.*line 2"),
        ('[{"model": "a", "base_url": "http://x"} # mine\n]', "comments.*line 1"),
        ('[\n{"model": "a"},\n]', "comma after the last item.*line 2"),
        ('[{"model": "a",}]', "comma after the last item.*line 1"),
        ("[{'model': 'a'}]", "double quotes"),
        ('[{"model" "a"}]', "line 1, column 11"),
    ],
)
def test_broken_json_is_explained(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "list.json").write_text(text)
    with pytest.raises(json.JSONDecodeError, match=says) as caught:
        utils.config_list_from_json("list.json", str(tmp_path))
    assert "list.json" in str(caught.value)
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"), [('{"model": "a"}', "square brackets"), ("[1]", "Entry 0"), ("3", "a number")]
)
def test_json_that_is_no_list_of_configurations_cannot_be_filtered(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "list.json").write_text(text)
    with pytest.raises(TypeError, match=says):
        utils.config_list_from_json("list.json", str(tmp_path), {"model": ["a"]})


def test_keys_and_addresses_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "one")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "two\nthree")
    monkeypatch.setenv("AZURE_OPENAI_API_BASE", "u\nv")
    azure = {"api_type": "azure", "api_version": utils.DEFAULT_AZURE_API_VERSION}
    assert utils.config_list_openai_aoai() == [
        {"api_key": "one"},
        {"api_key": "two", "base_url": "u", **azure},
        {"api_key": "three", "base_url": "v", **azure},
    ]
    assert utils.config_list_gpt4_gpt35(exclude="aoai") == [
        {"api_key": "one", "model": "gpt-4"},
        {"api_key": "one", "model": "gpt-3.5-turbo"},
    ]


def test_there_must_be_as_many_addresses_as_keys() -> None:
    with pytest.raises(AssertionError, match="length of api_keys"):
        utils.get_config_list(["a", "b"], ["u"])


def test_blank_keys_are_passed_over() -> None:
    assert utils.get_config_list(["a", "", " "]) == [{"api_key": "a"}]


def test_a_dotenv_file_gives_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("B_KEY", "")
    monkeypatch.delenv("B_KEY")
    (tmp_path / ".env").write_text('# keys\nexport OPENAI_API_KEY="one"\nB_KEY=two # mine\n')
    found = utils.config_list_from_dotenv(model_api_key_map={"b": {"api_key_env_var": "B_KEY", "base_url": "u"}})
    assert found == [
        {"api_key": "two", "base_url": "u", "model": "b"},
        {"api_key": "one", "model": "gpt-4"},
        {"api_key": "one", "model": "gpt-3.5-turbo"},
    ]
