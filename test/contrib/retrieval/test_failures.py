"""What clients of databases raise becomes an error of this library."""

from __future__ import annotations

import pytest

from autogen_classic.agentchat.contrib._retrieval.failures import plain_errors
from autogen_classic.errors import EmbeddingError, EmbeddingSizeError, VectorStoreError


@pytest.mark.parametrize(
    ("raised", "kind", "text"),
    [
        (KeyError("gone"), VectorStoreError, r"The store cannot be used: 'gone'"),
        (KeyError("3 dimensions"), VectorStoreError, "The store cannot be used"),
        (OSError("3 dimensions"), EmbeddingSizeError, "The store holds vectors of another size: 3 dimensions. Use"),
        (OSError("disk full"), VectorStoreError, "The store cannot be used: disk full"),
        (EmbeddingError("no vector"), EmbeddingError, "no vector"),
        (TypeError("a bug"), TypeError, "a bug"),
    ],
)
def test_errors_of_the_client_become_those_of_this_library_and_others_pass(raised, kind, text):
    with (
        pytest.raises(kind, match=text) as caught,
        plain_errors("The store", KeyError, OSError, ValueError, of_sizes=OSError),
    ):
        raise raised
    assert type(caught.value) is kind
