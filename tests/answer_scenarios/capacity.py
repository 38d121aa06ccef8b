"""EC2: placement groups, reservations, capacity blocks, instances, rules."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import Account
from documented_refusals.ec2 import attached_gateway, rule
from documented_refusals.ec2_capacity import launch, reservation


def run(account: Account) -> None:
    """Every operation of EC2 that is ours."""
    ec2 = account.client("ec2")
    groups(ec2)
    reservations(account, ec2)
    blocks(ec2)
    rules(account, ec2)
    instances(account, ec2)
    gateways(account, ec2)


def groups(ec2: Any) -> None:
    """A placement group of each kind."""
    tags = [{"ResourceType": "placement-group", "Tags": [{"Key": "team", "Value": "training"}]}]
    ec2.create_placement_group(GroupName="gang", Strategy="cluster", TagSpecifications=tags)
    ec2.create_placement_group(GroupName="parts", Strategy="partition", PartitionCount=2)
    ec2.create_placement_group(GroupName="apart", Strategy="spread", SpreadLevel="rack")
    ec2.describe_placement_groups()
    ec2.delete_placement_group(GroupName="apart")


def reservations(account: Account, ec2: Any) -> None:
    """A reservation."""
    made = ec2.create_capacity_reservation(**reservation(account))["CapacityReservation"]
    one = {"CapacityReservationId": made["CapacityReservationId"]}
    ec2.describe_capacity_reservations()
    ec2.modify_capacity_reservation(**one, InstanceCount=2)
    ec2.get_capacity_reservation_usage(**one)
    ec2.get_groups_for_capacity_reservation(**one)
    ec2.cancel_capacity_reservation(**one)


def blocks(ec2: Any) -> None:
    """A capacity block, bought."""
    offered = ec2.describe_capacity_block_offerings(
        InstanceType="p4d.24xlarge", InstanceCount=1, CapacityDurationHours=24
    )
    id_ = offered["CapacityBlockOfferings"][0]["CapacityBlockOfferingId"]
    ec2.purchase_capacity_block(CapacityBlockOfferingId=id_, InstancePlatform="Linux/UNIX")
    ec2.describe_capacity_blocks()
    ec2.describe_capacity_block_status()
    ec2.describe_capacity_reservations()


def rules(account: Account, ec2: Any) -> None:
    """A security group's rules."""
    group = {"GroupId": account.security_group()}
    ec2.authorize_security_group_egress(**group, IpPermissions=rule())
    made = ec2.authorize_security_group_ingress(**group, IpPermissions=rule())["SecurityGroupRules"][0]
    changed = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "CidrIpv4": "10.0.0.0/16",
        "Description": "in",
    }
    ec2.modify_security_group_rules(
        **group,
        SecurityGroupRules=[
            {"SecurityGroupRuleId": made["SecurityGroupRuleId"], "SecurityGroupRule": changed}
        ],
    )


def instances(account: Account, ec2: Any) -> None:
    """An instance in the placement group, stopped and started."""
    launched = ec2.run_instances(**launch(account, Placement={"GroupName": "gang"}))["Instances"][0]
    ids = {"InstanceIds": [launched["InstanceId"]]}
    ec2.stop_instances(**ids)
    ec2.start_instances(**ids)


def gateways(account: Account, ec2: Any) -> None:
    """A NAT gateway, deleted."""
    vpc_id = account.vpc()
    attached_gateway(account, vpc_id)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=account.subnet(vpc_id=vpc_id), AllocationId=address)
    ec2.delete_nat_gateway(NatGatewayId=made["NatGateway"]["NatGatewayId"])
