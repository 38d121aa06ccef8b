"""Telling processes of this machine apart, also when a process id has come again."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard_launcher.records import Supervisor


def host_name() -> str:
    """Name of the machine that this is."""
    return socket.gethostname()


def this_process() -> Supervisor:
    """The process that asks, as a record names it."""
    from modelyard_launcher.records import Supervisor

    return Supervisor(host=host_name(), pid=os.getpid(), identity=identity_of(os.getpid()) or "")


def identity_of(pid: int) -> str | None:
    """When a process was started, as no other process with its id ever was; None if there is none."""
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return None if fields[0] in {"Z", "X"} else f"{boot}/{fields[19]}"
    import subprocess

    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None


def runs_here(supervisor: Supervisor) -> bool:
    """Whether a record's process belongs to this machine."""
    return supervisor.host == host_name()


def is_alive(supervisor: Supervisor) -> bool:
    """Whether that very process still runs on this machine."""
    return identity_of(supervisor.pid) == supervisor.identity


def python_command(program: Path) -> str:
    """Shell words that run a Python program by itself: nothing of the user's own is imported."""
    return shlex.join([sys.executable, "-I", str(program)])
