"""The event loop of a run: what a failed run left behind is ended, and never waited for."""

from __future__ import annotations

import asyncio
import gc

from modelyard_preview.engine.loop import InlineLoop

ENDED: list[str] = []


async def patient(loop: InlineLoop, name: str, times: int) -> None:
    """Waits for what never comes, and goes on waiting so many times when it is cancelled."""
    for left in range(times, -1, -1):
        try:
            await loop.create_future()
        except asyncio.CancelledError:
            if not left:
                ENDED.append(name)
                raise


def finished(*times: int) -> list[str]:
    """Which of such tasks have ended once the loop has."""
    ENDED.clear()
    loop = InlineLoop()
    tasks = [loop.create_task(patient(loop, str(number), number)) for number in times]
    loop.run_until_complete(loop.settle(lambda: False))
    loop.finish()
    assert loop.is_closed()
    del tasks
    gc.collect()
    return ENDED


def test_tasks_that_wait_are_cancelled() -> None:
    assert sorted(finished(0, 0, 0)) == ["0", "0", "0"]


def test_a_task_that_waits_on_when_it_is_cancelled_is_cancelled_again() -> None:
    assert sorted(finished(0, 3)) == ["0", "3"]


def test_a_task_that_never_gives_up_is_left() -> None:
    assert finished(0, 1_000) == ["0"]


def test_a_task_that_is_always_busy_is_left() -> None:
    async def busy() -> None:
        while True:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                continue

    loop = InlineLoop()
    task = loop.create_task(busy())
    loop.run_until_complete(asyncio.sleep(0))
    loop.finish()
    assert loop.is_closed()
    assert not task.done()
