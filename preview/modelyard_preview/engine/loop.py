"""The event loop of a run: one thread, and calls of the monitor made on the spot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


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

    def finish(self) -> None:
        """End what a failed run left behind, without a word on it: the failure itself is reported."""
        self.set_exception_handler(lambda _loop, _context: None)
        left = asyncio.all_tasks(self)
        for task in left:
            task.cancel()
        if left:
            self.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.close()


async def _each(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([await part if asyncio.iscoroutine(part) else part for part in parts])
