"""Generations of a compute environment: what can't be changed in place makes another one.

What forces a replacement (AWS Batch User Guide, "Update a compute environment", and the AWS provider's
internal/service/batch/compute_environment.go, both 2026-11):

- the placement group, of any compute environment, as long as Batch could change it: the provider never does;
- the allocation strategy, from or to BEST_FIT;
- with BEST_FIT, everything but the numbers of vCPUs, the state and the tags of the environment itself:
  machine, image, subnets, security groups, role, tags of machines, and the launch template with all in it.

A service role of one's own has the effect of BEST_FIT; here the role is always Batch's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

UPDATABLE_STRATEGIES = frozenset(
    {"BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}
)
"""Allocation strategies with which a compute environment can be updated (same sources)."""

SCALING = frozenset({"min_vcpus", "max_vcpus", "desired_vcpus"})
"""Settings of compute resources that can be changed at any time (same sources)."""

GENERATION_DIGITS = 8

PLACEMENT_GROUP_MARK = "pg-"
GENERATION_PATTERN = r"(?:pg-)?[0-9a-f]{8}"
"""How a generation is written; with `pg-` it has a placement group of its own."""


def generation_of(
    compute_resources: Mapping[str, Any], machines: Mapping[str, Any], *, placement_group: bool
) -> str:
    """The generation of a compute environment: another one wherever a change would force its replacement.

    Args:
        compute_resources: its compute resources, by the names of the provider's arguments in Python.
        machines: what its launch template makes of a machine.
        placement_group: whether its machines are in a cluster placement group.

    Both must be plain: what is known only later is left out by whoever calls.
    """
    strategy = compute_resources.get("allocation_strategy", "BEST_FIT")
    fixed: dict[str, Any] = {"placement_group": placement_group}
    if strategy not in UPDATABLE_STRATEGIES:
        kept = {name: value for name, value in compute_resources.items() if name not in SCALING}
        fixed |= {"strategy": strategy, "compute_resources": kept, "machines": machines}
    text = json.dumps(fixed, sort_keys=True, separators=(",", ":"))
    digits = hashlib.sha256(text.encode()).hexdigest()[:GENERATION_DIGITS]
    return f"{PLACEMENT_GROUP_MARK if placement_group else ''}{digits}"


def has_placement_group(generation: str) -> bool:
    """Whether a compute environment of a generation has a placement group."""
    return generation.startswith(PLACEMENT_GROUP_MARK)
