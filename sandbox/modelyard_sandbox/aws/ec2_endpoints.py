"""VPC endpoints, of the gateway and the interface kind."""

from __future__ import annotations

import json
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.ec2 import Ec2Handler
from modelyard_sandbox.aws.handler import Inputs, Outputs, changed

LISTS = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


class VpcEndpoint(Ec2Handler):
    """A private way from a VPC to a service."""

    type = "aws:ec2/vpcEndpoint:VpcEndpoint"
    inputs = frozenset({"policy", "privateDnsEnabled", "serviceName", "vpcEndpointType", "vpcId", *LISTS})
    replace_on = frozenset({"serviceName", "vpcEndpointType", "vpcId"})
    made_with = inputs | {"tags", "tagsAll"}
    changing_outputs = frozenset({"dnsEntries", "networkInterfaceIds", "state"})
    describe, ids, found = "DescribeVpcEndpoints", "VpcEndpointIds", "VpcEndpoints"
    id_member, resource_type = "VpcEndpointId", "vpc-endpoint"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        # The API's own default, which moto doesn't have.
        inputs = {"vpcEndpointType": "Gateway", **inputs}
        request = self.request(
            cloud, "CreateVpcEndpoint", inputs, *self.inputs, renames={"policy": "PolicyDocument"}
        )
        return self.call(cloud, "CreateVpcEndpoint", **request, **self.tag_specifications(inputs))[
            "VpcEndpoint"
        ]["VpcEndpointId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        request: dict[str, Any] = {}
        if changed(old, new, "policy"):
            request |= {"PolicyDocument": new["policy"]} if new.get("policy") else {"ResetPolicy": True}
        if changed(old, new, "privateDnsEnabled"):
            request["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled", False))
        for name, member in LISTS.items():
            before, after = set(old.get(name) or []), set(new.get(name) or [])
            if after - before:
                request[f"Add{member}"] = sorted(after - before)
            if before - after:
                request[f"Remove{member}"] = sorted(before - after)
        if request:
            self.call(cloud, "ModifyVpcEndpoint", VpcEndpointId=id_, **request)
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        endpoint = self.one(cloud, id_)
        if endpoint is None or self.is_aws_own(cloud, endpoint):
            return None
        return {
            "arn": self.arn(cloud, id_),
            "ownerId": cloud.account_id,
            "state": endpoint["State"],
            "dnsEntries": [
                {"dnsName": entry["DnsName"], "hostedZoneId": entry.get("HostedZoneId", "")}
                for entry in endpoint.get("DnsEntries", [])
            ],
            "networkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
            "policy": inputs.get("policy", json.dumps({})),
            "prefixListId": self._prefix_list(cloud, endpoint),
            "requesterManaged": bool(endpoint.get("RequesterManaged", False)),
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteVpcEndpoints", VpcEndpointIds=[id_])

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        # A deleted endpoint is described for a while.
        return item["State"] == "deleted"

    def _prefix_list(self, cloud: Cloud, endpoint: dict[str, Any]) -> str:
        if endpoint["VpcEndpointType"] != "Gateway":
            return ""
        filters = [{"Name": "prefix-list-name", "Values": [endpoint["ServiceName"]]}]
        lists = self.call(cloud, "DescribeManagedPrefixLists", Filters=filters)["PrefixLists"]
        return lists[0]["PrefixListId"] if lists else ""
