"""A graph of knowledge within the process. The extras ``graph`` and ``local-embeddings`` have what it needs.

A model reads documents and writes down facts: who or what is related to whom or what, and how. A question is answered
from the facts that are nearest to it, and from those about the same things.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...._packages import missing_package
from ....errors import RetrievalError
from ....retrieve_utils import parse_html_to_markdown, split_files_to_chunks, split_text_to_chunks
from ...conversable_agent import ConversableAgent
from .._retrieval.embed import LOCAL, EmbeddingFunction, embed, embedding_from
from .._retrieval.files import download, is_url
from .document import Document, DocumentType
from .graph_query_engine import GraphStoreQueryResult

if TYPE_CHECKING:
    import networkx as nx  # type: ignore[import-untyped,unused-ignore]

__all__ = ("NetworkxGraphQueryEngine",)

_CHUNK_TOKENS = 1000
_PARTS_OF_A_FACT = 3

_EXTRACT = """\
Write down the facts in the text below, one on a line, each as three parts with a vertical bar between them:

subject | relation | object

Use full names in the place of pronouns, and the same name for the same thing. Write nothing but such lines.

The text:
{text}
"""

_ANSWER = """\
Answer the question from these facts, briefly. If they do not say it, answer UNKNOWN and nothing else.

The facts:
{facts}

The question: {question}
"""
_UNKNOWN = "UNKNOWN"


class NetworkxGraphQueryEngine:
    """Keeps facts in a graph of networkx, and answers questions from them; a `GraphQueryEngine`.

    Args:
        agent: whose model reads the documents and answers; the usage is on its account.
        path: a file that keeps the graph as JSON; what is in it is loaded. The default keeps it in memory.
        embedding_function: compares questions with facts; see `retrieve_user_proxy_agent`.

    Raises:
        ImportError: networkx is missing.
        EmbeddingUnavailableError: the embedding cannot be loaded.
        RetrievalError: the file holds something else.
    """

    def __init__(
        self,
        agent: ConversableAgent,
        path: str | Path | None = None,
        embedding_function: EmbeddingFunction | str | None = LOCAL,
    ) -> None:
        self._agent = agent
        self._path = Path(path) if path else None
        self._embedding = embedding_from(embedding_function)
        self.graph = self._load() if self._path and self._path.exists() else _new_graph()

    def _load(self) -> nx.MultiDiGraph:
        import networkx as nx

        assert self._path is not None
        try:
            return nx.node_link_graph(json.loads(self._path.read_text(encoding="utf-8")), edges="edges")
        except (AttributeError, KeyError, TypeError, ValueError, nx.NetworkXError) as error:
            raise RetrievalError(f"{self._path} does not hold a graph: {error}") from error

    def _save(self) -> None:
        import networkx as nx

        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(nx.node_link_data(self.graph, edges="edges")), encoding="utf-8")

    def init_db(self, input_doc: list[Document] | None = None) -> None:
        """Begin with an empty graph.

        Args:
            input_doc: documents to read at once.
        """
        self.graph = _new_graph()
        self._save()
        self.add_records(input_doc or [])

    def add_records(self, new_records: list[Document]) -> bool:
        """Read documents; the model is asked once for each thousand tokens.

        Args:
            new_records: documents with their text as ``data``, or with a ``path_or_url``.

        Returns:
            Whether facts were found in them.
        """
        before = self.graph.number_of_edges()
        for record in new_records:
            for chunk in _chunks_of(record):
                for subject, relation, target in _facts_in(self._ask(_EXTRACT.format(text=chunk))):
                    self.graph.add_edge(subject, target, key=relation)
            self._save()
        return bool(self.graph.number_of_edges() > before)

    def query(self, question: str, n_results: int = 5, **kwargs: Any) -> GraphStoreQueryResult:
        """Answer a question.

        Args:
            question: the question.
            n_results: how many facts to begin with; those about the same things are added.
            **kwargs: unused.

        Returns:
            The answer of the model, None if the facts do not say it; and the facts that it was shown.
        """
        facts = self._facts_for(question, n_results)
        if not facts:
            return GraphStoreQueryResult()
        answer = self._ask(_ANSWER.format(facts="\n".join(facts), question=question)).strip()
        return GraphStoreQueryResult(None if answer.rstrip(".") == _UNKNOWN else answer, list(facts))

    def _facts_for(self, question: str, most: int) -> list[str]:
        """The facts that are nearest to a question, then those about the same things."""
        edges = list(self.graph.edges(keys=True))
        texts = [_text_of(edge) for edge in edges]
        wanted, *vectors = embed(self._embedding, [question, *texts])
        nearness = [sum(x * y for x, y in zip(wanted, vector, strict=True)) for vector in vectors]
        best = sorted(range(len(edges)), key=lambda place: -nearness[place])[:most]
        things = {thing for place in best for thing in edges[place][:2]}
        around = [place for place, edge in enumerate(edges) if place not in best and things & set(edge[:2])]
        return [texts[place] for place in [*best, *around]]

    def _ask(self, prompt: str) -> str:
        """Ask the model of the agent."""
        _, answer = self._agent.generate_oai_reply(messages=[{"role": "user", "content": prompt}])
        return answer if isinstance(answer, str) else ""


def _new_graph() -> nx.MultiDiGraph:
    try:
        import networkx as nx
    except ImportError as error:
        raise missing_package("A graph of knowledge", error, "graph") from error
    return nx.MultiDiGraph()


def _chunks_of(record: Document) -> Sequence[str]:
    """The text of a document, in parts that a model can read at once."""
    if record.data is None and record.path_or_url:
        file = download(record.path_or_url) if is_url(record.path_or_url) else record.path_or_url
        return split_files_to_chunks([file], _CHUNK_TOKENS)[0] if file else []
    text = str(record.data or "")
    if record.doctype is DocumentType.HTML:
        text = parse_html_to_markdown(text)
    return split_text_to_chunks(text, _CHUNK_TOKENS)


def _facts_in(answer: str) -> Iterator[tuple[str, str, str]]:
    """The lines of an answer that are facts."""
    for line in answer.splitlines():
        parts = [part.strip() for part in line.strip(" -*|").split("|")]
        if len(parts) == _PARTS_OF_A_FACT and all(parts):
            yield parts[0], parts[1], parts[2]


def _text_of(edge: tuple[str, str, str]) -> str:
    subject, target, relation = edge
    return f"{subject} {relation} {target}"
