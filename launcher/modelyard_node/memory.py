"""Whether the container ran out of memory: the kernel counts what it killed for want of it.

Source: The Linux Kernel, "Control Group v2" (memory.events, oom_kill) and "Memory Resource Controller"
(memory.oom_control, oom_kill since 4.13).
"""

from __future__ import annotations

from pathlib import Path

_COUNTERS = ("sys/fs/cgroup/memory.events", "sys/fs/cgroup/memory/memory.oom_control")


class Memory:
    """The container's memory, from now on."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._killed = self._count()

    def ran_out(self) -> bool:
        """Whether the kernel has killed something for want of memory since the last look."""
        before, self._killed = self._killed, self._count()
        return self._killed > before

    def _count(self) -> int:
        for name in _COUNTERS:
            try:
                lines = (self._root / name).read_text(encoding="ascii", errors="replace").splitlines()
            except OSError:
                continue
            for line in lines:
                field, _, value = line.partition(" ")
                if field == "oom_kill" and value.strip().isdigit():
                    return int(value)
        return 0
