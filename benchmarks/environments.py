"""The interpreters: ours, and one environment for each of the others, made when it is first needed.

They stand outside of the project, so that nothing here ever depends on them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ("AG2", "OURS", "ROOT", "V02", "EnvironmentFailed", "Implementation", "find")

ROOT = Path(__file__).resolve().parent.parent

OURS = "autogen-classic"
V02 = "AutoGen 0.2.40"
AG2 = "AG2 0.14.1"

REQUIREMENTS = {V02: ["autogen-agentchat[jupyter-executor,websockets]==0.2.40"], AG2: ["autogen[openai]==0.14.1"]}
FOLDERS = {V02: "autogen-0.2.40", AG2: "ag2-0.14.1"}
PYTHONS_OF_V02 = ("python3.11", "python3.12", "python3.10")  # 0.2.40 refuses others

_DISTRIBUTIONS = ("autogen-classic", "autogen-agentchat", "autogen", "ag2", "openai", "pydantic")
_VERSIONS_PROGRAM = f"""
import json, platform
from importlib import metadata
versions = {{"python": platform.python_version()}}
for name in {_DISTRIBUTIONS!r}:
    try:
        versions[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(versions))
"""


class EnvironmentFailed(Exception):
    """An environment cannot be made; the text says why and what to do."""


@dataclass(frozen=True)
class Implementation:
    """One implementation in its environment.

    Attributes:
        name: as it stands in the report.
        python: the interpreter.
        versions: of Python and of the packages that matter.
    """

    name: str
    python: str
    versions: dict[str, str]

    def environ(self, **more: str) -> dict[str, str]:
        """The environment variables for its scripts."""
        # whoever forbids bytecode would measure the compiler of a checkout against packages that have theirs
        left_out = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
        inherited = {key: value for key, value in os.environ.items() if key not in left_out}
        ours = {"PYTHONPATH": str(ROOT)} if self.name == OURS else {}
        return {**inherited, **ours, "BENCH_IMPLEMENTATION": self.name, "PYTHONHASHSEED": "0", **more}


def find(name: str, python: str | None, cache: Path) -> Implementation:
    """Find an implementation, and make its environment if there is none.

    Args:
        name: `OURS`, `V02` or `AG2`.
        python: an interpreter that has the implementation already; None takes or makes the one in ``cache``.
        cache: the folder of the environments.

    Returns:
        The implementation.

    Raises:
        EnvironmentFailed: no suitable Python is found, or an installation fails.
    """
    if python is None:
        python = sys.executable if name == OURS else _made(name, cache)
    # isolated, for a checkout in the current folder tells its own version to every interpreter
    answer = subprocess.run([python, "-I", "-c", _VERSIONS_PROGRAM], capture_output=True, text=True)
    if answer.returncode != 0:
        raise EnvironmentFailed(f"{python} does not run: {answer.stderr.strip()}")
    return Implementation(name, python, json.loads(answer.stdout))


def _made(name: str, cache: Path) -> str:
    folder = cache / FOLDERS[name]
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = folder / "complete"
    if complete.exists():
        return str(python)
    print(f"Making an environment for {name} in {folder} (once)", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    _run([_base_python(), "-m", "venv", str(folder)])
    # The same client for all, so that what differs is what an implementation does with it.
    _run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS[name], *_our_client()])
    complete.touch()
    return str(python)


def _base_python() -> str:
    """An interpreter that all implementations accept: the one that runs this if possible."""
    if sys.version_info[:2] in ((3, 10), (3, 11), (3, 12)):
        return sys.executable
    for candidate in PYTHONS_OF_V02:
        found = shutil.which(candidate)
        if found:
            return found
    raise EnvironmentFailed(
        f"AutoGen 0.2.40 needs Python 3.10, 3.11 or 3.12, and this is {sys.version.split()[0]}. Install one, or name "
        "an interpreter that has it with --v02-python, or leave it out with --without-v02."
    )


def _our_client() -> list[str]:
    from importlib import metadata

    return [f"openai=={metadata.version('openai')}"]


def _run(command: list[str]) -> None:
    if subprocess.run(command).returncode != 0:
        raise EnvironmentFailed(f"This failed: {' '.join(command)}")
