"""The configuration of an agent's models as an object: checked on creation, and a default within ``with``.

An `LLMConfig` is a dict, in the form that an agent or an `OpenAIWrapper` takes, so it works wherever a dict does.
pydantic, which checks the entries, is loaded when the first one is made.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..errors import LLMConfigError, MissingItemError

if TYPE_CHECKING:
    from .entry import LLMConfigEntry

__all__ = ("LLMConfig", "LLMConfigError", "current_llm_config")

_SETTINGS = (
    "top_p",
    "temperature",
    "max_tokens",
    "check_every_ms",
    "allow_format_str_template",
    "response_format",
    "timeout",
    "seed",
    "cache_seed",
    "parallel_tool_calls",
    "routing_method",
)
_LISTS = ("tools", "functions")

_in_use: ContextVar[tuple[LLMConfig, ...]] = ContextVar("autogen_classic_llm_configs", default=())


def current_llm_config() -> LLMConfig | None:
    """The configuration of the ``with`` block that is running, or None."""
    in_use = _in_use.get()
    return in_use[-1] if in_use else None


class _InUse(type):
    """Lets the class itself know the configuration of the ``with`` block that is running."""

    @property
    def current(cls) -> LLMConfig:
        """The configuration of the ``with`` block that is running.

        Raises:
            ValueError: none is.
        """
        in_use = current_llm_config()
        if in_use is None:
            raise ValueError("No current LLMConfig is set: this is not within a block of `with llm_config:`.")
        return in_use

    @property
    def default(cls) -> LLMConfig:
        """The same as `current`."""
        return cls.current


class LLMConfig(dict[str, Any], metaclass=_InUse):
    """The models an agent may ask, in order, and how they are to answer.

    These forms mean the same:

    ```python
    LLMConfig({"api_type": "openai", "model": "gpt-4o"}, temperature=0.2)
    LLMConfig(config_list=[{"api_type": "openai", "model": "gpt-4o"}], temperature=0.2)
    LLMConfig(api_type="openai", model="gpt-4o", temperature=0.2)
    ```

    Agents that are made within ``with llm_config:`` without a configuration use this one. What is set can be
    read as an item or as an attribute; an attribute that is not set is None.

    Args:
        *configs: one dict, or `LLMConfigEntry`, for each model.
        top_p: the share of likely words to choose from; a model's own setting overrides this one and the next two.
        temperature: how freely it chooses.
        max_tokens: the longest answer, in tokens.
        check_every_ms: has no effect, as in AG2.
        allow_format_str_template: whether ``{name}`` in messages is filled from their context.
        response_format: a pydantic class, or a JSON schema, that answers must follow.
        timeout: seconds after which a request is abandoned.
        seed: a number that makes answers repeatable, if the provider supports it.
        cache_seed: which cache on disk to use; None, unlike in an ``llm_config`` dict without this key, uses none.
        parallel_tool_calls: whether a model may call several tools in one answer.
        tools: schemas of tools.
        functions: schemas of functions, the older form.
        routing_method: "fixed_order" asks the models in their order until one answers, which is the default;
            "round_robin" begins one further at each request.
        config_list: as ``*configs``, in one list.
        **entry: the settings of a single model, without a list.

    Raises:
        LLMConfigError: no model is given, or the settings of one cannot be used; the text says which and why.
        TypeError: an argument is unknown, or of the wrong type.
    """

    def __init__(
        self,
        *configs: LLMConfigEntry | Mapping[str, Any],
        top_p: float | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        check_every_ms: int | None = None,
        allow_format_str_template: bool | None = None,
        response_format: type | Mapping[str, Any] | None = None,
        timeout: float | None = None,
        seed: int | None = None,
        cache_seed: int | None = None,
        parallel_tool_calls: bool | None = None,
        tools: Iterable[Any] = (),
        functions: Iterable[Any] = (),
        routing_method: str | None = None,
        config_list: Mapping[str, Any] | Iterable[Any] | None = None,
        **entry: Any,
    ) -> None:
        if len(configs) == 1 and not entry and config_list is None and _is_whole(configs[0]):
            whole = LLMConfig.ensure_config(configs[0])
            configs = tuple(whole["config_list"])
        entries = [*configs, *_as_list(config_list)]
        if entry and entries:
            raise TypeError(
                f"LLMConfig does not know {', '.join(sorted(entry))} as a setting for all models. Put it in the dict "
                "of the model that it is for."
            )
        entries = entries or ([entry] if entry else [])
        if not entries:
            raise LLMConfigError(
                'LLMConfig needs at least one model: LLMConfig({"api_type": "openai", "model": "gpt-4o"}).'
            )
        from . import _checks  # it loads facts about providers

        _checks.check_routing_method(routing_method)
        _checks.check_types(response_format, timeout)
        shared = _checks.application_config(top_p=top_p, temperature=temperature, max_tokens=max_tokens)
        settings = {
            "top_p": shared.top_p,
            "temperature": shared.temperature,
            "max_tokens": shared.max_tokens,
            "allow_format_str_template": allow_format_str_template,
            "response_format": response_format,
            "timeout": timeout,
            "seed": seed,
            "cache_seed": cache_seed,
            "parallel_tool_calls": parallel_tool_calls,
            "routing_method": routing_method,
            "tools": list(tools),
            "functions": list(functions),
        }
        super().__init__({name: value for name, value in settings.items() if value not in (None, [])})
        self.setdefault("cache_seed", None)  # without this key a wrapper takes the default of 0.2, which is to cache
        self["config_list"] = [_checks.checked_entry(entry, number, shared) for number, entry in enumerate(entries)]

    @classmethod
    def ensure_config(cls, config: object, /) -> LLMConfig:
        """Make a configuration from any of its forms.

        Args:
            config: an `LLMConfig`, one entry, a list of entries, or an ``llm_config`` dict of AutoGen 0.2.

        Returns:
            A new configuration.

        Raises:
            LLMConfigError: it cannot be used.
            TypeError: it is of the wrong type.
        """
        if isinstance(config, LLMConfig):
            return config.copy()
        if isinstance(config, (list, tuple)):
            return cls(*config)
        if not isinstance(config, Mapping):
            raise TypeError(
                f"A configuration must be a dict, a list of dicts or an LLMConfig, but it is {type(config).__name__}."
            )
        if "config_list" not in config:
            return cls(config)
        known = {name: config[name] for name in (*_SETTINGS, *_LISTS) if config.get(name) is not None}
        made = cls(config_list=config["config_list"], **known)
        made.update({name: value for name, value in config.items() if name not in (*known, "config_list")})
        return made

    @classmethod
    def from_json(
        cls,
        *,
        env: str | None = None,
        path: str | os.PathLike[str] | None = None,
        file_location: str | None = None,
        filter_dict: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> LLMConfig:
        """Read the models from an environment variable or a file.

        Args:
            env: the name of a variable that holds a list of configurations as JSON, or the path of such a file.
            path: the file.
            file_location: the directory of the file.
            filter_dict: for each key the accepted values, see `filter_config`.
            **kwargs: settings for all models.

        Raises:
            ValueError: neither or both of ``env`` and ``path`` are given, or no configuration passes the filter.
            FileNotFoundError: the variable or the file does not exist.
            TypeError: it does not hold a list of configurations.
        """
        import os

        from .._secrets import hidden, secrets_in
        from ..oai.openai_utils import config_list_from_json, filter_config

        if env is None and path is None:
            raise ValueError("Either 'env' or 'path' must be provided")
        if env is not None and path is not None:
            raise ValueError("Only one of 'env' or 'path' can be provided")
        if env is not None and not os.environ.get(env):
            raise FileNotFoundError(f"The environment variable {env} is not set. For a file say path={env!r}.")
        source = str(env or path)
        found: Any = config_list_from_json(source, file_location or "")
        if isinstance(found, Mapping):
            kwargs = {**{name: value for name, value in found.items() if name != "config_list"}, **kwargs}
            found = found.get("config_list")
        if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
            raise TypeError(f"{source} must hold a list of configurations, or an object with a config_list.")
        chosen = filter_config(found, filter_dict)
        if found and not chosen:
            wanted = hidden(str(filter_dict), secrets_in(filter_dict))
            raise LLMConfigError(f"None of the {len(found)} configurations in {source} passes the filter {wanted}.")
        return cls(config_list=chosen, **kwargs)

    @classmethod
    def get_current_llm_config(cls, llm_config: Any = None) -> Any:
        """Return a configuration, or if it is None, that of the ``with`` block that is running."""
        return current_llm_config() if llm_config is None else llm_config

    def where(self, *, exclude: bool = False, **kwargs: Any) -> LLMConfig:
        """Keep some of the models.

        Args:
            exclude: whether to keep the others instead.
            **kwargs: for each setting the accepted value, or a list of them, as in ``where(tags=["fast"])``.

        Returns:
            A new configuration.

        Raises:
            LLMConfigError: no model passes.
        """
        from .._secrets import hidden, secrets_in
        from ..oai.openai_utils import filter_config

        chosen = list(filter_config(self["config_list"], kwargs, exclude=exclude))
        if not chosen:
            wanted = hidden(str(kwargs), secrets_in(kwargs))
            raise LLMConfigError(f"No config found that satisfies the filter criteria: {wanted}")
        kept = self.copy()
        kept["config_list"] = [_copy_of(entry) for entry in chosen]
        return kept

    def copy(self) -> LLMConfig:
        """Copy the configuration: its lists and entries are new, live clients and other objects in it are shared."""
        twin = type(self).__new__(type(self))
        twin.update({name: list(value) if isinstance(value, list) else value for name, value in self.items()})
        twin["config_list"] = [_copy_of(entry) for entry in self["config_list"]]
        return twin

    def deepcopy(self, memo: dict[int, Any] | None = None) -> LLMConfig:
        """Copy the configuration with its schemas of tools; live clients and other objects in it are shared.

        Args:
            memo: as for `copy.deepcopy`.
        """
        twin = self.copy()
        twin.update({name: copy.deepcopy(self[name], memo) for name in _LISTS if name in self})
        return twin

    __copy__ = copy
    __deepcopy__ = deepcopy

    def model_dump(self, *args: Any, exclude_none: bool = True, **kwargs: Any) -> dict[str, Any]:
        """Turn the configuration into a dict of plain values, its keys included.

        Args:
            *args: as for pydantic.
            exclude_none: whether to leave out what is not set.
            **kwargs: as for pydantic.
        """
        dumped = {} if exclude_none else dict.fromkeys((*_SETTINGS, *_LISTS))
        dumped.update({name: value for name, value in self.items() if not exclude_none or value is not None})
        options = {**kwargs, "exclude_none": exclude_none}
        dumped["config_list"] = [
            entry.model_dump(*args, **options) if hasattr(entry, "model_dump") else dict(entry)
            for entry in self["config_list"]
        ]
        return dumped

    def model_dump_json(self, *args: Any, exclude_none: bool = True, **kwargs: Any) -> str:
        """Turn the configuration into JSON, its keys included.

        Args:
            *args: as for pydantic.
            exclude_none: whether to leave out what is not set.
            **kwargs: as for pydantic.
        """
        import json

        return json.dumps(self.model_dump(*args, exclude_none=exclude_none, mode="json", **kwargs))

    @classmethod
    def model_validate(cls, *args: Any, **kwargs: Any) -> LLMConfig:
        """Make a configuration from a dict; see `ensure_config`.

        Args:
            *args: the dict; other arguments of pydantic have no effect.
            **kwargs: the same, as ``obj``.
        """
        return cls.ensure_config(args[0] if args else kwargs.get("obj"))

    @classmethod
    def model_validate_json(
        cls,
        json_data: str | bytes | bytearray,
        *,
        strict: bool | None = None,
        extra: str | None = None,
        context: object = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> LLMConfig:
        """Make a configuration from JSON. The other parameters are those of pydantic, and have no effect."""
        import json

        return cls.ensure_config(json.loads(json_data))

    @classmethod
    def model_validate_strings(
        cls,
        obj: Mapping[str, Any],
        *,
        strict: bool | None = None,
        extra: str | None = None,
        context: object = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> LLMConfig:
        """Make a configuration from a dict of texts. The other parameters are those of pydantic, and have no effect."""
        return cls.ensure_config(obj)

    def __enter__(self) -> LLMConfig:
        _in_use.set((*_in_use.get(), self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _in_use.set(_in_use.get()[:-1])

    def __missing__(self, key: str) -> Any:
        if key in _LISTS:
            return []
        if key in _SETTINGS:
            return None
        raise MissingItemError(f"Key {key!r} not found in {type(self).__name__}")

    def __getattr__(self, name: str) -> Any:
        if name in self or name in _SETTINGS or name in _LISTS:
            return self[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in (*self, *_SETTINGS, *_LISTS):
            raise ValueError(f"{type(self).__name__!r} object has no field {name!r}")
        self[name] = value

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.items() if value is not None)
        return f"{type(self).__name__}({given})"


def _is_whole(config: object) -> bool:
    """Whether a dict is a whole configuration of AutoGen 0.2 rather than one entry."""
    return isinstance(config, Mapping) and "config_list" in config and "model" not in config


def _as_list(config_list: Mapping[str, Any] | Iterable[Any] | None) -> list[Any]:
    if config_list is None:
        return []
    return [config_list] if isinstance(config_list, Mapping) else list(config_list)


def _copy_of(entry: Any) -> Any:
    return entry.model_copy() if hasattr(entry, "model_copy") else copy.copy(entry)
