"""``autogen-classic config check``: which entries of a configuration list can be used, without ever printing a key."""

from __future__ import annotations

import argparse
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
    try:
        entries: Any = config_list_from_json(source)
    except IsADirectoryError:
        raise  # every command says the same of a folder
    except (ValueError, OSError) as error:
        told = error.strerror if isinstance(error, OSError) else error
        print(f"autogen-classic config check: {told}", file=sys.stderr)
        return 1
    if isinstance(entries, Mapping):
        entries = entries.get("config_list")
    if not isinstance(entries, list) or not entries:
        print(f"autogen-classic config check: {source} must hold a list with at least one entry.", file=sys.stderr)
        return 1
    usable = 0
    for number, entry in enumerate(entries):
        problem, key = _problem_and_key(entry, number)
        if problem is None and ask and not entry.get("model_client_cls"):
            problem = _ask(entry)
        usable += problem is None
        verdict = f"usable, {key}" if problem is None else f"NOT usable: {problem}"
        print(f"{number}: {_title(entry)}: {verdict}")
    print(f"{usable} of {len(entries)} can be used.")
    return 0 if usable else 1


def _title(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return "?"
    return f"{entry.get('model') or 'no model'} ({api_type_of(entry)})"


def _problem_and_key(entry: object, number: int) -> tuple[str | None, str]:
    """Why an entry cannot be used, or None, and where its key is. Whether it can, its client knows best."""
    if not isinstance(entry, Mapping):
        return "it is not an object with a model", ""
    try:
        checked_entry(entry, number, application_config())
        find_provider(dict(entry))
    except (LLMConfigError, UnknownProviderError) as error:
        return str(error), ""
    if str(entry.get("model")).startswith("<"):
        return "its model is still a placeholder", ""
    if runs_here(entry):
        return _problem_with_file(str(entry.get("model") or LOCAL_MODEL)), "without a key"
    if entry.get("model_client_cls"):
        return None, f"by the class {entry['model_client_cls']}, which the program must register"
    if is_placeholder(entry.get("api_key")):
        return "its api_key is still a placeholder", ""
    try:
        connect(dict(entry))
    except Exception as error:  # whatever an SDK raises, the other entries are still checked
        return _told(error, entry), ""
    return None, _place_of_key(dict(entry))


def _place_of_key(entry: dict[str, Any]) -> str:
    place = place_of_key(entry)
    if place is not None:
        return f"with {place}"
    finder = getattr(getattr(find_provider(entry), "spec", None), "finder", "")
    return f"with the credentials that {finder} has found" if finder else "without a key"


def _told(error: Exception, entry: Mapping[str, Any]) -> str:
    """What an error says first, without keys."""
    return without_secrets(str(error), [entry]).partition("\n")[0] or type(error).__name__


def _problem_with_file(model: str) -> str | None:
    try:
        model_file(model)
    except LocalModelError as error:
        return str(error)
    return None if find_spec("xllamacpp") else f"the package xllamacpp is missing: {INSTALL_COMMAND}"


def _ask(entry: Mapping[str, Any]) -> str | None:
    """Send a tiny request; say what went wrong, or None."""
    from ..oai.client import OpenAIWrapper

    try:
        wrapper = OpenAIWrapper(config_list=[dict(entry)], cache_seed=None)
        wrapper.create(messages=[{"role": "user", "content": "Answer with one word: yes."}])
    except Exception as error:  # whatever an SDK raises, the other entries are still checked
        return f"asking it failed with {type(error).__name__}: {_told(error, entry)}"
    return None
