"""EC2's VPC endpoints that moto takes without a look: services, policies, subnets, and one beside another.

Sources: EC2 API reference, CreateVpcEndpoint and error codes; VPC user guide, endpoints and services that
integrate with AWS PrivateLink; 2026-11.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import before

SERVICE = re.compile(r"com\.amazonaws\.(?P<region>[a-z0-9-]+)\.(?P<name>.+)")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
GATEWAY_SERVICES = ("s3", "dynamodb", "s3express")
OTHER_SERVICES = frozenset(
    {"ec2messages", "ecs-agent", "ecs-telemetry", "eks-auth", "s3express", "ssmmessages"}
)
"""Services with an endpoint in a VPC that botocore's table of endpoints doesn't have."""
GONE = ("deleted", "deleting")


def install() -> None:
    """Put the check before moto's operation."""
    before(EC2Response, "create_vpc_endpoint", _check)


def _check(self: Any) -> None:
    service, backend = self._get_param("ServiceName") or "", self.ec2_backend
    kind = (self._get_param("VpcEndpointType") or "Gateway").lower()
    found = SERVICE.fullmatch(service)
    if found and found["name"].split(".")[0] not in _services() | OTHER_SERVICES:
        refuse("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    _check_document(self._get_param("PolicyDocument"))
    zones = [backend.get_subnet(id_).availability_zone for id_ in self._get_param("SubnetIds") or []]
    if len(zones) != len(set(zones)):
        refuse("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")
    if found and REGION.fullmatch(found["region"]):
        _check_service(self, found["region"], found["name"], kind)
    for id_ in self._get_param("SecurityGroupIds") or []:
        if backend.get_security_group_from_id(id_) is None:
            refuse("InvalidGroup.NotFound", f"The security group '{id_}' does not exist")
    for other in backend.vpc_end_points.values():
        if other.vpc_id == self._get_param("VpcId") and other.service_name == service:
            _check_beside(self, other, kind)


def _check_document(document: str | None) -> None:
    if not document:
        return
    try:
        json.loads(document)
    except ValueError:
        refuse("InvalidPolicyDocument", "The policy document is not a valid JSON policy document.")


def _check_service(self: Any, region: str, name: str, kind: str) -> None:
    """Refuse a service of another region, and a gateway to one that has none."""
    if region != self.region and not self._get_param("ServiceRegion"):
        service = self._get_param("ServiceName")
        refuse("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    if kind == "gateway" and name not in GATEWAY_SERVICES:
        refuse(
            "InvalidParameter",
            "Endpoint type (Gateway) does not match available service types ([Interface]).",
        )


def _check_beside(self: Any, other: Any, kind: str) -> None:
    """Refuse a second endpoint of a service whose names or routes are those of the first."""
    if other.state in GONE or (other.vpc_endpoint_type or "Gateway").lower() != kind:
        return
    if kind == "interface" and other.private_dns_enabled and self._get_param("PrivateDnsEnabled", True):
        refuse(
            "InvalidParameter",
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
            f"{other.service_name} in the VPC {other.vpc_id}",
        )
    shared = set(self._get_param("RouteTableIds") or []) & set(other.route_table_ids or [])
    if kind == "gateway" and shared:
        refuse(
            "RouteAlreadyExists",
            f"route table {min(shared)} already has a route with destination-prefix-list-id "
            f"{other.destination_prefix_list_id}",
        )


@functools.cache
def _services() -> frozenset[str]:
    from botocore.session import Session

    partitions: list[Any] = Session().get_data("endpoints")["partitions"]  # pyright: ignore[reportAssignmentType] (JSON)
    services = partitions[0]["services"]
    return frozenset(part for service in services for part in service.split("."))
