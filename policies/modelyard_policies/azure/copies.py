"""Where the data of a store on Azure goes besides: replicas, snapshots, backups, logs of its use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from modelyard_policies.aws.copies import Copy, the_one
from modelyard_policies.azure.types import (
    BACKUP_INSTANCE,
    BACKUP_VAULT,
    DIAGNOSTIC_SETTING,
    DISK,
    LOG_WORKSPACE,
    MANAGED_LUSTRE,
    NETAPP_POOL,
    OBJECT_REPLICATION_POLICY,
    PROTECTED_ITEM,
    RECOVERY_SERVICES_VAULT,
    SNAPSHOT,
    STORAGE_ACCOUNT,
    VIRTUAL_MACHINE,
)
from modelyard_policies.graph import canonical
from modelyard_policies.reading import GraphView, Resource

STORES: Final = (STORAGE_ACCOUNT, DISK, SNAPSHOT, MANAGED_LUSTRE, NETAPP_POOL)
"""What holds data of its own."""
VAULTS: Final = (RECOVERY_SERVICES_VAULT, BACKUP_VAULT)
HOLDERS: Final = (STORAGE_ACCOUNT, DISK, SNAPSHOT, LOG_WORKSPACE, *VAULTS)
"""What may hold something of another store."""
READS: Final = (
    *(OBJECT_REPLICATION_POLICY, PROTECTED_ITEM, BACKUP_INSTANCE, DIAGNOSTIC_SETTING),
    *HOLDERS,
)

_LOGS: Final = (("workspaceId", LOG_WORKSPACE), ("storageAccountId", STORAGE_ACCOUNT))


def copies(store: Resource, graph: GraphView) -> tuple[Callable[[], Iterator[Copy]], ...]:
    """The ways by which data leaves a store, or a machine, each of which may raise Unread by itself. What
    isn't in the graph isn't found.
    """
    ways = (_replicas, _snapshots, _backups, _logs)
    return tuple(lambda way=way: way(store, graph) for way in ways)


def _replicas(store: Resource, graph: GraphView) -> Iterator[Copy]:
    """A policy stands at both accounts, but there is one copy."""
    if canonical(store.type) != STORAGE_ACCOUNT:
        return
    found: set[str] = set()
    for policy in graph.linked(store, OBJECT_REPLICATION_POLICY, "sourceAccount"):
        for replica in the_one(policy, "destinationAccount", STORAGE_ACCOUNT, graph):
            if replica.urn not in found:
                found.add(replica.urn)
                yield replica, "a copy"


def _snapshots(store: Resource, graph: GraphView) -> Iterator[Copy]:
    if canonical(store.type) in (DISK, SNAPSHOT):
        for made in graph.linked(store, (SNAPSHOT, DISK), "creationData"):
            yield made, "a copy"


def _backups(store: Resource, graph: GraphView) -> Iterator[Copy]:
    machine = canonical(store.type) == VIRTUAL_MACHINE
    kind, vaults = (PROTECTED_ITEM, RECOVERY_SERVICES_VAULT) if machine else (BACKUP_INSTANCE, BACKUP_VAULT)
    for item in graph.linked(store, kind, "properties"):
        for vault in the_one(item, "vaultName", vaults, graph):
            yield vault, "backups"


def _logs(store: Resource, graph: GraphView) -> Iterator[Copy]:
    for setting in graph.linked(store, DIAGNOSTIC_SETTING, "resourceUri"):
        for key, kind in _LOGS:
            for holder in the_one(setting, key, kind, graph):
                yield holder, "logs"
