"""Plants keys, runs chats, and searches everything that a program, a log or a disk gets to see of them."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import ConversableAgent
from autogen_classic._core.events import Event, ModelAsked, listening

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oai" / "providers"))  # for the kit and its cases

_KEY_PARTS = ("_API_KEY", "AWS_", "GOOGLE_", "AZURE_OPENAI", "CO_API_", "OLLAMA_HOST", "OAI_CONFIG_LIST")


@pytest.fixture(autouse=True)
def _clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a directory of its own (caches go there) and an environment without keys."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if any(part in name for part in _KEY_PARTS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


class Search:
    """Collects what is seen of a run, and looks for the planted keys in it.

    Attributes:
        keys: the planted keys.
    """

    def __init__(self, folder: Path, records: pytest.LogCaptureFixture, printed: pytest.CaptureFixture[str]) -> None:
        self.keys: list[str] = []
        self._folder, self._records, self._printed = folder, records, printed
        self._seen: list[tuple[str, str]] = []
        self._last = contextlib.ExitStack()

    def at_end(self, close: Callable[[], object]) -> None:
        """Close something after the test."""
        self._last.callback(close)

    def plant(self, place: str) -> str:
        """Make a key that tells where it stood."""
        self.keys.append(f"sk-planted-in-{place}-0123456789abcdef")
        return self.keys[-1]

    def note(self, event: Event) -> None:
        """Take an event down in every form that a subscriber may give it."""
        plain = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
        self.see(f"the event {type(event).__name__}", event, plain, json.dumps(plain, default=repr))
        if isinstance(event, ModelAsked):
            self.see("the request in an event", event.request)

    def see(self, where: str, *things: Any) -> None:
        """Take down what things look like to those who print them."""
        self._seen += [(where, f"{thing}\n{thing!r}") for thing in things]

    def see_error(self, error: BaseException) -> None:
        """Take an error down, with the errors that it was caused by."""
        self.see("an error", error, "".join(traceback.format_exception(error)), getattr(error, "body", None))

    def see_agents(self, *agents: ConversableAgent) -> None:
        """Take down what agents and their clients look like, and what they cost."""
        for agent in agents:
            self.see("an agent", agent, agent.chat_messages, agent.get_actual_usage(), agent.get_total_usage())
            agent.print_usage_summary()
            self.see("a wrapper", agent.client)
            try:
                self.see("a client", agent.client and (agent.client._classic_state.clients, agent.client._clients))
            except Exception as error:  # of one that cannot be connected
                self.see_error(error)

    def find_nothing(self) -> None:
        """Fail if a key can be seen anywhere."""
        for record in self._records.records:
            if record.name.startswith(("autogen", "autogen_classic")):
                self.see(f"the log {record.name}", record.getMessage(), record.args, record.exc_text)
        out, err = self._printed.readouterr()
        self._seen += [("what is printed", out), ("what is printed for errors", err)]
        for path in filter(Path.is_file, self._folder.rglob("*")):
            self._seen.append((f"the file {path.name}", path.read_bytes().decode("latin-1")))
        assert self.keys, "no key was planted"
        found = [(key, where) for where, text in self._seen for key in self.keys if any(map(text.count, forms(key)))]
        assert not found


def forms(key: str) -> tuple[str, ...]:
    """A key, and what stands in the header when it is the password or the user of an address."""
    logins = (f"user:{key}", f"{key}:")
    return key, *(base64.b64encode(login.encode()).decode() for login in logins)


@pytest.fixture
def search(tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Iterator[Search]:
    """Watch the logs of this library in full, and its events."""
    known = [name for name in logging.root.manager.loggerDict if name.startswith("autogen")]
    for name in {"autogen", "autogen_classic", *known}:
        caplog.set_level(logging.DEBUG, logger=name)
    searching = Search(tmp_path, caplog, capsys)
    with listening(searching.note), searching._last:
        yield searching


def agents_for(llm_config: Any) -> tuple[ConversableAgent, ConversableAgent]:
    """A person who never types, and an agent with a model."""
    person = ConversableAgent("person", llm_config=False, human_input_mode="NEVER")
    return person, ConversableAgent("helper", llm_config=llm_config, human_input_mode="NEVER")


@pytest.fixture
def pair() -> Any:
    """Make two agents, of which the second has a model."""
    return agents_for


@pytest.fixture
def run_chat(search: Search) -> Any:
    """Run a chat that is printed, must fail or succeed (or may do either), and take down all that is seen of it."""

    def run(llm_config: Any, fails: bool | None = False, **settings: Any) -> Any:
        person, helper = agents_for(llm_config)
        outcome: Any = None
        try:
            outcome = person.initiate_chat(helper, message="Hello.", max_turns=1, **settings)
        except Exception as error:
            outcome = error
            search.see_error(error)
        search.see("the result", outcome)
        search.see_agents(person, helper)
        assert fails is None or isinstance(outcome, Exception) == fails, outcome
        return outcome

    return run
