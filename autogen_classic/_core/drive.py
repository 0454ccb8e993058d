"""Two drivers run the steps of a conversation: one in the calling thread, one in an event loop.

Steps are generators. They do the thinking and *yield* whatever must happen outside them:

* ``Ask(agent, "send", ...)``: call a method of an agent by its name. The asynchronous driver calls the
  ``a_`` twin of that name. The name is looked up when the step runs, so that an override in a subclass, on an
  instance, or patched into the class is honoured.
* ``Call(function, ...)``: call a function, which may belong to the user.

Steps that end with another request return ``Then(request)`` instead of yielding it. The driver forgets the
steps that are over before it starts the request, which is why a chat of any length has a constant depth.
The rare steps that differ between the two ways ask ``asynchronous = yield WHICH_WAY``.

Each driver is one loop of a little more than 60 lines (`drive_to_last_call`, and `walk` behind `drive_async`), kept
whole: it is the hottest path of the library, and a reader sees every way in which a step can end in one place. `walk`
also stops wherever somebody wants to look on, see ``walk.py``.

When the function asked for is one that this library shipped, the driver does not call it: it pushes the steps
behind it on its own stack. ``@shipped`` tells it which steps these are.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator, Sized
from functools import cache
from types import FunctionType
from typing import Any, TypeAlias, TypeVar, cast

__all__ = (
    "WHICH_WAY",
    "Ask",
    "Call",
    "Steps",
    "Then",
    "drive",
    "drive_async",
    "drive_to_last_call",
    "look_up",
    "shipped",
    "twin_name",
    "walk",
)

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
ResultT = TypeVar("ResultT")


class Call:
    """A request to call a function.

    Args:
        function: any callable. In an asynchronous chat its result is awaited if it can be.
        *args: its positional arguments.
        **kwargs: its keyword arguments.
    """

    __slots__ = ("args", "function", "kwargs")

    def __init__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs


class Ask:
    """A request to call a method by its name.

    Args:
        owner: the object that has the method, usually an agent.
        name: the synchronous name, such as ``"send"``. The asynchronous driver asks for ``"a_send"`` where the
            owner has it.
        *args: positional arguments.
        **kwargs: keyword arguments.
    """

    __slots__ = ("args", "kwargs", "name", "owner")

    def __init__(self, owner: object, name: str, /, *args: Any, **kwargs: Any) -> None:
        self.owner = owner
        self.name = name
        self.args = args
        self.kwargs = kwargs


class WhichWay:
    """Asks whether the chat runs asynchronously; the driver answers with a bool."""


WHICH_WAY = WhichWay()

Request: TypeAlias = Call | Ask | WhichWay


class Then:
    """What steps return when one more request is all that is left to do."""

    __slots__ = ("request",)

    def __init__(self, request: Request) -> None:
        self.request = request


Steps: TypeAlias = Generator[Request, Any, ResultT]
"""Steps that return a ``ResultT``. Those that may end with another request are ``Steps[ResultT | Then]``."""


# By the id of a function: the lookup stands in the loops below, and must be fast and take any callable.
shipped_functions: dict[int, tuple[Callable[..., Steps[Any]], bool]] = {}
# By the steps; this also keeps the functions alive, so that no other one ever gets one of these ids.
shipped_with: dict[Callable[..., Steps[Any]], tuple[Callable[..., Any], ...]] = {}
_NOT_SHIPPED: tuple[None, bool] = (None, False)


def shipped(steps: Callable[..., Steps[Any]]) -> Callable[[FunctionT], FunctionT]:
    """Mark a function of the library as doing nothing but to drive ``steps`` with its own arguments.

    Args:
        steps: a generator function that takes the same arguments as the marked function.

    Returns:
        A decorator that returns the function unchanged.
    """

    def mark(function: FunctionT) -> FunctionT:
        shipped_functions[id(function)] = (steps, inspect.iscoroutinefunction(function))
        shipped_with[steps] = (*shipped_with.get(steps, ()), function)
        return function

    return mark


def look_up(function: Callable[..., Any]) -> tuple[Callable[..., Steps[Any]] | None, bool]:
    """Everything to know about a function before it is called.

    Args:
        function: any callable; a method as its class holds it.

    Returns:
        The steps that it drives, or None for a function that the library did not ship; and whether it is a
        coroutine function.
    """
    return shipped_functions.get(id(function)) or (None, _is_coroutine_function(function))


def _is_coroutine_function(function: Callable[..., Any]) -> bool:
    """The same as in ``inspect``, which takes a twentieth of a turn to unwrap what is not wrapped."""
    if type(function) is FunctionType and not function.__dict__:
        return bool(function.__code__.co_flags & inspect.CO_COROUTINE)
    return inspect.iscoroutinefunction(function)


def drive(steps: Steps[ResultT | Then]) -> ResultT:
    """Run steps to their end in the calling thread.

    Args:
        steps: a generator of requests.

    Returns:
        What the steps return, or what their last request returns.

    Raises:
        Exception: whatever a requested function raises and no step handles.
    """
    outcome = drive_to_last_call(steps)
    if type(outcome) is Call:
        outcome = outcome.function(*outcome.args, **outcome.kwargs)
    return cast(ResultT, outcome)  # a last request returns what its steps promise


def drive_to_last_call(steps: Steps[ResultT | Then]) -> ResultT | Call:
    """Run steps, but leave a last call to a function that is not ours to the caller.

    ``send`` and ``receive`` make that call themselves, when this frame is gone. It keeps the stack of programs
    that override both as low as a direct call would.

    Args:
        steps: a generator of requests.

    Returns:
        What the steps return, or the ``Call`` that is left to make.
    """
    running: list[Steps[Any]] = [steps]
    resume: Callable[[Any], Request] = steps.send
    value: Any = None
    function: Any
    try:
        while True:
            try:
                request = resume(value)
            except StopIteration as end:
                running.pop()
                value = end.value
                if type(value) is not Then:
                    if not running:
                        finished: ResultT = value
                        return finished
                    resume = running[-1].send
                    continue
                request = value.request
            except BaseException as error:
                running.pop()
                if not running:
                    if isinstance(error, RuntimeError) and isinstance(error.__cause__, StopIteration):
                        # Python hides a StopIteration that passes through a generator. Programs script a person with
                        # ``lambda prompt: next(answers)``, and expect the error itself when the answers run out.
                        raise error.__cause__ from None
                    raise
                resume, value = running[-1].throw, error
                continue

            try:
                if isinstance(request, Ask):
                    function = getattr(request.owner, request.name)
                elif isinstance(request, Call):
                    function = request.function
                else:  # which way this is
                    value = False
                    continue
                plain = getattr(function, "__func__", function)
                inner_steps = shipped_functions.get(id(plain), _NOT_SHIPPED)[0]
                if inner_steps is not None:
                    if plain is function:
                        inner = inner_steps(*request.args, **request.kwargs)
                    else:
                        inner = inner_steps(function.__self__, *request.args, **request.kwargs)
                    running.append(inner)
                    resume, value = inner.send, None
                elif not running:
                    return Call(function, *request.args, **request.kwargs)
                else:
                    value = function(*request.args, **request.kwargs)
                    resume = running[-1].send
            except BaseException as error:
                if not running:
                    raise
                resume, value = running[-1].throw, error
    finally:
        for interrupted in reversed(running):  # by Ctrl-C in this very loop; otherwise the list is empty
            interrupted.close()


async def drive_async(steps: Steps[ResultT | Then]) -> ResultT:
    """Run steps to their end in the running event loop.

    Args:
        steps: a generator of requests.

    Returns:
        What the steps return, or what their last request returns.

    Raises:
        Exception: whatever a requested function raises and no step handles.
    """
    way = walk(steps, asynchronous=True)
    go_on: Callable[[Any], Awaitable[Any] | None] = way.send
    value: Any = None
    while True:
        try:
            awaitable = go_on(value)
        except StopIteration as end:
            finished: ResultT = end.value
            return finished
        try:
            go_on, value = way.send, await cast(Awaitable[Any], awaitable)
        except BaseException as error:
            go_on, value = way.throw, error


def walk(
    steps: Steps[ResultT | Then], asynchronous: bool, news: Sized = ()
) -> Generator[Awaitable[Any] | None, Any, ResultT]:
    """Run steps a little way at a time.

    The same loop as `drive_to_last_call`, but no call is left over, and in an asynchronous chat a method is asked for
    by the name of its ``a_`` twin.

    Args:
        steps: a generator of requests.
        asynchronous: whether the steps run as in an asynchronous chat.
        news: where it holds anything, the next step waits.

    Yields:
        What has to be awaited, whose outcome is to be sent or thrown back; or None for news.

    Returns:
        What the steps return, or what their last request returns.
    """
    running: list[Steps[Any]] = [steps]
    resume: Callable[[Any], Request] = steps.send
    value: Any = None
    function: Any
    try:
        while True:
            if news:
                yield None
            try:
                request = resume(value)
            except StopIteration as end:
                running.pop()
                value = end.value
                if type(value) is not Then:
                    if not running:
                        finished: ResultT = value
                        return finished
                    resume = running[-1].send
                    continue
                request = value.request
            except BaseException as error:
                running.pop()
                if not running:
                    raise
                resume, value = running[-1].throw, error
                continue

            try:
                if isinstance(request, Ask):
                    function = getattr(request.owner, twin_name(request.name), None) if asynchronous else None
                    if function is None:  # a method without a twin serves both ways
                        function = getattr(request.owner, request.name)
                elif isinstance(request, Call):
                    function = request.function
                else:  # which way this is
                    value = asynchronous
                    continue
                plain = getattr(function, "__func__", function)
                inner_steps = shipped_functions.get(id(plain), _NOT_SHIPPED)[0]
                if inner_steps is not None:
                    if plain is function:
                        inner = inner_steps(*request.args, **request.kwargs)
                    else:
                        inner = inner_steps(function.__self__, *request.args, **request.kwargs)
                    running.append(inner)
                    resume, value = inner.send, None
                    continue
                value = function(*request.args, **request.kwargs)
                if asynchronous and type(value) is not tuple and inspect.isawaitable(value):  # most are pairs
                    value = yield value
                if not running:
                    outcome: ResultT = value
                    return outcome
                resume = running[-1].send
            except GeneratorExit:  # whoever walks has had enough
                raise
            except BaseException as error:
                if not running:
                    raise
                resume, value = running[-1].throw, error
    finally:
        for interrupted in reversed(running):  # otherwise the list is empty
            interrupted.close()


@cache
def twin_name(name: str) -> str:
    """The name of the asynchronous method that goes with a synchronous one."""
    return f"_a{name}" if name.startswith("_") else f"a_{name}"
