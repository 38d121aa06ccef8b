"""Inputs of azure-native held against the kinds that its SDK declares, down to nested ones."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.provider.checks import Naming, check
from modelyard_sandbox.provider.input_types import settle, table_of
from modelyard_sandbox.provider.values import UNKNOWN, Secret

ACCOUNT = "azure-native:storage:StorageAccount"
BLOBS = "azure-native:storage:BlobServiceProperties"
GROUP = "azure-native:resources:ResourceGroup"
GUARD = "azure-native:network:NetworkSecurityGroup"
NETWORK = "azure-native:network:VirtualNetwork"
VAULT = "azure-native:keyvault:Vault"
PLACED = {"resourceGroupName": "rg", "location": "westeurope"}
STORED = {**PLACED, "accountName": "data1", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
RULE = {"name": "ssh", "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100}


def failures(type_: str, inputs: dict[str, Any]) -> dict[str, str]:
    """What a check finds, by property."""
    found = check(handler_of(type_), inputs, {}, Naming("it", b"seed"), {}).failures
    assert len({failure.property for failure in found}) == len(found)
    return {failure.property: failure.reason for failure in found}


def test_a_misspelt_property_is_refused_at_its_path_with_the_nearest_name() -> None:
    inputs = {**STORED, "kynd": "x", "networkRuleSet": {"defaultAction": "Deny", "ipRuels": []}}
    version = table_of("azure-native").version
    found = failures(ACCOUNT, inputs)
    assert found.keys() == {"networkRuleSet.ipRuels", "kynd"}
    assert found["networkRuleSet.ipRuels"] == (
        f"{ACCOUNT} has no networkRuleSet.ipRuels in pulumi-azure-native {version}; did you mean ipRules? "
        "it has bypass, defaultAction, ipRules, resourceAccessRules, virtualNetworkRules"
    )
    assert found["kynd"].startswith(
        f"{ACCOUNT} has no kynd in pulumi-azure-native {version}; did you mean kind? it has "
    )


def test_what_the_sdk_has_and_the_sandbox_has_not_is_told_as_the_sandboxs() -> None:
    found = failures(NETWORK, {**PLACED, "extendedLocation": {"name": "edge"}})
    assert found.keys() == {"extendedLocation"}
    assert found["extendedLocation"].startswith(
        f"the sandbox's {NETWORK} does not know extendedLocation; it knows "
    )


@pytest.mark.parametrize(
    ("type_", "inputs", "property_", "reason"),
    [
        (
            NETWORK,
            {**PLACED, "addressSpace": ["10.0.0.0/16"]},
            "addressSpace",
            f"{NETWORK} takes an object as addressSpace, not a list",
        ),
        (
            NETWORK,
            {**PLACED, "addressSpace": {"addressPrefixes": "10.0.0.0/16"}},
            "addressSpace.addressPrefixes",
            f"{NETWORK} takes a list as addressSpace.addressPrefixes, not '10.0.0.0/16'",
        ),
        (
            GROUP,
            {"location": "westeurope", "tags": ["a"]},
            "tags",
            f"{GROUP} takes a map as tags, not a list",
        ),
        (
            BLOBS,
            {
                "resourceGroupName": "rg",
                "accountName": "data1",
                "blobServicesName": "default",
                "deleteRetentionPolicy": {"enabled": True, "days": 1.5},
            },
            "deleteRetentionPolicy.days",
            f"{BLOBS} takes a whole number as deleteRetentionPolicy.days, not 1.5",
        ),
        (
            ACCOUNT,
            {**STORED, "kind": ["StorageV2"]},
            "kind",
            f"{ACCOUNT} takes a string as kind, not a list",
        ),
        (ACCOUNT, {**STORED, "sku": {}}, "sku.name", f"{ACCOUNT} needs sku.name"),
        (
            GUARD,
            {**PLACED, "securityRules": [{name: RULE[name] for name in RULE.keys() - {"protocol"}}]},
            "securityRules[0].protocol",
            f"{GUARD} needs securityRules[0].protocol",
        ),
        (VAULT, PLACED, "properties", f"{VAULT} needs properties"),
    ],
)
def test_a_wrong_kind_or_a_missing_property_is_refused_at_its_path(
    type_: str, inputs: dict[str, Any], property_: str, reason: str
) -> None:
    assert failures(type_, inputs) == {property_: reason}


@pytest.mark.parametrize(
    ("type_", "inputs", "property_", "reason"),
    [
        (
            ACCOUNT,
            {**STORED, "enableHttpsTrafficOnly": "true"},
            "enableHttpsTrafficOnly",
            f"{ACCOUNT} takes true or false as enableHttpsTrafficOnly, not 'true'",
        ),
        (
            GUARD,
            {**PLACED, "securityRules": [{**RULE, "priority": "100"}]},
            "securityRules[0].priority",
            f"{GUARD} takes a whole number as securityRules[0].priority, not '100'",
        ),
        (
            GUARD,
            {**PLACED, "securityRules": [{**RULE, "priority": True}]},
            "securityRules[0].priority",
            f"{GUARD} takes a whole number as securityRules[0].priority, not True",
        ),
        (
            GUARD,
            {**PLACED, "securityRules": [{**RULE, "destinationPortRange": 22}]},
            "securityRules[0].destinationPortRange",
            f"{GUARD} takes a string as securityRules[0].destinationPortRange, not 22",
        ),
        (
            "azure-native:keyvault:Key",
            {
                "resourceGroupName": "rg",
                "vaultName": "vault1",
                "properties": {"attributes": {"expires": "1"}},
            },
            "properties.attributes.expires",
            "azure-native:keyvault:Key takes a number as properties.attributes.expires, not '1'",
        ),
    ],
)
def test_no_value_is_brought_to_another_kind_as_pulumis_bridge_does_it_for_aws(
    type_: str, inputs: dict[str, Any], property_: str, reason: str
) -> None:
    assert failures(type_, inputs) == {property_: reason}


def test_all_problems_are_told_at_once() -> None:
    inputs = {
        "resourceGroupName": "rg",
        "misspelt": 1,
        "properties": {
            "sku": {"family": 1},
            "networkAcls": {"ipRules": [{"valeu": "198.51.100.0/24"}]},
        },
    }
    assert failures(VAULT, inputs).keys() == {
        "misspelt",
        "properties.tenantId",
        "properties.sku.family",
        "properties.sku.name",
        "properties.networkAcls.ipRules[0].valeu",
        "properties.networkAcls.ipRules[0].value",
    }


def test_unknown_values_and_secrets_pass_wherever_they_stand() -> None:
    inputs = {
        **STORED,
        "sku": UNKNOWN,
        "networkRuleSet": {
            "defaultAction": UNKNOWN,
            "ipRules": Secret([{"iPAddressOrRange": Secret("198.51.100.0/24")}, UNKNOWN]),
        },
    }
    settled = settle(ACCOUNT, inputs)
    assert (settled.problems, settled.inputs) == ([], inputs)
    hidden = {**STORED, "networkRuleSet": Secret({"defaultActoin": "Deny"})}
    assert failures(ACCOUNT, hidden).keys() == {"networkRuleSet.defaultActoin"}


def test_which_values_an_enumeration_has_is_the_resource_managers_to_say() -> None:
    assert failures(ACCOUNT, {**STORED, "accessTier": "hot"}) == {}, "case doesn't matter to Azure"
    assert failures(ACCOUNT, {**STORED, "accessTier": "Hott"}) == {
        "accessTier": "InvalidRequestPropertyValue: The value 'Hott' is not allowed for property accessTier."
    }
