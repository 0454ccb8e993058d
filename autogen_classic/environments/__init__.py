"""Places in which Python code runs: interpreters, virtual environments and containers; and where its files lie.

For example:

```python
with VenvPythonEnvironment() as environment, WorkingDirectory.create_tmp() as directory:
    result = await environment.execute_code("print(6 * 7)", f"{directory.path}/script.py")
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from .docker_python_environment import DockerPythonEnvironment
    from .system_python_environment import SystemPythonEnvironment
    from .venv_python_environment import VenvPythonEnvironment
    from .working_directory import WorkingDirectory

__all__ = ("DockerPythonEnvironment", "SystemPythonEnvironment", "VenvPythonEnvironment", "WorkingDirectory")

_HOMES = {
    "DockerPythonEnvironment": ".docker_python_environment",
    "SystemPythonEnvironment": ".system_python_environment",
    "VenvPythonEnvironment": ".venv_python_environment",
    "WorkingDirectory": ".working_directory",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
