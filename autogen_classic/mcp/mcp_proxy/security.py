"""How requests to a service show their rights: keys, tokens and passwords, by the schemes of OpenAPI."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

import httpx
from pydantic import BaseModel, Field

__all__ = (
    "APIKeyCookie",
    "APIKeyHeader",
    "APIKeyQuery",
    "BaseSecurity",
    "BaseSecurityParameters",
    "HTTPBasic",
    "HTTPBearer",
    "OAuth2PasswordBearer",
    "UnsupportedSecurityStub",
)

SecurityClass: TypeAlias = "type[BaseSecurity]"
ParametersClass: TypeAlias = "type[BaseSecurityParameters]"

_SECONDS = 30.0
_VARIABLE = "SECURITY"


class BaseSecurityParameters(BaseModel):
    """What a program gives for one scheme: a key, a token, a name and a password."""

    scheme: ClassVar[dict[str, Any]]

    def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
        """Put it into a request.

        Args:
            q_params: the parameters in the address of the request, which are changed.
            body_dict: ``headers`` and ``cookies`` of the request, which are changed.
            security: the scheme, which knows the name of the parameter.
        """
        raise NotImplementedError

    def get_security_class(self) -> SecurityClass:
        """Return the class of the scheme."""
        return BaseSecurity.get_security_class(self.scheme["type"], self.scheme["schema_parameters"])

    def dump(self) -> dict[str, Any]:
        """Write it as JSON that `BaseSecurity.parse_security_parameters` reads; secrets are in it."""
        return {**self.scheme, **self.model_dump()}

    def to_env(self) -> dict[str, str]:
        """Write it as the environment variable that `BaseSecurity.parse_security_parameters_from_env` reads."""
        return {_VARIABLE: json.dumps(self.dump())}


class BaseSecurity(BaseModel):
    """A scheme of OpenAPI.

    Attributes:
        name: the name of the header, the cookie or the parameter, where the service chooses it.
    """

    type: ClassVar[str]
    in_value: ClassVar[str]
    Parameters: ClassVar[ParametersClass]

    name: str = ""

    def accept(self, security_params: BaseSecurityParameters) -> bool:
        """Tell whether parameters are for this scheme.

        Args:
            security_params: the parameters.
        """
        return isinstance(security_params, self.Parameters)

    @classmethod
    def is_supported(cls, type: str, schema_parameters: Mapping[str, Any]) -> bool:
        """Tell whether the class is the one for a scheme.

        Args:
            type: such as ``"apiKey"``.
            schema_parameters: the description of the scheme.
        """
        return cls.type == type and cls.in_value in (schema_parameters.get("in"), schema_parameters.get("scheme"))

    @classmethod
    def from_scheme(cls, scheme: Mapping[str, Any]) -> BaseSecurity:
        """Make a scheme from its description.

        Args:
            scheme: the description.
        """
        return cls(name=scheme.get("name", ""))

    @classmethod
    def get_security_class(cls, type: str, schema_parameters: Mapping[str, Any]) -> SecurityClass:
        """Find the class for a scheme.

        Args:
            type: such as ``"apiKey"``.
            schema_parameters: the description of the scheme.

        Returns:
            The class; `UnsupportedSecurityStub` for a scheme that is not known.
        """
        fitting = (one for one in _SCHEMES if one.is_supported(type, schema_parameters))
        return next(fitting, UnsupportedSecurityStub)

    @classmethod
    def parse_security_parameters(cls, unparsed_params: Mapping[str, Any]) -> BaseSecurityParameters:
        """Read what `BaseSecurityParameters.dump` wrote.

        Args:
            unparsed_params: ``type``, ``schema_parameters``, and the values.

        Raises:
            ValueError: the scheme is not known.
        """
        values = dict(unparsed_params)
        kind, described = values.pop("type", ""), values.pop("schema_parameters", {})
        found = cls.get_security_class(kind, described)
        if found is UnsupportedSecurityStub:
            raise ValueError(f"Unsupported type '{kind}' and schema_parameters '{described}' combination")
        return found.Parameters(**values)

    @classmethod
    def parse_security_parameters_from_env(cls, env: Mapping[str, str]) -> BaseSecurityParameters:
        """Read what `BaseSecurityParameters.to_env` wrote.

        Args:
            env: the environment; the variable is ``SECURITY``.
        """
        return cls.parse_security_parameters(json.loads(env[_VARIABLE]))


class UnsupportedSecurityStub(BaseSecurity):
    """A scheme that is not known, such as OpenID Connect: requests go out without it."""

    type = "unsupported"
    in_value = "unsupported"

    class Parameters(BaseSecurityParameters):
        """There are none."""

        scheme = {"type": "unsupported", "schema_parameters": {}}

        def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
            """Leave the request as it is."""


class _Key(BaseSecurityParameters):
    value: str = Field(default="API_KEY", repr=False)


class APIKeyHeader(BaseSecurity):
    """A key in a header."""

    type = "apiKey"
    in_value = "header"

    class Parameters(_Key):
        """The key."""

        scheme = {"type": "apiKey", "schema_parameters": {"in": "header"}}

        def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
            """Put it into a request; see `BaseSecurityParameters.apply`."""
            body_dict.setdefault("headers", {})[security.name] = self.value


class APIKeyQuery(BaseSecurity):
    """A key in the address."""

    type = "apiKey"
    in_value = "query"

    class Parameters(_Key):
        """The key."""

        scheme = {"type": "apiKey", "schema_parameters": {"in": "query"}}

        def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
            """Put it into a request; see `BaseSecurityParameters.apply`."""
            q_params[security.name] = self.value


class APIKeyCookie(BaseSecurity):
    """A key in a cookie."""

    type = "apiKey"
    in_value = "cookie"

    class Parameters(_Key):
        """The key."""

        scheme = {"type": "apiKey", "schema_parameters": {"in": "cookie"}}

        def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
            """Put it into a request; see `BaseSecurityParameters.apply`."""
            body_dict.setdefault("cookies", {})[security.name] = self.value


class HTTPBearer(BaseSecurity):
    """A token."""

    type = "http"
    in_value = "bearer"

    class Parameters(BaseSecurityParameters):
        """The token."""

        scheme = {"type": "http", "schema_parameters": {"scheme": "bearer"}}

        value: str = Field(default="BEARER_TOKEN", repr=False)

        def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
            """Put it into a request; see `BaseSecurityParameters.apply`."""
            _authorize(body_dict, f"Bearer {self.value}")


class _Password(BaseSecurityParameters):
    username: str = "USERNAME"
    password: str = Field(default="PASSWORD", repr=False)


class HTTPBasic(BaseSecurity):
    """A name and a password."""

    type = "http"
    in_value = "basic"

    class Parameters(_Password):
        """Both of them."""

        scheme = {"type": "http", "schema_parameters": {"scheme": "basic"}}

        def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
            """Put them into a request; see `BaseSecurityParameters.apply`."""
            pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
            _authorize(body_dict, f"Basic {pair}")


class OAuth2PasswordBearer(BaseSecurity):
    """A token that the service gives for a name and a password.

    Attributes:
        token_url: where it does.
    """

    type = "oauth2"
    in_value = "bearer"

    token_url: str = ""

    class Parameters(_Password):
        """Name and password, or the token itself.

        Attributes:
            bearer_token: the token; it is asked for once if it is not given.
            token_url: where it is asked for, unless the service says so.
        """

        scheme = {
            "type": "oauth2",
            "schema_parameters": {"flows": {"password": {"tokenUrl": "TOKEN_URL"}}},
        }

        bearer_token: str | None = Field(default=None, repr=False)
        token_url: str = "TOKEN_URL"

        def get_token(self, token_url: str) -> str:
            """Ask for a token.

            Args:
                token_url: where.

            Raises:
                httpx.HTTPStatusError: the service refuses.
            """
            asked = {"grant_type": "password", "username": self.username, "password": self.password}
            answer = httpx.post(token_url, data=asked, timeout=_SECONDS)
            answer.raise_for_status()
            return str(answer.json()["access_token"])

        def apply(self, q_params: dict[str, Any], body_dict: dict[str, Any], security: BaseSecurity) -> None:
            """Put the token into a request; see `BaseSecurityParameters.apply`."""
            if self.bearer_token is None:
                self.bearer_token = self.get_token(getattr(security, "token_url", "") or self.token_url)
            _authorize(body_dict, f"Bearer {self.bearer_token}")

    @classmethod
    def is_supported(cls, type: str, schema_parameters: Mapping[str, Any]) -> bool:
        """Tell whether the class is the one for a scheme; see `BaseSecurity.is_supported`."""
        return cls.type == type and "password" in (schema_parameters.get("flows") or {})

    @classmethod
    def from_scheme(cls, scheme: Mapping[str, Any]) -> BaseSecurity:
        """Make a scheme from its description; see `BaseSecurity.from_scheme`."""
        return cls(token_url=scheme["flows"]["password"].get("tokenUrl", ""))


def _authorize(body_dict: dict[str, Any], value: str) -> None:
    body_dict.setdefault("headers", {})["Authorization"] = value


_SCHEMES: tuple[type[BaseSecurity], ...] = (
    APIKeyHeader,
    APIKeyQuery,
    APIKeyCookie,
    HTTPBearer,
    HTTPBasic,
    OAuth2PasswordBearer,
)
