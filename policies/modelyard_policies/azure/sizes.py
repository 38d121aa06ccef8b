"""What sizes of virtual machines can do, told from their names.

A name is `Standard_`, the family, the number of CPUs, letters for what the size has besides, and what tells
versions apart (Azure, "VM sizes naming conventions"): `Standard_ND96isr_H100_v5`.
"""

from __future__ import annotations

import re
from functools import cache

_INFINIBAND = re.compile(r"standard_(?:h[a-z]*|nc|nd)\d+(?:-\d+)?[a-z]*r[a-z]*(?:_.*)?")
"""Families H, HB, HC, HX, NC and ND with an `r`, which stands for remote direct memory access (Azure, "Set up
InfiniBand on HPC VMs"): ND96isr_H100_v5 has it, ND96is_H100_v5 and NC80adis_H100_v5 don't."""

_NO_TRUSTED_LAUNCH = re.compile(
    r"standard_(?:"
    r"m\d.*"  # M
    r"|d\d+pl?d?s_v5"  # Arm, version 5
    r"|nd\d+am?sr(?:_a100)?_v4"  # ND A100 v4 and NDm A100 v4
    r")",
)
"""What can't have Trusted Launch yet (Azure, "Trusted Launch for Azure VMs", 2025-04-21). Families of the
first generation can't either, but have successors that can, which that page asks for."""


@cache
def has_infiniband(size: str) -> bool:
    """Whether machines of the size have InfiniBand."""
    return _INFINIBAND.fullmatch(size.strip().lower()) is not None


@cache
def can_have_trusted_launch(size: str) -> bool:
    """Whether machines of the size may be started with Trusted Launch."""
    return _NO_TRUSTED_LAUNCH.fullmatch(size.strip().lower()) is None
