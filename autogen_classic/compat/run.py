"""Run a program that says ``import autogen`` as Python itself would, with the alias installed before its first line."""

from __future__ import annotations

import errno
import importlib.util
import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from ..errors import JournalError
from .alias import install_as_autogen

__all__ = ("run_module", "run_program")

_OUR_FRAMES = (__file__, runpy.__file__, "<frozen runpy>")


def run_program(path: str | os.PathLike[str], args: Sequence[str] = ()) -> int:
    """Run a script, or a notebook if the name ends with ``.ipynb``.

    ``sys.argv``, ``sys.path`` and ``__main__`` are those that the program would see from Python itself. A notebook
    runs in its own folder, as in Jupyter.

    Args:
        path: the program.
        args: its arguments, as in ``sys.argv[1:]``.

    Returns:
        The exit code: 0, or 1 if the program ended with an exception, whose traceback has been printed.

    Raises:
        AliasRefusedError: another ``autogen`` is in the way.
        FileNotFoundError: the program does not exist.
        IsADirectoryError: it is a folder.
        JournalError: the journal of the run has ended it. No traceback is printed: the text says what to do.
        SystemExit: the program asked for it.
    """
    program = Path(path)
    if program.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(program))
    if not program.is_file():
        raise FileNotFoundError(f"There is no file {program} (looked for it from {Path.cwd()}).")
    sys.argv = [os.fspath(path), *args]
    _replace_first_search_path(str(program.resolve().parent))
    install_as_autogen()
    if program.suffix == ".ipynb":
        from .notebook import run_notebook

        return run_notebook(program)
    try:
        _run_as_main(program.absolute())
    except JournalError:
        raise
    except Exception as error:
        _print_traceback(error)
        return 1
    return 0


def run_module(name: str, args: Sequence[str] = ()) -> int:
    """Run a module as ``python -m NAME`` does.

    Args:
        name: the full name of the module, or of a package with a ``__main__``.
        args: its arguments.

    Returns:
        The exit code: 0, or 1 if the module ended with an exception, whose traceback has been printed.

    Raises:
        AliasRefusedError: another ``autogen`` is in the way.
        ImportError: the module does not exist.
        JournalError: as for `run_program`.
        SystemExit: the module asked for it.
    """
    _replace_first_search_path(os.getcwd())
    install_as_autogen()
    sys.argv = [name, *args]
    if importlib.util.find_spec(name) is None:
        raise ModuleNotFoundError(f"No module named {name!r} (looked for it from {os.getcwd()}).", name=name)
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except JournalError:
        raise
    except Exception as error:
        _print_traceback(error)
        return 1
    return 0


def _run_as_main(script: Path) -> None:
    """Execute a script as ``__main__``. runpy.run_path would change ``sys.argv[0]`` and take ``__main__`` away."""
    main = ModuleType("__main__")
    main.__file__ = str(script)
    main.__loader__ = SourceFileLoader("__main__", str(script))
    sys.modules["__main__"] = main
    code = compile(script.read_bytes(), str(script), "exec", dont_inherit=True)
    exec(code, main.__dict__)


def _replace_first_search_path(folder: str) -> None:
    """Put the program's folder where the folder of this command stands in ``sys.path``."""
    if getattr(sys.flags, "safe_path", False):
        return
    sys.path[0] = folder


def _print_traceback(error: Exception) -> None:
    """Print a traceback that begins in the user's program, without the frames that led there."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename in _OUR_FRAMES:
        frame = frame.tb_next
    traceback.print_exception(type(error), error, frame)
