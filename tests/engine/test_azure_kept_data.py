"""What keeps data on Azure, under the real engine: immutability, object replication, registries, backups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arming import SUBSCRIPTION, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

HEAD = """
import pulumi
from pulumi_azure_native import authorization, containerregistry, dataprotection, resources, storage

SUBSCRIPTION = "{subscription}"
RETAINED = {retained}
group = resources.ResourceGroup("group", resource_group_name="kept", location="westeurope")
place = {{"resource_group_name": group.name, "location": "westeurope"}}

def stored(name, *containers):
    account = storage.StorageAccount(
        name,
        account_name=name,
        kind="StorageV2",
        sku={{"name": "Standard_LRS"}},
        allow_cross_tenant_replication=True,
        **place,
    )
    inside = {{"resource_group_name": group.name, "account_name": account.name}}
    service = storage.BlobServiceProperties(
        name, blob_services_name="default", is_versioning_enabled=True, change_feed={{"enabled": True}}, **inside
    )
    made = [
        storage.BlobContainer(
            f"{{name}}-{{container}}",
            container_name=container,
            opts=pulumi.ResourceOptions(depends_on=[service]),
            **inside,
        )
        for container in containers
    ]
    return account, inside, made
"""
COPIES = """
origin, at_origin, origins = stored("origin01", "data", "more")
copies, at_copies, targets = stored("copies01", "data", "more")
names = {{"source_account": origin.id, "destination_account": copies.id}}
destination = storage.ObjectReplicationPolicy(
    "destination",
    object_replication_policy_id="default",
    rules=[
        {{"source_container": name, "destination_container": name}} for name in {containers}
    ],
    opts=pulumi.ResourceOptions(
        depends_on=[*origins, *targets], replace_on_changes=["rules"], delete_before_replace=True
    ),
    **names,
    **at_copies,
)
storage.ObjectReplicationPolicy(
    "source",
    object_replication_policy_id=destination.policy_id,
    rules=destination.rules.apply(
        lambda rules: [
            {{
                "rule_id": rule.rule_id,
                "source_container": rule.source_container,
                "destination_container": rule.destination_container,
            }}
            for rule in rules
        ]
    ),
    **names,
    **at_origin,
)
pulumi.export("policy", destination.policy_id)
"""
KEPT = """
account, inside, containers = stored("kept01", "audit")
policy = storage.BlobContainerImmutabilityPolicy(
    "audit",
    container_name=containers[0].name,
    immutability_policy_name="default",
    immutability_period_since_creation_in_days=7,
    opts=pulumi.ResourceOptions(retain_on_delete=RETAINED),
    **inside,
)
"""
GUARDED = """
account, inside, containers = stored("guarded01", "data")
registry = containerregistry.Registry(
    "images", registry_name="images01", sku={{"name": "Premium"}}, public_network_access="Disabled", **place
)
containerregistry.Replication(
    "images", replication_name="northeurope", location="northeurope", registry_name=registry.name,
    resource_group_name=group.name,
)
vault = dataprotection.BackupVault(
    "backups",
    vault_name="backups",
    identity={{"type": "SystemAssigned"}},
    properties={{
        "storage_settings": [{{"datastore_type": "VaultStore", "type": "GeoRedundant"}}],
        "security_settings": {{"soft_delete_settings": {{"state": "Off"}}}},
    }},
    **place,
)
role = authorization.RoleAssignment(
    "backups",
    scope=account.id,
    role_assignment_name="5b0b5c5e-4a1e-5c0f-9d61-2f7c8e9a0b11",
    role_definition_id=(
        f"/subscriptions/{{SUBSCRIPTION}}/providers/Microsoft.Authorization/roleDefinitions/"
        "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1"
    ),
    principal_id=vault.identity.principal_id,
    principal_type="ServicePrincipal",
)
store = {{"data_store_type": "VaultStore", "object_type": "DataStoreInfoBase"}}
daily = dataprotection.BackupPolicy(
    "daily",
    backup_policy_name="daily",
    vault_name=vault.name,
    resource_group_name=group.name,
    properties={{
        "object_type": "BackupPolicy",
        "datasource_types": ["Microsoft.Storage/storageAccounts/blobServices"],
        "policy_rules": [
            {{
                "object_type": "AzureBackupRule",
                "name": "BackupDaily",
                "data_store": store,
                "backup_parameters": {{"object_type": "AzureBackupParams", "backup_type": "Discrete"}},
                "trigger": {{
                    "object_type": "ScheduleBasedTriggerContext",
                    "schedule": {{"repeating_time_intervals": ["R/2026-01-01T02:00:00+00:00/P1D"]}},
                    "tagging_criteria": [
                        {{"is_default": True, "tagging_priority": 99, "tag_info": {{"tag_name": "Default"}}}}
                    ],
                }},
            }},
            {{
                "object_type": "AzureRetentionRule",
                "name": "Default",
                "is_default": True,
                "lifecycles": [
                    {{
                        "delete_after": {{"object_type": "AbsoluteDeleteOption", "duration": "P{days}D"}},
                        "source_data_store": store,
                    }}
                ],
            }},
        ],
    }},
)
dataprotection.BackupInstance(
    "guarded01",
    backup_instance_name="guarded01",
    vault_name=vault.name,
    resource_group_name=group.name,
    properties={{
        "object_type": "BackupInstance",
        "data_source_info": {{
            "object_type": "Datasource",
            "resource_id": account.id,
            "datasource_type": "Microsoft.Storage/storageAccounts/blobServices",
        }},
        "policy_info": {{
            "policy_id": daily.id,
            "policy_parameters": {{
                "backup_datasource_parameters_list": [
                    {{"object_type": "BlobBackupDatasourceParameters", "containers_list": ["data"]}}
                ]
            }},
        }},
    }},
    opts=pulumi.ResourceOptions(depends_on=[role, *containers]),
)
guard = dataprotection.ResourceGuard("guard", resource_guards_name="guard", properties={{}}, **place)
pulumi.export("login", registry.login_server)
"""
DEFAULTS = {"subscription": SUBSCRIPTION, "retained": False, "containers": ["data"], "days": 90}


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, program: str, **change: object) -> None:
    (toy.project / "__main__.py").write_text((HEAD + program).format(**{**DEFAULTS, **change}))


def stays(toy: Rehearsal) -> None:
    """Nothing changes by itself, neither for who looks nor for the program."""
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")


def gone(toy: Rehearsal) -> None:
    toy.must("destroy", "--yes", "--skip-preview")
    cloud = AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
    assert standing(cloud) == []


def test_a_replication_comes_up_is_replaced_as_a_pair_and_goes(toy: Rehearsal) -> None:
    write(toy, COPIES)
    toy.up()
    first = toy.outputs()["policy"]
    state = toy.state()
    for name in ("destination", "source"):
        id_ = next(item["id"] for label, item in state.items() if label.endswith(f"Policy {name}"))
        assert id_.rpartition("/")[2] == first, "both are known by the id that Azure chose"
    stays(toy)
    write(toy, COPIES, containers=["data", "more"])
    assert "2 replaced" in toy.up()
    assert toy.outputs()["policy"] != first
    stays(toy)
    gone(toy)


def test_an_immutability_policy_is_not_deleted_by_the_provider_and_goes_with_its_container(
    toy: Rehearsal,
) -> None:
    write(toy, KEPT)
    toy.up()
    stays(toy)
    said = toy.fails("destroy", "--yes", "--skip-preview")
    assert "Operation not allowed on immutability policy with incorrect etag." in said
    write(toy, KEPT, retained=True)
    toy.up()
    gone(toy)


def test_a_registry_and_a_backup_come_up_stay_and_go(toy: Rehearsal) -> None:
    write(toy, GUARDED)
    toy.up()
    assert toy.outputs()["login"] == "images01.azurecr.io"
    stays(toy)
    write(toy, GUARDED, days=30)
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "The backup policy 'daily' stands already, and can't be changed. Make another." in said
    write(toy, GUARDED)
    toy.up()
    gone(toy)
