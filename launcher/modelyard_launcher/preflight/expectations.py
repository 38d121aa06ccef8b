"""What a job's nodes are to have, for the check before the first step: `preflight` of modelyard.spec/1."""

from __future__ import annotations

from collections import Counter
from typing import Any

from modelyard_launcher.clouds import AnyPool, AnyTarget, is_cluster, on_azure
from modelyard_launcher.job import Job

EXPECTED_SHARE = 0.75
"""Part of the line rate that an all-reduce over EFA has to reach: on H100 nodes of 3,200 Gbit/s, less than
300 GB/s is a fault (ai-infrastructure-on-azure, its NCCL test on nodes of the same rate, 2026-11)."""

SWITCHED = ("A100", "H100", "H200", "B200", "B300")
"""Accelerators that NVSwitch joins within a node, and that EFA reads and writes by itself (Amazon EC2 User
Guide, "Accelerated computing instances", 2026-11). There the network is the narrowest place, so its rate says
what an all-reduce reaches. Of the others it doesn't: what their GPUs do over PCIe is less."""

_GIB_IN_MIB = 1_024


def preflight_document(
    job: Job, target: AnyTarget, pool: AnyPool, gpus_per_node: int | None, *, here: bool
) -> dict[str, Any] | None:
    """What nodes are to have; None if the job asks for no check.

    Args:
        job: the job.
        target: the environment that it runs in.
        pool: where it runs.
        gpus_per_node: accelerators that each node is given.
        here: whether nodes are processes of this machine, which has nothing of what the pool's have.
    """
    check = job.preflight
    if check is None:
        return None
    given = 0 if here or gpus_per_node is None else gpus_per_node
    return {
        "devices": {"nvidia": 0, "neuron": 0, "efa": 0} if here else _devices(pool, given),
        "min_gbps": check.min_gbps,
        "expected_gbps": expected_gbps(pool, given) if job.num_nodes > 1 else None,
        "shared_memory_mib": None if here or job.resources.shm is None else job.resources.shm * _GIB_IN_MIB,
        # Who may not end nodes doesn't, and this machine isn't ended: then they are named, and stay.
        "end_bad_nodes": check.end_bad_nodes and may_end_nodes(target) and not here,
    }


def may_end_nodes(target: AnyTarget) -> bool:
    """Whether who submits jobs may end a node. On Azure the service replaces unusable nodes by itself."""
    return not on_azure(target) and target.end_bad_nodes


def expected_gbps(pool: AnyPool, gpus: int) -> float | None:
    """Bus bandwidth that so many GPUs of each node have to reach between nodes, in Gbit/s; None if nothing
    is known of the type. A part of a node's GPUs has a part of its network cards near.
    """
    rate = _line_rate(pool)
    if not gpus or rate is None or pool.accelerator not in SWITCHED:
        return None
    return round(rate * EXPECTED_SHARE * gpus / pool.accelerators_per_node, 1)


def _line_rate(pool: AnyPool) -> float | None:
    """What the network carries that GPUs reach by themselves, in Gbit/s of a node: EFA, or InfiniBand."""
    if is_cluster(pool):
        return pool.fabric.infiniband_gbps
    return pool.fabric.network_gbps if pool.fabric.efa_interfaces else None


def _devices(pool: AnyPool, given: int) -> dict[str, int]:
    """Devices that a node's container is given."""
    if is_cluster(pool):
        return {"nvidia": given, "neuron": 0, "efa": 0}
    paths = Counter("neuron" if "neuron" in path else "efa" for path in pool.fabric.device_paths)
    neuron = min(paths["neuron"], given)
    return {"nvidia": 0 if paths["neuron"] else given, "neuron": neuron, "efa": paths["efa"]}
