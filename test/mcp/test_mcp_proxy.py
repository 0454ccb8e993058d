"""A service with an OpenAPI description, asked through `MCPProxy` over real HTTP, and as a real MCP server."""

from __future__ import annotations

import asyncio
import base64
import email
import inspect
import json
import re
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from autogen_classic import ConversableAgent
from autogen_classic.errors import McpCallError
from autogen_classic.function_utils import get_function_schema
from autogen_classic.mcp import open_toolkit
from autogen_classic.mcp.mcp_client import StdioConfig
from autogen_classic.mcp.mcp_proxy import MCPProxy
from autogen_classic.mcp.mcp_proxy.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    BaseSecurity,
    BaseSecurityParameters,
    HTTPBasic,
    HTTPBearer,
    OAuth2PasswordBearer,
    UnsupportedSecurityStub,
)
from autogen_classic.testing import MockOpenAIServer, tool_call

ITEM = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
    },
    "required": ["name"],
}


def specification(url: str, **further: Any) -> dict[str, Any]:
    answered = {"responses": {200: {"description": "fine"}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": f"{url}/{{version}}", "variables": {"version": {"default": "v1"}}}],
        "components": {
            "schemas": {"Item": ITEM},
            "parameters": {"trace": {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "query": {"type": "apiKey", "in": "query", "name": "key"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
                "oauth": {"type": "oauth2", "flows": {"password": {"tokenUrl": f"{url}/token"}}},
                "other": {"type": "openIdConnect"},
            },
        },
        "security": [{name: []} for name in ("key", "query", "cookie", "bearer", "basic", "oauth", "other")],
        "paths": {
            "/items/{item-id}": {
                "parameters": [
                    {"name": "item-id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"$ref": "#/components/parameters/trace"},
                ],
                "get": {
                    "operationId": "getItem",
                    "tags": ["Items"],
                    "summary": "Get an item",
                    "description": "By its id.",
                    "parameters": [
                        {"name": "from", "in": "query", "description": "Since when", "schema": {"type": "integer"}},
                        {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    ],
                    **answered,
                },
            },
            "/items": {
                "post": {
                    "operationId": "make-item",
                    "tags": ["Items"],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}},
                    },
                    **answered,
                },
                "get": {"summary": "List all items", "security": [], **answered},
            },
            "/login": {
                "post": {
                    "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}},
                    **answered,
                }
            },
            "/broken": {"delete": {"operationId": "break_it", **answered}},
        },
        **further,
    }


class Shop(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/openapi.json":
            self._answer(200, specification("/api"))
            return
        length = int(self.headers.get("Content-Length") or 0)
        shown = ("X-Key", "X-Trace", "Authorization", "Cookie", "Content-Type")
        seen = {
            "method": self.command,
            "path": place.path,
            "query": parse_qs(place.query),
            "headers": {name: self.headers[name] for name in shown if name in self.headers},
            "body": self.rfile.read(length).decode(),
        }
        if place.path == "/token":
            self._answer(200, {"access_token": "of " + seen["body"]})
        elif self.command == "DELETE":
            self._answer(418, {"why": "a teapot"})
        else:
            self._answer(200, seen)

    do_POST = do_DELETE = do_GET

    def _answer(self, status: int, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def proxy(url: str) -> MCPProxy:
    return MCPProxy.create(openapi_specification=json.dumps(specification(url)))


# --- what a description offers ---------------------------------------------------------------------------------------


def test_each_operation_is_a_function(proxy: MCPProxy) -> None:
    assert proxy.function_names == ["get_item", "make_item", "get_items", "post_login", "break_it"]
    function = proxy.get_function("get_item")
    assert function.__doc__ == "Get an item\n\nBy its id."
    parameters = inspect.signature(function).parameters
    assert list(parameters) == ["item_id", "X_Trace", "from_", "tag"]
    assert [one for one in parameters if parameters[one].default is inspect.Parameter.empty] == ["item_id"]


def test_yaml_is_read_as_json_is(url: str) -> None:
    yaml = pytest.importorskip("yaml")
    text = yaml.safe_dump(specification(url), sort_keys=False)
    assert MCPProxy.create(openapi_specification=text).function_names[0] == "get_item"


def test_a_description_is_fetched_and_its_server_is_found_from_there(url: str) -> None:
    proxy = MCPProxy.create(openapi_url=f"{url}/openapi.json")
    assert proxy.get_function("get_items")()["path"] == "/api/v1/items"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Either openapi_specification or openapi_url should be provided, but neither is"),
        ({"openapi_specification": "{}", "openapi_url": "http://127.0.0.1:9"}, "Either .* provided, but both are"),
        ({"openapi_specification": "[]"}, "must hold an object"),
        ({"openapi_specification": "{: ["}, "neither JSON nor YAML"),
        ({"openapi_specification": '{"swagger": "2.0", "paths": {}}'}, "version 3"),
        ({"openapi_specification": '{"openapi": "3.0.0", "paths": {}}', "rename_functions": True}, "llm_config"),
    ],
)
def test_a_description_that_cannot_be_used_says_why(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        MCPProxy.create(**given)


def test_a_description_can_be_a_dict(url: str) -> None:
    assert MCPProxy.create(openapi_specification=specification(url)).get_function("get_items")()["method"] == "GET"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"openapi_specification": Path("api.json")}, "must be a text in JSON or YAML, or a dict"),
        ({"openapi_specification": "{}", "servers": ["http://127.0.0.1"]}, "servers must be a list of dicts"),
    ],
)
def test_a_description_or_servers_of_another_kind_are_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        MCPProxy.create(**given)


@pytest.mark.parametrize("servers", [[], [{"url": "/v1"}]])
def test_a_description_that_does_not_say_where_the_service_is_asks_for_servers(url: str, servers: list[Any]) -> None:
    proxy = MCPProxy.create(openapi_specification=specification(url, servers=servers))
    with pytest.raises(ValueError, match=re.escape('servers=[{"url": "https://..."}]')):
        proxy.get_function("get_items")()


def test_a_default_of_the_description_is_that_of_the_tool(url: str) -> None:
    described = specification(url)
    of_items = described["paths"]["/items"]["get"]
    of_items["parameters"] = [{"name": "limit", "in": "query", "schema": {"type": "integer", "default": 10}}]
    function = MCPProxy.create(openapi_specification=described).get_function("get_items")
    schema = get_function_schema(function, name="get_items", description="List all items")
    assert schema["function"]["parameters"]["properties"]["limit"]["default"] == 10


# --- requests --------------------------------------------------------------------------------------------------------


def test_arguments_go_where_the_description_says(proxy: MCPProxy) -> None:
    seen = proxy.get_function("get_item")(item_id="../a b", X_Trace="t", from_=3, tag=["x", "y"])
    assert (seen["method"], seen["path"]) == ("GET", "/v1/items/..%2Fa%20b")
    assert seen["query"] == {"from": ["3"], "tag": ["x", "y"]}
    assert seen["headers"] == {"X-Trace": "t"}
    seen = proxy.get_function("make_item")(body={"name": "é"})
    assert json.loads(seen["body"]) == {"name": "é"}
    assert seen["headers"] == {"Content-Type": "application/json"}
    seen = proxy.get_function("post_login")(body={"user": "a", "count": 2})
    assert parse_qs(seen["body"]) == {"user": ["a"], "count": ["2"]}


UPLOAD = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "more": {"type": "array", "items": {"type": "string", "contentMediaType": "text/plain"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "about": {"type": "object"},
    },
}


def upload(url: str, body: Any) -> Any:
    described = {"multipart/form-data": {"schema": UPLOAD}}
    paths = {"/upload": {"post": {"operationId": "upload", "requestBody": {"content": described}}}}
    return MCPProxy.create(openapi_specification=specification(url, paths=paths)).get_function("upload")(body=body)


def test_a_body_in_parts_is_sent_as_files_and_fields(url: str) -> None:
    body = {"file": "é", "more": ["1", "2"], "tags": ["a", "b"], "about": {"x": 1}, "left_out": None}
    seen = upload(url, body)
    assert seen["headers"]["Content-Type"].startswith("multipart/form-data; boundary=")
    message = email.message_from_string(f"Content-Type: {seen['headers']['Content-Type']}\n\n{seen['body']}")
    parts = [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload().strip())
        for part in message.get_payload()
    ]
    assert parts == [
        *(("file", "file", "é"), ("more", "more", "1"), ("more", "more", "2")),
        *(("tags", None, "a"), ("tags", None, "b"), ("about", None, '{"x": 1}')),
    ]


def test_a_body_in_parts_that_is_not_an_object_is_refused(url: str) -> None:
    with pytest.raises(TypeError, match="body must be an object with a value for each field"):
        upload(url, "text")


def test_lists_are_repeated_in_a_form(proxy: MCPProxy) -> None:
    seen = proxy.get_function("post_login")(body={"tag": ["a", "b"], "user": None})
    assert parse_qs(seen["body"]) == {"tag": ["a", "b"]}


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("get_item", {}, "get_item() needs item_id. It takes item_id, X_Trace, from_, tag."),
        ("get_item", {"item_id": None}, "get_item() needs item_id."),
        ("get_item", {"item-id": "1"}, "get_item() needs item_id and does not take item-id."),
        (
            "make_item",
            {"name": "a"},
            "needs body and does not take name. It takes body. Put name into body, as in body={",
        ),
        ("post_login", {"user": "a"}, "post_login() does not take user. It takes body."),
        ("get_items", {"page": 1}, "get_items() does not take page. It takes no arguments."),
    ],
)
def test_missing_and_unknown_arguments_are_named_before_anything_is_sent(
    name: str, arguments: dict[str, Any], says: str
) -> None:
    proxy = MCPProxy.create(openapi_specification=specification("http://127.0.0.1:9"))
    with pytest.raises(TypeError, match=re.escape(says)):
        proxy.get_function(name)(**arguments)


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_part_of_the_address_cannot_lead_to_another_one(proxy: MCPProxy, value: str) -> None:
    with pytest.raises(ValueError, match="item_id is a part of the address"):
        proxy.get_function("get_item")(item_id=value)


def test_a_refusal_is_an_error_that_says_what_was_answered(proxy: MCPProxy) -> None:
    with pytest.raises(McpCallError, match="DELETE /broken was answered with status 418: .*a teapot"):
        proxy.get_function("break_it")()


def test_a_service_that_is_not_there_is_an_error_without_keys(url: str) -> None:
    text = json.dumps(specification(url))
    proxy = MCPProxy.create(openapi_specification=text, servers=[{"url": "http://127.0.0.1:9"}])
    proxy.set_security_params(APIKeyQuery.Parameters(value="secret-key"))
    with pytest.raises(McpCallError, match="GET /items/{item-id} cannot be sent: ConnectError") as caught:
        proxy.get_function("get_item")(item_id="1")
    assert "secret-key" not in "".join(traceback.format_exception(caught.value))


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "place", "seen"),
    [
        (APIKeyHeader.Parameters(value="k"), "headers", {"X-Key": "k"}),
        (APIKeyQuery.Parameters(value="k"), "query", {"key": ["k"]}),
        (APIKeyCookie.Parameters(value="k"), "headers", {"Cookie": "key=k"}),
        (HTTPBearer.Parameters(value="k"), "headers", {"Authorization": "Bearer k"}),
        (
            HTTPBasic.Parameters(username="u", password="p"),
            "headers",
            {"Authorization": f"Basic {base64.b64encode(b'u:p').decode()}"},
        ),
        (
            OAuth2PasswordBearer.Parameters(username="u", password="p"),
            "headers",
            {"Authorization": "Bearer of grant_type=password&username=u&password=p"},
        ),
        (OAuth2PasswordBearer.Parameters(bearer_token="b"), "headers", {"Authorization": "Bearer b"}),
        (UnsupportedSecurityStub.Parameters(), "headers", {}),
    ],
)
def test_a_request_shows_its_rights_by_each_scheme(
    proxy: MCPProxy, given: BaseSecurityParameters, place: str, seen: dict[str, Any]
) -> None:
    proxy.set_security_params(given)
    assert proxy.get_function("get_item")(item_id="1")[place] == seen
    assert proxy.get_function("get_items")()[place] == {}  # it does not need any


def test_rights_can_be_those_of_one_function(proxy: MCPProxy) -> None:
    proxy.set_security_params(APIKeyHeader.Parameters(value="all"))
    proxy.set_security_params(HTTPBearer.Parameters(value="one"), name="make_item")
    assert proxy.get_function("get_item")(item_id="1")["headers"] == {"X-Key": "all"}
    assert proxy.get_function("make_item")(body={"name": "a"})["headers"]["Authorization"] == "Bearer one"
    with pytest.raises(ValueError, match="Function nothing not found"):
        proxy.set_security_params(HTTPBearer.Parameters(), name="nothing")


def test_rights_of_a_scheme_that_the_service_does_not_have_are_refused(url: str) -> None:
    described = specification(url, security=[{"key": []}])
    proxy = MCPProxy.create(openapi_specification=json.dumps(described))
    proxy.set_security_params(HTTPBearer.Parameters(value="secret-key"))
    with pytest.raises(ValueError, match=r"get_item takes APIKeyHeader, but was given HTTPBearer.Parameters") as caught:
        proxy.get_function("get_item")(item_id="1")
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        APIKeyHeader.Parameters(value="k"),
        APIKeyQuery.Parameters(value="k"),
        APIKeyCookie.Parameters(value="k"),
        HTTPBearer.Parameters(value="k"),
        HTTPBasic.Parameters(username="u", password="p"),
        OAuth2PasswordBearer.Parameters(username="u", password="p"),
    ],
)
def test_rights_are_handed_to_a_program_by_its_environment(given: BaseSecurityParameters) -> None:
    assert BaseSecurity.parse_security_parameters_from_env(given.to_env()) == given
    assert given.get_security_class().Parameters is type(given)
    assert "k" not in repr(given).partition("(")[2].replace("token", "").replace("OKEN", "")


def test_an_unknown_scheme_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="Unsupported type 'x'"):
        BaseSecurity.parse_security_parameters({"type": "x"})


# --- configurations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_configuration_chooses_and_names_operations(url: str, tmp_path: Path, kind: Any) -> None:
    pytest.importorskip("yaml")
    text = json.dumps(specification(url))
    first = MCPProxy.create(openapi_specification=text, configuration_type=kind)
    first.dump_configurations(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"mcp_config.{kind}", f"mcp_config_items.{kind}"]
    second = MCPProxy.create(openapi_specification=text)
    second.load_configuration(str(tmp_path / f"mcp_config_items.{kind}"))
    assert second.function_names == ["get_item", "make_item"]
    row = {"name": "everything", "description": "All of them", "path": "/items", "method": "get"}
    first.load_configuration_from_string(json.dumps({"server": {"url": f"{url}/v2"}, "operations": [row]}))
    assert first.function_names == ["everything"]
    assert first.get_function("everything").__doc__ == "All of them"
    assert first.get_function("everything")()["path"] == "/v2/items"


def test_a_configuration_cannot_name_what_is_not_there(proxy: MCPProxy) -> None:
    row = {"name": "a", "path": "/nowhere", "method": "GET"}
    with pytest.raises(ValueError, match="GET /nowhere, which the service does not offer"):
        proxy.load_configuration_from_string(json.dumps({"operations": [row]}))
    assert len(proxy.function_names) == 5


def test_a_model_gives_better_names(url: str) -> None:
    names = {"get_items": "list_items", "break_it": "not a name", "make_item": "get_item", "new": "x"}
    with MockOpenAIServer([f"Here they are: {json.dumps(names)}"]) as server:
        proxy = MCPProxy.create(
            openapi_specification=json.dumps(specification(url)),
            rename_functions=True,
            llm_config=server.llm_config(),
        )
        assert "GET /items/{item-id} (Get an item)" in server.requests[0].messages[0]["content"]
    assert proxy.function_names == ["get_item", "make_item", "list_items", "post_login", "break_it"]
    assert proxy.get_function("list_items")()["path"] == "/v1/items"


# --- tools -----------------------------------------------------------------------------------------------------------


def test_a_function_is_a_tool_of_agents(proxy: MCPProxy) -> None:
    with MockOpenAIServer([tool_call("make_item", body={"name": "tea"}), "done"]) as server:
        caller = ConversableAgent("caller", llm_config=server.llm_config(), human_input_mode="NEVER")
        runner = ConversableAgent("runner", llm_config=False, human_input_mode="NEVER")
        function = proxy.get_function("make_item")
        caller.register_for_llm(description="Make an item.")(function)
        runner.register_for_execution()(function)
        runner.initiate_chat(caller, message="go", max_turns=2, silent=True)
        (tool,) = server.requests[0]["tools"]
        assert tool["function"]["parameters"]["properties"]["body"]["required"] == ["name"]
        (answer,) = (said["content"] for said in server.requests[1].messages if said["role"] == "tool")
        assert "/v1/items" in answer


@pytest.mark.parametrize(
    ("functions", "shown"),
    [
        (None, {"get_item": "Get an item\n\nBy its id.", "get_items": "List all items"}),
        (["get_item"], {"get_item": "Get an item\n\nBy its id."}),
        ("get_items", {"get_items": "List all items"}),
        ([{"get_item": {"name": "find", "description": "Find."}}], {"find": "Find."}),
    ],
)
def test_functions_are_registered_as_programs_for_ag2_do(url: str, functions: Any, shown: dict[str, str]) -> None:
    paths = {path: one for path, one in specification(url)["paths"].items() if "get" in one}
    paths["/items"] = {"get": paths["/items"]["get"]}
    proxy = MCPProxy.create(openapi_specification=specification(url, paths=paths))
    caller = ConversableAgent("caller", llm_config={"model": "m", "api_key": "k"}, human_input_mode="NEVER")
    runner = ConversableAgent("runner", llm_config=False, human_input_mode="NEVER")
    proxy._register_for_llm(caller, functions)
    proxy._register_for_execution(runner, functions)
    described = {tool["function"]["name"]: tool["function"]["description"] for tool in caller.llm_config["tools"]}
    assert described == shown
    assert list(runner.function_map) == list(shown)
    name = list(shown)[-1]
    assert "/v1/items" in runner.function_map[name](**({} if name == "get_items" else {"item_id": "1"}))


def test_an_unknown_function_is_not_registered(proxy: MCPProxy) -> None:
    with pytest.raises(ValueError, match="Function zoe not found"):
        proxy._register_for_execution(ConversableAgent("runner", llm_config=False), ["zoe"])


def test_a_function_of_the_program_takes_the_place_of_another(proxy: MCPProxy) -> None:
    def get_item(item_id: str) -> str:
        """Get it elsewhere."""
        return f"mine {item_id}"

    proxy.set_function("get_item", get_item)
    assert proxy.get_function("get_item")("1") == "mine 1"
    with pytest.raises(ValueError, match="Function other not found. There are: get_item, "):
        proxy.set_function("other", get_item)
    with pytest.warns(DeprecationWarning, match="function_names"):
        assert proxy.get_functions() == proxy.function_names


def test_the_program_that_is_written_is_an_mcp_server(url: str, tmp_path: Path) -> None:
    MCPProxy.create(openapi_specification=json.dumps(specification(url)), client_source_path=str(tmp_path))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["main.py", "mcp_config.json", "openapi.json"]
    root = str(Path(__file__).parents[2])
    environment = {**HTTPBearer.Parameters(value="k").to_env(), "PYTHONPATH": root}
    config = StdioConfig(
        server_name="shop", command=sys.executable, args=[str(tmp_path / "main.py")], environment=environment
    )
    with open_toolkit(config) as toolkit:
        tool = toolkit.get_tool("get_item")
        agent = ConversableAgent("a", llm_config={"config_list": [{"model": "m", "api_key": "sk-test"}]})
        tool.register_for_llm(agent)
        schema = agent.llm_config["tools"][0]["function"]["parameters"]  # type: ignore[index]
        assert schema["properties"]["from_"]["description"] == "Since when"
        assert schema["required"] == ["item_id"]
        seen = json.loads(asyncio.run(tool(item_id="7", from_=1)))
        assert (seen["path"], seen["query"]) == ("/v1/items/7", {"from": ["1"]})
        assert seen["headers"] == {"Authorization": "Bearer k"}
        with pytest.raises(McpCallError, match="status 418"):
            asyncio.run(toolkit.get_tool("break_it")())


def test_a_missing_package_for_yaml_names_its_extra() -> None:
    program = (
        "import sys; sys.modules['yaml'] = None\n"
        "from autogen_classic.mcp.mcp_proxy import MCPProxy\n"
        "try: MCPProxy.create(openapi_specification='openapi: 3.0.0')\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert 'pip install "autogen-classic[mcp]"' in done.stdout
