"""Jobs of the backend azure_ml in a sandbox: what their tests share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from arming import LOCATION, SUBSCRIPTION, TENANT
from azure_ml import IDENTITY, USER, compute
from azure_ml_jobs import API, Yard
from patience import eventually

from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.azure_ml.backend import AzureMlBackend
from modelyard_launcher.load import LoadedJob, load_job
from modelyard_launcher.plan import Plan
from modelyard_launcher.records import RunRecord
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.stores import Store, open_store

IMAGE = "mcr.example.com/train@sha256:" + "ab" * 32
SIZE = "Standard_D4ds_v5"


def ml_pool(name: str = "cpu", **changes: Any) -> dict[str, Any]:
    """A pool of a target on Azure."""
    return {
        "name": name,
        "instance_type": SIZE,
        "accelerator": None,
        "accelerators_per_node": 0,
        "vcpus": 4,
        "memory_mib": 16_384,
        "max_nodes": 2,
        "max_nodes_per_job": 2,
        "compute_name": name,
        "capacity": "on_demand",
        "fabric": {"environment": {"NCCL_SOCKET_IFNAME": "eth0"}},
        "shared_memory_gib": 7,
        "idle_shutdown_minutes": 5,
        **changes,
    }


def ml_target(
    workspace: str, account: str, *pools: dict[str, Any], client_id: str = "c" * 8, **changes: Any
) -> AzureLaunchTarget:
    """A modelyard.target/1 on Azure."""
    store = f"https://{account}.blob.core.windows.net"
    document = {
        "schema": "modelyard.target/1",
        "environment": "azure-dev",
        "cloud": "azure",
        "region": LOCATION,
        "subscription_id": SUBSCRIPTION,
        "tenant_id": TENANT,
        "resource_group": "rg",
        "stores": {
            name: {"uri": f"{store}/{name}", "region": LOCATION, "datastore": name}
            for name in ("datasets", "checkpoints")
        },
        "workspace": {
            "id": workspace,
            "name": workspace.rpartition("/")[2],
            "discovery_url": f"https://{LOCATION}.api.azureml.ms/discovery",
        },
        "registry": "regdev.azurecr.io",
        "job_identity": {"id": IDENTITY, "client_id": client_id},
        "egress": "nat",
        "pools": list(pools or (ml_pool(),)),
        "tags": {"cost-center": "research"},
        **changes,
    }
    return AzureLaunchTarget.model_validate(document)


@dataclass
class MlYard(Yard):
    """A workspace with the clusters of an environment, a project, and the backend."""

    project: Path = Path()
    events: list[str] = field(default_factory=list[str])
    lines: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, sandbox: Any) -> MlYard:
        """One in a sandbox."""
        return cls(sandbox)

    def __post_init__(self) -> None:
        super().__post_init__()
        made = self.arm("PUT", IDENTITY, {"location": LOCATION})
        for name, priority in (("cpu", "Dedicated"), ("cheap", "LowPriority")):
            body = compute(most=2, vmPriority=priority)
            self.made("PUT", f"{self.workspace}/computes/{name}", {**body, "identity": USER})
        for name in ("datasets", "checkpoints"):
            self.container(name)
        pools = (ml_pool(), ml_pool("cheap", capacity="spot"))
        self.target = ml_target(
            self.workspace, self.account, *pools, client_id=made["properties"]["clientId"]
        )

    @property
    def access(self) -> AzureAccess:
        record = self.sandbox.must_run()
        return AzureAccess("sandbox", LOCATION, SUBSCRIPTION, record.azure_endpoint, record.blob_endpoint)

    @property
    def store(self) -> Store:
        return open_store(self.target.stores.checkpoints.uri, self.access)

    def backend(self, access: AzureAccess | None = None, **settings: Any) -> AzureMlBackend:
        context = LaunchContext(self.project, access or self.access, self.target.stores.checkpoints.uri)
        given: dict[str, Any] = {"look_up_seconds": 0.2, "patience_seconds": 10.0, **settings}
        return AzureMlBackend(context, **given)

    def load(self, run: str, **fields: Any) -> LoadedJob:
        path = self.project / "job.yaml"
        envs = {"MARKER": self.marker, **fields.pop("envs", {})}
        document = {"name": "try", "image": IMAGE, "run": run, "envs": envs, **fields}
        path.write_text(yaml.safe_dump(document))
        return load_job(path)

    @property
    def resolved(self) -> ResolvedTarget:
        return ResolvedTarget(self.target, "file", "the file target.json")

    def plan(self, run: str, **fields: Any) -> Plan:
        return self.backend().plan(self.load(run, **fields), self.resolved)

    def begin(self, run: str, backend: AzureMlBackend | None = None, **fields: Any) -> RunRecord:
        """Submit a job; its first record."""
        backend = backend or self.backend()
        plan = backend.plan(self.load(run, **fields), self.resolved)
        return backend.submit(plan, detach=True, on_line=self.on_line, on_event=self.events.append)

    def on_line(self, rank: int, line: str) -> None:
        self.lines.append(f"[{rank}] {line}")

    def again(self, record: RunRecord) -> RunRecord:
        """Submit a run once more; its record."""
        return self.backend().resubmit(
            record, self.resolved, detach=True, on_line=self.on_line, on_event=self.events.append
        )

    def over(self, record: RunRecord) -> RunRecord:
        """A run's last record, once it is over."""
        backend = self.backend()

        def ended() -> RunRecord | None:
            found = backend.refresh(record)
            return found if found.finished else None

        return eventually(ended)

    def log(self, record: RunRecord, rank: int = 0) -> str:
        return self.backend().read_log(record, rank).data.decode()

    def stored(self, key: str) -> Any:
        content = self.store.get(key)
        return None if content is None else json.loads(content)

    def body(self, record: RunRecord) -> dict[str, Any]:
        """A run's job in the workspace."""
        return self.arm("GET", self.job(record.submissions[-1].job_name))["properties"]

    def jobs_named(self, start: str) -> list[str]:
        """Every job in the workspace whose name begins so."""
        found = self.access.arm().pages(f"{self.workspace}/jobs", API)
        return sorted(job["name"] for job in found if job["name"].startswith(start))

    def jobs_of(self, record: RunRecord) -> list[str]:
        """The names of the jobs of a run in the workspace."""
        return self.jobs_named(record.run_id)


def a_record(**changes: Any) -> RunRecord:
    """A run that was submitted to a workspace, as its record has it."""
    workspace = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ml"
    run_id, moment = "vae-20261126-120000-abcd", "2026-11-26T12:00:00Z"
    submission = {
        "number": 1,
        "backend": "azure_ml",
        "region": LOCATION,
        "pool": "cpu",
        "job_name": f"{run_id}-1",
        "job_id": f"{workspace}/jobs/{run_id}-1",
        "queue": f"{workspace}/computes/cpu",
        "submitted": moment,
    }
    return RunRecord.model_validate(
        {
            "schema": "modelyard.run/1",
            "run_id": run_id,
            "state": "submitted",
            "backend": "azure_ml",
            "environment": "azure-dev",
            "pool": "cpu",
            "num_nodes": 2,
            "created": moment,
            "updated": moment,
            "submissions": [submission],
            "hourly_usd": 2.0,
            "plan_digest": "0" * 64,
            "job": {},
            "target": ml_target(workspace, "acct").model_dump(mode="json", by_alias=True),
            **changes,
        }
    )
