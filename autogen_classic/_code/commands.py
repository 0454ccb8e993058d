"""Which program runs which language, and how a file of executed code is named."""

from __future__ import annotations

import sys

from .process.environment import python_command

__all__ = ("command_for", "extension_for", "find_powershell", "temporary_name")

_POWERSHELL = ("ps1", "pwsh", "powershell")


def find_powershell() -> str:
    """Find PowerShell.

    Returns:
        ``powershell`` or ``pwsh``, whichever is installed; ``powershell`` is preferred.

    Raises:
        FileNotFoundError: neither is installed.
    """
    import shutil  # as late as possible: it loads every kind of archive

    for name in ("powershell", "pwsh"):
        if shutil.which(name):
            return name
    raise FileNotFoundError(
        "Neither powershell nor pwsh was found. Install PowerShell to run ps1 code, or write the code in sh or python."
    )


def command_for(language: str, python: str | None = None) -> list[str]:
    """Tell which program runs a language.

    Args:
        language: a language name as it stands on a code block.
        python: the Python to use; by default the one that runs this program.

    Returns:
        The command without the file name.

    Raises:
        NotImplementedError: no program is known for the language.
    """
    if language.startswith("python") or language == "py":
        return [python or python_command()]
    if language in _POWERSHELL or (sys.platform == "win32" and language in ("sh", "shell")):
        try:
            return [find_powershell()]
        except FileNotFoundError:
            return ["pwsh"]  # running it reports that it is missing, as for any other program
    if language in ("sh", "shell"):
        return ["sh"]
    if language == "bash":
        return ["bash"]
    if language == "javascript":
        return ["node"]
    raise NotImplementedError(f"{language} not recognized in code execution")


def extension_for(language: str) -> str:
    """Give the file extension for a language, without the dot.

    Args:
        language: a language name as it stands on a code block.

    Returns:
        ``py`` for every spelling of Python, ``ps1`` for PowerShell, else the language itself.
    """
    if language.startswith("python") or language == "py":
        return "py"
    if language in _POWERSHELL or (sys.platform == "win32" and language in ("sh", "shell")):
        return "ps1"
    return language


def temporary_name(code: str, language: str) -> str:
    """Name a file after the code in it, so that equal code gets an equal name.

    Args:
        code: the code.
        language: its language.

    Returns:
        ``tmp_code_<hash>.<extension>``.
    """
    import hashlib

    digest = hashlib.md5(code.encode("utf-8", errors="replace"), usedforsecurity=False).hexdigest()
    return f"tmp_code_{digest}.{extension_for(language)}"
