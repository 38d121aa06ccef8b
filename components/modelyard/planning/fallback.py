"""Which machines can take the jobs of others: what a queue's second and third choice must be like."""

from __future__ import annotations

from modelyard.catalog.instances import InstanceType

FALLBACKS_MAX = 2
"""Pools that a pool can fall back to: a queue takes three compute environments (AWS Batch User Guide,
"Service quotas", 2026-11), and the first is the pool's own."""


def lack(wanted: InstanceType, offered: InstanceType) -> str | None:
    """What a machine lacks that jobs written for another count on; None if it has everything.

    One architecture a queue is Batch's rule (AWS Batch API Reference, ComputeEnvironmentOrder, 2026-11). The
    rest is a job's: it asks for a number of accelerators, vCPUs, memory and EFA devices, is built for one
    kind of accelerator, and waits for ever or fails where it finds less.
    """
    if offered.architecture != wanted.architecture:
        return f"{offered.name} is {offered.architecture}, and a queue takes one architecture"
    if offered.accelerator != wanted.accelerator:
        return f"{offered.name} has {offered.accelerator or 'no accelerator'}"
    amounts = (
        ("accelerators", wanted.accelerator_count, offered.accelerator_count),
        ("vCPUs", wanted.vcpus, offered.vcpus),
        ("MiB of memory", wanted.memory_mib, offered.memory_mib),
        ("EFA interfaces", wanted.efa_interfaces, offered.efa_interfaces),
    )
    for what, asked, there in amounts:
        if there < asked:
            return f"{offered.name} has {there:,} of {asked:,} {what}"
    return None
