"""Which configurations a command asks when it is given the name of a model, or none."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..errors import LLMConfigError

__all__ = ("DEFAULT_MODEL", "configurations", "default_configurations")

LIST = "OAI_CONFIG_LIST"
DEFAULT_MODEL = "gpt-4o-mini"
"""What is asked with an OPENAI_API_KEY and without the name of a model."""


def configurations(model: str) -> list[dict[str, Any]]:
    """The configurations of a model.

    Args:
        model: its name in the OAI_CONFIG_LIST (a file here, or the variable) or at OpenAI; ``"local"`` or the path of a
            GGUF file for one that runs here.

    Raises:
        LLMConfigError: the list cannot be read or does not have it, or there is neither a list nor a key.
    """
    listed = _listed()
    entries = [entry for entry in listed if entry.get("model") == model]
    if entries:
        return entries
    if model == "local" or model.endswith(".gguf"):
        return [{"model": model}]
    if listed:
        names = ", ".join(sorted({str(entry.get("model")) for entry in listed}))
        raise LLMConfigError(f"Your {LIST} has no model {model!r}. It has: {names}.")
    if os.environ.get("OPENAI_API_KEY"):
        return [{"model": model}]
    raise LLMConfigError(f"To ask {model!r}, set OPENAI_API_KEY, or write an {LIST} with an entry for it.")


def default_configurations() -> list[dict[str, Any]]:
    """What is asked when no model is named: the whole OAI_CONFIG_LIST, else OpenAI, else the local model.

    Raises:
        LLMConfigError: none of these is there, or the list cannot be read.
    """
    listed = _listed()
    if listed:
        return listed
    if os.environ.get("OPENAI_API_KEY"):
        return [{"model": DEFAULT_MODEL}]
    if _local_model_is_installed():
        return [{"model": "local"}]
    raise LLMConfigError(
        f"There is no model to talk to. Set OPENAI_API_KEY, write an {LIST}, or install the small model that needs no "
        "key: autogen-classic local install"
    )


def _local_model_is_installed() -> bool:
    from ..oai.local import LocalModelError, model_file

    try:
        model_file("local")
    except LocalModelError:
        return False
    return find_spec("xllamacpp") is not None


def _listed() -> list[dict[str, Any]]:
    """The entries of the OAI_CONFIG_LIST; none if there is no such list."""
    from ..oai.openai_utils import config_list_from_json

    if not os.environ.get(LIST) and not Path(LIST).is_file():
        return []
    try:
        return [dict(entry) for entry in config_list_from_json(LIST)]
    except ValueError as error:  # not JSON
        raise LLMConfigError(f"Your {LIST} cannot be read. {error}") from error
