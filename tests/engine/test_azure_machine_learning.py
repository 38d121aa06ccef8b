"""Machine Learning's types under the real engine: work that fails after it was begun, and what can't change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from arming import GROUP, HOME, LOCATION, SUBSCRIPTION, TENANT
from azure_ml import IDENTITY, WORKSPACE
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

ML, RESOURCES = "2025-12-01", "2024-03-01"
PROGRAM = f"""
import pulumi
from pulumi_azure_native import authorization, keyvault, machinelearningservices, managedidentity, resources, storage

from modelyard.planning.azure.roles import ROLE_IDS, assignment_name, role_definition_id

GRANTED, SIZE, MOST = {{granted}}, "{{size}}", {{most}}
group = resources.ResourceGroup("group", resource_group_name="rg", location="{LOCATION}")
PLACE = {{{{"resource_group_name": group.name, "location": group.location}}}}
account = storage.StorageAccount(
    "account", account_name="account1", kind="StorageV2", sku={{{{"name": "Standard_LRS"}}}}, **PLACE
)
vault = keyvault.Vault("vault", vault_name="vault1", **PLACE, properties={{{{
    "tenant_id": "{TENANT}",
    "sku": {{{{"family": "A", "name": "standard"}}}},
    "enable_rbac_authorization": True,
}}}})
identity = managedidentity.UserAssignedIdentity("identity", resource_name_="worker", **PLACE)
ROLES = {{{{
    "Contributor": group.id,
    "Storage Blob Data Contributor": account.id,
    "Key Vault Administrator": vault.id,
}}}}
roles = [
    authorization.RoleAssignment(
        role,
        role_assignment_name=assignment_name(role),
        scope=scope,
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=role_definition_id("{SUBSCRIPTION}", role),
    )
    for role, scope in ROLES.items()
    if GRANTED
]
workspace = machinelearningservices.Workspace(
    "workspace",
    workspace_name="ml-dev",
    identity={{{{"type": "UserAssigned", "user_assigned_identities": [identity.id]}}}},
    primary_user_assigned_identity=identity.id,
    key_vault=vault.id,
    storage_account=account.id,
    system_datastores_auth_mode="Identity",
    opts=pulumi.ResourceOptions(depends_on=roles),
    **PLACE,
)
compute = machinelearningservices.Compute(
    "compute",
    compute_name="cpu",
    workspace_name=workspace.name,
    location="{LOCATION}",
    resource_group_name=group.name,
    properties={{{{
        "compute_type": "AmlCompute",
        "properties": {{{{"vm_size": SIZE, "scale_settings": {{{{"max_node_count": MOST}}}}}}}},
    }}}},
)
machinelearningservices.Datastore(
    "datastore",
    name="datasets",
    workspace_name=workspace.name,
    resource_group_name=group.name,
    skip_validation=True,
    properties={{{{
        "datastore_type": "AzureBlob",
        "account_name": account.name,
        "container_name": "datasets",
        "credentials": {{{{"credentials_type": "None"}}}},
    }}}},
)
pulumi.export("state", workspace.provisioning_state)
"""


def write(toy: Rehearsal, *, granted: bool = True, size: str = "Standard_D4ds_v5", most: int = 2) -> None:
    """The program of a test."""
    text = PROGRAM.format(granted=granted, size=size, most=most)
    (toy.project / "__main__.py").write_text(text)


def test_a_workspace_that_failed_is_mended_changed_and_keeps_its_name_when_it_is_gone(
    engine: Engine, tmp_path: Path
) -> None:
    with rehearse_toy(engine, tmp_path, "") as toy:
        toy.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        write(toy, granted=False)
        said = toy.fails("up", "--yes", "--skip-preview")
        assert f"The user assigned identity {IDENTITY} of the workspace does not have the role" in said
        azure = AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
        assert azure.get(WORKSPACE, ML)["properties"]["provisioningState"] == "Failed"

        write(toy)
        toy.up()
        assert toy.outputs()["state"] == "Succeeded"
        toy.up("--expect-no-changes")
        toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")

        write(toy, most=5)
        toy.up()
        scale = azure.get(f"{WORKSPACE}/computes/cpu", ML)["properties"]["properties"]["scaleSettings"]
        assert scale["maxNodeCount"] == 5

        write(toy, most=5, size="Standard_D8ds_v5")
        said = toy.fails("up", "--yes", "--skip-preview")
        assert "The property properties.properties.vmSize of a compute cluster can not be changed" in said

        write(toy, most=5)
        toy.must("destroy", "--yes", "--skip-preview")
        assert azure.listed(f"{HOME}/resourcegroups", RESOURCES) == []
        # The vault's name is taken as well: it is recovered by hand, as a person would.
        azure.put(GROUP, RESOURCES, {"location": LOCATION})
        purged = f"{HOME}/providers/Microsoft.KeyVault/locations/{LOCATION}/deletedVaults/vault1/purge"
        azure.call("POST", purged, "2024-11-01", {})
        azure.delete(GROUP, RESOURCES)
        said = toy.fails("up", "--yes", "--skip-preview")
        assert "Soft-deleted workspace exists. Please purge or recover it." in said


def test_a_cluster_beyond_the_quota_fails_and_is_mended_by_more(engine: Engine, tmp_path: Path) -> None:
    vcpus, family = 4, "standardDDSv5Family"
    place = f"{HOME}/providers/Microsoft.MachineLearningServices/locations/{LOCATION}"
    quota = f"{place}/providers/Microsoft.Quota/quotas/{family}"
    with rehearse_toy(engine, tmp_path, "") as toy:
        toy.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        azure = AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
        azure.put(quota, "2023-02-01", {"properties": {"limit": {"value": vcpus}}})
        write(toy, size="Standard_D8ds_v5")
        said = toy.fails("up", "--yes", "--skip-preview")
        assert "ClusterMinNodesExceedCoreQuota" in said
        assert f"vCPU quota of {vcpus} and cannot accomodate for at least 1" in said
        azure.put(quota, "2023-02-01", {"properties": {"limit": {"value": 8}}})
        toy.up()
        made = azure.get(f"{WORKSPACE}/computes/cpu", ML)["properties"]
        assert (made["provisioningState"], made["properties"]["vmSize"]) == ("Succeeded", "Standard_D8ds_v5")
        toy.must("destroy", "--yes", "--skip-preview")
        assert azure.listed(f"{HOME}/resources", RESOURCES) == []
