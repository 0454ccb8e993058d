"""`MCPProxy`: a service with an OpenAPI description as an MCP server, and as functions."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import httpx

from ..._code.directory import made_directory
from ._calls import function_of
from ._operations import Operation, operations_of, parsed, servers_of
from ._server import MCPServer, server_of
from .security import BaseSecurityParameters

if TYPE_CHECKING:
    from ...agentchat.conversable_agent import ConversableAgent

__all__ = ("MCPProxy",)

_SECONDS = 30.0

Functions: TypeAlias = Iterable[str | Mapping[str, Mapping[str, str]]]

_PROGRAM = '''"""Serves the API of openapi.json to MCP clients: python main.py [stdio | sse | streamable-http]

The variable CONFIG_PATH names another file than mcp_config.{ending}; SECURITY holds what a program's
security parameters write by to_env().
"""

import os
import sys
from pathlib import Path

from autogen_classic.mcp.mcp_proxy import MCPProxy
from autogen_classic.mcp.mcp_proxy.security import BaseSecurity

here = Path(__file__).parent
app = MCPProxy.create(openapi_specification=(here / "openapi.json").read_text(encoding="utf-8"))
app.load_configuration(os.environ.get("CONFIG_PATH", str(here / "mcp_config.{ending}")))
if "SECURITY" in os.environ:
    app.set_security_params(BaseSecurity.parse_security_parameters_from_env(os.environ))

if __name__ == "__main__":
    app.get_mcp().run(transport=sys.argv[1] if len(sys.argv) > 1 else "stdio")
'''


class MCPProxy:
    """A service whose operations are functions and tools. Make it by `create`.

    Args:
        servers: where the service is, as dicts with ``url``; the first one counts.
        title: the name of the service.
        operations: what it offers.
        configuration_type: how configurations are written: ``"json"`` or ``"yaml"``.
    """

    def __init__(
        self,
        servers: list[dict[str, Any]],
        title: str | None = None,
        *,
        operations: Iterable[Operation] = (),
        configuration_type: Literal["json", "yaml"] = "json",
    ) -> None:
        self._servers = servers
        self._title = title or "MCP proxy"
        self._ending = configuration_type
        self._operations = {operation.name: operation for operation in operations}
        self._replaced: dict[str, Callable[..., Any]] = {}
        self._security_params: dict[str | None, BaseSecurityParameters] = {}

    @classmethod
    def create(
        cls,
        *,
        openapi_specification: str | Mapping[str, Any] | None = None,
        openapi_url: str | None = None,
        client_source_path: str | None = None,
        servers: list[dict[str, Any]] | None = None,
        rename_functions: bool = False,
        group_functions: bool = False,
        configuration_type: Literal["json", "yaml"] = "json",
        llm_config: Mapping[str, Any] | None = None,
    ) -> MCPProxy:
        """Make a proxy for a service.

        Args:
            openapi_specification: its OpenAPI description, version 3: a text in JSON or YAML, or a dict.
            openapi_url: where the description is, instead.
            client_source_path: a directory for a program, ``main.py``, that serves the operations to MCP clients, with
                the description and a configuration beside it; None writes nothing.
            servers: where the service is, as dicts with ``url``; None takes what the description says. It is needed
                where that does not say it.
            rename_functions: whether a model gives the functions better names.
            group_functions: whether ``client_source_path`` gets a configuration for each group of operations as well.
                The groups are the tags of the description.
            configuration_type: how configurations are written: ``"json"`` or ``"yaml"``.
            llm_config: the model that is asked for names.

        Returns:
            The proxy.

        Raises:
            ValueError: there is not exactly one description, it cannot be used, or a model is needed and not given.
            TypeError: the description or the servers are of another kind.
            FileExistsError: ``client_source_path`` is a file.
            httpx.HTTPError: the description cannot be fetched.
        """
        if (openapi_specification is None) == (openapi_url is None):
            given = "neither is" if openapi_url is None else "both are"
            raise ValueError(f"Either openapi_specification or openapi_url should be provided, but {given}.")
        if servers and not all(isinstance(server, Mapping) and "url" in server for server in servers):
            raise TypeError(f'servers must be a list of dicts such as {{"url": "https://..."}}, but it is {servers!r}.')
        specification = _described(openapi_specification if openapi_url is None else _fetched(openapi_url))
        found = operations_of(specification)
        if rename_functions:
            if not llm_config:
                raise ValueError("rename_functions=True asks a model for names, so it needs an llm_config.")
            from ._renaming import renamed

            found = renamed(found, llm_config)
        where = servers or servers_of(specification, openapi_url)
        title = (specification.get("info") or {}).get("title")
        proxy = cls(where, title, operations=found, configuration_type=configuration_type)
        if client_source_path is not None:
            proxy._write_program(Path(client_source_path), {**specification, "servers": where}, group_functions)
        return proxy

    # --- functions

    @property
    def function_names(self) -> list[str]:
        """The names of the functions."""
        return list(self._operations)

    def get_functions(self) -> list[str]:
        """The names of the functions; an older way to read `function_names`."""
        warnings.warn("Use the property function_names instead of get_functions().", DeprecationWarning, stacklevel=2)
        return self.function_names

    def get_function(self, name: str) -> Callable[..., Any]:
        """Return a function, which takes keyword arguments and can be registered as a tool of agents.

        Args:
            name: its name.

        Raises:
            ValueError: there is no such function.
        """
        operation = self._operation(name)
        return self._replaced.get(name) or function_of(operation, self._server, self._authorize)

    def set_function(self, name: str, func: Callable[..., Any]) -> None:
        """Put a function of your own in the place of another.

        Args:
            name: the name of the other.
            func: yours; its annotations become the schema of the tool.

        Raises:
            ValueError: there is no such function.
        """
        self._operation(name)
        self._replaced[name] = func

    def set_security_params(self, security_params: BaseSecurityParameters, name: str | None = None) -> None:
        """Give a key, a token, or a name and a password.

        Args:
            security_params: such as ``APIKeyHeader.Parameters(value="...")``.
            name: the function that uses it; None for all others.

        Raises:
            ValueError: there is no such function.
        """
        if name is not None:
            self._operation(name)
        self._security_params[name] = security_params

    def _register_for_llm(self, agent: ConversableAgent, functions: Functions | None = None) -> None:
        """Tell the model of an agent about the functions; programs call this although AG2 does not document it.

        Args:
            agent: the agent.
            functions: the names of those that it is to know, each also as ``{name: {"name": ..., "description": ...}}``
                to give it other ones; None for all.
        """
        for name, shown in self._chosen(functions):
            function = self.get_function(name)
            agent.register_for_llm(
                name=shown.get("name", name), description=shown.get("description", self._operation(name).description)
            )(function)

    def _register_for_execution(self, agent: ConversableAgent, functions: Functions | None = None) -> None:
        """Let an agent run the functions; see `_register_for_llm`."""
        for name, shown in self._chosen(functions):
            agent.register_for_execution(name=shown.get("name", name))(self.get_function(name))

    def _chosen(self, functions: Functions | None) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The names of functions, and what is said about each instead."""
        functions = [functions] if isinstance(functions, (str, Mapping)) else functions
        for entry in self._operations if functions is None else functions:
            for name, shown in ({entry: {}} if isinstance(entry, str) else entry).items():
                self._operation(name)
                yield name, shown

    def get_mcp(self, **settings: Any) -> MCPServer[Any]:
        """Make an MCP server that offers the functions as tools.

        Args:
            **settings: for the server of the package ``mcp``; ``host`` and ``port`` say where it listens.

        Returns:
            The server; its method ``run(transport="stdio")`` serves.
        """
        functions = {name: self.get_function(name) for name in self._operations}
        return server_of(functions, self._title, settings)

    # --- configurations

    def load_configuration(self, config_file: str) -> None:
        """Read which operations are offered, and under which names; see `dump_configuration`.

        Args:
            config_file: the file.

        Raises:
            ValueError: it cannot be used.
        """
        self._configure(Path(config_file).read_text(encoding="utf-8"), f"The file {config_file}")

    def load_configuration_from_string(self, config_data_str: str) -> None:
        """Read which operations are offered, and under which names; see `dump_configuration`.

        Args:
            config_data_str: JSON or YAML.

        Raises:
            ValueError: it cannot be used.
        """
        self._configure(config_data_str, "The configuration")

    def dump_configuration(self, output_file: Path, functions: Iterable[Callable[..., Any]] | None = None) -> None:
        """Write which operations are offered, to be changed by hand: names, descriptions, and what is to be left out.

        Args:
            output_file: the file.
            functions: the functions to name; None for all.
        """
        names = None if functions is None else {function.__name__ for function in functions}
        chosen = [operation for operation in self._operations.values() if names is None or operation.name in names]
        output_file.write_text(self._written(chosen), encoding="utf-8")

    def dump_configurations(self, output_dir: Path) -> None:
        """Write a configuration with all operations, ``mcp_config``, and one for each group, ``mcp_config_GROUP``.

        Args:
            output_dir: the directory.
        """
        self.dump_configuration(output_dir / f"mcp_config.{self._ending}")
        groups: dict[str, list[Operation]] = {}
        for operation in self._operations.values():
            groups.setdefault(operation.group, []).append(operation)
        for group, operations in groups.items():
            if group:
                plain = "".join(letter if letter.isalnum() else "_" for letter in group).lower()
                file = output_dir / f"mcp_config_{plain}.{self._ending}"
                file.write_text(self._written(operations), encoding="utf-8")

    # --- behind them

    def _operation(self, name: str) -> Operation:
        if name not in self._operations:
            raise ValueError(f"Function {name} not found. There are: {', '.join(self._operations)}.")
        return self._operations[name]

    def _server(self) -> str:
        url = str(self._servers[0]["url"])
        if "://" not in url:
            raise ValueError(
                f"The description of {self._title} says {url!r} for the address of the service, which is not a whole "
                'one. Give it: MCPProxy.create(..., servers=[{"url": "https://..."}]).'
            )
        return url

    def _authorize(self, operation: Operation, query: dict[str, Any], rest: dict[str, Any]) -> None:
        given = self._security_params.get(operation.name) or self._security_params.get(None)
        if given is None or not operation.security:
            return
        security = next((scheme for scheme in operation.security if scheme.accept(given)), None)
        if security is None:
            kinds = ", ".join(type(scheme).__name__ for scheme in operation.security)
            raise ValueError(f"{operation.name} takes {kinds}, but was given {type(given).__qualname__}.")
        given.apply(query, rest, security)

    def _configure(self, text: str, what: str) -> None:
        settings = parsed(text, what)
        if (settings.get("server") or {}).get("url"):
            self._servers = [settings["server"]]
        known = {(operation.method, operation.path): operation for operation in self._operations.values()}
        chosen = {}
        for row in settings.get("operations") or ():
            operation = known.get((str(row.get("method")).upper(), row.get("path")))
            if operation is None:
                asked = f"{row.get('method')} {row.get('path')}"
                raise ValueError(f"{what} names {asked}, which the service does not offer.")
            new = operation._replace(**{key: row[key] for key in ("name", "description") if row.get(key)})
            chosen[new.name] = new
        self._operations = chosen

    def _written(self, operations: Iterable[Operation]) -> str:
        rows = [
            {
                "name": operation.name,
                "description": operation.description,
                "path": operation.path,
                "method": operation.method,
            }
            for operation in operations
        ]
        content = {"server": self._servers[0], "authentication": [], "operations": rows}
        if self._ending == "json":
            return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        import yaml

        return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))

    def _write_program(self, directory: Path, specification: Mapping[str, Any], groups: bool) -> None:
        made_directory(directory, "client_source_path")
        (directory / "openapi.json").write_text(json.dumps(specification, ensure_ascii=False), encoding="utf-8")
        (directory / "main.py").write_text(_PROGRAM.format(ending=self._ending), encoding="utf-8")
        if groups:
            self.dump_configurations(directory)
        else:
            self.dump_configuration(directory / f"mcp_config.{self._ending}")


def _described(given: object) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    if not isinstance(given, str):
        kind = type(given).__name__
        raise TypeError(f"openapi_specification must be a text in JSON or YAML, or a dict, but it is of type {kind}.")
    return parsed(given, "The OpenAPI description")


def _fetched(url: str) -> str:
    answer = httpx.get(url, timeout=_SECONDS, follow_redirects=True)
    answer.raise_for_status()
    return answer.text
