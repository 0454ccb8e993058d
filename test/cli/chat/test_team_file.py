"""A team in a YAML file: what it may say, and what it is told when it says something else."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic.cli._chat.team_file import SCHEMA_FILE, TEMPLATE_FILE, read_team, team_of
from autogen_classic.errors import TeamFileError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "team.yaml"


def fault_of(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TeamFileError) as caught:
        read_team(file)
    return str(caught.value).replace(str(file), "FILE")


def test_the_team_that_init_writes_can_be_read() -> None:
    team = read_team(TEMPLATE_FILE)
    assert [member.name for member in team.agents] == ["author", "critic"]
    assert team_of(json.loads(json.dumps(team.as_data())), "again") == team


def test_the_team_that_init_writes_names_every_key_of_the_schema() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    template = TEMPLATE_FILE.read_text(encoding="utf-8")
    keys = [*schema["properties"], *schema["$defs"]["agent"]["properties"]]
    assert [key for key in keys if f"{key}:" not in template] == []


def test_the_website_publishes_the_schema() -> None:
    published = (ROOT / "website" / "docs" / "team.schema.json").read_text(encoding="utf-8")
    assert published == SCHEMA_FILE.read_text(encoding="utf-8"), (
        "write it again: autogen-classic chat --schema > website/docs/team.schema.json"
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "FILE is empty. `autogen-classic chat --init` writes one"),
        ("agents: []", "agents: must not be empty"),
        ("- a", "  the whole file: must be a mapping of keys to values, not a list"),
        ("agent: 1\nagents:\n  - name: x", "there is no key 'agent'. Did you mean 'agents'?"),
        (
            "agents: [{name: x, model: {model: m, base_url: localhost}}]",
            "'localhost' does not fit. It takes the http:// or https:// address of a server",
        ),
        (
            "agents:\n  - name: x\n    sistem_message: y",
            "agents[0]: there is no key 'sistem_message'. Did you mean 'system_",
        ),
        ("agents:\n  - description: x", "agents[0]: name must be given"),
        ("agents:\n  - name: no", "agents[0].name: must be a text, not false (put words such as yes, no"),
        ("agents:\n  - name: a b", "'a b' does not fit. It takes a-z, A-Z, digits, _ and -."),
        ("agents:\n  - name: Zo\u00eb", "'Zo\u00eb' does not fit. It takes a-z, A-Z, digits, _ and -."),
        ("agents: [{name: chat_manager}]", "no agent may be called 'chat_manager'"),
        ("agents: [{name: checking_agent}]", "no agent may be called 'checking_agent'"),
        ("agents: [{name: x, model: {model: m, price: [1]}}]", "agents[0].model.price: [1] is too short"),
        ("agents:\n  - name: x\n    system_message: Note: be kind", "line 3 is not YAML (mapping values are not"),
        ("agents:\n  - name: x\n    system_message: Note: be kind", "put the text into quotes"),
        ("agents:\n  - name: x\n   model: y", "Look at the indentation of this line"),
        ("agents:\n  - name: x\n speakers: auto", "Look at the indentation of this line"),
        ("agents:\n  - name: x\n  - name: x", "two agents are called 'x'"),
        ("agents:\n  - name: user", "no agent may be called 'user'"),
        ("agents:\n  - name: x\n    name: y", "FILE, line 3: 'name' is given twice"),
        ("agents:\n\t- name: x", "FILE, line 2 is indented with a tab"),
        ("agents:\n  - name: x\n\t  model: y", "FILE, line 3 is indented with a tab"),
        ("agents:\n  - name:\tx", "FILE, line 2 has a tab before a value"),
        ("agents: {]", "FILE, line 1 is not YAML"),
        ("agents: &a [*a]", "FILE, line 1: aliases (*name) are not taken"),
        (
            "agents: [{name: x}]\nspeakers: roundrobin",
            "speakers: must be one of auto, round_robin, random, not 'roundr",
        ),
        ("agents: [{name: x}]\nmax_rounds: many", "max_rounds: must be a whole number, not 'many'"),
        ("agents: [{name: x}]\ncode: local", "code: must be one of none, ask, docker"),
        ("agents: [{name: x}, {name: y}]\ncode: ask", "`code: ask` needs a team of one agent, but this one has 2"),
        (
            "agents: [{name: x, model: {model: m, api_key: k}}]",
            "no key 'api_key'. Keys do not belong in a team file: put",
        ),
        ("[" * 5000, "FILE is nested too deeply"),
    ],
)
def test_a_fault_is_named_with_its_place(file: Path, text: str, fault: str) -> None:
    assert fault in fault_of(file, text)


def test_a_file_that_is_not_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00agents")
    with pytest.raises(TeamFileError, match="is not UTF-8 text"):
        read_team(file)


def test_a_huge_file_is_refused(file: Path) -> None:
    file.write_bytes(b"# " + b"x" * 1_000_000)
    with pytest.raises(TeamFileError, match="too large for a team"):
        read_team(file)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_stands_in_a_file_is_a_team_or_gets_a_word(data: object) -> None:
    with suppress(TeamFileError):
        assert team_of({"agents": data} if isinstance(data, list) else data, "FILE").agents
