from __future__ import annotations

from collections.abc import Iterator

import pytest
from web_pages import WebPages


@pytest.fixture
def pages() -> Iterator[WebPages]:
    """A web server on this machine."""
    with WebPages() as server:
        yield server
