"""Machines reach the cloud's own services without crossing the internet.

Judged are VPCs of the stack into whose subnets it puts machines. How much is demanded goes by their way out:

- With an internet gateway, and so maybe with NAT: every service of the option `services`, in production.
  Other stages may take the way that is there, as endpoints cost by the hour in each zone.
- Without: only those of `services_without_internet`, at every stage. Machines can't start without an image,
  nor be managed; a service that they can't reach at all sends nothing over the internet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.endpoints import service_of
from modelyard_policies.aws.subnets import MACHINES, has_machines
from modelyard_policies.aws.types import (
    EGRESS_ONLY_GATEWAY,
    INTERNET_GATEWAY,
    INTERNET_GATEWAY_ATTACHMENT,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
)
from modelyard_policies.declared import is_production
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class PrivateServices(Options):
    """Services that need an interface endpoint."""

    rule: ClassVar[str] = "interface-endpoints"
    services: tuple[str, ...] = option(
        words(),
        ("ec2", "ecr.api", "ecr.dkr", "ssm"),
        "Services that a production VPC with an internet gateway reaches by interface endpoints",
    )
    services_without_internet: tuple[str, ...] = option(
        words(),
        ("ecr.api", "ecr.dkr", "ssm"),
        "Services that a VPC without an internet gateway reaches by interface endpoints",
    )


GATEWAYS: Final = (INTERNET_GATEWAY, INTERNET_GATEWAY_ATTACHMENT, EGRESS_ONLY_GATEWAY)

RULE = Rule(
    id="interface-endpoints",
    code="NW9",
    title="VPCs with machines reach EC2, ECR and Systems Manager by interface endpoints",
    severity=Severity.MEDIUM,
    resources=(VPC,),
    reads=(SUBNET, VPC_ENDPOINT, *GATEWAYS, *MACHINES),
    options=PrivateServices,
    why=(
        "Otherwise machines need a way to the internet to fetch their images and to be managed, and what "
        "breaks into one has it as well."
    ),
    mend=(
        "Add a VpcEndpoint with vpcEndpointType Interface and privateDnsEnabled for each of these services, "
        "in the subnets of the machines."
    ),
    maps_to={"security_hub": ["EC2.10", "EC2.55", "EC2.56", "EC2.57"]},
    snippet="""\
for service in ("ec2", "ecr.api", "ecr.dkr", "ssm"):
    aws.ec2.VpcEndpoint(
        service,
        vpc_id=vpc.id,
        vpc_endpoint_type="Interface",
        service_name=f"com.amazonaws.eu-west-1.{service}",
        subnet_ids=[subnet.id],
        security_group_ids=[security_group.id],
        private_dns_enabled=True,
    )
aws.ec2.Instance("node", ami="ami-0123456789abcdef0", instance_type="m7i.large", subnet_id=subnet.id)
""",
)


@RULE.applies
def has_to_be_private(vpc: Resource, graph: GraphView) -> bool:
    """Whether machines run in it, and it is for production or has no other way to the services."""
    return all_of(
        lambda: some(graph.linked(vpc, SUBNET, "vpcId"), lambda subnet: has_machines(subnet, graph)),
        lambda: any_of(lambda: is_production(vpc, graph), lambda: not _reaches_the_internet(vpc, graph)),
    )


@RULE.check
def services_have_endpoints(vpc: Resource, graph: GraphView) -> Iterator[Failure]:
    """One failure names all that are missing."""
    options = graph.options(PrivateServices)
    wanted = options.services if _reaches_the_internet(vpc, graph) else options.services_without_internet
    endpoints = graph.linked(vpc, VPC_ENDPOINT, "vpcId")
    missing = [
        service for service in wanted if not some(endpoints, lambda each, name=service: _is(each, name))
    ]
    if missing:
        yield vpc.failure("", f"no interface endpoint for {', '.join(missing)}")


def _is(endpoint: Resource, service: str) -> bool:
    return all_of(
        lambda: endpoint.text("vpcEndpointType", "Gateway") == "Interface",
        lambda: service_of(endpoint, [service]) is not None,
    )


def _reaches_the_internet(vpc: Resource, graph: GraphView) -> bool:
    return some(GATEWAYS, lambda kind: bool(graph.linked(vpc, kind, "vpcId")))
