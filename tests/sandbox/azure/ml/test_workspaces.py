"""Workspaces of Machine Learning: what they are made of, and what may become of them."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, GROUP, HOME, LOCATION, TENANT, VAULT, Arm, account, vault
from azure_ml import IDENTITY, ML, USER, WORKSPACE, datastore, endpoint, grant, identity, workspace

ROLES = (
    ("Contributor", ACCOUNT),
    ("Storage Blob Data Contributor", ACCOUNT),
    ("Contributor", VAULT),
    ("Key Vault Administrator", VAULT),
)


def with_user(**properties: Any) -> dict[str, Any]:
    return workspace(USER, primaryUserAssignedIdentity=IDENTITY, **properties)


def test_a_workspace_shows_what_azure_fills_in(ml: Arm) -> None:
    made = ml.get(WORKSPACE)
    properties = made["properties"]
    assert made["kind"] == "Default"
    assert made["sku"] == {"name": "Basic", "tier": "Basic"}
    assert made["identity"].keys() == {"type", "principalId", "tenantId"}
    assert properties["provisioningState"] == "Succeeded"
    assert properties["discoveryUrl"] == "https://westeurope.api.azureml.ms/discovery"
    assert properties["mlFlowTrackingUri"] == f"azureml://westeurope.api.azureml.ms/mlflow/v1.0{WORKSPACE}"
    assert len(properties["workspaceId"]) == 36
    assert properties["friendlyName"] == "ml-dev"
    assert properties["serviceProvisionedResourceGroup"] == ""
    assert properties["hbiWorkspace"] is False
    assert ml.listed(f"{HOME}/providers/Microsoft.MachineLearningServices/workspaces") == ["ml-dev"]


def test_the_default_datastores_and_their_containers_come_with_a_workspace(ml: Arm) -> None:
    assert sorted(ml.listed(f"{WORKSPACE}/datastores")) == [
        "workspaceartifactstore",
        "workspaceblobstore",
        "workspacefilestore",
        "workspaceworkingdirectory",
    ]
    blobs = ml.get(f"{WORKSPACE}/datastores/workspaceblobstore")["properties"]
    assert blobs["isDefault"] is True
    assert blobs["accountName"] == "account1"
    assert blobs["credentials"] == {"credentialsType": "AccountKey"}
    containers = ml.listed(f"{ACCOUNT}/blobServices/default/containers")
    assert sorted(containers) == ["azureml", blobs["containerName"]]
    assert ml.refused("DELETE", f"{WORKSPACE}/datastores/workspaceblobstore") == (
        400,
        "BadRequest",
        "The datastore workspaceblobstore came with the workspace and can't be deleted.",
    )


def test_registry_and_insights_may_be_exchanged(ml: Arm) -> None:
    images = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/images1"
    insights = f"{GROUP}/providers/Microsoft.Insights/components/insights"
    logs = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
    ml.put(images, {"location": LOCATION, "sku": {"name": "Premium"}})
    ml.put(logs, {"location": LOCATION, "properties": {"sku": {"name": "PerGB2018"}}})
    web = {"Application_Type": "web", "WorkspaceResourceId": logs, "IngestionMode": "LogAnalytics"}
    ml.put(
        insights,
        {"location": LOCATION, "kind": "web", "properties": web},
        query={"api-version": "2020-02-02"},
    )
    changed = ml.put(WORKSPACE, workspace(containerRegistry=images, applicationInsights=insights))
    assert changed["properties"]["containerRegistry"] == images
    assert changed["properties"]["applicationInsights"] == insights


def test_a_private_endpoint_is_shown_as_a_connection(ml: Arm) -> None:
    endpoint(ml)
    properties = ml.get(WORKSPACE)["properties"]
    assert properties["privateLinkCount"] == 1
    (connection,) = properties["privateEndpointConnections"]
    assert connection["properties"]["privateLinkServiceConnectionState"]["status"] == "Approved"


NOT_FOUND = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/none"
REFUSED: dict[str, tuple[dict[str, Any], tuple[int, str, str]]] = {
    "no account": (
        workspace(storageAccount=None),
        (400, "BadRequest", "Missing dependent resources in workspace json: storageAccount."),
    ),
    "an account that isn't there": (
        workspace(storageAccount=NOT_FOUND),
        (
            400,
            "BadRequest",
            f"The resource {NOT_FOUND}, which property properties.storageAccount names, was not found.",
        ),
    ),
    "a vault in the account's place": (
        workspace(storageAccount=VAULT),
        (
            400,
            "InvalidPropertyValue",
            (
                f"The specified value {VAULT} for property properties.storageAccount is not the id of a "
                "Microsoft.Storage/storageAccounts."
            ),
        ),
    ),
    "a registry that isn't one": (
        workspace(containerRegistry="images"),
        (
            400,
            "InvalidPropertyValue",
            (
                "The specified value images for property properties.containerRegistry is not the id of a "
                "Microsoft.ContainerRegistry/registries."
            ),
        ),
    ),
    "insights that aren't there": (
        workspace(applicationInsights=f"{GROUP}/providers/Microsoft.Insights/components/none"),
        (
            400,
            "BadRequest",
            (
                f"The resource {GROUP}/providers/Microsoft.Insights/components/none, which property "
                "properties.applicationInsights names, was not found."
            ),
        ),
    ),
    "a subnet for serverless computes that isn't there": (
        workspace(serverlessComputeSettings={"serverlessComputeCustomSubnet": "/nowhere"}),
        (
            400,
            "InvalidPropertyValue",
            (
                "The specified value /nowhere for property "
                "properties.serverlessComputeSettings.serverlessComputeCustomSubnet is not the id of a "
                "Microsoft.Network/virtualNetworks/subnets."
            ),
        ),
    ),
    "no identity": (
        workspace({"type": "None"}),
        (400, "MissingIdentity", "A workspace needs an identity: SystemAssigned or UserAssigned."),
    ),
    "an identity of the user's without a primary one": (
        workspace(USER),
        (400, "BadRequest", "A workspace with user assigned identities only needs a primary one."),
    ),
    "a primary identity of somebody else": (
        workspace(primaryUserAssignedIdentity=IDENTITY),
        (
            400,
            "BadRequest",
            f"The primary user assigned identity {IDENTITY} is not among the workspace's identities.",
        ),
    ),
    "an isolation that there isn't": (
        workspace(managedNetwork={"isolationMode": "Closed"}),
        (
            400,
            "InvalidPropertyValue",
            "The specified value Closed for property properties.managedNetwork.isolationMode is not allowed.",
        ),
    ),
    "a member too many": (
        workspace(color="blue"),
        (
            400,
            "InvalidRequestContent",
            (
                "The request content was invalid and could not be deserialized: 'Could not find member 'color' on "
                "object of type 'WorkspaceProperties'. Path 'properties.color'.'"
            ),
        ),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_workspace_that_can_not_be_is_refused(parts: Arm, what: str) -> None:
    identity(parts)
    body, said = REFUSED[what]
    assert parts.refused("PUT", WORKSPACE, body) == said
    assert parts.refused("GET", WORKSPACE)[1] == "ResourceNotFound"


def test_a_name_that_is_too_long_is_refused(parts: Arm) -> None:
    assert parts.refused("PUT", f"{ML}/workspaces/{'a' * 34}", workspace()) == (
        400,
        "InvalidWorkspaceName",
        (
            f"The workspace name '{'a' * 34}' is invalid: it has 3 to 33 letters, digits, hyphens and "
            "underscores, and begins with a letter or a digit."
        ),
    )


def test_an_account_with_directories_is_no_workspaces(parts: Arm) -> None:
    lake = ACCOUNT.replace("account1", "lake1")
    parts.put(lake, account(properties={"isHnsEnabled": True}))
    assert parts.refused("PUT", WORKSPACE, workspace(storageAccount=lake)) == (
        400,
        "BadRequest",
        "The storage account lake1 can't be a workspace's: it is premium, or has a hierarchical namespace.",
    )


def test_metadata_on_azures_side_are_not_encrypted_by_a_closed_vault(parts: Arm) -> None:
    parts.put(VAULT, vault(enablePurgeProtection=True, publicNetworkAccess="Disabled"))
    assert parts.refused("PUT", WORKSPACE, workspace(enableServiceSideCMKEncryption=True)) == (
        400,
        "BadRequest",
        (
            "Service side encryption of metadata is not supported with a key vault whose public network access is "
            "disabled."
        ),
    )


def test_a_workspace_fails_without_the_roles_of_its_identity_and_is_mended_by_them(parts: Arm) -> None:
    principal = identity(parts)
    for role, scope in ROLES:
        assert parts.refused("PUT", WORKSPACE, with_user()) == (
            400,
            "BadRequest",
            f"The user assigned identity {IDENTITY} of the workspace does not have the role '{role}' on {scope}.",
        )
        assert parts.get(WORKSPACE)["properties"]["provisioningState"] == "Failed"
        grant(parts, principal, role, scope)
    made = parts.put(WORKSPACE, with_user())
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert made["identity"]["userAssignedIdentities"][IDENTITY]["principalId"] == principal


def test_roles_around_what_a_workspace_is_made_of_count(parts: Arm) -> None:
    principal = identity(parts)
    for role in ("Owner", "Storage Blob Data Owner", "Key Vault Administrator"):
        grant(parts, principal, role, GROUP)
    parts.put(WORKSPACE, with_user())


OTHER_ACCOUNT, OTHER_VAULT = ACCOUNT.replace("account1", "account2"), VAULT.replace("vault1", "vault2")
FIXED: dict[str, tuple[dict[str, Any], str]] = {
    "keyVault": (workspace(keyVault=OTHER_VAULT), "The keyVault of a workspace"),
    "storageAccount": (workspace(storageAccount=OTHER_ACCOUNT), "The storageAccount of a workspace"),
    "hbiWorkspace": (workspace(hbiWorkspace=True), "The hbiWorkspace of a workspace"),
    "enableServiceSideCMKEncryption": (
        workspace(enableServiceSideCMKEncryption=True),
        "The enableServiceSideCMKEncryption of a workspace",
    ),
    "kind": ({**workspace(), "kind": "Hub"}, "The kind of a workspace"),
    "identity": (with_user(), "The system assigned identity of a workspace"),
}


@pytest.mark.parametrize("what", FIXED)
def test_what_a_workspace_is_made_of_can_not_be_changed(ml: Arm, what: str) -> None:
    ml.put(OTHER_ACCOUNT, account())
    ml.put(OTHER_VAULT, vault())
    identity(ml)
    body, named = FIXED[what]
    before = ml.get(WORKSPACE)
    assert ml.refused("PUT", WORKSPACE, body) == (
        400,
        "BadRequest",
        f"{named} can not be changed after creation.",
    )
    assert ml.get(WORKSPACE) == before


def test_a_workspace_stays_where_it_is(ml: Arm) -> None:
    status, code, _ = ml.refused("PUT", WORKSPACE, {**workspace(), "location": "eastus"})
    assert (status, code) == (409, "InvalidResourceLocation")


def test_what_may_be_changed_is_by_put_and_by_patch(ml: Arm) -> None:
    made = ml.put(WORKSPACE, workspace(publicNetworkAccess="Disabled", imageBuildCompute="build"))
    assert made["properties"]["publicNetworkAccess"] == "Disabled"
    status, patched = ml.call(
        "PATCH", WORKSPACE, {"tags": {"owner": "me"}, "properties": {"description": "b"}}
    )
    assert status == 200
    assert patched["tags"] == {"owner": "me"}
    assert patched["properties"]["description"] == "b"
    assert patched["properties"]["imageBuildCompute"] == "build", "what a PATCH leaves out stays"


def test_isolation_is_never_loosened(ml: Arm) -> None:
    strict = {"isolationMode": "AllowOnlyApprovedOutbound"}
    ml.put(WORKSPACE, workspace(managedNetwork=strict))
    assert ml.refused("PUT", WORKSPACE, workspace(managedNetwork={"isolationMode": "Disabled"})) == (
        400,
        "BadRequest",
        "The isolation mode of a managed network can not be changed from AllowOnlyApprovedOutbound to Disabled.",
    )


SOFT_DELETED = (
    400,
    "BadRequest",
    "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete",
)


def test_a_deleted_workspace_keeps_its_name_for_fourteen_days(ml: Arm) -> None:
    own = ml.get(WORKSPACE)["properties"]["workspaceId"]
    assert ml.call("DELETE", WORKSPACE) == (200, None)
    assert ml.refused("GET", WORKSPACE)[1] == "ResourceNotFound"
    assert ml.refused("PUT", WORKSPACE, workspace()) == SOFT_DELETED
    ml.clock.move(days=13)
    assert ml.refused("PUT", WORKSPACE, workspace()) == SOFT_DELETED
    ml.clock.move(days=1)
    assert ml.put(WORKSPACE, workspace())["properties"]["workspaceId"] != own, "another one"


@pytest.mark.parametrize("when", ["with the deletion", "after it"])
def test_a_workspace_that_is_purged_leaves_its_name(ml: Arm, when: str) -> None:
    if when == "after it":
        ml.call("DELETE", WORKSPACE)
    ml.call("DELETE", WORKSPACE, query={"forceToPurge": "true"})
    ml.put(WORKSPACE, workspace())


def test_a_deleted_workspace_is_recovered_with_its_datastores(ml: Arm) -> None:
    ml.put(f"{ACCOUNT}/blobServices/default/containers/datasets", {})
    properties = {
        "datastoreType": "AzureBlob",
        "accountName": "account1",
        "containerName": "datasets",
        "credentials": {"credentialsType": "None"},
    }
    ml.put(f"{WORKSPACE}/datastores/mine", {"properties": properties})
    before = ml.get(WORKSPACE)["properties"]["workspaceId"]
    ml.call("DELETE", WORKSPACE)
    back = ml.put(WORKSPACE, workspace(allowRecoverSoftDeletedWorkspace="True"))
    assert back["properties"]["workspaceId"] == before
    assert "allowRecoverSoftDeletedWorkspace" not in back["properties"]
    assert "mine" in ml.listed(f"{WORKSPACE}/datastores")


def test_a_workspace_whose_parts_are_gone_can_not_be_recovered(ml: Arm) -> None:
    ml.call("DELETE", WORKSPACE)
    ml.call("DELETE", ACCOUNT)
    assert ml.refused("PUT", WORKSPACE, workspace(allowRecoverSoftDeletedWorkspace=True)) == (
        400,
        "BadRequest",
        f"The soft-deleted workspace ml-dev can't be recovered: its storageAccount {ACCOUNT} was not found.",
    )


def test_a_workspace_that_goes_with_its_group_keeps_its_name_too(ml: Arm) -> None:
    ml.call("DELETE", GROUP)
    ml.put(GROUP, {"location": LOCATION})
    assert ml.refused("PUT", WORKSPACE, workspace()) == SOFT_DELETED


def test_a_workspace_that_went_with_its_group_comes_back_with_its_datastores(arm: Arm) -> None:
    elsewhere = GROUP.replace("rg", "data")
    for place in (GROUP, elsewhere):
        arm.put(place, {"location": LOCATION})
    made_of = {
        "storageAccount": ACCOUNT.replace(GROUP, elsewhere),
        "keyVault": VAULT.replace(GROUP, elsewhere),
    }
    arm.put(made_of["storageAccount"], account())
    arm.put(made_of["keyVault"], vault())
    arm.put(WORKSPACE, workspace(**made_of))
    arm.put(f"{WORKSPACE}/datastores/mine", datastore(), query={"skipValidation": "true"})
    assert arm.call("DELETE", GROUP) == (200, None)
    arm.put(GROUP, {"location": LOCATION})
    arm.put(WORKSPACE, workspace(**made_of, allowRecoverSoftDeletedWorkspace=True))
    assert "mine" in arm.listed(f"{WORKSPACE}/datastores")


def test_the_tenant_is_the_sandboxs(ml: Arm) -> None:
    assert ml.get(WORKSPACE)["properties"]["tenantId"] == ml.get(HOME)["tenantId"] != TENANT
