"""What other packages need around them."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from types import ModuleType

import pytest

from autogen_classic import _packages

LOADS_LATE = """
import sys
from autogen_classic._packages import keep_jsonschema_light

keep_jsonschema_light()
from jsonschema import FormatChecker

assert "lark" not in sys.modules, "the grammars are compiled"
assert "rfc3987_syntax" not in sys.modules, "somebody else would import the stand-in"
for rule, text, is_valid in [
    ("iri", "https://b\u00fccher.example/\u00e9", True),
    ("iri", "not an address", False),
    ("iri-reference", "../\u00e9#top", True),
    ("iri-reference", "<>", False),
]:
    assert FormatChecker().conforms(text, rule) is is_valid, (rule, text)
import rfc3987_syntax
assert rfc3987_syntax.is_valid_syntax_iri("https://example.com")
"""


@pytest.mark.skipif(find_spec("rfc3987_syntax") is None, reason="it comes with Jupyter's packages")
def test_jsonschema_loads_its_grammars_of_addresses_when_one_is_checked() -> None:
    run = subprocess.run([sys.executable, "-c", LOADS_LATE], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_two_threads_may_load_jsonschema_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)

    def found_by_both(_name: str) -> object:
        with suppress(threading.BrokenBarrierError):  # one thread waits before it asks, as it should
            both.wait(0.2)
        return object()

    monkeypatch.setattr(_packages, "find_spec", found_by_both)
    monkeypatch.setitem(sys.modules, "jsonschema", ModuleType("jsonschema"))
    monkeypatch.delitem(sys.modules, "jsonschema")
    monkeypatch.setitem(sys.modules, "rfc3987_syntax", ModuleType("rfc3987_syntax"))
    monkeypatch.delitem(sys.modules, "rfc3987_syntax")
    with ThreadPoolExecutor(2) as pool:
        for loading in [pool.submit(_packages.keep_jsonschema_light) for _ in range(2)]:
            loading.result()
    assert "rfc3987_syntax" not in sys.modules
