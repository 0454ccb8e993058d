"""One tree holds every error, and draws itself as it is."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import autogen_classic
from autogen_classic import errors
from autogen_classic.cli.explain import explanations
from autogen_classic.compat import uninstall_as_autogen
from autogen_classic.errors import AutogenClassicError
from scripts.error_pages import drawn

# Exceptions by which our own code tells its own code something; no program ever sees one.
SIGNALS = {
    "ConversationFailed": "a conversation of a server has failed, on its way to the answer that says so",
    "ProgramFailed": "a program has ended with an exit code other than 0, and has said why itself",
    "Refusal": "an endpoint of the test server answers with an error",
    "RefusedError": "an entry of an old cache that is not imported, on its way to the count of those",
    "RequestRefused": "a request that a server does not take, on its way to the answer that says why",
    "StreamCut": "a handler of the test server wants its connection to break",
}


def shown_base(base: type) -> str:
    of_package = base.__module__ != "builtins"
    return f"{base.__module__}.{base.__name__}" if of_package else base.__name__


def subclasses(error: type[Exception]) -> Iterator[type[Exception]]:
    for child in error.__subclasses__():
        yield child
        yield from subclasses(child)


def test_the_drawing_shows_every_public_error():
    assert {"AutogenClassicError", *drawn()} == set(errors.__all__)


def test_every_public_error_and_no_other_is_explained_in_the_terminal_and_on_a_page():
    assert list(explanations()) == sorted(errors.__all__), "autogen_classic/cli/explanations.md"


@pytest.mark.parametrize("name", sorted(drawn()))
def test_the_drawing_shows_the_bases_of(name: str):
    if name == "CohereRateLimitError":
        pytest.importorskip("cohere")
    error = getattr(errors, name)
    parent, others = drawn()[name]
    public = [base for base in error.__bases__ if not base.__name__.startswith("_")]
    bases = [shown_base(base) for base in public if not issubclass(base, AutogenClassicError)]
    assert issubclass(error, getattr(errors, parent))
    # A package may define its error in a module below the one that it is imported from.
    assert [base.rpartition(".")[2] for base in bases] == [base.rpartition(".")[2] for base in others]


def test_every_error_of_the_library_has_its_home_in_the_tree():
    for module in pkgutil.walk_packages(autogen_classic.__path__, "autogen_classic."):
        if not module.name.endswith(("__main__", "examples.tool_chat", "examples.two_agents")):
            try:
                importlib.import_module(module.name)
            except ImportError:
                continue  # an extra that is not installed
    uninstall_as_autogen()  # the plugin for old test suites installs it as soon as it is imported
    homeless = {
        error.__name__
        for error in subclasses(Exception)
        if error.__module__.startswith("autogen_classic.") and not error.__name__.startswith("_")
    } - set(errors.__all__)
    assert homeless == set(SIGNALS)


def test_the_tree_loads_no_package_that_an_error_belongs_to():
    program = "import sys, autogen_classic.errors; print({'docker', 'cohere', 'openai'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_no_hint_stands_in_a_key_error_which_python_prints_in_quotes() -> None:
    hints = []
    for file in Path(autogen_classic.__file__).parent.rglob("*.py"):
        raised = [
            node.exc for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Raise)
        ]
        texts = [ast.unparse(error) for error in raised if isinstance(error, ast.Call)]
        hints += [f"{file.name}: {text}" for text in texts if text.startswith(("KeyError(f", "KeyError('"))]
    assert hints == [], "raise a MissingItemError"
