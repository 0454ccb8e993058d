from __future__ import annotations

import copy
import json
import pickle
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
    with pytest.raises(FileNotFoundError, match="Write your list into it, such as"):
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
    ("text", "says"), [('{"model": "a"}', "square brackets"), ("[1]", r"Entry \[0\]"), ("3", "a number")]
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
    with pytest.raises(AssertionError) as error:
        utils.get_config_list(["a", "b"], ["u"])
    assert str(error.value) == "The length of api_keys must match the length of base_urls"


KEY, PLACE = "OPENAI_API_KEY", "OPENAI_API_BASE"
KEY_FILE, PLACE_FILE = "key_openai.txt", "base_openai.txt"


@pytest.mark.parametrize("azure", [False, True])
@pytest.mark.parametrize(
    ("variables", "files", "entry"),
    [
        ((KEY, PLACE), (KEY_FILE, PLACE_FILE), ("file", "http://file")),
        ((KEY,), (KEY_FILE, PLACE_FILE), ("file", "http://file")),
        ((PLACE,), (KEY_FILE, PLACE_FILE), ("file", "http://file")),
        ((), (KEY_FILE, PLACE_FILE), ("file", "http://file")),
        ((KEY, PLACE), (KEY_FILE,), ("file", "http://variable")),
        ((KEY, PLACE), (PLACE_FILE,), ("variable", "http://file")),
        ((KEY, PLACE), (), ("variable", "http://variable")),
        ((KEY,), (KEY_FILE,), ("file", None)),
        ((PLACE,), (), None),
        ((), (PLACE_FILE,), None),
        ((PLACE,), (PLACE_FILE,), None),
    ],
)
def test_what_stands_in_a_file_goes_before_its_variable(
    variables: tuple[str, ...],
    files: tuple[str, ...],
    entry: tuple[str, str | None] | None,
    azure: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in (KEY, PLACE, f"AZURE_{KEY}", f"AZURE_{PLACE}"):
        monkeypatch.setenv(variable, "")  # so that what is set here does not last
        monkeypatch.delenv(variable)
    for variable in variables:
        monkeypatch.setenv(
            f"AZURE_{variable}" if azure else variable, "variable" if variable == KEY else "http://variable"
        )
    for file in files:
        path = tmp_path / (file.replace("openai", "aoai") if azure else file)
        path.write_text("file\n" if file == KEY_FILE else "http://file\n", encoding="utf-8")

    found = utils.config_list_openai_aoai(str(tmp_path))

    assert [(one["api_key"], one.get("base_url")) for one in found] == ([entry] if entry else [])


@pytest.mark.parametrize(
    "make", [utils.config_list_from_models, utils.config_list_openai_aoai, utils.config_list_gpt4_gpt35]
)
def test_a_list_of_models_in_the_place_of_the_directory_is_passed_over(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in (KEY, PLACE, f"AZURE_{KEY}", f"AZURE_{PLACE}"):
        monkeypatch.delenv(variable, raising=False)
    assert make(["gpt-4"]) == []
    monkeypatch.setenv(KEY, "k")
    assert all(entry["api_key"] == "k" for entry in make(["gpt-4"]))
    assert utils.config_list_from_models(["gpt-4"]) == [{"api_key": "k"}]


def test_a_filter_that_leaves_nothing_says_what_was_asked_for_and_what_there_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    entries = [{"model": "gpt-4o", "api_key": "sk-secret", "tags": ["a", "b"]}, {"model": "o3", "tags": ["b"]}]
    (tmp_path / "LIST").write_text(json.dumps(entries), encoding="utf-8")

    assert utils.config_list_from_json("LIST", str(tmp_path), {"model": ["gpt-4"]}) == []
    assert utils.filter_config(entries, {"tags": ["c"], "api_key": ["sk-other"]}) == []
    assert utils.filter_config(entries, {"model": ["gpt-4o", "o3"]}, exclude=True) == []

    first, second, third = caplog.messages
    assert "{'model': ['gpt-4']} fits no entry of the file" in first
    assert "There: model: gpt-4o, o3." in first
    assert "There: model: gpt-4o, o3; tags: a, b." in second
    assert "sk-" not in caplog.text
    assert "gpt-4o" in third


def test_a_filter_on_an_empty_list_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert utils.filter_config([], {"model": ["gpt-4"]}) == []
    assert caplog.messages == []


def test_an_emptied_list_is_a_list_like_any_other() -> None:
    emptied = utils.filter_config([{"model": "gpt-4o"}], {"model": ["gpt-4"]})

    assert json.dumps(emptied) == "[]"
    assert copy.deepcopy(emptied) == pickle.loads(pickle.dumps(emptied)) == [*emptied] == []


def test_keys_that_are_still_placeholders_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    entries = [
        {"model": "gpt-4o", "api_key": "<your OpenAI API key>"},
        {"model": "o3", "api_key": "sk-0123456789"},
        {"model": "local", "api_key": "not-needed"},
        {"model": "gpt-4", "api_key": "sk-..."},
    ]
    (tmp_path / "LIST").write_text(json.dumps(entries), encoding="utf-8")

    assert utils.config_list_from_json("LIST", str(tmp_path), {"model": ["o3"]}) == entries[1:2]
    assert caplog.messages == []
    assert utils.config_list_from_json("LIST", str(tmp_path)) == entries
    (message,) = caplog.messages
    assert message.endswith("has a placeholder in the place of a key for: gpt-4o, gpt-4.")


def test_blank_keys_are_passed_over() -> None:
    assert utils.get_config_list(["a", "", " "]) == [{"api_key": "a"}]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("K=sk-1", "sk-1"),
        ("K='sk-1'", "sk-1"),
        ('K="sk-1" # note', "sk-1"),
        ("K=sk-1 # note", "sk-1"),
        ("K='sk#1'", "sk#1"),
        ("export K=sk-1", "sk-1"),
        ("export\tK=sk-1", "sk-1"),
        ("K = sk-1", "sk-1"),
        ("K=old\nK=new", "new"),
        ("X=sk\nK=${X}-1", "sk-1"),
        ('K="two\nlines"', "two\nlines"),
        ('K="tab\\tend"', "tab\tend"),
        ("\ufeffK=sk-1", "sk-1"),
        ("# K=no\nK=sk-1", "sk-1"),
    ],
)
def test_a_dotenv_file_is_read_as_python_dotenv_reads_it(
    line: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("K", "X", "OPENAI_API_KEY"):
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    (tmp_path / ".env").write_text(line, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert utils.config_list_from_dotenv(model_api_key_map={"m": "K"}) == [{"api_key": value, "model": "m"}]


def test_a_variable_that_is_set_goes_before_the_dotenv_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("K", "set")
    (tmp_path / "my.env").write_text("K=file", encoding="utf-8")

    found = utils.config_list_from_dotenv(str(tmp_path / "my.env"), {"m": "K"})

    assert found == [{"api_key": "set", "model": "m"}]


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
