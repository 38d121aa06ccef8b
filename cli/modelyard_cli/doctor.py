"""What this machine has of what modelyard needs. Each check is a function that answers one Finding."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
from collections.abc import Callable

from modelyard_cli.extras import EXTRAS, Extra
from modelyard_cli.findings import Finding

SMALLEST_FREE_GIB = 2
"""Disk that the training stack and a run's checkpoints take."""


def _python() -> Finding:
    return Finding(
        "Python 3.11 or newer",
        sys.version_info >= (3, 11),
        platform.python_version(),
        "everything",
        "install Python 3.11 and run `make PYTHON=python3.11`",
    )


def _extra(extra: Extra) -> Callable[[], Finding]:
    def check() -> Finding:
        missing = extra.missing
        return Finding(
            f"extra {extra.name}",
            not missing,
            f"without {', '.join(missing)}" if missing else ", ".join(extra.modules),
            extra.needed_for,
            extra.mend,
            required=extra.for_everybody,
        )

    return check


def _loopback() -> Finding:
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
        found, detail = True, "ports of 127.0.0.1 can be opened"
    except OSError as error:
        found, detail = False, str(error)
    return Finding(
        "loopback", found, detail, "the sandbox and local jobs", "let processes listen on 127.0.0.1 here"
    )


def _disk() -> Finding:
    free_gib = shutil.disk_usage(".").free / 2**30
    return Finding(
        "free disk",
        free_gib >= SMALLEST_FREE_GIB,
        f"{free_gib:.0f} GiB free here",
        "checkpoints of local jobs",
        f"free {SMALLEST_FREE_GIB} GiB or work on another disk",
    )


def _pulumi() -> Finding:
    path = shutil.which("pulumi")
    return Finding(
        "pulumi",
        path is not None,
        path or "not on PATH",
        "`pulumi up`; preview, check and sandbox work without it",
        "install Pulumi's CLI, or run `make engine` where it can't be downloaded",
        required=False,
    )


CHECKS: tuple[Callable[[], Finding], ...] = (
    _python,
    *(_extra(extra) for extra in EXTRAS),
    _loopback,
    _disk,
    _pulumi,
)


def examine() -> list[Finding]:
    """Look for everything."""
    return [check() for check in CHECKS]
