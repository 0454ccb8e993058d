"""``autogen-classic version``: what a bug report needs."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..version import AUTOGEN_VERSION, RELEASE

__all__ = ("main",)


def main(arguments: Sequence[str]) -> int:
    """Print the versions of this library, of Python and of the openai package.

    Args:
        arguments: the command line after ``version``.

    Returns:
        0.
    """
    argparse.ArgumentParser(prog="autogen-classic version", description="Print versions.").parse_args(arguments)
    try:
        openai = version("openai")
    except PackageNotFoundError:
        openai = "not installed"
    print(f"autogen-classic {RELEASE} (compatible with AutoGen {AUTOGEN_VERSION})")
    print(f"Python {platform.python_version()} on {platform.system()}, openai {openai}")
    print(f"at {Path(__file__).parents[1]}")
    return 0
