"""Code in messages: find it, tell its language, run it, and (older programs) let a model write it.

`execute_code` is the way of AutoGen 0.1 to run code. New programs use an executor of `autogen_classic.coding`.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from ._code.commands import command_for, find_powershell, temporary_name
from ._code.completions import (
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
from ._code.fences import CODE_BLOCK_PATTERN, SINGLE_LINE_PATTERN, UNKNOWN
from ._code.process.command import run_command

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
WORKING_DIR = os.path.join(os.path.dirname(os.path.realpath(__file__)), "extensions")
DEFAULT_TIMEOUT = 600
TIMEOUT_MSG = "Timeout"
WIN32 = sys.platform == "win32"
PATH_SEPARATOR = "\\" if WIN32 else "/"
PYTHON_VARIANTS = ["python", "Python", "py"]

_IMAGE_MARK = "<image>"
_SHELL_START = re.compile(r"python3? |pip[\d.]*(?:[\s-]|$)")

logger = logging.getLogger("autogen.code_utils")


def content_str(content: str | list[Any] | None) -> str:
    """Turn the content of a message into plain text.

    Args:
        content: a text, None, or a list of parts as OpenAI defines them: ``{"type": "text", "text": ...}`` and
            ``{"type": "image_url", ...}``.

    Returns:
        The text; an image becomes ``<image>``.

    Raises:
        TypeError: ``content`` or one of its parts is of another type.
        ValueError: a part is neither text nor an image.
        AssertionError: a part has no type.
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise TypeError(f"content must be None, str, or list, but got {type(content)}")

    texts = []
    for part in content:
        if not isinstance(part, dict):
            raise TypeError("Wrong content format: every element should be dict if the content is a list.")
        if "type" not in part:
            raise AssertionError("Wrong content format. Missing 'type' key in content's dict.")
        if part["type"] == "text":
            texts.append(part["text"])
        elif part["type"] == "image_url":
            texts.append(_IMAGE_MARK)
        else:
            raise ValueError(f"Wrong content format: unknown type {part['type']} within the content")
    return "".join(texts)


def infer_lang(code: str) -> str:
    """Guess the language of code that does not name it.

    Args:
        code: the code.

    Returns:
        ``sh`` for a call of python or pip, ``python`` for whatever compiles as Python, else ``unknown``.
    """
    if _SHELL_START.match(code):
        return "sh"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the code is only looked at; what Python thinks of it is not news
            compile(code, "test", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNKNOWN
    return "python"


def extract_code(
    text: str | list[Any], pattern: str = CODE_BLOCK_PATTERN, detect_single_line_code: bool = False
) -> list[tuple[str, str]]:
    """Find the code in a message.

    Args:
        text: a text, or message content as `content_str` takes it.
        pattern: a regular expression with two groups, language and code.
        detect_single_line_code: also take what stands between single backticks; ``pattern`` is then not used.

    Returns:
        Pairs of language and code. The language is empty where the block names none. Without any block it is
        ``[("unknown", text)]``, or an empty list if ``detect_single_line_code`` is set.
    """
    text = content_str(text)
    if not detect_single_line_code:
        return re.findall(pattern, text, flags=re.DOTALL) or [(UNKNOWN, text)]
    return [
        ("", found["line"].strip()) if found["line"] is not None else (found[1] or "", found[2])
        for found in re.finditer(SINGLE_LINE_PATTERN, text, flags=re.DOTALL)
    ]


def get_powershell_command() -> str:
    """Find PowerShell.

    Returns:
        The command that starts it: ``powershell`` or ``pwsh``.

    Raises:
        FileNotFoundError: neither is installed.
    """
    return find_powershell()


def create_virtual_env(dir_path: str, **env_args: Any) -> SimpleNamespace:
    """Create a virtual environment in which an executor can run code.

    Args:
        dir_path: the directory to create it in.
        **env_args: options of `venv.EnvBuilder`; pip is installed unless they say otherwise.

    Returns:
        The paths of the environment, for the ``virtual_env_context`` of an executor.
    """
    import venv  # as late as possible: few programs make one

    builder = venv.EnvBuilder(**{"with_pip": True, **env_args})
    builder.create(dir_path)
    return builder.ensure_directories(dir_path)


def timeout_handler(signum: int, frame: Any) -> NoReturn:
    """Raise TimeoutError; made to be set as the handler of a signal such as SIGALRM.

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


def decide_use_docker(use_docker: Any) -> Any:
    """Fill in whether to use docker where a program did not say.

    Args:
        use_docker: what the program said, or None.

    Returns:
        ``use_docker`` unless it is None, else what the environment variable AUTOGEN_USE_DOCKER says, else True.

    Raises:
        ValueError: AUTOGEN_USE_DOCKER has a value that means nothing.
    """
    if use_docker is not None:
        return use_docker
    wish = os.environ.get("AUTOGEN_USE_DOCKER", "True")
    meanings: dict[str, bool | None] = {
        **dict.fromkeys(("1", "true", "yes", "t"), True),
        **dict.fromkeys(("0", "false", "no", "f"), False),
        "none": None,
    }
    if wish.lower() not in meanings:
        raise ValueError(
            f"Invalid value for AUTOGEN_USE_DOCKER: {wish}. Please set AUTOGEN_USE_DOCKER to "
            '"1/True/yes", "0/False/no", or "None".'
        )
    return meanings[wish.lower()]


def check_can_use_docker_or_throw(use_docker: Any) -> None:
    """Make sure that docker is there if it is wanted. Inside a container it is not needed.

    Args:
        use_docker: what `decide_use_docker` gave; anything true asks for docker.

    Raises:
        RuntimeError: docker is wanted and no engine answers.
    """
    if use_docker and not in_docker_container() and not is_docker_running():
        raise RuntimeError(
            "Code execution is set to be run in docker (default behaviour) but docker is not running.\n"
            "The options available are:\n"
            "- Make sure docker is running (advised approach for code execution)\n"
            '- Set "use_docker": False in code_execution_config\n'
            '- Set AUTOGEN_USE_DOCKER to "0/False/no" in your environment variables'
        )


def execute_code(
    code: str | None = None,
    timeout: float | None = None,
    filename: str | None = None,
    work_dir: str | None = None,
    use_docker: list[str] | str | bool | None = SENTINEL,  # type: ignore[assignment]
    lang: str | None = "python",
) -> tuple[int, str, str | None]:
    """Run code in a process of its own, or in a docker container.

    A process is no sandbox: the code can do whatever you can. Its time is limited, and when that is over it is
    killed with all its children.

    Args:
        code: the code; None to run the file that is already there.
        timeout: how long it may take, in seconds; 600 by default.
        filename: a name for the file, relative to ``work_dir``; without it the file is removed afterwards.
        work_dir: the directory to run in; it is made if need be. By default ``extensions`` beside this module.
        use_docker: False or None for a process, an image name, a list of images to try, or True for a Python image.
            When it is not given, AUTOGEN_USE_DOCKER decides, else docker is used. In a container the code runs as a
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
    check_can_use_docker_or_throw(use_docker)
    language = "python" if lang in PYTHON_VARIANTS else str(lang)
    command = command_for(language)

    temporary = filename is None
    name = filename if filename is not None else temporary_name(code or "", language)
    directory = Path(work_dir or WORKING_DIR)
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if code is not None:
        # A shell takes the carriage returns of a message for parts of its commands.
        path.write_text(code.replace("\r\n", "\n"), encoding="utf-8", errors="replace")
    try:
        if use_docker and not in_docker_container():
            return _execute_in_docker(language, name, directory, use_docker, timeout or DEFAULT_TIMEOUT, temporary)
        result = run_command([*command, name], cwd=directory, timeout=timeout or DEFAULT_TIMEOUT)
    finally:
        if temporary:
            path.unlink(missing_ok=True)
    if result.timed_out:
        return 1, TIMEOUT_MSG, None
    if result.exit_code == 0:
        return 0, result.stdout, None
    # A traceback names files by their absolute path; the model knows them relative to the working directory.
    mine = str(path.absolute()) if temporary else os.path.join(str(directory.absolute()), "")
    return result.exit_code, result.stderr.replace(mine, ""), None


def _execute_in_docker(
    language: str, name: str, directory: Path, use_docker: Any, timeout: float, temporary: bool
) -> tuple[int, str, str | None]:
    """The docker half of `execute_code`; ``use_docker`` is an image, a list of images, or True."""
    from ._code.docker.containers import DEFAULT_IMAGES, WORKSPACE, run_in_container  # only these programs need Docker

    if isinstance(use_docker, str):
        images = [use_docker]
    else:
        images = list(use_docker) if isinstance(use_docker, (list, tuple)) else list(DEFAULT_IMAGES)
    exit_code, output, image, timed_out = run_in_container(language, name, directory, images, timeout)
    if timed_out:
        return exit_code, TIMEOUT_MSG, image
    mine = f"{WORKSPACE}/{name if temporary else ''}"
    return exit_code, output if exit_code == 0 else output.replace(mine, ""), image
