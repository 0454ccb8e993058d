"""What agents look up in stores comes from the journal, and what they store is stored once."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from agent_kit import agent, both_ways, chat
from journal_kit import lines_of

from autogen_classic._core import tape
from autogen_classic._core.drive import Call, Steps, drive
from autogen_classic.agentchat.contrib.capabilities import _lessons
from autogen_classic.agentchat.contrib.capabilities.teachability import MemoStore, Teachability
from autogen_classic.agentchat.contrib.retrieve_user_proxy_agent import RetrieveUserProxyAgent
from autogen_classic.agentchat.contrib.vectordb.base import VectorDB
from autogen_classic.replay import replay
from autogen_classic.state import journal
from autogen_classic.testing import ModelRequest, ScriptedClient

ANSWERS = {_lessons.TELLS_A_FACT: "yes", _lessons.QUESTION_FOR_FACT: "Which one?", _lessons.REMEMBERED_FACT: "This."}


def by_length(texts: list[str]) -> list[list[float]]:
    return [[len(text) / 100] for text in texts]


def reply(request: ModelRequest) -> str:
    asked = str(request.messages[-1]["content"])
    return next((said for question, said in ANSWERS.items() if asked.endswith(f"{question}\n")), f"no: {len(asked)}")


def learn(way: str, client: ScriptedClient) -> Any:
    pupil = agent("pupil", llm_config=client.llm_config())
    Teachability(path_to_db_dir="memos", embedding_function=by_length, recall_threshold=9).add_to_agent(pupil)
    return chat(way, agent("teacher", default_auto_reply="Another one."), pupil, message="One.", max_turns=2)


@both_ways
def test_an_agent_that_learns_asks_and_remembers_nothing_again(way: str) -> None:
    first = ScriptedClient(default=reply)
    with journal("run.jsonl"):
        before = learn(way, first)
    again = ScriptedClient([])
    with journal("run.jsonl"):
        after = learn(way, again)
    assert after.chat_history == before.chat_history
    assert (len(first.requests) > 4, len(again.requests)) == (True, 0)
    assert len(MemoStore(path_to_db_dir="memos", embedding_function=by_length)._all()) == 2
    with replay("run.jsonl"):
        assert learn(way, ScriptedClient([])).chat_history == before.chat_history
    assert len(MemoStore(path_to_db_dir="memos", embedding_function=by_length)._all()) == 2


def test_memos_that_are_forgotten_and_learned_again_are_the_same() -> None:
    def prepare() -> list[tuple[str, str]]:
        store = MemoStore(reset=True, path_to_db_dir="memos", embedding_function=by_length)
        store.prepopulate()
        store.prepopulate()
        return store._all()

    with journal("run.jsonl"):
        before = prepare()
    with journal("run.jsonl"):
        assert prepare() == before
    assert len(before) == 2 * len(_lessons.EXAMPLES)


class Cut(BaseException):
    """Stands for the end of the process."""


def asked(found: list[str], fails: bool = False, of_run: bool = False) -> Steps[str]:
    """A tool, within which something is looked up."""

    def look() -> list[str]:
        return list(found)

    def run() -> str:
        text = str(tape.lookup(None, "shelf", {}, look, of_run))
        if fails:
            raise Cut
        return text

    return (yield from tape.tool_steps(None, "ask", {}, Call(run)))


@pytest.mark.parametrize("of_run", [False, True])
def test_what_a_tool_has_looked_up_is_for_no_other_one(of_run: bool) -> None:
    with journal("run.jsonl"):
        assert drive(asked(["a"], of_run=of_run)) == "['a']"
    with journal("run.jsonl"):
        assert drive(asked([], of_run=of_run)) == "['a']", "the tool does not run again"
        second = drive(asked(["a", "b"], of_run=of_run))
    assert second == ("['a']" if of_run else "['a', 'b']"), "what was before the run stays known"


def test_what_was_found_within_a_tool_that_was_cut_is_found_again_within_it() -> None:
    with pytest.raises(Cut), journal("run.jsonl"):
        drive(asked(["a"], fails=True))
    with journal("run.jsonl", interrupted="rerun"):
        assert drive(asked(["b"])) == "['a']"
        assert drive(asked(["b"])) == "['b']"
    assert [line["result"] for line in lines_of() if line.get("name") == "shelf"] == ['["a"]', '["b"]']


def test_a_store_that_fails_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"), journal("run.jsonl"):
        tape.lookup(None, "shelf", {}, fail)
    with journal("run.jsonl"):
        assert tape.lookup(None, "shelf", {}, lambda: 1) == 1
    with journal("run.jsonl"):
        pass
    assert not caplog.records, "nobody has to look up what was looked up before"


@pytest.mark.parametrize(
    "found",
    [[uuid.UUID(int=1), uuid.UUID(int=2)], [Decimal("0.5")], [{1: "one"}], [np.bool_(True)]],
    ids=["UUIDs", "a decimal number", "a number as a key", "a truth of NumPy"],
)
def test_what_json_cannot_hold_is_looked_up_anew(found: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    looks = []

    def look() -> list[Any]:
        looks.append(1)
        return found

    for _ in range(2):
        with journal("run.jsonl"):
            again = tape.lookup(None, "shelf", {}, look)
            assert (again, [*map(type, again)]) == (found, [*map(type, found)])
    assert len(looks) == 2
    assert not caplog.records


def test_numbers_of_numpy_are_numbers_and_tuples_are_lists() -> None:
    found = [("d", {"id": 1}, np.float32(0.1), np.int64(7))]
    with journal("run.jsonl"):
        assert tape.lookup(None, "shelf", {}, lambda: found) is found
    with journal("run.jsonl"):
        again = tape.lookup(None, "shelf", {}, lambda: [])
    assert again == [["d", {"id": 1}, found[0][2], 7]]
    assert again == [list(found[0])]


class Shelf(VectorDB):
    """A store of a program's own, whose documents have ids that JSON lacks."""

    type = "shelf"
    active_collection = None

    def create_collection(self, collection_name: str, overwrite: bool = False, get_or_create: bool = True) -> str:
        return collection_name

    def get_collection(self, collection_name: str | None = None) -> Any:
        return collection_name

    def delete_collection(self, collection_name: str) -> None:
        pass

    def insert_docs(self, *_: Any, **__: Any) -> None:
        pass

    def update_docs(self, *_: Any, **__: Any) -> None:
        pass

    def delete_docs(self, *_: Any, **__: Any) -> None:
        pass

    def get_docs_by_ids(self, *_: Any, **__: Any) -> list[Any]:
        return []

    def retrieve_docs(self, *_: Any, **__: Any) -> Any:
        return [[({"id": uuid.UUID(int=i), "content": f"text {i}", "metadata": {}}, 0.1) for i in range(3)]]


@both_ways
def test_all_documents_are_found_again_whatever_their_ids_are(way: str) -> None:
    Path("a.txt").write_text("hello", encoding="utf-8")

    def ask(client: ScriptedClient) -> Any:
        settings = {"task": "qa", "docs_path": "a.txt", "vector_db": Shelf(), "collection_name": "c"}
        user = RetrieveUserProxyAgent(
            "user", human_input_mode="NEVER", code_execution_config=False, retrieve_config=settings
        )
        reader = agent("reader", llm_config=client.llm_config())
        return chat(way, user, reader, message=user.message_generator, problem="q", max_turns=1)

    with journal("run.jsonl"):
        before = ask(ScriptedClient(["It is read."]))
    with journal("run.jsonl"):
        after = ask(ScriptedClient([]))
    assert after.chat_history == before.chat_history
    assert all(f"text {i}" in after.chat_history[0]["content"] for i in range(3))
