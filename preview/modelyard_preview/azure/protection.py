"""What protects data in a graph on Azure: versions, copies in another region, backups, vaults, their locks.

Facts of the resources alone, whatever the environment asks for. None stands for what isn't known before the
deployment.
"""

from __future__ import annotations

from typing import Any

from modelyard_policies.azure.types import (
    BACKUP_INSTANCE,
    BACKUP_POLICY,
    BACKUP_VAULT,
    BLOB_CONTAINER,
    BLOB_SERVICE_PROPERTIES,
    ML_COMPUTE,
    OBJECT_REPLICATION_POLICY,
    STORAGE_ACCOUNT,
)
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.recovery import Copied, Vault

LOCKS = {"Disabled": "none", "Unlocked": "governance", "Locked": "compliance"}
"""Modes of a lock by Azure's words for the immutability of a vault."""

INTERVAL_HOURS = {"P1D": 24, "P1W": 168}
"""How often vaulted backups are taken, by the duration at the end of their repeating interval."""


def versioned(graph: Graph, account: Node) -> bool | None:
    """Whether overwritten and deleted blobs are kept."""
    for service in graph.linked(account, BLOB_SERVICE_PROPERTIES, "accountName"):
        value = service.properties.get("isVersioningEnabled", False)
        return None if value is UNKNOWN else value is True
    return False


def immutable(graph: Graph, account: Node) -> bool | None:
    """Whether blobs of a container of an account can be made immutable."""
    settings = [
        container.properties.get("immutableStorageWithVersioning")
        for container in graph.linked(account, BLOB_CONTAINER, "accountName")
    ]
    found = [part(setting, "enabled") for setting in settings]
    return True if True in found else None if UNKNOWN in found else False


def copied(graph: Graph, account: Node) -> Copied | None:
    """How the blobs of an account are copied to another region; None if they aren't."""
    for policy in graph.linked(account, OBJECT_REPLICATION_POLICY, "sourceAccount"):
        value = policy.properties.get("destinationAccount")
        found = graph.targets(policy, "destinationAccount", value, STORAGE_ACCOUNT).certain
        return Copied(found[0].region if len(found) == 1 else None, time_control=False)
    return None


def backed_up(graph: Graph, account: Node) -> bool:
    """Whether a backup instance is of an account."""
    return bool(graph.linked(account, BACKUP_INSTANCE, "properties"))


def backup_hours(graph: Graph) -> list[int | None]:
    """Hours between backups, of every policy that something is backed up by."""
    used = {
        urn
        for instance in graph.of_type(BACKUP_INSTANCE)
        for urn in instance.property_dependencies["properties"]
    }
    return [_hours(policy) for policy in graph.of_type(BACKUP_POLICY) if policy.urn in used]


def vaults(graph: Graph) -> tuple[Vault, ...]:
    """The vaults with their locks. Azure's know no bounds of retention."""
    return tuple(_vault(node) for node in graph.of_type(BACKUP_VAULT))


def geo_redundant(graph: Graph) -> bool | None:
    """Whether any vault's backups are copied to the paired region."""
    kinds = [
        part(setting, "type")
        for vault in graph.of_type(BACKUP_VAULT)
        for setting in _list(part(vault.properties.get("properties"), "storageSettings"))
    ]
    return True if "GeoRedundant" in kinds else None if UNKNOWN in kinds else False


def has_cluster(graph: Graph, region: str) -> bool:
    """Whether jobs can be submitted in a region."""
    return any(node.properties.get("location") == region for node in graph.of_type(ML_COMPUTE))


def part(value: Any, key: str) -> Any:
    """A member of a block; unknown if the block is."""
    return value if value is UNKNOWN else value.get(key) if isinstance(value, dict) else None


def _vault(node: Node) -> Vault:
    security = part(node.properties.get("properties"), "securitySettings")
    state = part(part(security, "immutabilitySettings"), "state")
    lock = None if state is UNKNOWN else LOCKS.get(str(state), "none")
    name = node.properties.get("vaultName")
    return Vault(name if isinstance(name, str) else node.name, node.urn, node.region, lock, None, None)


def _hours(policy: Node) -> int | None:
    for rule in _list(part(policy.properties.get("properties"), "policyRules")):
        schedule = part(part(rule, "trigger"), "schedule")
        for interval in _list(part(schedule, "repeatingTimeIntervals")):
            return INTERVAL_HOURS.get(str(interval).rpartition("/")[2])
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [UNKNOWN] if value is UNKNOWN else []
