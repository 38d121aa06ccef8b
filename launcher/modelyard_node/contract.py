"""The job contract: what a program finds in its environment, on every backend.

docs/reference/node.md has the variables. What the runtime itself is told, it keeps to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from modelyard_node.place import Place
from modelyard_node.spec import Spec

_REACH = ("MODELYARD_BLOB_ENDPOINT",)
"""What a program needs of the runtime's own variables to reach its stores: where a sandbox's blobs are."""

RANKED = ("torchrun", "mpi")
"""Distributions that have torchrun's variables for a rank."""

_DEVICES = ("nvidia[0-9]*", "neuron[0-9]*")


def program_environment(
    environ: Mapping[str, str], place: Place, spec: Spec, attempt: int, metrics: Path
) -> dict[str, str]:
    """All that a program finds: what the node was started with, the job's own variables, the contract's."""
    variables = {
        name: value for name, value in environ.items() if name in _REACH or not name.startswith("MODELYARD_")
    }
    variables |= {
        **spec.envs,
        **spec.variables,
        "NODE_RANK": str(place.node_rank),
        "NUM_NODES": str(place.num_nodes),
        "MASTER_ADDR": place.master_addr,
        "MASTER_PORT": str(place.master_port),
        "GPUS_PER_NODE": environ.get("GPUS_PER_NODE") or str(_devices(spec, place)),
        "MODELYARD_RUN_ID": place.own_run_id,
        "MODELYARD_ATTEMPT": str(attempt),
        "MODELYARD_DATASETS": spec.datasets_uri,
        "MODELYARD_CHECKPOINTS": spec.checkpoints_uri,
        "MODELYARD_METRICS": str(metrics),
    }
    if spec.distribution in RANKED:
        variables |= {
            "RANK": str(place.rank),
            "LOCAL_RANK": str(place.local_rank),
            "WORLD_SIZE": str(place.num_ranks),
        }
    return variables


def _devices(spec: Spec, place: Place) -> int:
    """Accelerators of this node: as the specification says, or as many as there are devices."""
    if spec.gpus_per_node is not None:
        return spec.gpus_per_node
    directory = place.root / "dev"
    return sum(1 for pattern in _DEVICES for found in directory.glob(pattern) if found.name[6:].isdigit())
