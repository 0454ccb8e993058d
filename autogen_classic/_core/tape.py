"""The seam between a conversation and a recording or a replay of it (`autogen_classic.replay`).

Whatever comes from outside of a conversation passes here: the answers of models and persons, the results of tools and
code. Without a tape, which is the usual case, everything goes its own way.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar, cast

from .drive import Call, Request, Steps

__all__ = (
    "Tape",
    "code_steps",
    "config_list_on_tape",
    "current",
    "is_on_here",
    "person_input",
    "person_steps",
    "replaying",
    "tool_steps",
    "use",
)


LoaderT = TypeVar("LoaderT", bound=Callable[..., Any])


class Tape(Protocol):
    """What a recording or a replay has to offer."""

    replays: bool
    """Whether answers may come from the tape, so that no model need be within reach."""

    def model_request(self, wrapper: Any, number: int, extras: dict[str, Any]) -> Any:
        """Take part in a request to configuration ``number`` of an `OpenAIWrapper`.

        Returns:
            An object with ``client`` (a `ModelClient`), ``answers(params)`` (what stands for the cache) and
            ``courier(courier)`` (what brings the request to the client).
        """

    def config_list(self, name: str, filter_dict: Any, load: Callable[[], Any]) -> Any:
        """Return the configuration list of this name, which ``load`` reads."""

    def person_steps(self, agent: Any, prompt: str, ask: Request) -> Steps:
        """Return the answer of a person, who is asked with ``ask``."""

    def person_input(self, prompt: str, ask: Callable[[str], str]) -> str:
        """Return the answer of a person, who is asked by calling ``ask``."""

    def tool_steps(self, agent: Any, name: str, arguments: dict[str, Any], run: Call) -> Steps:
        """Return the result of a tool, which is run with ``run``."""

    def code_steps(self, agent: Any, blocks: list[tuple[str, str]], run: Call) -> Steps:
        """Return the result of code (as the executor gives it), which is run with ``run``."""


# A task or thread sees the tape of its own context; a thread that was started without one sees the newest of all.
_of_context: ContextVar[Tape | None] = ContextVar("autogen_classic_tape", default=None)
_of_process: list[Tape] = []
_asking_person: ContextVar[bool] = ContextVar("autogen_classic_asking_person", default=False)


def current() -> Tape | None:
    """Return the tape that is on, or None.

    Returns:
        The tape of this thread or task, else the newest of this process.
    """
    if not _of_process:
        return None
    tape = _of_context.get()
    return tape if tape is not None and tape in _of_process else _of_process[-1]


def replaying() -> bool:
    """Tell whether answers may come from a tape, so that nothing need be connected."""
    tape = current()
    return tape is not None and tape.replays


def is_on_here() -> bool:
    """Tell whether a tape was put on in this very thread or task, or in the one that started it."""
    return _of_context.get() in _of_process


@contextmanager
def use(tape: Tape) -> Iterator[None]:
    """Use a tape within a ``with`` block, in this thread or task and all that are started from it.

    Args:
        tape: the tape.
    """
    before = _of_context.get()
    _of_context.set(tape)
    _of_process.append(tape)
    try:
        yield
    finally:
        _of_process.remove(tape)
        _of_context.set(before)


def config_list_on_tape(load: LoaderT) -> LoaderT:
    """Let a function that reads a configuration list pass by the tape: a replay needs neither the file nor its keys.

    Args:
        load: `config_list_from_json`.

    Returns:
        A function with the same arguments.
    """

    @functools.wraps(load)
    def read(
        env_or_file: str, file_location: str | None = "", filter_dict: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        tape = current()
        read_it = functools.partial(load, env_or_file, file_location, filter_dict)
        found: list[dict[str, Any]] = read_it() if tape is None else tape.config_list(env_or_file, filter_dict, read_it)
        return found

    return cast(LoaderT, read)


def person_steps(agent: Any, prompt: str, ask: Request) -> Steps:
    """Ask the person behind an agent.

    Args:
        agent: the agent.
        prompt: what the person is asked.
        ask: the step that asks.

    Returns:
        The answer.
    """
    tape = current()
    if tape is None:
        return (yield ask)
    before = _asking_person.get()
    _asking_person.set(True)
    try:
        return (yield from tape.person_steps(agent, prompt, ask))
    finally:
        _asking_person.set(before)


def person_input(prompt: str, ask: Callable[[str], str]) -> str:
    """Ask a person for a line, on no particular agent's behalf.

    Args:
        prompt: what the person is asked.
        ask: shows the prompt and returns the answer.

    Returns:
        The answer.
    """
    tape = current()
    if tape is None or _asking_person.get():
        return ask(prompt)
    return tape.person_input(prompt, ask)


def tool_steps(agent: Any, name: str, arguments: dict[str, Any], run: Call) -> Steps:
    """Run a tool.

    Args:
        agent: who runs it.
        name: its name.
        arguments: its arguments.
        run: the step that runs it.

    Returns:
        What the tool returns; from a tape, the text of it.
    """
    tape = current()
    if tape is None:
        return (yield run)
    return (yield from tape.tool_steps(agent, name, arguments, run))


def code_steps(agent: Any, blocks: list[tuple[str, str]], run: Call) -> Steps:
    """Run code.

    Args:
        agent: who runs it.
        blocks: pairs of language and code.
        run: the step that runs it.

    Returns:
        What the executor returns; from a tape, a tuple with the names ``exit_code`` and ``output``.
    """
    tape = current()
    if tape is None:
        return (yield run)
    return (yield from tape.code_steps(agent, blocks, run))
