"""What the content of a message may be, as a type checker or pydantic reads it."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError

from autogen_classic.types import MessageContentType, UserMessageImageContentPart, UserMessageTextContentPart

CONTENT: TypeAdapter[Any] = TypeAdapter(MessageContentType)


@pytest.mark.parametrize(
    "content",
    [
        "a text",
        None,
        ["a text", {"type": "text", "text": "and a part"}],
        [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}],
    ],
)
def test_content_is_a_text_or_parts_or_nothing(content: Any) -> None:
    assert CONTENT.validate_python(content) == content


@pytest.mark.parametrize("content", [5, {"type": "text", "text": "alone"}, [5]])
def test_anything_else_is_no_content(content: Any) -> None:
    with pytest.raises(ValidationError):
        CONTENT.validate_python(content)


def test_parts_name_their_type_and_what_they_hold() -> None:
    assert get_type_hints(UserMessageTextContentPart).keys() == {"type", "text"}
    assert get_type_hints(UserMessageImageContentPart).keys() == {"type", "image_url"}
