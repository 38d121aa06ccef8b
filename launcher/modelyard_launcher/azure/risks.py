"""What can become of a job on a compute cluster, that a reader of the job doesn't see."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.outputs.azure import AzurePool
from modelyard_launcher.azure.lots import quota_text
from modelyard_launcher.job import Job


def cluster_risks(job: Job, pool: AzurePool) -> Iterator[str]:
    """Preemption, waiting for machines and quota, nodes that are had whole, and what they cost when idle."""
    nodes = "a node" if job.num_nodes == 1 else "nodes"
    if pool.capacity == "spot":
        yield (
            "Azure may take a low-priority node back at any moment: the job begins anew once there are "
            "nodes, and goes on from its newest checkpoint, so checkpoint often"
        )
    yield (
        f"Azure may have no {pool.instance_type} to give for a while, or {quota_text(pool)} may be used up: "
        f"the job waits in the queue of {pool.compute_name}"
    )
    wanted = job.resources
    if wanted.cpus or wanted.memory or 0 < wanted.accelerator_count < pool.accelerators_per_node:
        yield f"a job has {nodes} of a cluster to itself and pays for the whole, whatever part it asks for"
    if pool.min_nodes < pool.max_nodes:
        minutes = "1 minute" if pool.idle_shutdown_minutes == 1 else f"{pool.idle_shutdown_minutes} minutes"
        yield f"nodes stay up, and are paid, for {minutes} after their last job: the cost doesn't count that"
