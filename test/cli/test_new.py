"""``autogen-classic new``: a project that works as it is, and names that no project can have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autogen_classic.cli import main


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, without any key."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my_shop"]) == 0
    return tmp_path / "my_shop"


def test_the_tests_of_a_new_project_pass(project: Path) -> None:
    tests = run(project, "-m", "unittest")
    assert tests.returncode == 0, tests.stderr
    assert "Ran 3 tests" in tests.stderr


def test_the_recorded_run_of_a_new_project_plays(project: Path) -> None:
    played = run(project, "-m", "autogen_classic", "run", "--replay", "runs/first.json", "-m", "my_shop")
    assert played.returncode == 0, played.stderr
    assert played.stdout.endswith("Two apples and a pear cost 1.80 euros.\n(ended by: termination message)\n")


def test_a_new_project_is_clean(project: Path) -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in project.rglob("*") if file.is_file()}
    assert [file.name for file, text in texts.items() if "__NAME__" in text] == []
    checked = subprocess.run([sys.executable, "-m", "compileall", "-q", str(project)], capture_output=True)
    assert checked.returncode == 0
    assert "OAI_CONFIG_LIST" in texts[project / ".gitignore"]


def test_a_new_project_is_what_ruff_and_mypy_like(project: Path) -> None:
    pytest.importorskip("ruff")
    pytest.importorskip("mypy")
    for command in (
        ("ruff", "check", "--isolated", "--select", "E,F,I,UP,B"),
        ("ruff", "format", "--isolated", "--check"),
        # without the library, which would take a minute
        ("mypy", "--strict", "--no-warn-return-any", "--ignore-missing-imports", "--follow-imports=skip"),
    ):
        checked = run(project, "-m", *command, ".")
        assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("my-shop", "is not a name for a package. It must begin with a small letter, and go on with small letters"),
        ("my-shop", "Take my_shop, for instance."),
        ("My Shop!", "Take my_shop, for instance."),
        ("1st", "Take st, for instance."),
        ("../shop", "Take shop, for instance."),
        ("", "is not a name for a package"),
        ("caf\u00e9", "Take cafe, for instance."),
        ("\u5496\u5561", "is not a name for a package"),
        ("Class", "Take my_class, for instance."),
        ("class", "'class' is a keyword of Python, so no package can be called that. Take my_class"),
        ("json", "'json' is the name of a module of Python. Take my_json"),
        ("autogen", "'autogen' is the name of this library"),
        (
            "openai",
            "a package that is installed, or that this library may need. Take my_openai",
        ),
        ("prompt_toolkit", "'prompt_toolkit' is the name of a package"),
        ("yaml", "'yaml' is the name of a package"),
        ("autogen_classic", "'autogen_classic' is the name of this library"),
        ("azure_identity", "'azure_identity' is the name of a package"),
        ("con", "'con' is the name of a device on Windows"),
    ],
)
def test_a_name_that_no_package_can_have_gets_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", name]) == 1
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_as_it_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "README.md").write_text("mine", encoding="utf-8")
    assert main(["new", "my_shop"]) == 1
    assert "my_shop exists already, and is left as it is. Take another name." in capsys.readouterr().err
    assert (project / "README.md").read_text(encoding="utf-8") == "mine"
