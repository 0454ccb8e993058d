"""Names for functions, by a model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..._json.text import object_within
from ...oai.client import OpenAIWrapper
from ._operations import Operation

__all__ = ("renamed",)

_GOOD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")

_PROMPT = (
    "Functions call a web service. Give each of them a short name that says what it does: snake_case, a verb first, "
    "at most five words, no two alike. Answer with one JSON object and nothing else, from each present name to the "
    "new one.\n\n{listed}"
)


def renamed(operations: Sequence[Operation], llm_config: Mapping[str, Any]) -> list[Operation]:
    """Ask a model for names.

    Args:
        operations: what the functions do.
        llm_config: the model.

    Returns:
        The operations; one keeps its name where the model does not give a usable one.
    """
    listed = "\n".join(
        f"{one.name}: {one.method} {one.path} ({one.description.partition(chr(10))[0]})" for one in operations
    )
    client = OpenAIWrapper(**llm_config)
    answer = client.create(messages=[{"role": "user", "content": _PROMPT.format(listed=listed)}])
    given = _names_in(client.extract_text_or_completion_object(answer)[0])
    taken = {one.name for one in operations}
    new = []
    for one in operations:
        name = given.get(one.name)
        if isinstance(name, str) and _GOOD_NAME.fullmatch(name) and name not in taken:
            taken.add(name)
            one = one._replace(name=name)
        new.append(one)
    return new


def _names_in(said: object) -> dict[str, Any]:
    try:
        names = json.loads(object_within(said)) if isinstance(said, str) else {}
    except ValueError:
        return {}
    return names if isinstance(names, dict) else {}
