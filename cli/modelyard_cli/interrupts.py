"""Ctrl-C where Python can't raise it.

What compiled code calls back, as pydantic a pattern, and what runs when an object goes, can't raise anything:
Python shows the interrupt as ignored, and the command goes on with an answer that is none.
"""

from __future__ import annotations

import sys

_AGAIN_SECONDS = 0.001


class _Lost:
    pending = False
    """Whether an interrupt got lost, and hasn't been raised since."""
    being_noted = False
    """Whether one is being noted just now: where that is done, another would be lost as well."""


def heed_lost_interrupts() -> None:
    """From now on, an interrupt that gets lost comes again a moment later. For the main thread."""
    from signal import SIGALRM, signal

    signal(SIGALRM, _raise_again)
    sys.unraisablehook = _note


def raise_lost_interrupt() -> None:
    """Raise KeyboardInterrupt if one got lost: whatever was found out since isn't to be told."""
    _come_again(0)
    if _Lost.pending:
        _Lost.pending = False
        raise KeyboardInterrupt


def _note(unraisable: sys.UnraisableHookArgs) -> None:
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    _Lost.being_noted = _Lost.pending = True
    _come_again(_AGAIN_SECONDS)
    _Lost.being_noted = False


def _raise_again(*_: object) -> None:
    if _Lost.being_noted:
        _come_again(_AGAIN_SECONDS)
    elif _Lost.pending:
        _Lost.pending = False
        raise KeyboardInterrupt


def _come_again(seconds: float) -> None:
    """Have the alarm come after that time, which ends what only waits, too; 0 for never."""
    from signal import ITIMER_REAL, setitimer

    setitimer(ITIMER_REAL, seconds)
