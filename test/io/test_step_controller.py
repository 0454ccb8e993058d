"""Chats that wait at their events until they are let go on."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from autogen_classic.io.step_controller import AsyncStepController, StepController


class Waited:
    pass


EVENT = Waited()


class Gate:
    """A semaphore that says when somebody begins to wait."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self._inner = threading.Semaphore(0)

    def acquire(self) -> None:
        self.arrived.release()
        self._inner.acquire()

    def release(self) -> None:
        self._inner.release()


@pytest.fixture
def held() -> tuple[StepController, Gate]:
    controller = StepController([Waited])
    controller._steps = gate = Gate()  # type: ignore[assignment]
    return controller, gate


def test_a_thread_goes_on_with_each_step(held: tuple[StepController, Gate]) -> None:
    controller, gate = held
    with ThreadPoolExecutor() as pool:
        for _ in range(2):
            waiting = pool.submit(controller.wait_for_step, EVENT)
            gate.arrived.acquire()
            assert not waiting.done()
            controller.step()
            waiting.result(timeout=10)


def test_every_thread_that_waits_goes_on_when_a_chat_is_let_go(held: tuple[StepController, Gate]) -> None:
    controller, gate = held
    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(controller.wait_for_step, EVENT) for _ in range(3)]
        for _ in waiting:
            gate.arrived.acquire()
        controller.terminate()
        for one in waiting:
            one.result(timeout=10)


@pytest.mark.parametrize("let_go", [AsyncStepController.terminate, lambda it: [it.step() for _ in range(3)]])
def test_every_task_that_waits_goes_on(let_go: Any) -> None:
    async def chat() -> None:
        controller = AsyncStepController()
        waiting = [asyncio.ensure_future(controller.wait_for_step(EVENT)) for _ in range(3)]
        await asyncio.sleep(0)
        assert not any(one.done() for one in waiting)
        let_go(controller)
        await asyncio.wait_for(asyncio.gather(*waiting), timeout=10)

    asyncio.run(chat())


def test_a_controller_holds_chats_in_one_event_loop_after_another() -> None:
    controller = AsyncStepController()

    async def chat() -> None:
        abandoned = asyncio.ensure_future(controller.wait_for_step(EVENT))
        await asyncio.sleep(0)
        abandoned.cancel()
        waiting = asyncio.ensure_future(controller.wait_for_step(EVENT))
        await asyncio.sleep(0)
        assert not waiting.done()
        controller.step()
        await asyncio.wait_for(waiting, timeout=10)

    for _ in range(2):
        asyncio.run(chat())


def test_a_step_for_a_task_that_is_cancelled_or_whose_loop_is_closed_is_for_the_next_one() -> None:
    controller = AsyncStepController()

    async def wait() -> None:
        waiting = [asyncio.ensure_future(controller.wait_for_step(EVENT)) for _ in range(2)]
        await asyncio.sleep(0)
        controller.step()
        waiting[0].cancel()
        await asyncio.wait_for(waiting[1], timeout=10)

    asyncio.run(wait())
    loop = asyncio.new_event_loop()
    left = controller.wait_for_step(EVENT)

    async def begin() -> None:
        left.send(None)

    loop.run_until_complete(begin())
    loop.close()
    controller.step()
    asyncio.run(asyncio.wait_for(controller.wait_for_step(EVENT), timeout=10))
    left.close()


def test_steps_that_come_first_are_counted() -> None:
    async def chat() -> None:
        controller = AsyncStepController()
        controller.step()
        await asyncio.wait_for(controller.wait_for_step(EVENT), timeout=10)

    asyncio.run(chat())
    controller = StepController()
    controller.step()
    controller.wait_for_step(EVENT)


@pytest.mark.parametrize("kind", [StepController, AsyncStepController])
def test_only_named_events_hold_a_chat(kind: Any) -> None:
    assert kind([Waited]).should_block(EVENT)
    assert not kind([Waited]).should_block("another")
    assert kind().should_block("another")
    with pytest.raises(TypeError, match="yield_on must be a list of classes of events"):
        kind("TextEvent")
