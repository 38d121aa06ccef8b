"""Subnets in which machines run reach S3 by a gateway endpoint.

An interface endpoint for S3 isn't enough: its traffic is paid by the gigabyte, a gateway's costs nothing.
A subnet without a route table of its own uses the VPC's main one (Amazon VPC User Guide, "Subnet route
tables", 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.subnets import MACHINES, has_machines
from modelyard_policies.aws.types import (
    DEFAULT_ROUTE_TABLE,
    MAIN_ROUTE_TABLE_ASSOCIATION,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
    VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION,
)
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity

TABLES = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE)

RULE = Rule(
    id="s3-gateway-endpoint",
    code="NW8",
    title="Subnets with machines reach S3 by a gateway endpoint",
    severity=Severity.MEDIUM,
    resources=(SUBNET,),
    reads=(
        *MACHINES,
        *TABLES,
        VPC,
        ROUTE_TABLE_ASSOCIATION,
        MAIN_ROUTE_TABLE_ASSOCIATION,
        VPC_ENDPOINT,
        VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION,
    ),
    why=(
        "Without it every read of training data goes through a NAT gateway, which is paid by the gigabyte: "
        "one project's bill for that was 149,257 dollars in a month (pytorch/ci-infra#1032)."
    ),
    mend="Add a VpcEndpoint for com.amazonaws.REGION.s3 of type Gateway with the subnet's route table.",
    maps_to={},
    snippet="""\
aws.ec2.VpcEndpoint(
    "s3",
    vpc_id=vpc.id,
    vpc_endpoint_type="Gateway",
    service_name="com.amazonaws.eu-west-1.s3",
    route_table_ids=[route_table.id],
)
aws.ec2.RouteTableAssociation("nodes", subnet_id=subnet.id, route_table_id=route_table.id)
aws.ec2.Instance("node", ami="ami-0123456789abcdef0", instance_type="m7i.large", subnet_id=subnet.id)
""",
)


@RULE.applies
def machines_run_here(subnet: Resource, graph: GraphView) -> bool:
    """Whether anything of the stack puts machines into it."""
    return has_machines(subnet, graph)


@RULE.check
def its_table_leads_to_s3(subnet: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the table that the subnet uses."""
    associations = graph.linked(subnet, ROUTE_TABLE_ASSOCIATION, "subnetId")
    if associations:
        if not some(associations, lambda each: _leads(each, "routeTableId", graph)):
            yield subnet.failure("", "its route table has no gateway endpoint for S3")
    elif not _main_leads(subnet, graph):
        yield subnet.failure("", "uses the VPC's main route table, which has no gateway endpoint for S3")


def _leads(holder: Resource, key: str, graph: GraphView) -> bool:
    return graph.any_target(holder, key, TABLES, lambda table: graph.once(_has_endpoint, table))


def _has_endpoint(graph: GraphView, table: Resource) -> bool:
    return any_of(
        lambda: some(graph.linked(table, VPC_ENDPOINT, "routeTableIds"), _is_gateway_to_s3),
        lambda: some(
            graph.linked(table, VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION, "routeTableId"),
            lambda each: graph.any_target(each, "vpcEndpointId", VPC_ENDPOINT, _is_gateway_to_s3),
        ),
    )


def _is_gateway_to_s3(endpoint: Resource) -> bool:
    return all_of(
        lambda: endpoint.text("vpcEndpointType", "Gateway") == "Gateway",
        lambda: endpoint.text("serviceName").endswith(".s3"),
    )


def _main_leads(subnet: Resource, graph: GraphView) -> bool:
    return graph.any_target(subnet, "vpcId", VPC, lambda vpc: graph.once(_main_of_vpc_leads, vpc))


def _main_of_vpc_leads(graph: GraphView, vpc: Resource) -> bool:
    """The main table is one that the stack has put there, took over, or names by its VPC."""
    return any_of(
        lambda: some(
            graph.linked(vpc, MAIN_ROUTE_TABLE_ASSOCIATION, "vpcId"),
            lambda each: _leads(each, "routeTableId", graph),
        ),
        lambda: some(
            graph.linked(vpc, DEFAULT_ROUTE_TABLE, "defaultRouteTableId"),
            lambda table: graph.once(_has_endpoint, table),
        ),
        lambda: some(graph.linked(vpc, VPC_ENDPOINT, "routeTableIds"), _is_gateway_to_s3),
    )
