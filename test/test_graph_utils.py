"""Checks of speaker transitions, and their inversion."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic.graph_utils import (
    check_graph_validity,
    has_self_loops,
    invert_disallowed_to_allowed,
    visualize_speaker_transitions_dict,
)


class Speaker:
    """The least that counts as an agent."""

    def __init__(self, name: str) -> None:
        self.name = name

    def generate_reply(self, messages: Any = None, sender: Any = None) -> None: ...


ann, bob, cid = (Speaker(name) for name in ("ann", "bob", "cid"))
stranger = Speaker("stranger")


def warnings_about(transitions: dict[Any, list[Any]], agents: list[Any], caplog: pytest.LogCaptureFixture) -> list[str]:
    check_graph_validity(transitions, agents)
    return [record.getMessage() for record in caplog.records]


def test_a_sound_graph_passes_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings_about({ann: [bob], bob: [cid, ann]}, [ann, bob, cid], caplog) == []


@pytest.mark.parametrize("transitions", [None, [ann], "ann"])
def test_a_graph_has_to_be_a_dict(transitions: Any) -> None:
    with pytest.raises(ValueError, match="must be a dictionary"):
        check_graph_validity(transitions, [ann])


def test_followers_have_to_be_a_list() -> None:
    with pytest.raises(ValueError, match="lists as values; the value of 'ann' is of type tuple"):
        check_graph_validity({ann: (bob,)}, [ann, bob])  # type: ignore[dict-item]


def test_a_name_in_place_of_a_follower_is_refused() -> None:
    with pytest.raises(ValueError, match="'bob' may follow 'ann', but is not an agent"):
        check_graph_validity({ann: ["bob"]}, [ann, bob])


def test_a_stranger_as_a_key_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"keys not in agents: 'stranger'.*The group has: 'ann', 'bob'"):
        check_graph_validity({stranger: [ann]}, [ann, bob])


def test_a_stranger_as_a_follower_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    (text,) = warnings_about({ann: [bob, stranger]}, [ann, bob], caplog)
    assert "allowed_speaker_transitions do not match agents of the group: 'stranger'" in text


def test_an_agent_without_transitions_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    (text,) = warnings_about({ann: [bob], cid: []}, [ann, bob, cid], caplog)
    assert "isolated agents" in text
    assert "'cid'" in text


def test_a_repeated_follower_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    (text,) = warnings_about({ann: [bob, bob], bob: [ann]}, [ann, bob], caplog)
    assert "'ann' list some agents more than once: 'bob'" in text


def test_the_check_leaves_the_graph_as_it_was() -> None:
    transitions = {ann: [bob, bob], bob: [stranger]}
    check_graph_validity(transitions, [ann, bob])
    assert transitions == {ann: [bob, bob], bob: [stranger]}


@pytest.mark.parametrize(
    ("transitions", "loops"), [({}, False), ({ann: [bob], bob: [ann]}, False), ({ann: [bob], bob: [bob]}, True)]
)
def test_self_loops_are_found(transitions: dict[Any, list[Any]], loops: bool) -> None:
    assert has_self_loops(transitions) is loops


def test_inversion_allows_everything_that_is_not_forbidden() -> None:
    assert invert_disallowed_to_allowed({ann: [bob]}, [ann, bob, cid]) == {
        ann: [ann, cid],
        bob: [ann, bob, cid],
        cid: [ann, bob, cid],
    }


def test_inversion_refuses_a_stranger_as_a_key() -> None:
    with pytest.raises(ValueError, match="disallowed_speaker_transitions_dict has keys not in agents: 'stranger'"):
        invert_disallowed_to_allowed({stranger: [ann]}, [ann, bob])


def test_inversion_passes_over_a_stranger_as_a_follower() -> None:
    assert invert_disallowed_to_allowed({ann: [stranger]}, [ann]) == {ann: [ann]}


def test_inverted_lists_are_not_shared() -> None:
    allowed = invert_disallowed_to_allowed({}, [ann, bob])
    assert allowed[ann] is not allowed[bob]


@st.composite
def forbidden_transitions(draw: st.DrawFn) -> tuple[dict[Any, list[Any]], list[Any]]:
    agents = [Speaker(str(number)) for number in range(draw(st.integers(1, 6)))]
    some = st.lists(st.sampled_from(agents), unique=True)
    return draw(st.dictionaries(st.sampled_from(agents), some)), agents


@given(forbidden_transitions())
def test_each_transition_is_either_forbidden_or_allowed(graph: tuple[dict[Any, list[Any]], list[Any]]) -> None:
    forbidden, agents = graph
    allowed = invert_disallowed_to_allowed(forbidden, agents)
    for speaker in agents:
        for follower in agents:
            assert (follower in allowed[speaker]) is not (follower in forbidden.get(speaker, []))


@given(forbidden_transitions())
def test_inverting_twice_restores_the_transitions(graph: tuple[dict[Any, list[Any]], list[Any]]) -> None:
    forbidden, agents = graph
    twice = invert_disallowed_to_allowed(invert_disallowed_to_allowed(forbidden, agents), agents)
    assert {speaker: set(followers) for speaker, followers in twice.items() if followers} == {
        speaker: set(followers) for speaker, followers in forbidden.items() if followers
    }


@pytest.fixture
def _drawing_without_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.mark.usefixtures("_drawing_without_a_window")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_a_drawing_is_written_to_a_file(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("networkx")
    picture = tmp_path / "graph.png"
    visualize_speaker_transitions_dict({ann: [bob], bob: [ann, ann]}, [ann, bob, cid], str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("package", ["networkx", "matplotlib.pyplot"])
def test_a_missing_package_names_the_extra_to_install(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r'pip install "autogen-classic\[graph\]"'):
        visualize_speaker_transitions_dict({ann: [bob]}, [ann, bob])
