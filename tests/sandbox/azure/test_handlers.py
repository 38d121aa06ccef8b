"""Handlers of azure-native's types, each through its whole life against a server."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from arming import ACCOUNT, GROUP, HOME, LOCATION, NETWORK, VAULT, Maker, standing
from azure_lives import basics, furnishings, lives
from azure_lives.basics import PLACED

from modelyard.errors import SurroundingsError
from modelyard_sandbox.azure.client import AzureCloud, AzureError, type_of
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.registry import handler_of, handlers
from modelyard_sandbox.errors import ImpossibleError, UnsupportedError
from modelyard_sandbox.provider.input_types import settle

LIVES = lives()
KEPT = ("storage:BlobContainerImmutabilityPolicy",)
"""What azure-native fails to delete."""

HIDDEN = {"resources:Deployment": ("properties", "template")}
"""What Azure doesn't show again, of an object."""


def without_hidden(type_: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs as an import finds them."""
    if type_ not in HIDDEN:
        return inputs
    outer, inner = HIDDEN[type_]
    return {**inputs, outer: {name: value for name, value in inputs[outer].items() if name != inner}}


@pytest.fixture
def furnished(make: Maker) -> Maker:
    """A group with a network, an account and a vault."""
    basics.furnish(make)
    return make


def handler(type_: str) -> ArmHandler:
    return handler_of(f"azure-native:{type_}")


def test_every_type_has_a_life() -> None:
    lived = {f"azure-native:{type_}" for type_ in (*LIVES, "resources:ResourceGroup", "security:Pricing")}
    assert lived == handlers().keys()


@pytest.mark.parametrize("type_", LIVES)
def test_a_resource_is_made_read_changed_and_deleted(make: Maker, type_: str) -> None:
    furnishings()[type_](make)
    cloud, one = make.cloud, handler(type_)
    inputs, change, expected = LIVES[type_]
    assert settle(one.type, {**inputs, **change}).problems == []
    assert one.problems(inputs) == []
    id_, outputs = one.create(cloud, inputs)
    assert id_ == outputs["id"] == expected
    assert outputs["name"] == id_.rpartition("/")[2]
    assert outputs["azureApiVersion"] == one.api_version
    assert one.observe(cloud, id_, inputs, outputs) == inputs, "what was asked for is found again"
    assert one.id_from(cloud, inputs) == id_
    changed = {**inputs, **change}
    now = one.update(cloud, id_, inputs, changed)
    assert one.meaning.aligned(one.observe(cloud, id_, changed, now), changed) == changed
    assert one.replaces(inputs, changed) == frozenset()
    with pytest.raises(AzureError, match="incorrect etag") if type_ in KEPT else nullcontext():
        one.delete(cloud, id_, changed)
        one.delete(cloud, id_, changed)
    stays = one.read(cloud, id_, changed)
    assert (stays is not None) == (one.comes_with_parent or type_ in KEPT)


@pytest.mark.parametrize("type_", LIVES)
def test_a_resource_is_found_by_its_id_with_all_that_a_program_would_say(make: Maker, type_: str) -> None:
    furnishings()[type_](make)
    cloud, one = make.cloud, handler(type_)
    inputs, _, _ = LIVES[type_]
    id_, _ = one.create(cloud, inputs)
    found = one.find(cloud, id_)
    assert found is not None
    own_id, held = found
    assert (own_id, held) == (id_, {})
    outputs = one.read(cloud, own_id, held)
    assert outputs is not None
    asked = one.observe(cloud, own_id, {}, outputs)
    assert settle(one.type, asked).problems == [], "what a program can say, and nothing of Azure's own"
    assert one.problems(asked) == []
    assert one.meaning.aligned(asked, inputs) == without_hidden(type_, inputs)


def test_a_group_is_made_and_everything_in_it_is_listed(furnished: Maker) -> None:
    assert sorted(standing(furnished.cloud)) == [
        ("azure-native:keyvault:Vault", VAULT.replace("vault1", "vault2")),
        ("azure-native:network:VirtualNetwork", NETWORK),
        ("azure-native:resources:ResourceGroup", GROUP),
        ("azure-native:storage:StorageAccount", ACCOUNT),
    ]
    handler("resources:ResourceGroup").delete(furnished.cloud, GROUP, {})
    assert standing(furnished.cloud) == []


def test_what_stands_already_is_not_taken_over(make: Maker) -> None:
    make.group()
    with pytest.raises(ImpossibleError, match=f"cannot create already existing resource '{GROUP}'") as caught:
        make.group()
    assert "mend: import it, or give another name" in str(caught.value)


def test_a_creation_that_is_asked_for_again_is_carried_out_once(make: Maker) -> None:
    group, marked = handler("resources:ResourceGroup"), make.cloud.once("token")
    inputs = {"resourceGroupName": "rg", "location": LOCATION}
    assert group.make(marked, inputs) == group.make(group.once(make.cloud, "token"), inputs) == GROUP
    with pytest.raises(ImpossibleError):
        group.make(make.cloud.once("other"), inputs)


def test_a_subnet_of_its_own_survives_a_change_of_its_network(furnished: Maker) -> None:
    cloud = furnished.cloud
    furnished("network:Subnet", **LIVES["network:Subnet"][0])
    network = handler("network:VirtualNetwork")
    old = {**PLACED, "virtualNetworkName": "net", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    outputs = network.update(cloud, NETWORK, old, {**old, "tags": {"owner": "me"}})
    assert [item["name"] for item in outputs["subnets"]] == ["a", "b"]
    assert "subnets" not in network.observe(cloud, NETWORK, old, outputs)


def test_what_somebody_else_changed_is_seen(furnished: Maker) -> None:
    cloud, service = furnished.cloud, handler("storage:BlobServiceProperties")
    inputs = LIVES["storage:BlobServiceProperties"][0]
    id_, _ = service.create(cloud, inputs)
    cloud.put(id_, service.api_version, {"properties": {"isVersioningEnabled": False}})
    outputs = service.read(cloud, id_, inputs)
    assert outputs is not None
    seen = service.observe(cloud, id_, inputs, outputs)
    assert seen["isVersioningEnabled"] is False
    assert seen["deleteRetentionPolicy"] == {"enabled": False}


def test_a_location_may_be_written_as_people_write_it(make: Maker) -> None:
    group = handler("resources:ResourceGroup")
    inputs = {"resourceGroupName": "rg", "location": "West Europe"}
    id_, outputs = group.create(make.cloud, inputs)
    assert outputs["location"] == "westeurope"
    assert group.observe(make.cloud, id_, inputs, outputs) == inputs
    assert group.replaces(inputs, {**inputs, "location": "westeurope"}) == frozenset()
    assert group.replaces(inputs, {**inputs, "location": "eastus"}) == {"location"}


@pytest.mark.parametrize(
    ("type_", "change", "replaced", "collides"),
    [
        ("network:VirtualNetwork", {"location": "eastus"}, {"location"}, True),
        ("network:VirtualNetwork", {"virtualNetworkName": "third"}, {"virtualNetworkName"}, False),
        ("storage:StorageAccount", {"isHnsEnabled": True}, {"isHnsEnabled"}, True),
        ("storage:StorageAccount", {"resourceGroupName": "other"}, {"resourceGroupName"}, True),
        ("keyvault:Vault", {"location": "eastus"}, {"location"}, True),
        ("storage:BlobContainer", {"accountName": "account2"}, {"accountName"}, False),
        ("authorization:ManagementLockByScope", {"level": "ReadOnly"}, set[str](), True),
    ],
)
def test_what_replaces_a_resource(
    type_: str, change: dict[str, Any], replaced: set[str], collides: bool
) -> None:
    old = LIVES[type_][0]
    assert handler(type_).replaces(old, {**old, **change}) == replaced
    assert handler(type_).collides(old, {**old, **change}) is collides


def test_names_are_made_up_as_azure_native_makes_them_up() -> None:
    digits = "0123456789abcdef"
    assert handler("resources:ResourceGroup").automatic_name("Data-Center", digits) == "Data-Center01234567"
    assert handler("storage:StorageAccount").automatic_name("data", digits) == "data01234567"
    assert handler("authorization:ManagementLockByScope").automatic_name("keep", digits) == "keep01234567"
    assert handler("storage:BlobContainer").automatic_name("checkpoints", digits) == "checkpoints"
    assert handler("network:Subnet").automatic_name("nodes", digits) == "nodes"


@pytest.mark.parametrize(
    ("type_", "change", "problem"),
    [
        (
            "storage:StorageAccount",
            {"accountName": "Data"},
            (
                "accountName",
                (
                    "AccountNameInvalid: Data is not a valid storage account name. Storage account name must be "
                    "between 3 and 24 characters in length and use numbers and lower-case letters only."
                ),
            ),
        ),
        (
            "storage:StorageAccount",
            {
                "networkRuleSet": {
                    "defaultAction": "Deny",
                    "ipRules": [{"iPAddressOrRange": "a", "action": "Deny"}],
                }
            },
            (
                "networkRuleSet.ipRules[0].action",
                "InvalidRequestPropertyValue: The value 'Deny' is not allowed for property action.",
            ),
        ),
        (
            "resources:ResourceGroup",
            {"resourceGroupName": "rg"},
            ("location", "LocationRequired: The location property is required for this definition."),
        ),
    ],
)
def test_what_azure_would_refuse_is_told_beforehand_with_the_input(
    type_: str, change: dict[str, Any], problem: tuple[str, str]
) -> None:
    inputs = {**LIVES.get(type_, ({}, {}, ""))[0], **change}
    assert handler(type_).problems(inputs) == [problem]


def test_an_error_says_what_was_asked_of_which_type_and_which_input_is_at_fault(make: Maker) -> None:
    make.group()
    inputs = {**LIVES["storage:BlobContainer"][0], "publicAccess": "Blob"}
    make(
        "storage:StorageAccount",
        **PLACED,
        accountName="account1",
        kind="StorageV2",
        sku={"name": "Standard_LRS"},
    )
    with pytest.raises(AzureError) as caught:
        make("storage:BlobContainer", **inputs)
    assert str(caught.value) == (
        "Microsoft.Storage/storageAccounts/blobServices/containers:PUT answered PublicAccessNotPermitted: "
        "Public access is not permitted on this storage account."
    )
    assert caught.value.status == 409
    assert not caught.value.says_gone
    assert handler("storage:BlobContainer").at_fault(inputs, caught.value) == "publicAccess"


def test_inputs_that_a_type_does_not_know_or_needs_are_named(make: Maker) -> None:
    with pytest.raises(UnsupportedError, match="does not know the input color"):
        make("resources:ResourceGroup", resourceGroupName="rg", location=LOCATION, color="blue")
    with pytest.raises(
        UnsupportedError, match="azure-native:storage:StorageAccount needs the input kind, sku"
    ):
        make("storage:StorageAccount", **PLACED, accountName="account1")
    with pytest.raises(UnsupportedError, match="the sandbox has no azure-native:compute:Disk"):
        handler_of("azure-native:compute:Disk")
    with pytest.raises(UnsupportedError, match=f"{NETWORK} is no id of azure-native:keyvault:Vault"):
        handler("keyvault:Vault").find(make.cloud, NETWORK)


def test_a_server_that_is_gone_is_named_with_what_to_do() -> None:
    gone = AzureCloud("http://127.0.0.1:9", "11111111-1111-1111-1111-111111111111")
    with pytest.raises(SurroundingsError, match=r"the sandbox at http://127\.0\.0\.1:9 has ended") as caught:
        gone.create(GROUP, "2024-03-01", {})
    assert "modelyard sandbox start" in str(caught.value)


def test_errors_name_the_type_that_a_path_is_of() -> None:
    assert type_of(f"{NETWORK}/subnets/a") == "Microsoft.Network/virtualNetworks/subnets"
    assert type_of(GROUP) == "Microsoft.Resources/resourceGroups"
    assert type_of(HOME) == "Microsoft.Resources/subscriptions"
