"""``autogen-classic config check``: which entries of a configuration list can be used, without ever printing a key."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from .._secrets import without_secrets
from ..errors import LLMConfigError, UnknownProviderError
from ..llm_config._checks import application_config, checked_entry
from ..oai._config_files import is_placeholder
from ..oai.local import INSTALL_COMMAND, LOCAL_MODEL, LocalModelError, model_file
from ..oai.openai_utils import config_list_from_json
from ..oai.providers import api_type_of, connect, find_provider, place_of_key, runs_here

__all__ = ("main",)

DEFAULT_LIST = "OAI_CONFIG_LIST"


def main(arguments: Sequence[str]) -> int:
    """Check a configuration list.

    Args:
        arguments: the command line after ``config``.

    Returns:
        0 when at least one entry can be used, 1 when none can or the list cannot be read.
    """
    parser = argparse.ArgumentParser(prog="autogen-classic config", description="Look after configuration lists.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="tell which entries of a list can be used; keys are never printed")
    check.add_argument(
        "source",
        nargs="?",
        default=DEFAULT_LIST,
        metavar="FILE|ENV",
        help=f"a file, or an environment variable that holds the list or the path of one (default: {DEFAULT_LIST})",
    )
    check.add_argument("--ask", action="store_true", help="send one tiny request to each entry; it may cost something")
    options = parser.parse_args(arguments)
    return _check(options.source, options.ask)


def _check(source: str, ask: bool) -> int:
    """Print whether each entry can be used; return the exit code of the command."""
    try:
        entries = _entries_of(source)
    except IsADirectoryError:
        raise  # every command says the same of a folder
    except (ValueError, OSError) as error:
        reason: object = error
        if isinstance(error, OSError):
            reason = f"{error.strerror}: {error.filename}"
        elif isinstance(error, json.JSONDecodeError):
            reason = error.msg  # it tells the place already
        print(f"autogen-classic config check: {reason}", file=sys.stderr)
        return 1
    usable = 0
    for number, entry in enumerate(entries):
        try:
            verdict = f"usable, {_key_of_usable(entry, number, ask)}"
            usable += 1
        except (LLMConfigError, UnknownProviderError, LocalModelError) as error:
            verdict = f"NOT usable: {error}"
        print(f"{number}: {_title(entry)}: {verdict}")
    print(f"{usable} of {len(entries)} can be used.")
    return 0 if usable else 1


def _entries_of(source: str) -> list[object]:
    """The entries of a list, which may stand in a dict as ``config_list``; ValueError without any."""
    found: object = config_list_from_json(source)
    entries = found.get("config_list") if isinstance(found, Mapping) else found
    if not isinstance(entries, list) or not entries:
        raise ValueError(f"{source} must hold a list with at least one entry.")
    return entries


def _title(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return "?"
    return f"{entry.get('model') or 'no model'} ({api_type_of(entry)})"


def _key_of_usable(entry: object, number: int, ask: bool) -> str:
    """Say where an entry has its key.

    Raises:
        LLMConfigError: the entry cannot be used; with ``ask``, a request failed.
        UnknownProviderError: its ``api_type`` is not known.
        LocalModelError: there is no such model on this machine.
    """
    if not isinstance(entry, Mapping):
        raise LLMConfigError("it is not an object with a model")
    entry = dict(entry)
    checked_entry(entry, number, application_config())
    find_provider(entry)
    if str(entry.get("model")).startswith("<"):
        raise LLMConfigError("its model is still a placeholder")
    if entry.get("model_client_cls"):
        return f"by the class {entry['model_client_cls']}, which the program must register"
    if runs_here(entry):
        _check_model_file(str(entry.get("model") or LOCAL_MODEL))
        key = "without a key"
    else:
        _connect(entry)
        key = _place_of_key(entry)
    if ask:
        _ask(entry)
    return key


def _connect(entry: dict[str, Any]) -> None:
    """Make the client of an entry, which knows best whether it can be used."""
    if is_placeholder(entry.get("api_key")):
        raise LLMConfigError("its api_key is still a placeholder")
    try:
        connect(entry)
    except Exception as error:  # whatever an SDK raises, the other entries are still checked
        raise LLMConfigError(_first_line(error, entry)) from error


def _place_of_key(entry: dict[str, Any]) -> str:
    place = place_of_key(entry)
    if place is not None:
        return f"with {place}"
    finder = getattr(getattr(find_provider(entry), "spec", None), "finder", "")
    return f"with the credentials that {finder} has found" if finder else "without a key"


def _first_line(error: Exception, entry: dict[str, Any]) -> str:
    """What an error says first, without keys."""
    return without_secrets(str(error), [entry]).partition("\n")[0] or type(error).__name__


def _check_model_file(model: str) -> None:
    model_file(model)
    if not find_spec("xllamacpp"):
        raise LocalModelError(f"the package xllamacpp is missing: {INSTALL_COMMAND}")


def _ask(entry: dict[str, Any]) -> None:
    """Send a tiny request; LLMConfigError if it fails."""
    from ..oai.client import OpenAIWrapper

    try:
        wrapper = OpenAIWrapper(config_list=[entry], cache_seed=None)
        wrapper.create(messages=[{"role": "user", "content": "Answer with one word: yes."}])
    except Exception as error:  # whatever an SDK raises, the other entries are still checked
        reason = f"asking it failed with {type(error).__name__}: {_first_line(error, entry)}"
        raise LLMConfigError(reason) from error
