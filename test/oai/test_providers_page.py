"""The page about providers: its entries make clients, its own provider answers, its extras have what is imported."""

from __future__ import annotations

import importlib
import json
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import ConversableAgent, LLMConfig, OpenAIWrapper
from autogen_classic.oai import providers
from autogen_classic.oai._specs import RESPONSES, SPECS, ProviderSpec, spec_of
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "website" / "docs" / "providers.md").read_text(encoding="utf-8")
KEY = "sk-a-key-for-the-page"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


ENTRIES = [json.loads(block) for block in blocks("json")]
(ACME,) = blocks('python title="acme_models.py"')
(PROGRAM,) = blocks('python title="program"')
(ENTRY_POINT,) = blocks("toml")


# --- entries ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def named_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A key in every variable that the page names, and an AWS profile in a file."""
    for name in re.findall(r"`([A-Z_]+(?:_KEY|_KEY_ID))`", PAGE):
        monkeypatch.setenv(name, KEY)
    profile = tmp_path / "credentials"
    profile.write_text(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {KEY}\n", encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profile))
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)


def provider_of(entry: Any) -> ProviderSpec:
    spec = spec_of(providers.api_type_of(entry))
    assert spec is not None
    return spec


@pytest.mark.parametrize("entry", ENTRIES, ids=json.dumps)
def test_an_entry_of_the_page_makes_a_client(entry: Any, named_keys: None) -> None:
    entries = entry if isinstance(entry, list) else [entry]
    for spec in map(provider_of, entries):
        pytest.importorskip("openai.types.responses" if spec is RESPONSES else spec.package)
    clients = OpenAIWrapper(config_list=entries)._clients
    assert len(clients) == len(entries)
    assert all(hasattr(client, "create") for client in clients)


@pytest.mark.parametrize("entry", ENTRIES, ids=json.dumps)
def test_an_entry_of_the_page_is_one_for_an_llm_config(entry: Any) -> None:
    entries = entry if isinstance(entry, list) else [entry]
    assert [one["model"] for one in LLMConfig(*entries)["config_list"]] == [one["model"] for one in entries]


def test_every_provider_is_on_the_page() -> None:
    shown = {provider_of(one).title for entry in ENTRIES for one in (entry if isinstance(entry, list) else [entry])}
    assert shown == {spec.title for spec in SPECS}


def test_every_extra_is_on_the_page() -> None:
    extras = {spec.extra for spec in SPECS if spec.extra}
    assert extras == set(re.findall(r"autogen-classic\[(\w+)\]", PAGE))


def test_extras_of_providers_that_ask_again_have_tenacity() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for spec in SPECS:
        source = (ROOT / "autogen_classic" / "oai" / f"{spec.module}.py").read_text(encoding="utf-8")
        (extra,) = re.findall(rf"^{spec.extra} = (.*)$", text, re.MULTILINE) or [""]
        assert "ask_again" not in source or "tenacity" in extra, spec.extra


# --- a provider of your own ------------------------------------------------------------------------------------------


class Acme:
    """The service of the page."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], Any]] = []
        self._http = HttpServer(self._serve, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.port}/answers"

    async def _serve(self, http: HttpRequest) -> HttpResponse:
        self.requests.append((http.headers, json.loads(http.body)))
        return HttpResponse(200, json.dumps({"text": "Hello from Acme.", "read": 7, "written": 5}).encode())


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Acme]:
    monkeypatch.chdir(tmp_path)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    service = Acme()
    service._http.start()
    yield service
    service._http.stop()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package of the page, as pip would leave it behind: a module, and metadata with an entry point."""
    site = tmp_path / "site-packages"
    metadata = site / "acme_models-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / "acme_models.py").write_text(ACME, encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-models\nVersion: 1.0\n", encoding="utf-8")
    head, line = ENTRY_POINT.splitlines()
    group = re.fullmatch(r'\[project\.entry-points\."(.*)"\]', head)
    assert group is not None
    (metadata / "entry_points.txt").write_text(f"[{group[1]}]\n{line.replace(chr(34), '')}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(providers, "_providers", dict(providers._providers))
    importlib.invalidate_caches()
    yield
    sys.modules.pop("acme_models", None)


def test_an_installed_package_adds_a_provider(acme: Acme, installed: None, capsys: pytest.CaptureFixture[str]) -> None:
    entry = {"api_type": "acme", "model": "acme-1", "base_url": acme.url, "api_key": KEY}
    agent = ConversableAgent("agent", llm_config={"config_list": [entry]}, human_input_mode="NEVER")
    person = ConversableAgent("person", llm_config=False, human_input_mode="NEVER")
    result = person.initiate_chat(agent, message="Hello?", max_turns=1)
    assert result.summary == "Hello from Acme."
    assert result.cost["usage_including_cached_inference"]["acme-1"]["total_tokens"] == 12
    ((headers, body),) = acme.requests
    assert headers["authorization"] == f"Bearer {KEY}"
    assert body["conversation"][-1]["content"] == "Hello?"
    person.initiate_chat(agent, message="Hello?", max_turns=1)
    assert len(acme.requests) == 1, "its answers are cached like all others"
    assert KEY not in capsys.readouterr().out


def test_without_the_package_the_error_tells_of_entry_points() -> None:
    with pytest.raises(providers.UnknownProviderError, match=re.escape(providers.ENTRY_POINT_GROUP)):
        OpenAIWrapper(config_list=[{"api_type": "acme", "model": "acme-1"}])


def test_the_class_of_the_page_can_be_registered_in_a_program(acme: Acme) -> None:
    names: dict[str, Any] = {"__name__": "page", "ADDRESS": acme.url}
    exec(compile(ACME, "acme_models.py", "exec"), names)
    exec(compile(PROGRAM, "program", "exec"), names)
    reply = names["agent"].generate_reply([{"role": "user", "content": "Hello?"}])
    assert reply == "Hello from Acme."


def test_after_an_error_of_a_new_provider_the_next_entry_is_asked(acme: Acme, installed: None) -> None:
    entry = {"api_type": "acme", "model": "acme-1", "api_key": KEY}
    with socket.socket() as silent:  # its port is taken, but nobody listens there
        silent.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        entries = [{**entry, "base_url": nowhere}, {**entry, "base_url": acme.url}]
        wrapper = OpenAIWrapper(config_list=entries, cache_seed=None)
        assert wrapper.create(messages=[{"role": "user", "content": "Hello?"}]).config_id == 1
