"""A node's devices, its shared and its locked memory, its scratch space."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from modelyard_node.preflight.expected import Expected
from modelyard_node.preflight.findings import COMMON, NODE, Finding, failed, many, passed, unknown

_DEVICES = {"nvidia": "dev/nvidia*", "neuron": "dev/neuron*", "efa": "dev/infiniband/uverbs*"}

_GIB = 1 << 30
_MIB = 1 << 20

LEAST_SCRATCH_GIB = 1.0
"""Below that, no program has room for its files: a choice of ours."""

ROUNDED = 0.99
"""Part of the shared memory asked for that has to be there: file systems round."""

OTHER_MACHINE = "end its instance, so that the job gets another (preflight.end_bad_nodes has that done)"


class Machine(NamedTuple):
    """What a node has."""

    devices: dict[str, int]
    """How many of each kind: nvidia, neuron, efa."""
    shared_memory_mib: int | None
    memlock_kib: int | None
    """How much memory a process may lock; None if that is unlimited."""
    scratch_gib: float
    """Size of the file system that this node's files lie on."""
    scratch_free_gib: float


def look_at_machine(root: Path, scratch: Path) -> Machine:
    """What there is below `root`, and of the file system of `scratch`."""
    devices = {
        kind: sum(_is_numbered(path.name) for path in root.glob(pattern))
        for kind, pattern in _DEVICES.items()
    }
    _, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    space = shutil.disk_usage(scratch)
    return Machine(
        devices=devices,
        shared_memory_mib=_size_mib(root / "dev" / "shm"),
        memlock_kib=None if hard == resource.RLIM_INFINITY else hard // 1_024,
        scratch_gib=round(space.total / _GIB, 1),
        scratch_free_gib=round(space.free / _GIB, 1),
    )


def judge_machine(machine: Machine, expected: Expected) -> list[Finding]:
    """What is to be said of it."""
    return [
        judge_devices(machine.devices, expected),
        judge_shared_memory(machine.shared_memory_mib, expected),
        judge_scratch(machine.scratch_free_gib, machine.scratch_gib),
    ]


def judge_devices(devices: Mapping[str, int], expected: Expected) -> Finding:
    """Whether every device is there. More than were asked for do no harm."""
    wanted = {"nvidia": expected.gpus, "neuron": expected.neurons, "efa": expected.efa}
    asked = {kind: count for kind, count in wanted.items() if count}
    if not asked:
        return passed("devices", _devices_text(devices) or "none", "none asked for")
    found = _devices_text({kind: devices.get(kind, 0) for kind in asked}, zeros=True)
    if all(devices.get(kind, 0) >= count for kind, count in asked.items()):
        return passed("devices", found, _devices_text(asked))
    return failed(
        "devices",
        found,
        _devices_text(asked),
        f"the machine has lost a device, or its container wasn't given it: {OTHER_MACHINE}",
        NODE,
    )


def judge_shared_memory(mib: int | None, expected: Expected) -> Finding:
    """Whether /dev/shm is as large as it was asked for."""
    if mib is None:
        return unknown("shared_memory", "there is no /dev/shm")
    wanted = expected.shared_memory_mib
    if wanted is None:
        return passed("shared_memory", f"{mib:,} MiB")
    if mib >= wanted * ROUNDED:
        return passed("shared_memory", f"{mib:,} MiB", f"{wanted:,} MiB")
    return failed(
        "shared_memory",
        f"{mib:,} MiB",
        f"{wanted:,} MiB",
        "the container was started with less than its job definition says: see resources.shm",
        COMMON,
    )


def judge_memlock(kib: int | None, efa: int) -> list[Finding]:
    """Whether memory may be locked without a limit, as EFA wants it (AWS Batch User Guide, "Elastic Fabric
    Adapter", 2026-11). Nothing is said of nodes without EFA.
    """
    if not efa:
        return []
    if kib is None:
        return [passed("memlock", "unlimited", "unlimited")]
    return [
        failed(
            "memlock",
            f"a process may lock {kib:,} KiB",
            "unlimited: what RDMA registers is locked",
            "start the container with the ulimit memlock -1, and don't lower it in the image",
            COMMON,
        )
    ]


def judge_scratch(free_gib: float, total_gib: float) -> Finding:
    """Whether there is room for a program's files."""
    found = f"{free_gib:,.1f} of {total_gib:,.1f} GiB free"
    if free_gib >= LEAST_SCRATCH_GIB:
        return passed("scratch", found, f"{LEAST_SCRATCH_GIB:g} GiB free")
    return failed(
        "scratch",
        found,
        f"{LEAST_SCRATCH_GIB:g} GiB free",
        f"the disk is full of what ran here before: {OTHER_MACHINE}",
        NODE,
    )


def _is_numbered(name: str) -> bool:
    """Whether it is a device, as nvidia0, and not nvidiactl."""
    return name.lstrip("abcdefghijklmnopqrstuvwxyz").isdigit()


def _devices_text(devices: Mapping[str, int], *, zeros: bool = False) -> str:
    names = {"nvidia": "GPU", "neuron": "Neuron device", "efa": "EFA interface"}
    return ", ".join(
        many(devices[kind], name)
        for kind, name in names.items()
        if kind in devices and (devices[kind] or zeros)
    )


def _size_mib(directory: Path) -> int | None:
    try:
        size = os.statvfs(directory)
    except OSError:
        return None
    return size.f_blocks * size.f_frsize // _MIB
