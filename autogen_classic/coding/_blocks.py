"""Files of code blocks in a directory of this machine."""

from __future__ import annotations

from pathlib import Path

from ..errors import FileNameError
from .utils import _get_file_name_from_content

__all__ = ("save_code",)


def save_code(code: str, root: Path, default_name: str, language: str) -> Path:
    """Write code to its file inside a working directory.

    Args:
        code: the code; its first line may name the file.
        root: the working directory, with symbolic links resolved.
        default_name: the name if the code does not give one.
        language: of the code.

    Returns:
        The path of the file.

    Raises:
        FileNameError: the name that the code gives to its file leads outside, or cannot be written to.
        OSError: the working directory cannot be written to.
    """
    named = _get_file_name_from_content(code, root, language)
    file = root / (named or default_name)
    if not file.resolve().is_relative_to(root):  # a symbolic link may already have that name
        raise FileNameError("Filename is not in the workspace")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # A shell mistakes the carriage returns of a message for parts of its commands.
        file.write_text(code.replace("\r\n", "\n"), encoding="utf-8", errors="replace")
    except OSError as error:
        if named is None:  # then the working directory is at fault, and another name would not help
            raise
        raise FileNameError(f"The file {named} cannot be written: {error.strerror}") from error
    return file
