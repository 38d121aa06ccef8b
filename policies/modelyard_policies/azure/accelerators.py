"""How many accelerators Azure's sizes of virtual machines have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

_FAMILIES: Final = re.compile(r"standard_n[a-z]*\d")
"""Sizes with accelerators have names of family N (Azure, "VM sizes naming conventions"); NP's are
field-programmable and don't train."""


@cache
def accelerated_sizes() -> Mapping[str, float]:
    """Accelerators by size, in small letters; a part of one where the machine has a share.

    From the pages of each series in Azure's documentation (MicrosoftDocs/azure-compute-docs,
    articles/virtual-machines/sizes/gpu-accelerated, tables "Accelerators", 2026-11), without series that are
    retired, in preview, or for desktops only (NVv3, NVv4, NG).
    """
    text = files("modelyard_policies.azure").joinpath("accelerators.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return {name.lower(): float(Fraction(count)) for name, count in rows}


def accelerators_of(size: str) -> float | None:
    """Accelerators of a size; None if it is of an accelerated family and isn't known."""
    name = size.strip().lower()
    known = accelerated_sizes().get(name)
    if known is not None:
        return known
    return None if _FAMILIES.match(name) and not name.startswith("standard_np") else 0.0
