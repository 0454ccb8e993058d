"""What other packages need around them: an error where one is missing, and silence towards their makers."""

from __future__ import annotations

import os

__all__ = ("keep_onnxruntime_silent", "missing_package")


def missing_package(what: str, error: ImportError, extra: str) -> ImportError:
    """The error for a package that is not installed.

    Args:
        what: what needs the package, as the beginning of a sentence.
        error: the import that failed.
        extra: the extra that installs it.
    """
    return ImportError(
        f'{what} needs {error.name or "a package"} ({error}). Install it with: pip install "autogen-classic[{extra}]"',
        name=error.name,
    )


def keep_onnxruntime_silent() -> None:
    """Keep onnxruntime from collecting telemetry, with an id of this machine, from the moment it is loaded.

    Call this before a package is loaded that brings it along. What the program's environment says stays.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
