"""What somebody said, as HTML: texts, code, outputs, calls and pictures.

Every text is escaped. A picture is shown only from a data URI that holds one of four kinds of pixels; its bytes go
into an address that is written anew. Nothing else of a message becomes a part of the page.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from .._core.picture_bytes import is_data_uri, kind_revealed, read_data_uri
from .drawing import as_label
from .entries import Entry, calls_in

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ("CODE_STYLE", "body_of", "shown")

_CODE = re.compile(r"```[ \t]*(?:([\w+#-]+)[ \t]*)?\r?\n(.*?)```", re.DOTALL)
_OUTPUT = re.compile(r"\s*exitcode: (-?\d+) \([^\n]*\)\s*\nCode output:[ \t]?(.*)", re.DOTALL)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LONGEST_OPEN = 4000
_LONGEST_SUMMARY = 60
_MOST_COLOURED = 30_000
"""How many characters of code are coloured: those who write it could choose what takes the longest."""
_LARGEST_PICTURE = 20_000_000
"""In bytes, as everywhere in the library."""

# A page sets the colours; in a notebook they are those of its editor.
CODE_STYLE = """
.ac-code .k { color: var(--ac-keyword, var(--jp-mirror-editor-keyword-color)); }
.ac-code .s { color: var(--ac-string, var(--jp-mirror-editor-string-color)); }
.ac-code .c { color: var(--ac-comment, var(--jp-mirror-editor-comment-color)); font-style: italic; }
.ac-code .m { color: var(--ac-number, var(--jp-mirror-editor-number-color)); }
.ac-code .n { color: var(--ac-name, var(--jp-mirror-editor-def-color)); }
"""
_CLASSES = {"Keyword": "k", "Operator.Word": "k", "Literal.String": "s", "Comment": "c", "Literal.Number": "m"}
_CLASSES |= {"Name.Function": "n", "Name.Class": "n", "Name.Builtin": "n", "Name.Tag": "n", "Name.Decorator": "n"}


def shown(text: str) -> str:
    """A text, escaped, without colours of terminals; marks stand for what cannot be seen.

    Args:
        text: the text.
    """
    visible = _ANSI.sub("", text).replace("\r\n", "\n")
    return escape(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", visible))


def body_of(entry: Entry) -> str:
    """What an entry says, as HTML.

    Args:
        entry: the entry.
    """
    if entry.message is not None:
        return "".join(_of_message(entry.message))
    if entry.kind in ("code", "output"):
        return f"<pre>{shown(entry.text)}</pre>" if entry.text else ""
    if entry.kind == "tool":
        return _folded(as_label(entry.text, _LONGEST_SUMMARY), f"<pre>{shown(entry.text)}</pre>")
    return _of_text(entry.text)


def _of_message(message: Mapping[str, object]) -> Iterator[str]:
    content, responses = message.get("content"), message.get("tool_responses")
    if isinstance(responses, list) and responses:  # the content holds the same once more
        for response in responses:
            yield _response(response if isinstance(response, Mapping) else {"content": response})
    elif message.get("role") in ("function", "tool"):
        yield _response(message)
    elif isinstance(content, (list, tuple)):
        for part in content:
            yield _of_part(part)
    elif content is not None:
        yield _of_text(str(content))
    for name, arguments in calls_in(message):
        summary = f"calls {name}({as_label(arguments, _LONGEST_SUMMARY)})"
        yield _folded(summary, _code(_indented(arguments), "json"))


def _response(response: Mapping[str, object]) -> str:
    content = response.get("content")
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)
    whose = response.get("name") or response.get("tool_call_id") or ""
    return _folded(f"answer of {whose}: {as_label(text, _LONGEST_SUMMARY)}", f"<pre>{shown(text)}</pre>")


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{shown(summary)}</summary>{body}</details>"


def _indented(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return arguments


def _of_part(part: object) -> str:
    if not isinstance(part, Mapping):
        return _of_text(str(part))
    if part.get("type") == "text":
        return _of_text(str(part.get("text")))
    if part.get("type") != "image_url":
        return _of_text(json.dumps(part, ensure_ascii=False, default=str))
    source = part.get("image_url")
    return _picture(source.get("url") if isinstance(source, Mapping) else source)


def _picture(source: object) -> str:
    """A picture whose bytes are here; of others, where they are."""
    if not isinstance(source, str):
        return _note(f"a picture: {type(source).__name__}")
    if not is_data_uri(source):
        return _note(f"a picture, not loaded: {source}")
    try:
        data, _ = read_data_uri(source)
    except ValueError:
        data = b""
    kind = kind_revealed(data)
    if kind is None or len(data) > _LARGEST_PICTURE:
        return _note(f"a picture that is not shown: {as_label(source, 40)}")
    return f'<img alt="a picture of the message" src="data:{kind};base64,{base64.b64encode(data).decode()}">'


def _note(text: str) -> str:
    return f"<p><em>{shown(text)}</em></p>"


def _of_text(text: str) -> str:
    """A text with its blocks of code and its outputs set apart; a long one is folded."""
    output = _OUTPUT.fullmatch(text)
    if output is not None:
        body = f"<p>exit code {output[1]}</p>" + (f"<pre>{shown(output[2])}</pre>" if output[2].strip() else "")
    else:
        parts, end = [], 0
        for block in _CODE.finditer(text):
            parts += [_paragraph(text[end : block.start()]), _code(block[2], block[1] or "")]
            end = block.end()
        body = "".join([*parts, _paragraph(text[end:])])
    return body if len(text) <= _LONGEST_OPEN else _folded(as_label(text, _LONGEST_SUMMARY), body)


def _paragraph(text: str) -> str:
    return f"<p>{shown(text.strip())}</p>" if text.strip() else ""


def _code(code: str, language: str) -> str:
    return f'<pre class="ac-code"><code>{_coloured(code, language)}</code></pre>'


def _coloured(code: str, language: str) -> str:
    """Code in colours, if Pygments is installed and knows the language."""
    lexer = _lexer_for(language) if language and len(code) <= _MOST_COLOURED else None
    if lexer is None:
        return shown(code)
    return "".join(_token(str(kind), text) for kind, text in lexer.get_tokens(code))


@lru_cache(maxsize=100)
def _lexer_for(language: str) -> Lexer | None:
    try:
        from pygments.lexers import get_lexer_by_name
        from pygments.util import ClassNotFound
    except ImportError:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=1000)
def _class_of(kind: str) -> str | None:
    return next((name for begin, name in _CLASSES.items() if kind.startswith(f"Token.{begin}")), None)


def _token(kind: str, text: str) -> str:
    name = _class_of(kind)
    return shown(text) if name is None else f'<span class="{name}">{shown(text)}</span>'
