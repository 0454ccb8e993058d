"""Tells whether this machine can run the notebooks of this class. It needs nothing but Python: python check.py"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

OLDEST_PYTHON = (3, 10)
NEEDED_BYTES = 1_000_000_000
REQUIREMENTS = "requirements.txt"
PACKAGE = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^]]*)\]\s*)?(?:[<>=!~;@#(].*)?"
)
ARCHIVES = (".whl", ".zip", ".tar.gz")
OF_AN_EXTRA = re.compile(r"""\s*\(?\s*extra\s*==\s*['"]([\w.-]+)['"]\s*\)?\s*""")


class Finding(NamedTuple):
    """What one look has shown: what was looked at, whether it will do, and what was found or is to be done."""

    what: str
    works: bool
    text: str


def main(folder: Path = Path(__file__).parent) -> int:
    """Look at everything, and print a table.

    Args:
        folder: where the requirements of the class lie.

    Returns:
        0 if the notebooks can be run, else 1.
    """
    findings = [python(), *packages(folder), kernel(), disk(folder), ports()]
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        print(f"{'ok     ' if finding.works else 'MISSING'}  {finding.what:<{width}}  {finding.text}")
    works = all(finding.works for finding in findings)
    print("This machine is ready." if works else "This machine is not ready yet.")
    return 0 if works else 1


def python() -> Finding:
    """Whether this Python is new enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Finding("Python", True, f"{found} at {sys.executable}")
    return Finding("Python", False, f"{found} is too old. Install {'.'.join(map(str, OLDEST_PYTHON))} or newer.")


def packages(folder: Path) -> list[Finding]:
    """Whether the packages of the requirements are installed in this environment.

    Args:
        folder: where the requirements lie.
    """
    wheels = folder / "wheels"
    source = f"--no-index --find-links {wheels} " if wheels.is_dir() else ""
    advice = f"Install it with: {sys.executable} -m pip install {source}-r {folder / REQUIREMENTS}"
    lines = (folder / REQUIREMENTS).read_text(encoding="utf-8").splitlines()
    return [
        Finding(name, version is not None, version or f"is not installed. {advice}")
        for name, version in installed(lines).items()
    ]


def installed(requirements: list[str]) -> dict[str, str | None]:
    """The versions of packages in this environment, None for one that is not there.

    Args:
        requirements: as in a file for pip. Addresses and files are left out, as they do not tell the name of a package.
            What an extra brings along counts as well, where it is the same on every machine.
    """
    found: dict[str, str | None] = {}
    seen: set[tuple[str, str | None]] = set()
    waiting = requirements[::-1]
    while waiting:
        match = PACKAGE.fullmatch(waiting.pop().strip())
        if match is None or match["name"].endswith(ARCHIVES):
            continue
        name = match["name"]
        extras = map(_canonical, re.findall(r"[\w.-]+", match["extras"] or ""))
        new = {(_canonical(name), extra) for extra in (None, *extras)} - seen
        seen |= new
        try:
            version = importlib.metadata.version(name)
            brought = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            version, brought = None, []
        if (_canonical(name), None) in new:
            found[name] = version
        for line in reversed(brought):
            requirement, _, condition = line.partition(";")
            extra = OF_AN_EXTRA.fullmatch(condition)
            if extra is not None and (_canonical(name), _canonical(extra[1])) in new:
                waiting.append(requirement)
    return found


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def kernel() -> Finding:
    """Whether notebooks find a kernel in this environment."""
    if importlib.util.find_spec("ipykernel") is None:
        return Finding("kernel", False, "ipykernel is not installed, so that notebooks cannot run here.")
    run = subprocess.run([sys.executable, "-m", "ipykernel", "--version"], capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        return Finding("kernel", False, f"ipykernel does not start: {run.stderr.strip().splitlines()[-1:]}")
    return Finding("kernel", True, "notebooks find one")


def disk(folder: Path) -> Finding:
    """Whether there is room, and files can be written.

    Args:
        folder: where the notebooks lie.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding("disk", False, f"{folder} cannot be written ({error}). Copy it to a place of your own.")
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB are free"
    return Finding("disk", free >= NEEDED_BYTES, text if free >= NEEDED_BYTES else f"{text}, but 1 GB is needed.")


def ports() -> Finding:
    """Whether a kernel and a notebook can talk to each other: they need ports of this machine."""
    try:
        with socket.socket() as server, socket.socket() as client:
            server.bind(("127.0.0.1", 0))
            server.listen()
            client.settimeout(10)
            client.connect(server.getsockname())
    except OSError as error:
        return Finding("ports", False, f"programs cannot talk to each other at 127.0.0.1 ({error}): a firewall?")
    return Finding("ports", True, "127.0.0.1 can be reached")


if __name__ == "__main__":
    sys.exit(main())
