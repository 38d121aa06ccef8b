"""What Azure documents as refused is refused, with its code and status, and nothing is made of it.

Written from Azure's documentation (2026-11): "Troubleshoot common Azure deployment errors", "Resolve errors
for storage account names", "Error codes for Create Storage Account", "Naming rules and restrictions for Azure
resources", "Azure Key Vault common error codes", the REST reference of each type.
"""

from __future__ import annotations

from typing import Any

import pytest
from arming import (
    ACCOUNT,
    BLOBS,
    GROUP,
    HOME,
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

WEST = {"location": "westeurope"}


def providers(rest: str) -> str:
    return f"{GROUP}/providers/{rest}"


REQUESTS: dict[str, tuple[str, str, Any, tuple[int, str], str]] = {
    "a group's name with a blank": (
        "PUT",
        f"{HOME}/resourceGroups/my%20group",
        WEST,
        (400, "InvalidResourceGroup"),
        "The provided resource group name 'my group' has these invalid characters: ' '",
    ),
    "a group's name that ends with a period": (
        "PUT",
        f"{HOME}/resourceGroups/mine.",
        WEST,
        (400, "InvalidResourceGroup"),
        "can't end with '.'",
    ),
    "a group without a location": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {},
        (400, "LocationRequired"),
        "The location property is required for this definition.",
    ),
    "a group in no region of Azure": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {"location": "eu-central-1"},
        (400, "LocationNotAvailableForResourceGroup"),
        "The provided location 'eu-central-1' is not available for resource group.",
    ),
    "a group that stands in another region": (
        "PUT",
        GROUP,
        {"location": "eastus"},
        (409, "InvalidResourceGroupLocation"),
        "Invalid resource group location 'eastus'. The Resource group already exists in location 'westeurope'.",
    ),
    "a group that isn't there": (
        "GET",
        f"{HOME}/resourceGroups/none",
        None,
        (404, "ResourceGroupNotFound"),
        "Resource group 'none' could not be found.",
    ),
    "the deletion of a group that isn't there": (
        "DELETE",
        f"{HOME}/resourceGroups/none",
        None,
        (404, "ResourceGroupNotFound"),
        "Resource group 'none' could not be found.",
    ),
    "a member that no resource has": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {**WEST, "owner": "me"},
        (400, "InvalidRequestContent"),
        "Could not find member 'owner' on object of type 'ResourceGroup'. Path 'owner'.",
    ),
    "a body that is a list": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        [],
        (400, "InvalidRequestContent"),
        "The request content must be a JSON object.",
    ),
    "a tag that isn't text": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {**WEST, "tags": {"cost": 1}},
        (400, "InvalidRequestContent"),
        "Error converting value 1 to the type of 'cost'. Path 'tags.cost'.",
    ),
    "a tag's name with a slash": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {**WEST, "tags": {"cost/center": "1"}},
        (400, "InvalidTagNameCharacters"),
        "The tag names 'cost/center' have reserved characters",
    ),
    "a tag's value that is too long": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {**WEST, "tags": {"note": "x" * 257}},
        (400, "InvalidTag"),
        "a value at most 256",
    ),
    "more tags than there can be": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {**WEST, "tags": {f"tag{number}": "" for number in range(51)}},
        (400, "TooManyTags"),
        "There are 51 tags: a resource or a resource group has at most 50.",
    ),
    "a tag's name with a line in it": (
        "PUT",
        f"{HOME}/resourceGroups/new",
        {**WEST, "tags": {"cost\ncenter": "1"}},
        (400, "InvalidTagNameCharacters"),
        "have reserved characters '<,>,%,&,\\,?,/' or control characters.",
    ),
    "an account's tag whose name is too long": (
        "PUT",
        ACCOUNT,
        account(tags={"x" * 129: ""}),
        (400, "InvalidTag"),
        "a name has at most 128 characters",
    ),
    "a malformed subscription": (
        "GET",
        "/subscriptions/mine/resourcegroups",
        None,
        (400, "InvalidSubscriptionId"),
        "The provided subscription identifier 'mine' is malformed or invalid.",
    ),
    "a path that is none": (
        "GET",
        "/tenants",
        None,
        (404, "NotFound"),
        "The requested path '/tenants' could not be found.",
    ),
    "a resource in a group that isn't there": (
        "PUT",
        NETWORK.replace("/rg/", "/none/"),
        network(),
        (404, "ResourceGroupNotFound"),
        "Resource group 'none' could not be found.",
    ),
    "a list in a group that isn't there": (
        "GET",
        f"{HOME}/resourceGroups/none/providers/Microsoft.Network/virtualNetworks",
        None,
        (404, "ResourceGroupNotFound"),
        "Resource group 'none' could not be found.",
    ),
    "a resource that isn't there": (
        "GET",
        f"{NETWORK}2",
        None,
        (404, "ResourceNotFound"),
        "The Resource 'Microsoft.Network/virtualNetworks/net2' under resource group 'rg' was not found.",
    ),
    "a namespace that isn't there": (
        "GET",
        providers("Microsoft.Nothing/things/a"),
        None,
        (404, "InvalidResourceNamespace"),
        "The resource namespace 'Microsoft.Nothing' is invalid.",
    ),
    "a type that isn't there": (
        "PUT",
        providers("Microsoft.Network/virtualNetwork/net"),
        network(),
        (404, "InvalidResourceType"),
        "The resource type 'virtualNetwork' could not be found in the namespace 'Microsoft.Network'.",
    ),
    "a resource in a region that Azure doesn't have": (
        "PUT",
        NETWORK,
        {**network(), "location": "mars"},
        (400, "LocationNotAvailableForResourceType"),
        "The provided location 'mars' is not available for resource type 'Microsoft.Network/virtualNetworks'.",
    ),
    "a network's name that ends with a hyphen": (
        "PUT",
        f"{NETWORK}-",
        network(),
        (400, "InvalidResourceName"),
        "Resource name net- is invalid. The name can be up to 80 characters long.",
    ),
    "a network without an address space": (
        "PUT",
        NETWORK,
        {**WEST, "properties": {}},
        (400, "InvalidRequestFormat"),
        "Required property 'addressSpace' not found in JSON. Path 'properties'.",
    ),
    "a network with a property that networks don't have": (
        "PUT",
        NETWORK,
        network(cidr="10.0.0.0/16"),
        (400, "InvalidRequestFormat"),
        "Could not find member 'cidr' on object of type 'VirtualNetworkPropertiesFormat'. Path 'properties.cidr'",
    ),
    "a timeout out of bounds": (
        "PUT",
        NETWORK,
        network(flowTimeoutInMinutes=31),
        (400, "InvalidRequestFormat"),
        "Invalid value '31' for property 'properties.flowTimeoutInMinutes'.",
    ),
    "an address space without prefixes": (
        "PUT",
        NETWORK,
        network(addressSpace={"addressPrefixes": []}),
        (400, "NetcfgInvalidVirtualNetwork"),
        "Virtual network 'net' has no address prefix.",
    ),
    "an address space that overlaps itself": (
        "PUT",
        NETWORK,
        network(addressSpace={"addressPrefixes": ["10.0.0.0/8", "10.1.0.0/16"]}),
        (400, "NetcfgVirtualNetworkAddressSpaceOverlap"),
        "Address prefix 10.1.0.0/16 of virtual network 'net' overlaps with another of it.",
    ),
    "a prefix without a length": (
        "PUT",
        NETWORK,
        network(addressSpace={"addressPrefixes": ["10.0.0.0"]}),
        (400, "InvalidAddressPrefixFormat"),
        f"Address prefix 10.0.0.0 of resource {NETWORK} is not formatted correctly.",
    ),
    "a prefix that is no address": (
        "PUT",
        NETWORK,
        network(addressSpace={"addressPrefixes": ["10..0.0/16"]}),
        (400, "InvalidAddressPrefixFormat"),
        f"Address prefix 10..0.0/16 of resource {NETWORK} is not formatted correctly.",
    ),
    "a prefix with bits of a host": (
        "PUT",
        NETWORK,
        network(addressSpace={"addressPrefixes": ["10.0.0.1/16"]}),
        (400, "InvalidCIDRNotation"),
        "For the given prefix length, the address prefix should be 10.0.0.0/16.",
    ),
    "an inline subnet outside its network": (
        "PUT",
        NETWORK,
        network(subnets=[{"name": "a", **subnet("10.1.0.0/24")}]),
        (400, "NetcfgSubnetRangeOutsideVnet"),
        (
            "Subnet 'a' is not valid because its IP address range is outside the IP address range of virtual network "
            "'net'."
        ),
    ),
    "inline subnets that overlap": (
        "PUT",
        NETWORK,
        network(subnets=[{"name": "a", **subnet("10.0.0.0/23")}, {"name": "b", **subnet("10.0.1.0/24")}]),
        (400, "NetcfgSubnetRangesOverlap"),
        (
            "Subnet 'b' is not valid because its IP address range overlaps with that of an existing subnet in virtual "
            "network 'net'."
        ),
    ),
    "two inline subnets of one name": (
        "PUT",
        NETWORK,
        network(subnets=[{"name": "a", **subnet("10.0.0.0/24")}, {"name": "A", **subnet("10.0.1.0/24")}]),
        (400, "DuplicateResourceName"),
        f"Resource {NETWORK} has two child resources with the same name (A).",
    ),
    "a subnet that is too small": (
        "PUT",
        NETWORK,
        network(subnets=[{"name": "a", **subnet("10.0.0.0/30")}]),
        (400, "NetcfgInvalidSubnet"),
        "Subnet 'a' is not valid in virtual network 'net'.",
    ),
    "a subnet without a prefix": (
        "PUT",
        NETWORK,
        network(subnets=[{"name": "a", "properties": {}}]),
        (400, "NetcfgInvalidSubnet"),
        "Subnet 'a' is not valid in virtual network 'net'.",
    ),
    "a subnet of a network that isn't there": (
        "PUT",
        f"{NETWORK}/subnets/a",
        subnet("10.0.0.0/24"),
        (404, "ParentResourceNotFound"),
        (
            "Failed to perform 'write' on resource(s) of type 'virtualNetworks/subnets', because the parent resource "
            f"'{NETWORK}' could not be found."
        ),
    ),
    "a subnet with a security group that isn't there": (
        "PUT",
        NETWORK,
        network(
            subnets=[{"name": "a", **subnet("10.0.0.0/24", networkSecurityGroup={"id": SECURITY_GROUP})}]
        ),
        (400, "InvalidResourceReference"),
        f"Resource {SECURITY_GROUP} referenced by resource {NETWORK}/subnets/a was not found.",
    ),
    "a reference that is no id": (
        "PUT",
        NETWORK,
        network(ddosProtectionPlan={"id": "plan"}),
        (400, "LinkedInvalidPropertyId"),
        f"Property id 'plan' of resource {NETWORK} is invalid.",
    ),
    "two security rules of one priority": (
        "PUT",
        SECURITY_GROUP,
        {**WEST, "properties": {"securityRules": [rule("a"), rule("b")]}},
        (400, "SecurityRuleConflict"),
        "Security rule b conflicts with rule a. Rules cannot have the same Priority and Direction.",
    ),
    "a security rule's priority out of bounds": (
        "PUT",
        SECURITY_GROUP,
        {**WEST, "properties": {"securityRules": [rule("a", priority=4097)]}},
        (400, "SecurityRuleInvalidPriority"),
        "Security rule a has invalid Priority. Value provided: 4097 Allowed range 100-4096.",
    ),
    "a port that is none": (
        "PUT",
        SECURITY_GROUP,
        {**WEST, "properties": {"securityRules": [rule("a", destinationPortRange="22-70000")]}},
        (400, "SecurityRuleInvalidPortRange"),
        "Security rule a has invalid Port range. Value provided: 22-70000.",
    ),
    "a storage account's name with capitals": (
        "PUT",
        ACCOUNT.replace("account1", "Account1"),
        account(),
        (400, "AccountNameInvalid"),
        "Account1 is not a valid storage account name. Storage account name must be between 3 and 24 characters",
    ),
    "a storage account without a SKU": (
        "PUT",
        ACCOUNT,
        {**WEST, "kind": "StorageV2"},
        (400, "InvalidRequestContent"),
        "Required property 'sku' not found in JSON.",
    ),
    "a SKU that isn't one": (
        "PUT",
        ACCOUNT,
        account(sku={"name": "Standard_Cheap"}),
        (400, "InvalidRequestPropertyValue"),
        "The value 'Standard_Cheap' is not allowed for property name.",
    ),
    "a SKU that the kind doesn't have": (
        "PUT",
        ACCOUNT,
        account(kind="BlockBlobStorage"),
        (400, "InvalidAccountType"),
        "The SKU Standard_LRS is not valid for kind BlockBlobStorage.",
    ),
    "an access tier that isn't one": (
        "PUT",
        ACCOUNT,
        account(properties={"accessTier": "Frozen"}),
        (400, "InvalidRequestPropertyValue"),
        "The value 'Frozen' is not allowed for property accessTier.",
    ),
    "a hierarchical namespace on premium page blobs": (
        "PUT",
        ACCOUNT,
        account(sku={"name": "Premium_LRS"}, properties={"isHnsEnabled": True}),
        (400, "InvalidRequestPropertyValue"),
        "The value 'True' is not allowed for property isHnsEnabled.",
    ),
    "NFS without a hierarchical namespace": (
        "PUT",
        ACCOUNT,
        account(properties={"isNfsV3Enabled": True}),
        (400, "InvalidRequestPropertyValue"),
        "The value 'True' is not allowed for property isNfsV3Enabled.",
    ),
    "a customer's key without its source": (
        "PUT",
        ACCOUNT,
        account(properties={"encryption": {"keyvaultproperties": {"keyname": "k"}}}),
        (400, "MissingEncryptionKeySource"),
        "The Encryption KeySource is missing in the request.",
    ),
    "a rule for a subnet that isn't there": (
        "PUT",
        ACCOUNT,
        account(
            properties={
                "networkAcls": {
                    "defaultAction": "Deny",
                    "virtualNetworkRules": [{"id": f"{NETWORK}/subnets/a"}],
                }
            }
        ),
        (400, "NetworkAclsValidationFailure"),
        f"SubnetNotFound:Subnet {NETWORK}/subnets/a of {ACCOUNT} was not found.",
    ),
    "a container of an account that isn't there": (
        "PUT",
        f"{BLOBS}/containers/data",
        {},
        (404, "ParentResourceNotFound"),
        f"because the parent resource '{BLOBS}' could not be found.",
    ),
    "a vault that is open to nobody knows whom": (
        "PUT",
        VAULT,
        vault(publicNetworkAccess="Sometimes"),
        (400, "BadRequest"),
        "The value 'Sometimes' is not allowed for property 'publicNetworkAccess'. Path 'properties.publicNetworkAccess'.",
    ),
    "a vault's name that begins with a digit": (
        "PUT",
        VAULT.replace("vault1", "1vault"),
        vault(),
        (400, "VaultNameNotValid"),
        "The vault name '1vault' is invalid. A vault's name must be between 3-24 alphanumeric characters.",
    ),
    "a vault's name with two hyphens": (
        "PUT",
        VAULT.replace("vault1", "my--vault"),
        vault(),
        (400, "VaultNameNotValid"),
        "not contain consecutive hyphens",
    ),
    "a vault without a tenant": (
        "PUT",
        VAULT,
        {**WEST, "properties": {"sku": {"family": "A", "name": "standard"}}},
        (400, "BadRequest"),
        "Required property 'tenantId' not found in JSON. Path 'properties'.",
    ),
    "a vault of a tenant that is none": (
        "PUT",
        VAULT,
        vault(tenantId="mine"),
        (400, "BadRequest"),
        "The tenant id 'mine' is invalid.",
    ),
    "a vault's retention out of bounds": (
        "PUT",
        VAULT,
        vault(softDeleteRetentionInDays=6),
        (400, "BadRequest"),
        "The value '6' is not allowed for property 'softDeleteRetentionInDays'.",
    ),
    "a vault with a property that vaults don't have": (
        "PUT",
        VAULT,
        vault(purge="no"),
        (400, "InvalidRequestContent"),
        "Could not find member 'purge' on object of type 'VaultProperties'.",
    ),
    "a vault with neither policies nor roles": (
        "PUT",
        VAULT,
        vault(enableRbacAuthorization=False),
        (400, "BadRequest"),
        'The parameter "accessPolicies" is not specified.',
    ),
    "purge protection that is refused by name": (
        "PUT",
        VAULT,
        vault(enablePurgeProtection=False),
        (400, "BadRequest"),
        'The property "enablePurgeProtection" cannot be set to false.',
    ),
    "a vault without soft delete": (
        "PUT",
        VAULT,
        vault(enableSoftDelete=False),
        (400, "BadRequest"),
        'The property "enableSoftDelete" cannot be set to false.',
    ),
    "the recovery of a vault that wasn't deleted": (
        "PUT",
        VAULT,
        vault(createMode="recover"),
        (404, "DeletedVaultNotFound"),
        "The specified deleted vault 'vault1' does not exist.",
    ),
    "a lock of no level": (
        "PUT",
        f"{GROUP}/providers/Microsoft.Authorization/locks/keep",
        {"properties": {"level": "Delete"}},
        (400, "InvalidRequestContent"),
        "The value 'Delete' is not allowed for property 'level'.",
    ),
    "a lock whose name has a question mark": (
        "PUT",
        f"{GROUP}/providers/Microsoft.Authorization/locks/keep%3F",
        {"properties": {"level": "ReadOnly"}},
        (400, "InvalidLockName"),
        "The lock name 'keep?' is invalid",
    ),
    "a lock on what isn't there": (
        "PUT",
        f"{NETWORK}/providers/Microsoft.Authorization/locks/keep",
        {"properties": {"level": "ReadOnly"}},
        (404, "ResourceNotFound"),
        "The Resource 'Microsoft.Network/virtualNetworks/net' under resource group 'rg' was not found.",
    ),
    "a method that a type doesn't have": (
        "POST",
        GROUP,
        {},
        (405, "HttpMethodNotAllowed"),
        "The http method 'POST' is not supported here.",
    ),
    "a method that a list doesn't have": (
        "DELETE",
        f"{HOME}/resourceGroups",
        None,
        (405, "HttpMethodNotAllowed"),
        "The http method 'DELETE' is not supported here.",
    ),
    "an action that isn't there": (
        "POST",
        f"{ACCOUNT}/listKeys",
        {},
        (404, "InvalidResourceType"),
        "The resource type 'storageAccounts/listKeys' could not be found in the namespace 'Microsoft.Storage'.",
    ),
}


@pytest.mark.parametrize(("method", "path", "body", "answer", "message"), REQUESTS.values(), ids=REQUESTS)
def test_it_is_refused_with_the_documented_code(
    group: Arm, method: str, path: str, body: Any, answer: tuple[int, str], message: str
) -> None:
    *code, said = group.refused(method, path, body)
    assert tuple(code) == answer
    details = group.call(method, path, body)[1]["error"].get("details", [])
    assert message in " ".join([said, *(detail["message"] for detail in details)])
    assert group.get(f"{HOME}/resources")["value"] == []
    assert group.listed(f"{HOME}/resourceGroups") == ["rg"]


def test_an_api_version_is_asked_for_and_must_be_one_of_the_type(group: Arm) -> None:
    none = {"query": {"api-version": None}}
    assert group.refused("GET", GROUP, **none) == (
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )
    wrong = {"query": {"api-version": "newest"}}
    assert group.refused("GET", GROUP, **wrong) == (
        400,
        "InvalidApiVersionParameter",
        "The api-version 'newest' is invalid.",
    )
    old = {"query": {"api-version": "2001-01-01"}}
    _, code, said = group.refused("GET", GROUP, **old)
    assert code == "InvalidApiVersionParameter"
    assert said.startswith(
        "The api-version '2001-01-01' is invalid. The supported versions are '2020-10-01, "
    )
    _, code, said = group.refused("PUT", NETWORK, network(), **old)
    assert code == "NoRegisteredProviderFound"
    assert "API version '2001-01-01' for type 'virtualNetworks'. The supported api-versions are '" in said


def test_a_body_that_is_no_json_is_refused(group: Arm) -> None:
    status, document = group.call("PUT", GROUP, data="{", content_type="application/json")
    assert status == 400
    assert document["error"]["code"] == "InvalidRequestContent"
    assert "could not be deserialized" in document["error"]["message"]


def test_an_error_names_the_property_at_fault(group: Arm) -> None:
    _, document = group.call("PUT", ACCOUNT, account(properties={"accessTier": "Frozen"}))
    assert document["error"]["target"] == "properties.accessTier"


def test_names_of_storage_accounts_are_free_in_all_of_azure_or_not(group: Arm) -> None:
    group.put(ACCOUNT, account())
    elsewhere = ACCOUNT.replace(SUBSCRIPTION, OTHER_SUBSCRIPTION)
    group.put(elsewhere.partition("/providers")[0], WEST)
    assert group.refused("PUT", elsewhere, account()) == (
        409,
        "StorageAccountAlreadyTaken",
        "The storage account named account1 is already taken.",
    )
    group.put(f"{HOME}/resourceGroups/second", WEST)
    assert group.refused("PUT", ACCOUNT.replace("/rg/", "/second/"), account()) == (
        409,
        "StorageAccountInAnotherResourceGroup",
        "The account account1 is already in another resource group in this subscription.",
    )
    ask = f"{HOME}/providers/Microsoft.Storage/checkNameAvailability"
    assert group.call("POST", ask, {"name": "account1"}) == (
        200,
        {
            "nameAvailable": False,
            "reason": "AlreadyExists",
            "message": "The storage account named account1 is already taken.",
        },
    )
    assert group.call("POST", ask, {"name": "account2"}) == (200, {"nameAvailable": True})
    status, document = group.call("POST", ask, {"name": "No"})
    assert (status, document["reason"]) == (200, "AccountNameInvalid")


@pytest.mark.parametrize("path", [NETWORK, ACCOUNT, VAULT, SECURITY_GROUP])
def test_a_resource_that_stands_in_another_region_is_refused(group: Arm, path: str) -> None:
    documents = {NETWORK: network(), ACCOUNT: account(), VAULT: vault(), SECURITY_GROUP: WEST}
    group.put(path, documents[path])
    name = path.rpartition("/")[2]
    assert group.refused("PUT", path, {**documents[path], "location": "eastus"}) == (
        409,
        "InvalidResourceLocation",
        (
            f"The resource '{name}' already exists in location 'westeurope' in resource group 'rg'. A resource with "
            "the same name cannot be created in location 'eastus'. Please select a new resource name."
        ),
    )


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"properties": {"isHnsEnabled": True}},
            "AccountPropertyCannotBeUpdated",
            "The property 'isHnsEnabled' was specified in the input, but it cannot be updated as it is read-only.",
        ),
        (
            {"kind": "BlobStorage"},
            "AccountPropertyCannotBeUpdated",
            "The property 'kind' was specified in the input, but it cannot be updated as it is read-only.",
        ),
        (
            {"sku": {"name": "Premium_LRS"}},
            "StorageAccountTypeConversionNotAllowed",
            "The storage account account1 can't be converted from Standard_LRS to Premium_LRS.",
        ),
    ],
)
def test_what_a_storage_account_can_not_become_is_refused(
    group: Arm, change: dict[str, Any], code: str, message: str
) -> None:
    group.put(ACCOUNT, account())
    assert group.refused("PUT", ACCOUNT, account(**change)) == (400, code, message)


def test_a_subnet_needs_the_services_endpoint_to_be_let_in(group: Arm) -> None:
    group.put(NETWORK, network(subnets=[{"name": "a", **subnet("10.0.0.0/24")}]))
    rules = {"defaultAction": "Deny", "virtualNetworkRules": [{"id": f"{NETWORK}/subnets/a"}]}
    said = (
        f"Subnets a of virtual network {NETWORK} do not have ServiceEndpoints for Microsoft.{{0}} resources "
        "configured."
    )
    _, code, message = group.refused("PUT", ACCOUNT, account(properties={"networkAcls": rules}))
    assert code == "NetworkAclsValidationFailure"
    assert said.format("Storage") in message
    _, code, message = group.refused("PUT", VAULT, vault(networkAcls=rules))
    assert code == "SubnetsHaveNoServiceEndpointsConfigured"
    assert said.format("KeyVault") in message
    lax = {
        **rules,
        "virtualNetworkRules": [
            {**rules["virtualNetworkRules"][0], "ignoreMissingVnetServiceEndpoint": True}
        ],
    }
    group.put(VAULT, vault(networkAcls=lax))
    endpoint = {"serviceEndpoints": [{"service": "Microsoft.Storage"}]}
    group.put(f"{NETWORK}/subnets/a", subnet("10.0.0.0/24", **endpoint))
    group.put(ACCOUNT, account(properties={"networkAcls": rules}))


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("Data", "InvalidResourceName", "The specified container name 'Data' is invalid"),
        ("a--b", "InvalidResourceName", "The specified container name 'a--b' is invalid"),
        (
            "ab",
            "OutOfRangeInput",
            "The specified container name 'ab' is out of range: it has 3 to 63 characters.",
        ),
    ],
)
def test_a_containers_name_is_one(group: Arm, name: str, code: str, message: str) -> None:
    group.put(ACCOUNT, account())
    _, refused_as, said = group.refused("PUT", f"{BLOBS}/containers/{name}", {})
    assert refused_as == code
    assert message in said


def test_a_public_container_needs_an_account_that_allows_it(group: Arm) -> None:
    group.put(ACCOUNT, account())
    public = {"properties": {"publicAccess": "Blob"}}
    assert group.refused("PUT", f"{BLOBS}/containers/data", public) == (
        409,
        "PublicAccessNotPermitted",
        "Public access is not permitted on this storage account.",
    )
    group.put(ACCOUNT, account(properties={"allowBlobPublicAccess": True}))
    assert group.put(f"{BLOBS}/containers/data", public)["properties"]["publicAccess"] == "Blob"


def test_a_blob_service_is_the_default_one_and_stays(group: Arm) -> None:
    group.put(ACCOUNT, account())
    assert group.refused("PUT", f"{ACCOUNT}/blobServices/second", {}) == (
        400,
        "InvalidResourceName",
        "The blob service name 'second' is invalid: it must be 'default'.",
    )
    assert group.refused("DELETE", BLOBS)[:2] == (405, "HttpMethodNotAllowed")


@pytest.mark.parametrize(
    ("settings", "feature"),
    [
        ({"isVersioningEnabled": True}, "Blob versioning"),
        ({"changeFeed": {"enabled": True}}, "Change feed"),
        ({"restorePolicy": {"enabled": True, "days": 1}}, "Point-in-time restore"),
    ],
)
def test_a_hierarchical_namespace_goes_without_features_of_blobs(
    group: Arm, settings: dict[str, Any], feature: str
) -> None:
    group.put(ACCOUNT, account(properties={"isHnsEnabled": True}))
    assert group.refused("PUT", BLOBS, {"properties": settings}) == (
        409,
        "FeatureNotSupportedForAccount",
        f"{feature} is not supported for the account.",
    )


@pytest.mark.parametrize("lacking", ["deleteRetentionPolicy", "changeFeed", "isVersioningEnabled"])
def test_a_restore_needs_what_it_restores_from(group: Arm, lacking: str) -> None:
    group.put(ACCOUNT, account())
    settings = {
        "restorePolicy": {"enabled": True, "days": 6},
        "deleteRetentionPolicy": {"enabled": True, "days": 7},
        "changeFeed": {"enabled": True},
        "isVersioningEnabled": True,
    }
    group.put(BLOBS, {"properties": settings})
    del settings[lacking]
    _, code, message = group.refused("PUT", BLOBS, {"properties": settings})
    assert code == "InvalidRequestPropertyValue"
    assert f"The value 'True' is not allowed for property restorePolicy: it needs {lacking}" in message
