"""Makes the kit importable, keeps real keys away, and writes the table of the docs when asked to."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

_KEY_PARTS = ("_API_KEY", "AWS_", "GOOGLE_", "AZURE_OPENAI", "CO_API_", "OLLAMA_HOST")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without keys, and without a proxy that could stand before the local server."""
    for name in list(os.environ):
        if any(part in name for part in _KEY_PARTS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


# --- the table of the docs -------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--provider-table FILE`` has this run write the table of providers and features."""
    parser.addoption("--provider-table", type=Path, metavar="FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note which features have passed, when a table is wanted."""
    if config.getoption("--provider-table", None):
        config.pluginmanager.register(_TableWriter(config.getoption("--provider-table")))


class _TableWriter:
    """Notes the outcome of every cell, and writes the table at the end of the run."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._outcomes: dict[tuple[str, str], list[str]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Function, call: Any) -> Any:
        from kit import FEATURE_OF_TEST

        report = yield
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if report.when == "call" and parameters.get("case") is not None:
            feature = FEATURE_OF_TEST.get(item.originalname, str(parameters.get("status", "")))
            self._outcomes.setdefault((parameters["case"].name, feature), []).append(report.outcome)
        return report

    def pytest_sessionfinish(self) -> None:
        from kit import table
        from test_matrix import known_cases

        failed = sorted({cell for cell, outcomes in self._outcomes.items() if "failed" in outcomes})
        if failed:
            raise pytest.UsageError(f"The table is not written, because these cells failed: {failed}")
        passed = {cell for cell, outcomes in self._outcomes.items() if "passed" in outcomes}
        self._file.write_text(table(known_cases(), passed), encoding="utf-8")
