"""Where the data of a store on AWS goes besides: replicas, snapshots, caches, backups, logs of its use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from modelyard_policies.aws.selections import Alike, selections_for, takes
from modelyard_policies.aws.types import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BACKUP_VAULT,
    BUCKET,
    BUCKET_LOGGING,
    BUCKET_REPLICATION,
    EBS_SNAPSHOT,
    EFS_FILE_SYSTEM,
    EFS_REPLICATION,
    FSX_DATA_REPOSITORY_ASSOCIATION,
    FSX_LUSTRE,
    FSX_ONTAP,
    FSX_OPEN_ZFS,
    FSX_WINDOWS,
    LOGICALLY_AIR_GAPPED_VAULT,
    VOLUME,
)
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, GraphView, Resource, each

Copy = tuple[Resource, str]
"""What holds it, and what it holds of it, in words."""

STORES: Final = (BUCKET, EFS_FILE_SYSTEM, FSX_LUSTRE, FSX_ONTAP, FSX_OPEN_ZFS, FSX_WINDOWS, VOLUME)
"""What holds data of its own."""
VAULTS: Final = (BACKUP_VAULT, LOGICALLY_AIR_GAPPED_VAULT)
HOLDERS: Final = (BUCKET, EFS_FILE_SYSTEM, FSX_LUSTRE, EBS_SNAPSHOT, *VAULTS)
"""What may hold something of another store."""
READS: Final = (
    *(BUCKET_REPLICATION, BUCKET_LOGGING, EFS_REPLICATION, FSX_DATA_REPOSITORY_ASSOCIATION),
    *(BACKUP_SELECTION, BACKUP_PLAN, *HOLDERS),
)


def copies(store: Resource, graph: GraphView) -> tuple[Callable[[], Iterator[Copy]], ...]:
    """The ways by which data leaves a store, each of which may raise Unread by itself. What isn't in the
    graph isn't found.
    """
    backups = lambda: _backups(store, graph)  # noqa: E731  (is one way among several)
    kind = canonical(store.type)
    if kind == BUCKET:
        ways = (_replicas, _access_logs, _caches)
        return (*(lambda way=way: way(store, graph) for way in ways), backups)
    if kind == EFS_FILE_SYSTEM:
        return (lambda: _file_replicas(store, graph), backups)
    if kind == VOLUME:
        snapshots = lambda: ((each, "a snapshot") for each in graph.linked(store, EBS_SNAPSHOT, "volumeId"))  # noqa: E731
        return (snapshots, backups)
    return (backups,) if kind in STORES else ()


def the_one(block: Block, key: str, types: str | tuple[str, ...], graph: GraphView) -> Iterator[Resource]:
    """What `key` refers to, if that is in the graph. Raises Unread if it may be one of several."""
    found = graph.candidates(block, key, types)
    if len(found) > 1:
        raise Unread(block.node.urn, block.path_of(key), "may be one of several")
    yield from found


def _replicas(bucket: Resource, graph: GraphView) -> Iterator[Copy]:
    for replication in graph.linked(bucket, BUCKET_REPLICATION, "bucket"):
        for rule in replication.list("rules"):
            if rule.text("status") == "Enabled":
                for replica in the_one(rule.block("destination"), "bucket", BUCKET, graph):
                    yield replica, "a copy"


def _access_logs(bucket: Resource, graph: GraphView) -> Iterator[Copy]:
    for logging in graph.linked(bucket, BUCKET_LOGGING, "bucket"):
        for target in the_one(logging, "targetBucket", BUCKET, graph):
            yield target, "access logs"


def _caches(bucket: Resource, graph: GraphView) -> Iterator[Copy]:
    for system in graph.once(_caches_by_bucket).get(bucket.urn, ()):
        yield system, "a cache"


def _caches_by_bucket(graph: GraphView) -> dict[str, list[Resource]]:
    """File systems for Lustre by the bucket that they are linked to, where that is known."""
    named = {
        each.raw("bucket"): each for each in graph.of_type(BUCKET) if isinstance(each.raw("bucket"), str)
    }
    found: dict[str, list[Resource]] = {}
    links = [(each, each, "importPath") for each in graph.of_type(FSX_LUSTRE)]
    for association in graph.of_type(FSX_DATA_REPOSITORY_ASSOCIATION):
        systems = graph.candidates(association, "fileSystemId", FSX_LUSTRE)
        links += [(each, association, "dataRepositoryPath") for each in systems if len(systems) == 1]
    for system, holder, key in links:
        path = holder.raw(key)
        name = path.removeprefix("s3://").partition("/")[0] if isinstance(path, str) else None
        sources = [named[name]] if name in named else graph.candidates(holder, key, BUCKET)
        if len(sources) == 1:
            found.setdefault(sources[0].urn, []).append(system)
    return found


def _file_replicas(system: Resource, graph: GraphView) -> Iterator[Copy]:
    for replication in graph.linked(system, EFS_REPLICATION, "sourceFileSystemId"):
        for replica in the_one(replication.block("destination"), "fileSystemId", EFS_FILE_SYSTEM, graph):
            yield replica, "a copy"


def _backups(store: Resource, graph: GraphView) -> Iterator[Copy]:
    seen: set[str] = set()

    def vaults(alike: Alike) -> Iterator[Copy]:
        if takes(alike[0], store, graph):
            for vault in graph.once(_vaults_of, alike):
                if vault.urn not in seen:
                    seen.add(vault.urn)
                    yield vault, "backups"

    yield from each(selections_for(store, graph), vaults)


def _vaults_of(graph: GraphView, selections: Alike) -> list[Resource]:
    """The vaults in which backups come to be of what some selections take."""
    found: dict[str, Resource] = {}
    for selection in selections:
        for plan in graph.candidates(selection, "planId", BACKUP_PLAN):
            found |= _vaults(plan, graph)
    return list(found.values())


def _vaults(plan: Resource, graph: GraphView) -> dict[str, Resource]:
    """Those that the plan's rules fill or copy to: which of them does which doesn't matter here."""
    found: dict[str, Resource] = {}
    for rule in plan.list("rules"):
        for vault in graph.candidates(rule, "targetVaultName", VAULTS):
            if None in (vault.node.region, plan.node.region) or vault.node.region == plan.node.region:
                found[vault.urn] = vault
        for copy in rule.list("copyActions"):
            found |= {vault.urn: vault for vault in graph.candidates(copy, "destinationVaultArn", VAULTS)}
    return found
