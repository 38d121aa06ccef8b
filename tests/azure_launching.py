"""Targets and jobs of environments on Azure, for tests of what the launcher makes of them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.load import LoadedJob, load_job
from modelyard_launcher.outlook import Outlook, look_ahead

ROOT = Path(__file__).parents[1]
REGION = "westeurope"
SUBSCRIPTION = "1d3c8f52-7a40-4e6b-9c15-2f0b6a7d8e91"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

CPU: dict[str, Any] = {
    "name": "cpu",
    "compute_name": "cpu-9160",
    "instance_type": "Standard_D16ds_v5",
    "accelerator": None,
    "accelerators_per_node": 0,
    "vcpus": 16,
    "memory_mib": 65_536,
    "max_nodes": 4,
    "max_nodes_per_job": 4,
    "capacity": "on_demand",
    "fabric": {"environment": {}},
    "shared_memory_gib": 32,
    "idle_shutdown_minutes": 5,
}
T4 = {
    **CPU,
    "name": "t4",
    "compute_name": "t4-9504",
    "instance_type": "Standard_NC4as_T4_v3",
    "accelerator": "T4",
    "accelerators_per_node": 1,
    "vcpus": 4,
    "memory_mib": 28_672,
    "capacity": "spot",
}
H100 = {
    **CPU,
    "name": "h100",
    "compute_name": "h100-828a",
    "instance_type": "Standard_ND96isr_H100_v5",
    "accelerator": "H100",
    "accelerators_per_node": 8,
    "vcpus": 96,
    "memory_mib": 1_945_600,
    "fabric": {"environment": {"NCCL_SOCKET_IFNAME": "eth0"}, "infiniband_gbps": 3_200},
}


def target(*pools: dict[str, Any], stores: str = "", **changes: Any) -> AzureLaunchTarget:
    """A launch target on Azure; `stores` is a directory that both lie in."""
    workspace = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/lab/providers/x/workspaces/lab"
    uris = {
        name: f"file://{stores}/{name}" if stores else f"https://lab{name}.blob.core.windows.net/{name}"
        for name in ("datasets", "checkpoints")
    }
    document = {
        "schema": "modelyard.target/1",
        "environment": "lab",
        "cloud": "azure",
        "subscription_id": SUBSCRIPTION,
        "tenant_id": "t",
        "resource_group": "lab",
        "region": REGION,
        "stores": {name: {"uri": uri, "region": REGION, "datastore": name} for name, uri in uris.items()},
        "workspace": {"id": workspace, "name": "lab", "discovery_url": "https://w/discovery"},
        "registry": "lab1.azurecr.io",
        "job_identity": {"id": "i", "client_id": "c"},
        "pools": list(pools or (CPU,)),
        "egress": "nat",
        **changes,
    }
    return AzureLaunchTarget.model_validate(document)


def loaded(directory: Path, job: dict[str, Any]) -> LoadedJob:
    """A job's file, read."""
    path = directory / "job.yaml"
    path.write_text(json.dumps({"name": "try", "run": "python train.py", **job}, indent=1))
    return load_job(path, now=NOW)


def outlook(directory: Path, job: dict[str, Any], *pools: dict[str, Any], **changes: Any) -> Outlook:
    """What holds for a job on a target, whatever the backend."""
    return look_ahead(loaded(directory, job), target(*pools, **changes), now=NOW)


def project_with(directory: Path, *names: str) -> Path:
    """A project with some of the shipped environments."""
    (directory / "stacks").mkdir()
    shutil.copy(ROOT / "Pulumi.yaml", directory)
    for name in names:
        shutil.copy(ROOT / "stacks" / f"Pulumi.{name}.yaml", directory / "stacks")
    return directory
