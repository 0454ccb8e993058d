"""Turn what the client of a database raises into errors of this library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ....errors import EmbeddingSizeError, RetrievalError, VectorStoreError

__all__ = ("plain_errors",)


@contextmanager
def plain_errors(
    what: str,
    *kinds: type[Exception],
    of_sizes: type[Exception] | tuple[()] = (),
    text_of: Callable[[Exception], str] = str,
) -> Iterator[None]:
    """Raise what a client raises as an error of this library; those of this library pass.

    Args:
        what: what the work is about, as the beginning of a sentence.
        *kinds: the errors of the client.
        of_sizes: the kind whose errors are about the size of vectors if they speak of dimensions.
        text_of: gives the text of an error.

    Raises:
        EmbeddingSizeError: a collection holds vectors of another size.
        VectorStoreError: the client raised any other error.
    """
    try:
        yield
    except RetrievalError:
        raise
    except kinds as error:
        text = text_of(error)
        if isinstance(error, of_sizes) and "dimension" in text:
            raise EmbeddingSizeError(
                f"{what} holds vectors of another size: {text}. Use the embedding function that it was made with, or "
                "set overwrite to make it afresh."
            ) from error
        raise VectorStoreError(f"{what} cannot be used: {text}") from error
