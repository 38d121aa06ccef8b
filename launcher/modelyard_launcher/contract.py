"""The job contract: what every rank finds in its environment, on every backend."""

from __future__ import annotations

from dataclasses import dataclass

from modelyard_launcher.job import Job
from modelyard_node.contract import RANKED


@dataclass(frozen=True, slots=True)
class GangContext:
    """What all ranks of an attempt have in common. Texts, because a plan names some that the start knows."""

    run_id: str
    attempt: str
    master_addr: str
    master_port: str
    gpus_per_node: int
    """Accelerators that each node is given; 0 means that it computes on its CPUs."""
    datasets_uri: str
    checkpoints_uri: str


def common_variables(job: Job, context: GangContext) -> dict[str, str]:
    """What every rank finds, with the same value."""
    variables = {
        "NUM_NODES": str(job.num_nodes),
        "GPUS_PER_NODE": str(context.gpus_per_node),
        "MASTER_ADDR": context.master_addr,
        "MASTER_PORT": context.master_port,
        "MODELYARD_RUN_ID": context.run_id,
        "MODELYARD_ATTEMPT": context.attempt,
        "MODELYARD_DATASETS": context.datasets_uri,
        "MODELYARD_CHECKPOINTS": context.checkpoints_uri,
    }
    if job.distribution in RANKED:
        variables["WORLD_SIZE"] = str(job.num_ranks)
    return variables


def rank_variables(job: Job, rank: int, metrics_path: str) -> dict[str, str]:
    """What one rank finds, with a value of its own. There is one on each node, unless mpirun starts several:
    then it fills one node after another, if it isn't told otherwise.
    """
    node, local = divmod(rank, job.processes_per_node)
    variables = {"NODE_RANK": str(node), "MODELYARD_METRICS": metrics_path}
    if job.distribution in RANKED:
        variables |= {"RANK": str(rank), "LOCAL_RANK": str(local)}
    return variables
