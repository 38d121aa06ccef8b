"""Route tables, routes, associations, and flow logs."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.ec2 import Ec2Handler, filters
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler
from modelyard_sandbox.errors import CloudError, UnsupportedError


class RouteTable(Ec2Handler):
    """A table of routes; its routes are resources of their own."""

    type = "aws:ec2/routeTable:RouteTable"
    inputs = frozenset({"vpcId"})
    required = frozenset({"vpcId"})
    replace_on = inputs
    describe, ids, found = "DescribeRouteTables", "RouteTableIds", "RouteTables"
    id_member, resource_type = "RouteTableId", "route-table"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        answer = self.call(
            cloud, "CreateRouteTable", VpcId=inputs["vpcId"], **self.tag_specifications(inputs)
        )
        return answer["RouteTable"]["RouteTableId"]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        table = self.one(cloud, id_)
        return table and {"arn": self.arn(cloud, id_), "ownerId": cloud.account_id}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteRouteTable", RouteTableId=id_)

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        # A VPC's main table comes and goes with it.
        return any(association["Main"] for association in item["Associations"])


TARGETS = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


class Route(ResourceHandler):
    """One route of a table."""

    type = "aws:ec2/route:Route"
    service = "ec2"
    inputs = frozenset({"routeTableId", *DESTINATIONS, *TARGETS})
    required = frozenset({"routeTableId"})
    replace_on = frozenset({"routeTableId", *DESTINATIONS})
    made_with = frozenset(TARGETS)
    identity = ("routeTableId", "destinationCidrBlock")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self.call(cloud, "CreateRoute", **self._place(inputs), **self._target(inputs))
        return self._id(inputs)

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if self._target(old) != self._target(new):
            self.call(cloud, "ReplaceRoute", **self._place(new), **self._target(new))

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        tables = self.call(cloud, "DescribeRouteTables", RouteTableIds=[inputs["routeTableId"]])[
            "RouteTables"
        ]
        member, destination = self._destination(inputs)
        for route in (route for table in tables for route in table["Routes"]):
            if route.get(member) == destination:
                return {"origin": route.get("Origin", "CreateRoute"), "state": route.get("State", "active")}
        return None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteRoute", **self._place(inputs))

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return self._id(inputs)

    def _id(self, inputs: Inputs) -> str:
        return f"r-{inputs['routeTableId']}-{self._destination(inputs)[1]}"

    def _place(self, inputs: Inputs) -> dict[str, str]:
        member, destination = self._destination(inputs)
        return {"RouteTableId": inputs["routeTableId"], member: destination}

    def _destination(self, inputs: Inputs) -> tuple[str, str]:
        given = [(member, inputs[name]) for name, member in DESTINATIONS.items() if inputs.get(name)]
        if len(given) != 1:
            raise UnsupportedError(f"{self.type} takes one of {', '.join(DESTINATIONS)}")
        return given[0]

    def _target(self, inputs: Inputs) -> dict[str, str]:
        return {member: inputs[name] for name, member in TARGETS.items() if inputs.get(name)}


class RouteTableAssociation(ResourceHandler):
    """The route table of a subnet."""

    type = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    service = "ec2"
    inputs = frozenset({"gatewayId", "routeTableId", "subnetId"})
    required = frozenset({"routeTableId"})
    replace_on = inputs
    # A subnet has one table, so the old association goes first.
    identity = ("subnetId",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "AssociateRouteTable", inputs, *self.inputs)
        return self.call(cloud, "AssociateRouteTable", **request)["AssociationId"]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        tables = self.call(cloud, "DescribeRouteTables", RouteTableIds=[inputs["routeTableId"]])[
            "RouteTables"
        ]
        ids = {item["RouteTableAssociationId"] for table in tables for item in table["Associations"]}
        return {} if id_ in ids else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DisassociateRouteTable", AssociationId=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        if not inputs.get("subnetId"):
            return None
        tables = self.call(
            cloud, "DescribeRouteTables", Filters=filters(**{"association.subnet_id": inputs["subnetId"]})
        )["RouteTables"]
        ids = [
            item["RouteTableAssociationId"]
            for table in tables
            for item in table["Associations"]
            if item.get("SubnetId") == inputs["subnetId"]
        ]
        return ids[0] if ids else None


FLOW_LOG_SOURCES = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


class FlowLog(Ec2Handler):
    """A record of the traffic of a VPC, a subnet or an interface."""

    type = "aws:ec2/flowLog:FlowLog"
    inputs = frozenset(
        {
            "iamRoleArn",
            "logDestination",
            "logDestinationType",
            "logFormat",
            "maxAggregationInterval",
            "trafficType",
            *FLOW_LOG_SOURCES,
        }
    )
    replace_on = inputs
    describe, ids, found = "DescribeFlowLogs", "FlowLogIds", "FlowLogs"
    id_member, resource_type = "FlowLogId", "vpc-flow-log"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        sources = [(kind, inputs[name]) for name, kind in FLOW_LOG_SOURCES.items() if inputs.get(name)]
        if len(sources) != 1:
            raise UnsupportedError(f"{self.type} takes one of {', '.join(FLOW_LOG_SOURCES)}")
        kind, id_ = sources[0]
        request = self.request(
            cloud,
            "CreateFlowLogs",
            inputs,
            *(self.inputs - FLOW_LOG_SOURCES.keys()),
            renames={"iamRoleArn": "DeliverLogsPermissionArn"},
        )
        answer = self.call(
            cloud,
            "CreateFlowLogs",
            ResourceIds=[id_],
            ResourceType=kind,
            **request,
            **self.tag_specifications(inputs),
        )
        for failure in answer["Unsuccessful"]:
            raise CloudError("ec2", "CreateFlowLogs", failure["Error"]["Code"], failure["Error"]["Message"])
        return answer["FlowLogIds"][0]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        log = self.one(cloud, id_)
        return log and {"arn": self.arn(cloud, id_)}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteFlowLogs", FlowLogIds=[id_])
