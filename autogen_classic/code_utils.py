"""Code in messages: find it, tell its language, run it, and (older programs) let a model write it.

`execute_code` is AutoGen 0.1's way of running code. New programs use an executor of `autogen_classic.coding`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ._code.commands import PYTHON_VARIANTS, WIN32, command_for
from ._code.commands import find_powershell as get_powershell_command
from ._code.execution import (
    DEFAULT_TIMEOUT,
    WORKING_DIR,
    UseDocker,
    decide_use_docker,
    execute,
    images_for,
    in_docker_container,
    is_docker_running,
    timeout_handler,
)
from ._code.fences import CODE_BLOCK_PATTERN, UNKNOWN, extract_code, infer_lang
from ._core.content import content_str
from ._core.lazy import load

if TYPE_CHECKING:
    from ._code.outcome import TIMEOUT_MSG
    from ._code.process.environment import create_virtual_env
    from ._legacy.completions import (
        DEFAULT_MODEL,
        FAST_MODEL,
        PassAssertionFilter,
        eval_function_completions,
        generate_assertions,
        generate_code,
        implement,
        improve_code,
        improve_function,
    )

__all__ = (
    "CODE_BLOCK_PATTERN",
    "DEFAULT_MODEL",
    "DEFAULT_TIMEOUT",
    "FAST_MODEL",
    "PATH_SEPARATOR",
    "PYTHON_VARIANTS",
    "SENTINEL",
    "TIMEOUT_MSG",
    "UNKNOWN",
    "WIN32",
    "WORKING_DIR",
    "PassAssertionFilter",
    "check_can_use_docker_or_throw",
    "content_str",
    "create_virtual_env",
    "decide_use_docker",
    "eval_function_completions",
    "execute_code",
    "extract_code",
    "generate_assertions",
    "generate_code",
    "get_powershell_command",
    "implement",
    "improve_code",
    "improve_function",
    "in_docker_container",
    "infer_lang",
    "is_docker_running",
    "timeout_handler",
)

SENTINEL = object()
PATH_SEPARATOR = "\\" if WIN32 else "/"

logger = logging.getLogger("autogen.code_utils")

_HOMES = {
    "DEFAULT_MODEL": "autogen_classic._legacy.completions",
    "FAST_MODEL": "autogen_classic._legacy.completions",
    "PassAssertionFilter": "autogen_classic._legacy.completions",
    "TIMEOUT_MSG": "autogen_classic._code.outcome",
    "create_virtual_env": "autogen_classic._code.process.environment",
    "eval_function_completions": "autogen_classic._legacy.completions",
    "generate_assertions": "autogen_classic._legacy.completions",
    "generate_code": "autogen_classic._legacy.completions",
    "implement": "autogen_classic._legacy.completions",
    "improve_code": "autogen_classic._legacy.completions",
    "improve_function": "autogen_classic._legacy.completions",
    "subprocess": "autogen_classic._code.process.command",  # programs patch it here
}


def __getattr__(name: str) -> object:
    return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def _cmd(lang: str) -> str:
    """Name the program that runs a language, for the executors of published programs."""
    return "python" if lang in PYTHON_VARIANTS else command_for(lang, python=lang)[0]


def check_can_use_docker_or_throw(use_docker: object) -> None:
    """Make sure that docker is running if it is wanted. Inside a container it is not needed.

    Args:
        use_docker: what `decide_use_docker` gave; anything true asks for docker.

    Raises:
        RuntimeError: docker is wanted and no engine answers.
    """
    images_for(use_docker, inside=in_docker_container, running=is_docker_running)


def execute_code(
    code: str | None = None,
    timeout: float | None = None,
    filename: str | None = None,
    work_dir: str | None = None,
    use_docker: UseDocker = SENTINEL,  # type: ignore[assignment]
    lang: str | None = "python",
) -> tuple[int, str, str | None]:
    """Run code in a separate process, or in a docker container.

    A process is not a sandbox: the code can do whatever you can. Its time is limited; when it runs out, the process is
    killed with all its children.

    Args:
        code: the code; None to run the file that is already there.
        timeout: how long it may take, in seconds; 600 by default.
        filename: a name for the file, relative to ``work_dir``; without it the file is removed afterwards.
        work_dir: the directory to run in; it is created if need be. By default, ``extensions`` beside this module.
        use_docker: False or None for a process, an image name, a list of images to try, or True for a Python image.
            By default AUTOGEN_USE_DOCKER decides, or else docker is used. Inside a container the code runs as a
            process in any case.
        lang: python (also as py, Python, python3), bash, sh, shell, javascript (node), ps1, pwsh or powershell.

    Returns:
        The exit code (1 on a timeout), the output on success or the error output on failure (``Timeout`` on a
        timeout), and the image to use for the next code, or None without docker.

    Raises:
        AssertionError: neither code nor file name is given.
        NotImplementedError: the language is unknown.
        RuntimeError: docker is wanted and no engine answers.
    """
    if code is None and filename is None:
        message = f"Either {code=} or {filename=} must be provided."
        logger.error(message)
        raise AssertionError(message)
    if use_docker is SENTINEL:
        use_docker = decide_use_docker(None)
    images = images_for(use_docker, inside=in_docker_container, running=is_docker_running)
    return execute(code, timeout=timeout, filename=filename, work_dir=work_dir, images=images, language=str(lang))
