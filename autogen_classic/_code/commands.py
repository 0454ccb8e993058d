"""Which program runs which language, and how a file of executed code is named."""

from __future__ import annotations

import re
import sys

__all__ = (
    "PROGRAMS",
    "PYTHON_VARIANTS",
    "REFUSED_IN_SHELLS",
    "WIN32",
    "after_first",
    "command_for",
    "endings_of",
    "extension_for",
    "find_powershell",
    "refusal_in_shell",
    "temporary_name",
)

PYTHON_VARIANTS = ["python", "Python", "py"]
WIN32 = sys.platform == "win32"

_POWERSHELL = ("ps1", "pwsh", "powershell")
PROGRAMS = {
    "python": "python",
    "bash": "bash",
    **dict.fromkeys(("sh", "shell"), "sh"),
    **dict.fromkeys(_POWERSHELL, "pwsh"),
    "javascript": "node",
}
"""Which program runs which language in a container."""


def after_first(program: str) -> str:
    """Write a regular expression for a line up to the first place that names a program.

    A search for ``mv.*x`` begins again at each ``mv`` of a line, so that its time grows with the square of their
    number. This expression settles on the first one, because `re` does not try a lookahead in a second way.

    Args:
        program: a regular expression for the program, without capturing groups.

    Returns:
        The beginning of an expression, which takes the group number 1 for itself.
    """
    return rf"(?m:^)(?=(.*?{program}))\1"


REFUSED_IN_SHELLS = (
    (r"\brm\s+-rf\b", "Use of 'rm -rf' command is not allowed."),
    (after_first(r"\bmv\b") + r".*\s/dev/null", "Moving files to /dev/null is not allowed."),
    (r"\bdd\b", "Use of 'dd' command is not allowed."),
    (r">\s*/dev/sd[a-z]", "Overwriting disk blocks directly is not allowed."),
    (r":\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:", "Fork bombs are not allowed."),
)
"""What is refused in shell commands at first sight: regular expressions, and what is said of each."""

# A comment, an escaped character, or quoted text of a shell.
_NOT_BARE = r"""(?sx) (?<!\S)\#[^\n]* | \\. | '[^']*' | "(?:\\.|[^"\\])*" """


def refusal_in_shell(code: str) -> str | None:
    """Look for what is dangerous at first sight in shell code. This stops accidents, not intent.

    Args:
        code: the code. It is looked at as it stands, and with each command on one line, because a line end within
            quotation marks or behind a backslash does not end a command.

    Returns:
        What is said of it, or None.
    """
    line_by_line = re.sub(_NOT_BARE, lambda found: found[0].replace("\\\n", "").replace("\n", " "), code)
    for pattern, message in REFUSED_IN_SHELLS:
        if any(re.search(pattern, text) for text in (code, line_by_line)):
            return message
    return None


_ENDINGS = {
    **dict.fromkeys(("sh", "shell", "bash"), (".sh", ".bash")),
    "javascript": (".js", ".mjs", ".cjs"),
    "html": (".html", ".htm"),
}


def find_powershell() -> str:
    """Find PowerShell by running it.

    Returns:
        ``powershell`` or ``pwsh``, whichever works; ``powershell`` is preferred.

    Raises:
        FileNotFoundError: neither is installed.
        PermissionError: one is installed but may not be run.
    """
    import subprocess

    for name, *options in (("powershell",), ("pwsh", "-Command")):
        try:
            asked = subprocess.run([name, *options, "$PSVersionTable.PSVersion.Major"], capture_output=True, text=True)
        except FileNotFoundError:
            continue
        if asked.returncode == 0:
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
        from .process.environment import python_command  # here, because most programs that import agents run no code

        return [python or python_command()]
    if language in _POWERSHELL or (sys.platform == "win32" and language in ("sh", "shell")):
        import shutil  # as late as possible: it loads every kind of archive

        # If neither is installed, running pwsh reports that, as for any other program.
        return [next((name for name in ("powershell", "pwsh") if shutil.which(name)), "pwsh")]
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
        ``py`` for every spelling of Python, ``ps1`` for PowerShell, otherwise the language itself.
    """
    if language.startswith("python") or language == "py":
        return "py"
    if language in _POWERSHELL or (sys.platform == "win32" and language in ("sh", "shell")):
        return "ps1"
    return language


def endings_of(language: str) -> tuple[str, ...]:
    """List the endings of file names in a language, with the dot.

    Args:
        language: a language name as it stands on a code block.
    """
    return _ENDINGS.get(language, (f".{extension_for(language)}",))


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
