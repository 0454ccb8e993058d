"""``autogen-classic docker-clean``: remove the containers and images that programs have left behind."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

__all__ = ("main",)

_EXAMPLES = """\
examples:
  autogen-classic docker-clean
  autogen-classic docker-clean --all
"""


def main(arguments: Sequence[str]) -> int:
    """Remove containers and images of this library from the Docker engine.

    Args:
        arguments: the command line after ``docker-clean``.

    Returns:
        0.

    Raises:
        DockerUnavailableError: no engine answers.
    """
    options = _parser().parse_args(arguments)
    from .._code.docker.engine import connect, remove_leftovers

    client = connect()
    try:
        removed = remove_leftovers(client, everything=options.all)
    finally:
        client.close()
    for name in removed:
        print(f"removed {name}")
    if not removed:
        print("Nothing was left behind.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autogen-classic docker-clean",
        description="Remove the containers and images that programs on this machine have left in Docker because they "
        "were killed. Containers of programs that are still running are left alone.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="remove every container and image that this library has made, including those in use, those meant to "
        "stay, and those of other machines on the same engine",
    )
    return parser
