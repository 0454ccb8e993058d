"""The two drivers: what a step asks for, who is called, and what becomes of errors."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable
from typing import Any

import pytest

from autogen_classic._core.drive import (
    WHICH_WAY,
    Ask,
    Call,
    Steps,
    Then,
    drive,
    drive_async,
    drive_to_last_call,
    shipped,
)


def run(steps: Steps) -> Any:
    return drive(steps)


def run_async(steps: Steps) -> Any:
    return asyncio.run(drive_async(steps))


both_ways = pytest.mark.parametrize("runner", [run, run_async])
Runner = Callable[[Steps], Any]


class Speaker:
    def greet(self, name: str) -> str:
        return f"hello {name}"

    async def a_greet(self, name: str) -> str:
        return f"async hello {name}"


@both_ways
def test_steps_return_what_their_generator_returns(runner: Runner) -> None:
    def steps() -> Steps:
        answer = yield Call(max, 1, 2)
        return answer + 1

    assert runner(steps()) == 3


def test_ask_takes_the_synchronous_name_in_a_thread_and_its_twin_in_an_event_loop() -> None:
    def steps() -> Steps:
        return (yield Ask(Speaker(), "greet", "you"))

    assert run(steps()) == "hello you"
    assert run_async(steps()) == "async hello you"


def test_a_private_method_finds_its_twin_too() -> None:
    class Hidden:
        def _name(self) -> str:
            return "sync"

        async def _a_name(self) -> str:
            return "async"

    def steps() -> Steps:
        return (yield Ask(Hidden(), "_name"))

    assert run(steps()) == "sync"
    assert run_async(steps()) == "async"


def test_a_method_without_a_twin_serves_both_ways() -> None:
    class Single:
        def work(self) -> str:
            return "done"

    def steps() -> Steps:
        return (yield Ask(Single(), "work"))

    assert run(steps()) == run_async(steps()) == "done"


@both_ways
def test_an_override_on_the_instance_is_called(runner: Runner) -> None:
    speaker = Speaker()
    speaker.greet = speaker.a_greet = lambda name: "patched"  # type: ignore[method-assign, assignment]

    def steps() -> Steps:
        return (yield Ask(speaker, "greet", "you"))

    assert runner(steps()) == "patched"


def test_steps_learn_which_way_they_run() -> None:
    def steps() -> Steps:
        return (yield WHICH_WAY)

    assert run(steps()) is False
    assert run_async(steps()) is True


@both_ways
def test_an_error_of_a_function_can_be_handled_by_the_step_that_asked(runner: Runner) -> None:
    def steps() -> Steps:
        try:
            yield Call(int, "x")
        except ValueError:
            return "handled"

    assert runner(steps()) == "handled"


@both_ways
def test_an_error_that_no_step_handles_reaches_the_caller_and_every_finally(runner: Runner) -> None:
    closed = []

    def inner() -> Steps:
        try:
            yield Call(int, "x")
        finally:
            closed.append("inner")

    @shipped(inner)
    def call() -> None: ...

    def outer() -> Steps:
        try:
            yield Call(call)
        finally:
            closed.append("outer")

    with pytest.raises(ValueError, match="invalid literal"):
        runner(outer())
    assert closed == ["inner", "outer"]


def test_a_person_whose_answers_run_out_raises_stop_iteration_itself() -> None:
    answers = iter(["one"])

    def steps() -> Steps:
        yield Call(lambda: next(answers))
        yield Call(lambda: next(answers))

    with pytest.raises(StopIteration):
        drive(steps())


@both_ways
def test_a_shipped_function_is_replaced_by_its_steps(runner: Runner) -> None:
    def inner(word: str) -> Steps:
        return (yield Call(str.upper, word))

    @shipped(inner)
    def shout(word: str) -> str:
        raise AssertionError("the driver pushes the steps and does not call this")

    def steps() -> Steps:
        return (yield Call(shout, "hey"))

    assert runner(steps()) == "HEY"


def ping_pong(limit: int, depths: list[int]) -> tuple[Any, Any]:
    class Player:
        partner: Any

        def hit(self, count: int) -> Any:
            return drive(hit_steps(self, count))

        async def a_hit(self, count: int) -> Any:
            return await drive_async(hit_steps(self, count))

    def hit_steps(player: Any, count: int) -> Steps:
        yield Call(lambda: depths.append(len(inspect.stack(0))) if count % 1000 == 0 else None)
        if count == limit:
            return count
        return Then(Ask(player.partner, "hit", count + 1))

    shipped(hit_steps)(Player.hit)
    shipped(hit_steps)(Player.a_hit)
    left, right = Player(), Player()
    left.partner, right.partner = right, left
    return left, right


def test_a_long_exchange_keeps_its_depth() -> None:
    depths: list[int] = []
    left, _ = ping_pong(20_000, depths)
    assert left.hit(0) == 20_000
    assert len(set(depths)) == 1


def test_a_long_asynchronous_exchange_keeps_its_depth() -> None:
    depths: list[int] = []
    left, _ = ping_pong(20_000, depths)
    assert asyncio.run(left.a_hit(0)) == 20_000
    assert len(set(depths)) == 1


def test_a_last_call_to_a_function_of_the_user_is_left_to_the_caller() -> None:
    def steps() -> Steps:
        yield Call(int)
        return Then(Call(len, "four"))

    outcome = drive_to_last_call(steps())
    assert isinstance(outcome, Call)
    assert outcome.function is len
    assert drive(steps()) == 4


def test_wrappers_around_both_methods_cost_two_frames_each_and_no_more() -> None:
    frames: list[int] = []

    class Plain:
        partner: Any

        def hit(self, count: int) -> None:
            last_call = drive_to_last_call(hit_steps(self, count))
            if type(last_call) is Call:
                last_call.function(*last_call.args, **last_call.kwargs)

    def hit_steps(player: Any, count: int) -> Steps:
        yield Call(int)
        if count == 50:
            frames.append(depth())
            return None
        return Then(Ask(player.partner, "hit", count + 1))

    shipped(hit_steps)(Plain.hit)

    class Wrapped(Plain):
        def hit(self, count: int) -> None:
            super().hit(count)

    left, right = Wrapped(), Wrapped()
    left.partner, right.partner = right, left
    before = depth()
    left.hit(0)
    assert frames[0] - before <= 2 * 51 + 3


def depth() -> int:
    frame: Any = sys._getframe()
    count = 0
    while frame is not None:
        count, frame = count + 1, frame.f_back
    return count


def test_cancelling_an_asynchronous_chat_runs_every_finally() -> None:
    closed = []

    async def wait_forever() -> None:
        await asyncio.Event().wait()

    def steps() -> Steps:
        try:
            yield Call(wait_forever)
        finally:
            closed.append(True)

    async def main() -> None:
        task = asyncio.ensure_future(drive_async(steps()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert closed == [True]


def test_a_callable_that_cannot_be_hashed_is_called() -> None:
    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self) -> str:
            return "called"

    def steps() -> Steps:
        return (yield Call(Unhashable()))

    assert drive(steps()) == "called"


def test_an_interruption_of_the_driver_itself_runs_every_finally() -> None:
    closed = []

    class Interrupting:
        """Asking for its method interrupts the driver where no step can catch it."""

        @property
        def work(self) -> None:
            raise KeyboardInterrupt

    def steps() -> Steps:
        try:
            yield Ask(Interrupting(), "work")
        finally:
            closed.append(True)

    with pytest.raises(KeyboardInterrupt):
        drive(steps())
    assert closed == [True]
