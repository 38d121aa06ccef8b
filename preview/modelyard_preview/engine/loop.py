"""The event loop of a run: one thread, and calls of the monitor made on the spot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

CANCELLATIONS = 8
"""How often a task of a run that failed is cancelled before it is left."""

TURNS = 10_000
"""How often such tasks get their turn each time: far more than any that ends takes."""


class InlineLoop(asyncio.SelectorEventLoop):
    """Runs in place what the SDK would hand to a thread: the monitor is here and answers at once."""

    def run_in_executor(  # pyright: ignore[reportIncompatibleMethodOverride] (the stubs' variadic generics)
        self,
        executor: object,
        func: Callable[..., Any],
        *args: Any,
    ) -> asyncio.Future[Any]:
        """Call the function now; the future is done, or waits for what the function will do in its turn."""
        del executor
        future: asyncio.Future[Any] = self.create_future()
        try:
            result = func(*args)
        except Exception as error:  # noqa: BLE001 (it is the awaiting task's)
            future.set_exception(error)
            return future
        if asyncio.iscoroutine(result):
            return self.create_task(result)
        if isinstance(result, tuple) and any(map(asyncio.iscoroutine, result)):
            # (the SDK pairs the answer of a data source with an error that a server would have had)
            return self.create_task(_each(result))
        future.set_result(result)
        return future

    async def settle(self, is_done: Callable[[], bool]) -> None:
        """Let all go on that can, until it is done or nothing can: until then only time or a file would
        help.
        """
        while self._ready and not is_done():  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] (no stub)
            await asyncio.sleep(0)

    def finish(self) -> None:
        """End what a failed run left behind, without a word on it: the failure itself is reported.

        Nothing is waited for: what a run that was broken off still hopes for never comes. A task that takes
        its cancellation for something to be mended, and waits on, is cancelled again, and then left.
        """
        self.set_exception_handler(lambda _loop, _context: None)
        for _ in range(CANCELLATIONS):
            left = asyncio.all_tasks(self)
            if not left:
                break
            for task in left:
                task.cancel()
            turns = iter(range(TURNS))
            self.run_until_complete(self.settle(lambda turns=turns: next(turns, None) is None))
        self.close()


async def _each(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([await part if asyncio.iscoroutine(part) else part for part in parts])
