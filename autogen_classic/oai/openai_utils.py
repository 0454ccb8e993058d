"""Configuration lists: read from the environment and from files, filtered, and put together from keys."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here
from typing import Any

from .._core.tape import config_list_on_tape
from ._assistants import (
    create_gpt_assistant,
    create_gpt_vector_store,
    detect_gpt_assistant_api_version,
    retrieve_assistants_by_name,
    update_gpt_assistant,
)
from ._config_files import (
    EmptiedList,
    check_is_config_list,
    get_first_llm_config,
    is_valid_api_key,
    parse_config_list,
    read_text,
    warn_of_placeholders,
)
from .prices import OAI_PRICE1K

__all__ = (
    "DEFAULT_AZURE_API_VERSION",
    "NON_CACHE_KEY",
    "OAI_PRICE1K",
    "config_list_from_dotenv",
    "config_list_from_json",
    "config_list_from_models",
    "config_list_gpt4_gpt35",
    "config_list_openai_aoai",
    "create_gpt_assistant",
    "create_gpt_vector_store",
    "detect_gpt_assistant_api_version",
    "filter_config",
    "get_config",
    "get_config_list",
    "get_first_llm_config",
    "get_key",
    "is_valid_api_key",
    "retrieve_assistants_by_name",
    "update_gpt_assistant",
)

logger = logging.getLogger("autogen.oai.openai_utils")

DEFAULT_AZURE_API_VERSION = "2024-02-01"

# Credentials and places: they are not part of a cache key.
NON_CACHE_KEY = [
    "api_key",
    "base_url",
    "api_type",
    "api_version",
    "azure_ad_token",
    "azure_ad_token_provider",
    "credentials",
    "tool_config",
]

ConfigList = list[dict[str, Any]]


def get_key(config: Mapping[str, Any]) -> str:
    """Write a configuration as one text, without credentials, which is equal for equal configurations.

    Args:
        config: a configuration, which is not changed.

    Returns:
        JSON with sorted keys.

    Raises:
        TypeError: the configuration holds something that JSON cannot.
    """
    return json.dumps({key: config[key] for key in config if key not in NON_CACHE_KEY}, sort_keys=True)


def get_config(
    api_key: str | None,
    base_url: str | None = None,
    api_type: str | None = None,
    api_version: str | None = None,
) -> dict[str, Any]:
    """Put together one configuration; what is empty is left out.

    Args:
        api_key: the key.
        base_url: the address of the endpoint.
        api_type: the provider.
        api_version: the version of its API, for Azure.

    Returns:
        The configuration.
    """
    config: dict[str, Any] = {"api_key": api_key}
    for name, value in (("base_url", base_url), ("api_type", api_type), ("api_version", api_version)):
        if value:
            config[name] = value
    return config


def get_config_list(
    api_keys: list[str],
    base_urls: list[str] | None = None,
    api_type: str | None = None,
    api_version: str | None = None,
) -> ConfigList:
    """Put together a configuration list with one entry for each key.

    Args:
        api_keys: the keys; blank ones are passed over.
        base_urls: one address for each key.
        api_type: the provider, for all.
        api_version: the version of its API, for all.

    Returns:
        The configuration list.

    Raises:
        AssertionError: there are not as many addresses as keys.
    """
    if base_urls is not None and len(api_keys) != len(base_urls):
        raise AssertionError("The length of api_keys must match the length of base_urls")
    places: list[str] | list[None] = base_urls or [None] * len(api_keys)
    return [
        get_config(api_key, place, api_type, api_version)
        for api_key, place in zip(api_keys, places, strict=True)
        if api_key and api_key.strip()
    ]


def config_list_openai_aoai(
    key_file_path: str | None = ".",
    openai_api_key_file: str | None = "key_openai.txt",
    aoai_api_key_file: str | None = "key_aoai.txt",
    openai_api_base_file: str | None = "base_openai.txt",
    aoai_api_base_file: str | None = "base_aoai.txt",
    exclude: str | None = None,
) -> ConfigList:
    """Make a configuration list of OpenAI and Azure OpenAI endpoints.

    Keys and addresses come from files, one per line, and, if there is no file, from the environment (OPENAI_API_KEY,
    OPENAI_API_BASE, AZURE_OPENAI_API_KEY, AZURE_OPENAI_API_BASE). What a file holds is set in the environment too.

    Args:
        key_file_path: the directory of the files; None reads no files, and neither does a list, which programs of 0.1
            pass here.
        openai_api_key_file: the file with keys for OpenAI.
        aoai_api_key_file: the file with keys for Azure OpenAI.
        openai_api_base_file: the file with addresses for OpenAI.
        aoai_api_base_file: the file with addresses for Azure OpenAI.
        exclude: ``"openai"`` or ``"aoai"``, to leave these endpoints out.

    Returns:
        The configuration list, OpenAI first.

    Raises:
        AssertionError: there are not as many addresses as keys.
    """
    of_openai = of_azure = None
    if exclude != "openai":
        keys = _lines("OPENAI_API_KEY", key_file_path, openai_api_key_file)
        places = _lines("OPENAI_API_BASE", key_file_path, openai_api_base_file)
        of_openai = keys and get_config_list(keys, places or None)
    if exclude != "aoai":
        keys = _lines("AZURE_OPENAI_API_KEY", key_file_path, aoai_api_key_file)
        places = _lines("AZURE_OPENAI_API_BASE", key_file_path, aoai_api_base_file)
        of_azure = keys and get_config_list(keys, places or None, "azure", DEFAULT_AZURE_API_VERSION)
    return [*(of_openai or []), *(of_azure or [])]


def config_list_from_models(
    key_file_path: str | None = ".",
    openai_api_key_file: str | None = "key_openai.txt",
    aoai_api_key_file: str | None = "key_aoai.txt",
    aoai_api_base_file: str | None = "base_aoai.txt",
    exclude: str | None = None,
    model_list: list[str] | None = None,
) -> ConfigList:
    """Make a configuration list with each of these models on each endpoint of `config_list_openai_aoai`.

    Args:
        key_file_path: the directory of the files; None reads no files.
        openai_api_key_file: the file with keys for OpenAI.
        aoai_api_key_file: the file with keys for Azure OpenAI.
        aoai_api_base_file: the file with addresses for Azure OpenAI.
        exclude: ``"openai"`` or ``"aoai"``, to leave these endpoints out.
        model_list: the models in the order in which to try them; None does not name any model.

    Returns:
        The configuration list.
    """
    endpoints = config_list_openai_aoai(
        key_file_path,
        openai_api_key_file,
        aoai_api_key_file,
        aoai_api_base_file=aoai_api_base_file,
        exclude=exclude,
    )
    if not model_list:
        return endpoints
    return [{**endpoint, "model": model} for model in model_list for endpoint in endpoints]


def config_list_gpt4_gpt35(
    key_file_path: str | None = ".",
    openai_api_key_file: str | None = "key_openai.txt",
    aoai_api_key_file: str | None = "key_aoai.txt",
    aoai_api_base_file: str | None = "base_aoai.txt",
    exclude: str | None = None,
) -> ConfigList:
    """Make a configuration list with gpt-4 and then gpt-3.5-turbo; see `config_list_from_models`."""
    return config_list_from_models(
        key_file_path,
        openai_api_key_file,
        aoai_api_key_file,
        aoai_api_base_file,
        exclude,
        model_list=["gpt-4", "gpt-3.5-turbo"],
    )


def filter_config(config_list: ConfigList, filter_dict: Mapping[str, Any] | None, exclude: bool = False) -> ConfigList:
    """Keep the configurations that have the values asked for.

    Args:
        config_list: the configurations.
        filter_dict: for each key the accepted values, as a list, tuple or set, or one value. A configuration passes
            when each key has an accepted value; if its value is a list (such as ``tags``), one of its items is enough.
        exclude: whether to keep those that do not pass instead.

    Returns:
        A new list of the same dicts; the list itself when there is nothing to filter by. Where nothing is left, a
        warning says what was asked for and what there is.
    """
    return _filtered(config_list, filter_dict, exclude, "the list")


def _filtered(config_list: ConfigList, filter_dict: Mapping[str, Any] | None, exclude: bool, source: str) -> ConfigList:
    if not filter_dict:
        return config_list
    if not isinstance(filter_dict, Mapping):
        raise AttributeError(
            f'filter_dict must be a dict such as {{"model": ["gpt-4o"]}}, not of type {type(filter_dict).__name__}.'
        )
    chosen = [config for config in config_list if _passes(config, filter_dict) != exclude]
    if chosen or not config_list:
        return chosen
    empty = EmptiedList(config_list, filter_dict, source)
    logger.warning(empty.reason)
    return empty


def _passes(config: Mapping[str, Any], filter_dict: Mapping[str, Any]) -> bool:
    return all(_accepts(accepted, config.get(key)) for key, accepted in filter_dict.items())


def _accepts(accepted: Any, value: Any) -> bool:
    if value is None:
        return False
    values = accepted if isinstance(accepted, (list, tuple, set, frozenset)) else [accepted]
    if isinstance(value, list):
        return any(one in values for one in value)
    return value in values


@config_list_on_tape
def config_list_from_json(
    env_or_file: str,
    file_location: str | None = "",
    filter_dict: Mapping[str, Any] | None = None,
) -> ConfigList:
    """Read a configuration list from an environment variable, or else from a file.

    Args:
        env_or_file: the name of a variable and of a file. The variable holds JSON, or the path of a file.
        file_location: the directory of the file.
        filter_dict: see `filter_config`.

    Returns:
        The configuration list.

    Raises:
        FileNotFoundError: neither the variable nor the file exists.
        json.JSONDecodeError: it does not hold JSON; the text says where and what to do.
        TypeError: it holds JSON but not a list of configurations, and a filter is given; or the name is not a text.
    """
    if not isinstance(env_or_file, (str, os.PathLike)):
        raise TypeError(
            f"env_or_file must be the name of an environment variable or of a file, not {type(env_or_file).__name__}."
        )
    in_environment = os.environ.get(env_or_file)
    if in_environment and not os.path.exists(in_environment):
        source = f"The environment variable {env_or_file}"
        text = in_environment
    else:
        path = Path(in_environment) if in_environment else Path(file_location or "") / env_or_file
        source = f"The file {path}"
        text = read_text(path, env_or_file)
    config_list: ConfigList = parse_config_list(text, source)
    if filter_dict:
        check_is_config_list(config_list, source)
    chosen = _filtered(config_list, filter_dict, False, source[0].lower() + source[1:])
    if isinstance(chosen, list):
        warn_of_placeholders(chosen, source)
    return chosen


def config_list_from_dotenv(
    dotenv_file_path: str | None = None,
    model_api_key_map: Mapping[str, Any] | None = None,
    filter_dict: Mapping[str, Any] | None = None,
) -> ConfigList:
    """Make a configuration list from the keys in a .env file; they become environment variables too.

    Args:
        dotenv_file_path: the file; None looks for ``.env`` here and in the directories above.
        model_api_key_map: for each model, the name of the variable with its key, or a dict with ``api_key_env_var``,
            ``base_url``, ``api_type`` and ``api_version``. gpt-4 and gpt-3.5-turbo are added, with OPENAI_API_KEY,
            if they are missing.
        filter_dict: see `filter_config`.

    Returns:
        The configuration list. A model without a key is left out, with a warning.

    Raises:
        TypeError: a model is mapped to something else.
    """
    _load_dotenv(dotenv_file_path)
    key_map: dict[str, Any] = dict(model_api_key_map or {})
    for model in ("gpt-4", "gpt-3.5-turbo"):
        key_map.setdefault(model, "OPENAI_API_KEY")

    config_list: ConfigList = []
    for model, source in key_map.items():
        if not isinstance(source, (str, Mapping)):
            raise TypeError(
                f"model_api_key_map gives a {type(source).__name__} for model {model}, but needs the name of a "
                "variable, or a dict with api_key_env_var."
            )
        settings = {"api_key_env_var": source} if isinstance(source, str) else dict(source)
        api_key = os.environ.get(settings.pop("api_key_env_var", "OPENAI_API_KEY"))
        if not api_key or not api_key.strip():
            logger.warning(
                "API key not found or empty for model %s. Please ensure path to .env file is correct.", model
            )
            continue
        config_list.append({**get_config(api_key), **settings, "model": model})

    chosen = filter_config(config_list, filter_dict)
    if not chosen:
        logger.error("No configurations loaded.")
    return chosen


def _lines(variable: str, directory: object, file_name: str | None) -> list[str]:
    """Return the lines of a file, after setting the variable to them; without the file, those of the variable."""
    if isinstance(directory, (str, os.PathLike)) and file_name and (path := Path(directory) / file_name).is_file():
        os.environ[variable] = path.read_text(encoding="utf-8-sig").strip()
    text = os.environ.get(variable, "").strip()
    return [line.strip() for line in text.split("\n")] if text else []


def _load_dotenv(path: str | None) -> None:
    import dotenv  # as late as possible: few programs have such a file

    found = path or dotenv.find_dotenv(usecwd=True)
    if not found:
        logger.warning("No .env file found. Loading configurations from environment variables.")
    elif not os.path.isfile(found):
        logger.warning("The specified .env file %s does not exist.", found)
    else:
        dotenv.load_dotenv(found, encoding="utf-8-sig")
