"""The deletion of a resource group: what in it is used from outside of it keeps it, and it keeps all in it."""

from __future__ import annotations

import pytest
from arming import GROUP, HOME, LOCATION, NETWORK, SECURITY_GROUP, VAULT, Arm, network, subnet, vault
from azure_ml import ENDPOINTS, endpoint

OTHER = f"{HOME}/resourceGroups/other"
BLOCKED = (
    "Deletion of resource group 'rg' failed as resources with identifiers '{names}' could not be deleted. The "
    "provisioning state of the resource group will be rolled back."
)


@pytest.fixture
def groups(group: Arm) -> Arm:
    """Two groups."""
    group.put(OTHER, {"location": LOCATION})
    return group


def blocked(names: str) -> tuple[int, str, str]:
    return 409, "ResourceGroupDeletionBlocked", BLOCKED.format(names=names)


def test_a_security_group_that_another_groups_network_uses_keeps_its_group(groups: Arm) -> None:
    groups.put(SECURITY_GROUP, {"location": LOCATION})
    outside = NETWORK.replace(GROUP, OTHER)
    guarded = subnet("10.0.0.0/24", networkSecurityGroup={"id": SECURITY_GROUP})
    groups.put(outside, network(subnets=[{"name": "a", **guarded}]))
    groups.put(VAULT, vault())
    names = "Microsoft.Network/networkSecurityGroups/guard"
    assert groups.refused("DELETE", GROUP) == blocked(names)
    (detail,) = groups.call("DELETE", GROUP)[1]["error"]["details"]
    assert detail["code"] == "InUseNetworkSecurityGroupCannotBeDeleted"
    assert detail["message"].startswith(
        f"Network security group {SECURITY_GROUP} cannot be deleted because it is in use by the following "
        f"resources: {outside}/subnets/a."
    )
    assert groups.get(VAULT)["name"] == "vault1"
    assert sorted(groups.listed(f"{GROUP}/resources")) == ["guard", "vault1"]
    assert groups.call("DELETE", OTHER) == (200, None)
    assert groups.call("DELETE", GROUP) == (200, None)


def test_a_network_with_another_groups_endpoint_keeps_its_group(groups: Arm) -> None:
    groups.put(NETWORK, network(subnets=[{"name": "endpoints", **subnet("10.0.1.0/24")}]))
    groups.put(VAULT, vault())
    connection = {"name": "it", "properties": {"privateLinkServiceId": VAULT, "groupIds": ["vault"]}}
    properties = {"subnet": {"id": ENDPOINTS}, "privateLinkServiceConnections": [connection]}
    outside = f"{OTHER}/providers/Microsoft.Network/privateEndpoints/vault"
    groups.put(outside, {"location": LOCATION, "properties": properties})
    assert groups.refused("DELETE", GROUP) == blocked("Microsoft.Network/virtualNetworks/net")
    assert groups.call("DELETE", outside)[0] == 200
    assert groups.call("DELETE", GROUP) == (200, None)


def test_what_is_used_only_in_the_group_goes_with_it_in_whatever_order(groups: Arm) -> None:
    groups.put(SECURITY_GROUP, {"location": LOCATION})
    guarded = subnet("10.0.1.0/24", networkSecurityGroup={"id": SECURITY_GROUP})
    groups.put(NETWORK, network(subnets=[{"name": "endpoints", **guarded}]))
    groups.put(VAULT, vault())
    endpoint(groups, VAULT, "vault")
    zone = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"
    groups.put(zone, {"location": "global"})
    link = {"virtualNetwork": {"id": NETWORK}, "registrationEnabled": False}
    groups.put(f"{zone}/virtualNetworkLinks/net", {"location": "global", "properties": link})
    assert groups.call("DELETE", GROUP) == (200, None)
    assert groups.listed(f"{HOME}/resources") == ["NetworkWatcher_westeurope"]
