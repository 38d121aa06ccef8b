"""EC2 networks: subnets, gateways and routes that moto takes without a look.

Source: EC2 API reference, CreateVpc, CreateSubnet, AttachInternetGateway, CreateRoute, DeleteRoute,
AssociateRouteTable, CreateNatGateway, DescribeNatGateways, CreateFlowLogs, CreateTags and error codes; VPC
user guide, route tables; 2026-11.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import before

PREFIX_MIN, PREFIX_MAX = 16, 28
ROUTE_TARGETS = (
    "CarrierGatewayId",
    "CoreNetworkArn",
    "EgressOnlyInternetGatewayId",
    "GatewayId",
    "InstanceId",
    "LocalGatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "OdbNetworkArn",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
)
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
INSIDE_TARGETS = ("InstanceId", "NetworkInterfaceId", "VpcEndpointId")
"""What a route within the VPC's own range may lead to."""
GONE = ("deleted", "deleting")


def install() -> None:
    """Put the checks before moto's operations."""
    checks = {
        "create_vpc": _vpc,
        "create_subnet": _subnet,
        "attach_internet_gateway": _attach,
        "create_route": _route,
        "delete_route": _delete_route,
        "associate_route_table": _associate,
        "create_nat_gateway": _nat_gateway,
        "describe_nat_gateways": _describe_nat_gateways,
        "create_flow_logs": _flow_logs,
        "create_tags": _tags,
    }
    for operation, check in checks.items():
        before(EC2Response, operation, check)


def _vpc(self: Any) -> None:
    # moto makes the VPC of a dry run.
    self.error_on_dryrun()
    tenancy = self._get_param("InstanceTenancy") or "default"
    if tenancy not in ("default", "dedicated"):
        refuse("InvalidParameterValue", f"Value ({tenancy}) for parameter instanceTenancy is invalid.")


def _subnet(self: Any) -> None:
    block = self._get_param("CidrBlock")
    name, id_ = self._get_param("AvailabilityZone"), self._get_param("AvailabilityZoneId")
    zones = self.ec2_backend.describe_availability_zones()
    if name and name not in {zone.name for zone in zones}:
        refuse("InvalidParameterValue", f"Value ({name}) for parameter availabilityZone is invalid.")
    if id_ and id_ not in {zone.zone_id for zone in zones}:
        refuse("InvalidParameterValue", f"Value ({id_}) for parameter availabilityZoneId is invalid.")
    network = _network(block)
    if network and not PREFIX_MIN <= network.prefixlen <= PREFIX_MAX:
        refuse("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")


def _attach(self: Any) -> None:
    vpc_id = self._get_param("VpcId")
    if any(it.vpc and it.vpc.id == vpc_id for it in self.ec2_backend.internet_gateways.values()):
        id_ = self._get_param("InternetGatewayId")
        gateway = self.ec2_backend.get_internet_gateway(id_)
        if gateway.vpc is None:
            refuse("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")


def _route(self: Any) -> None:
    backend = self.ec2_backend
    gateway_id = self._get_param("GatewayId") or ""
    if gateway_id.startswith("igw-") and gateway_id not in backend.internet_gateways:
        refuse("InvalidGatewayID.NotFound", f"The gateway ID '{gateway_id}' does not exist")
    targets = [name for name in ROUTE_TARGETS if self._get_param(name)]
    if len(targets) != 1:
        code = "InvalidParameterCombination" if targets else "MissingParameter"
        refuse(code, f"The request must contain exactly one of {', '.join(ROUTE_TARGETS)}")
    if not any(self._get_param(name) for name in DESTINATIONS):
        refuse("MissingParameter", f"The request must contain one of {', '.join(DESTINATIONS)}")
    table = backend.get_route_table(self._get_param("RouteTableId"))
    _check_gateway(backend, gateway_id, table)
    nat = self._get_param("NatGatewayId")
    if nat and (nat not in backend.nat_gateways or backend.nat_gateways[nat].state in GONE):
        refuse("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist")
    network = _network(self._get_param("DestinationCidrBlock"))
    own = _network(backend.get_vpc(table.vpc_id).cidr_block)
    if network and own and network.subnet_of(own) and targets[0] not in INSIDE_TARGETS:
        refuse(
            "InvalidParameterValue",
            f"The destination CIDR block {network} is equal to or more specific than one of this VPC's CIDR "
            "blocks. This route can target only an interface or an instance.",
        )


def _check_gateway(backend: Any, id_: str, table: Any) -> None:
    if not id_.startswith("igw-"):
        return
    gateway = backend.get_internet_gateway(id_)
    if gateway.vpc is None or gateway.vpc.id != table.vpc_id:
        refuse(
            "InvalidParameterValue",
            f"route table {table.id} and network gateway {id_} belong to different networks",
        )


def _delete_route(self: Any) -> None:
    table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
    network = _network(self._get_param("DestinationCidrBlock"))
    for route in table._routes.values():  # noqa: SLF001 (moto has no public list)
        if network and route.local and _network(route.destination_cidr_block) == network:
            refuse("InvalidParameterValue", f"cannot remove local route {network} in route table {table.id}")


def _associate(self: Any) -> None:
    subnet_id, table_id = self._get_param("SubnetId"), self._get_param("RouteTableId")
    for table in self.ec2_backend.route_tables.values():
        taken = subnet_id in table._associations.values()  # noqa: SLF001 (moto has no public list)
        if subnet_id and taken and table.id != table_id:
            refuse(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table_id} conflicts with an existing "
                "association",
            )


def _nat_gateway(self: Any) -> None:
    kind, address = self._get_param("ConnectivityType") or "public", self._get_param("AllocationId")
    if kind == "public" and not address:
        refuse("MissingParameter", "The request must include the AllocationId parameter.")
    if kind == "private" and address:
        refuse("InvalidParameterCombination", "AllocationId can't be given if ConnectivityType is private.")
    if address:
        # moto would leave an interface behind if it found no such address.
        self.ec2_backend.address_by_allocation([address])


def _describe_nat_gateways(self: Any) -> None:
    for id_ in self._get_param("NatGatewayIds") or []:
        if id_ not in self.ec2_backend.nat_gateways:
            refuse("NatGatewayNotFound", f"The Nat Gateway {id_} was not found")


def _flow_logs(self: Any) -> None:
    kind = self._get_param("ResourceType") or ""
    if not self._get_param("TrafficType") and not kind.startswith("TransitGateway"):
        refuse("MissingParameter", "The request must contain the parameter TrafficType")


def _tags(self: Any) -> None:
    for tag in self._get_param("Tags") or []:
        if str(tag.get("Key", "")).lower().startswith("aws:"):
            refuse("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")


def _network(block: str | None) -> ipaddress.IPv4Network | None:
    """The block as a network; None for what is none, which moto refuses itself."""
    try:
        return ipaddress.IPv4Network(block, strict=False) if block else None
    except ValueError:
        return None
