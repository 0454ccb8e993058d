"""``autogen-classic serve``: agents and groups for other programs."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ..serving import McpServer, Offer, OpenAIServer

    ServerT = TypeVar("ServerT", McpServer, OpenAIServer)

__all__ = ("main",)

_TOKEN_VARIABLE = "AUTOGEN_CLASSIC_TOKEN"
_EXAMPLES = """\
examples:
  autogen-classic serve openai agents.py:make_joker        one agent, as the model make_joker
  autogen-classic serve openai joker=agents.py:make_joker team.yaml
  autogen-classic serve mcp agents.py:make_joker           as a tool, over stdio
  autogen-classic serve mcp --http agents.py:make_joker    as a tool, over streamable HTTP

what can be served:
  a function without parameters that returns an agent, the GroupChatManager of a group, a pattern of AG2, or a pair
  (user_proxy, assistant); it is called for each conversation
  one of these itself, which takes one conversation at a time
  a team in a YAML file, as for `autogen-classic chat`
"""


def main(arguments: Sequence[str]) -> int:
    """Serve until Ctrl-C.

    Args:
        arguments: the command line after ``serve``.

    Returns:
        0, or 1 if the extra ``serve`` is missing or the port cannot be used.

    Raises:
        ServingError: something cannot be served.
        TeamFileError: a team cannot be used.
        LLMConfigError: there is no model for a team.
        OSError: a file cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        return _serve_openai(options) if options.protocol == "openai" else _serve_mcp(options)
    except ImportError as error:
        print(f"autogen-classic serve: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autogen-classic serve",
        description="Offer agents and groups to other programs: as models of an OpenAI-compatible server, or as tools "
        "of an MCP server.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    protocols = parser.add_subparsers(dest="protocol", metavar="PROTOCOL", required=True)
    for name, summary in (("openai", "as models, by OpenAI's API"), ("mcp", "as tools, by the Model Context Protocol")):
        protocol = protocols.add_parser(
            name, help=summary, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        _add_options(protocol)
        if name == "mcp":
            protocol.add_argument("--http", action="store_true", help="over streamable HTTP instead of stdio")
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources",
        metavar="[NAME=]SOURCE",
        nargs="+",
        help="FILE.py:ATTRIBUTE, MODULE:ATTRIBUTE or TEAM.yaml; NAME is what clients call it",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="the port; 0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--token",
        help=f"what clients send as their API key; without it, {_TOKEN_VARIABLE}, or a new one that is printed",
    )
    parser.add_argument(
        "--conversations",
        metavar="N",
        type=_number_from_one,
        default=100,
        help="how many may be open at once (default: %(default)s)",
    )
    parser.add_argument(
        "--answer",
        choices=("all", "last"),
        default="all",
        help="what a client gets: all that the agents say, or the last message (default: %(default)s)",
    )
    parser.add_argument("--max-cost", metavar="DOLLARS", type=float, help="how many US dollars an answer may cost")


def _serve_openai(options: argparse.Namespace) -> int:
    from ..serving import OpenAIServer

    server = _listening(OpenAIServer, options)
    if server is None:
        return 1
    return _serve(server, server.base_url, options)


def _serve_mcp(options: argparse.Namespace) -> int:
    from ..serving import McpServer, serve_over_stdio

    if not options.http:
        with redirect_stdout(sys.stderr):  # the standard output belongs to the protocol
            offers = _offers(options)
        serve_over_stdio(offers, conversations=options.conversations, answer=options.answer)
        return 0
    server = _listening(McpServer, options)
    if server is None:
        return 1
    return _serve(server, server.url, options)


def _listening(kind: type[ServerT], options: argparse.Namespace) -> ServerT | None:
    """A server that listens; None, and a word about it, if the port cannot be used."""
    offers = _offers(options)
    try:
        return kind(
            offers,
            host=options.host,
            port=options.port,
            token=_given_token(options),
            conversations=options.conversations,
            answer=options.answer,
        )
    except (OSError, OverflowError) as error:
        place = f"{options.host}:{options.port}"
        is_about_port = isinstance(error, OverflowError) or error.errno in (errno.EADDRINUSE, errno.EACCES)
        advice = "Try --port 0." if is_about_port else "--host must be an address of this machine, such as 127.0.0.1."
        print(f"autogen-classic serve: cannot listen on {place} ({error}). {advice}", file=sys.stderr)
        return None


def _number_from_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"it must be a number from 1 on, not {text!r}")
    return int(text)


def _offers(options: argparse.Namespace) -> dict[str, Offer]:
    from ._serve_sources import offers_of

    return offers_of(options.sources, options.max_cost)


def _given_token(options: argparse.Namespace) -> str | None:
    return options.token or os.environ.get(_TOKEN_VARIABLE) or None


def _serve(server: McpServer | OpenAIServer, url: str, options: argparse.Namespace) -> int:
    print(f"Serving {', '.join(server.names)} at {url} (Ctrl-C ends it)", flush=True)
    if _given_token(options) is None:
        print(f"The token, which clients send as their API key: {server.token}", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service that is stopped ends like one after Ctrl-C
    server.serve()
    return 0
