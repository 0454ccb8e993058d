"""The error tree and its texts, which old programs print and compare."""

from __future__ import annotations

import pickle

import pytest

import autogen_classic
from autogen_classic import exception_utils
from autogen_classic.exception_utils import (
    AgentNameConflict,
    AutogenClassicError,
    InvalidCarryOverType,
    NoEligibleSpeaker,
    SenderRequired,
    UndefinedNextAgent,
)

DEFAULT_TEXTS = {
    AgentNameConflict: "Found multiple agents with the same name.",
    NoEligibleSpeaker: "No eligible speakers.",
    SenderRequired: "Sender is required but not provided.",
    InvalidCarryOverType: "Carryover should be a string or a list of strings. Not adding carryover to the message.",
    UndefinedNextAgent: "The provided agents list does not overlap with agents in the group.",
}


@pytest.mark.parametrize(("error", "text"), DEFAULT_TEXTS.items())
def test_an_error_without_a_message_says_what_it_is(error: type[Exception], text: str) -> None:
    assert str(error()) == text


@pytest.mark.parametrize("error", DEFAULT_TEXTS)
def test_an_error_says_the_message_it_is_given(error: type[Exception]) -> None:
    assert str(error("other words")) == "other words"


@pytest.mark.parametrize("error", DEFAULT_TEXTS)
def test_every_error_can_be_caught_by_the_root(error: type[Exception]) -> None:
    assert issubclass(error, AutogenClassicError)


@pytest.mark.parametrize("error", DEFAULT_TEXTS)
def test_an_error_survives_pickling(error: type[Exception]) -> None:
    assert str(pickle.loads(pickle.dumps(error("kept")))) == "kept"


def test_an_error_keeps_its_message_as_an_attribute() -> None:
    assert NoEligibleSpeaker("nobody").message == "nobody"


def test_a_name_conflict_takes_further_details() -> None:
    assert AgentNameConflict("twice", "bob", where="group").args == ("twice", "bob")


@pytest.mark.parametrize("error", DEFAULT_TEXTS)
def test_the_name_that_ag2_gave_to_an_error_is_the_same_class(error: type[Exception]) -> None:
    assert getattr(exception_utils, f"{error.__name__}Error") is error
    assert getattr(autogen_classic, f"{error.__name__}Error") is error


def test_the_error_of_a_model_without_tools_names_it_and_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(exception_utils.ModelToolNotSupportedError("o1-mini")))
    assert isinstance(error, AutogenClassicError)
    assert str(error) == error.message
    assert error.message.startswith("Tools are not supported with o1-mini models.")
