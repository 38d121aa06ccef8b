"""Security groups and their rules."""

from __future__ import annotations

from typing import Any, ClassVar

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.ec2 import Ec2Handler, default_vpc_ids, filters
from modelyard_sandbox.aws.handler import Inputs, Outputs, changed, physical_name
from modelyard_sandbox.errors import UnsupportedError


def revoke_all(cloud: Cloud, group_id: str, *directions: bool) -> None:
    """Take all rules of a direction (True: outward) from a group."""
    rules = cloud.call("ec2", "DescribeSecurityGroupRules", Filters=filters(group_id=group_id))[
        "SecurityGroupRules"
    ]
    for outward in directions:
        ids = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"] is outward]
        if ids:
            operation = "RevokeSecurityGroupEgress" if outward else "RevokeSecurityGroupIngress"
            cloud.call("ec2", operation, GroupId=group_id, SecurityGroupRuleIds=ids)


class _Group(Ec2Handler):
    """What a VPC's default group and any other have in common."""

    describe, ids, found = "DescribeSecurityGroups", "GroupIds", "SecurityGroups"
    id_member, resource_type = "GroupId", "security-group"

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        group = self.one(cloud, id_)
        return group and {
            "arn": self.arn(cloud, id_),
            "ownerId": cloud.account_id,
            "name": group["GroupName"],
            "description": group["Description"],
            "vpcId": group["VpcId"],
        }


class SecurityGroup(_Group):
    """A group without rules of its own: EC2's default rule, all traffic outward, is revoked, as pulumi-
    aws does.
    """

    type = "aws:ec2/securityGroup:SecurityGroup"
    inputs = frozenset({"description", "name", "namePrefix", "revokeRulesOnDelete", "vpcId"})
    replace_on = frozenset({"description", "name", "namePrefix", "vpcId"})
    name_input = "name"
    identity = ("name", "vpcId")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateSecurityGroup", inputs, "vpcId")
        description = inputs.get("description", "Managed by Pulumi")
        return self.call(
            cloud,
            "CreateSecurityGroup",
            GroupName=physical_name(inputs),
            Description=description,
            **request,
            **self.tag_specifications(inputs),
        )["GroupId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if "vpcId" not in old:
            revoke_all(cloud, id_, True)
        self.retag(cloud, id_, old, new)

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if inputs.get("revokeRulesOnDelete"):
            revoke_all(cloud, id_, True, False)
        self.call(cloud, "DeleteSecurityGroup", GroupId=id_)

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        # Every VPC's default group comes and goes with it.
        return item["GroupName"] == "default"


class DefaultSecurityGroup(_Group):
    """The default group of a VPC, adopted and emptied; deleting it leaves it to the VPC, empty."""

    type = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    inputs = frozenset({"egress", "ingress", "vpcId"})
    replace_on = frozenset({"vpcId"})
    made_with = frozenset()
    identity = ("vpcId",)

    @override
    def check(self, inputs: Inputs) -> None:
        super().check(inputs)
        for name in ("ingress", "egress"):
            if inputs.get(name):
                raise UnsupportedError(f"the sandbox's {self.type} takes no rules: leave {name} out or empty")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        vpc = (
            {"vpc_id": inputs["vpcId"]}
            if inputs.get("vpcId")
            else {"vpc_id": next(iter(default_vpc_ids(cloud)))}
        )
        groups = self.call(cloud, "DescribeSecurityGroups", Filters=filters(group_name="default", **vpc))
        return groups["SecurityGroups"][0]["GroupId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        revoke_all(cloud, id_, True, False)
        self.retag(cloud, id_, old, new)

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.retag(cloud, id_, inputs, {})

    @override
    def list_ids(self, cloud: Cloud) -> None:
        """None: it is a part of its VPC."""


PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
ALL_PROTOCOLS = "-1"


class SecurityGroupRule(Ec2Handler):
    """What both directions have in common."""

    inputs = frozenset({"description", "fromPort", "ipProtocol", "securityGroupId", "toPort", *PEERS})
    required = frozenset({"ipProtocol", "securityGroupId"})
    replace_on = frozenset({"securityGroupId"})
    made_with = inputs | {"tags", "tagsAll"}
    describe, ids, found = "DescribeSecurityGroupRules", "SecurityGroupRuleIds", "SecurityGroupRules"
    id_member, resource_type = "SecurityGroupRuleId", "security-group-rule"
    outward: ClassVar[bool]
    authorize: ClassVar[str]
    revoke: ClassVar[str]

    @override
    def check(self, inputs: Inputs) -> None:
        super().check(inputs)
        if inputs["ipProtocol"] != ALL_PROTOCOLS and not {"fromPort", "toPort"} <= inputs.keys():
            raise UnsupportedError(f"{self.type} needs fromPort and toPort for {inputs['ipProtocol']}")
        given = [name for name in PEERS if inputs.get(name)]
        if len(given) != 1:
            raise UnsupportedError(
                f"{self.type} takes exactly one of {', '.join(PEERS)}, not {', '.join(given) or 'none'}"
            )

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        answer = self.call(
            cloud, self.authorize, GroupId=inputs["securityGroupId"], IpPermissions=[self._permission(inputs)]
        )
        id_ = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        self.retag(cloud, id_, {}, inputs)
        return id_

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *(self.inputs - {"securityGroupId"})):
            rules = [{"SecurityGroupRuleId": id_, "SecurityGroupRule": self._rule(new)}]
            self.call(
                cloud, "ModifySecurityGroupRules", GroupId=new["securityGroupId"], SecurityGroupRules=rules
            )
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        rule = self.one(cloud, id_)
        return rule and {"arn": self.arn(cloud, id_), "securityGroupRuleId": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, self.revoke, GroupId=inputs["securityGroupId"], SecurityGroupRuleIds=[id_])

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        if item["IsEgress"] is not self.outward:
            return True
        group = self.call(cloud, "DescribeSecurityGroups", GroupIds=[item["GroupId"]])["SecurityGroups"][0]
        return group["GroupName"] == "default"

    def _ports(self, inputs: Inputs) -> dict[str, int]:
        if inputs["ipProtocol"] == ALL_PROTOCOLS:
            return {}
        return {"FromPort": int(inputs["fromPort"]), "ToPort": int(inputs["toPort"])}

    def _permission(self, inputs: Inputs) -> dict[str, Any]:
        text = {"Description": inputs["description"]} if inputs.get("description") else {}
        ways = {
            "cidrIpv4": ("IpRanges", "CidrIp"),
            "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
            "prefixListId": ("PrefixListIds", "PrefixListId"),
            "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
        }
        peer = next(name for name in PEERS if inputs.get(name))
        member, key = ways[peer]
        return {
            "IpProtocol": inputs["ipProtocol"],
            **self._ports(inputs),
            member: [{key: inputs[peer], **text}],
        }

    def _rule(self, inputs: Inputs) -> dict[str, Any]:
        peer = next(name for name in PEERS if inputs.get(name))
        text = {"Description": inputs["description"]} if inputs.get("description") else {}
        key = "ReferencedGroupId" if peer == "referencedSecurityGroupId" else peer[0].upper() + peer[1:]
        # The operation wants ports even where there are none.
        ports = {"FromPort": -1, "ToPort": -1} | self._ports(inputs)
        return {"IpProtocol": inputs["ipProtocol"], **ports, key: inputs[peer], **text}


class SecurityGroupIngressRule(SecurityGroupRule):
    """A rule for traffic inward."""

    type = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    outward = False
    authorize, revoke = "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"


class SecurityGroupEgressRule(SecurityGroupRule):
    """A rule for traffic outward."""

    type = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    outward = True
    authorize, revoke = "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"
