"""Say which extra a missing package belongs to."""

from __future__ import annotations

__all__ = ("missing_package",)


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
