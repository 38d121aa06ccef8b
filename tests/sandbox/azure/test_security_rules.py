"""The ends of security rules: where from, where to, and at which ports."""

from __future__ import annotations

from typing import Any

import pytest
from arming import LOCATION, SECURITY_GROUP, Arm, rule

RULE = f"{SECURITY_GROUP}/securityRules/https"
MISSING = f"Required security rule parameters are missing for security rule with Id: {RULE}. Security rule must specify "


def guard(**properties: Any) -> dict[str, Any]:
    given = rule("https", **properties)
    kept = {name: part for name, part in given["properties"].items() if part is not None}
    return {"location": LOCATION, "properties": {"securityRules": [{**given, "properties": kept}]}}


def test_two_rules_of_a_group_have_two_names(group: Arm) -> None:
    rules = [rule("https"), rule("HTTPS", priority=200)]
    body = {"location": LOCATION, "properties": {"securityRules": rules}}
    assert group.refused("PUT", SECURITY_GROUP, body) == (
        400,
        "DuplicateResourceName",
        f"Resource {SECURITY_GROUP} has two child resources with the same name (HTTPS).",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"sourceAddressPrefix": None},
            "SourceAddressPrefixes, SourceAddressPrefix, or SourceApplicationSecurityGroups.",
        ),
        (
            {"destinationAddressPrefix": None, "destinationAddressPrefixes": []},
            "DestinationAddressPrefixes, DestinationAddressPrefix, or DestinationApplicationSecurityGroups.",
        ),
        ({"sourcePortRange": None}, "SourcePortRanges or SourcePortRange."),
        ({"destinationPortRange": None}, "DestinationPortRanges or DestinationPortRange."),
    ],
)
def test_a_rule_leaves_no_end_open(group: Arm, change: dict[str, Any], message: str) -> None:
    assert group.refused("PUT", SECURITY_GROUP, guard(**change)) == (
        400,
        "SecurityRuleParametersMissing",
        MISSING + message,
    )


@pytest.mark.parametrize("prefix", ["20.20.20.20/16", "AzureBastionSubnet", "Storag", "10.0.0.0/33", ""])
@pytest.mark.parametrize("end", ["sourceAddressPrefixes", "destinationAddressPrefixes"])
def test_an_address_of_a_rule_is_one(group: Arm, end: str, prefix: str) -> None:
    assert group.refused("PUT", SECURITY_GROUP, guard(**{end: ["10.0.0.0/8", prefix]})) == (
        400,
        "SecurityRuleInvalidAddressPrefix",
        f"Security rule https has invalid Address prefix. Value provided: {prefix}",
    )


@pytest.mark.parametrize(
    "prefix",
    [
        "*",
        "Internet",
        "VIRTUALNETWORK",
        "AzureFrontDoor.FirstParty",
        "Storage.SwedenCentral",
        "10.0.0.4",
        "2001:db8::/32",
    ],
)
def test_a_rule_takes_addresses_ranges_and_tags(group: Arm, prefix: str) -> None:
    made = group.put(SECURITY_GROUP, guard(sourceAddressPrefix=prefix))
    assert made["properties"]["securityRules"][0]["properties"]["sourceAddressPrefix"] == prefix
