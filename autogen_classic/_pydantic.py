"""What v0.2 asked of pydantic, under the names that it used."""

from __future__ import annotations

from typing import Any

import pydantic

__all__ = ("PYDANTIC_V1", "PYDANTIC_VERSION", "model_dump", "model_dump_json", "type2schema")

PYDANTIC_VERSION = pydantic.VERSION
PYDANTIC_V1 = False


def type2schema(t: Any) -> dict[str, Any]:
    """Make the JSON schema of a type.

    Args:
        t: any type that pydantic knows; None stands for the type of None.

    Returns:
        The schema.
    """
    return pydantic.TypeAdapter(t).json_schema()


def model_dump(model: pydantic.BaseModel) -> dict[str, Any]:
    """Turn a model into a dict.

    Args:
        model: a pydantic model.

    Returns:
        Its fields by name.
    """
    return model.model_dump()


def model_dump_json(model: pydantic.BaseModel) -> str:
    """Turn a model into JSON.

    Args:
        model: a pydantic model.

    Returns:
        A JSON object as text.
    """
    return model.model_dump_json()
