"""What is refused before anything is made, at the property that is at fault, where the cloud is slow to say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asking import Asker, Refused, set_surroundings

from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
VPC = {"cidrBlock": "10.0.0.0/16"}
NETWORK = "azure-native:network:VirtualNetwork"
IN_A_GROUP = {
    "resourceGroupName": "rg",
    "virtualNetworkName": "net",
    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
}


@pytest.fixture
def asker(sandbox: Sandbox, account_id: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Asker]:
    set_surroundings(sandbox, account_id, REGION, monkeypatch)
    return Asker


@pytest.mark.parametrize(
    ("type_", "others"),
    [
        ("aws:kms/key:Key", {}),
        (
            "aws:kms/replicaKey:ReplicaKey",
            {"primaryKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234567890abcdef1234567890abcdef"},
        ),
    ],
)
@pytest.mark.parametrize("days", [6, 31])
def test_a_key_that_could_not_be_deleted_is_not_made(
    asker: Callable[..., Asker], type_: str, others: dict[str, Any], days: int
) -> None:
    found = asker().failures(type_, {**others, "deletionWindowInDays": days})
    assert found == {"deletionWindowInDays": f"deletionWindowInDays takes 7 to 30 days, not {days}"}
    assert asker().failures(type_, {**others, "deletionWindowInDays": 7}) == {}


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("eu-central-9", "AWS has no region 'eu-central-9': did you mean eu-central-2?"),
        ("moon", "AWS has no region 'moon': its name is one such as eu-central-1"),
    ],
)
def test_a_region_that_aws_does_not_have_is_refused(
    asker: Callable[..., Asker], region: str, said: str
) -> None:
    with pytest.raises(Refused) as by_provider:
        asker({"region": region})
    assert str(by_provider.value) == said
    with pytest.raises(Refused) as by_resource:
        asker().create("aws:ec2/vpc:Vpc", {**VPC, "region": region})
    assert str(by_resource.value) == said


def test_a_location_that_is_missing_is_told_as_such() -> None:
    missing = "LocationRequired: The location property is required for this definition."
    assert handler_of(NETWORK).problems(IN_A_GROUP) == [("location", missing)]


def test_a_property_that_azures_network_does_not_know_is_told_with_its_details() -> None:
    misspelt = {**IN_A_GROUP, "location": "westeurope", "addressSpace": {"addressPrefixs": []}}
    ((path, said),) = handler_of(NETWORK).problems(misspelt)
    assert path == "addressSpace.addressPrefixs"
    assert said.startswith("InvalidRequestFormat: Cannot parse the request. Could not find member ")
    assert "'addressPrefixs'" in said
