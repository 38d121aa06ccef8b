"""What stands: groups, networks, accounts and containers as Azure answers them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pytest
from arming import (
    ACCOUNT,
    BLOBS,
    GROUP,
    HOME,
    LOCATION,
    NETWORK,
    OTHER_SUBSCRIPTION,
    SECURITY_GROUP,
    SUBSCRIPTION,
    VAULT,
    Arm,
    account,
    network,
    rule,
    subnet,
    vault,
)

from modelyard_sandbox.azure.client import AzureCloud


def test_a_group_is_made_changed_listed_and_deleted_with_all_that_is_in_it(arm: Arm) -> None:
    status, made = arm.call("PUT", GROUP, {"location": "West Europe", "tags": {"owner": "me"}})
    assert status == 201
    assert made == {
        "id": GROUP,
        "name": "rg",
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "tags": {"owner": "me"},
        "properties": {"provisioningState": "Succeeded"},
    }
    assert arm.call("PUT", GROUP, {"location": LOCATION})[0] == 200
    assert arm.call("PATCH", GROUP, {"tags": {"team": "ml"}})[1]["tags"] == {"team": "ml"}
    assert arm.call("HEAD", GROUP) == (204, None)
    assert arm.listed(f"{HOME}/resourcegroups") == ["rg"]
    arm.put(NETWORK, network(subnets=[{"name": "a", **subnet("10.0.0.0/24")}]))
    arm.put(ACCOUNT, account())
    assert arm.listed(f"{GROUP}/resources") == ["net", "account1"]
    assert arm.call("DELETE", GROUP) == (200, None)
    assert arm.call("HEAD", GROUP)[0] == 404
    arm.put(GROUP, {"location": "eastus"})
    assert arm.listed(f"{GROUP}/resources") == []
    assert arm.refused("GET", f"{NETWORK}/subnets/a")[1] == "ParentResourceNotFound"


def test_names_are_compared_without_case_and_shown_as_they_were_given(group: Arm) -> None:
    shouted = GROUP.replace("/resourceGroups/rg", "/RESOURCEGROUPS/RG")
    assert group.get(shouted)["id"] == GROUP
    group.put(NETWORK, network())
    assert group.get(NETWORK.lower())["name"] == "net"
    assert group.put(NETWORK.replace("/net", "/NET"), network())["name"] == "net"


def test_subscriptions_are_apart(group: Arm) -> None:
    other = f"/subscriptions/{OTHER_SUBSCRIPTION}"
    assert group.listed(f"{other}/resourcegroups") == []
    assert group.get(HOME)["subscriptionId"] == SUBSCRIPTION


def test_a_network_shows_its_subnets_however_they_were_made(group: Arm) -> None:
    group.put(SECURITY_GROUP, {"location": LOCATION, "properties": {"securityRules": [rule("ssh")]}})
    delegation = {"name": "ml", "properties": {"serviceName": "Microsoft.MachineLearningServices/workspaces"}}
    inline = subnet(
        "10.0.0.0/24",
        delegations=[delegation],
        networkSecurityGroup={"id": SECURITY_GROUP},
        serviceEndpoints=[{"service": "Microsoft.Storage"}],
    )
    made = group.put(NETWORK, network(subnets=[{"name": "a", **inline}]))
    properties = made["properties"]["subnets"][0]["properties"]
    assert properties["delegations"][0] == {
        "id": f"{NETWORK}/subnets/a/delegations/ml",
        "name": "ml",
        "type": "Microsoft.Network/virtualNetworks/subnets/delegations",
        "properties": {"provisioningState": "Succeeded", **delegation["properties"]},
    }
    assert properties["serviceEndpoints"] == [
        {"provisioningState": "Succeeded", "locations": [LOCATION], "service": "Microsoft.Storage"}
    ]
    assert properties["privateEndpointNetworkPolicies"] == "Disabled"
    assert made["properties"]["provisioningState"] == "Succeeded"
    child = group.put(f"{NETWORK}/subnets/b", subnet("10.0.1.0/24"))
    assert child["id"] == f"{NETWORK}/subnets/b"
    assert group.listed(f"{NETWORK}/subnets") == ["a", "b"]
    now = group.get(NETWORK)
    assert [item["name"] for item in now["properties"]["subnets"]] == ["a", "b"]
    assert now["properties"]["resourceGuid"] == made["properties"]["resourceGuid"]


def test_a_network_written_without_subnets_keeps_them_and_a_list_replaces_them(group: Arm) -> None:
    group.put(NETWORK, network(subnets=[{"name": "a", **subnet("10.0.0.0/24")}]))
    assert len(group.put(NETWORK, network(enableVmProtection=True))["properties"]["subnets"]) == 1
    group.put(NETWORK, network(subnets=[{"name": "b", **subnet("10.0.0.0/25")}]))
    assert group.listed(f"{NETWORK}/subnets") == ["b"]
    assert group.put(NETWORK, network(subnets=[]))["properties"]["subnets"] == []


def test_a_network_can_not_leave_its_subnets_outside(group: Arm) -> None:
    group.put(NETWORK, network(subnets=[{"name": "a", **subnet("10.0.0.0/24")}]))
    narrow = network(addressSpace={"addressPrefixes": ["10.1.0.0/16"]})
    assert group.refused("PUT", NETWORK, narrow)[1] == "NetcfgSubnetRangeOutsideVnet"
    assert group.get(NETWORK)["properties"]["addressSpace"] == {"addressPrefixes": ["10.0.0.0/16"]}
    assert group.refused("PUT", f"{NETWORK}/subnets/b", subnet("10.0.0.128/25"))[1:] == (
        "NetcfgSubnetRangesOverlap",
        (
            "Subnet 'b' is not valid because its IP address range overlaps with that of an existing subnet in virtual "
            "network 'net'."
        ),
    )


def test_a_network_of_both_protocols_takes_a_subnet_of_both(group: Arm) -> None:
    both = network(addressSpace={"addressPrefixes": ["10.0.0.0/16", "fd00::/48"]})
    group.put(NETWORK, both)
    properties = {"properties": {"addressPrefixes": ["10.0.0.0/24", "fd00::/64"]}}
    group.put(f"{NETWORK}/subnets/a", properties)
    wide = {"properties": {"addressPrefixes": ["10.0.1.0/24", "fd00::/63"]}}
    assert group.refused("PUT", f"{NETWORK}/subnets/b", wide)[1] == "NetcfgInvalidSubnet"


def test_a_security_group_in_use_can_not_be_deleted(group: Arm) -> None:
    made = group.put(SECURITY_GROUP, {"location": LOCATION})
    assert [item["name"] for item in made["properties"]["defaultSecurityRules"]] == [
        "AllowVnetInBound",
        "AllowAzureLoadBalancerInBound",
        "DenyAllInBound",
        "AllowVnetOutBound",
        "AllowInternetOutBound",
        "DenyAllOutBound",
    ]
    guarded = subnet("10.0.0.0/24", networkSecurityGroup={"id": SECURITY_GROUP})
    group.put(NETWORK, network(subnets=[{"name": "a", **guarded}]))
    assert group.get(SECURITY_GROUP)["properties"]["subnets"] == [{"id": f"{NETWORK}/subnets/a"}]
    assert group.refused("DELETE", SECURITY_GROUP) == (
        400,
        "InUseNetworkSecurityGroupCannotBeDeleted",
        (
            f"Network security group {SECURITY_GROUP} cannot be deleted because it is in use by the following "
            f"resources: {NETWORK}/subnets/a. In order to delete the Network security group, remove the association "
            "with the resource(s)."
        ),
    )
    group.put(f"{NETWORK}/subnets/a", subnet("10.0.0.0/24"))
    assert group.call("DELETE", SECURITY_GROUP)[0] == 200


def test_a_security_group_of_another_region_is_not_found(group: Arm) -> None:
    group.put(SECURITY_GROUP, {"location": "eastus"})
    guarded = subnet("10.0.0.0/24", networkSecurityGroup={"id": SECURITY_GROUP})
    _, code, message = group.refused("PUT", NETWORK, network(subnets=[{"name": "a", **guarded}]))
    assert code == "InvalidResourceReference"
    assert "both resources are in the same region" in message


def test_an_account_shows_what_azure_fills_in(group: Arm) -> None:
    made = group.put(ACCOUNT, account(sku={"name": "Standard_RAGRS"}, identity={"type": "SystemAssigned"}))
    properties = made["properties"]
    assert made["sku"] == {"name": "Standard_RAGRS", "tier": "Standard"}
    assert properties["primaryEndpoints"]["blob"] == "https://account1.blob.core.windows.net/"
    assert properties["secondaryEndpoints"]["blob"] == "https://account1-secondary.blob.core.windows.net/"
    assert (properties["primaryLocation"], properties["secondaryLocation"]) == ("westeurope", "northeurope")
    assert properties["creationTime"] == "2026-11-25T12:00:00.0000000Z"
    assert properties["provisioningState"] == "Succeeded"
    assert properties["supportsHttpsTrafficOnly"] is True
    assert properties["encryption"]["keySource"] == "Microsoft.Storage"
    assert made["identity"].keys() == {"type", "principalId", "tenantId"}
    assert group.put(ACCOUNT, made)["properties"] == properties, "an answer can be sent back"


@pytest.mark.parametrize(
    ("location", "pair"),
    [("South Central US", "northcentralus"), ("swedensouth", "swedencentral"), ("polandcentral", None)],
)
def test_a_geo_redundant_account_has_its_second_place_in_its_regions_pair(
    group: Arm, location: str, pair: str | None
) -> None:
    made = group.put(ACCOUNT, {**account(sku={"name": "Standard_GRS"}), "location": location})
    assert made["properties"].get("secondaryLocation") == pair


def test_an_account_brings_its_blob_service_and_takes_it_along(group: Arm) -> None:
    group.put(ACCOUNT, account())
    assert group.get(BLOBS)["properties"]["cors"] == {"corsRules": []}
    group.put(BLOBS, {"properties": {"isVersioningEnabled": True}})
    group.put(ACCOUNT, account(tags={"owner": "me"}))
    assert group.get(BLOBS)["properties"]["isVersioningEnabled"] is True
    status, container = group.call(
        "PUT", f"{BLOBS}/containers/data", {"properties": {"metadata": {"a": "b"}}}
    )
    assert status == 201
    assert container["properties"]["leaseState"] == "Available"
    assert group.listed(f"{BLOBS}/containers") == ["data"]
    assert group.call("DELETE", f"{BLOBS}/containers/data") == (200, None)
    assert group.call("DELETE", f"{BLOBS}/containers/data") == (204, None)
    group.put(f"{BLOBS}/containers/data", {})
    assert group.call("DELETE", ACCOUNT)[0] == 200
    assert group.refused("GET", f"{BLOBS}/containers/data")[1] == "ParentResourceNotFound"


def test_an_account_keeps_what_was_settled_when_it_was_made(group: Arm) -> None:
    group.put(ACCOUNT, account(properties={"isHnsEnabled": True}))
    assert group.put(ACCOUNT, account())["properties"]["isHnsEnabled"] is True
    patched = group.call("PATCH", ACCOUNT, {"properties": {"minimumTlsVersion": "tls1_2"}})[1]
    assert patched["properties"]["minimumTlsVersion"] == "TLS1_2"
    assert patched["properties"]["isHnsEnabled"] is True


def test_a_write_that_is_meant_for_another_state_is_refused(group: Arm) -> None:
    first = group.put(NETWORK, network())["etag"]
    second = group.put(NETWORK, network(), headers={"If-Match": first})["etag"]
    assert second != first
    assert group.refused("PUT", NETWORK, network(), headers={"If-Match": first}) == (
        412,
        "PreconditionFailed",
        "The condition specified by the ETag header is not satisfied.",
    )
    assert group.refused("PUT", NETWORK, network(), headers={"If-None-Match": "*"})[0] == 412
    assert group.call("DELETE", NETWORK, headers={"If-Match": "*"})[0] == 200


def test_everything_of_a_type_is_listed_in_its_group_and_its_subscription(group: Arm) -> None:
    group.put(f"{HOME}/resourceGroups/second", {"location": LOCATION})
    group.put(VAULT, vault())
    group.put(VAULT.replace("/rg/", "/second/").replace("vault1", "vault2"), vault())
    assert group.listed(f"{GROUP}/providers/Microsoft.KeyVault/vaults") == ["vault1"]
    assert group.listed(f"{HOME}/providers/Microsoft.KeyVault/vaults") == ["vault1", "vault2"]


def test_a_real_server_answers_many_clients_at_once(cloud: AzureCloud) -> None:
    cloud.put(GROUP, "2024-03-01", {"location": LOCATION})
    names = [f"{ACCOUNT}{number}" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: cloud.put(path, "2024-01-01", account()), names))
    found = cloud.get(f"{GROUP}/providers/Microsoft.Storage/storageAccounts", "2024-01-01")["value"]
    assert sorted(item["id"] for item in found) == sorted(names)


def test_a_server_takes_any_token_and_none(cloud: AzureCloud) -> None:
    url = f"{cloud.endpoint}{GROUP}?api-version=2024-03-01"
    for headers in ({}, {"Authorization": "Bearer anything"}):
        request = Request(url, b'{"location": "westeurope"}', headers, method="PUT")  # noqa: S310 (the test's own server)
        with urlopen(request) as response:  # noqa: S310 (the test's own server)
            assert response.headers["x-ms-request-id"]
            assert response.headers["Content-Type"].startswith("application/json")
            assert json.load(response)["name"] == "rg"
