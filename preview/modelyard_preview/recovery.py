"""What comes back when something is lost: facts of the graph, and the sums that they come to.

What an environment asks for and its program leaves out shows here: the graph is what counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modelyard.environment.backup import Backup
from modelyard.environment.recovery_chains import backup_chains, store_chain, training_chains
from modelyard.environment.spec import AwsEnvironment
from modelyard.planning.recovery import (
    Basis,
    Chain,
    Loss,
    Objective,
    Term,
    Verdict,
    absent,
    copy_term,
    replication_term,
    schedule_terms,
)
from modelyard_policies.aws.types import EFS_FILE_SYSTEM, FSX_LUSTRE
from modelyard_policies.graph import Graph, Node
from modelyard_preview.cost.stores import store_bucket, stores
from modelyard_preview.protection import (
    Copied,
    Rule,
    Vault,
    backed_up,
    backup_rules,
    copied,
    has_queue,
    object_locked,
    restore_test_types,
    vaults,
    versioned,
)

FILE_SYSTEMS = {"efs": EFS_FILE_SYSTEM, "fsx_lustre": FSX_LUSTRE}

Known = bool | None
"""None: not known before the deployment."""


def _known(value: Known) -> Any:
    return {"unknown": True} if value is None else value


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


def describe_recovery(graph: Graph, environment: AwsEnvironment) -> Recovery:
    """What protects an environment's data, and what is lost, and for how long, when something goes."""
    region = environment.regions.recovery
    found = tuple(
        _store(graph, purpose, store_bucket(environment, graph, purpose), region)
        for purpose in stores(environment)
    )
    chains = tuple(_chains(graph, environment, found))
    return Recovery(
        region=region,
        stores=found,
        file_systems=tuple(_file_systems(graph, environment)),
        vaults=vaults(graph),
        restore_tests=restore_test_types(graph),
        backup=_promise(environment.backup, chains) if backup_rules(graph, region) else None,
        chains=chains,
    )


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


def _chains(graph: Graph, environment: AwsEnvironment, found: tuple[StoreRecovery, ...]) -> Iterator[Chain]:
    region = environment.regions.recovery
    if environment.backup is not None:
        yield from _backup_chains(environment.backup, backup_rules(graph, region), region)
    copies = {store.name: _replication(store, region) for store in found} if region is not None else {}
    if environment.training is not None:
        queues = region is None or has_queue(graph, region)
        elsewhere = () if queues else (absent("queue", f"no queue takes jobs in {region}"),)
        yield from training_chains(environment.training, copies.get("checkpoints"), elsewhere)
    for purpose, term in copies.items():
        yield store_chain(purpose, term)


def _backup_chains(backup: Backup, rules: list[Rule], region: str | None) -> Iterator[Chain]:
    """The chains of the best rule for each loss."""
    within = _best(rules)
    yield from backup_chains(backup, _scheduled(within, backup), None)
    if region is None:
        return
    there = _best([rule for rule in rules if rule.copied is not False])
    chains = backup_chains(backup, _scheduled(there or within, backup), _copy(there, backup, region))
    yield from (chain for chain in chains if chain.loss is Loss.REGION)


def _best(rules: list[Rule]) -> Rule | None:
    """The rule that loses least; one of which a part is unknown comes last."""
    return min(
        rules,
        key=lambda rule: (rule.minutes.count(None), sum(part or 0 for part in rule.minutes)),
        default=None,
    )


def _scheduled(rule: Rule | None, backup: Backup) -> tuple[Term, ...]:
    if rule is None:
        return (absent("backups", "no backup plan selects anything"),)
    return schedule_terms(*rule.minutes, backup.tolerated_missed_runs)


def _copy(rule: Rule | None, backup: Backup, region: str) -> Term:
    if rule is None:
        return absent("copy to the recovery region", f"no backup is copied to {region}")
    if rule.copied is None:
        why = "where backups are copied to isn't known before the deployment"
        return Term("copy to the recovery region", None, Basis.UNKNOWN, why)
    return copy_term(backup.assumed_copy_hours)


def _replication(store: StoreRecovery, region: str | None) -> Term:
    if store.copied is None or store.copied.region not in (None, region):
        return absent("replication to the recovery region", f"not all of {store.name} is copied to {region}")
    return replication_term(time_control=store.copied.time_control)


def _promise(backup: Backup | None, chains: tuple[Chain, ...]) -> BackupPromise | None:
    if backup is None:
        return None
    (chain,) = [
        chain
        for chain in chains
        if (chain.subject, chain.objective, chain.loss) == ("backup", Objective.RPO, Loss.WITHIN_REGION)
    ]
    return BackupPromise(backup.every_hours, backup.retention_days, chain)


def _store(graph: Graph, purpose: str, bucket: Node | None, region: str | None) -> StoreRecovery:
    if bucket is None:
        return StoreRecovery(purpose, None, versioned=None, copied=None, backed_up=False, object_lock=False)
    return StoreRecovery(
        name=purpose,
        urn=bucket.urn,
        versioned=versioned(graph, bucket),
        copied=copied(graph, bucket, region),
        backed_up=backed_up(graph, bucket),
        object_lock=object_locked(graph, bucket),
    )


def _file_systems(graph: Graph, environment: AwsEnvironment) -> Iterator[FileSystemRecovery]:
    for system in environment.storage.file_systems:
        # DataCenter names them after what the environment calls them.
        nodes = [
            node
            for node in graph.of_type(FILE_SYSTEMS[system.kind])
            if node.name == system.name or node.name.endswith(f"files-{system.name}")
        ]
        node = nodes[0] if len(nodes) == 1 else None
        yield FileSystemRecovery(
            name=system.name,
            kind=system.kind,
            urn=node.urn if node else None,
            backed_up=backed_up(graph, node) if node else False,
        )
