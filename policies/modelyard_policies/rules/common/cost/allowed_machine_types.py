"""Machines are of types that somebody has chosen for this work.

Unless set otherwise these are the accelerated types that these rules can count, and today's families for
general use: burstable, general, compute, memory, local storage, and for clusters (hpc). Left out is what is
seldom meant and dear, slow or going away: earlier generations (p2, p3, m4, Standard_NC6), machines with
terabytes of memory (u-, x, Standard_M), Macs, FPGAs, video cards, and UltraServers, which are bought as a
whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from modelyard_policies.aws.accelerators import machines
from modelyard_policies.aws.instance_types import types_named
from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
    SPOT_INSTANCE_REQUEST,
)
from modelyard_policies.azure import compute as azure
from modelyard_policies.azure.accelerators import accelerated_sizes
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each, matches
from modelyard_policies.rule import Rule, Severity

ON_AWS: Final = (
    *sorted({f"{machine.name.partition('.')[0]}.*" for machine in machines()}),
    *("t2.*", "t3*.*", "t4g.*", "m5*.*", "m6*.*", "m7*.*", "m8*.*", "c5*.*", "c6*.*", "c7*.*", "c8*.*"),
    *("r5*.*", "r6*.*", "r7*.*", "r8*.*", "i3en.*", "i4*.*", "i7*.*", "i8*.*", "im4gn.*", "is4gen.*"),
    "hpc*.*",
    *("optimal", "default_x86_64", "default_arm64"),
)
"""A choice of ours among the families of EC2 (Amazon EC2 User Guide, "Instance types", 2026-11); the last are
what AWS Batch picks from general families itself (AWS Batch User Guide, "Instance types", 2026-11)."""

ON_AZURE: Final = (
    *sorted(accelerated_sizes()),
    "standard_b*",
    *(f"standard_{family}*_v{version}" for family in ("d", "e", "f", "l") for version in range(3, 8)),
    "standard_f*_v2",
    *("standard_hb*_v3", "standard_hb*_v4", "standard_hx*"),
)
"""Likewise among Azure's (Azure, "Sizes for virtual machines in Azure", 2026-11), from the third version on;
the last are for clusters, as AWS's hpc."""


@dataclass(frozen=True, slots=True)
class AllowedMachineTypes(Options):
    """Which machines may be started."""

    rule: ClassVar[str] = "allowed-machine-types"
    instance_types: tuple[str, ...] = option(
        words(), ON_AWS, "Instance types that may be started on AWS, with * for anything"
    )
    vm_sizes: tuple[str, ...] = option(
        words(), ON_AZURE, "Sizes that may be started on Azure, in whatever case, with * for anything"
    )


ON_EC2: Final = (
    *(LAUNCH_TEMPLATE, INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION),
    *(COMPUTE_ENVIRONMENT, AUTO_SCALING_GROUP, NODE_GROUP),
)

RULE = Rule(
    id="allowed-machine-types",
    code="CE3",
    title="Machines are of allowed types",
    severity=Severity.LOW,
    resources=(*ON_EC2, *azure.COMPUTE),
    options=AllowedMachineTypes,
    why=(
        "One wrong word starts a machine for two hundred dollars an hour, or of a generation whose capacity "
        "and images are on their way out."
    ),
    mend="Choose an allowed type, or add it to the option instance_types, on Azure vm_sizes.",
    maps_to={"azure_policy": ["cccc23c7-8427-4f53-ad12-b6a63eb452b3"]},
    snippet="""\
aws.ec2.LaunchTemplate("nodes", instance_type="p5.48xlarge")
""",
)


@RULE.check
def types_are_allowed(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each type that the resource names."""
    options = graph.options(AllowedMachineTypes)
    if canonical(resource.type) in azure.COMPUTE:
        yield from each(azure.pools(resource), lambda pool: _of_pool(pool, options.vm_sizes))
    else:
        yield from each(types_named(resource), lambda named: _of_type(*named, options.instance_types))


def _of_pool(pool: azure.Pool, allowed: tuple[str, ...]) -> Iterator[Failure]:
    yield from each(pool.sizes, lambda place: _of_size(*place, allowed))


def _of_size(block: Block, key: str, allowed: tuple[str, ...]) -> Iterator[Failure]:
    size = block.text(key).strip()
    if size and not _is_among(size.lower(), allowed):
        yield block.failure(key, f"{size} isn't an allowed size")


def _of_type(block: Block, key: str, name: str, allowed: tuple[str, ...]) -> Iterator[Failure]:
    wanted = name.strip().lower()
    # A family, as Batch takes it, stands for all of its types.
    if wanted and not (
        _is_among(wanted, allowed) or ("." not in wanted and _is_among(f"{wanted}.*", allowed))
    ):
        yield block.failure(key, f"{name} isn't an allowed type")


@lru_cache(maxsize=4_096)
def _is_among(name: str, allowed: tuple[str, ...]) -> bool:
    return any(matches(pattern.lower(), name) for pattern in allowed)
