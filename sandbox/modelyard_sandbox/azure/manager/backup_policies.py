"""Backup policies of blobs (REST reference: Backup Policies, 2025-01-01; "Support matrix for Azure Blobs
backup", 2025-07-11; as of 2026-11).

A policy that stands can't be changed: a PUT of something else is refused, in words of the sandbox's. No
backup is ever made by it.
"""

from __future__ import annotations

import re
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.backup_kinds import (
    BACKUP_INSTANCE,
    BACKUP_POLICY,
    BACKUP_VAULT,
    BackupKind,
    invalid,
)
from modelyard_sandbox.azure.manager.backup_shapes import POLICY
from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write
from modelyard_sandbox.azure.manager.shapes import record
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
DURATION = re.compile(r"P(?P<count>\d+)(?P<unit>[DWMY])")
DAYS = {"D": 1, "W": 7, "M": 30, "Y": 365}
MOST_DAYS = {"VaultStore": 3_650, "OperationalStore": 360}
"""Ten years in a vault; blobs' own account keeps for 360 days."""
INTERVAL = re.compile(r"R/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})/(P1D|P1W|P7D)")
RULE, RETENTION = "AzureBackupRule", "AzureRetentionRule"
DEFAULT = "Default"


class BackupPolicy(BackupKind):
    """When blobs are backed up, and how long that is kept."""

    type = BACKUP_POLICY
    parent_type = BACKUP_VAULT
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "BaseBackupPolicyResource", {"properties": POLICY}, required=("properties",), read_only=ANSWERED
    )

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        taken = super().accept(id_, body)
        properties: Body = taken["properties"]
        types: list[str] = properties["datasourceTypes"]
        if types != [BLOBS]:
            raise invalid(
                f"the sandbox backs up {BLOBS} alone, not {', '.join(types) or 'nothing'}.",
                "properties.datasourceTypes",
            )
        _check_rules(properties["policyRules"])
        return taken

    @override
    def settle(self, write: Write) -> Body:
        if write.old is not None and write.properties != write.old.properties:
            raise bad_request(
                "UserErrorBackupPolicyUpdateNotSupported",
                f"The backup policy '{write.id.name}' stands already, and can't be changed. Make another.",
                "properties",
            )
        return write.asked

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        assert resource.id.parent is not None  # noqa: S101  (a policy is a vault's)
        users = [
            found.id.name
            for found in store.within(resource.id.parent, BACKUP_INSTANCE)
            if found.properties["policyInfo"]["policyId"].lower() == resource.id.key
        ]
        if users:
            raise bad_request(
                "UserErrorBackupPolicyInUse",
                f"The backup policy '{resource.id.name}' is in use by the backup instances "
                f"{', '.join(sorted(users))}.",
            )


def is_vaulted(policy: Resource) -> bool:
    """Whether a policy copies blobs to the vault, rather than keeping them in their account."""
    return any(rule["objectType"] == RULE for rule in policy.properties["policyRules"])


def _check_rules(rules: list[Body]) -> None:
    where = "properties.policyRules"
    names = [rule["name"] for rule in rules]
    if len(set(names)) < len(names):
        raise invalid("two rules of the policy have one name.", where)
    kept = [rule for rule in rules if rule["objectType"] == RETENTION]
    if [rule["name"] for rule in kept if rule.get("isDefault")] != [DEFAULT]:
        raise invalid("a policy needs one retention rule that is the default, called Default.", where)
    for rule in kept:
        _check_retention(rule, where)
    for rule in rules:
        if rule["objectType"] == RULE:
            _check_backup(rule, names, where)


def _check_retention(rule: Body, where: str) -> None:
    lifecycles: list[Body] = rule.get("lifecycles", [])
    if len(lifecycles) != 1:
        raise invalid(f"the rule {rule['name']} needs one lifecycle.", where)
    after, store = lifecycles[0]["deleteAfter"], lifecycles[0]["sourceDataStore"]["dataStoreType"]
    found = DURATION.fullmatch(after["duration"])
    most = MOST_DAYS.get(store, 0)
    days = int(found["count"]) * DAYS[found["unit"]] if found else 0
    if after["objectType"] != "AbsoluteDeleteOption" or not 1 <= days <= most:
        raise invalid(
            f"the rule {rule['name']} keeps {store} for '{after['duration']}': it must be 1 to {most} days, "
            "as in P30D.",
            where,
        )


def _check_backup(rule: Body, names: list[str], where: str) -> None:
    kind = rule.get("backupParameters", {}).get("backupType")
    store = rule.get("dataStore", {}).get("dataStoreType")
    if (kind, store) != ("Discrete", "VaultStore"):
        raise invalid(f"the rule {rule['name']} must make Discrete backups into the VaultStore.", where)
    trigger: Body = rule.get("trigger", {})
    if trigger.get("objectType") != "ScheduleBasedTriggerContext":
        raise invalid(f"the rule {rule['name']} needs a ScheduleBasedTriggerContext.", where)
    intervals: list[str] = trigger.get("schedule", {}).get("repeatingTimeIntervals", [])
    if not intervals or not all(INTERVAL.fullmatch(interval) for interval in intervals):
        raise invalid(
            f"the rule {rule['name']} needs repeatingTimeIntervals, daily or weekly, as in "
            "R/2026-01-01T02:00:00+00:00/P1D.",
            where,
        )
    tags = [tag["tagInfo"]["tagName"] for tag in trigger.get("taggingCriteria", [])]
    if DEFAULT not in tags or not set(tags) <= set(names):
        raise invalid(
            f"the rule {rule['name']} needs taggingCriteria, one of them for Default, each for a retention "
            "rule.",
            where,
        )
