"""A criterion by which a task is judged."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

__all__ = ("Criterion",)


def _as_text(value: object) -> object:
    """Models write levels such as 1 to 5 as numbers."""
    return str(value) if isinstance(value, (bool, int, float)) else value


class Criterion(BaseModel):
    """A criterion, with the values that it can have.

    Attributes:
        name: its name.
        description: what it is about.
        accepted_values: the values it can have, from the worst to the best or in any other order.
        sub_criteria: the criteria that it is made of.
    """

    name: str
    description: str
    accepted_values: list[Annotated[str, BeforeValidator(_as_text)]]
    sub_criteria: list[Criterion] = []

    @staticmethod
    def parse_json_str(criteria: str) -> list[Criterion]:
        """Read criteria.

        Args:
            criteria: a JSON list of criteria, or a JSON object of criteria by name.

        Returns:
            The criteria.

        Raises:
            ValueError: the text is not JSON (a `json.JSONDecodeError`), or something other than criteria (a
                `pydantic.ValidationError`).
        """
        read = json.loads(criteria)
        if not isinstance(read, (dict, list)):
            raise ValueError(f"Criteria are a JSON list or object, but this is {criteria!r:.80}.")
        listed = [_named(name, rest) for name, rest in read.items()] if isinstance(read, dict) else read
        return [Criterion.model_validate(one) for one in listed]

    @staticmethod
    def write_json(criteria: list[Criterion]) -> str:
        """Write criteria.

        Args:
            criteria: the criteria.

        Returns:
            A JSON list, which `parse_json_str` can read.
        """
        return json.dumps([criterion.model_dump() for criterion in criteria], indent=2)


def _named(name: str, rest: object) -> object:
    """A criterion of a JSON object, which has its name as its key."""
    parts: dict[str, Any] = rest if isinstance(rest, dict) else {"description": rest}
    return {"name": name, **parts}
