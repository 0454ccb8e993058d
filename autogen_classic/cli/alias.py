"""``autogen-classic alias``: ``import autogen`` means this library in every program of an environment."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

__all__ = ("main",)


def main(arguments: Sequence[str]) -> int:
    """Enable, disable or show the alias of the running environment.

    Args:
        arguments: the command line after ``alias``.

    Returns:
        0, or 1 if the folder of the environment cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic alias",
        description="Make `import autogen` mean autogen_classic in every program of this Python environment. "
        "It is one small .pth file, which `disable` removes.",
    )
    parser.add_argument("action", choices=("enable", "disable", "status"), help="what to do")
    action = parser.parse_args(arguments).action

    from ..compat.environment import alias_status, disable_alias, enable_alias, pth_file

    if action == "status":
        print(alias_status())
        return 0
    try:
        if action == "enable":
            print(f"Enabled: {enable_alias()}\nPrograms that start from now on may `import autogen`.")
            if sys.prefix == sys.base_prefix:
                print("This is not a virtual environment: this affects every program that uses this Python.")
        else:
            removed = disable_alias()
            print(f"Disabled: removed {removed}" if removed else "The alias was not enabled; nothing to do.")
    except PermissionError:
        print(
            f"autogen-classic alias: no permission to change {pth_file().parent}. Use a virtual environment "
            "(python -m venv .venv), or run single programs with `autogen-classic run`.",
            file=sys.stderr,
        )
        return 1
    return 0
