"""What of a message is stored: most are short and take a short way, which must end where the long one does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from autogen_classic._core.messages import stored_form

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "content": st.sampled_from(["", "hello", None, [{"type": "text", "text": "look"}]]),
    "name": st.sampled_from(["ann", "", None]),
    "role": st.sampled_from(["user", "assistant", "tool", "function", "system", None]),
    "context": st.just({"a": 1}),
    "tool_call_id": st.just("1"),
    "override_role": st.just("system"),
    "a key of its own": st.just("dropped"),
}
MESSAGES = st.sets(st.sampled_from(sorted(VALUES))).flatmap(
    lambda keys: st.fixed_dictionaries({key: VALUES[key] for key in keys})
)


@given(message=MESSAGES, role=st.sampled_from(["user", "assistant"]))
def test_an_unknown_key_changes_nothing_about_what_is_stored(message: dict[str, Any], role: str) -> None:
    the_long_way = {**message, "no key of a message": True, "nor this one": True, "nor that": True}
    assert stored_form(message, role, "bob") == stored_form(the_long_way, role, "bob")
