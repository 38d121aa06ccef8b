"""What file systems can be: sizes and throughputs, ports, days before files move to cheaper storage."""

from __future__ import annotations

import re

LUSTRE_SMALLEST_GIB = 1_200
LUSTRE_STEP_GIB = 2_400
"""Sizes of persistent SSD file systems of the second generation: the smallest, or a multiple of the step
(Amazon FSx API Reference, CreateFileSystem, StorageCapacity, 2026-11)."""

LUSTRE_THROUGHPUTS_MBPS_PER_TIB = (125, 250, 500, 1000)
"""Their throughputs (same reference, CreateFileSystemLustreConfiguration, PerUnitStorageThroughput)."""

LUSTRE_PORTS = ((988, 988), (1018, 1023))
"""TCP ports of Lustre, between clients and servers and among servers (FSx for Lustre User Guide, "File system
access control with Amazon VPC", 2026-11)."""

NFS_PORT = 2049
"""TCP port of EFS's mount targets (Amazon EFS User Guide, "Using VPC security groups", 2026-11)."""

INFREQUENT_ACCESS_DAYS = (1, 7, 14, 30, 60, 90, 180, 270, 365)
"""Days without access after which EFS moves a file (Amazon EFS API Reference, LifecyclePolicy, 2026-11)."""

_WEEKLY = re.compile(r"[1-7]:(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def is_lustre_size(size_gib: int) -> bool:
    """Whether a Lustre file system can have this size."""
    return size_gib == LUSTRE_SMALLEST_GIB or (size_gib > 0 and size_gib % LUSTRE_STEP_GIB == 0)


def next_lustre_size(size_gib: int) -> int:
    """The smallest size that holds as much."""
    if size_gib <= LUSTRE_SMALLEST_GIB:
        return LUSTRE_SMALLEST_GIB
    return -(-size_gib // LUSTRE_STEP_GIB) * LUSTRE_STEP_GIB


def is_weekly_time(text: str) -> bool:
    """Whether a text is a time of the week as FSx writes it: `d:HH:MM` in UTC, with 1 for Monday."""
    return _WEEKLY.fullmatch(text) is not None


def infrequent_access_rule(days: int) -> str:
    """The name of EFS's rule for these days, as AFTER_30_DAYS."""
    return f"AFTER_{days}_DAY" if days == 1 else f"AFTER_{days}_DAYS"
