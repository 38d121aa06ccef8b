"""How an attempt ends, and what is said of it: its kind, its reason, its exit code."""

from __future__ import annotations

import signal
from typing import NamedTuple

from modelyard_node import codes
from modelyard_node.spec import Retry

SCHEMA = "modelyard.end/1"

_OURS = (codes.RETRY_EXIT_CODE, codes.LEAVE_EXIT_CODE, codes.BROKEN_EXIT_CODE)

HOST_FAILURE = "host_failure"
OUT_OF_MEMORY = "out_of_memory"
MEND_FIRST = "mend_first"
"""Something has to be mended, or a machine ended, before another attempt is of any use."""

TOLD = "told_to_end"
"""A child was told to end by its host, by SIGTERM, and nobody else was, as far as is known."""


class Ending(NamedTuple):
    """Why an attempt ends."""

    kind: str
    reason: str | None
    rank: int | None = None
    """Whose doing it is."""
    exit_code: int | None = None
    """What that rank's program exited with."""
    event: str | None = None
    """What happened, by the name that the job's rules for retries have for it, or `TOLD`."""


SUCCEEDED = Ending(codes.SUCCEEDED, None)


class EndedError(Exception):
    """The attempt ends."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending


def broken(reason: str) -> EndedError:
    """The node can't be set up."""
    return EndedError(Ending(codes.BROKEN, reason))


def in_words(exit_code: int) -> str:
    """An exit code in words."""
    number = exit_code - 128
    if exit_code > 128 and number in {each.value for each in signal.Signals}:
        return f"was ended by {signal.Signals(number).name} (exit code {exit_code})"
    return f"exited with code {exit_code}"


def exit_code_of(ending: Ending, retry: Retry, failed_before: int) -> int:
    """What the runtime exits with, so that whoever started it knows what is to follow.

    `failed_before` is how many earlier attempts have failed by the program's fault.
    """
    if ending.kind == codes.SUCCEEDED:
        return 0
    if ending.kind == codes.BROKEN:
        return codes.BROKEN_EXIT_CODE
    if ending.event == MEND_FIRST:
        return codes.LEAVE_EXIT_CODE
    if ending.kind in (codes.HOST, codes.PREFLIGHT):
        return codes.RETRY_EXIT_CODE if HOST_FAILURE in retry.on_events else codes.LEAVE_EXIT_CODE
    if ending.kind != codes.PROGRAM:
        return codes.LEAVE_EXIT_CODE
    asked_for = ending.event in retry.on_events or (
        retry.exit_codes is None or ending.exit_code in retry.exit_codes
    )
    if asked_for and failed_before + 1 < retry.attempts:
        return codes.RETRY_EXIT_CODE
    # A program's own code must not be taken for one of ours.
    return 1 if ending.exit_code in (None, *_OURS) else ending.exit_code
