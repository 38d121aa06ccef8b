"""Environments and accounts of the sandbox's for the tests of commands that look at an account."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from previewing import dev_fields

from modelyard_sandbox.sandbox import Sandbox

PRIMARY, RECOVERY = "eu-central-1", "eu-south-1"
POOL_GROUP = [
    {"Type": "AWS::EC2::CapacityReservationPool"},
    {
        "Type": "AWS::ResourceGroups::Generic",
        "Parameters": [{"Name": "allowed-resource-types", "Values": ["AWS::EC2::CapacityReservation"]}],
    },
]


def pool(name: str = "cpu", type_: str = "c7i.4xlarge", **fields: Any) -> dict[str, Any]:
    """A pool of one node, on demand unless told otherwise."""
    return {
        "name": name,
        "instance_type": type_,
        "max_nodes": 1,
        "capacity": {"mode": "on_demand"},
        **fields,
    }


@dataclass
class Lab:
    """An account of the sandbox's, and an environment's file for it."""

    sandbox: Sandbox
    account_id: str
    file: Path
    monkeypatch: pytest.MonkeyPatch

    def write(self, *pools: dict[str, Any], **fields: Any) -> str:
        """The environment's file with these pools and fields; its path."""
        document = {**dev_fields(), "name": "lab", "account_id": self.account_id, **fields}
        document["compute"] = [*pools] or [pool()]
        self.file.write_text(
            json.dumps({name: value for name, value in document.items() if value is not None})
        )
        return str(self.file)

    def sign_in(self, account_id: str | None = None) -> None:
        """Be who `modelyard sandbox env` makes of one."""
        variables = self.sandbox.environment_variables(account_id or self.account_id, PRIMARY)
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def client(self, service: str, region: str = PRIMARY) -> Any:
        """A client of the account."""
        return self.sandbox.client(service, region, self.account_id)

    def grant(self, quota_code: str, vcpus: int, region: str = PRIMARY) -> None:
        """Have a quota, as `aws service-quotas request-service-quota-increase` asks for it."""
        self.client("service-quotas", region).request_service_quota_increase(
            ServiceCode="ec2", QuotaCode=quota_code, DesiredValue=vcpus
        )

    def make_service_roles(self) -> None:
        """Have every service-linked role."""
        for service in ("batch", "ecs", "autoscaling", "spot"):
            self.client("iam").create_service_linked_role(AWSServiceName=f"{service}.amazonaws.com")

    def reserve(self, type_: str, count: int, zone_id: str = "euc1-az2", matching: str = "targeted") -> str:
        """Have a capacity reservation; its id."""
        made = self.client("ec2").create_capacity_reservation(
            InstanceType=type_,
            InstancePlatform="Linux/UNIX",
            AvailabilityZoneId=zone_id,
            InstanceCount=count,
            InstanceMatchCriteria=matching,
        )
        return made["CapacityReservation"]["CapacityReservationId"]

    def buy_block(self, type_: str, count: int, zone: str = f"{PRIMARY}b") -> dict[str, Any]:
        """Have a capacity block; its reservation."""
        ec2 = self.client("ec2")
        offered = ec2.describe_capacity_block_offerings(
            InstanceType=type_, InstanceCount=count, CapacityDurationHours=24
        )["CapacityBlockOfferings"]
        [offering] = [offer for offer in offered if offer["AvailabilityZone"] == zone]
        return ec2.purchase_capacity_block(
            CapacityBlockOfferingId=offering["CapacityBlockOfferingId"], InstancePlatform="Linux/UNIX"
        )["CapacityReservation"]
