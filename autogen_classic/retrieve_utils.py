"""Cut documents into chunks, and store and search them in Chroma.

Retrieval chat (`autogen_classic.agentchat.contrib.retrieve_user_proxy_agent`) does all of this by itself; these are its
parts. What they need beyond the base package is in the extra ``retrievechat``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import count
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ._core.tape import lookup
from ._web.addresses import is_url, without_login
from .agentchat.contrib._retrieval.chroma import collection_of, persistent_client, put, query
from .agentchat.contrib._retrieval.chunk import VALID_CHUNK_MODES, chunks_of
from .agentchat.contrib._retrieval.documents import Rows, texts_of
from .agentchat.contrib._retrieval.embed import DEFAULT_MODEL, EmbeddingFunction, embedding_from
from .agentchat.contrib._retrieval.files import (
    HAS_UNSTRUCTURED,
    TEXT_FORMATS,
    UNSTRUCTURED_FORMATS,
    Found,
    check_docs_path,
    download,
    files_in,
    text_of,
    text_of_pdf,
)
from .agentchat.contrib._retrieval.pages import markdown_of
from .errors import UnreadableDocumentError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.types import QueryResult

__all__ = (
    "HAS_UNSTRUCTURED",
    "RAG_MINIMUM_MESSAGE_LENGTH",
    "TEXT_FORMATS",
    "UNSTRUCTURED_FORMATS",
    "VALID_CHUNK_MODES",
    "create_vector_db_from_dir",
    "extract_text_from_pdf",
    "get_file_from_url",
    "get_files_from_dir",
    "is_url",
    "parse_html_to_markdown",
    "query_vector_db",
    "split_files_to_chunks",
    "split_text_to_chunks",
)

logger = logging.getLogger("autogen.retrieve_utils")

# AutoGen 0.2 drops chunks that are shorter than this many characters; here every chunk with text in it is kept.
RAG_MINIMUM_MESSAGE_LENGTH = 5

SplitFunction = Callable[[str], Sequence[str]]


def split_text_to_chunks(
    text: str,
    max_tokens: int = 4000,
    chunk_mode: str = "multi_lines",
    must_break_at_empty_line: bool = True,
    overlap: int = 0,
) -> list[str]:
    """Cut a text into chunks.

    Args:
        text: the text.
        max_tokens: how many tokens a chunk may have.
        chunk_mode: ``"multi_lines"`` puts as many lines into a chunk as fit, ``"one_line"`` one line; in either, the
            last lines stay together as soon as they fit.
        must_break_at_empty_line: end chunks at empty lines only, except where so many tokens have none.
        overlap: how many lines of a chunk are repeated at the beginning of the next one.

    Returns:
        The chunks, none for an empty text.

    Raises:
        AssertionError: the mode is not known.
    """
    if chunk_mode not in VALID_CHUNK_MODES:
        raise AssertionError(f"chunk_mode is {chunk_mode!r}; it must be one of {sorted(VALID_CHUNK_MODES)}.")
    return chunks_of(text, max_tokens, chunk_mode, must_break_at_empty_line, overlap)


def extract_text_from_pdf(file: str) -> str:
    """Read the text of a PDF file, page by page.

    Args:
        file: its path.

    Raises:
        FileNotFoundError: it does not exist.
        ImportError: pypdf is missing.
        UnreadableDocumentError: it is damaged, or needs a password.
    """
    return text_of_pdf(file)


def _chunks_by(split: SplitFunction, text: str) -> list[str]:
    """The chunks that a program's own function makes of a text."""
    found = split(text)
    chunks = [found] if isinstance(found, str) else list(found or ())
    if not all(isinstance(chunk, str) for chunk in chunks):
        raise TypeError(f"custom_text_split_function must return a list of texts, but it returned {found!r:.80}.")
    return chunks


def split_files_to_chunks(
    files: Sequence[Found],
    max_tokens: int = 4000,
    chunk_mode: str = "multi_lines",
    must_break_at_empty_line: bool = True,
    custom_text_split_function: SplitFunction | None = None,
) -> tuple[list[str], list[dict[str, str]]]:
    """Read files and cut their texts into chunks.

    A file without text, or one that is damaged, is passed over with a warning.

    Args:
        files: paths, or pairs of path and url, as `get_files_from_dir` gives them; or a single path.
        max_tokens: how many tokens a chunk may have.
        chunk_mode: see `split_text_to_chunks`.
        must_break_at_empty_line: see `split_text_to_chunks`.
        custom_text_split_function: takes a text and gives its chunks, in the place of the three above.

    Returns:
        The chunks, and for each of them ``{"source": path or url}``; a url without the password or key in it.

    Raises:
        FileNotFoundError: a file does not exist.
    """
    chunks: list[str] = []
    sources: list[dict[str, str]] = []
    for file in [files] if isinstance(files, (str, PathLike)) else files:
        path, source = file if isinstance(file, tuple) else (file, file)
        try:
            text = text_of(path)
        except UnreadableDocumentError as error:
            logger.warning("%s It is passed over.", error)
            continue
        if not text.strip():
            logger.warning("No text available in file: %s", path)
            continue
        if custom_text_split_function is not None:
            found = _chunks_by(custom_text_split_function, text)
        else:
            found = split_text_to_chunks(text, max_tokens, chunk_mode, must_break_at_empty_line)
        chunks += found
        sources += [{"source": without_login(source)}] * len(found)
    return chunks, sources


def get_files_from_dir(
    dir_path: str | Path | Sequence[str | Path],
    types: Sequence[str] = TEXT_FORMATS,
    recursive: bool = True,
) -> list[Found]:
    """Find the documents that paths, patterns and urls stand for.

    Args:
        dir_path: a file, a folder, a pattern such as ``"docs/**/*.md"``, a url, or a list of these.
        types: the endings to take from folders and patterns, without the dot. A file that is named is taken anyway.
        recursive: whether to look into the folders of a folder.

    Returns:
        The files; those of urls as pairs of file and url.

    Raises:
        TypeError: ``dir_path`` is none of these.
        ValueError: ``dir_path`` is a single path which does not exist. In a list, such a path is skipped with a
            warning.
        AddressRefusedError: a url leads to where nothing may be fetched from.
    """
    check_docs_path(dir_path)
    places = str(dir_path) if isinstance(dir_path, str | Path) else [str(one) for one in dir_path]
    return files_in(places, types, recursive)


def parse_html_to_markdown(html: str | bytes, url: str | None = None) -> str:
    """Turn a page into Markdown, without its scripts and styles.

    Args:
        html: the page.
        url: where it comes from. Of a page of Wikipedia, only the article is kept.

    Returns:
        The title as a heading, and the text.

    Raises:
        ImportError: beautifulsoup4 or markdownify is missing.
        UnreadableDocumentError: the page is nested too deeply.
    """
    return markdown_of(html, url)


def get_file_from_url(url: str, save_path: str | None = None) -> tuple[str, str] | None:
    """Fetch a url into a file; a web page becomes Markdown.

    Args:
        url: an http or https address. At most 50 MB are fetched, in at most 60 seconds.
        save_path: a file, or a folder that exists; the default is the folder ``tmp/chromadb``.

    Returns:
        The file and the url; None, after a warning, if the url cannot be fetched or read.

    Raises:
        AddressRefusedError: the url, or one that it redirects to, leads to where nothing may be fetched from.
    """
    return download(url, save_path)


def create_vector_db_from_dir(
    dir_path: str | Sequence[str],
    max_tokens: int = 4000,
    client: ClientAPI | None = None,
    db_path: str = "tmp/chromadb.db",
    collection_name: str = "all-my-documents",
    get_or_create: bool = False,
    chunk_mode: str = "multi_lines",
    must_break_at_empty_line: bool = True,
    embedding_model: str = DEFAULT_MODEL,
    embedding_function: EmbeddingFunction | str | None = None,
    custom_text_split_function: SplitFunction | None = None,
    custom_text_types: Sequence[str] = TEXT_FORMATS,
    recursive: bool = True,
    extra_docs: bool = False,
) -> ClientAPI:
    """Store documents in a collection of Chroma.

    Args:
        dir_path: a file, a folder, a pattern, a url, or a list of these.
        max_tokens: how many tokens a chunk may have.
        client: a client of Chroma; the default keeps its data in ``db_path``.
        db_path: a folder.
        collection_name: the collection.
        get_or_create: add to the collection if it exists.
        chunk_mode: see `split_text_to_chunks`.
        must_break_at_empty_line: see `split_text_to_chunks`.
        embedding_model: a model of sentence-transformers, if there is no ``embedding_function``.
        embedding_function: takes a list of texts and gives a vector for each; or ``"local"``.
        custom_text_split_function: takes a text and gives its chunks.
        custom_text_types: the endings to take from folders.
        recursive: whether to look into the folders of a folder.
        extra_docs: add the documents after those in the collection; otherwise they take the places of the first ones.

    Returns:
        The client.

    Raises:
        VectorStoreError: the collection exists and ``get_or_create`` is not set.
        EmbeddingSizeError: the collection holds vectors of another size.
    """
    client = client or persistent_client(db_path)
    function = embedding_from(embedding_function, embedding_model)
    collection = collection_of(client, collection_name, function, create=True, get=get_or_create)
    files = get_files_from_dir(dir_path, custom_text_types, recursive)
    chunks, sources = split_files_to_chunks(
        files, max_tokens, chunk_mode, must_break_at_empty_line, custom_text_split_function
    )
    logger.info("Found %d chunks.", len(chunks))
    first = 0
    if extra_docs:  # a run that was stopped and goes on puts its documents where it put them before
        asked = {"name": collection_name, "documents": str(dir_path)}
        first = lookup(None, "count_of_documents", asked, collection.count, of_run=True)
    ids = [f"doc_{number}" for number, _ in zip(count(first), chunks, strict=False)]
    put(collection.upsert, client, function, Rows(ids, chunks, sources))
    return client


def query_vector_db(
    query_texts: str | Sequence[str],
    n_results: int = 10,
    client: ClientAPI | None = None,
    db_path: str = "tmp/chromadb.db",
    collection_name: str = "all-my-documents",
    search_string: str = "",
    embedding_model: str = DEFAULT_MODEL,
    embedding_function: EmbeddingFunction | str | None = None,
) -> QueryResult:
    """Find the chunks that are nearest to each query.

    Args:
        query_texts: the queries.
        n_results: how many chunks to find for each.
        client: a client of Chroma; the default reads ``db_path``.
        db_path: a folder.
        collection_name: the collection.
        search_string: find only chunks that contain this text.
        embedding_model: the model that the documents were embedded with.
        embedding_function: the function that the documents were embedded with.

    Returns:
        Chroma's answer, a dict of lists: ``ids``, ``documents``, ``distances`` and ``metadatas``.

    Raises:
        VectorStoreError: the collection does not exist.
        EmbeddingSizeError: the collection holds vectors of another size.
    """
    client = client or persistent_client(db_path)
    function = embedding_from(embedding_function, embedding_model)
    collection = collection_of(client, collection_name, function)
    return query(collection, function, texts_of(query_texts), n_results, search_string)
