"""Parse documents into Markdown."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Literal

from ...._code.directory import made_directory
from ....agentchat.contrib._retrieval.parse import markdown_of_file
from ....errors import UnreadableDocumentError
from .document_utils import handle_input

__all__ = ("docling_parse_docs",)

_logger = logging.getLogger("autogen.agents.experimental.document_agent.parser_utils")

_FORMATS = ("markdown", "json")


def docling_parse_docs(
    input_file_path: Path | str,
    output_dir_path: Path | str | None = None,
    output_formats: Sequence[str] | None = None,
    table_output_format: Literal["html", "csv"] = "html",
    allow_private_addresses: bool | Iterable[str] = False,
) -> list[Path]:
    """Parse documents, and write what they say into files.

    PDF, HTML and files of Office are read with docling where it is installed, which also reads pictures of text, and
    with ``markitdown`` otherwise. Texts are taken as they are.

    Args:
        input_file_path: a file, a folder, or an http(s) address. Files of a folder that cannot be read are passed over
            with a warning, unless no other is left.
        output_dir_path: a folder, which is made if it does not exist; the default is ``parsed_docs``.
        output_formats: ``"markdown"`` writes the text, ``"json"`` an object with ``source`` and ``markdown``; the
            default is the first.
        table_output_format: not used; tables stand in the Markdown.
        allow_private_addresses: as for `download_url`, which also says what it raises.

    Returns:
        The files, in the order of the documents. A file that holds something else is never overwritten: the new one
        gets a number.

    Raises:
        ValueError: nothing is named, there is no such file or folder, it holds no files, or a format is not known.
        UnreadableDocumentError: a document cannot be read.
        FileExistsError: ``output_dir_path`` is a file.
        ImportError: a package for its kind is missing.
    """
    formats = _FORMATS[:1] if output_formats is None else output_formats
    unknown = [one for one in formats if one not in _FORMATS]
    if unknown:
        raise ValueError(f"output_formats may hold {' and '.join(map(repr, _FORMATS))}, but not {unknown[0]!r}.")
    folder = Path(output_dir_path or "./parsed_docs")
    files = handle_input(input_file_path, folder, allow_private_addresses)
    if not files:
        raise ValueError(f"The folder {input_file_path} holds no files.")
    texts, failures = {}, []
    for file in files:
        try:
            texts[file] = markdown_of_file(file)
        except UnreadableDocumentError as error:
            failures.append(error)
            _logger.warning("A document is passed over. %s", error)
    if not texts:
        raise failures[0]
    return [path for file in texts for path in _written(file, texts[file], folder, formats)]


def _written(file: Path, text: str, folder: Path, formats: Sequence[str]) -> Iterator[Path]:
    """Write the text of a file in each format."""
    made_directory(folder, "output_dir_path")
    for one in formats:
        if one == "markdown":
            yield _saved(text, folder, f"{file.stem}{{}}.md")
        else:
            yield _saved(json.dumps({"source": str(file), "markdown": text}, indent=1), folder, f"{file.stem}{{}}.json")


def _saved(text: str, folder: Path, name: str) -> Path:
    """Write a text into a file that is not there yet, or holds it already; others may write at the same time."""
    content = text.encode()
    for number in count(1):
        path = folder / name.format(f"_{number}" if number > 1 else "")
        try:
            with path.open("xb") as new:
                new.write(content)
        except FileExistsError:
            if not path.is_file() or path.read_bytes() != content:
                continue
        return path
    raise AssertionError("numbers do not end")
