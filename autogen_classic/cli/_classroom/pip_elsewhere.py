"""pip, as if it ran on a machine of the class.

A package may need another one on some platforms, or below some release of Python. With ``--platform`` and
``--python-version``, pip looks for the wheels of another machine, but for what they need it looks at this one.
"""

from __future__ import annotations

import json
import runpy
import sys
from importlib import import_module

__all__ = ("main",)


def main(conditions: str, *arguments: str) -> None:
    """Run pip, and end the process with its exit code.

    Args:
        conditions: what is true of the machine of the class, as a JSON object with the names that conditions of
            packages have (``sys_platform``, ``python_version`` and so on).
        *arguments: what pip is to do.
    """
    markers = import_module("pip._vendor.packaging.markers")
    here = markers.default_environment
    there = json.loads(conditions)
    vars(markers)["default_environment"] = lambda: {**here(), **there}
    sys.argv = ["pip", *arguments]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
