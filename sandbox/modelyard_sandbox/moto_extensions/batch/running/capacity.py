"""What a container needs, and what machines of a type offer.

Sources: AWS Batch user guide, "Compute resource memory management" and "Memory management" (machines
register less memory than they have), "Optimal" instance types; aws/containers-roadmap#2231 (31,431 MiB of
32,768); 2026-11.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from modelyard.catalog.instances import instance_type, instance_type_names

MEMORY_SHARE = 0.96
"""What of a machine's memory its agent registers: of 32 GiB 31,431 MiB were seen (95.9%), the kernel and the
agent's reserve taken off."""
OPTIMAL = ("c4", "m4", "r4", "c5", "m5", "r5")
DEFAULTS = {
    "optimal": OPTIMAL,
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
"""Families that stand for what Batch chooses by itself; which ones it takes differs from region to region."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a container asks for."""

    vcpus: float
    memory_mib: int
    gpus: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What a machine of a type has for containers."""

    type_name: str
    vcpus: int
    memory_mib: int
    gpus: int

    def meets(self, need: Need) -> bool:
        """Whether a container fits on an empty machine."""
        return need.vcpus <= self.vcpus and need.memory_mib <= self.memory_mib and need.gpus <= self.gpus


def need_of(properties: Mapping[str, Any]) -> Need:
    """What a container's properties ask for, in the one way or the other."""
    required = {item["type"]: item["value"] for item in properties.get("resourceRequirements") or []}
    return Need(
        vcpus=float(required.get("VCPU") or properties.get("vcpus") or 1),
        memory_mib=int(required.get("MEMORY") or properties.get("memory") or 0),
        gpus=int(required.get("GPU") or 0),
    )


def offers_of(named: Sequence[str], only: str | None = None) -> tuple[Offer, ...]:
    """What machines a compute environment's `instanceTypes` allow, the smallest first.

    Args:
        named: types, families, and words by which Batch chooses.
        only: the one type that a multi-node job asks for.
    """
    found = _offers(tuple(named))
    return tuple(offer for offer in found if only in (None, offer.type_name))


@cache
def _offers(named: tuple[str, ...]) -> tuple[Offer, ...]:
    families = {family for name in named for family in DEFAULTS.get(name, (name,))}
    names = {
        name
        for name in {*instance_type_names(), *INSTANCE_TYPES}
        if name in families or name.partition(".")[0] in families
    }
    return tuple(
        sorted(map(_offer, names), key=lambda offer: (offer.vcpus, offer.memory_mib, offer.type_name))
    )


def _offer(name: str) -> Offer:
    if name in instance_type_names():
        facts = instance_type(name)
        gpus = facts.accelerator_count if facts.kind == "gpu" else 0
        return Offer(name, facts.vcpus, math.floor(facts.memory_mib * MEMORY_SHARE), gpus)
    known: Mapping[str, Any] = INSTANCE_TYPES[name]
    memory = known["MemoryInfo"]["SizeInMiB"]
    gpus = sum(gpu["Count"] for gpu in (known.get("GpuInfo") or {}).get("Gpus", []))
    return Offer(name, known["VCpuInfo"]["DefaultVCpus"], math.floor(memory * MEMORY_SHARE), gpus)
