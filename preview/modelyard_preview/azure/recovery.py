"""What an environment on Azure can come back from: facts of its graph, and the sums that they come to."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.environment.azure.backup import Backup
from modelyard.environment.azure.sites import primary_site
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.chains import backup_chains, store_chain, training_chains
from modelyard.planning.azure.recovery import (
    copy_term,
    replication_term,
    restore_term,
    resumption_terms,
    schedule_terms,
)
from modelyard.planning.recovery import Chain, Loss, Objective, Term, absent
from modelyard_policies.graph import Graph, Node
from modelyard_preview.azure.cost.stores import store_account, stores
from modelyard_preview.azure.protection import (
    backed_up,
    backup_hours,
    copied,
    geo_redundant,
    has_cluster,
    immutable,
    vaults,
    versioned,
)
from modelyard_preview.recovery import BackupPromise, Recovery, StoreRecovery


def describe_recovery(graph: Graph, environment: AzureEnvironment) -> Recovery:
    """What protects an environment's data, and what is lost, and for how long, when something goes."""
    site = primary_site(environment)
    found = tuple(
        _store(graph, purpose, store_account(environment, graph, purpose, site))
        for purpose in stores(environment)
    )
    chains = tuple(_chains(graph, environment, found))
    return Recovery(
        region=environment.regions.recovery,
        stores=found,
        file_systems=(),
        vaults=vaults(graph),
        restore_tests=(),
        backup=_promise(environment.backup, chains) if backup_hours(graph) else None,
        chains=chains,
    )


def _chains(graph: Graph, environment: AzureEnvironment, found: tuple[StoreRecovery, ...]) -> Iterator[Chain]:
    region, recovery = environment.regions.recovery, environment.recovery
    if environment.backup is not None:
        yield from _backup_chains(graph, environment.backup)
    assumed = recovery.assumed_replication_minutes if recovery is not None else None
    copies = {store.name: _replication(store, region, assumed) for store in found} if region else {}
    if (training := environment.training) is not None:
        there = region is None or has_cluster(graph, region)
        elsewhere = () if there else (absent("cluster", f"no cluster takes jobs in {region}"),)
        resumed = resumption_terms(training.assumed_capacity_minutes, training.assumed_start_minutes)
        yield from training_chains(training, resumed, copies.get("checkpoints"), elsewhere)
    for store in found:
        # What is backed up can't be replicated as well: it is lost as its backups say.
        if store.name in copies and not (store.backed_up and store.copied is None):
            yield store_chain(store.name, copies[store.name])


def _backup_chains(graph: Graph, backup: Backup) -> Iterator[Chain]:
    hours = backup_hours(graph)
    if hours:
        known = [each for each in hours if each is not None]
        best = min(known) if known else None
        scheduled = schedule_terms(best, backup.assumed_backup_hours, backup.tolerated_missed_runs)
    else:
        scheduled = (absent("backups", "nothing is backed up"),)
    restore = restore_term(backup.assumed_restore_hours)
    yield from backup_chains(backup, scheduled, restore, _copy_to_pair(graph, backup))


def _copy_to_pair(graph: Graph, backup: Backup) -> Term | None:
    """The copy in the paired region; none where nobody asked for it."""
    if geo_redundant(graph) is not False:
        return copy_term(backup.assumed_copy_hours)
    return absent("copy to the paired region", "no vault is geo-redundant") if backup.geo_redundant else None


def _replication(store: StoreRecovery, region: str | None, assumed_minutes: int | None) -> Term:
    if store.copied is None or store.copied.region not in (None, region):
        return absent("replication to the recovery region", f"{store.name} isn't copied to {region}")
    return replication_term(assumed_minutes)


def _promise(backup: Backup | None, chains: tuple[Chain, ...]) -> BackupPromise | None:
    if backup is None:
        return None
    wanted = ("backup", Objective.RPO, Loss.WITHIN_REGION)
    chain = next(chain for chain in chains if (chain.subject, chain.objective, chain.loss) == wanted)
    return BackupPromise(backup.every_hours, backup.retention_days, chain)


def _store(graph: Graph, purpose: str, account: Node | None) -> StoreRecovery:
    if account is None:
        return StoreRecovery(purpose, None, versioned=None, copied=None, backed_up=False, object_lock=False)
    return StoreRecovery(
        name=purpose,
        urn=account.urn,
        versioned=versioned(graph, account),
        copied=copied(graph, account),
        backed_up=backed_up(graph, account),
        object_lock=immutable(graph, account),
    )
