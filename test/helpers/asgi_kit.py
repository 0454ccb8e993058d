"""Applications on a port of this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal


@contextmanager
def served(make: Callable[[str], Any], lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """Serve an application, which is made once its address is known.

    Args:
        make: makes it from the address.
        lifespan: whether it is told of its beginning and its end.
    """
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(make(url), log_level="error", lifespan=lifespan))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
