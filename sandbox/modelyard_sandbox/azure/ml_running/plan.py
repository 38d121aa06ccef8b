"""What an attempt of a job needs to know, taken from what the resource manager holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from modelyard_sandbox.azure.manager.ids import ResourceId, resource_id
from modelyard_sandbox.azure.manager.ml.blob_places import BlobPlace, place_of
from modelyard_sandbox.azure.manager.ml.durations import duration
from modelyard_sandbox.azure.manager.ml.job_checks import LONGEST, clients_of
from modelyard_sandbox.azure.manager.ml.job_runs import run_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

ARTIFACTS = "workspaceartifactstore"


@dataclass(frozen=True, slots=True)
class Data:
    """An input or an output."""

    kind: str
    """`inputs` or `outputs`."""
    name: str
    type: str
    mode: str
    value: str
    """What a literal says, or the URI."""
    place: BlobPlace | None
    """None for a literal."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A command job."""

    id: ResourceId
    names: tuple[str, ...]
    """What faults can call it by."""
    compute: ResourceId
    is_low_priority: bool
    node_count: int
    per_node: int
    """Processes on each node."""
    distribution: str
    """PyTorch or Mpi; empty if it has none."""
    command: str
    image: str
    code: BlobPlace | None
    data: tuple[Data, ...]
    variables: dict[str, str]
    """Those that the job gives its processes."""
    experiment: str
    longest: timedelta
    limit: str
    """How `longest` was said."""
    client_id: str
    """Of the identity that it runs as; empty if it has none."""
    logs: BlobPlace | None
    """Where its logs are kept as well."""

    @property
    def processes(self) -> int:
        """How many there are in all."""
        return self.node_count * self.per_node


def plan_of(store: Store, job: Resource) -> Plan:
    """What a command job needs, as things stand; raises ArmError if what it names is gone."""
    properties = job.properties
    workspace, compute = job.id.parent, store.get(resource_id(properties["computeId"]))
    assert workspace is not None  # noqa: S101  (a job lies in its workspace)
    assert compute is not None  # noqa: S101  (jobs of a compute that is gone have ended)
    priority: str = compute.properties["properties"]["vmPriority"]
    longest, limit = _longest(properties, priority)
    distribution: Body = properties.get("distribution", {})
    return Plan(
        id=job.id,
        names=names_of(job),
        compute=compute.id,
        is_low_priority=priority == "LowPriority",
        node_count=properties["resources"]["instanceCount"],
        per_node=distribution.get("processCountPerInstance", 1),
        distribution=distribution.get("distributionType", ""),
        command=properties["command"],
        image=_named(store, properties["environmentId"]).get("image", ""),
        code=_code(store, workspace, properties),
        data=tuple(_data(store, workspace, properties)),
        variables=properties.get("environmentVariables", {}),
        experiment=properties["experimentName"],
        longest=longest,
        limit=limit,
        client_id=_client(store, properties, compute),
        logs=_logs(store, workspace, job.id.name),
    )


def names_of(job: Resource) -> tuple[str, ...]:
    """What faults can call a job by: its id, what it is shown as, and the sweep that it is a trial of."""
    parent = run_of(job).parent
    return (job.id.name, job.properties["displayName"], *([parent] if parent else []))


def _longest(properties: Body, priority: str) -> tuple[timedelta, str]:
    given: str | None = properties.get("limits", {}).get("timeout")
    span = duration(given) if given else None
    if given is None or span is None:
        return LONGEST[priority], f"{LONGEST[priority].days} days on {priority} nodes"
    return span, given


def _named(store: Store, id_: str) -> Body:
    found = store.get(resource_id(id_))
    return found.properties if found is not None else {}


def _code(store: Store, workspace: ResourceId, properties: Body) -> BlobPlace | None:
    if "codeId" not in properties:
        return None
    uri = _named(store, properties["codeId"]).get("codeUri", "")
    return place_of(store, workspace, uri, "properties.codeId")


def _data(store: Store, workspace: ResourceId, properties: Body) -> list[Data]:
    found: list[Data] = []
    for kind in ("inputs", "outputs"):
        for name, given in properties.get(kind, {}).items():
            type_ = given.get("jobInputType") or given["jobOutputType"]
            if type_ == "literal":
                found.append(Data(kind, name, type_, "", given["value"], None))
            else:
                place = place_of(store, workspace, given["uri"], f"properties.{kind}.{name}.uri")
                found.append(Data(kind, name, type_, given["mode"], given["uri"], place))
    return found


def _client(store: Store, properties: Body, compute: Resource) -> str:
    identity: Body = properties.get("identity", {})
    if identity.get("identityType") != "Managed":
        return ""
    return str(identity.get("clientId") or next(iter(clients_of(store, compute)), ""))


def _logs(store: Store, workspace: ResourceId, job: str) -> BlobPlace | None:
    store_id = ResourceId(f"{workspace.text}/datastores/{ARTIFACTS}", "", ARTIFACTS, workspace)
    found = store.get(store_id)
    if found is None:
        return None
    path = f"ExperimentRun/dcid.{job}"
    return BlobPlace(found.properties["accountName"], found.properties["containerName"], path)
