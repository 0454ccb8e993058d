"""Where documents are: files, folders and addresses of the web, and what is to be done with them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from pydantic import BaseModel, Field

from ...._code.directory import made_directory
from ...._secrets import place_of
from ...._web.addresses import is_url as _is_url
from ...._web.errors import FetchError
from ...._web.fence import AddressFence
from ...._web.fetch import Limits, fetch
from ....agentchat.contrib._retrieval.files import save_response
from ....agentchat.contrib._retrieval.parse import LARGEST_FILE

__all__ = (
    "Ingest",
    "Query",
    "QueryType",
    "download_url",
    "handle_input",
    "is_url",
    "list_files",
    "preprocess_path",
)

_CONTENT_TYPES = (
    "text/",
    "image/",
    "application/pdf",
    "application/json",
    "application/xml",
    "application/xhtml+xml",
    "application/vnd.openxmlformats-officedocument.",
    "application/octet-stream",
)


class QueryType(Enum):
    """How a question is answered."""

    RAG_QUERY = "RAG_QUERY"


class Ingest(BaseModel):
    """A document to take in.

    Attributes:
        path_or_url: where it is.
    """

    path_or_url: str = Field(description="The path of a file or folder, or an http(s) address.")


class Query(BaseModel):
    """A question about documents.

    Attributes:
        query_type: how it is answered.
        query: the question.
    """

    query_type: QueryType = Field(description="How the question is answered.")
    query: str = Field(description="The question.")


def is_url(url: str) -> bool:
    """Tell whether a text is a url: it has a scheme and a host.

    Args:
        url: the text; what is not a text is not a url.
    """
    return isinstance(url, str) and _is_url(url)


def download_url(
    url: str, output_dir: str | Path | None = None, allow_private_addresses: bool | Iterable[str] = False
) -> Path:
    """Fetch a document from the web into a file; a web page becomes Markdown.

    Args:
        url: an http(s) address.
        output_dir: a folder, which is made if it does not exist; the default is the current one.
        allow_private_addresses: whether addresses of this machine and of private networks may be fetched, or a list
            of hosts and networks that may. Those where clouds give out keys may never.

    Returns:
        The file; its ending is that of the content.

    Raises:
        AddressRefusedError: the address, or one that it redirects to, may not be fetched.
        ContentRefusedError: it holds more than 50 MB, or something that is not a document.
        FetchError: it cannot be fetched, or answers with an error.
        UnreadableDocumentError: the page cannot be turned into Markdown.
        FileExistsError: ``output_dir`` is a file.
    """
    limits = Limits(size=LARGEST_FILE, content_types=_CONTENT_TYPES)
    response = fetch(url, fence=AddressFence(allow_private_addresses), limits=limits)
    if not response.ok:
        raise FetchError(f"{place_of(url)} answers with the status {response.status_code}.")
    folder = made_directory(output_dir or ".", "output_dir")
    return Path(save_response(response, url, str(folder)))


def list_files(directory: Path | str) -> list[Path]:
    """List the files in a folder and in the folders below it.

    Args:
        directory: the folder.

    Returns:
        Their paths, in the order of their names, without hidden ones.

    Raises:
        ValueError: the folder does not exist.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise ValueError(f"The directory {folder} does not exist.")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def handle_input(
    input_path: Path | str,
    output_dir: Path | str = "./output",
    allow_private_addresses: bool | Iterable[str] = False,
) -> list[Path]:
    """Find the files that a path or an address stands for.

    Args:
        input_path: a file, a folder, or an http(s) address, which is downloaded.
        output_dir: where a download is put.
        allow_private_addresses: as for `download_url`, which also says what it raises.

    Returns:
        The files.

    Raises:
        ValueError: nothing is named, or there is no such file or folder.
    """
    if not str(input_path).strip():
        raise ValueError("No document is named: the path is empty.")
    if is_url(str(input_path)):
        return [download_url(str(input_path), output_dir, allow_private_addresses)]
    path = Path(input_path)
    if path.is_dir():
        return list_files(path)
    if path.is_file():
        return [path]
    raise ValueError(f"The input provided does not exist: {path} is neither a file nor a folder.")


def preprocess_path(str_or_path: Path | str, mk_path: bool = False, is_file: bool = False, is_dir: bool = True) -> Path:
    """Turn a text into an absolute path, and see that it exists.

    Args:
        str_or_path: the path.
        mk_path: whether a folder is made if it does not exist.
        is_file: whether it must be there as a file.
        is_dir: whether it must be there as a folder; this counts only without ``is_file``.

    Returns:
        The path.

    Raises:
        FileNotFoundError: there is no such file.
        NotADirectoryError: there is no such folder, or a part of the path of a new one is a file.
        FileExistsError: a folder is to be made where there is a file.
    """
    path = Path(str_or_path).absolute()
    if is_file:
        if not path.exists():
            raise FileNotFoundError(f"File not found: {path}")
    elif mk_path:
        made_directory(path, "str_or_path")
    elif is_dir and not path.exists():
        raise NotADirectoryError(f"Directory not found: {path}")
    return path
