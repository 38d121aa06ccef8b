"""What the machine lacks or refuses, said for the person at it."""

from __future__ import annotations

import errno

from modelyard.errors import SurroundingsError
from modelyard_cli.common import let_go_of_output
from modelyard_cli.extras import EXTRAS

_FULL = {errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC}


def surroundings_error(error: ModuleNotFoundError | OSError) -> SurroundingsError | None:
    """The error for people; None for a module that no extra brings, which is a fault of ours."""
    if isinstance(error, ModuleNotFoundError):
        return _missing_extra(error)
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    if error.filename is None and error.errno in _FULL:
        # Mostly the output itself: let go of, because Python would try it again on leaving, and fail again.
        let_go_of_output()
        return SurroundingsError(
            f"the answer, or what goes with it, can't be written: {reason}",
            "free some space, or let the output go elsewhere",
        )
    if error.filename is None:
        return SurroundingsError(reason, "mend that, and try again")
    return SurroundingsError(f"{error.filename}: {reason}", "check the rights and the free space there")


def _missing_extra(error: ModuleNotFoundError) -> SurroundingsError | None:
    module = (error.name or "").partition(".")[0]
    for extra in EXTRAS:
        if module in extra.modules:
            return SurroundingsError(
                f"{module} isn't installed: it comes with the extra `{extra.name}`", extra.mend
            )
    return None
