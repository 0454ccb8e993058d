"""One configuration of a model, checked: what all providers have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    SerializationInfo,
    ValidationInfo,
    field_serializer,
    field_validator,
)
from pydantic_core import PydanticKnownError

from .._secrets import hidden, may_hold_secrets, secrets_in
from ..errors import MissingItemError
from ..oai._specs import NUMBER, OPENAI, SPECS, ProviderSpec, spec_of

__all__ = ("ApplicationConfig", "LLMConfigEntry", "LLMConfigEntryDict")

# The settings that may hold a key. Their values are never shown.
_HIDDEN = "**********"

T = TypeVar("T")


class LLMConfigEntryDict(TypedDict, total=False):
    """The form of a configuration as a dict."""

    api_type: str
    model: str
    api_key: str
    api_version: str
    base_url: str
    http_client: Any
    model_client_cls: str
    response_format: Any
    default_headers: Mapping[str, Any]
    tags: list[str]
    max_tokens: int
    temperature: float
    top_p: float


class ApplicationConfig(BaseModel):
    """How a model is to answer, whatever the provider.

    Attributes:
        max_tokens: the longest answer, in tokens.
        top_p: the share of likely words to choose from, 0 to 1.
        temperature: how freely it chooses; most providers take 0 to 2.
    """

    model_config = ConfigDict(
        extra="allow", protected_namespaces=(), hide_input_in_errors=True, arbitrary_types_allowed=True
    )

    max_tokens: int | None = None
    top_p: float | None = None
    temperature: float | None = None

    @classmethod
    def _provider(cls) -> ProviderSpec:
        """Whose ranges count: those of OpenAI, if the class is not for one provider."""
        api_type = cls.model_fields.get("api_type")
        return (spec_of(str(api_type.default)) if api_type is not None else None) or OPENAI

    @field_validator("*")
    @classmethod
    def check_range(cls, v: T, info: ValidationInfo) -> T:
        """Refuse a value outside the range, or the choices, that the provider has for it."""
        setting = cls._provider().setting(info.field_name or "")
        if setting is None or v is None:
            return v
        if setting.choices is not None and v not in setting.choices:
            raise PydanticKnownError("enum", {"expected": " or ".join(map(repr, setting.choices))})
        if setting.low is not None and isinstance(v, NUMBER) and v < setting.low:
            raise PydanticKnownError("greater_than_equal", {"ge": setting.low})
        if setting.high is not None and isinstance(v, NUMBER) and v > setting.high:
            raise PydanticKnownError("less_than_equal", {"le": setting.high})
        return v


class LLMConfigEntry(ApplicationConfig):
    """One configuration. It can be read like a dict that has only what is set.

    A key that the provider does not know is kept: it may be meant for something that does know it.

    Attributes:
        api_type: the provider.
        model: the name of the model.
        api_key: the key, hidden in every print; ``entry["api_key"]`` and `model_dump` give it.
        api_version: the version of the interface, for Azure.
        base_url: the address of the service; ``http://`` is put before one without a scheme.
        http_client: your own httpx.Client, which all copies share.
        voice: the voice of a model that speaks.
        model_client_cls: the name of a class that speaks to the model.
        response_format: a pydantic class, or a JSON schema, that the answer must follow.
        default_headers: headers to send with every request.
        tags: words by which `LLMConfig.where` selects the configuration.
        stream: whether the answer is printed as it arrives.
        price: US dollars per 1,000 tokens of the prompt and of the answer.
    """

    api_type: str | None = None
    model: str = Field(min_length=1)
    api_key: SecretStr | None = None
    api_version: str | None = None
    base_url: str | None = None
    http_client: Any = None
    voice: str | None = None
    model_client_cls: str | None = None
    response_format: Any = None
    default_headers: Mapping[str, Any] | None = None
    tags: list[str] = Field(default_factory=list)
    stream: bool = False
    price: list[float] | None = Field(default=None, min_length=2, max_length=2)

    @field_validator("api_type")
    @classmethod
    def check_api_type(cls, v: str | None) -> str | None:
        """Refuse the name of any provider other than the one that the class is for.

        Raises:
            ValueError: the class of the entry is for another ``api_type``.
        """
        own = cls._provider().entry
        names = [name for spec in SPECS if spec.entry == own for name in spec.api_types]
        if cls.model_fields["api_type"].default is not None and (v or "").lower() not in names:
            raise ValueError(f"it must be {' or '.join(map(repr, names))}")
        return v

    @field_validator("base_url", "client_host", mode="before", check_fields=False)
    @classmethod
    def check_base_url(cls, v: object, info: ValidationInfo) -> str | None:
        """Refuse what is not an address, and complete an address without a scheme.

        Raises:
            ValueError: it is not an address.
        """
        if v is None:
            return None
        address = str(v)
        address = address if "://" in address else f"http://{address}"
        try:
            parts = urlsplit(address)
            usable = parts.scheme in ("http", "https") and parts.hostname and " " not in address and parts.port != 0
        except ValueError:  # the port is not a number
            usable = False
        if not usable:
            raise ValueError("it is not an address such as https://api.example.com/v1")
        return address

    @field_serializer("api_key", check_fields=False)
    def serialize_api_key(self, v: SecretStr | None, info: SerializationInfo | None = None) -> str | None:
        """Give the key itself, for a request."""
        return None if v is None else v.get_secret_value()

    @field_serializer("base_url", check_fields=False)
    def serialize_base_url(self, v: object, info: SerializationInfo | None = None) -> str | None:
        """Give the address as a text."""
        return None if v is None else str(v)

    def apply_application_config(self, application_config: ApplicationConfig) -> LLMConfigEntry:
        """Fill in what this configuration leaves open from the settings for all of them.

        Args:
            application_config: the settings.

        Returns:
            A new configuration. Live objects in it, such as an http_client, are shared.
        """
        changes = {
            name: value
            for name in ApplicationConfig.model_fields
            if name not in self.model_fields_set and (value := getattr(application_config, name)) is not None
        }
        return type(self)(**{**self._given(), **changes})

    def _given(self) -> dict[str, Any]:
        """What was given to make this configuration."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def create_client(self) -> Any:
        """Make the client that asks the model.

        Returns:
            A `ModelClient`.
        """
        from ..oai.providers import connect

        return connect(dict(self.items()))

    def model_dump(self, *args: Any, exclude_none: bool = True, **kwargs: Any) -> dict[str, Any]:
        """Turn the configuration into a dict, its key included.

        Args:
            *args: as for pydantic.
            exclude_none: whether to leave out what is not set.
            **kwargs: as for pydantic.
        """
        return super().model_dump(*args, exclude_none=exclude_none, **kwargs)

    def model_dump_json(self, *args: Any, exclude_none: bool = True, **kwargs: Any) -> str:
        """Turn the configuration into JSON, its key included.

        Args:
            *args: as for pydantic.
            exclude_none: whether to leave out what is not set.
            **kwargs: as for pydantic.
        """
        return super().model_dump_json(*args, exclude_none=exclude_none, **kwargs)

    def keys(self) -> list[str]:
        """The names of what is set."""
        names = (*type(self).model_fields, *(self.model_extra or {}))
        return [name for name in names if getattr(self, name) is not None]

    def values(self) -> list[Any]:
        """The values of what is set; a key among them as a text."""
        return [self[name] for name in self.keys()]

    def items(self) -> list[tuple[str, Any]]:
        """What is set, by name."""
        return [(name, self[name]) for name in self.keys()]

    def get(self, key: str, default: Any = None) -> Any:
        """Look up a setting.

        Args:
            key: its name.
            default: what to return if it is not set.
        """
        return dict(self.items()).get(key, default)

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise MissingItemError(f"Key {key!r} not found in {type(self).__name__}")
        return _plain(getattr(self, key))

    def __setitem__(self, key: str, value: object) -> None:
        setattr(self, key, value)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self.keys()

    def __len__(self) -> int:
        return len(self.keys())

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name in self.keys():
            yield name, _for_repr(name, getattr(self, name))


def _for_repr(name: str, value: object) -> object:
    """A value as a repr may show it."""
    secrets = list(secrets_in({name: value}))
    if may_hold_secrets(name) or (secrets and not isinstance(value, str)):
        return _HIDDEN
    return hidden(value, secrets) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


Mapping.register(LLMConfigEntry)
