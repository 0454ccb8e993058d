"""What executors share: a quieter pip, the summary of a chat as text, and the name that code gives its file."""

from __future__ import annotations

import re
from pathlib import Path

from .._code.commands import endings_of
from .._core.content import content_str
from .._core.party import ChatOutcome
from ..errors import FileNameError

__all__ = ("format_chat_result", "silence_pip")

_RULE = "=" * 80
_LAST_MESSAGES = 3
_LONGEST_SUMMARY = 300  # characters
_LONGEST_MESSAGE = 100

_PIP_IN_SHELL = re.compile(r"^pip install(?! -qqq\b)", re.MULTILINE)
_PIP_AFTER_AND = re.compile(r"(?<=[;&|] )pip install(?! -qqq\b)")
_PIP_IN_PYTHON = re.compile(r"^(! ?pip install)(?! -qqq\b)", re.MULTILINE)
_SHELLS = ("bash", "shell", "sh", "pwsh", "powershell", "ps1")

# A name in the first line: "# NAME", "// NAME", "/* NAME */" or "<!-- NAME -->", with or without "filename:".
_NAME_COMMENT = re.compile(r"(?:# |// |/\* |<!-- )\s*(?P<explicit>filename:)?(?P<name>.*)")
_END_OF_COMMENT = re.compile(r"(?:\*/|-->)$")
_LONGEST_NAME = 255  # bytes in one part of a path, on the common file systems


def format_chat_result(result: ChatOutcome) -> str:
    """Write what came out of a chat as a text for people.

    Args:
        result: a `ChatResult`.

    Returns:
        Its number of messages, its cost in US dollars, its summary, and the last messages.
    """
    history = result.chat_history or []
    cost = (result.cost or {}).get("usage_including_cached_inference", {}).get("total_cost", 0)
    summary = ["💬 Final Status:", f"   {_shortened(result.summary, _LONGEST_SUMMARY)}", ""] if result.summary else []
    said = [
        f"   [{message.get('name') or message.get('role')}]: "
        f"{_shortened(content_str(message.get('content')), _LONGEST_MESSAGE)}"
        for message in history[-_LAST_MESSAGES:]
    ]
    return "\n".join(
        [
            _RULE,
            "📊 Exploration Session Summary",
            _RULE,
            "",
            f"• Total messages: {len(history)}",
            f"• Chat ID: {result.chat_id}",
            f"• Cost: ${cost:.4f}",
            "",
            *summary,
            f"📝 Last {_LAST_MESSAGES} messages:",
            *said,
            "",
            _RULE,
        ]
    )


def _shortened(value: object, length: int) -> str:
    text = str(value)
    return f"{text[:length]}..." if len(text) > length else text


def silence_pip(code: str, lang: str) -> str:
    """Add ``-qqq`` to each ``pip install``, so that its output does not fill the conversation.

    Args:
        code: the code.
        lang: its language.

    Returns:
        The code, unchanged unless it is shell code, or Python with ``!pip install`` lines.
    """
    if lang == "python":
        return _PIP_IN_PYTHON.sub(r"\1 -qqq", code)
    if lang in _SHELLS:
        return _PIP_AFTER_AND.sub("pip install -qqq", _PIP_IN_SHELL.sub("pip install -qqq", code))
    return code


def _get_file_name_from_content(code: str, workspace_path: Path, language: str | None = None) -> str | None:
    """Read the name that the first line of the code gives its file.

    A comment is a name if it follows ``filename:``, or ends as files in the language of the code do: what is only
    mentioned, such as ``# data.csv``, is not overwritten. Prose is not a name.

    Args:
        code: the code.
        workspace_path: the directory that the file must stay in.
        language: the language of the code; None for any, whose files may end in any way.

    Returns:
        The name relative to ``workspace_path``, or None if the line does not give one.

    Raises:
        FileNameError: the file would be outside ``workspace_path``; symbolic links are followed to find out.
    """
    comment = _NAME_COMMENT.match(code.split("\n", 1)[0])
    if comment is None:
        return None
    name = _END_OF_COMMENT.sub("", comment["name"].strip()).rstrip()
    is_explicit = bool(comment["explicit"])
    if language is not None and not is_explicit and not name.lower().endswith(endings_of(language)):
        return None
    if not _can_be_a_name(name):
        return None
    is_prose = not is_explicit and "/" in name and (" " in name or "://" in name)
    root = workspace_path.resolve()
    try:
        path = (root / name).resolve()
        if is_prose and not path.is_file():
            return None
        if not path.is_relative_to(root):
            raise FileNameError("Filename is not in the workspace")
        # The name may be taken by a directory, or by a pipe, to which a write need not end.
        return str(path.relative_to(root)) if path.is_file() or _is_free(path) else None
    except (OSError, RuntimeError, UnicodeError):  # too long, a loop of symbolic links, or not a valid text
        return None


def _is_free(path: Path) -> bool:
    """Whether nothing stands at a path.

    Raises:
        OSError: nothing ever can, because the path is too long.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):  # the second for a name below a file
        return True
    return False


def _can_be_a_name(name: str) -> bool:
    is_too_long = any(len(part.encode("utf-8", errors="replace")) > _LONGEST_NAME for part in Path(name).parts)
    return bool(name) and "\0" not in name and not is_too_long
