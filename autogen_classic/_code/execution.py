"""Run one piece of code as AutoGen 0.1 did: a file, a process or a container, an exit code and an output."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from .commands import PYTHON_VARIANTS, command_for, temporary_name

__all__ = (
    "DEFAULT_TIMEOUT",
    "WORKING_DIR",
    "UseDocker",
    "decide_use_docker",
    "execute",
    "images_for",
    "in_docker_container",
    "is_docker_running",
    "timeout_handler",
)

UseDocker = bool | str | list[str] | None

DEFAULT_TIMEOUT = 600
WORKING_DIR = str(Path(__file__).resolve().parent.parent / "extensions")
_DOCKER_IS_MISSING = (
    "Code execution is set to be run in docker (default behaviour) but docker is not running.\n"
    "The options available are:\n"
    "- Make sure docker is running (advised approach for code execution)\n"
    '- Set "use_docker": False in code_execution_config\n'
    '- Set AUTOGEN_USE_DOCKER to "0/False/no" in your environment variables'
)

_DEFAULT_IMAGES = ("python:3-slim", "python:3")
_WISHES: dict[str, bool | None] = {
    **dict.fromkeys(("1", "true", "yes", "t"), True),
    **dict.fromkeys(("0", "false", "no", "f"), False),
    "none": None,
}


def timeout_handler(signum: int, frame: object) -> NoReturn:
    """Raise TimeoutError; meant as the handler of a signal such as SIGALRM.

    Args:
        signum: the signal.
        frame: the interrupted frame.

    Raises:
        TimeoutError: always.
    """
    raise TimeoutError("Timed out!")


def in_docker_container() -> bool:
    """Tell whether this program itself runs in a docker container.

    Returns:
        True if it does.
    """
    return os.path.exists("/.dockerenv")


def is_docker_running() -> bool:
    """Tell whether a docker engine answers on this machine.

    Returns:
        True if it does.
    """
    import subprocess  # here, because most programs that import agents run no code

    try:
        asked = subprocess.run(
            ["docker", "info"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def decide_use_docker(use_docker: UseDocker) -> UseDocker:
    """Decide whether to use docker if a program did not say.

    Args:
        use_docker: what the program said, or None.

    Returns:
        ``use_docker`` unless it is None, otherwise what the environment variable AUTOGEN_USE_DOCKER says, else True.

    Raises:
        ValueError: AUTOGEN_USE_DOCKER has an unknown value.
    """
    if use_docker is not None:
        return use_docker
    wish = os.environ.get("AUTOGEN_USE_DOCKER", "True")
    if wish.lower() not in _WISHES:
        raise ValueError(
            f"Invalid value for AUTOGEN_USE_DOCKER: {wish}. Please set AUTOGEN_USE_DOCKER to "
            '"1/True/yes", "0/False/no", or "None".'
        )
    return _WISHES[wish.lower()]


def images_for(
    use_docker: object,
    *,
    inside: Callable[[], bool] = in_docker_container,
    running: Callable[[], bool] = is_docker_running,
) -> list[str]:
    """List the images in which to try code.

    Args:
        use_docker: what `decide_use_docker` gave: the name of an image, a list of them, or anything else that is true
            for those with Python.
        inside: tells whether this program runs in a container, which then does for the code too.
        running: tells whether an engine answers.

    Returns:
        The images; none for code that runs as a process.

    Raises:
        RuntimeError: docker is wanted, but no engine answers.
    """
    if not use_docker or inside():
        return []
    if not running():
        raise RuntimeError(_DOCKER_IS_MISSING)
    if isinstance(use_docker, str):
        return [use_docker]
    return list(use_docker if isinstance(use_docker, (list, tuple)) else _DEFAULT_IMAGES)


def execute(
    code: str | None,
    *,
    timeout: float | None,
    filename: str | None = None,
    work_dir: str | None = None,
    images: Sequence[str] = (),
    language: str = "python",
) -> tuple[int, str, str | None]:
    """Run code in a separate process, or in a container; see `autogen_classic.code_utils.execute_code`.

    Args:
        code: the code; None to run the file that is already there.
        timeout: how long it may take, in seconds; 600 by default.
        filename: a name for the file; without it the file is removed afterwards.
        work_dir: the directory to run in; None for the default one.
        images: images to try, for a container; none for a process.
        language: the language.

    Returns:
        The exit code, the output, and the image to use for the next code.
    """
    from .outcome import TIMEOUT_MSG  # here, because most programs that import agents run no code
    from .process.command import run_command

    language = "python" if language in PYTHON_VARIANTS else language
    command = command_for(language)
    temporary = filename is None
    name = filename if filename is not None else temporary_name(code or "", language)
    directory = Path(work_dir or WORKING_DIR)
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if code is not None:
        # A shell mistakes the carriage returns of a message for parts of its commands.
        path.write_text(code.replace("\r\n", "\n"), encoding="utf-8", errors="replace")
    try:
        if images:
            return _in_docker(language, name, directory, list(images), timeout or DEFAULT_TIMEOUT, temporary)
        result = run_command([*command, name], cwd=directory, timeout=timeout or DEFAULT_TIMEOUT)
    finally:
        if temporary:
            path.unlink(missing_ok=True)
    if result.timed_out:
        return 1, TIMEOUT_MSG, None
    if result.exit_code == 0:
        return 0, result.stdout, None
    # A traceback names files by their absolute path; the model knows them relative to the working directory, and the
    # name that shells give, of a temporary file, not at all.
    places = [str(path.absolute()), name] if temporary else [os.path.join(str(directory.absolute()), "")]
    errors = result.stderr
    for place in places:
        errors = errors.replace(place, "")
    return result.exit_code, errors + result.end_by_signal, None


def _in_docker(
    language: str, name: str, directory: Path, images: list[str], timeout: float, temporary: bool
) -> tuple[int, str, str]:
    from .docker.containers import WORKSPACE, run_in_container  # only these programs need Docker
    from .outcome import TIMEOUT_MSG, end_in_a_shell

    run = run_in_container(language, name, directory, images, timeout)
    if run.timed_out:
        return run.exit_code, TIMEOUT_MSG, run.image
    if run.exit_code == 0:
        return 0, run.output, run.image
    prefix = f"{WORKSPACE}/{name if temporary else ''}"
    return run.exit_code, run.output.replace(prefix, "") + end_in_a_shell(run.exit_code), run.image
