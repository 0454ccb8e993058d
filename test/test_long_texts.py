"""Long texts by models and strangers: each is read in one go, where a regular expression could take minutes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autogen_classic._code.fences import find_blocks
from autogen_classic._code.workspace.command_filter import _OPERATOR
from autogen_classic._code.workspace.shell_executor import ShellExecutor
from autogen_classic._core.foreign_texts import marked
from autogen_classic._core.tags import attributes_in
from autogen_classic._json.text import object_within, values_within
from autogen_classic._secrets import place_of
from autogen_classic.agentchat.contrib._media.content import paths_in
from autogen_classic.agentchat.contrib._optimizer.actions import apply
from autogen_classic.agentchat.contrib.captainagent.tools.text.count_words import count_words
from autogen_classic.cli._classroom.installs import requirements_told_in
from autogen_classic.coding.utils import _get_file_name_from_content
from autogen_classic.compat.notebook import _INSTALL_LINE
from autogen_classic.errors import UnusableProposalError
from autogen_classic.serving._speech import _MAY_STOP, _STOP
from autogen_classic.tools.experimental.wikipedia.wikipedia import _HEADING

MANY = 300_000
BLANKS = " " * MANY


def search_for_dangers(command: str) -> None:
    """Look at a command without running it."""
    assert not any(re.search(pattern, command) for pattern, _ in ShellExecutor.DEFAULT_DANGEROUS_PATTERNS)


def propose_package(name: str) -> None:
    function = {"name": "f", "description": "", "arguments": {}, "packages": name, "code": "def f():\n    pass"}
    with pytest.raises(UnusableProposalError, match="is not the name of a package"):
        apply({"name": "add_function", "arguments": json.dumps(function)}, [])


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (attributes_in, f'a="x"{BLANKS}y"'),
        (marked, f'<img a="x"{BLANKS}y">'),
        (lambda text: list(values_within(text)), "```" + "\n" * MANY),
        (object_within, "{" * MANY),
        (find_blocks, f"```{BLANKS}x y"),
        (find_blocks, "a```\n" * MANY),
        (paths_in, "ab/c+" * MANY),
        (paths_in, "a," * MANY),
        (count_words, BLANKS),
        (lambda text: _get_file_name_from_content(text, Path.cwd()), f"# x{BLANKS}y"),
        (lambda text: _STOP.sub("", text), f"a{BLANKS}b"),
        (_MAY_STOP.search, f"a{BLANKS}b"),
        (_HEADING.search, "=" * MANY + "x"),
        (lambda text: [*_OPERATOR.finditer(text)], "a" + "&" * MANY + "x"),
        (place_of, "x:" + "//" * MANY + " "),
        (search_for_dangers, "echo" + " mv rm chmod curl find" * (MANY // 5)),
        (search_for_dangers, f"echo rm -{'r' * MANY}+ chmod{BLANKS}x"),
        (propose_package, "a=" + "!" * MANY + "@"),
        (lambda text: [*requirements_told_in(text)], "`" * MANY),
        (lambda text: [*requirements_told_in(text)], "`" + "python" * MANY),
        (lambda text: [*requirements_told_in(text)], "~" * MANY + "`"),
        (lambda text: [*requirements_told_in(text)], "!pip install " + "a" * MANY),
        (lambda text: [*requirements_told_in(text)], f"!pip install 'a[{BLANKS}"),
        (_INSTALL_LINE.match, "!" * MANY + "python" * MANY),
    ],
    ids=lambda given: "" if isinstance(given, str) else getattr(given, "__name__", "search"),
)
def test_a_long_text_is_read_in_one_go(read: Callable[[str], Any], text: str) -> None:
    read(text)


def test_a_long_answer_of_cohere_is_read_in_one_go() -> None:
    cohere = pytest.importorskip("autogen_classic.oai.cohere", reason="needs cohere")
    with pytest.raises(json.JSONDecodeError):
        cohere.clean_return_response_format(f"```{BLANKS}x")
    assert cohere.clean_return_response_format('```json\n{"a": 1}\n```\n') == '{"a": 1}'


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("See /a/b.png, ~/c.jpg and ./d.gif.", ["/a/b.png", "~/c.jpg", "./d.gif"]),
        ("[x.png](https://a.org/x.PNG)", ["x.png", "https://a.org/x.PNG"]),
        ("a.png,b.bmp.txt", ["a.png,b.bmp"]),
        (".jpg /.jpg x.jpgs", []),
    ],
)
def test_paths_of_pictures_are_found(text: str, paths: list[str]) -> None:
    assert paths_in(text) == paths


@pytest.mark.parametrize("package", ["numpy", "numpy==1.26.*", "a[b] >= 1.0 < 2", "a~=1!2.0", "a!=3"])
def test_packages_with_versions_are_taken(package: str) -> None:
    function = {"name": "f", "description": "", "arguments": {}, "packages": package, "code": "def f():\n    pass"}
    assert apply({"name": "add_function", "arguments": json.dumps(function)}, [])
