"""A cluster on Azure Machine Learning against the sandbox, with the keys, network and storage that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard.planning.azure.clusters import compute_name
from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training/providers"
WORKSPACE = f"{GROUP}/Microsoft.MachineLearningServices/workspaces/dev-a1"
API_VERSION = "2025-12-01"
GROUPS_API_VERSION = "2024-03-01"
A100 = "Standard_NC96ads_A100_v4"
H100 = "Standard_ND96isr_H100_v5"

PROGRAM = """
import pulumi
from pulumi_azure_native import resources

from modelyard.azure.encryption import Encryption
from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.network import Network
from modelyard.azure.storage import Storage

SUBSCRIPTION = "{subscription}"
TAGS = {{"environment": "dev", "owner": "{owner}"}}
group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
PLACE = {{"resource_group_name": group.name, "location": group.location, "tags": TAGS}}

keys = Encryption("keys", {{
    **PLACE,
    "vault_name": "kv-training-01",
    "tenant_id": "{tenant}",
    "subscription_id": SUBSCRIPTION,
    "purposes": ["registry", "workspace"],
    "identities": {{"registry": "dev-registry-key", "workspace": "dev-workspace-key"}},
}})
logs = LogWorkspace("logs", {{**PLACE, "workspace_name": "dev-logs-a1"}})
network = Network("net", {{
    **PLACE, "environment": "dev", "cidr": "10.8.0.0/20", "egress": "nat", "node_count": 20, "endpoint_count": 8,
}})
ZONES = (
    "privatelink.azurecr.io",
    "privatelink.vaultcore.azure.net",
    "privatelink.api.azureml.ms",
    "privatelink.notebooks.azure.net",
    "privatelink.blob.core.windows.net",
    "privatelink.file.core.windows.net",
)
endpoints = {{
    "endpoint_subnet_id": network.subnet_ids["endpoints"],
    "dns_zone_ids": {{zone: network.dns_zone_ids[zone] for zone in ZONES}},
}}
storage = Storage("store", {{
    **PLACE,
    **endpoints,
    "accounts": {{
        "workspace": {{
            "account_name": "devwork01",
            "containers": ["datasets"],
            "key_vault_uri": keys.vault_uri,
            "key_name": "workspace",
            "identity_id": keys.identity_ids["workspace"],
            "endpoint_groups": ["blob", "file"],
        }},
    }},
}})
cluster = GpuCluster("gpu", {{
    **PLACE,
    "environment": "dev",
    "subscription_id": SUBSCRIPTION,
    "tenant_id": "{tenant}",
    "workspace_name": "dev-a1",
    "registry_name": "devimagesa1",
    "vault_name": "ml-training-01",
    "storage_account_id": storage.account_ids["workspace"],
    "log_workspace_id": logs.workspace_id,
    "node_subnet_id": network.subnet_ids["nodes"],
    "endpoint_subnet_id": network.subnet_ids["endpoints"],
    "dns_zone_ids": network.dns_zone_ids,
    "registry_key_uri": keys.key_uris["registry"],
    "registry_identity_id": keys.identity_ids["registry"],
    "registry_identity_client_id": keys.identity_client_ids["registry"],
    "replica_locations": ["northeurope"],
    "pools": [{{
        "name": "h100", "size": "{size}", "max_nodes": {max_nodes}, "max_nodes_per_job": 2,
        "low_priority": {low_priority},
    }}],
    "datastores": {{"datasets": {{"account_name": storage.account_names["workspace"], "container": "datasets"}}}},
    "submitters": [{{"principal_id": "aaaaaaaa-0000-0000-0000-000000000001", "kind": "user"}}],
    "customer_key": {{
        "key_vault_id": keys.vault_id,
        "key_uri": keys.key_version_uris["workspace"],
        "identity_id": keys.identity_ids["workspace"],
        "identity_client_id": keys.identity_client_ids["workspace"],
        "cosmos_db_principal_id": "aaaaaaaa-0000-0000-0000-000000000009",
    }},
}})
pulumi.export("computes", cluster.compute_names)
pulumi.export("workspace", cluster.workspace_id)
pulumi.export("discovery", cluster.discovery_url)
pulumi.export("registry", cluster.registry_login_server)
pulumi.export("managed", cluster.managed_resource_group)
"""
FIRST: dict[str, Any] = {
    "subscription": SUBSCRIPTION,
    "tenant": TENANT,
    "owner": "me",
    "size": H100,
    "max_nodes": 2,
    "low_priority": False,
}


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, **changes: Any) -> None:
    (toy.project / "__main__.py").write_text(PROGRAM.format(**{**FIRST, **changes}))


def cloud(toy: Rehearsal) -> AzureCloud:
    """The subscription as anybody but Pulumi sees it."""
    return AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)


def computes(toy: Rehearsal) -> dict[str, Any]:
    """Settings of each compute of the workspace, by name."""
    found = cloud(toy).get(f"{WORKSPACE}/computes", API_VERSION)["value"]
    return {compute["name"]: compute["properties"]["properties"] for compute in found}


@pytest.mark.slow
def test_a_cluster_is_brought_up_stays_as_it_is_scales_in_place_and_changes_its_size(toy: Rehearsal) -> None:
    write(toy)
    toy.must("preview")
    toy.up()
    outputs = toy.outputs()
    first, build = compute_name("h100", H100), compute_name("image-build", "Standard_D4ds_v5")
    assert outputs["computes"] == {"h100": first}
    assert outputs["workspace"] == WORKSPACE
    assert outputs["registry"] == "devimagesa1.azurecr.io"
    assert outputs["discovery"].startswith("https://")
    assert outputs["managed"], "Azure made a group for what a customer's key needs"
    assert set(computes(toy)) == {first, build}
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    write(toy, max_nodes=8)
    assert "~ 1 updated" in toy.up()
    assert computes(toy)[first]["scaleSettings"]["maxNodeCount"] == 8

    write(toy, max_nodes=8, size=A100, low_priority=True)
    assert "+-1 replaced" in toy.up()
    second = compute_name("h100", A100, low_priority=True)
    assert set(computes(toy)) == {second, build}
    assert computes(toy)[second]["vmPriority"] == "LowPriority"

    # Azure changes no tags of a cluster, so it is made anew under its name.
    write(toy, max_nodes=8, size=A100, low_priority=True, owner="you")
    said = toy.up()
    assert "+-2 replaced" in said
    assert set(computes(toy)) == {second, build}
    toy.up("--expect-no-changes")

    toy.must("destroy", "--yes", "--skip-preview")
    azure = cloud(toy)
    assert standing(azure) == []
    # What Azure made for the key stays while the workspace can be recovered, and is paid for.
    made = outputs["managed"].rpartition("/")[2]
    assert azure.get(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{made}", GROUPS_API_VERSION)["managedBy"]
