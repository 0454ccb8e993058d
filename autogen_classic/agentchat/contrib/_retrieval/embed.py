"""Turn texts into vectors: with the program's function, with a model that can be had, or with the local one.

An embedding function takes a list of texts and gives a vector for each. Functions of AutoGen 0.2 also come in other
shapes: one text in and one vector out, arrays instead of lists, objects of LangChain; `embed` calls each as it wants.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from ...._packages import install_command, keep_onnxruntime_silent
from ...._secrets import shown_without_keys
from ...._warn import warn_once
from ....errors import EmbeddingError, EmbeddingUnavailableError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from tokenizers import Tokenizer

__all__ = (
    "DEFAULT_MODEL",
    "LOCAL",
    "EmbeddingFunction",
    "LocalEmbedding",
    "Vector",
    "default_embedding",
    "embed",
    "embedding_from",
    "plain",
    "size_of",
)

logger = logging.getLogger("autogen.agentchat.contrib.retrieval")

DEFAULT_MODEL = "all-MiniLM-L6-v2"
LOCAL = "local"

Vector: TypeAlias = "list[float]"
# Functions of programs take one text or a list and give lists, arrays or tensors; only `embed` calls them.
EmbeddingFunction: TypeAlias = "Callable[..., object]"


class _DocumentEmbedder(Protocol):
    """An object of LangChain that embeds documents."""

    def embed_documents(self, texts: list[str]) -> list[Vector]: ...


class LocalEmbedding:
    """An embedding whose weights come within a package: nothing is downloaded, and nothing leaves the machine.

    It averages the vectors of a text's tokens, which the package wordllama brings along. Its vectors have 256 numbers
    and the length 1.

    Raises:
        EmbeddingUnavailableError: wordllama is not installed.
    """

    dimension = 256

    def __init__(self) -> None:
        self._tokenizer, self._rows = _local_weights()

    def __call__(self, input: Sequence[str]) -> list[Vector]:
        """Embed texts.

        Args:
            input: the texts; Chroma calls the parameter by this name.

        Returns:
            A vector for each text.
        """
        encoded = self._tokenizer.encode_batch(list(input), add_special_tokens=False)
        # An empty text has the row of the unknown token, since a vector of zeros has no direction.
        return [_unit(self._rows[encoding.ids or [0]].mean(axis=0, dtype="float32")) for encoding in encoded]


def _unit(vector: npt.NDArray[np.float32]) -> Vector:
    length = float((vector @ vector) ** 0.5) or 1.0
    return cast("Vector", (vector / length).tolist())


@functools.cache
def _local_weights() -> tuple[Tokenizer, npt.NDArray[np.float16]]:
    """Read tokenizer and vectors of wordllama from its files.

    The package itself is not imported: it would configure the root logger, and look for its tokenizer on the network.
    """
    package = find_spec("wordllama")
    try:
        from safetensors import safe_open
        from tokenizers import Tokenizer
    except ImportError:
        package = None
    if package is None or package.origin is None:
        raise EmbeddingUnavailableError(
            f"The local embedding needs the package wordllama: {install_command('local-embeddings')}"
        )
    folder = Path(package.origin).parent
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    with safe_open(folder / "weights" / "l2_supercat_256.safetensors", framework="np") as file:  # type: ignore[no-untyped-call,unused-ignore]
        return tokenizer, file.get_tensor("embedding.weight")


def default_embedding() -> str | None:
    """The embedding that needs neither a network nor torch, where its package is installed; None for another one."""
    return LOCAL if find_spec("wordllama") is not None else None


def embedding_from(given: EmbeddingFunction | str | None, model: str = DEFAULT_MODEL) -> EmbeddingFunction:
    """Return the embedding function that a program asks for.

    Args:
        given: a function or an object that embeds; ``"local"`` for the one that needs no network; None for the model.
        model: the name of a model of sentence-transformers, for ``given=None``.

    Returns:
        What was given, or a function for the model. Without sentence-transformers, Chroma's own copy of
        ``all-MiniLM-L6-v2`` stands in for it; where neither can be loaded, the local embedding does, and a warning
        says so once.

    Raises:
        EmbeddingError: ``given`` is neither a name nor a function.
        EmbeddingUnavailableError: nothing can be loaded.
    """
    if given is None:
        return _for_model(model)
    if given == LOCAL:
        return LocalEmbedding()
    if callable(given) or hasattr(given, "embed_documents"):
        return cast("EmbeddingFunction", given)
    raise EmbeddingError(
        f"embedding_function is {shown_without_keys(given)}. Give a function that takes a list of texts and returns a "
        'vector for each, or "local" for the embedding that needs no network.'
    )


@functools.cache
def _for_model(model: str) -> EmbeddingFunction:
    """The function for a model by its name, or with a warning the local one if the model cannot be loaded."""
    reasons = []
    for load in (_sentence_transformers, _onnx_of_chroma):
        try:
            function = load(model)
            embed(function, ["Can the weights be had?"])
            return function
        except Exception as error:  # whatever a package or a download fails with is one reason more
            reasons.append(f"{type(error).__name__}: {error}".splitlines()[0])
    found = "; ".join(reasons)
    try:
        local = LocalEmbedding()
    except EmbeddingUnavailableError as error:
        raise EmbeddingUnavailableError(f"The embedding {model} cannot be loaded ({found}). {error}") from error
    warn_once(
        logger,
        f"The embedding {model} cannot be loaded ({found}). The local embedding stands in for it; "
        'embedding_function="local" asks for it without this warning.',
    )
    return local


def _sentence_transformers(model: str) -> EmbeddingFunction:
    from sentence_transformers import SentenceTransformer

    return cast("EmbeddingFunction", SentenceTransformer(model).encode)


def _onnx_of_chroma(model: str) -> EmbeddingFunction:
    if model != DEFAULT_MODEL:
        raise EmbeddingUnavailableError(f"Chroma's own embedding is {DEFAULT_MODEL}")
    keep_onnxruntime_silent()
    from chromadb.utils.embedding_functions import DefaultEmbeddingFunction

    return DefaultEmbeddingFunction()


def embed(function: EmbeddingFunction, texts: Sequence[str]) -> list[Vector]:
    """Embed texts with any function that programs for AutoGen 0.2 use.

    Args:
        function: takes a list of texts or one text, and gives vectors as lists, arrays or tensors; or an object with
            ``embed_documents``.
        texts: the texts.

    Returns:
        A vector for each text, in their order.

    Raises:
        EmbeddingError: the function gives something else, or vectors of different sizes.
    """
    texts = list(texts)
    if not texts:
        return []
    if hasattr(function, "embed_documents"):
        return _checked(cast("_DocumentEmbedder", function).embed_documents(texts), texts)
    try:
        vectors = plain(function(texts))
    except EmbeddingError:  # of a function that calls this one
        raise
    except (AttributeError, TypeError, ValueError):  # it may want a single text
        vectors = None
    if _count_of_vectors(vectors) != len(texts):
        vectors = [_only_vector(plain(function(text))) for text in texts]
    return _checked(vectors, texts)


def size_of(function: EmbeddingFunction) -> int:
    """Say how many numbers a vector of an embedding has; a text is embedded for it.

    Args:
        function: as for `embed`.
    """
    [probe] = embed(function, ["How long is a vector?"])
    return len(probe)


def plain(found: object) -> object:
    """Put lists in the place of arrays and tensors, also of those within a list.

    Args:
        found: a vector or several, or anything else, which stays as it is.
    """
    if hasattr(found, "tolist"):
        return found.tolist()
    if isinstance(found, list | tuple):
        return [plain(part) for part in found]
    if hasattr(found, "__iter__") and not isinstance(found, str | bytes | dict):
        return [plain(part) for part in found]
    return found


def _count_of_vectors(found: object) -> int:
    is_matrix = isinstance(found, list) and all(isinstance(row, list) for row in found)
    return len(cast("list[object]", found)) if is_matrix else 0


def _only_vector(found: object) -> object:
    return cast("list[object]", found)[0] if _count_of_vectors(found) == 1 else found


def _checked(vectors: object, texts: list[str]) -> list[Vector]:
    """The vectors that a function has given; EmbeddingError if they are not one vector of equal size for each text."""
    rows = plain(vectors)
    is_usable = (
        isinstance(rows, list)
        and len(rows) == len(texts)
        and all(
            isinstance(row, list) and row and all(isinstance(number, int | float) for number in row) for row in rows
        )
    )
    if not is_usable:
        raise EmbeddingError(
            f"The embedding function gave {vectors!r:.80} for {len(texts)} texts; wanted is a vector of numbers for "
            "each of them."
        )
    found = cast("list[Vector]", rows)
    sizes = {len(row) for row in found}
    if len(sizes) > 1:
        raise EmbeddingError(f"The embedding function gives vectors of different sizes: {sorted(sizes)}.")
    return [[float(number) for number in row] for row in found]
