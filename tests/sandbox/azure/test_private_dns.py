"""Private zones, their links, and the records that zone groups keep in them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from arming import GROUP, LOCATION, NETWORK, SECURITY_GROUP, Arm, network
from azure_networks import (
    BLOB_ZONE,
    ENDPOINT,
    GLOBAL,
    ZONES,
    connect,
    connection,
    endpoint,
    link,
    zone_group,
)

LINKS = f"{BLOB_ZONE}/virtualNetworkLinks"
ZONE_GROUP = f"{ENDPOINT}/privateDnsZoneGroups/default"
OTHER_NETWORK = NETWORK.replace("/net", "/second")
OVERLAP = (
    "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual "
    "network with 'privatelink.blob.core.windows.net' and 'privatelink.blob.core.windows.net' zones."
)


@pytest.fixture
def arm(group: Arm) -> Arm:
    """A network, an account and a zone."""
    return connect(group)


def test_a_zone_counts_what_is_in_it(arm: Arm) -> None:
    zone = arm.get(BLOB_ZONE)
    identity = base64.b64decode(zone["properties"].pop("internalId")).decode()
    assert identity.startswith("Immutable;zoneIdentity;")
    assert (zone["name"], zone["location"]) == ("privatelink.blob.core.windows.net", "global")
    assert zone["properties"] == {
        "maxNumberOfRecordSets": 25000,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
        "numberOfRecordSets": 1,
        "numberOfVirtualNetworkLinks": 0,
        "numberOfVirtualNetworkLinksWithRegistration": 0,
        "provisioningState": "Succeeded",
    }
    arm.put(f"{LINKS}/net", link(registrationEnabled=True))
    arm.put(ENDPOINT, endpoint())
    arm.put(ZONE_GROUP, zone_group(BLOB_ZONE))
    now = arm.get(BLOB_ZONE)["properties"]
    assert now["numberOfRecordSets"] == 2
    assert now["numberOfVirtualNetworkLinks"] == now["numberOfVirtualNetworkLinksWithRegistration"] == 1


@pytest.mark.parametrize(
    "name", ["blob", "a..b", "-a.b", "a-.b", "a b.c", f"{'x' * 64}.b", ".".join("a" * 35)]
)
def test_a_zones_name_is_one(arm: Arm, name: str) -> None:
    assert arm.refused("PUT", f"{ZONES}/{name}", GLOBAL) == (
        400,
        "InvalidResourceName",
        (
            f"The zone name '{name}' is invalid. A zone name has 2 to 34 labels, parted by '.', each of 1 to 63 letters, "
            "digits, '_' and '-', and none with '-' at an end."
        ),
    )


def test_zones_and_links_are_in_no_region(arm: Arm) -> None:
    for place, document, type_ in (
        (f"{ZONES}/a.b", {}, "Microsoft.Network/privateDnsZones"),
        (f"{LINKS}/net", link(), "Microsoft.Network/privateDnsZones/virtualNetworkLinks"),
    ):
        assert arm.refused("PUT", place, {**document, "location": LOCATION}) == (
            400,
            "LocationNotAvailableForResourceType",
            (
                f"The provided location 'westeurope' is not available for resource type '{type_}'. List of available "
                "regions for the resource type is 'global'."
            ),
        )
        assert arm.put(place, {**document, "location": "Global"})["location"] == "global"


def test_a_zone_with_links_is_not_deleted(arm: Arm) -> None:
    arm.put(f"{LINKS}/net", link())
    assert arm.refused("DELETE", BLOB_ZONE) == (
        409,
        "CannotDeleteResource",
        (
            "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: "
            "'Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net/virtualNetworkLinks/net'. Please "
            "delete all nested resources before deleting this resource."
        ),
    )
    arm.call("DELETE", f"{LINKS}/net")
    assert arm.call("DELETE", BLOB_ZONE)[0] == 200


def test_a_link_says_what_it_links(arm: Arm) -> None:
    made = arm.put(f"{LINKS}/net", link())
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "registrationEnabled": False,
        "resolutionPolicy": "Default",
        "virtualNetwork": {"id": NETWORK},
        "virtualNetworkLinkState": "Completed",
    }
    assert arm.listed(LINKS) == ["net"]
    assert arm.call("PATCH", f"{LINKS}/net", {"tags": {"owner": "me"}})[0] == 200


@pytest.mark.parametrize(
    ("place", "document", "code", "message"),
    [
        (
            f"{LINKS}/net",
            link(NETWORK.replace("/net", "/none")),
            "InvalidResourceReference",
            f"Resource {NETWORK.replace('/net', '/none')} referenced by resource {LINKS}/net was not found.",
        ),
        (f"{LINKS}/net", link(SECURITY_GROUP), "InvalidRequestFormat", "Cannot parse the request."),
        (f"{LINKS}/second", link(), "BadRequest", OVERLAP),
        (
            f"{ZONES}/a.example/virtualNetworkLinks/net",
            link(registrationEnabled=True),
            "BadRequest",
            (
                "A virtual network registers its names in one zone only: it does in "
                "'privatelink.blob.core.windows.net', so that the link 'net' to 'a.example' cannot have registration "
                "enabled."
            ),
        ),
        (
            f"{ZONES}/a.example/virtualNetworkLinks/net",
            link(resolutionPolicy="NxDomainRedirect"),
            "BadRequest",
            (
                "The resolution policy 'NxDomainRedirect' is not supported for zone 'a.example': it is for private "
                "link zones only."
            ),
        ),
        (
            f"{LINKS}/first",
            link(OTHER_NETWORK),
            "BadRequest",
            "The virtual network of link 'first' cannot be changed: make another link.",
        ),
        (
            f"{LINKS}/-a",
            link(OTHER_NETWORK),
            "InvalidResourceName",
            (
                "The virtual network link name '-a' is invalid. It has 1 to 80 letters, digits, '.', '-' and '_', "
                "begins with a letter, a digit or '_', and ends so."
            ),
        ),
    ],
)
def test_a_link_that_can_not_be_is_refused(
    arm: Arm, place: str, document: dict[str, Any], code: str, message: str
) -> None:
    arm.put(OTHER_NETWORK, network(addressSpace={"addressPrefixes": ["10.1.0.0/16"]}))
    arm.put(f"{ZONES}/a.example", GLOBAL)
    arm.put(f"{LINKS}/first", link(registrationEnabled=True))
    status, refused_as, said = arm.refused("PUT", place, document)
    assert (status, refused_as) == (400, code)
    assert said.startswith(message)


def test_a_zone_of_the_same_name_in_another_group_is_not_linked_to_the_same_network(arm: Arm) -> None:
    other = GROUP.replace("/rg", "/other")
    arm.put(other, {"location": LOCATION})
    twin = BLOB_ZONE.replace(GROUP, other)
    arm.put(twin, GLOBAL)
    arm.put(f"{LINKS}/net", link())
    assert arm.refused("PUT", f"{twin}/virtualNetworkLinks/net", link()) == (400, "BadRequest", OVERLAP)


def test_a_zone_group_keeps_an_endpoints_record(arm: Arm) -> None:
    arm.put(ENDPOINT, endpoint())
    made = arm.put(ZONE_GROUP, zone_group(BLOB_ZONE))
    assert "type" not in made
    (config,) = made["properties"]["privateDnsZoneConfigs"]
    assert config["properties"] == {
        "privateDnsZoneId": BLOB_ZONE,
        "recordSets": [
            {
                "fqdn": "account1.privatelink.blob.core.windows.net",
                "ipAddresses": ["10.0.0.4"],
                "provisioningState": "Succeeded",
                "recordSetName": "account1",
                "recordType": "A",
                "ttl": 10,
            }
        ],
    }
    assert arm.get(ENDPOINT)["properties"]["customDnsConfigs"] == []
    record = arm.get(f"{BLOB_ZONE}/A/account1")
    assert record["type"] == "Microsoft.Network/privateDnsZones/A"
    assert record["properties"]["fqdn"] == "account1.privatelink.blob.core.windows.net."
    assert record["properties"]["aRecords"] == [{"ipv4Address": "10.0.0.4"}]
    assert record["properties"]["metadata"]["creator"].startswith("created by private endpoint data with")
    arm.call("DELETE", ZONE_GROUP)
    assert arm.listed(f"{BLOB_ZONE}/A") == []
    assert arm.get(ENDPOINT)["properties"]["customDnsConfigs"] != []


def test_the_group_that_was_written_last_has_the_record(arm: Arm) -> None:
    for at, place in enumerate((ENDPOINT, ENDPOINT.replace("/data", "/other"))):
        arm.clock.move(1)
        arm.put(place, endpoint())
        arm.put(f"{place}/privateDnsZoneGroups/default", zone_group(BLOB_ZONE))
        record = arm.get(f"{BLOB_ZONE}/A/account1")["properties"]["aRecords"]
        assert record == [{"ipv4Address": f"10.0.0.{4 + at}"}]


def test_a_zone_that_no_name_belongs_to_gets_no_record(arm: Arm) -> None:
    arm.put(ENDPOINT, endpoint(connection(group="file")))
    arm.put(ZONE_GROUP, zone_group(BLOB_ZONE))
    assert arm.listed(f"{BLOB_ZONE}/A") == []


def test_records_that_are_not_there_are_named(arm: Arm) -> None:
    assert arm.refused("GET", f"{BLOB_ZONE}/A/none") == (
        404,
        "NotFound",
        "The record set 'none' of type 'A' was not found in zone 'privatelink.blob.core.windows.net'.",
    )
    for place in (f"{ZONES}/a.b/A", f"{ZONES}/a.b/A/none"):
        assert arm.refused("GET", place) == (
            404,
            "ParentResourceNotFound",
            (
                "Failed to perform 'read' on resource(s) of type 'privateDnsZones/A', because the parent resource "
                f"'{ZONES}/a.b' could not be found."
            ),
        )
    assert arm.refused("PUT", f"{BLOB_ZONE}/A/mine", {})[1] == "InvalidResourceType"


def test_a_zone_group_needs_its_endpoint_and_zones(arm: Arm) -> None:
    assert arm.refused("PUT", ZONE_GROUP, zone_group(BLOB_ZONE))[:2] == (404, "ParentResourceNotFound")
    arm.put(ENDPOINT, endpoint())
    _, code, message = arm.refused("PUT", ZONE_GROUP, zone_group(f"{ZONES}/none.example"))
    assert code == "InvalidResourceReference"
    assert f"Resource {ZONES}/none.example referenced by resource {ZONE_GROUP} was not found." in message
    configs = [(BLOB_ZONE, BLOB_ZONE), *[tuple(f"{ZONES}/z{at}.example" for at in range(6))]]
    for at in range(6):
        arm.put(f"{ZONES}/z{at}.example", GLOBAL)
    for zones in configs:
        assert arm.refused("PUT", ZONE_GROUP, zone_group(*zones)) == (
            400,
            "InvalidPrivateDnsZoneConfigs",
            (
                f"Private DNS zone group {ZONE_GROUP} has {len(zones)} configurations. It can have up to 5, each of "
                "another name and for another zone."
            ),
        )
    arm.put(ZONE_GROUP, zone_group(BLOB_ZONE))
    assert arm.refused("PUT", f"{ENDPOINT}/privateDnsZoneGroups/second", zone_group(BLOB_ZONE)) == (
        400,
        "PrivateDnsZoneGroupLimitReached",
        f"Private endpoint {ENDPOINT} has the private DNS zone group default already. It can have one.",
    )
