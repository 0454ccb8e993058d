"""``autogen-classic mock-server``: OpenAI's API on this machine, answered from a script."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

__all__ = ("main",)


def main(arguments: Sequence[str]) -> int:
    """Serve until Ctrl-C.

    Args:
        arguments: the command line after ``mock-server``.

    Returns:
        0, or 1 if the replies cannot be read or the port cannot be used.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic mock-server",
        description="Serve OpenAI's chat completions, embeddings and models on this machine, without a model. "
        "Point `base_url` of a config at the address that it prints.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="the port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--replies", metavar="FILE", help="a JSON file with a list of replies; without it, an echo")
    parser.add_argument("--token", help="the API key that requests must carry; without it, any will do")
    options = parser.parse_args(arguments)

    from ..testing.server import run_mock_server

    try:
        return run_mock_server(options.host, options.port, options.replies, options.token)
    except (OSError, OverflowError) as error:
        place = f"{options.host}:{options.port}"
        print(f"autogen-classic mock-server: cannot listen on {place} ({error}). Try --port 0.", file=sys.stderr)
    except ValueError as error:
        print(f"autogen-classic mock-server: {error}", file=sys.stderr)
    return 1
