"""What comes back when something is lost: facts of the graph and of the environment, without judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelyard.environment.spec import AwsEnvironment
from modelyard.planning.recovery import worst_rpo_minutes
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.cost.stores import store_bucket, stores

_MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class StoreRecovery:
    """What protects one store."""

    name: str
    urn: str | None
    """URN of its bucket; none if the graph lacks it."""
    versioned: bool | None
    """Whether overwritten and deleted objects are kept. None: not known before the deployment."""
    replicated: bool
    """Whether a replication is configured, wherever it goes."""
    backed_up: bool

    def as_json(self) -> dict[str, Any]:
        """The store as `recovery.stores` holds it."""
        return {
            "name": self.name,
            "urn": self.urn,
            "versioned": {"unknown": True} if self.versioned is None else self.versioned,
            "replicated": self.replicated,
            "backedUp": self.backed_up,
        }


@dataclass(frozen=True, slots=True)
class BackupPromise:
    """What the schedule of backups promises, against what is wanted."""

    every_hours: int
    retention_days: int
    worst_rpo_minutes: int
    """Most minutes of changes that may be lost when every window is used up."""
    rpo_minutes: int
    """What the environment asks for."""

    @property
    def met(self) -> bool:
        """Whether the worst case keeps what is asked for."""
        return self.worst_rpo_minutes <= self.rpo_minutes

    def as_json(self) -> dict[str, Any]:
        """The promise as `recovery.backup` holds it."""
        return {
            "everyHours": self.every_hours,
            "retentionDays": self.retention_days,
            "worstRpoMinutes": self.worst_rpo_minutes,
            "rpoMinutes": self.rpo_minutes,
            "met": self.met,
        }


@dataclass(frozen=True, slots=True)
class Recovery:
    """What an environment can come back from."""

    region: str | None
    """Region to come back in."""
    stores: tuple[StoreRecovery, ...]
    backup: BackupPromise | None

    @property
    def replication(self) -> str:
        """`none`, `some` or `all` of the stores."""
        replicated = [store.replicated for store in self.stores]
        return "all" if replicated and all(replicated) else "some" if any(replicated) else "none"

    def as_json(self) -> dict[str, Any]:
        """The `recovery` of schema modelyard.preview/1."""
        return {
            "region": self.region,
            "replication": self.replication,
            "stores": [store.as_json() for store in self.stores],
            "backup": self.backup.as_json() if self.backup else None,
        }


def describe_recovery(graph: Graph, environment: AwsEnvironment) -> Recovery:
    """What protects the stores of an environment, and what its backups promise."""
    plans = bool(graph.of_type("aws:backup/plan:Plan"))
    return Recovery(
        region=environment.regions.recovery,
        stores=tuple(
            _store(graph, purpose, store_bucket(environment, graph, purpose), plans)
            for purpose in stores(environment)
        ),
        backup=_promise(environment) if plans else None,
    )


def _promise(environment: AwsEnvironment) -> BackupPromise | None:
    backup = environment.backup
    if backup is None:
        return None
    return BackupPromise(
        every_hours=backup.every_hours,
        retention_days=backup.retention_days,
        worst_rpo_minutes=worst_rpo_minutes(
            backup.every_hours, backup.start_window_minutes, backup.completion_window_minutes
        ),
        rpo_minutes=backup.rpo_hours * _MINUTES_PER_HOUR,
    )


def _store(graph: Graph, purpose: str, bucket: Node | None, plans: bool) -> StoreRecovery:
    if bucket is None:
        return StoreRecovery(purpose, None, None, replicated=False, backed_up=False)
    replications = graph.linked(bucket, "aws:s3/bucketReplicationConfig:BucketReplicationConfig", "bucket")
    return StoreRecovery(
        name=purpose,
        urn=bucket.urn,
        versioned=_versioned(graph, bucket),
        replicated=bool(replications),
        backed_up=plans and _selected(graph, bucket),
    )


def _versioned(graph: Graph, bucket: Node) -> bool | None:
    for versioning in graph.linked(bucket, "aws:s3/bucketVersioning:BucketVersioning", "bucket"):
        configuration = versioning.properties.get("versioningConfiguration")
        status = configuration.get("status") if isinstance(configuration, dict) else configuration
        if status is UNKNOWN:
            return None
        if status == "Enabled":
            return True
    return False


def _selected(graph: Graph, bucket: Node) -> bool:
    """Whether a selection of AWS Backup names the bucket."""
    arn = f"arn:aws:s3:::{bucket.properties.get('bucket')}"
    for selection in graph.of_type("aws:backup/selection:Selection"):
        resources = selection.properties.get("resources")
        if isinstance(resources, list) and arn in [item for item in resources if isinstance(item, str)]:
            return True
    return bool(graph.linked(bucket, "aws:backup/selection:Selection", "resources"))
