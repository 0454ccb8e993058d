"""Where the files of code lie."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextvars import ContextVar, Token
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from .._code.directory import made_directory

__all__ = ("WorkingDirectory",)

_current: ContextVar[WorkingDirectory | None] = ContextVar("autogen_classic_working_directory", default=None)


class WorkingDirectory:
    """A directory that is, within a ``with`` block, the current one of this process, as after ``os.chdir``.

    Args:
        path: the directory; it is made if it does not exist, and stays.

    Attributes:
        path: the directory, as it was given.
        absolute: the same as an absolute path.
        created_tmp: whether it was made for the block, and is removed after it.
        original_path: the directory to which the process goes back; None outside of a block.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.absolute = Path(path).absolute()
        self.created_tmp = False
        self.original_path: str | None = None
        self._token: Token[WorkingDirectory | None] | None = None

    @classmethod
    def create_tmp(cls) -> Self:
        """Make a directory of its own, which is removed at the end of the block."""
        directory = cls(tempfile.mkdtemp(prefix="ag2_work_dir_"))
        directory.created_tmp = True
        return directory

    def __enter__(self) -> Self:
        """Go there.

        Raises:
            FileExistsError: it is a file.
            NotADirectoryError: a part of its path is a file.
        """
        made_directory(self.absolute, "path")
        self.original_path = os.getcwd()
        os.chdir(self.absolute)
        self._token = _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Go back."""
        if self._token is not None:
            _current.reset(self._token)
            self._token = None
        if self.original_path is not None:
            os.chdir(self.original_path)
            self.original_path = None
        if self.created_tmp:
            shutil.rmtree(self.absolute, ignore_errors=True)

    @classmethod
    def get_current_working_directory(
        cls, working_directory: WorkingDirectory | None = None
    ) -> WorkingDirectory | None:
        """Return a directory that is given, or else the current one, or None.

        Args:
            working_directory: the one that goes before the current one.
        """
        return _current.get() if working_directory is None else working_directory
