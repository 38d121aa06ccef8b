"""How a process of a gang leaves that can't go on: with its reason, at once, and after who is to blame."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

from modelyard_training.errors import RendezvousError, TrainingError
from modelyard_training.stopping import INTERRUPTED_EXIT_CODE

_BLAME_SECONDS = 1.0
"""A process that lost another leaves as much later, so that whoever watches sees first who was lost."""


def end(error: BaseException, *, who: str, lost: Callable[[BaseException], str | None]) -> NoReturn:
    """Say what happened and end this process, without the leave that all take together and that never comes.

    `who` is this process, as "node 1"; `lost` gives the cause if the error comes of another one's end.
    """
    code = 1
    if isinstance(error, TrainingError):
        code = error.exit_code
        _say(f"error: {error}")
    elif isinstance(error, SystemExit) and isinstance(error.code, int):
        code = error.code
    elif isinstance(error, KeyboardInterrupt):
        code = INTERRUPTED_EXIT_CODE
    elif cause := lost(error):
        code = RendezvousError.exit_code
        _say(
            f"error: {who} lost another {who.partition(' ')[0]} of the job, or waited for it in vain, and "
            f"can't go on alone; see what the others say ({cause})"
        )
        time.sleep(_BLAME_SECONDS)
    else:
        traceback.print_exception(error, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
