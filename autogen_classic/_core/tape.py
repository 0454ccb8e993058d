"""The seam between a conversation and a recording, a replay or a journal of it (`autogen_classic.replay`).

Whatever comes from outside a conversation passes through here: answers of models and people, results of tools and
code. Usually nothing is being recorded, and the tape lets everything pass.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from .drive import Request, Steps
from .messages import TextOrMessage
from .party import Agent
from .steering import leave_person_if_stopped, leaving

__all__ = (
    "Tape",
    "choice",
    "code_steps",
    "config_list_on_tape",
    "current",
    "in_use",
    "is_on_here",
    "lookup",
    "person_input",
    "person_steps",
    "request_steps",
    "tool_steps",
    "use",
)


LoaderT = TypeVar("LoaderT", bound=Callable[..., Any])
WrapperT = TypeVar("WrapperT")
AttemptT = TypeVar("AttemptT")
OptionT = TypeVar("OptionT")
FoundT = TypeVar("FoundT")


class Tape:
    """What comes from outside, on its way into the conversation. This tape lets all of it pass.

    A recording, a replay and a journal are subclasses.

    Attributes:
        replays: whether answers may come from the tape, so that no model needs to be within reach.
    """

    replays: bool = False

    def attempt(
        self,
        kind: Callable[[WrapperT, int, dict[str, Any]], AttemptT],
        wrapper: WrapperT,
        number: int,
        config: dict[str, Any],
    ) -> AttemptT:
        """Return the attempt to have a request answered by configuration ``number`` of a wrapper.

        Args:
            kind: the class of the attempt.
            wrapper: the `OpenAIWrapper` that asks.
            number: which of its configurations.
            config: what its ``create`` was given.
        """
        return kind(wrapper, number, config)

    def config_list(
        self, name: str, filter_dict: Mapping[str, Any] | None, load: Callable[[], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Return the configuration list of this name, which ``load`` reads."""
        return load()

    def person_steps(self, agent: object, prompt: str, ask: Request) -> Steps[str]:
        """Return the answer of a person, who is asked with ``ask``."""
        answer: str = yield ask
        return answer

    def person_input(self, prompt: str, ask: Callable[[str], str]) -> str:
        """Return the answer of a person, who is asked by calling ``ask``."""
        return ask(prompt)

    def tool_steps(self, agent: object, name: str, arguments: dict[str, Any], run: Request) -> Steps[Any]:
        """Return the result of a tool, which is run with ``run``."""
        return (yield run)

    def request_steps(
        self, agent: object, name: str, arguments: dict[str, Any], run: Request, typed: Callable[[str], str] | None
    ) -> Steps[Any]:
        """Return what somebody outside has answered, who is asked with ``run``."""
        return (yield run)

    def lookup(
        self, agent: object, name: str, arguments: dict[str, Any], look: Callable[[], FoundT], of_run: bool
    ) -> FoundT:
        """Return what is found in a store, where ``look`` looks."""
        return look()

    def code_steps(self, agent: object, blocks: list[tuple[str, str]], run: Request) -> Steps[Any]:
        """Return the result of code (as the executor gives it), which is run with ``run``."""
        return (yield run)

    def choice(self, names: list[str], choose: Callable[[], int]) -> int:
        """Return the place of the one among several that chance chooses, which ``choose`` draws."""
        return choose()

    def message_steps(self, sender: Agent, recipient: Agent, message: TextOrMessage) -> Steps[None]:
        """Take notice of a message that its sender has finished, before the recipient hears it."""
        yield from ()

    def settled(self) -> Steps[None]:
        """Wait until all that has passed is kept as safely as this tape promises."""
        yield from ()


_NO_TAPE = Tape()

# A task or thread sees the tape of its own context; a thread that was started without one sees the newest of all.
_of_context: ContextVar[Tape | None] = ContextVar("autogen_classic_tape", default=None)
in_use: list[Tape] = []
"""All tapes that are on in this process, the newest last."""

_asking_person: ContextVar[bool] = ContextVar("autogen_classic_asking_person", default=False)


def current() -> Tape:
    """Return the tape that is on.

    Returns:
        The tape of this thread or task, else the newest of this process, else one that lets everything pass.
    """
    if not in_use:
        return _NO_TAPE
    tape = _of_context.get()
    return tape if tape is not None and tape in in_use else in_use[-1]


def is_on_here() -> bool:
    """Tell whether a tape was put on in this thread or task itself, or in the one that started it."""
    return _of_context.get() in in_use


@contextmanager
def use(tape: Tape) -> Iterator[None]:
    """Use a tape within a ``with`` block, in this thread or task and in all those started from it.

    Args:
        tape: the tape.
    """
    before = _of_context.get()
    _of_context.set(tape)
    in_use.append(tape)
    try:
        yield
    finally:
        in_use.remove(tape)
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
        read_it = functools.partial(load, env_or_file, file_location, filter_dict)
        return current().config_list(env_or_file, filter_dict, read_it)

    return cast(LoaderT, read)


def person_steps(agent: object, prompt: str, ask: Request) -> Steps[str]:
    """Ask the person behind an agent.

    Args:
        agent: the agent.
        prompt: what the person is asked.
        ask: the step that asks.

    Returns:
        The answer.
    """
    before = _asking_person.get()
    _asking_person.set(True)
    try:
        ask = yield from leaving(ask)
        return (yield from current().person_steps(agent, prompt, ask))
    finally:
        _asking_person.set(before)


def person_input(prompt: str, ask: Callable[[str], str]) -> str:
    """Ask a person for a line, not on behalf of any particular agent.

    Args:
        prompt: what the person is asked.
        ask: shows the prompt and returns the answer.

    Returns:
        The answer.
    """
    if _asking_person.get():
        return ask(prompt)
    return current().person_input(prompt, lambda shown: leave_person_if_stopped(lambda: ask(shown)))


def tool_steps(agent: object, name: str, arguments: dict[str, Any], run: Request) -> Steps[Any]:
    """Run a tool.

    Args:
        agent: who runs it.
        name: its name.
        arguments: its arguments.
        run: the step that runs it.

    Returns:
        What the tool returns; from a tape, its text.
    """
    return current().tool_steps(agent, name, arguments, run)


def request_steps(
    agent: object,
    name: str,
    arguments: dict[str, Any],
    run: Request,
    typed: Callable[[str], str] | None = None,
) -> Steps[Any]:
    """Ask somebody outside who answers in place of a model: a service that sees or draws, an agent elsewhere.

    Whoever only answers is asked again if the request was under way when the program was stopped. An agent elsewhere
    may do more, as a tool does; then the policy for tools decides. Both are asked again if they have failed.

    Args:
        agent: on whose behalf.
        name: who is asked.
        arguments: what is asked.
        run: the step that asks.
        typed: for those who may do more than answer: makes an answer of what a person types that they have answered.

    Returns:
        The answer; from a tape, its text.
    """
    return current().request_steps(agent, name, arguments, run, typed)


def lookup(
    agent: object, name: str, arguments: dict[str, Any], look: Callable[[], FoundT], of_run: bool = False
) -> FoundT:
    """Look something up in a store that outlives the process, as the memory of an agent does.

    A run that was stopped may have added to the store since. When it goes on with its journal, it finds what it found
    then; what is not in the journal is looked up anew. Nothing is changed by looking, so no policy has to decide.

    Args:
        agent: on whose behalf; None for nobody's.
        name: what is looked up.
        arguments: what is asked for.
        look: looks. What it returns is remembered only if JSON can hold it.
        of_run: whether this is about the store before the whole run, so that it stays known when a tool within which
            it is asked does not run again. It is asked on nobody's behalf.

    Returns:
        What was found; from a tape, with lists in place of tuples.
    """
    return current().lookup(agent, name, arguments, look, of_run)


def choice(options: Sequence[OptionT]) -> OptionT:
    """Let chance choose one of several, which a recording or a journal remembers.

    Args:
        options: agents or names.

    Returns:
        One of them; after ``random.seed``, the same as by ``random.choice``.

    Raises:
        IndexError: there are none.
    """

    def choose() -> int:
        import random  # here, because few programs leave anything to chance and it takes time to load

        return random.choice(range(len(options)))

    names = [str(getattr(option, "name", option)) for option in options]
    return options[current().choice(names, choose)]


def code_steps(agent: object, blocks: list[tuple[str, str]], run: Request) -> Steps[Any]:
    """Run code.

    Args:
        agent: who runs it.
        blocks: pairs of language and code.
        run: the step that runs it.

    Returns:
        What the executor returns; from a tape, a tuple with the names ``exit_code`` and ``output``.
    """
    return current().code_steps(agent, blocks, run)
