"""``autogen-classic config check``: which entries of a configuration list can be used, without ever printing a key."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from .._secrets import without_secrets
from ..llm_config._checks import LLMConfigError, application_config, checked_entry
from ..oai.local import INSTALL_COMMAND, LOCAL_MODEL, LocalModelError, model_file
from ..oai.openai_utils import config_list_from_json
from ..oai.providers import UnknownProviderError, api_type_of, find_provider, runs_here

__all__ = ("main",)

DEFAULT_LIST = "OAI_CONFIG_LIST"

# Where a key may be that is not in the configuration, by api_type. Those that are missing here need none, or find
# their own: AWS has a chain of places.
_KEY_VARIABLES = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "azure": ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
    "cerebras": ("CEREBRAS_API_KEY",),
    "cohere": ("COHERE_API_KEY", "CO_API_KEY"),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "google": ("GOOGLE_GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "open_ai": ("OPENAI_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "openai_v2": ("OPENAI_API_KEY",),
    "responses": ("OPENAI_API_KEY",),
    "together": ("TOGETHER_API_KEY",),
}
# What stands for a key: a token, or credentials of a cloud that runs the model.
_KEY_SETTINGS = (
    "api_key",
    "azure_ad_token",
    "azure_ad_token_provider",
    "aws_access_key",
    "aws_profile_name",
    "aws_region",
    "credentials",
    "gcp_auth_token",
    "gcp_project_id",
    "google_application_credentials",
    "project_id",
)


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


def _title(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return "?"
    return f"{entry.get('model') or 'no model'} ({api_type_of(entry)})"


def _problem_and_key(entry: Any, number: int) -> tuple[str | None, str]:
    """Why an entry cannot be used, or None; and where its key is."""
    if not isinstance(entry, Mapping):
        return "it is not an object with a model", ""
    try:
        checked_entry(entry, number, application_config())
        provider = find_provider(dict(entry))
    except (LLMConfigError, UnknownProviderError) as error:
        return str(error), ""
    if str(entry.get("model")).startswith("<"):
        return "its model is still a placeholder", ""
    if runs_here(entry):
        return _problem_with_file(str(entry.get("model") or LOCAL_MODEL)), "without a key"
    package, extra = getattr(provider, "package", "openai"), getattr(provider, "extra", "")
    if not _is_installed(package):
        return f'the package {package} is missing: pip install "autogen-classic[{extra}]"', ""
    if entry.get("model_client_cls"):
        return None, f"by the class {entry['model_client_cls']}, which the program must register"
    return _key_of(entry)


def _problem_with_file(model: str) -> str | None:
    try:
        model_file(model)
    except LocalModelError as error:
        return str(error)
    return None if _is_installed("xllamacpp") else f"the package xllamacpp is missing: {INSTALL_COMMAND}"


def _key_of(entry: Mapping[str, Any]) -> tuple[str | None, str]:
    """Whether a key is missing, and where it is if not."""
    key = entry.get("api_key")
    if key == "":
        return "its api_key is empty", ""
    if isinstance(key, str) and (key.startswith("<") or "..." in key or "your" in key.lower()):
        return "its api_key is still a placeholder", ""
    given = next((name for name in _KEY_SETTINGS if entry.get(name)), None)
    if given is not None:
        return None, f"with its own {given}"
    variables = _KEY_VARIABLES.get(api_type_of(entry))
    if variables is None:
        return None, "without a key"
    found = next((name for name in variables if os.environ.get(name)), None)
    if found is not None:
        return None, f"with the key in {found}"
    return f"it has no api_key, and the environment has no {' or '.join(variables)}", ""


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # of a package around it
        return False


def _ask(entry: Mapping[str, Any]) -> str | None:
    """Send a tiny request; say what went wrong, or None."""
    from ..oai.client import OpenAIWrapper

    try:
        wrapper = OpenAIWrapper(config_list=[dict(entry)], cache_seed=None)
        wrapper.create(messages=[{"role": "user", "content": "Answer with one word: yes."}])
    except Exception as error:  # whatever an SDK raises, the other entries are still checked
        text = without_secrets(str(error), [entry])
        return f"asking it failed with {type(error).__name__}: {text.splitlines()[0] if text else ''}"
    return None
