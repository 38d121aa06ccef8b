"""What the machine lacks or refuses, said for the person at it."""

from __future__ import annotations

import errno

from modelyard.errors import SurroundingsError
from modelyard_cli.common import let_go_of_output
from modelyard_cli.extras import extra_bringing

_FULL = {errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC}
_MENDS = {
    errno.EISDIR: "name a file",
    errno.ENOENT: "check the path, or make the directory first",
    errno.ENOTDIR: "check the path: a part of it is no directory",
}
"""What to do about a file that can't be used."""


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
    mend = _MENDS.get(error.errno or 0, "check the rights and the free space there")
    return SurroundingsError(f"{error.filename}: {reason}", mend)


def _missing_extra(error: ModuleNotFoundError) -> SurroundingsError | None:
    module = error.name or ""
    extra = extra_bringing(module)
    if not module or extra is None:
        return None
    lacking = next((known for known in extra.modules if module.startswith(f"{known}.")), module)
    return SurroundingsError(f"{lacking} isn't installed: it comes with the extra `{extra.name}`", extra.mend)
