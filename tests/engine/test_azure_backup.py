"""Backups of Azure's blobs against the sandbox: up, again, changed, and gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
VAULT = f"{GROUP}/providers/Microsoft.DataProtection/backupVaults/training-backup"
API_VERSION = "2025-01-01"

PROGRAM = f"""
import pulumi
from pulumi_azure_native import resources

from modelyard.azure.backup import Backup
from modelyard.azure.encryption import Encryption
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.storage import Storage

SUBSCRIPTION = "{SUBSCRIPTION}"
group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
guards = resources.ResourceGroup("guards", resource_group_name="guards", location="westeurope")
place = {{{{"resource_group_name": group.name, "location": "westeurope", "tags": {{{{"owner": "me"}}}}}}}}
logs = LogWorkspace("logs", {{{{**place, "workspace_name": "training-logs"}}}})
keys = Encryption(
    "keys",
    {{{{
        **place,
        "vault_name": "kv-training-01",
        "tenant_id": "{TENANT}",
        "subscription_id": SUBSCRIPTION,
        "purposes": ["datasets", "backup"],
        "identities": {{{{"datasets": "dev-datasets", "backup": "dev-backup"}}}},
    }}}},
)
store = Storage(
    "store",
    {{{{
        **place,
        "accounts": {{{{
            "datasets": {{{{
                "account_name": "trainingdata01",
                "containers": ["datasets", "raw"],
                "key_vault_uri": keys.vault_uri,
                "key_name": "datasets",
                "identity_id": keys.identity_ids["datasets"],
                "backed_up": True,
            }}}},
        }}}},
    }}}},
)
backup = Backup(
    "backup",
    {{{{
        **place,
        "subscription_id": SUBSCRIPTION,
        "vault_name": "training-backup",
        "every_hours": {{every_hours}},
        "retention_days": {{retention_days}},
        "instances": {{{{
            "datasets": {{{{"account_id": store.account_id("datasets"), "containers": {{containers}}}}}},
        }}}},
        "immutability": "{{immutability}}",
        "soft_delete": "{{soft_delete}}",
        "cross_region_restore": True,
        "key_uri": keys.key_uris["backup"],
        "key_identity_id": keys.identity_ids["backup"],
        "log_workspace_id": logs.workspace_id,
        {{more}}
    }}}},
)
pulumi.export("vault", backup.vault_id)
pulumi.export("policy", backup.policy_id)
pulumi.export("instances", backup.instance_ids)
"""
GUARD = '"resource_guard_name": "training-guard", "resource_guard_group_name": guards.name,'
LOCK = '"delete_lock": True,'
FIRST: dict[str, Any] = {
    "every_hours": 24,
    "retention_days": 90,
    "containers": ["datasets"],
    "immutability": "Disabled",
    "soft_delete": "Off",
    "more": "",
}


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, **change: Any) -> None:
    (toy.project / "__main__.py").write_text(PROGRAM.format(**{**FIRST, **change}))


def cloud(toy: Rehearsal) -> AzureCloud:
    """The subscription as anybody but Pulumi sees it."""
    return AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)


def policies(toy: Rehearsal) -> set[str]:
    """Names of the policies in the vault."""
    listed = cloud(toy).get(f"{VAULT}/backupPolicies", API_VERSION)
    return {policy["name"] for policy in listed["value"]}


def stays(toy: Rehearsal) -> None:
    """Nothing changes by itself, neither for who looks nor for the program."""
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")


def operations(toy: Rehearsal) -> dict[str, str]:
    """What a preview would do, by type and name; what stays is left out."""
    steps = json.loads(toy.must("preview", "--json"))["steps"]
    return {
        step["urn"].rpartition("$")[2].partition("azure-native:")[2].replace("::", " "): step["op"]
        for step in steps
        if step["op"] in ("create", "update", "replace", "delete")
    }


def test_backups_come_up_stay_as_they_are_move_to_another_policy_and_go(toy: Rehearsal) -> None:
    write(toy)
    toy.up()
    assert toy.outputs() == {
        "vault": VAULT,
        "policy": f"{VAULT}/backupPolicies/blobs-every-24h-kept-90d",
        "instances": {"datasets": f"{VAULT}/backupInstances/datasets"},
    }
    stays(toy)

    change = {"every_hours": 168, "retention_days": 365, "containers": ["datasets", "raw"]}
    write(toy, **change, immutability="Unlocked", soft_delete="On")
    assert operations(toy) == {
        "dataprotection:BackupInstance backup-datasets": "update",
        "dataprotection:BackupPolicy backup": "replace",
        "dataprotection:BackupVault backup": "update",
    }
    toy.up()
    assert policies(toy) == {"blobs-every-168h-kept-365d"}
    instance = cloud(toy).get(f"{VAULT}/backupInstances/datasets", API_VERSION)["properties"]
    assert instance["policyInfo"]["policyId"] == f"{VAULT}/backupPolicies/blobs-every-168h-kept-365d"
    stays(toy)

    # What is deleted would be kept, and its vault with it, until that is turned off.
    write(toy, **change)
    toy.up()
    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(cloud(toy)) == []


def test_guard_and_lock_go_before_what_they_keep_and_old_policies_stay_behind_a_lock(toy: Rehearsal) -> None:
    write(toy, more=GUARD + LOCK)
    toy.up()
    stays(toy)
    write(toy, more=GUARD + LOCK, retention_days=180)
    toy.up()
    assert policies(toy) == {"blobs-every-24h-kept-90d", "blobs-every-24h-kept-180d"}
    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(cloud(toy)) == []
