"""Ctrl-C where Python can't raise it.

What compiled code calls back, as pydantic a pattern, and what runs when an object goes, can't raise anything:
Python shows the interrupt as ignored, and the command goes on with an answer that is none.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Timer

_AGAIN_SECONDS = 0.001
_again: list[Timer] = []


def heed_lost_interrupts() -> None:
    """From now on, an interrupt that gets lost comes again a moment later."""
    sys.unraisablehook = _lost


def raise_lost_interrupt() -> None:
    """Raise KeyboardInterrupt if one got lost: whatever was found out since isn't to be told."""
    if not _again:
        return
    for timer in _again:
        timer.join()  # or it comes in the middle of what is done about this one
    _again.clear()
    raise KeyboardInterrupt


def _lost(unraisable: sys.UnraisableHookArgs) -> None:
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    from signal import SIGINT, pthread_kill
    from threading import Timer, main_thread

    main = main_thread().ident
    if main is None:
        return
    timer = Timer(_AGAIN_SECONDS, pthread_kill, (main, SIGINT))  # a signal ends what only waits, too
    timer.daemon = True
    _again.append(timer)
    timer.start()
