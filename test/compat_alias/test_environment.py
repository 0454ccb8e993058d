"""`autogen-classic alias` in a throw-away virtual environment."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PTH_NAME = "autogen_classic_alias.pth"


class Environment:
    """A virtual environment without pip, in which the package is found through PYTHONPATH."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.folder = folder

    def run(self, *arguments: str, package: bool = True) -> subprocess.CompletedProcess[str]:
        variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        if package:
            variables["PYTHONPATH"] = str(ROOT)
        return subprocess.run(
            [str(self.python), *arguments], capture_output=True, text=True, env=variables, cwd=self.folder, timeout=60
        )

    def alias(self, action: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "autogen_classic", "alias", action)

    @property
    def pth_files(self) -> list[Path]:
        return list(self.folder.rglob(PTH_NAME))

    @property
    def site(self) -> Path:
        return next(path for path in self.folder.rglob("site-packages"))

    def install_real_autogen(self) -> None:
        (self.site / "autogen").mkdir()
        (self.site / "autogen" / "__init__.py").write_text("who = 'the real one'\n")


@pytest.fixture
def environment(tmp_path):
    return Environment(tmp_path / "venv")


@pytest.fixture
def enabled(environment):
    assert environment.alias("enable").returncode == 0
    return environment


def test_enabling_makes_every_program_see_the_alias(enabled):
    done = enabled.run("-c", "import autogen.version, autogen_classic; print(autogen is autogen_classic)")
    assert done.stdout.strip() == "True", done.stderr


def test_enabling_loads_nothing_of_the_package_at_the_start_of_python(enabled):
    done = enabled.run("-c", "import sys; print([name for name in sys.modules if 'autogen' in name])")
    assert done.stdout.strip() == "[]"


def test_enabling_twice_keeps_one_working_file(enabled):
    assert enabled.alias("enable").returncode == 0
    assert len(enabled.pth_files) == 1


def test_disabling_removes_the_only_trace(enabled):
    done = enabled.alias("disable")
    assert "Disabled: removed" in done.stdout
    assert enabled.pth_files == []
    assert "No module named 'autogen'" in enabled.run("-c", "import autogen").stderr


def test_disabling_what_is_not_enabled_says_so(environment):
    done = environment.alias("disable")
    assert (done.returncode, done.stdout.strip()) == (0, "The alias was not enabled; nothing to do.")


def test_the_status_tells_enabled_from_disabled(environment):
    assert "The alias is disabled" in environment.alias("status").stdout
    environment.alias("enable")
    assert "`import autogen` means autogen_classic" in environment.alias("status").stdout


def test_python_starts_silently_when_the_package_is_gone(enabled):
    done = enabled.run("-c", "print('started')", package=False)
    assert (done.stdout.strip(), done.stderr) == ("started", "")


def test_importing_autogen_fails_plainly_when_the_package_is_gone(enabled):
    done = enabled.run("-c", "import autogen", package=False)
    assert "ModuleNotFoundError: No module named 'autogen'" in done.stderr


def test_enabling_is_refused_where_a_real_autogen_is_installed(environment):
    environment.install_real_autogen()
    done = environment.alias("enable")
    assert done.returncode == 1
    assert "Another `autogen` is installed" in done.stderr
    assert environment.pth_files == []


def test_a_real_autogen_that_comes_later_is_used_with_a_warning(enabled):
    enabled.install_real_autogen()
    done = enabled.run("-c", "import autogen; print(autogen.who)")
    assert done.stdout.strip() == "the real one"
    assert "The alias of autogen-classic" in done.stderr
    assert "without effect" in enabled.alias("status").stdout


def test_the_explicit_alias_works_where_the_environment_has_it_too(enabled):
    program = "from autogen_classic.compat import install_as_autogen as i; i(); import autogen; print(autogen.__name__)"
    assert enabled.run("-c", program).stdout.strip() == "autogen_classic"
