"""One command each for what a developer does: demo, quick, test, lint, types, docs, notebooks, bench, setup.

    python scripts/dev.py quick                    # lint, types and the quick tests, in less than a minute
    python scripts/dev.py test
    python scripts/dev.py test -- -k groupchat     # what stands behind the two dashes goes to pytest

Needs nothing but Python 3.10 or newer with its standard library. The first run makes a virtual environment in
``.venv`` and installs the project with what the command needs, by uv where that can be had; later runs start at once
unless pyproject.toml has changed.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 10)

# The extras of pyproject.toml that each command needs.
EXTRAS = {
    "setup": ["test", "types", "lint", "docs"],
    "demo": [],
    "lint": ["lint"],
    "types": ["types"],
    "pytest": ["test"],
    "test": ["test", "types", "lint"],
    "quick": ["test", "types", "lint"],
    "versions": ["test"],
    "docs": ["docs"],
    "notebooks": ["test"],
    "bench": ["bench"],
}


# What a command consists of: it gets the environment's Python and what stood behind ``--`` for it.
Step: TypeAlias = Callable[[str, list[str]], None]


class StepFailed(Exception):
    """A step ended badly; the text says which and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Prepare the environment and run one command in it.

    Args:
        arguments: the words of the command line; those of this process where None.

    Returns:
        The exit code: 0 when every step succeeded, else 1.
    """
    options, rest = read_command_line(sys.argv[1:] if arguments is None else arguments)
    try:
        python = environment(options.venv, EXTRAS[options.command], options.with_package)
    except StepFailed as failure:
        print(f"\nFAILED: {failure}", file=sys.stderr)
        return 1
    if options.command == "test":
        with beside("types", options.venv) as checked:
            steps = [(lint, []), (local_model, []), (services, []), (tests, rest), (checked, [])]
            return perform(steps, python)
    if options.command == "quick":
        return perform([(lint, []), (library_types, []), (quick_tests, rest)], python)
    if options.command == "versions":
        return perform([(version_tests, rest)], python)
    if options.command == "pytest":
        return perform([(local_model, []), (services, []), (tests, rest)], python)
    if options.command == "notebooks":
        return perform([(local_model, []), (notebooks, rest)], python)
    single = {"demo": demo, "lint": lint, "types": types, "docs": docs, "bench": bench}
    return perform([(single[options.command], rest)] if options.command in single else [], python)


def perform(steps: list[tuple[Step, list[str]]], python: str) -> int:
    """Take every step, also after one that failed, and tell at the end what failed.

    Args:
        steps: the functions of the steps, each with what stood behind ``--`` for it.
        python: the Python of the environment.

    Returns:
        The exit code: 0 when every step succeeded, else 1.
    """
    failures: list[str] = []
    for step, rest in steps:
        try:
            step(python, rest)
        except StepFailed as failure:
            failures.append(str(failure))
    for text in failures:
        print(f"\nFAILED: {text}", file=sys.stderr)
    return 1 if failures else 0


@contextmanager
def beside(command: str, venv: Path) -> Iterator[Step]:
    """Run a command of this script beside the steps, for it keeps one processor busy and the steps often wait.

    Args:
        command: the command; its extras are installed.
        venv: the folder of the virtual environment.

    Yields:
        The step that waits for it and prints its output.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        words = [sys.executable, __file__, command, "--venv", str(venv)]
        process = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT)

        def wait(python: str, rest: list[str]) -> None:
            code = process.wait()
            output.seek(0)
            print(output.read(), flush=True)
            if code != 0:
                raise StepFailed(f"{command} ended with exit code {code}")

        try:
            yield wait
        finally:
            process.kill()


def read_command_line(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Split the command line into our options and what is handed on behind ``--``."""
    rest: list[str] = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, rest = arguments[:cut], arguments[cut + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=sorted(EXTRAS))
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where the environment is (default: .venv)")
    parser.add_argument(
        "--with-package",
        action="append",
        default=[],
        metavar="REQUIREMENT",
        help="a requirement to install as well, such as openai==1.58.1 (may be repeated)",
    )
    return parser.parse_args(arguments), rest


# --- the environment -------------------------------------------------------------------------------------------------


def environment(venv: Path, extras: list[str], packages: list[str]) -> str:
    """Make sure that ``venv`` holds the project with these extras.

    Args:
        venv: the folder of the virtual environment; made when missing.
        extras: names of extras of pyproject.toml.
        packages: further requirements, in pip's words.

    Returns:
        The path of the environment's Python.

    Raises:
        StepFailed: if the environment cannot be made or filled.
    """
    if sys.version_info < OLDEST_PYTHON:
        raise StepFailed(
            f"this is Python {sys.version.split()[0]}; start me with 3.10 or newer, for example: make PYTHON=python3.12"
        )
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp_file = venv / "dev-stamp.json"
    stamp = read_stamp(stamp_file)
    source = fingerprint(packages)
    is_current = stamp["source"] == source and python.exists()
    installed: set[str] = set(stamp["extras"]) if is_current else set()
    if is_current and installed >= set(extras):
        return str(python)

    if not python.exists():
        print(f"Making a virtual environment in {venv}", flush=True)
        run([sys.executable, "-m", "venv", str(venv)], "venv (on Debian and Ubuntu: apt install python3-venv)")
    wanted = sorted({*extras, *installed})
    target = f"{ROOT}[{','.join(wanted)}]" if wanted else str(ROOT)
    print(f"Installing autogen-classic with {', '.join(wanted) or 'its core dependencies'}", flush=True)
    install(str(python), ["--editable", target, *packages])
    stamp_file.write_text(json.dumps({"source": source, "extras": wanted}), encoding="utf-8")
    return str(python)


# The settings of pip that say where packages come from, and what uv calls them.
OPTIONS_OF_UV = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "constraint": "--constraint",
}


def install(python: str, requirements: list[str]) -> None:
    """Install into an environment with uv, which takes seconds where pip takes minutes, or else with pip.

    Args:
        python: the environment's Python.
        requirements: what to install, in pip's words.

    Raises:
        StepFailed: if pip cannot do it either.
    """
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    uv = find_uv(python, pip)
    if uv:
        try:
            sources = sources_of_pip(pip)
            run([uv, "pip", "install", "--quiet", "--python", python, *sources, *requirements], "uv pip install")
            return
        except StepFailed as failure:
            print(f"{failure}; trying pip.", file=sys.stderr)
    run([*pip, "install", "--quiet", *requirements], "pip install")


def find_uv(python: str, pip: list[str]) -> str | None:
    """The path of uv: the one of this machine, or one that is installed beside ``python``; None if there is none."""
    beside = shutil.which("uv", path=str(Path(python).parent))
    found = shutil.which("uv") or beside
    if found is None and subprocess.run([*pip, "install", "uv"], cwd=ROOT, capture_output=True).returncode == 0:
        found = shutil.which("uv", path=str(Path(python).parent))
    return found


def sources_of_pip(pip: list[str]) -> list[str]:
    """Where pip is told to look for packages, as options for uv, which does not read the settings of pip."""
    options: list[str] = []
    told = subprocess.run([*pip, "config", "list"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for line in told.splitlines():
        name, _, value = line.partition("=")
        option = OPTIONS_OF_UV.get(name.rpartition(".")[2])
        if option:
            options += [word for place in ast.literal_eval(value).split() for word in (option, place)]
    # pip takes the best release of all places, uv by default that of the first place which knows the package.
    return ["--index-strategy", "unsafe-best-match", *options] if "--index" in options else options


def fingerprint(packages: list[str]) -> str:
    """What the content of the environment depends on, apart from the extras."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes())
    digest.update(repr((sys.version_info[:3], str(ROOT), sorted(packages))).encode())
    return digest.hexdigest()


def read_stamp(file: Path) -> dict[str, Any]:
    """The stamp of the last installation; an empty one where there is none or it is broken."""
    try:
        stamp = json.loads(file.read_text(encoding="utf-8"))
        return {"source": stamp["source"], "extras": list(stamp["extras"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"source": None, "extras": []}


# --- the commands ----------------------------------------------------------------------------------------------------


def local_model(python: str, rest: list[str]) -> None:
    """Install the small model that runs without a key, in about 130 MB; nothing to do where it is there."""
    run([python, "-m", "autogen_classic", "local", "install", *rest], "autogen-classic local install")


def services(python: str, rest: list[str]) -> None:
    """Provide the programs that tests run for real: Redis, bubblewrap, Docker. What cannot be had, is not needed."""
    if sys.platform.startswith("linux"):
        run([str(ROOT / "scripts" / "test-services"), *rest], "scripts/test-services")


def demo(python: str, rest: list[str]) -> None:
    """Run the demonstration chats. Without a network, the one with the local model is left out."""
    try:
        local_model(python, [])
    except StepFailed as failure:
        print(f"{failure}; going on without the local model.", file=sys.stderr)
    run([python, "-m", "autogen_classic.cli.demo", *rest], "demo")


def lint(python: str, rest: list[str]) -> None:
    """Check format, style and spelling, changing nothing."""
    run([python, "-m", "ruff", "format", "--check", *rest, "."], "ruff format (make it right with: ruff format .)")
    run([python, "-m", "ruff", "check", *rest, "."], "ruff check (many findings repair themselves: ruff check --fix .)")
    if not rest:
        run([python, "-m", "codespell_lib"], "codespell (a word that is right goes into .codespell-ignore)")


def library_types(python: str, rest: list[str]) -> None:
    """Check the types of the library."""
    run([python, "-m", "mypy", *rest], "mypy on the library")


def types(python: str, rest: list[str]) -> None:
    """Check the types of the library, then those that its users see."""
    library_types(python, rest)
    run([python, "-m", "mypy", *rest, "test/typing"], "mypy on what users write (test/typing)")


def tests(python: str, rest: list[str]) -> None:
    """Run the suite on more than two processes for each processor, because many tests wait for other programs.

    A process that has no tests left takes some of another's.
    """
    workers = str(2 * (os.cpu_count() or 1) + 1)
    run([python, "-m", "pytest", "-n", workers, "--dist", "worksteal", *rest], "pytest")


def quick_tests(python: str, rest: list[str]) -> None:
    """Run the tests that need less than a second and no other program; test/conftest.py says which these are."""
    tests(python, ["-q", "-m", "quick", *rest])


def version_tests(python: str, rest: list[str]) -> None:
    """Run the tests of what depends on the version of Python or of the openai package."""
    tests(python, ["-m", "versions", *rest])


def docs(python: str, rest: list[str]) -> None:
    """Build the documentation; a warning, a dead link, or anything loaded from another host is an error."""
    run([python, "scripts/figures.py", "--check"], "scripts/figures.py (draw them with: python scripts/figures.py)")
    run([python, "scripts/docs_pages.py"], "the pages that are made from data")
    run([python, "-m", "zensical", "build", "--strict", "--clean", "-f", "website/mkdocs.yml", *rest], "docs build")
    run([python, "scripts/check_site.py"], "check of the built pages")
    run([python, "scripts/browse_site.py"], "look at the built pages in a browser")
    print("The documentation stands in website/site/index.html")


def notebooks(python: str, rest: list[str]) -> None:
    """Run the notebooks and store them with their outputs."""
    run([python, "scripts/notebooks.py", *rest], "scripts/notebooks.py")


def bench(python: str, rest: list[str]) -> None:
    """Measure what the README claims, and write the page about speed with its plots."""
    run([python, "-m", "benchmarks", *rest], "benchmarks")


def run(command: list[str], name: str) -> None:
    """Run one command in the project's folder and stop everything when it fails."""
    print(f"\n$ {' '.join(command)}", flush=True)
    code = subprocess.run(command, cwd=ROOT).returncode
    if code != 0:
        raise StepFailed(f"{name} ended with exit code {code}")


if __name__ == "__main__":
    sys.exit(main())
