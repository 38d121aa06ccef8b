"""What a resource costs for being there, by its type: one function a type that is paid for."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.fact import HOURS_PER_MONTH
from modelyard_policies.graph import UNKNOWN, Node
from modelyard_preview.cost.account_pricers import ACCOUNT_PRICERS
from modelyard_preview.cost.charges import Charge
from modelyard_preview.cost.free import FREE_TYPES
from modelyard_preview.cost.machines import machine_charges
from modelyard_preview.cost.model import Amounts, Unpriced
from modelyard_preview.cost.monitoring import (
    alarm_charges,
    dashboard_charges,
    function_charges,
    schedule_charges,
    topic_charges,
)
from modelyard_preview.cost.pricing import Pricer, Pricing


def resource_charges(node: Node, default_region: str) -> Iterator[Charge | Unpriced]:
    """What a resource is charged for, apart from pools and stores."""
    return _PRICING.charges(node, default_region)


def _key(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    yield Charge("KMS keys", "kms_key_month", region, Amounts.always(1.0), (node.urn,))
    yield Unpriced("requests to KMS", (node.urn,), "how many there are isn't stated")


def _endpoint(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    kind = node.properties.get("vpcEndpointType", "Gateway")
    if kind == "Gateway":
        return
    zones = _subnet_count(node)
    if kind != "Interface" or zones is None:
        yield Unpriced("VPC endpoints", (node.urn,), "its type or its number of subnets isn't known")
        return
    hours = Amounts.always(float(HOURS_PER_MONTH * zones))
    yield Charge("interface endpoints", "interface_endpoint_hour", region, hours, (node.urn,))
    yield Unpriced("data through interface endpoints", (node.urn,), "how much there is isn't stated")


def _subnet_count(node: Node) -> int | None:
    """Subnets of an endpoint: it is billed for each. Their ids needn't be known, their number must be."""
    subnets = node.properties.get("subnetIds", UNKNOWN)
    return len(subnets) if isinstance(subnets, list) else None


def _nat_gateway(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    hours = Amounts.always(float(HOURS_PER_MONTH))
    yield Charge("NAT gateways", "nat_gateway_hour", region, hours, (node.urn,))
    yield Unpriced("data through NAT gateways", (node.urn,), "how much there is isn't stated")


def _address(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    hours = Amounts.always(float(HOURS_PER_MONTH))
    yield Charge("public IPv4 addresses", "public_ipv4_hour", region, hours, (node.urn,))


def _logs(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("logs, written and kept", (node.urn,), "how much is logged isn't stated")


def _registry(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("images in registries", (node.urn,), "their size isn't stated")


def _image_copies(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("images copied to other regions", (node.urn,), "how much is pushed isn't stated")


def _object_copies(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    reason = "how much is written isn't stated: data to the other region, requests, time control"
    yield Unpriced("objects copied to other regions", (node.urn,), reason)


def _lustre(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    size, speed = (node.properties.get(name) for name in ("storageCapacity", "perUnitStorageThroughput"))
    what = f"{size} GiB at {speed} MB/s/TiB" if isinstance(size, int | float) else "what is stored"
    yield Unpriced("FSx for Lustre", (node.urn,), f"no price known in {region} for {what}")


def _elastic_files(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    yield Unpriced("EFS: files kept", (node.urn,), f"no price known in {region}")
    yield Unpriced("EFS: data read and written", (node.urn,), "how much there is isn't stated")


def _restore_tests(node: Node, _region: str) -> Iterator[Charge | Unpriced]:
    reason = "no price known for a test, and how much is restored isn't stated"
    yield Unpriced("restore tests", (node.urn,), reason)


PRICERS: dict[str, Pricer] = {
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": _restore_tests,
    **ACCOUNT_PRICERS,
    "aws:cloudwatch/dashboard:Dashboard": dashboard_charges,
    "aws:cloudwatch/logGroup:LogGroup": _logs,
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarm_charges,
    "aws:ec2/eip:Eip": _address,
    "aws:ec2/instance:Instance": machine_charges,
    "aws:ec2/natGateway:NatGateway": _nat_gateway,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": _image_copies,
    "aws:ecr/repository:Repository": _registry,
    "aws:efs/fileSystem:FileSystem": _elastic_files,
    "aws:fsx/lustreFileSystem:LustreFileSystem": _lustre,
    "aws:kms/key:Key": _key,
    "aws:kms/replicaKey:ReplicaKey": _key,
    "aws:lambda/function:Function": function_charges,
    "aws:scheduler/schedule:Schedule": schedule_charges,
    "aws:sns/topic:Topic": topic_charges,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _object_copies,
}
"""Types that are paid for, and how. A new one needs a function and a line here."""

PRICED_ELSEWHERE = frozenset(
    {
        "aws:backup/plan:Plan",
        "aws:batch/computeEnvironment:ComputeEnvironment",
        "aws:s3/bucket:Bucket",
    }
)
"""Types whose cost depends on sizes that only the environment states: pools and stores."""

_PRICING = Pricing(PRICERS, FREE_TYPES, PRICED_ELSEWHERE)
