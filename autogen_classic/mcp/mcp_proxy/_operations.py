"""What a service offers, read from its OpenAPI description."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import urljoin

from ..._packages import missing_package
from ...json_utils import resolve_part
from .security import BaseSecurity

__all__ = ("Body", "Operation", "Parameter", "operations_of", "parsed", "servers_of")

_METHODS = ("get", "put", "post", "delete", "head", "patch")
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_BODY = "body"
_LONGEST_NAME = 64


class Parameter(NamedTuple):
    """A value that goes into the address, the headers or the cookies of a request.

    Attributes:
        name: its name in the request.
        argument: its name in Python.
        place: "path", "query", "header" or "cookie".
        schema: what values it takes.
        is_required: whether a request needs it.
    """

    name: str
    argument: str
    place: str
    schema: dict[str, Any]
    is_required: bool


class Body(NamedTuple):
    """The body of a request.

    Attributes:
        kind: its media type.
        schema: what values it takes.
        is_required: whether a request needs it.
    """

    kind: str
    schema: dict[str, Any]
    is_required: bool

    @property
    def is_form(self) -> bool:
        """Whether it is sent as the fields of a form."""
        return self.kind == _FORM

    @property
    def is_multipart(self) -> bool:
        """Whether it is sent in parts, of which some are files."""
        return self.kind == _MULTIPART

    def is_file(self, field: str) -> bool:
        """Whether a field of a body in parts, or each item of its list, is a file.

        Args:
            field: the name of the field.
        """
        schema = self.schema.get("properties", {}).get(field, {})
        schema = schema.get("items", schema)
        return schema.get("format") == "binary" or "contentMediaType" in schema


class Operation(NamedTuple):
    """One thing that a service can do.

    Attributes:
        name: its name as a function.
        description: what it does.
        method: of HTTP, in capitals.
        path: below the address of the server, with parameters in braces.
        parameters: its parameters.
        body: its body; None if it does not take any.
        security: the ways in which a request may show its rights; any of them will do.
        group: the first of its tags; "" without one.
    """

    name: str
    description: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    security: tuple[BaseSecurity, ...]
    group: str


def parsed(text: str, what: str) -> dict[str, Any]:
    """Read JSON or YAML.

    Args:
        text: the text.
        what: what it should be, for an error.

    Returns:
        The object that it holds, with what JSON can hold: dates become texts.

    Raises:
        ValueError: it is neither, or does not hold an object.
        ImportError: YAML needs the package pyyaml.
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = _from_yaml(text, what)
    if not isinstance(found, dict):
        raise ValueError(f"{what} must hold an object, in JSON or YAML, but it holds {type(found).__name__}.")
    return found


def _from_yaml(text: str, what: str) -> object:
    try:
        import yaml
    except ImportError as error:
        raise missing_package(f"{what} in YAML", error, "mcp") from error
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{what} is neither JSON nor YAML: {error}") from error
    content: object = json.loads(json.dumps(found, default=str))  # dates become texts, and numbers as keys as well
    return content


def servers_of(specification: Mapping[str, Any], source: str | None) -> list[dict[str, Any]]:
    """Find where a service is.

    Args:
        specification: its description.
        source: where that comes from, to which addresses of servers may be relative; None if that is not known.

    Returns:
        A dict with ``url`` for each server, with the default values of its variables filled in.
    """
    servers = []
    for server in specification.get("servers") or [{"url": "/"}]:
        url = str(server["url"])
        for name, variable in (server.get("variables") or {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        servers.append({"url": urljoin(source, url) if source else url})
    return servers


def operations_of(specification: Mapping[str, Any]) -> list[Operation]:
    """Read what a service offers.

    Args:
        specification: its description, of version 3 of OpenAPI.

    Returns:
        One operation for each path and method; no two have the same name.

    Raises:
        ValueError: it is of another version, or does not describe paths.
    """
    if not str(specification.get("openapi", "")).startswith("3.") or not isinstance(specification.get("paths"), dict):
        raise ValueError(
            'An OpenAPI description of version 3 is needed: an object with "openapi": "3..." and "paths". '
            "One of version 2 (Swagger) has to be converted before."
        )
    taken: set[str] = set()
    return [
        _operation(specification, path, method, shared, described, taken)
        for path, shared in specification["paths"].items()
        for method, described in shared.items()
        if method in _METHODS
    ]


def _operation(
    specification: Mapping[str, Any],
    path: str,
    method: str,
    shared: Mapping[str, Any],
    described: Mapping[str, Any],
    taken: set[str],
) -> Operation:
    """Read one operation.

    Args:
        specification: the whole description.
        path: the path of the operation.
        method: of HTTP.
        shared: what the description says of all operations of the path.
        described: what it says of this one.
        taken: the names of other operations; that of this one is added.
    """
    return Operation(
        name=_new_name(_snake_case(described.get("operationId") or f"{method}_{path}"), taken),
        description=_joined(described.get("summary"), described.get("description")),
        method=method.upper(),
        path=path,
        parameters=_parameters(specification, shared, described),
        body=_body(_resolved(described.get("requestBody"), specification)),
        security=tuple(_security(specification, described)),
        group=str(next(iter(described.get("tags") or ()), "")),
    )


def _parameters(
    specification: Mapping[str, Any], shared: Mapping[str, Any], described: Mapping[str, Any]
) -> tuple[Parameter, ...]:
    """The parameters of an operation and those of its path, with different names in Python."""
    listed = [*(shared.get("parameters") or ()), *(described.get("parameters") or ())]
    resolved = [_resolved(parameter, specification) for parameter in listed]
    by_place = {(one["in"], one["name"]): one for one in resolved}  # an operation's own replace those of its path
    arguments = {_BODY}
    return tuple(
        Parameter(
            name=name,
            argument=_new_name(_identifier(name), arguments),
            place=place,
            schema=_schema(parameter, parameter.get("description")),
            is_required=bool(parameter.get("required")) or place == "path",
        )
        for (place, name), parameter in by_place.items()
    )


def _resolved(part: object, specification: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a description without references; empty if it is not there."""
    return cast("dict[str, Any]", resolve_part(part or {}, specification))


def _body(described: Mapping[str, Any]) -> Body | None:
    content: Mapping[str, Any] = described.get("content") or {}
    if not content:
        return None
    kind = next((one for one in content if "json" in one), next(iter(content)))
    return Body(kind, _schema(content[kind], described.get("description")), bool(described.get("required")))


def _schema(holder: Mapping[str, Any], description: str | None) -> dict[str, Any]:
    """The schema of a parameter or a body, with its description."""
    media: Mapping[str, Any] = next(iter((holder.get("content") or {}).values()), {})
    schema = cast("dict[str, Any]", _without_recursion(holder.get("schema") or media.get("schema") or {}))
    return {**schema, "description": description} if description and "description" not in schema else schema


def _without_recursion(part: object) -> object:
    """A schema in which the references that are left, of definitions that contain themselves, take any value."""
    if isinstance(part, list):
        return [_without_recursion(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {} if isinstance(part.get("$ref"), str) else {key: _without_recursion(value) for key, value in part.items()}


def _security(specification: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[BaseSecurity]:
    schemes = (specification.get("components") or {}).get("securitySchemes") or {}
    for alternative in described.get("security", specification.get("security")) or ():
        for name in alternative:
            scheme = _resolved(schemes.get(name), specification)
            kind = BaseSecurity.get_security_class(scheme.get("type", ""), scheme)
            yield kind.from_scheme(scheme)


def _joined(*texts: str | None) -> str:
    """The texts as paragraphs, each once."""
    return "\n\n".join(dict.fromkeys(text.strip() for text in texts if text))


def _snake_case(name: str) -> str:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\W_]+", "_", parted).strip("_").lower()[:_LONGEST_NAME] or "call"


def _identifier(name: str) -> str:
    """A name that a parameter can have in Python."""
    plain = re.sub(r"\W+", "_", name).strip("_") or "value"
    plain = f"n_{plain}" if plain[0].isdigit() else plain
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _new_name(name: str, taken: set[str]) -> str:
    """A name, with a number if it is taken, and no longer than functions of models may be; it is then taken, too."""
    new, number = name, 1
    while new in taken:
        number += 1
        ending = f"_{number}"
        new = name[: _LONGEST_NAME - len(ending)] + ending
    taken.add(new)
    return new
