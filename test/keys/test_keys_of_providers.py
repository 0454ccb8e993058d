"""A key of a provider is seen nowhere but in the request, whether it answers, refuses, breaks off or hangs.

The servers quote the request that they refuse, headers included: whatever was sent comes back in the error.
"""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path
from typing import Any

import kit
import pytest

from autogen_classic.replay import record
from autogen_classic.testing.http_server import HttpRequest, HttpResponse

CASES = sorted(path.stem for path in Path(kit.__file__).parent.glob("case_*.py"))
every_provider = pytest.mark.parametrize("name", CASES)


def case_of(name: str) -> kit.Case:
    try:
        case = importlib.import_module(name).CASE
    except ImportError as error:
        pytest.skip(f"needs the package {error.name}")
    return dataclasses.replace(case, server=quoting(case.server))


def quoting(server: type[kit.WireServer]) -> type[kit.WireServer]:
    """A server that quotes a request in the message of an error."""

    class Quoting(server):  # type: ignore[misc, valid-type]
        quoted = ""

        def read(self, http: HttpRequest) -> kit.Seen:
            self.quoted = f"{http.path}?{http.query} {http.headers}"
            seen: kit.Seen = super().read(http)
            return seen

        def failure(self, reply: kit.Fail) -> dict[str, Any]:
            told = f"{reply.message} You sent {self.quoted}"
            body: dict[str, Any] = super().failure(dataclasses.replace(reply, message=told))
            return body

    return Quoting


def entry_of(case: kit.Case, server: kit.WireServer, search: Any, **settings: Any) -> dict[str, Any]:
    """The entry of a case, with further keys in its headers."""
    search.keys.append(kit.KEY)
    headers = {"X-Access-Token": search.plant("token"), "X-Tenant": search.plant("tenant")}
    return {**case.entry(server), "default_headers": headers, "max_retries": 0, **settings}


@every_provider
def test_a_chat_that_is_cached_and_recorded(name: str, search: Any, run_chat: Any) -> None:
    case = case_of(name)
    with case.server(kit.Say("Hello.")) as server, record("run.json"):
        llm_config = {"config_list": [entry_of(case, server, search)], "cache_seed": 5}
        run_chat(llm_config, summary_method="reflection_with_llm")
    assert server.seen
    assert Path("run.json").is_file()
    assert [path for path in Path(".cache").rglob("*") if path.is_file()]
    search.find_nothing()


@every_provider
@pytest.mark.parametrize("status", [401, 500])
def test_a_refusal_that_quotes_the_request(name: str, status: int, search: Any, run_chat: Any) -> None:
    case = case_of(name)
    with case.server(kit.Fail(status)) as server, record("run.json"):
        entry = entry_of(case, server, search)
        error = run_chat({"config_list": [entry, entry], "cache_seed": None}, fails=True)
    assert "You sent" in str(error)
    assert "None of the configurations" in str(error)
    search.find_nothing()


@every_provider
@pytest.mark.parametrize("reply", [kit.Hang(), kit.BreakOff()], ids=["hangs", "breaks off"])
def test_an_answer_that_does_not_come(name: str, reply: kit.Reply, search: Any, run_chat: Any) -> None:
    case = case_of(name)
    streams = isinstance(reply, kit.BreakOff)
    if streams and "broken stream" in case.has_none:
        pytest.skip("the API does not stream")
    with case.server(reply) as server:
        entry = entry_of(case, server, search, timeout=5 if streams else 0.2, stream=streams)
        run_chat({"config_list": [entry], "cache_seed": None}, fails=True)
    search.find_nothing()


@every_provider
def test_an_answer_that_cannot_be_used(name: str, search: Any, run_chat: Any) -> None:
    """A page instead of an answer, as a wrong base_url leads to."""
    case = case_of(name)

    class Page(case.server):  # type: ignore[misc, name-defined]
        def aside(self, http: HttpRequest) -> HttpResponse:
            page = f"<html>Not here: {http.headers}</html>"
            return HttpResponse(200, page.encode(), "text/html")

    with Page() as server:
        run_chat({"config_list": [entry_of(case, server, search)], "cache_seed": None}, fails=True)
    search.find_nothing()


@every_provider
def test_a_server_that_is_not_there(name: str, search: Any, run_chat: Any) -> None:
    case = case_of(name)
    with case.server() as server:
        entry = entry_of(case, server, search, timeout=2)
    run_chat({"config_list": [entry], "cache_seed": None}, fails=True)
    search.find_nothing()


@every_provider
def test_a_key_with_a_line_break_that_no_header_can_hold(name: str, search: Any, run_chat: Any) -> None:
    case = case_of(name)
    with case.server() as server:
        entry = entry_of(case, server, search)
        for place in ("api_key", "gcp_auth_token", "aws_session_token", "aws_access_key"):
            if place in entry:
                entry[place] = search.plant(place) + "\nsecond line"
        run_chat({"config_list": [entry], "cache_seed": None}, fails=None)  # some SDKs send it encoded
        server.faults.clear()
    search.find_nothing()
