"""Who uses Azure's keys, from where and who is told, against the sandbox: up, again, and gone."""

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
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-training-01"
DISKS = f"{GROUP}/providers/Microsoft.Compute/diskEncryptionSets/dev-volumes"
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"

PROGRAM = f"""
import pulumi
from pulumi_azure_native import network, privatedns, resources

from modelyard.azure.encryption import Encryption
from modelyard.azure.log_workspace import LogWorkspace

group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
place = {{"resource_group_name": group.name, "location": "westeurope", "tags": {{"owner": "me"}}}}
net = network.VirtualNetwork(
    "net",
    virtual_network_name="dev",
    resource_group_name=group.name,
    location="westeurope",
    address_space={{"address_prefixes": ["10.0.0.0/16"]}},
)
subnet = network.Subnet(
    "endpoints",
    subnet_name="endpoints",
    virtual_network_name=net.name,
    resource_group_name=group.name,
    address_prefix="10.0.0.0/24",
    private_endpoint_network_policies="Enabled",
)
ZONE = "privatelink.vaultcore.azure.net"
zone = privatedns.PrivateZone(
    "zone", private_zone_name=ZONE, resource_group_name=group.name, location="global"
)
logs = LogWorkspace("logs", {{**place, "workspace_name": "training-logs"}})
keys = Encryption(
    "keys",
    {{
        **place,
        "vault_name": "kv-training-01",
        "tenant_id": "{TENANT}",
        "subscription_id": "{SUBSCRIPTION}",
        "purposes": ["datasets", "volumes", "workspace"],
        "identities": {{"datasets": "dev-datasets", "volumes": "dev-volumes"}},
        "disk_encryption_set_name": "dev-volumes",
        "endpoint_subnet_id": subnet.id,
        "dns_zone_ids": {{ZONE: zone.id}},
        "log_workspace_id": logs.workspace_id,
    }},
)
pulumi.export("identities", keys.identity_ids)
pulumi.export("principals", keys.identity_principal_ids)
pulumi.export("clients", keys.identity_client_ids)
pulumi.export("versions", keys.key_version_uris)
pulumi.export("disks", keys.disk_encryption_set_id)
pulumi.export("logs", logs.customer_id)
"""


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        (rehearsal.project / "__main__.py").write_text(PROGRAM)
        yield rehearsal


def test_keys_with_their_users_are_brought_up_stay_as_they_are_and_go(toy: Rehearsal) -> None:
    toy.must("preview")
    toy.up()
    azure = AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
    outputs = toy.outputs()
    assert outputs["identities"] == {
        purpose: f"{IDENTITIES}/dev-{purpose}" for purpose in ("datasets", "volumes")
    }
    assert len({*outputs["principals"].values(), *outputs["clients"].values()}) == 4
    assert set(outputs["versions"]) == {"datasets", "volumes", "workspace"}
    assert outputs["disks"] == DISKS
    disks = azure.get(DISKS, "2024-03-02")["properties"]
    assert disks["activeKey"]["keyUrl"] == outputs["versions"]["volumes"]
    policies = {
        purpose: azure.get(f"{VAULT}/keys/{purpose}", "2024-11-01")["properties"]["rotationPolicy"]
        for purpose in outputs["versions"]
    }
    assert policies["datasets"]["attributes"]["expiryTime"] == "P730D"
    assert "expiryTime" not in policies["workspace"].get("attributes", {})

    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")
    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(azure) == []
