"""Turn what the client of a database raises into errors of this library, which show no keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from ...._secrets import keys_hidden
from ....errors import EmbeddingSizeError, RetrievalError, VectorStoreError

__all__ = ("check_size", "plain_errors", "secrets_of_connection")

_PASSWORD_OF_URL = re.compile(r"^(?:[\w+.-]+://)?(?:[^:@]*:)?(.*)@", re.DOTALL)  # or a token instead of a user
_PASSWORD_OF_WORDS = re.compile(r"password\s*=\s*((?:(?!\s\w+\s*=).)*)", re.IGNORECASE | re.DOTALL)  # to the next word
_WAY_OUT = "Use the embedding function that it was made with, or set overwrite to make it afresh."
_MARKS = re.compile(r"[\s@:/?&='\"]+")


@contextmanager
def plain_errors(
    what: str,
    *kinds: type[Exception],
    of_sizes: type[Exception] | tuple[()] = (),
    text_of: Callable[[Exception], str] = str,
    secrets: Iterable[str] = (),
) -> Iterator[None]:
    """Raise what a client raises as an error of this library; those of this library pass.

    Args:
        what: what the work is about, as the beginning of a sentence.
        *kinds: the errors of the client.
        of_sizes: the kind whose errors are about the size of vectors if they speak of dimensions.
        text_of: gives the text of an error.
        secrets: texts that neither the error nor its cause may show.

    Raises:
        EmbeddingSizeError: a collection holds vectors of another size.
        VectorStoreError: the client raised any other error.
    """
    with keys_hidden([{"password": list(secrets)}]):
        try:
            yield
        except RetrievalError:
            raise
        except kinds as error:
            text = text_of(error)
            if isinstance(error, of_sizes) and "dimension" in text:
                raise EmbeddingSizeError(f"{what} holds vectors of another size: {text}. {_WAY_OUT}") from error
            raise VectorStoreError(f"{what} cannot be used: {text}") from error


def check_size(what: str, size: int | None, vectors: Sequence[Sequence[float]]) -> None:
    """Refuse vectors of another size than a collection has, where the database itself would never find them.

    Args:
        what: the collection, as the beginning of a sentence.
        size: how many numbers its vectors have; None if that is not known.
        vectors: the vectors.

    Raises:
        EmbeddingSizeError: they have another size.
    """
    if vectors and size is not None and len(vectors[0]) != size:
        raise EmbeddingSizeError(
            f"{what} holds vectors of {size} numbers, and this embedding gives {len(vectors[0])}. {_WAY_OUT}"
        )


def secrets_of_connection(connection_string: str | None) -> list[str]:
    """What may be a password, or a piece of one, in a string that says how to connect.

    Clients that cannot read a string, because its password holds a mark that ought to be escaped, quote parts of it.

    Args:
        connection_string: a url, or the words of libpq.
    """
    text = connection_string or ""
    found = [match[1] for pattern in (_PASSWORD_OF_URL, _PASSWORD_OF_WORDS) if (match := pattern.search(text))]
    return [part for one in found for part in (one, *_MARKS.split(one))]
