"""The wheels and packages that a handout carries along, for machines of other kinds too."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autogen_classic.cli import main
from autogen_classic.cli._classroom import wheels
from autogen_classic.cli._classroom.local_packages import local_package


def notebook(path: Path, source: str) -> Path:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), encoding="utf-8")
    return path


def wheel(folder: Path, name: str, *needs: str, tag: str = "py3-none-any") -> Path:
    """A wheel of a package without modules."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-0.1.0-{tag}.whl"
    top = f"{name}-0.1.0.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 0.1.0", "Provides-Extra: more"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{top}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{top}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{top}/RECORD", "")
    return file


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip has."""
    folder = tmp_path / "index"
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, "1" if name == "PIP_NO_INDEX" else str(folder))
    return folder


@pytest.mark.parametrize(
    ("platform", "python", "tag", "found"),
    [
        ("windows", "3.10", "cp310-cp310-win_amd64", {"only_windows", "only_old"}),
        ("windows", "3.12.1", "cp312-cp312-win_amd64", {"only_windows"}),
        ("macos", "3.12", "cp312-cp312-macosx_11_0_arm64", {"not_windows", "only_arm"}),
        ("linux", "3.10", "cp310-cp310-manylinux_2_17_x86_64", {"not_windows", "only_old"}),
    ],
)
def test_a_wheel_house_holds_what_is_needed_on_machines_of_another_kind(
    platform: str, python: str, tag: str, found: set[str], index: Path, tmp_path: Path
) -> None:
    conditions = {
        "only_windows": 'os_name == "nt" and platform_system == "Windows"',
        "not_windows": 'sys_platform != "win32"',
        "only_old": 'python_version < "3.11"',
        "only_arm": 'platform_machine == "arm64"',
        "only_pypy": 'implementation_name == "pypy"',
    }
    for name in found:  # the others cannot be had at all, as is so of what cannot be built for a platform
        wheel(index, name)
    wheel(index, "top", *(f"{name}; {condition}" for name, condition in conditions.items()), tag=tag)
    own = wheel(tmp_path, "autogen_classic", "top; extra == 'more'")
    house = tmp_path / "wheels"
    wheels.build_wheel_house(house, ["autogen-classic[more]"], own, [platform], python)
    assert {file.name.partition("-")[0] for file in house.iterdir()} == {"autogen_classic", "top", *found}


def test_a_wheel_house_that_cannot_be_filled_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    own = tmp_path / "autogen_classic-0.1.0-py3-none-any.whl"
    own.touch()
    with pytest.raises(wheels.InstallError, match="(?s)needs a network or a mirror.*--no-wheels leaves it out"):
        wheels.build_wheel_house(tmp_path / "wheels", ["surely-not-there"], own, [], None)


def test_a_handout_whose_wheels_cannot_be_had_is_not_in_the_way_of_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    own = tmp_path / "autogen_classic-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(own, "w") as archive:
        archive.writestr("nothing", "")
    lesson = notebook(tmp_path / "sums.ipynb", "1 / 0")
    told = []
    for _ in range(2):
        arguments = ["--notebooks", str(lesson), "--wheel", str(own), "--also", "surely-not-there"]
        assert main(["classroom", "write", str(tmp_path / "class"), *arguments]) == 1
        told.append(capsys.readouterr())
    assert "The wheel house cannot be built." in told[1].err
    assert "sums: FAILED" not in told[1].out
    assert not (tmp_path / "class").exists()


def test_the_wheel_of_this_library_keeps_the_extras_that_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(wheels, "pip", lambda *arguments: asked.append(arguments))
    own = tmp_path / "autogen_classic-0.1.0-py3-none-any.whl"
    own.touch()
    house = tmp_path / "wheels"
    wheels.build_wheel_house(house, ["autogen-classic[mcp,rag]", "autogen-classic-of-others"], own, [], None)
    assert asked[0][-2:] == (f"{house / own.name}[mcp,rag]", "autogen-classic-of-others")


# --- packages that only the teacher has


BACKEND = """
import zipfile
def build_wheel(folder, *_):
    name = "made_here-0.1.0-py3-none-any.whl"
    top = "made_here-0.1.0.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as archive:
        archive.writestr(f"{top}/METADATA", "Metadata-Version: 2.1\\nName: made-here\\nVersion: 0.1.0\\n")
        archive.writestr(f"{top}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{top}/RECORD", "")
    return name
"""


def test_what_only_the_teacher_has_is_installed_from_wherever_the_student_is(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wheel(tmp_path, "tools")
    Path("here").mkdir()
    project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    Path("here/pyproject.toml").write_text(project, encoding="utf-8")
    Path("here/backend.py").write_text(BACKEND, encoding="utf-8")
    lesson = notebook(tmp_path / "sums.ipynb", "1 + 1")
    also = ["--also", "./tools-0.1.0-py3-none-any.whl[more]", "--also", "-e ./here", "--also", "chess"]
    assert main(["classroom", "write", "class", "--notebooks", str(lesson), "--no-wheels", "--no-records", *also]) == 0
    lines = Path("class/requirements.txt").read_text(encoding="utf-8").splitlines()
    assert lines == [
        *("--find-links packages", "autogen-classic", "chess", "ipykernel", "jupyterlab"),
        *("made_here==0.1.0", "tools[more]==0.1.0"),
    ]
    Path("class").rename("of_a_student")
    own = Path("of_a_student/own.txt")
    own.write_text("\n".join(line for line in lines if "=" in line or line.startswith("-")), encoding="utf-8")
    Path("elsewhere").mkdir()
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--target", "site", "-r", str(own.absolute())]
    subprocess.run(command, cwd="elsewhere", check=True, capture_output=True, timeout=120)
    found = sorted(folder.name for folder in Path("elsewhere/site").iterdir())
    assert found == ["made_here-0.1.0.dist-info", "tools-0.1.0.dist-info"]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("./none-1.0-py3-none-any.whl", "There is no file or folder none-1.0-py3-none-any.whl."),
        ("none-1.0.tar.gz", "There is no file or folder none-1.0.tar.gz."),
        ("none @ file:///none-1.0.zip", f"There is no file or folder {Path('/none-1.0.zip')}."),
        ("-r more.txt", "'-r more.txt' names a file of requirements. Give each package its own --also."),
        ("./odd.whl", "odd.whl does not have the name of a wheel, such as name-1.0-py3-none-any.whl."),
        ("./empty", "empty cannot be made into a wheel for the class."),
    ],
)
def test_a_package_that_cannot_be_carried_along_is_named(
    word: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("odd.whl").touch()
    Path("empty").mkdir()
    lesson = notebook(tmp_path / "sums.ipynb", "1 + 1")
    written = ["classroom", "write", "class", "--notebooks", str(lesson), "--no-wheels", "--no-records"]
    assert main([*written, f"--also={word}"]) == 1
    assert told in capsys.readouterr().err
    assert not Path("class").exists()


@pytest.mark.parametrize(
    "word", ["chess", "langchain [all]", "a>=1,<2; python_version < '3.11'", "git+https://a.example/b/c", "git@a:b/c"]
)
def test_what_lies_elsewhere_is_left_to_pip(word: str) -> None:
    assert local_package(word) is None
