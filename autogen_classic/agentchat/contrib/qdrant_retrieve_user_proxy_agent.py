"""Retrieval chat over Qdrant, as programs wrote it before ``vector_db="qdrant"``; that is the shorter way today.

The extra ``retrievechat-qdrant`` has what it needs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from ...io.base import IOStream
from ...retrieve_utils import TEXT_FORMATS, SplitFunction, get_files_from_dir, split_files_to_chunks
from ._retrieval.documents import texts_of
from ._retrieval.embed import EmbeddingFunction, size_of
from ._retrieval.search import query_results_of
from .retrieve_user_proxy_agent import RetrieveUserProxyAgent
from .vectordb.base import Document
from .vectordb.qdrant import DEFAULT_MODEL, QdrantVectorDB, embedding_for_qdrant, new_client

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

__all__ = ("QdrantRetrieveUserProxyAgent", "create_qdrant_from_dir", "query_qdrant")

logger = logging.getLogger("autogen.agentchat.contrib.qdrant_retrieve_user_proxy_agent")

_TEXT = "_content"


class QdrantRetrieveUserProxyAgent(RetrieveUserProxyAgent):
    """A `RetrieveUserProxyAgent` whose documents are in Qdrant.

    Args:
        name: the name.
        human_input_mode: when the person is asked; see `ConversableAgent`.
        is_termination_msg: tells whether a message ends the chat; see `RetrieveUserProxyAgent`.
        retrieve_config: the keys of `RetrieveUserProxyAgent` that have to do with documents, chunks and prompts, and

            - ``client``: a client of Qdrant; the default keeps its data in memory.
            - ``embedding_model``: a model of fastembed.
            - ``embedding_function``: takes a list of texts and gives a vector for each; or ``"local"``.
            - ``parallel``, ``on_disk``, ``quantization_config``, ``hnsw_config``, ``payload_indexing``: see
              `create_qdrant_from_dir`.
        **kwargs: what `UserProxyAgent` takes.
    """

    def __init__(
        self,
        name: str = "RetrieveChatAgent",
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "ALWAYS",
        is_termination_msg: Callable[[dict[str, Any]], bool] | None = None,
        retrieve_config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        config = dict(retrieve_config or {})
        super().__init__(name, human_input_mode, is_termination_msg, {**config, "vector_db": None}, **kwargs)
        self._retrieve_config = config
        if self._client is None:
            self._client = new_client({"location": ":memory:"})
        self._embedding_function = embedding_for_qdrant(
            config.get("embedding_function"), config.get("embedding_model", DEFAULT_MODEL), config.get("parallel", 0)
        )

    def _init_db(self) -> None:
        """Make the collection, and put the documents into it."""
        IOStream.get_default().print("Trying to create collection.")
        create_qdrant_from_dir(
            self._docs_path or [],
            self._chunk_token_size,
            self._client,
            self._collection_name,
            self._chunk_mode,
            self._must_break_at_empty_line,
            custom_text_split_function=self.custom_text_split_function,
            custom_text_types=self._custom_text_types,
            recursive=self._recursive,
            extra_docs=self._extra_docs,
            on_disk=self._retrieve_config.get("on_disk", False),
            quantization_config=self._retrieve_config.get("quantization_config"),
            hnsw_config=self._retrieve_config.get("hnsw_config"),
            payload_indexing=self._retrieve_config.get("payload_indexing", False),
            embedding_function=self._embedding_function,
        )
        if cast("QdrantClient", self._client).count(self._collection_name).count == 0:
            raise self._no_text()

    def retrieve_docs(self, problem: str, n_results: int = 20, search_string: str = "") -> None:
        """See `RetrieveUserProxyAgent.retrieve_docs`."""
        if not self._collection:
            self._init_db()
            self._collection = True
        self._search_string = search_string
        found = query_qdrant(
            problem,
            n_results,
            self._client,
            self._collection_name,
            search_string,
            embedding_function=self._embedding_function,
        )
        self._results = query_results_of(found)
        IOStream.get_default().print("doc_ids: ", found["ids"])


def create_qdrant_from_dir(
    dir_path: str | Sequence[str],
    max_tokens: int = 4000,
    client: QdrantClient | None = None,
    collection_name: str = "all-my-documents",
    chunk_mode: str = "multi_lines",
    must_break_at_empty_line: bool = True,
    embedding_model: str = DEFAULT_MODEL,
    custom_text_split_function: SplitFunction | None = None,
    custom_text_types: Sequence[str] = TEXT_FORMATS,
    recursive: bool = True,
    extra_docs: bool = False,
    parallel: int = 0,
    on_disk: bool = False,
    quantization_config: object = None,
    hnsw_config: object = None,
    payload_indexing: bool = False,
    qdrant_client_options: dict[str, Any] = {},  # noqa: B006 - as in v0.2; never changed
    embedding_function: EmbeddingFunction | str | None = None,
) -> None:
    """Store documents in a collection of Qdrant.

    Args:
        dir_path: a file, a folder, a pattern, a url, or a list of these.
        max_tokens: how many tokens a chunk may have.
        client: a client of Qdrant; the default is made from ``qdrant_client_options``.
        collection_name: the collection; it is taken if it exists.
        chunk_mode: see `retrieve_utils.split_text_to_chunks`.
        must_break_at_empty_line: see `retrieve_utils.split_text_to_chunks`.
        embedding_model: a model of fastembed, if there is no ``embedding_function``.
        custom_text_split_function: takes a text and gives its chunks.
        custom_text_types: the endings to take from folders.
        recursive: whether to look into the folders of a folder.
        extra_docs: add the documents after those in the collection; otherwise they take the places of the first ones.
        parallel: how many processes fastembed uses; 0 for all processors.
        on_disk: whether a new collection keeps its vectors on disk.
        quantization_config: how a new collection shortens vectors.
        hnsw_config: settings of the index of a new collection.
        payload_indexing: whether to index the texts, which makes searching for a ``search_string`` faster.
        qdrant_client_options: what ``QdrantClient`` takes.
        embedding_function: takes a list of texts and gives a vector for each; or ``"local"``.

    Raises:
        VectorStoreError: Qdrant cannot be reached or refuses the documents.
        EmbeddingSizeError: the collection holds vectors of another size.
    """
    from qdrant_client import models

    function = embedding_for_qdrant(embedding_function, embedding_model, parallel)
    vectors = models.VectorParams(size=size_of(function), distance=models.Distance.COSINE, on_disk=on_disk)
    options = {"vectors_config": vectors, "quantization_config": quantization_config, "hnsw_config": hnsw_config}
    database = QdrantVectorDB(
        client=client or new_client(qdrant_client_options),
        embedding_function=function,
        content_payload_key=_TEXT,
        collection_options=options,
    )
    database.create_collection(collection_name)
    if payload_indexing:
        schema = models.TextIndexParams(type=models.TextIndexType.TEXT)
        database.client.create_payload_index(collection_name, _TEXT, schema)
    chunks, sources = split_files_to_chunks(
        get_files_from_dir(dir_path, custom_text_types, recursive),
        max_tokens,
        chunk_mode,
        must_break_at_empty_line,
        custom_text_split_function,
    )
    logger.info("Found %d chunks.", len(chunks))
    first = database.client.count(collection_name).count if extra_docs else 0
    docs: list[Document] = [
        {"id": number, "content": chunk, "metadata": source}
        for number, (chunk, source) in enumerate(zip(chunks, sources, strict=True), first)
    ]
    database.insert_docs(docs, collection_name, upsert=True)


def query_qdrant(
    query_texts: str | Sequence[str],
    n_results: int = 10,
    client: QdrantClient | None = None,
    collection_name: str = "all-my-documents",
    search_string: str = "",
    embedding_model: str = DEFAULT_MODEL,
    qdrant_client_options: dict[str, Any] = {},  # noqa: B006 - as in v0.2; never changed
    embedding_function: EmbeddingFunction | str | None = None,
) -> dict[str, list[list[Any]]]:
    """Find the chunks that are most similar to each query.

    Args:
        query_texts: the queries.
        n_results: how many chunks to find for each.
        client: a client of Qdrant; the default is made from ``qdrant_client_options``.
        collection_name: the collection.
        search_string: find only chunks with this text in them.
        embedding_model: the model that the documents were embedded with.
        qdrant_client_options: what ``QdrantClient`` takes.
        embedding_function: the function that the documents were embedded with.

    Returns:
        A dict of lists as from Chroma: ``ids``, ``documents``, ``distances`` (in truth similarities) and ``metadatas``.

    Raises:
        VectorStoreError: the collection does not exist.
    """
    from qdrant_client import models

    database = QdrantVectorDB(
        client=client or new_client(qdrant_client_options),
        embedding_function=embedding_for_qdrant(embedding_function, embedding_model),
        content_payload_key=_TEXT,
    )
    options: dict[str, Any] = {}
    if search_string:
        condition = models.FieldCondition(key=_TEXT, match=models.MatchText(text=search_string))
        options["query_filter"] = models.Filter(must=[condition])
    results = database.retrieve_docs(texts_of(query_texts), collection_name, n_results, -1, **options)
    return {
        "ids": [[doc["id"] for doc, _ in found] for found in results],
        "documents": [[doc["content"] for doc, _ in found] for found in results],
        "distances": [[score for _, score in found] for found in results],
        "metadatas": [[doc["metadata"] for doc, _ in found] for found in results],
    }
