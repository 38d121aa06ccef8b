"""What comes back when something is lost: facts of the graph, and the sums that they come to.

What an environment asks for and its program leaves out shows here: the graph is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelyard.planning.recovery import Chain, Verdict

Known = bool | None
"""None: not known before the deployment."""


def _known(value: Known) -> Any:
    return {"unknown": True} if value is None else value


@dataclass(frozen=True, slots=True)
class Copied:
    """How the objects of a bucket are copied to another region."""

    region: str | None
    """Region that they go to; None if it can't be told."""
    time_control: bool | None
    """Whether S3 commits to a time."""


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault for backups."""

    name: str
    urn: str
    region: str | None
    lock: str | None
    """`none`, `governance` or `compliance`."""
    min_retention_days: int | None
    max_retention_days: int | None

    def as_json(self) -> dict[str, Any]:
        """The vault as `recovery.vaults` holds it."""
        return {
            "name": self.name,
            "urn": self.urn,
            "region": self.region,
            "lock": {"unknown": True} if self.lock is None else self.lock,
            "minRetentionDays": self.min_retention_days,
            "maxRetentionDays": self.max_retention_days,
        }


@dataclass(frozen=True, slots=True)
class StoreRecovery:
    """What protects one store."""

    name: str
    urn: str | None
    """URN of its bucket; none if the graph lacks it."""
    versioned: Known
    """Whether overwritten and deleted objects are kept."""
    copied: Copied | None
    """How all that is written is copied to another region, if it is."""
    backed_up: Known
    object_lock: Known
    """Whether objects can be locked."""

    @property
    def replicated(self) -> bool:
        """Whether a replication is configured, wherever it goes."""
        return self.copied is not None

    def as_json(self) -> dict[str, Any]:
        """The store as `recovery.stores` holds it."""
        return {
            "name": self.name,
            "urn": self.urn,
            "versioned": _known(self.versioned),
            "replicated": self.replicated,
            "replicatedTo": self.copied.region if self.copied else None,
            "timeControl": _known(self.copied.time_control if self.copied else False),
            "backedUp": _known(self.backed_up),
            "objectLock": _known(self.object_lock),
        }


@dataclass(frozen=True, slots=True)
class FileSystemRecovery:
    """What protects one file system."""

    name: str
    kind: str
    urn: str | None
    """None if the graph lacks it."""
    backed_up: Known

    def as_json(self) -> dict[str, Any]:
        """The file system as `recovery.fileSystems` holds it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "urn": self.urn,
            "backedUp": _known(self.backed_up),
        }


@dataclass(frozen=True, slots=True)
class BackupPromise:
    """What the schedule of backups promises while the region stands, against what is wanted."""

    every_hours: int
    retention_days: int
    chain: Chain

    def as_json(self) -> dict[str, Any]:
        """The promise as `recovery.backup` holds it."""
        worst = self.chain.minutes
        met = {Verdict.MET: True, Verdict.MISSED: False}.get(self.chain.verdict)
        return {
            "everyHours": self.every_hours,
            "retentionDays": self.retention_days,
            "worstRpoMinutes": {"unknown": True} if worst is None else worst,
            "rpoMinutes": self.chain.target_minutes,
            "met": _known(met),
        }


@dataclass(frozen=True, slots=True)
class Recovery:
    """What an environment can come back from."""

    region: str | None
    """Region to come back in."""
    stores: tuple[StoreRecovery, ...]
    file_systems: tuple[FileSystemRecovery, ...]
    vaults: tuple[Vault, ...]
    restore_tests: tuple[str, ...]
    """Types of resources that restores are tried of."""
    backup: BackupPromise | None
    chains: tuple[Chain, ...]

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
            "fileSystems": [system.as_json() for system in self.file_systems],
            "vaults": [vault.as_json() for vault in self.vaults],
            "restoreTests": list(self.restore_tests),
            "backup": self.backup.as_json() if self.backup else None,
            "chains": [chain_json(chain) for chain in self.chains],
        }


def chain_json(chain: Chain) -> dict[str, Any]:
    """A chain as `recovery.chains` holds it."""
    return {
        "subject": chain.subject,
        "objective": chain.objective.value,
        "loss": chain.loss.value,
        "minutes": {"unknown": True} if chain.minutes is None else chain.minutes,
        "knownMinutes": chain.known_minutes,
        "targetMinutes": chain.target_minutes,
        "verdict": chain.verdict.value,
        "terms": [
            {
                "name": term.name,
                "minutes": {"unknown": True} if term.minutes is None else term.minutes,
                "basis": term.basis.value,
                "source": term.source,
                "asOf": term.as_of,
                "field": term.field,
            }
            for term in chain.terms
        ],
    }
