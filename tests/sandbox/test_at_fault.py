"""Which input an error of the cloud is about."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_sandbox.aws.at_fault import property_at_fault
from modelyard_sandbox.errors import CloudError

POOL = {
    "name": "training",
    "computeResources": {
        "maxVcpus": 4,
        "subnets": ["subnet-11111111", "subnet-22222222"],
        "securityGroupIds": ["sg-11111111"],
        "launchTemplate": {"launchTemplateId": "lt-11111111"},
    },
    "tags": {"owner": "training-team"},
}
PLAN = {"name": "daily", "rules": [{"ruleName": "daily", "schedule": "often"}]}


@pytest.mark.parametrize(
    ("inputs", "message", "path"),
    [
        (POOL, "The subnet ID 'subnet-22222222' does not exist", "computeResources.subnets[1]"),
        (
            POOL,
            "launch template lt-11111111 has no image",
            "computeResources.launchTemplate.launchTemplateId",
        ),
        (POOL, "Object already exists: training", "name"),
        (POOL, "Invalid type for parameter computeResources.maxvCpus, value: x", "computeResources.maxVcpus"),
        ({"cidrBlock": "10.0.0.0/8"}, "Value (10.0.0.0/8) for parameter cidrBlock is invalid.", "cidrBlock"),
        (
            {"name": "a b"},
            "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint",
            "name",
        ),
        (
            PLAN,
            "Invalid length for parameter BackupPlan.Rules[0].RuleName, value: 0, valid min length: 1",
            "rules[0].ruleName",
        ),
        # Two that it could be, or none: nothing is said.
        (POOL, "subnet-11111111 and subnet-22222222 lie in one zone", None),
        (POOL, "subnet-111111112 does not exist", None),
        (POOL, "owner training-team is unknown", None),
        ({"one": "sg-11111111", "other": "sg-11111111"}, "sg-11111111 does not exist", None),
        (POOL, "Rate exceeded", None),
        # What is short may be there by chance.
        ({"prefix": "a"}, "a bucket is not there", None),
    ],
)
def test_a_property_is_named_where_it_is_certain(
    inputs: dict[str, Any], message: str, path: str | None
) -> None:
    assert property_at_fault(inputs, CloudError("any", "Create", "Invalid", message)) == path
