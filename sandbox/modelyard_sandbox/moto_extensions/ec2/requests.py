"""EC2 requests that moto takes without a look: ids that are none, images and services that are not there, dry
runs, and the protection against termination.

Sources: EC2 API reference, error codes, RunInstances (DisableApiTermination), CreateVpcEndpoint; VPC user
guide, services that integrate with AWS PrivateLink; 2026-11.
"""

from __future__ import annotations

import functools
import json
import re
from contextvars import ContextVar
from typing import Any

from moto.ec2.models.instances import InstanceBackend
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import before

INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}")
IMAGE_ID = re.compile(r"ami-[0-9a-f]{8,17}")
BY_PARAMETER = "resolve:"
SERVICE = re.compile(r"com\.amazonaws\.[a-z0-9-]+\.(?P<name>.+)")
OTHER_SERVICES = frozenset(
    {"ec2messages", "ecs-agent", "ecs-telemetry", "eks-auth", "s3express", "ssmmessages"}
)
"""Services with an endpoint in a VPC that botocore's table of endpoints doesn't have."""

_protected: ContextVar[bool] = ContextVar("protected", default=False)


def install() -> None:
    """Put the checks before moto's operations, and the protection on what it launches."""
    before(EC2Response, "create_vpc", EC2Response.error_on_dryrun)
    before(EC2Response, "create_route", _gateway)
    before(EC2Response, "create_vpc_endpoint", _endpoint)
    before(EC2Response, "run_instances", _image)
    for operation in ("describe_instances", "start_instances", "stop_instances", "terminate_instances"):
        before(EC2Response, operation, _instance_ids)
    EC2Response.run_instances = _noting_protection(EC2Response.run_instances)
    InstanceBackend.run_instances = _protecting(InstanceBackend.run_instances)


def _gateway(self: Any) -> None:
    id_ = self._get_param("GatewayId") or ""
    if id_.startswith("igw-") and id_ not in self.ec2_backend.internet_gateways:
        refuse("InvalidGatewayID.NotFound", f"The gateway ID '{id_}' does not exist")


def _endpoint(self: Any) -> None:
    service = self._get_param("ServiceName") or ""
    found = SERVICE.fullmatch(service)
    if found and found["name"].split(".")[0] not in _services() | OTHER_SERVICES:
        refuse("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    _check_document(self._get_param("PolicyDocument"))
    backend = self.ec2_backend
    zones = [backend.get_subnet(id_).availability_zone for id_ in self._get_param("SubnetIds") or []]
    if len(zones) != len(set(zones)):
        refuse("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone")


def _check_document(document: str | None) -> None:
    if not document:
        return
    try:
        json.loads(document)
    except ValueError:
        refuse("InvalidPolicyDocument", "The policy document is not a valid JSON policy document.")


def _image(self: Any) -> None:
    id_ = self._get_param("ImageId")
    if id_ is None or id_.startswith(BY_PARAMETER):
        return
    if not IMAGE_ID.fullmatch(id_):
        refuse("InvalidAMIID.Malformed", f'Invalid id: "{id_}" (expecting "ami-...")')
    if id_ not in self.ec2_backend.amis:
        refuse("InvalidAMIID.NotFound", f"The image id '[{id_}]' does not exist")


def _instance_ids(self: Any) -> None:
    for id_ in self._get_param("InstanceIds") or []:
        if not INSTANCE_ID.fullmatch(id_):
            refuse("InvalidInstanceID.Malformed", f'Invalid id: "{id_}" (expecting "i-...")')


def _noting_protection(run_instances: Any) -> Any:
    @functools.wraps(run_instances)
    def run(self: Any) -> Any:
        token = _protected.set(bool(self._get_param("DisableApiTermination")))
        try:
            return run_instances(self)
        finally:
            _protected.reset(token)

    return run


def _protecting(run_instances: Any) -> Any:
    @functools.wraps(run_instances)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        reservation = run_instances(self, *args, **kwargs)
        for instance in reservation.instances:
            instance.disable_api_termination = _protected.get()
        return reservation

    return run


@functools.cache
def _services() -> frozenset[str]:
    from botocore.session import Session

    partitions: list[Any] = Session().get_data("endpoints")["partitions"]  # pyright: ignore[reportAssignmentType]
    services = partitions[0]["services"]
    return frozenset(part for service in services for part in service.split("."))
