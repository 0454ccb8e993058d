"""Memory across chats: an agent remembers what users teach it, and recalls it where it helps."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from ...._core.drive import Ask, Steps, drive, shipped
from ...._core.events import Notice, emit
from ...._core.party import check_capable
from ...._core.tape import FoundT, lookup
from ...._secrets import shown_without_keys
from ....errors import VectorStoreError
from ..._accounts import on_account_of
from .._retrieval import chroma
from .._retrieval.documents import Rows
from .._retrieval.embed import EmbeddingFunction, Vector, embed, embedding_from
from .._settings import checked_number, limit
from ..text_analyzer_agent import TextAnalyzerAgent
from . import _lessons
from ._answers import says_only, says_yes
from .agent_capability import AgentCapability

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

    from ...conversable_agent import ConversableAgent

__all__ = ("MemoStore", "Teachability")

Content: TypeAlias = str | list[dict[str, Any]]
Memo: TypeAlias = tuple[str, str, float]
"""The text by which a memo is found, the text that it remembers, and the distance of the first from a question."""

_COLLECTION = "memos"
_OUTPUT = "output_text"
_locks: dict[str, threading.Lock] = {}  # by folder: Chroma cannot open and close one in two threads at a time
_BRIGHT: Literal["light_yellow"] = "light_yellow"


class MemoStore:
    """Pairs of texts in a folder: a memo is found by its first text, and remembers the second.

    Several stores, also of several processes, may share a folder: each opens it for every single step, and so sees
    what the others have written. The texts are found by their meaning, as far as the embedding function knows it.

    Args:
        verbosity: 0 prints nothing but what is asked for, 1 the memos that are added or found, 3 all memos after each
            that is added.
        reset: whether to forget all memos in the folder first.
        path_to_db_dir: the folder; it is made if it does not exist.
        embedding_function: takes a list of texts and returns a vector for each; "local" for the one that needs no
            network; None for ``all-MiniLM-L6-v2``, and the local one where that cannot be loaded.

    Raises:
        ImportError: chromadb is not installed.
        VectorStoreError: the folder holds something other than such memos.
        TypeError: ``verbosity`` is not a whole number, or ``path_to_db_dir`` is not a path.
    """

    def __init__(
        self,
        verbosity: int | None = 0,
        reset: bool | None = False,
        path_to_db_dir: str | None = "./tmp/teachable_agent_db",
        embedding_function: EmbeddingFunction | str | None = None,
    ) -> None:
        self.verbosity = verbosity or 0
        self.path_to_db_dir = path_to_db_dir
        if not isinstance(self.verbosity, int):
            raise TypeError(f"verbosity must be a whole number, but it is {shown_without_keys(verbosity)}.")
        if path_to_db_dir is not None and not isinstance(path_to_db_dir, (str, PathLike)):
            raise TypeError(
                f"path_to_db_dir must be the path of a folder, but it is {shown_without_keys(path_to_db_dir)}."
            )
        self._folder = str(Path(path_to_db_dir or "./tmp/teachable_agent_db").absolute())
        self._function = None if embedding_function is None else embedding_from(embedding_function)
        if reset:
            self.reset_db()
        else:
            self._all(limit=1)

    def add_input_output_pair(self, input_text: str, output_text: str) -> None:
        """Remember something.

        Args:
            input_text: the text by which the memo is to be found, such as a question.
            output_text: what is remembered, such as the answer.

        Raises:
            TypeError: one of them is not a text.
            EmbeddingSizeError: the memos in the folder were made with another embedding function.
        """
        for name, text in (("input_text", input_text), ("output_text", output_text)):
            if not isinstance(text, str):
                raise TypeError(f"{name} must be a text, but it is {shown_without_keys(text)}.")
        # A run that was stopped and goes on adds the same memo again, under the same id.
        told = {"folder": str(self.path_to_db_dir), "text": input_text, "remembered": output_text}
        identity = lookup(None, "id_of_memo", told, lambda: uuid.uuid4().hex)
        with self._opened() as (client, collection):
            if not collection.get(identity, include=[])["ids"]:
                rows = Rows([identity], [input_text], [{_OUTPUT: output_text}])
                chroma.put(collection.add, client, self._embed, rows)
            number = collection.count()
        if self.verbosity >= 1:
            _show(
                "\nINPUT-OUTPUT PAIR ADDED TO VECTOR DATABASE:\n"
                f"  ID\n    {number}\n  INPUT\n    {input_text}\n  OUTPUT\n    {output_text}\n"
            )
        if self.verbosity >= 3:
            self.list_memos()

    def get_nearest_memo(self, query_text: str) -> Memo | None:
        """Find the memo that fits a question best.

        Args:
            query_text: the question.

        Returns:
            The text by which it was found, what is remembered, and the distance; None if there are no memos.
        """
        return next(iter(self.get_related_memos(query_text, 1, None)), None)

    def get_related_memos(self, query_text: str, n_results: int, threshold: int | float | None) -> list[Memo]:
        """Find the memos that fit a question.

        Args:
            query_text: the question.
            n_results: how many to return at most.
            threshold: how far they may be from the question, as the square of a distance between vectors; None for
                any distance. With vectors of length 1 it is 0 for the same and 2 for unrelated texts.

        Returns:
            For each memo the text by which it was found, what is remembered, and its distance; the nearest first.

        Raises:
            TypeError: ``n_results`` or ``threshold`` is not a number.
            EmbeddingSizeError: the memos in the folder were made with another embedding function.
        """
        checked_number("n_results", n_results)
        if threshold is not None:
            checked_number("threshold", threshold)
        with self._opened() as (_, collection):
            wanted = min(n_results, collection.count())
            if wanted < 1:
                return []
            found = chroma.query(collection, self._embed, [query_text], wanted)
        rows = zip(found["documents"] or [], found["metadatas"] or [], found["distances"] or [], strict=True)
        memos = [
            (text, self._remembered(metadata), distance)
            for texts, metadatas, distances in rows
            for text, metadata, distance in zip(texts, metadatas, distances, strict=True)
        ]
        memos = [memo for memo in memos if threshold is None or memo[2] < threshold]
        if self.verbosity >= 1:
            for text, remembered, distance in memos:
                _show(
                    "\nINPUT-OUTPUT PAIR RETRIEVED FROM VECTOR DATABASE:\n"
                    f"  INPUT1\n    {text}\n  OUTPUT\n    {remembered}\n  DISTANCE\n    {distance}"
                )
        return memos

    def list_memos(self) -> None:
        """Print all memos."""
        _show("LIST OF MEMOS", "light_green")
        for number, (text, remembered) in enumerate(self._all(), 1):
            _show(f"  ID: {number}\n    INPUT TEXT: {text}\n    OUTPUT TEXT: {remembered}", "light_green")

    def prepopulate(self) -> None:
        """Add ten examples, so that the first memos have others to be told from."""
        if self.verbosity >= 1:
            _show("\nPREPOPULATING MEMORY", "light_green")
        for text, has_advice in _lessons.EXAMPLES:
            self.add_input_output_pair(text, has_advice)

    def reset_db(self) -> None:
        """Forget all memos."""
        _show("\nCLEARING MEMORY", "light_green")
        with self._opened() as (client, collection):
            client.delete_collection(collection.name)

    def is_empty(self) -> bool:
        """Tell whether there are no memos."""
        with self._opened() as (_, collection):
            return collection.count() == 0

    def _all(self, limit: int | None = None) -> list[tuple[str, str]]:
        """All memos in the order in which they were added, each as the two texts that it is made of."""
        with self._opened() as (_, collection):
            rows = collection.get(limit=limit)
        texts, metadatas = rows["documents"] or [], rows["metadatas"] or []
        return [(text, self._remembered(metadata)) for text, metadata in zip(texts, metadatas, strict=True)]

    def _remembered(self, metadata: Mapping[str, object] | None) -> str:
        if not metadata or _OUTPUT not in metadata:
            raise VectorStoreError(
                f"The folder {self._folder} holds memos of AutoGen 0.2, whose second half is in a pickle; pickles can "
                "hold programs, so this one is not opened. Give another path_to_db_dir, or forget them with a reset."
            )
        return str(metadata[_OUTPUT])

    def _embed(self, texts: list[str]) -> list[Vector]:
        """Embed texts with the function of this store, which is loaded when it is first needed."""
        if self._function is None:
            self._function = embedding_from(None)
        return embed(self._function, texts)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Client, Collection]]:
        """Open the folder for one step: what stays open does not see the vectors that other processes add."""
        with _locks.setdefault(self._folder, threading.Lock()):
            with cast("Client", chroma.persistent_client(self._folder, extra="teachable")) as client:
                space = {"hnsw:space": "l2"}
                with chroma.errors_of_store(self._folder):
                    yield client, chroma.collection_of(client, _COLLECTION, self._embed, metadata=space, create=True)


class Teachability(AgentCapability):
    """Lets an agent remember what it is told, and recall it in later chats.

    Whatever the agent is told is looked through for advice and facts by a hidden agent. That takes two or three
    requests to its model for a message with neither, and up to ten for one with both. What the agent recalls is added
    to the message that it sees.

    Args:
        verbosity: 0 prints nothing, 1 what is remembered and recalled, 2 also what the hidden agent is asked, 3 also
            all memos after each new one.
        reset_db: whether to forget all memos in the folder first.
        path_to_db_dir: the folder that holds the memos.
        recall_threshold: how far a memo may be from a message to be recalled; see `MemoStore.get_related_memos`.
        max_num_retrievals: how many memos to recall at most, for each way to look for them.
        llm_config: the model of the hidden agent; None for that of the agent.
        embedding_function: how texts are compared; see `MemoStore`.

    Attributes:
        memo_store: the memos.
        analyzer: the hidden agent, once there is one.
        teachable_agent: the agent that learns, once there is one.
    """

    def __init__(
        self,
        verbosity: int | None = 0,
        reset_db: bool | None = False,
        path_to_db_dir: str | None = "./tmp/teachable_agent_db",
        recall_threshold: float | None = 1.5,
        max_num_retrievals: int | None = 10,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        embedding_function: EmbeddingFunction | str | None = None,
    ) -> None:
        self.verbosity = verbosity or 0
        self.path_to_db_dir = path_to_db_dir
        if recall_threshold is not None:
            checked_number("recall_threshold", recall_threshold)
        self.recall_threshold = recall_threshold
        retrievals = limit("max_num_retrievals", max_num_retrievals, least=0)
        self.max_num_retrievals = 10 if retrievals is None else retrievals
        self.llm_config = llm_config
        self.analyzer: TextAnalyzerAgent | None = None
        self.teachable_agent: ConversableAgent | None = None
        self.memo_store = MemoStore(self.verbosity, reset_db, path_to_db_dir, embedding_function)

    def add_to_agent(self, agent: ConversableAgent) -> None:
        """Let an agent learn from what it is told.

        Args:
            agent: the agent; its system message says afterwards that it remembers.

        Raises:
            TypeError: it is not an agent.
            ValueError: neither the agent nor this capability has a model.
        """
        check_capable(self, agent)
        if self.llm_config is None:
            self.llm_config = agent.llm_config
        if not self.llm_config:
            raise ValueError(f"{agent.name} has no model to learn with. Give it, or Teachability, an llm_config.")
        agent.register_hook("process_last_received_message", self.process_last_received_message)
        self.teachable_agent = agent
        own = {key: value for key, value in self.llm_config.items() if key not in ("tools", "functions")}
        self.analyzer = TextAnalyzerAgent(llm_config=own)
        agent.update_system_message((agent.system_message or "") + _lessons.ABILITY)

    def prepopulate_db(self) -> None:
        """Add ten examples, so that the first memos have others to be told from."""
        self.memo_store.prepopulate()

    def _steps(self, text: Content) -> Steps[Content]:
        """Recall what fits a message, then learn from the message; return it with the memories."""
        plain = _plain(text)
        if not plain.strip():
            return text
        recalled: list[str] = []
        if not self._lookup("no_memos", plain, self.memo_store.is_empty):
            recalled = yield from self._recall(plain)
        yield from self._learn(plain)
        if not recalled:
            return text
        memories = _lessons.MEMORIES + "".join(f"- {memory}\n" for memory in recalled)
        if self.verbosity >= 1:
            _show(f"\nMEMOS APPENDED TO LAST MESSAGE...{memories}\n")
        if isinstance(text, str):
            return text + memories
        part: dict[str, Any] = {"type": "text", "text": memories}
        return [*text, part]

    @shipped(_steps)
    def process_last_received_message(self, text: Content) -> Content:
        """Recall what fits a message, and learn from it.

        Args:
            text: the content of the message, a text or a list of parts.

        Returns:
            The content, with what was recalled at its end.
        """
        return cast(Content, drive(self._steps(text)))

    def _recall(self, text: str) -> Steps[list[str]]:
        if self.verbosity >= 1:
            _show("\nLOOK FOR RELEVANT MEMOS, AS QUESTION-ANSWER PAIRS")
        found = self._related(text)
        if says_yes((yield from self._ask(text, _lessons.ASKS_FOR_A_JOB))):
            if self.verbosity >= 1:
                _show("\nLOOK FOR RELEVANT MEMOS, AS TASK-ADVICE PAIRS")
            job = yield from self._ask(text, _lessons.JOB)
            found += self._related((yield from self._ask(job, _lessons.KIND_OF_JOB)))
        return list(dict.fromkeys(found))

    def _learn(self, text: str) -> Steps[None]:
        if says_yes((yield from self._ask(text, _lessons.ASKS_FOR_A_JOB))):
            hints = yield from self._ask(text, _lessons.HINTS)
            if hints.strip() and not says_only(_lessons.NO_HINTS, hints):
                job = yield from self._ask(text, _lessons.JOB)
                kind = yield from self._ask(job, _lessons.KIND_OF_JOB)
                self._remember("TASK-ADVICE", kind, hints)
        if says_yes((yield from self._ask(text, _lessons.TELLS_A_FACT))):
            question = yield from self._ask(text, _lessons.QUESTION_FOR_FACT)
            fact = yield from self._ask(text, _lessons.REMEMBERED_FACT)
            self._remember("QUESTION-ANSWER", question, fact)

    def _remember(self, kind: str, text: str, remembered: str) -> None:
        if self.verbosity >= 1:
            _show(f"\nREMEMBER THIS {kind} PAIR")
        self.memo_store.add_input_output_pair(text, remembered)

    def _lookup(self, name: str, text: str, look: Callable[[], FoundT]) -> FoundT:
        """Look into the store; a run that was stopped and goes on finds there what it found before it learned more."""
        return lookup(self.teachable_agent, name, {"folder": str(self.path_to_db_dir), "text": text}, look)

    def _related(self, text: str) -> list[str]:
        return self._lookup("memos", text, lambda: self._find_related(text))

    def _find_related(self, text: str) -> list[str]:
        memos = self.memo_store.get_related_memos(text, self.max_num_retrievals, self.recall_threshold)
        if not memos and self.verbosity >= 1:
            _show("\nTHE CLOSEST MEMO IS BEYOND THE THRESHOLD:")
            self.memo_store.get_nearest_memo(text)
            _show("", None)
        return [remembered for _, remembered, _ in memos]

    def _ask(self, text: str, question: str) -> Steps[str]:
        """Have the hidden agent answer a question about a text, on the account and with the cache of the agent."""
        agent, analyzer = self.teachable_agent, self.analyzer
        if agent is None or analyzer is None:
            raise ValueError("This Teachability belongs to nobody. Call add_to_agent first.")
        analyzer.client_cache = agent.client_cache
        with on_account_of(agent, analyzer.client):
            answer: str = yield Ask(analyzer, "analyze_text", text, question)
        if self.verbosity >= 2:
            for told in (text, question):
                analyzer._print_received_message(told, agent)
            agent._print_received_message(answer, analyzer)
        return answer


def _plain(content: Content) -> str:
    """The texts of a content."""
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if isinstance(part.get("text"), str))


def _show(text: str, color: str | None = _BRIGHT) -> None:
    emit(Notice(None, text, color))
