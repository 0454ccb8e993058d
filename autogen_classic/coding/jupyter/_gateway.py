"""The process of a `LocalJupyterServer`: a Jupyter Kernel Gateway that ends when its parent does.

It reads its configuration, and with it the token, from its standard input as one line of JSON. What it never reads is
the end of that input: it comes when the parent ends, however that ends.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import threading

from kernel_gateway.gatewayapp import KernelGatewayApp  # type: ignore[import-untyped]
from traitlets.config import Config

from ..._code.process.command import RUN_MARK, kill_marked

__all__ = ("main",)


def main() -> None:
    """Serve until the standard input ends."""
    parent = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115  (it stays open as long as this process)
    settings = Config(json.loads(parent.readline()))
    settings.KernelGatewayApp.env_process_whitelist = list(os.environ)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    gateway = KernelGatewayApp.instance(config=settings)
    gateway.initialize([])
    gateway.start()


def _end_with(parent: io.FileIO) -> None:
    parent.read()
    if sys.platform != "win32":
        kill_marked(os.environ[RUN_MARK])
    shutil.rmtree(os.environ["JUPYTER_RUNTIME_DIR"], ignore_errors=True)
    os._exit(0)
