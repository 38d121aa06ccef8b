"""Identities, roles and logs on Azure against the sandbox: what is made anew, what Azure won't change, and what
comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
KEY = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-training-01/keys/datasets"
ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"

PROGRAM = f"""
import pulumi
from pulumi_azure_native import applicationinsights as insights
from pulumi_azure_native import authorization, keyvault, managedidentity, monitor, operationalinsights, resources

ROLES = "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
place = {{"resource_group_name": group.name, "location": "West Europe", "tags": {{"owner": "me"}}}}
nodes = managedidentity.UserAssignedIdentity("nodes", resource_name_=NODES, **place)
managedidentity.FederatedIdentityCredential(
    "github",
    resource_group_name=group.name,
    resource_name_=nodes.name,
    issuer="https://token.actions.githubusercontent.com",
    subject="repo:example/models:environment:dev",
    audiences=["api://AzureADTokenExchange"],
)
vault = keyvault.Vault(
    "vault",
    vault_name=VAULT,
    properties={{
        "sku": {{"family": "A", "name": "standard"}},
        "tenant_id": "{TENANT}",
        "enable_rbac_authorization": True,
        "soft_delete_retention_in_days": 7,
    }},
    **place,
)
key = keyvault.Key(
    "key",
    resource_group_name=group.name,
    vault_name=vault.name,
    key_name="datasets",
    properties={{"kty": "RSA"}},
)
authorization.RoleAssignment(
    "fixed",
    scope=key.id,
    role_assignment_name="0b9b4dd6-5a5d-5c5f-9a2b-1c4c3f6f7a10",
    role_definition_id=f"{{ROLES}}/{{ROLE}}",
    principal_id=nodes.principal_id,
    principal_type="ServicePrincipal",
    opts=pulumi.ResourceOptions(
        replace_on_changes=["roleDefinitionId"] if CAREFUL else [], delete_before_replace=CAREFUL
    ),
)
authorization.RoleAssignment(
    "named-by-pulumi",
    scope=group.id,
    role_definition_id=f"{{ROLES}}/acdd72a7-3385-48ef-bd42-f606fba81ae7",
    principal_id=nodes.principal_id,
    principal_type="ServicePrincipal",
)
logs = operationalinsights.Workspace("logs", workspace_name="training-logs", retention_in_days=90, **place)
component = insights.Component("component", kind="web", workspace_resource_id=logs.id, **place)
scope = monitor.PrivateLinkScope(
    "scope",
    resource_group_name=group.name,
    location="Global",
    access_mode_settings={{"ingestion_access_mode": "Open", "query_access_mode": "Open"}},
)
for name, linked in (("logs", logs.id), ("insights", component.id)):
    monitor.PrivateLinkScopedResource(
        name, resource_group_name=group.name, scope_name=scope.name, name=name, linked_resource_id=linked
    )
monitor.DiagnosticSetting(
    "watch",
    name="log-analytics",
    resource_uri=vault.id,
    workspace_id=logs.id,
    logs=[{{"category_group": "audit", "enabled": True}}],
)
pulumi.export("principal", nodes.principal_id)
pulumi.export("logs", logs.customer_id)
pulumi.export("connection", component.connection_string)
"""


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(
    toy: Rehearsal,
    nodes: str = "nodes",
    role: str = ENCRYPTION_USER,
    vault: str = "kv-training-01",
    *,
    careful: bool = True,
) -> None:
    settings = f"NODES, ROLE, VAULT, CAREFUL = {nodes!r}, {role!r}, {vault!r}, {careful}\n"
    (toy.project / "__main__.py").write_text(settings + PROGRAM)


def roles_at_the_key(azure: AzureCloud) -> list[tuple[str, str]]:
    path = f"{KEY}/providers/Microsoft.Authorization/roleAssignments"
    found = azure.get(path, "2022-04-01")["value"]
    return [
        (item["properties"]["roleDefinitionId"].rpartition("/")[2], item["properties"]["principalId"])
        for item in found
        if item["properties"]["scope"] == KEY
    ]


def test_access_on_azure_is_brought_up_changed_and_brought_up_again(toy: Rehearsal) -> None:
    write(toy)
    toy.up()
    azure = AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
    first = toy.outputs()
    assert roles_at_the_key(azure) == [(ENCRYPTION_USER, first["principal"])]
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    # Another role under the same name: Azure changes none, so it must be replaced, and the old one gone first.
    write(toy, role=CRYPTO_USER, careful=False)
    refused = toy.pulumi("up", "--yes", "--skip-preview")
    assert refused.returncode != 0
    assert (
        "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be "
        "updated." in refused.stdout + refused.stderr
    )
    write(toy, role=CRYPTO_USER)
    toy.up()
    assert roles_at_the_key(azure) == [(CRYPTO_USER, first["principal"])]

    # Another identity is somebody else, and has the roles anew.
    write(toy, nodes="workers", role=CRYPTO_USER)
    toy.up()
    second = toy.outputs()
    assert second["principal"] != first["principal"]
    assert roles_at_the_key(azure) == [(CRYPTO_USER, second["principal"])]

    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(azure) == []
    # The workspace that is made again is the old one, with what it holds; a vault's name stays taken.
    write(toy, nodes="workers", role=CRYPTO_USER, vault="kv-training-02")
    toy.up()
    third = toy.outputs()
    assert third["logs"] == first["logs"]
    assert third["principal"] != second["principal"]
    assert third["connection"] != first["connection"]
    toy.up("--expect-no-changes")
