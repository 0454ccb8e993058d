"""Running code in Jupyter kernels: one beside this program, or those of a Jupyter server; each loaded on first use."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ..._core.lazy import load
from ..._packages import install_command

if TYPE_CHECKING:
    from .base import JupyterConnectable, JupyterConnectionInfo
    from .docker_jupyter_server import DockerJupyterServer
    from .embedded_ipython_code_executor import EmbeddedIPythonCodeExecutor
    from .jupyter_client import JupyterClient
    from .jupyter_code_executor import JupyterCodeExecutor
    from .local_jupyter_server import LocalJupyterServer

__all__ = (
    "DockerJupyterServer",
    "EmbeddedIPythonCodeExecutor",
    "JupyterClient",
    "JupyterCodeExecutor",
    "JupyterConnectable",
    "JupyterConnectionInfo",
    "LocalJupyterServer",
)

_HOMES = {
    "DockerJupyterServer": ".docker_jupyter_server",
    "EmbeddedIPythonCodeExecutor": ".embedded_ipython_code_executor",
    "JupyterClient": ".jupyter_client",
    "JupyterCodeExecutor": ".jupyter_code_executor",
    "JupyterConnectable": ".base",
    "JupyterConnectionInfo": ".base",
    "LocalJupyterServer": ".local_jupyter_server",
}

_PACKAGES = ("ipykernel", "jupyter_client", "kernel_gateway", "requests", "websocket")

_missing = [package for package in _PACKAGES if find_spec(package) is None]
if _missing:
    raise ImportError(
        f"Code in Jupyter kernels needs packages that are not installed: {', '.join(_missing)}. "
        f"Install them with: {install_command('jupyter-executor')}",
        name=_missing[0],
    )

_SUBMODULES = {home.removeprefix(".") for home in _HOMES.values()}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
