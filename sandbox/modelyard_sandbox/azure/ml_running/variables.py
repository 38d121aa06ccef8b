"""What a process of a job finds in its environment.

Nothing of the server's own environment is passed on. What an image would say is made up: PATH, with the
sandbox's Python first, HOME, HOSTNAME. On top of it come the job's own variables, then the service's:

- all jobs: AZUREML_RUN_ID, AZUREML_ARM_SUBSCRIPTION, _RESOURCEGROUP and _WORKSPACE_NAME,
  AZUREML_EXPERIMENT_NAME, AZUREML_NODE_COUNT, AZUREML_CR_NODE_RANK, AZ_BATCH_HOST_LIST,
  AZ_BATCH_IS_CURRENT_NODE_MASTER, AZ_BATCHAI_JOB_MASTER_NODE_IP; AZ_BATCH_MASTER_NODE on several nodes and
  AZ_BATCHAI_MPI_MASTER_NODE on one; DEFAULT_IDENTITY_CLIENT_ID, if it runs as an identity;
- PyTorch: MASTER_ADDR, MASTER_PORT, WORLD_SIZE, NODE_RANK, RANK, LOCAL_RANK;
- Mpi: OMPI_COMM_WORLD_RANK, _SIZE, _LOCAL_RANK and _LOCAL_SIZE;
- the sandbox's: MODELYARD_ARM_ENDPOINT, MODELYARD_BLOB_ENDPOINT where blobs are served,
  MODELYARD_SANDBOX_DIR, ARM_SUBSCRIPTION_ID, ARM_TENANT_ID.

All nodes are this machine, so the master is at the loopback's address, at a port that is free.

Sources: "Distributed GPU training guide", 2024-01-29; "Use identity-based service authentication",
2025-06-10; what public code reads of the others (microsoft/hi-ml, Azure/azureml-examples), undocumented;
2026-11.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID
from modelyard_sandbox.azure.ml_running.nodes import Node
from modelyard_sandbox.azure.ml_running.plan import Plan

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the sandbox is."""

    directory: Path
    """The sandbox's."""
    arm_endpoint: str
    blob_endpoint: str
    """Empty while nobody serves blobs."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A process's place among those of its job."""

    node: int
    local: int
    per_node: int

    @property
    def whole(self) -> int:
        """Among all of them."""
        return self.node * self.per_node + self.local


def variables_of(plan: Plan, rank: Rank, node: Node, home: Path, site: Site, port: int) -> dict[str, str]:
    """All that a process finds."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), SYSTEM_PATH]),
        "HOME": str(home),
        "HOSTNAME": node.id[:40],
        **plan.variables,
        **_service(plan, rank, port),
        **_distribution(plan, rank, port),
        **_sandbox(plan, site),
    }


def _service(plan: Plan, rank: Rank, port: int) -> dict[str, str]:
    workspace, group = plan.id.parent, plan.id.group
    made = {
        "AZUREML_RUN_ID": plan.id.name,
        "AZUREML_ARM_SUBSCRIPTION": plan.id.subscription.name,
        "AZUREML_ARM_RESOURCEGROUP": group.name if group else "",
        "AZUREML_ARM_WORKSPACE_NAME": workspace.name if workspace else "",
        "AZUREML_EXPERIMENT_NAME": plan.experiment,
        "AZUREML_NODE_COUNT": str(plan.node_count),
        "AZUREML_CR_NODE_RANK": str(rank.node),
        "AZ_BATCH_HOST_LIST": ",".join([LOOPBACK] * plan.node_count),
        "AZ_BATCH_IS_CURRENT_NODE_MASTER": "true" if rank.node == 0 else "false",
        "AZ_BATCHAI_JOB_MASTER_NODE_IP": LOOPBACK,
    }
    if plan.node_count > 1:
        made["AZ_BATCH_MASTER_NODE"] = f"{LOOPBACK}:{port}"
    else:
        made["AZ_BATCHAI_MPI_MASTER_NODE"] = LOOPBACK
    if plan.client_id:
        made["DEFAULT_IDENTITY_CLIENT_ID"] = plan.client_id
    return made


def _distribution(plan: Plan, rank: Rank, port: int) -> dict[str, str]:
    if plan.distribution == "PyTorch":
        return {
            "MASTER_ADDR": LOOPBACK,
            "MASTER_PORT": str(port),
            "WORLD_SIZE": str(plan.processes),
            "NODE_RANK": str(rank.node),
            "RANK": str(rank.whole),
            "LOCAL_RANK": str(rank.local),
        }
    if plan.distribution == "Mpi":
        return {
            "OMPI_COMM_WORLD_RANK": str(rank.whole),
            "OMPI_COMM_WORLD_SIZE": str(plan.processes),
            "OMPI_COMM_WORLD_LOCAL_RANK": str(rank.local),
            "OMPI_COMM_WORLD_LOCAL_SIZE": str(plan.per_node),
        }
    return {}


def _sandbox(plan: Plan, site: Site) -> dict[str, str]:
    made = {
        "ARM_SUBSCRIPTION_ID": plan.id.subscription.name,
        "ARM_TENANT_ID": TENANT_ID,
        "MODELYARD_ARM_ENDPOINT": site.arm_endpoint,
        "MODELYARD_SANDBOX_DIR": str(site.directory),
    }
    return {**made, "MODELYARD_BLOB_ENDPOINT": site.blob_endpoint} if site.blob_endpoint else made
