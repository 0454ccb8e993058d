"""The alias in a test suite and in Jupyter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import autogen_classic

ROOT = Path(__file__).resolve().parents[2]


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "autogen_classic.compat.pytest_plugin", "-p", "no:cacheprovider"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    return subprocess.run([*command, *arguments], cwd=folder, env=variables, capture_output=True, text=True, timeout=60)


def test_a_suite_for_autogen_runs_with_the_plugin(tmp_path):
    (tmp_path / "conftest.py").write_text("import autogen\n")
    (tmp_path / "test_old.py").write_text(
        "import autogen.oai.client, autogen_classic.oai.client\n"
        "def test_same(): assert autogen.oai.client is autogen_classic.oai.client\n"
    )
    done = run_pytest(tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert "autogen: autogen_classic" in done.stdout


def test_the_plugin_refuses_beside_a_file_called_autogen(tmp_path):
    (tmp_path / "autogen.py").write_text("")
    done = run_pytest(tmp_path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "stands in the way" in done.stderr


def test_ipython_loads_and_unloads_the_extension():
    pytest.importorskip("IPython")
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from traitlets.config import Config\n"
        "shell = InteractiveShell.instance(config=Config({'HistoryManager': {'enabled': False}}))\n"
        "shell.run_cell('%load_ext autogen_classic\\nimport autogen\\nprint(autogen.__name__)')\n"
        "shell.run_cell('%unload_ext autogen_classic\\nimport sys\\nprint(\"autogen\" in sys.modules)')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["autogen_classic", "False"], done.stderr


def test_the_hooks_of_ipython_are_found_on_the_package():
    assert callable(autogen_classic.load_ipython_extension)
    assert callable(autogen_classic.unload_ipython_extension)
