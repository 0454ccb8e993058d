"""Memory across chats: what is learned, what is recalled, and who else reads and writes the folder."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import ConversableAgent
from autogen_classic.agentchat.contrib.capabilities import _lessons
from autogen_classic.agentchat.contrib.capabilities.teachability import MemoStore, Teachability
from autogen_classic.agentchat.contrib.text_analyzer_agent import TextAnalyzerAgent
from autogen_classic.cache.in_memory_cache import InMemoryCache
from autogen_classic.errors import EmbeddingError, EmbeddingSizeError, VectorStoreError
from autogen_classic.testing import MockOpenAIServer

TOPICS = ("bus", "number", "soup")


def by_topic(texts: list[str]) -> list[list[float]]:
    """An embedding with an axis for each topic: equal topics are 0 apart, different ones 2, none and one 1."""
    return [[float(topic in text.lower()) for topic in TOPICS] for text in texts]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "memos")


@pytest.fixture
def store(folder: str) -> MemoStore:
    filled = MemoStore(path_to_db_dir=folder, embedding_function=by_topic)
    for text, remembered in (("Which bus?", "The 7."), ("Which number?", "13."), ("Which soup?", "Leek.")):
        filled.add_input_output_pair(text, remembered)
    return filled


def reader(answers: dict[str, str], reply: str = "noted") -> Callable[[Any], str]:
    """A model that answers the questions of the hidden agent, `no` where nothing is given, and replies to all else."""

    def answer(request: Any) -> str:
        asked = str(request["messages"][-1]["content"])
        question = next(
            (one for one in vars(_lessons).values() if isinstance(one, str) and asked.endswith(f"{one}\n")), None
        )
        return reply if question is None else answers.get(question, "no")

    return answer


NO_LESSON: dict[str, str] = {}
FACT = {
    _lessons.TELLS_A_FACT: "Yes.",
    _lessons.QUESTION_FOR_FACT: "What is the number?",
    _lessons.REMEMBERED_FACT: "The number is 13.",
}
ADVICE = {
    _lessons.ASKS_FOR_A_JOB: "yes",
    _lessons.HINTS: "Take the bus.",
    _lessons.JOB: "Get to the museum by bus.",
    _lessons.KIND_OF_JOB: "journeys by bus",
}


def learner(server: MockOpenAIServer, folder: str, **settings: Any) -> ConversableAgent:
    """An agent that learns, with a memory made afresh from the folder."""
    pupil = agent("pupil", llm_config=server.llm_config(), system_message="Be a pupil.")
    settings = {"recall_threshold": 0.5, "embedding_function": by_topic, **settings}
    Teachability(path_to_db_dir=folder, **settings).add_to_agent(pupil)
    return pupil


# --- the store -------------------------------------------------------------------------------------------------------


def test_memos_are_found_by_what_they_are_about(store: MemoStore) -> None:
    assert store.get_nearest_memo("my bus") == ("Which bus?", "The 7.", 0.0)
    assert store.get_related_memos("soup", 10, 1.5) == [("Which soup?", "Leek.", 0.0)]
    assert {memo[1] for memo in store.get_related_memos("bus and soup", 2, None)} == {"The 7.", "Leek."}
    assert len(store.get_related_memos("bus", 10, 2.5)) == 3
    assert store.get_related_memos("bus", 0, None) == []


def test_another_store_in_the_folder_knows_the_memos_until_they_are_forgotten(store: MemoStore, folder: str) -> None:
    other = MemoStore(path_to_db_dir=folder, embedding_function=by_topic)
    assert other.get_nearest_memo("number") == ("Which number?", "13.", 0.0)
    other.reset_db()
    assert store.is_empty()
    assert store.get_nearest_memo("number") is None
    assert store.get_related_memos("number", 3, 1.5) == []
    store.add_input_output_pair("Which soup?", "Onion.")
    MemoStore(reset=True, path_to_db_dir=folder, embedding_function=by_topic)
    assert store.is_empty()


WRITE = """
import sys
from autogen_classic.agentchat.contrib.capabilities.teachability import MemoStore
store = MemoStore(path_to_db_dir=sys.argv[1], embedding_function=lambda texts: [[0.0, 0.0, 0.0] for _ in texts])
for number in range(3):
    store.add_input_output_pair(f"number {number}", "written elsewhere")
"""


def test_processes_share_a_folder(store: MemoStore, folder: str) -> None:
    assert len(store.get_related_memos("", 100, None)) == 3
    writer = subprocess.Popen([sys.executable, "-c", WRITE, folder])
    store.add_input_output_pair("Which bus at night?", "The 90.")
    assert writer.wait(240) == 0
    assert len(store.get_related_memos("", 100, None)) == 7
    assert [memo[1] for memo in store.get_related_memos("", 100, 0.5)] == ["written elsewhere"] * 3


def test_threads_share_a_store(store: MemoStore, folder: str) -> None:
    other = MemoStore(path_to_db_dir=folder, embedding_function=by_topic)

    def write(number: int) -> int:
        chosen = (store, other)[number % 2]
        chosen.add_input_output_pair(f"bus {number}", str(number))
        return len(chosen.get_related_memos("bus", 100, 0.5))

    with ThreadPoolExecutor(6) as pool:
        assert max(pool.map(write, range(12))) == 13
    assert len(store.get_related_memos("bus", 100, None)) == 15


def test_the_local_embedding_finds_what_means_the_same(folder: str) -> None:
    store = MemoStore(path_to_db_dir=folder, embedding_function="local")
    store.add_input_output_pair("How much does a ticket to the museum cost?", "Nine euros.")
    store.add_input_output_pair("Which spices belong into the soup?", "Pepper and thyme.")
    nearest = store.get_nearest_memo("What is the price of museum tickets?")
    assert nearest is not None
    assert nearest[1] == "Nine euros."


def test_what_is_printed_depends_on_the_verbosity(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    for verbosity in (0, 1, 3):
        MemoStore(verbosity, path_to_db_dir=f"{folder}{verbosity}", embedding_function=by_topic).add_input_output_pair(
            "a", "b"
        )
        added = "\nINPUT-OUTPUT PAIR ADDED TO VECTOR DATABASE:\n  ID\n    1\n  INPUT\n    a\n  OUTPUT\n    b\n\n"
        listed = "LIST OF MEMOS\n  ID: 1\n    INPUT TEXT: a\n    OUTPUT TEXT: b\n"
        assert capsys.readouterr().out == added * (verbosity >= 1) + listed * (verbosity >= 3)


def test_examples_can_be_there_from_the_start(folder: str) -> None:
    store = MemoStore(path_to_db_dir=folder, embedding_function=by_topic)
    store.prepopulate()
    assert sorted({memo[1] for memo in store.get_related_memos("", 100, None)}) == ["no", "yes"]
    assert len(store.get_related_memos("", 100, None)) == 10


def test_another_embedding_is_refused(store: MemoStore, folder: str) -> None:
    other = MemoStore(path_to_db_dir=folder, embedding_function=lambda texts: [[1.0] for _ in texts])
    with pytest.raises(EmbeddingSizeError, match="vectors of another size"):
        other.add_input_output_pair("a", "b")
    with pytest.raises(EmbeddingSizeError, match="vectors of another size"):
        other.get_nearest_memo("a")
    assert store.get_nearest_memo("bus") is not None


class Hostile:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


def test_memos_of_autogen_0_2_are_refused_and_their_pickle_is_not_opened(folder: str, tmp_path: Path) -> None:
    import chromadb

    with chromadb.PersistentClient(folder) as client:  # type: ignore[attr-defined]
        client.get_or_create_collection("memos").add(ids=["1"], documents=["old"], embeddings=[[1.0, 0.0, 0.0]])
    (Path(folder) / "uid_text_dict.pkl").write_bytes(pickle.dumps(Hostile(tmp_path / "opened")))
    with pytest.raises(VectorStoreError, match="holds memos of AutoGen 0.2.*another path_to_db_dir"):
        MemoStore(path_to_db_dir=folder, embedding_function=by_topic)
    assert not (tmp_path / "opened").exists()
    MemoStore(reset=True, path_to_db_dir=folder, embedding_function=by_topic).add_input_output_pair("new", "memo")


def test_a_folder_with_something_else_is_refused(folder: str) -> None:
    Path(folder).mkdir()
    (Path(folder) / "chroma.sqlite3").write_text("This is a letter, and not a database. " * 100)
    with pytest.raises(VectorStoreError, match="cannot be used"):
        MemoStore(path_to_db_dir=folder, embedding_function=by_topic)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that another process has written; Chroma holds on to those of its own process."""
    path = tmp_path_factory.mktemp("written") / "store"
    program = (
        "import sys; from autogen_classic.agentchat.contrib.capabilities.teachability import MemoStore; "
        "store = MemoStore(path_to_db_dir=sys.argv[1], embedding_function=lambda texts: [[1.0]]); "
        "store.add_input_output_pair('a', 'b')"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, timeout=60)
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE migrations SET hash = 'x' WHERE version = 1", "written by another version of Chroma than this one"),
        ("DROP TABLE migrations", "written by another version of Chroma than this one"),
        ("DROP TABLE embeddings", "written by another version of Chroma than this one"),
        ("UPDATE collections SET config_json_str = '{'", "The collection 'memos' cannot be used"),
    ],
)
def test_a_store_of_another_version_of_chroma_is_a_clear_error(
    change: str, says: str, written: Path, folder: str
) -> None:
    shutil.copytree(written, folder)
    with closing(sqlite3.connect(Path(folder) / "chroma.sqlite3")) as database, database:
        database.execute(change)
    with pytest.raises(VectorStoreError, match=says):
        MemoStore(path_to_db_dir=folder, embedding_function=lambda texts: [[1.0]]).get_nearest_memo("a")


def test_only_texts_are_remembered(store: MemoStore) -> None:
    with pytest.raises(TypeError, match="input_text must be a text, but it is None"):
        store.add_input_output_pair(None, "x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="output_text must be a text, but it is 3"):
        store.add_input_output_pair("x", 3)  # type: ignore[arg-type]


def test_without_chroma_the_error_names_the_extra(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chromadb", None)
    with pytest.raises(ImportError, match=r"autogen-classic\[teachable\]"):
        MemoStore(path_to_db_dir=folder)


# --- the agent -------------------------------------------------------------------------------------------------------


@both_ways
def test_a_fact_is_remembered_in_one_chat_and_recalled_in_another(way: str, folder: str) -> None:
    with MockOpenAIServer(default=reader(FACT)) as server:
        chat(way, agent("user"), learner(server, folder), message="The number is 13.", max_turns=1)
    with MockOpenAIServer(default=reader(NO_LESSON)) as server:
        pupil, user = learner(server, folder), agent("user")
        result = chat(way, user, pupil, message="Tell me the number.", max_turns=1)
        asked = server.requests[-1]["messages"]
        assert asked[-1]["content"] == "Tell me the number.\n\n# Memories that might help\n- The number is 13.\n"
        assert asked[0]["content"] == "Be a pupil." + _lessons.ABILITY
        assert len(server.requests) == 4
    assert [message["content"] for message in pupil.chat_messages[user]] == ["Tell me the number.", "noted"]
    assert list(pupil.chat_messages) == [user]
    assert result.summary == "noted"


@both_ways
def test_advice_is_recalled_for_jobs_of_the_same_kind(way: str, folder: str) -> None:
    with MockOpenAIServer(default=reader(ADVICE)) as server:
        chat(way, agent("user"), learner(server, folder), message="To the museum! Take the bus.", max_turns=1)
    with MockOpenAIServer(default=reader({**ADVICE, _lessons.HINTS: "None."})) as server:
        chat(way, agent("user"), learner(server, folder), message="I want to go to the zoo.", max_turns=1)
        assert server.requests[-1]["messages"][-1]["content"].endswith("might help\n- Take the bus.\n")
    assert len(MemoStore(path_to_db_dir=folder, embedding_function=by_topic).get_related_memos("", 9, None)) == 1


@pytest.mark.parametrize(
    ("hints", "is_advice"),
    [
        ("Leave none of the sums rounded.", True),
        ("None.", False),
        ('**"none"**\n', False),
        (" ", False),
        ("税抜きで。", True),
    ],
)
def test_advice_is_remembered_unless_the_model_finds_none(hints: str, is_advice: bool, folder: str) -> None:
    with MockOpenAIServer(default=reader({**ADVICE, _lessons.HINTS: hints})) as server:
        chat("sync", agent("user"), learner(server, folder), message="Add up the bus fares.", max_turns=1)
    memos = MemoStore(path_to_db_dir=folder, embedding_function=by_topic).get_related_memos("", 9, None)
    assert [memo[1] for memo in memos] == ([hints] if is_advice else [])


def test_a_word_that_holds_the_letters_of_yes_does_not_say_yes(folder: str) -> None:
    answers = {**ADVICE, **FACT}
    answers |= dict.fromkeys((_lessons.ASKS_FOR_A_JOB, _lessons.TELLS_A_FACT), "no: it was said yesterday")
    with MockOpenAIServer(default=reader(answers)) as server:
        chat("sync", agent("user"), learner(server, folder), message="The bus was late.", max_turns=1)
    assert MemoStore(path_to_db_dir=folder, embedding_function=by_topic).is_empty()


def test_content_in_parts_gets_its_memories_as_one_more_part(store: MemoStore, folder: str) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://host/a.png"}}
    parts = [{"type": "text", "text": "Which number is this?"}, picture]
    with MockOpenAIServer(default=reader(NO_LESSON)) as server:
        learner(server, folder).generate_reply([{"role": "user", "content": parts}])
        sent = server.requests[-1]["messages"][-1]["content"]
    assert sent == [*parts, {"type": "text", "text": "\n\n# Memories that might help\n- 13.\n"}]


def test_a_message_without_words_asks_nobody(store: MemoStore, folder: str) -> None:
    with MockOpenAIServer(default=reader(NO_LESSON)) as server:
        learner(server, folder).generate_reply([{"role": "user", "content": " \n"}])
        assert len(server.requests) == 1


def test_each_memory_comes_once_and_no_more_than_allowed(folder: str) -> None:
    filled = MemoStore(path_to_db_dir=folder, embedding_function=by_topic)
    for text, remembered in (("bus", "Same."), ("the bus", "Same."), ("a bus", "Other."), ("buses", "Third.")):
        filled.add_input_output_pair(text, remembered)
    with MockOpenAIServer(default=reader(NO_LESSON)) as server:
        pupil = learner(server, folder)
        pupil.generate_reply([{"role": "user", "content": "bus?"}])
        everything = server.requests[-1]["messages"][-1]["content"]
        learner(server, folder, max_num_retrievals=1).generate_reply([{"role": "user", "content": "bus?"}])
        one = server.requests[-1]["messages"][-1]["content"]
    assert sorted(everything.splitlines()[-3:]) == ["- Other.", "- Same.", "- Third."]
    assert one.count("\n- ") == 1


@both_ways
def test_the_hidden_agent_works_on_the_account_and_with_the_cache_of_the_agent(way: str, folder: str) -> None:
    with MockOpenAIServer(default=reader(FACT)) as server, InMemoryCache("1") as cache:
        pupil = learner(server, folder, llm_config=server.llm_config(model="gpt-4o"))
        result = chat(way, agent("user"), pupil, message="The number is 13.", max_turns=1, cache=cache)
        requests = len(server.requests)
        usage = pupil.get_actual_usage()
        assert usage is not None
        counted = sum(used["total_tokens"] for model, used in usage.items() if model != "total_cost")
        assert result.spent is not None
        assert counted == result.spent.tokens
        assert result.spent.requests == requests == 5
        MemoStore(reset=True, path_to_db_dir=folder, embedding_function=by_topic)
        chat(way, agent("user"), pupil, message="The number is 13.", max_turns=1, cache=cache)
        assert len(server.requests) == requests


def look(where: str) -> str:
    return f"a tree in {where}"


def test_tools_of_the_agent_are_not_offered_to_the_hidden_agent(folder: str) -> None:
    with MockOpenAIServer(default=reader(NO_LESSON)) as server:
        pupil = agent("pupil", llm_config=server.llm_config())
        pupil.register_for_llm(name="look", description="Look.")(look)
        Teachability(path_to_db_dir=folder, embedding_function=by_topic).add_to_agent(pupil)
        pupil.generate_reply([{"role": "user", "content": "hi"}])
        assert ["tools" in request for request in server.requests] == [False, False, True]


def test_what_is_asked_and_recalled_is_printed_on_request(
    store: MemoStore, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with MockOpenAIServer(default=reader(FACT)) as server:
        learner(server, folder, verbosity=2).generate_reply([{"role": "user", "content": "The number is 13."}])
    printed = capsys.readouterr().out
    for line in (
        "LOOK FOR RELEVANT MEMOS, AS QUESTION-ANSWER PAIRS",
        "MEMOS APPENDED TO LAST MESSAGE...",
        "REMEMBER THIS QUESTION-ANSWER PAIR",
        f"pupil (to analyzer):\n\n{_lessons.TELLS_A_FACT}\n",
        "analyzer (to pupil):\n\nWhat is the number?\n",
    ):
        assert line in printed


def test_a_capability_without_an_agent_or_a_model_says_so(folder: str) -> None:
    lonely = Teachability(path_to_db_dir=folder, embedding_function=by_topic)
    with pytest.raises(ValueError, match="Call add_to_agent first"):
        lonely.process_last_received_message("hi")
    with pytest.raises(ValueError, match="bob has no model to learn with"):
        lonely.add_to_agent(agent("bob"))


# --- the analyzer ----------------------------------------------------------------------------------------------------


@both_ways
def test_an_analyzer_answers_a_question_about_the_message_before(way: str) -> None:
    with MockOpenAIServer(default=lambda request: "about a tree") as server:
        analyzer = TextAnalyzerAgent(llm_config=server.llm_config())
        user = agent("user")
        user.send("A poem.", analyzer, request_reply=False, silent=True)
        result = chat(way, user, analyzer, message="What about?", max_turns=1, clear_history=False)
        assert result.summary == "about a tree"
        sent = server.requests[0]["messages"]
        assert [message["role"] for message in sent] == ["system", "user"]
        assert sent[1]["content"].index("A poem.") < sent[1]["content"].index("What about?")
        assert analyzer.analyze_text("A novel.", "How long?") == "about a tree"
        assert "A poem." not in str(server.requests[1])


def test_an_analyzer_without_a_model_says_so() -> None:
    with pytest.raises(ValueError, match="analyzer has no model to analyze a text with"):
        TextAnalyzerAgent(llm_config=False).analyze_text("a", "b")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"verbosity": "high"}, "verbosity must be a whole number, but it is 'high'"),
        ({"recall_threshold": "near"}, "recall_threshold must be a number or None, but it is 'near'"),
        ({"max_num_retrievals": "5"}, "max_num_retrievals must be a number or None, but it is '5'"),
        ({"path_to_db_dir": 5}, "path_to_db_dir must be the path of a folder, but it is 5"),
    ],
)
def test_settings_of_a_wrong_type_are_told_before_a_chat(settings: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=says):
        Teachability(**{"path_to_db_dir": str(tmp_path), **settings})


def test_an_embedding_that_gives_nothing_is_shown(tmp_path: Path) -> None:
    store = MemoStore(path_to_db_dir=str(tmp_path), embedding_function=lambda texts: None)
    with pytest.raises(EmbeddingError, match=r"gave \[None\] for 1 texts; wanted is a vector of numbers"):
        store.add_input_output_pair("What?", "This.")
    store = MemoStore(path_to_db_dir=str(tmp_path), embedding_function=lambda texts: [[1.0]])
    with pytest.raises(TypeError, match="n_results must be a number or None, but it is '5'"):
        store.get_related_memos("What?", "5", 1.5)  # type: ignore[arg-type]
