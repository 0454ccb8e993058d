"""The environment in which executed code runs: this program's own, without its secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

__all__ = ("INHERIT_VARIABLE", "create_virtual_env", "environment_for_code", "python_command")

INHERIT_VARIABLE = "AUTOGEN_CLASSIC_CODE_INHERITS"


def python_command() -> str:
    """Tell which Python runs executed code: the one that runs this program.

    Returns:
        A path, or a bare command name if the running interpreter does not know its own path.
    """
    return sys.executable or ("python" if sys.platform == "win32" else "python3")


def environment_for_code(first_on_path: str | Path | None = None, inherit: Iterable[str] = ()) -> dict[str, str]:
    """Build the environment in which code runs.

    It is this program's own environment with these changes: anything that seems to hold a secret is left out, unless
    named; the directory of the chosen Python comes first on PATH, so that ``pip install`` in a shell block reaches
    the interpreter that runs the Python blocks; Python reads and writes UTF-8 on every platform; and it does not buffer
    its output, so that a timeout shows what was printed.

    Args:
        first_on_path: the directory to put first on PATH; by default that of `python_command`.
        inherit: the names of secret variables that the code may have nevertheless; ``"*"`` means all. The
            variable AUTOGEN_CLASSIC_CODE_INHERITS may name more, separated by commas.

    Returns:
        A new dict.
    """
    from ..._secrets import is_secret_variable  # here, because most programs that import agents run no code

    named = {*inherit, *(name.strip() for name in os.environ.get(INHERIT_VARIABLE, "").split(","))}
    environment = {
        name: value
        for name, value in os.environ.items()
        if "*" in named or name in named or not is_secret_variable(name, value)
    }
    directory = str(first_on_path) if first_on_path else os.path.dirname(python_command())
    if directory:
        environment["PATH"] = os.pathsep.join(filter(None, [directory, environment.get("PATH", "")]))
    environment.setdefault("PYTHONUTF8", "1")
    environment.setdefault("PYTHONUNBUFFERED", "1")
    return environment


def create_virtual_env(dir_path: str, **env_args: bool | str | None) -> SimpleNamespace:
    """Create a virtual environment in which an executor can run code.

    Args:
        dir_path: the directory to create it in.
        **env_args: options of `venv.EnvBuilder`; pip is installed unless they say otherwise.

    Returns:
        The paths of the environment, for the ``virtual_env_context`` of an executor.
    """
    import venv  # as late as possible: few programs create one

    builder = venv.EnvBuilder(**{"with_pip": True, **env_args})  # type: ignore[arg-type]
    builder.create(dir_path)
    return builder.ensure_directories(dir_path)
