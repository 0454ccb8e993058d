"""Every Python block of the page about testing runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "website" / "docs" / "testing-your-agents.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {number}" for number in range(1, len(BLOCKS) + 1)])
def test_a_block_of_the_page_runs(block: str) -> None:
    exec(compile(block, str(PAGE), "exec"), {"__name__": "page"})


def test_the_page_has_a_block_for_each_double() -> None:
    page = "".join(BLOCKS)
    for name in ("ScriptedClient", "MockOpenAIServer", "ScriptedPerson", "ScriptedExecutor", "forbid_model_requests"):
        assert f"import {name}" in page or f", {name}" in page
