"""Documents in a vector store of LlamaIndex. It needs llama-index-core, which a program brings along."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...._argument_checks import arguments_checked
from ...._core.foreign_texts import quoted
from ...._packages import missing_package
from ....errors import RetrievalError
from .._retrieval.embed import default_embedding, embed, embedding_from
from .._retrieval.parse import Folder, Places, documents_in
from ._engine import EMPTY_RESPONSE_REPLY, EMPTY_RESPONSE_TEXT, ReadingQueryEngine
from ._reader import Model

if TYPE_CHECKING:
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.schema import Document
    from llama_index.core.vector_stores.types import BasePydanticVectorStore


__all__ = ("EMPTY_RESPONSE_REPLY", "EMPTY_RESPONSE_TEXT", "LlamaIndexQueryEngine")

_RESULTS = 5


class LlamaIndexQueryEngine(ReadingQueryEngine):
    """Keeps documents in a vector store of LlamaIndex, and answers questions from them; a `RAGQueryEngine`.

    Texts are embedded by ``Settings.embed_model`` of LlamaIndex where it can be loaded, otherwise by the local
    embedding.

    Args:
        vector_store: a vector store of LlamaIndex, such as its ``ChromaVectorStore``.
        llm: the model that answers: an ``llm_config``, an agent with a model, a model of LlamaIndex, or None for
            ``Settings.llm`` of LlamaIndex, and where that cannot be loaded, OpenAI's ``gpt-4o``.
        file_reader_class: a subclass of LlamaIndex's ``SimpleDirectoryReader`` that reads the files; by default they
            are read as all engines here read them.

    Raises:
        ImportError: llama-index-core is missing.
    """

    def __init__(
        self,
        vector_store: BasePydanticVectorStore,
        llm: Model = None,
        file_reader_class: type[SimpleDirectoryReader] | None = None,
    ) -> None:
        try:
            import llama_index.core  # noqa: F401 - missing packages are reported now
        except ImportError as error:
            raise missing_package("LlamaIndexQueryEngine", error, "rag-llamaindex") from error
        super().__init__(_model() if llm is None else llm)
        self.vector_store = vector_store
        self.file_reader_class = file_reader_class
        self._index: VectorStoreIndex | None = None

    def connect_db(self, *args: Any, **kwargs: Any) -> bool:
        """Go on with what is in the store.

        Args:
            *args: not used.
            **kwargs: not used.

        Returns:
            True.
        """
        from llama_index.core import StorageContext, VectorStoreIndex

        if self._index is not None:  # which also holds the texts, where the store does not
            return True
        storage = StorageContext.from_defaults(vector_store=self.vector_store)
        self._index = VectorStoreIndex([], storage_context=storage, embed_model=_embedding())
        return True

    @arguments_checked
    def init_db(
        self,
        new_doc_dir: Folder = None,
        new_doc_paths_or_urls: Places = None,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Begin with documents; what is in the store already stays.

        Args:
            new_doc_dir: a folder whose files are added.
            new_doc_paths_or_urls: files and addresses that are added.
            *args: not used.
            **kwargs: not used.

        Returns:
            True.

        Raises:
            FileNotFoundError: a file or the folder does not exist.
            UnreadableDocumentError: a document cannot be read.
        """
        documents = self._read(new_doc_dir, new_doc_paths_or_urls)
        self.connect_db()
        self._insert(documents)
        return True

    def _take_in(self, folder: Folder, places: Places) -> None:
        self._insert(self._read(folder, places))

    def _insert(self, documents: Sequence[Document]) -> None:
        for document in documents:
            self._connected().insert(document)

    def _read(self, folder: Folder, places: Places) -> list[Document]:
        from llama_index.core.schema import Document

        if self.file_reader_class is None:
            return [Document(text=text, metadata={"source": source}) for text, source in documents_in(folder, places)]
        if isinstance(places, str | Path):
            places = [places]
        given: list[dict[str, Any]] = [{"input_dir": str(folder)}] if folder is not None else []
        given += [{"input_files": [str(place) for place in places]}] if places else []
        return [document for one in given for document in self.file_reader_class(**one).load_data()]

    def _excerpts_for(self, question: str) -> list[str]:
        found = self._connected().as_retriever(similarity_top_k=_RESULTS).retrieve(question)
        return [quoted(one.node.get_content(), _source_of(one.node.metadata)) for one in found]

    def validate_query_index(self) -> None:
        """See that there is an index to work with.

        Raises:
            RetrievalError: the engine is not connected yet.
        """
        self._connected()

    def _connected(self) -> VectorStoreIndex:
        if self._index is None:
            raise RetrievalError("The engine is not connected. Call init_db or connect_db first.")
        return self._index


def _source_of(metadata: dict[str, Any]) -> str:
    return str(metadata.get("source") or metadata.get("file_path") or "unknown")


def _model() -> Model:
    """The model of LlamaIndex's settings; None where its default needs a package or a key that is not there."""
    from llama_index.core import Settings

    try:
        return Settings.llm
    except (ImportError, ValueError):
        return None


def _embedding() -> BaseEmbedding:
    """The embedding of LlamaIndex's settings, or where it cannot be loaded, the local one as LlamaIndex wants it."""
    from llama_index.core import Settings
    from llama_index.core.base.embeddings.base import BaseEmbedding

    with suppress(ImportError, ValueError):
        return Settings.embed_model
    function = embedding_from(default_embedding())

    class Local(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return embed(function, [text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return embed(function, texts)

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return Local(model_name="local")
