"""What an environment on AWS can come back from: facts of its graph, and the sums that they come to."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.environment.aws.backup import Backup
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.chains import backup_chains, store_chain, training_chains
from modelyard.planning.recovery import (
    Basis,
    Chain,
    Loss,
    Objective,
    Term,
    absent,
    copy_term,
    replication_term,
    restore_term,
    resumption_terms,
    schedule_terms,
)
from modelyard_policies.aws.types import EFS_FILE_SYSTEM, FSX_LUSTRE
from modelyard_policies.graph import Graph, Node
from modelyard_preview.aws.protection import (
    Rule,
    backed_up,
    backup_rules,
    copied,
    has_queue,
    object_locked,
    restore_test_types,
    vaults,
    versioned,
)
from modelyard_preview.cost.stores import store_bucket, stores
from modelyard_preview.recovery import BackupPromise, FileSystemRecovery, Recovery, StoreRecovery

FILE_SYSTEMS = {"efs": EFS_FILE_SYSTEM, "fsx_lustre": FSX_LUSTRE}


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


def _chains(graph: Graph, environment: AwsEnvironment, found: tuple[StoreRecovery, ...]) -> Iterator[Chain]:
    region = environment.regions.recovery
    if environment.backup is not None:
        yield from _backup_chains(environment.backup, backup_rules(graph, region), region)
    copies = {store.name: _replication(store, region) for store in found} if region is not None else {}
    if environment.training is not None:
        queues = region is None or has_queue(graph, region)
        elsewhere = () if queues else (absent("queue", f"no queue takes jobs in {region}"),)
        training = environment.training
        resumed = resumption_terms(training.assumed_capacity_minutes, training.assumed_start_minutes)
        yield from training_chains(training, resumed, copies.get("checkpoints"), elsewhere)
    for purpose, term in copies.items():
        yield store_chain(purpose, term)


def _backup_chains(backup: Backup, rules: list[Rule], region: str | None) -> Iterator[Chain]:
    """The chains of the best rule for each loss."""
    within = _best(rules)
    restored = restore_term(backup.assumed_restore_hours)
    yield from backup_chains(backup, _scheduled(within, backup), restored, None)
    if region is None:
        return
    there = _best([rule for rule in rules if rule.copied is not False])
    copied = _copy(there, backup, region)
    chains = backup_chains(backup, _scheduled(there or within, backup), restored, copied)
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
