"""The steps out of an environment on Azure.

The subscription isn't asked: what blobs are locked only the accounts know, and they answer inside the network
alone. So everything counts as full, and dates are the latest that they can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from modelyard.environment.azure.sites import sites
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.azure.target import names
from modelyard.planning.names import KEEP_PREFIX
from modelyard_policies.azure.types import (
    BACKUP_INSTANCE,
    BACKUP_POLICY,
    BACKUP_VAULT,
    BLOB_CONTAINER,
    BLOB_SERVICE_PROPERTIES,
    ML_WORKSPACE,
    STORAGE_ACCOUNT,
)
from modelyard_policies.graph import Graph, Node
from modelyard_preview.retirement.azure import commands
from modelyard_preview.retirement.azure.remains import remains
from modelyard_preview.retirement.commands import destroy, remove_stack, unprotect
from modelyard_preview.retirement.model import Hold, Retirement, Step
from modelyard_preview.retirement.order import kept, protected

PURPOSE = "checkpoints"
"""Store that has what is promoted."""


@dataclass(frozen=True, slots=True)
class _Way:
    """What the steps are made from."""

    graph: Graph
    environment: AzureEnvironment
    now: datetime

    @property
    def vaults(self) -> list[Node]:
        """The backup vaults."""
        return self.graph.of_type(BACKUP_VAULT)

    @property
    def instances(self) -> list[str]:
        """Names of what is backed up."""
        found = self.graph.of_type(BACKUP_INSTANCE)
        return [str(node.properties.get("backupInstanceName", node.name)) for node in found]

    @property
    def group(self) -> str:
        """The group of the primary region."""
        return names(self.environment, self.environment.regions.primary).resource_group

    @property
    def is_locked(self) -> bool:
        """Whether nobody takes the vault's immutability away any more."""
        backup = self.environment.backup
        return backup is not None and backup.lock is not None and backup.lock.mode == "compliance"

    @property
    def expired_at(self) -> datetime:
        """When the last backup has expired, if no more are taken."""
        backup = self.environment.backup
        return self.now + timedelta(days=backup.retention_days if backup else 0)

    @property
    def gone_at(self) -> datetime:
        """When the last backup is gone, if it is deleted as soon as it has expired."""
        backup = self.environment.backup
        return self.expired_at + timedelta(days=backup.soft_delete_days if backup else 0)

    @property
    def containers(self) -> list[tuple[str, str]]:
        """Accounts and containers of what may be promoted, by their names."""
        if self.environment.storage.checkpoints.promotion is None:
            return []
        regions = [site.region for site in sites(self.environment)]
        return [(names(self.environment, region).account(PURPOSE), PURPOSE) for region in regions]


def plan_azure_retirement(graph: Graph, environment: AzureEnvironment, now: datetime) -> Retirement:
    """How to leave an environment whose stack has the resources of a graph.

    It is assumed that everything holds something, and that as late as it can.
    """
    way, stack = _Way(graph, environment, now), environment.name
    held = tuple(_holds(way))
    stays = kept(graph, _with_settings(way, [hold.urn for hold in held]))
    last = max((hold.until for hold in held), default=now)
    steps = [
        _wait_for_jobs(way),
        *_stop_backups(way),
        *_empty(way, held),
        *_purge(way),
        *_unprotect(graph, stack, "unprotect what holds data", without=stays),
        Step(
            "destroy what is not held",
            "locked backups and blobs stay, with their vaults and keys: a key outlives what it encrypts"
            if held
            else "accounts and registries go with what is in them: this is the end of the data",
            (destroy(stack, stays),),
        ),
        *(_afterwards(way, held, stays, last) if held else ()),
        Step("forget the stack", "its configuration file stays in the project", (remove_stack(stack),)),
    ]
    left = tuple(remains(environment, last))
    return Retirement(stack, False, tuple(steps), held, left, place="subscription")


def _holds(way: _Way) -> Iterator[Hold]:
    backup, promotion = way.environment.backup, way.environment.storage.checkpoints.promotion
    if promotion is not None and promotion.lock_mode == "compliance":
        accounts = {name for name, _ in way.containers}
        reason = f"what is promoted to {KEEP_PREFIX} is locked for {promotion.lock_days} days"
        until = way.now + timedelta(days=promotion.lock_days)
        for node in way.graph.of_type(STORAGE_ACCOUNT):
            if node.properties.get("accountName") in accounts:
                yield Hold(node.urn, f"account {node.properties['accountName']}", reason, until, asked=False)
    if backup is None or not way.is_locked:
        return
    soft = f", then soft-deleted for {backup.soft_delete_days}" if backup.soft_delete_days else ""
    reason = f"backups in it are under a compliance lock, and kept for {backup.retention_days} days{soft}"
    for vault in way.vaults:
        yield Hold(vault.urn, f"backup vault {_name(vault)}", reason, way.gone_at, asked=False)


def _with_settings(way: _Way, urns: list[str]) -> list[str]:
    """What is held, with what it needs to stay as it is: what an account has, and what a vault holds."""
    graph, found = way.graph, list(urns)
    for urn in urns:
        node = graph.by_urn[urn]
        if node.type == BACKUP_VAULT:
            found += [each.urn for each in graph.of_type(BACKUP_INSTANCE, BACKUP_POLICY)]
        else:
            found += [
                each.urn
                for each in graph.linked(node, (BLOB_CONTAINER, BLOB_SERVICE_PROPERTIES), "accountName")
            ]
    return found


def _wait_for_jobs(way: _Way) -> Step:
    return Step(
        "see that no job runs",
        "a job ends with its cluster, and one that still writes fills what is emptied next; `modelyard job "
        "cancel` ends one",
        (commands.list_jobs(way.environment.name),),
    )


def _stop_backups(way: _Way) -> Iterator[Step]:
    if not way.vaults:
        return
    guarded = ""
    if way.environment.backup is not None and way.environment.backup.multi_user is not None:
        guarded = "; it takes a role on the resource guard, which those give who own it"
    vaults = [_name(vault) for vault in way.vaults]
    if way.is_locked:
        yield Step(
            "take no more backups",
            "each new one would be locked for its time as well; Azure keeps the newest until it is deleted"
            + guarded,
            tuple(
                commands.suspend_backups(instance, vault, way.group)
                for vault in vaults
                for instance in way.instances
            ),
        )
        return
    yield Step(
        "let the backups be deleted",
        f"Azure deletes no vault that holds backups, nor any that is soft-deleted{guarded}",
        tuple(commands.open_vault(vault, way.group) for vault in vaults),
    )


def _empty(way: _Way, held: tuple[Hold, ...]) -> Iterator[Step]:
    if way.containers and not any(way.graph.by_urn[hold.urn].type == STORAGE_ACCOUNT for hold in held):
        yield _emptying(way, "empty what may hold what was promoted", None)


def _emptying(way: _Way, title: str, not_before: datetime | None) -> Step:
    return Step(
        title,
        "Azure deletes no container in which blobs can be made immutable while it holds any, old versions "
        "included. It takes Storage Blob Data Owner, and accounts answer inside the network alone: run it "
        "there, or let an address of yours in before (`az storage account update --public-network-access "
        "Enabled`, `az storage account network-rule add`). Where `destroy` is refused for soft-deleted "
        "blobs, run it again once their days are over",
        tuple(commands.empty_container(account, container) for account, container in way.containers),
        not_before,
    )


def _purge(way: _Way) -> Iterator[Step]:
    if way.environment.workspace.customer_key and way.graph.of_type(ML_WORKSPACE):
        called = [names(way.environment, site.region) for site in sites(way.environment)]
        yield Step(
            "delete the workspaces for good",
            "a workspace with a key of its own goes on costing while it is soft-deleted",
            tuple(commands.purge_workspace(each.workspace, each.resource_group) for each in called),
        )


def _unprotect(
    graph: Graph,
    stack: str,
    title: str,
    without: tuple[str, ...] = (),
    only: tuple[str, ...] | None = None,
    not_before: datetime | None = None,
) -> Iterator[Step]:
    nodes = [node for node in protected(graph, without=without) if only is None or node.urn in only]
    if nodes:
        yield Step(
            title,
            "in this order: what comes from another goes before it. The next `up` protects it again",
            tuple(unprotect(node.urn, stack) for node in nodes),
            not_before,
        )


def _afterwards(way: _Way, held: tuple[Hold, ...], stays: tuple[str, ...], last: datetime) -> Iterator[Step]:
    """What is to be done once the locks have ended."""
    stack = way.environment.name
    if way.is_locked and way.vaults:
        yield Step(
            "delete the backups whose lock has ended",
            "what is deleted is soft-deleted, and holds the vault until those days are over",
            tuple(
                commands.delete_backups(instance, _name(vault), way.group)
                for vault in way.vaults
                for instance in way.instances
            ),
            way.expired_at,
        )
    accounts = [hold for hold in held if way.graph.by_urn[hold.urn].type == STORAGE_ACCOUNT]
    if accounts:
        ended = max(hold.until for hold in accounts)
        yield _emptying(way, "empty the containers whose locks have ended", ended)
    yield from _unprotect(way.graph, stack, "unprotect what was held", only=stays, not_before=last)
    yield Step("destroy the rest", "nothing is held any more", (destroy(stack),), last)


def _name(vault: Node) -> str:
    return str(vault.properties.get("vaultName", vault.name))
