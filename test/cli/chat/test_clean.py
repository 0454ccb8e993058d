"""Nothing that others wrote does anything to a terminal."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from autogen_classic.cli._clean import Cleaner, clean


@given(st.text(st.characters()))
def test_no_control_character_is_left_but_tabs_and_line_ends(text: str) -> None:
    cleaned = clean(text)
    assert not [one for one in cleaned if unicodedata.category(one) in ("Cc", "Cs") and one not in "\t\n"]
    assert not set(cleaned) & set("\u202e\u2066\u2028")


def test_what_was_there_can_still_be_read() -> None:
    assert clean("a\x1b[2Jb\x07\u202ec\x9b31m") == r"a\x1b[2Jb\x07\u202ec\x9b31m"
    assert clean("caf\u00e9 \u2014 \U0001f600\tx\n") == "caf\u00e9 \u2014 \U0001f600\tx\n"


def test_a_line_end_of_windows_is_a_line_end() -> None:
    assert clean("a\r\nb\rc") == "a\nb\\rc"


@given(st.text(st.sampled_from("a\r\n\x1b")), st.lists(st.integers(0, 20)))
def test_pieces_are_cleaned_as_the_whole_is(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    cleaner = Cleaner()
    fed = "".join(cleaner.feed(text[begin:end]) for begin, end in pairwise(places))
    assert fed + cleaner.rest() == clean(text)
