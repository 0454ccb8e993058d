"""The checks of a configuration. pydantic, which does them, is loaded for the first one."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import TYPE_CHECKING, Any

from ..errors import LLMConfigError, UnknownProviderError
from ..oai._specs import SPECS, spec_of
from ..oai.providers import api_type_of, find_provider

if TYPE_CHECKING:
    from pydantic import ValidationError

    from .entry import ApplicationConfig, LLMConfigEntry

__all__ = ("application_config", "check_routing_method", "check_types", "checked_entry")

_ROUTING_METHODS = ("fixed_order", "round_robin")


def application_config(**settings: Any) -> ApplicationConfig:
    """Check the settings for all models.

    Args:
        **settings: any of ``top_p``, ``temperature`` and ``max_tokens``.

    Raises:
        LLMConfigError: one cannot be used.
    """
    from pydantic import ValidationError

    from .entry import ApplicationConfig

    try:
        return ApplicationConfig(**settings)
    except ValidationError as error:
        raise LLMConfigError(f"LLMConfig cannot be used: {_reasons(error)}.") from None


def checked_entry(config: object, number: int, shared: ApplicationConfig) -> LLMConfigEntry:
    """Check one configuration, and complete it from the settings for all models.

    Args:
        config: a dict, or an `LLMConfigEntry`.
        number: its place in the list, for errors.
        shared: the settings for all.

    Returns:
        The configuration, checked.

    Raises:
        LLMConfigError: it cannot be used.
        TypeError: it is of the wrong type.
    """
    from pydantic import ValidationError

    from .entry import LLMConfigEntry

    if isinstance(config, LLMConfigEntry):
        return config.apply_application_config(shared)
    if not isinstance(config, Mapping):
        is_list = isinstance(config, (list, tuple))
        hint = " Give a list of models as LLMConfig(*models), or as LLMConfig(config_list=models)." if is_list else ""
        raise TypeError(
            f'Each model must be a dict such as {{"model": "gpt-4o"}}, but config_list[{number}] is of type '
            f"{type(config).__name__}.{hint}"
        )
    entry_class, api_type = _class_for(config, number)
    try:
        return entry_class(**{**config, "api_type": api_type}).apply_application_config(shared)
    except ValidationError as error:
        raise LLMConfigError(
            f"config_list[{number}], of api_type {api_type!r}, cannot be used: {_reasons(error)}."
        ) from None


def _class_for(config: Mapping[str, Any], number: int) -> tuple[type[LLMConfigEntry], str]:
    """The class that checks a configuration, and its api_type as that class spells it."""
    from . import entries
    from .entry import LLMConfigEntry

    api_type = api_type_of(config)
    spec = spec_of(api_type)
    if spec is not None:
        return getattr(entries, spec.entry), api_type
    if not config.get("model_client_cls") and config.get("model_client") is None:
        try:
            find_provider(dict(config))
        except UnknownProviderError:
            raise LLMConfigError(
                f"config_list[{number}] has the api_type {config['api_type']!r}, which is not known. Known are "
                f"{', '.join(sorted(name for spec in SPECS for name in spec.api_types))}."
            ) from None
    return LLMConfigEntry, str(config["api_type"])


def _reasons(error: ValidationError) -> str:
    """What pydantic finds wrong with a configuration, without the values, which may include keys."""
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in error.errors(include_input=False)
    )


def check_routing_method(routing_method: object) -> None:
    """Refuse a way to take turns among models that does not exist.

    Args:
        routing_method: the way; None stands for the default.

    Raises:
        LLMConfigError: it does not exist.
    """
    if routing_method is not None and routing_method not in _ROUTING_METHODS:
        raise LLMConfigError(
            f"routing_method {routing_method!r} is not known. It must be one of {', '.join(_ROUTING_METHODS)}."
        )


def check_types(response_format: object, timeout: object) -> None:
    """Refuse what would fail at the first request only.

    Args:
        response_format: a pydantic class or a dict; None for plain text.
        timeout: seconds; None for no limit of its own.

    Raises:
        TypeError: one of them is of another type.
    """
    if not isinstance(response_format, (type, Mapping, NoneType)):
        raise TypeError(
            f"response_format must be a pydantic class, or a dict with a JSON schema, but it is {response_format!r}."
        )
    if isinstance(timeout, str):
        raise TypeError(f"timeout must be a number of seconds, but it is the text {timeout!r}.")
