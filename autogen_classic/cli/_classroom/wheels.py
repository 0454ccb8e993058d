"""The wheel house: everything that a class installs, so that its machines need no network."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import ClassroomError, InstallError
from ...version import RELEASE
from .._files import refuse_folders
from . import pip_elsewhere
from .needs import OWN_NAME

__all__ = ("PACKAGES", "PLATFORMS", "build_wheel_house", "check_choices", "pip")

PACKAGES = "packages"
"""The folder of the handout with what only the teacher has. pip looks for it beside the ``requirements.txt`` that names
it."""


PLATFORMS = {
    "linux": ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_28_x86_64", "linux_x86_64"),
    "macos": (
        *("macosx_11_0_arm64", "macosx_12_0_arm64", "macosx_11_0_universal2", "macosx_10_9_universal2"),
        "macosx_14_0_arm64",  # the last, so that it is taken only where there is no other
    ),
    "windows": ("win_amd64",),
}
_CONDITIONS = {
    "linux": {"os_name": "posix", "platform_machine": "x86_64", "platform_system": "Linux", "sys_platform": "linux"},
    "macos": {"os_name": "posix", "platform_machine": "arm64", "platform_system": "Darwin", "sys_platform": "darwin"},
    "windows": {"os_name": "nt", "platform_machine": "AMD64", "platform_system": "Windows", "sys_platform": "win32"},
}
"""What is true of each platform, in the names that the conditions of packages have."""

_NO_HOUSE = (
    "The wheel house cannot be built. It comes from the package index, so this needs a network or a mirror "
    "(PIP_INDEX_URL); --no-wheels leaves it out. --wheel FILE names a wheel of this library that the index lacks."
)

_PYTHON = re.compile(r"3\.[1-9]\d(\.\d+)?")
"""The releases of Python for which this library is made."""


def check_choices(wheel: Path | None, python: str | None) -> None:
    """Refuse what would stop the download, before anything else is done.

    Args:
        wheel: as `build_wheel_house` takes it.
        python: as `build_wheel_house` takes it.

    Raises:
        ClassroomError: it is not a wheel of this library, or not a release of Python for which there is one.
        OSError: there is no such file.
    """
    if wheel is not None:
        refuse_folders([wheel])
        if not wheel.is_file():
            raise FileNotFoundError(f"There is no file {wheel}.")
        if not re.fullmatch(r"autogen_classic-.+\.whl", wheel.name) or not zipfile.is_zipfile(wheel):
            raise ClassroomError(
                f"{wheel} is not a wheel of this library, such as autogen_classic-{RELEASE}-py3-none-any.whl."
            )
    if python is not None and not _PYTHON.fullmatch(python):
        raise ClassroomError(
            f"The class cannot have Python {python}: this library needs 3.10 or later. Write it as 3.12."
        )


def build_wheel_house(
    folder: Path, requirements: Sequence[str], wheel: Path | None, platforms: Sequence[str], python: str | None
) -> None:
    """Download wheels.

    Args:
        folder: where they go.
        requirements: the packages.
        wheel: the wheel of this library; None builds it from the checkout, or takes it from the index.
        platforms: names in `PLATFORMS`; none stands for this machine.
        python: the version of Python of the class, such as ``"3.12"``; None for this one.

    Raises:
        InstallError: something cannot be had.
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = _own_wheel(folder, wheel)
    wanted = [*requirements]
    if own is not None:
        wanted = [re.sub(rf"^{OWN_NAME}(?=\[|$)", lambda _: str(own), requirement) for requirement in requirements]
    found_in = [f"--find-links={place}" for place in (folder, folder.parent / PACKAGES) if place.is_dir()]
    if not platforms and python is None:
        pip("wheel", "--prefer-binary", "--wheel-dir", str(folder), *found_in, *wanted)
        return
    for platform in platforms or [_this_platform()]:
        tags = [option for tag in PLATFORMS[platform] for option in ("--platform", tag)]
        version = ["--python-version", python] if python is not None else []
        only_binary = ["--only-binary", ":all:", "--implementation", "cp", *tags, *version]
        there = _conditions(platform, python)
        pip("download", *only_binary, "--dest", str(folder), *found_in, *wanted, elsewhere=there)


def _own_wheel(folder: Path, wheel: Path | None) -> Path | None:
    """The wheel of this library in the folder; None if only the index can have it."""
    if wheel is not None:
        return Path(shutil.copy(wheel, folder)).absolute()
    checkout = Path(__file__).resolve().parents[3]
    if not (checkout / "pyproject.toml").is_file():
        return None
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(checkout))
    return next(folder.glob(f"autogen_classic-{RELEASE}-*.whl")).absolute()


def _conditions(platform: str, python: str | None) -> dict[str, str]:
    """What is true of the machines of the class; ``python`` is None for the release of this one."""
    there = {**_CONDITIONS[platform], "implementation_name": "cpython", "platform_python_implementation": "CPython"}
    if python is not None:
        there["python_version"] = ".".join(python.split(".")[:2])
        there["python_full_version"] = python if python.count(".") == 2 else f"{python}.0"
    return there


def pip(*arguments: str, elsewhere: Mapping[str, str] | None = None, told: str = _NO_HOUSE) -> None:
    """Run pip.

    Args:
        *arguments: what it is to do.
        elsewhere: what is true of the machine for which it does it; None stands for this one.
        told: how the error begins, if there is one.

    Raises:
        InstallError: it failed.
    """
    module = ["pip"] if elsewhere is None else [pip_elsewhere.__name__, json.dumps(elsewhere)]
    command = [sys.executable, "-m", *module, "--disable-pip-version-check", *arguments, "--quiet"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        said = run.stderr.strip().splitlines()[-5:]
        raise InstallError("\n  ".join([told, f"$ {shlex.join(command)}", *said]))


def _this_platform() -> str:
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
