"""EC2's networks: what they refuse."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import READ_ON, Acceptance, Account, Refusal, Request, repeated, sequence

CODES = f"EC2 API Reference, Error codes, client error codes for specific actions, {READ_ON}"
COMMON = f"EC2 API Reference, Error codes, common client error codes, {READ_ON}"
QUOTAS = f"Amazon VPC User Guide, Amazon VPC quotas, security groups, {READ_ON}"
# The reference's table spells the code InvalidVpcRange; the service answers InvalidVpc.Range, and moto,
# Terraform's provider and the quotas page of other tools know it as that.
VPC_RANGE = (
    f"EC2 API Reference, CreateVpc (block between /16 and /28); Error codes (InvalidVpcRange), {READ_ON}"
)

GONE = "0123456789abcdef0"


def rule(cidr: str = "10.0.0.0/16", port: int = 443) -> list[dict[str, Any]]:
    """Permissions of one rule: TCP on one port from a range."""
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}]


def referenced_group(account: Account) -> Request:
    """A group that another one lets in."""
    vpc_id = account.vpc()
    inner, outer = (account.security_group(vpc_id, name) for name in ("inner", "outer"))
    pairs = [{"GroupId": inner}]
    account.client("ec2").authorize_security_group_ingress(
        GroupId=outer, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": pairs}]
    )
    return {"GroupId": inner}


def full_group(account: Account) -> Request:
    """A group with the sixty inbound rules that the quota allows, and one more."""
    group = account.security_group()
    ranges = [{"CidrIp": f"10.0.{number}.0/24"} for number in range(60)]
    account.client("ec2").authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}],
    )
    return {"GroupId": group, "IpPermissions": rule("10.1.0.0/24")}


def default_group(account: Account) -> Request:
    """A VPC's default group."""
    groups = account.client("ec2").describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [account.vpc()]}]
    )
    return {"GroupId": groups["SecurityGroups"][0]["GroupId"]}


def attached_gateway(account: Account, vpc_id: str) -> str:
    """An internet gateway that is attached to the VPC."""
    ec2 = account.client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    return gateway


def route_table(account: Account, vpc_id: str) -> str:
    """A route table of the VPC."""
    return account.client("ec2").create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]


def used_route_table(account: Account) -> Request:
    """A route table that a subnet uses."""
    vpc_id = account.vpc()
    table = route_table(account, vpc_id)
    account.client("ec2").associate_route_table(RouteTableId=table, SubnetId=account.subnet(vpc_id=vpc_id))
    return {"RouteTableId": table}


def routed(account: Account) -> Request:
    """A route to everywhere, once made."""
    vpc_id = account.vpc()
    table, gateway = route_table(account, vpc_id), attached_gateway(account, vpc_id)
    request = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    return repeated(account, "ec2.create_route", request)


def used_subnet(account: Account) -> Request:
    """A subnet with a network interface."""
    subnet = account.subnet()
    account.client("ec2").create_network_interface(SubnetId=subnet)
    return {"SubnetId": subnet}


def parted_gateway(account: Account) -> Request:
    """An internet gateway and a VPC that it isn't attached to."""
    gateway = account.client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    return {"InternetGatewayId": gateway, "VpcId": account.vpc()}


def interface_endpoint(account: Account, **changes: Any) -> Request:
    """An interface endpoint of ECR in one subnet."""
    vpc_id = account.vpc()
    request = {
        "VpcId": vpc_id,
        "ServiceName": f"com.amazonaws.{account.region}.ecr.api",
        "VpcEndpointType": "Interface",
        "SubnetIds": [account.subnet(vpc_id=vpc_id)],
    }
    return {**request, **changes}


def twice_in_a_zone(account: Account) -> Request:
    """An interface endpoint with two subnets in one zone."""
    vpc_id = account.vpc()
    subnets = [account.subnet(f"10.0.{number}.0/24", vpc_id) for number in range(2)]
    return interface_endpoint(account, VpcId=vpc_id, SubnetIds=subnets)


def address_in_use(account: Account) -> Request:
    """An address that an instance's interface holds."""
    ec2 = account.client("ec2")
    vpc_id = account.vpc()
    attached_gateway(account, vpc_id)
    interface = ec2.create_network_interface(SubnetId=account.subnet(vpc_id=vpc_id))["NetworkInterface"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface["NetworkInterfaceId"])
    return {"AllocationId": allocation}


def crowded_subnet(account: Account, cidr: str) -> Request:
    """A subnet in a VPC of 10.0.0.0/16 that has 10.0.0.0/24 already."""
    vpc_id = account.vpc()
    account.subnet("10.0.0.0/24", vpc_id)
    return {"VpcId": vpc_id, "CidrBlock": cidr}


REFUSALS = (
    Refusal(
        "a VPC larger than /16",
        "ec2.create_vpc",
        "InvalidVpc.Range",
        VPC_RANGE,
        lambda _: {"CidrBlock": "10.0.0.0/15"},
    ),
    Refusal(
        "a VPC smaller than /28",
        "ec2.create_vpc",
        "InvalidVpc.Range",
        VPC_RANGE,
        lambda _: {"CidrBlock": "10.0.0.0/29"},
    ),
    Refusal(
        "a dry run of a VPC",
        "ec2.create_vpc",
        "DryRunOperation",
        COMMON,
        lambda _: {"CidrBlock": "10.0.0.0/16", "DryRun": True},
    ),
    Refusal(
        "a VPC that is not there",
        "ec2.describe_vpcs",
        "InvalidVpcID.NotFound",
        CODES,
        lambda _: {"VpcIds": [f"vpc-{GONE}"]},
    ),
    Refusal(
        "a VPC that holds a subnet, deleted",
        "ec2.delete_vpc",
        "DependencyViolation",
        CODES,
        lambda a: {"VpcId": crowded_subnet(a, "")["VpcId"]},
    ),
    Refusal(
        "a VPC whose internet gateway is attached, deleted",
        "ec2.delete_vpc",
        "DependencyViolation",
        CODES,
        lambda a: (lambda vpc: sequence(lambda: attached_gateway(a, vpc), {"VpcId": vpc}))(a.vpc()),
    ),
    Refusal(
        "a subnet outside its VPC",
        "ec2.create_subnet",
        "InvalidSubnet.Range",
        CODES,
        lambda a: {"VpcId": a.vpc(), "CidrBlock": "10.1.0.0/24"},
    ),
    Refusal(
        "a subnet smaller than /28",
        "ec2.create_subnet",
        "InvalidSubnet.Range",
        CODES,
        lambda a: {"VpcId": a.vpc(), "CidrBlock": "10.0.0.0/29"},
    ),
    Refusal(
        "a subnet that overlaps another",
        "ec2.create_subnet",
        "InvalidSubnet.Conflict",
        CODES,
        lambda a: crowded_subnet(a, "10.0.0.128/25"),
    ),
    Refusal(
        "a subnet in a VPC that is not there",
        "ec2.create_subnet",
        "InvalidVpcID.NotFound",
        CODES,
        lambda _: {"VpcId": f"vpc-{GONE}", "CidrBlock": "10.0.0.0/24"},
    ),
    Refusal(
        "a subnet that is not there",
        "ec2.describe_subnets",
        "InvalidSubnetID.NotFound",
        CODES,
        lambda _: {"SubnetIds": [f"subnet-{GONE}"]},
    ),
    Refusal(
        "a subnet with an interface, deleted", "ec2.delete_subnet", "DependencyViolation", CODES, used_subnet
    ),
    Refusal(
        "a security group's name taken in its VPC",
        "ec2.create_security_group",
        "InvalidGroup.Duplicate",
        CODES,
        lambda a: repeated(
            a, "ec2.create_security_group", {"GroupName": "nodes", "Description": "nodes", "VpcId": a.vpc()}
        ),
    ),
    Refusal(
        "a security group named default",
        "ec2.create_security_group",
        "InvalidGroup.Reserved",
        CODES,
        lambda a: {"GroupName": "default", "Description": "nodes", "VpcId": a.vpc()},
    ),
    Refusal(
        "a security group that is not there",
        "ec2.describe_security_groups",
        "InvalidGroup.NotFound",
        CODES,
        lambda _: {"GroupIds": [f"sg-{GONE}"]},
    ),
    Refusal(
        "a security group that another lets in, deleted",
        "ec2.delete_security_group",
        "DependencyViolation",
        CODES,
        referenced_group,
    ),
    Refusal(
        "a VPC's default security group, deleted",
        "ec2.delete_security_group",
        "CannotDelete",
        CODES,
        default_group,
    ),
    Refusal(
        "an inbound rule given twice",
        "ec2.authorize_security_group_ingress",
        "InvalidPermission.Duplicate",
        CODES,
        lambda a: repeated(
            a,
            "ec2.authorize_security_group_ingress",
            {"GroupId": a.security_group(), "IpPermissions": rule()},
        ),
    ),
    Refusal(
        "an outbound rule given twice",
        "ec2.authorize_security_group_egress",
        "InvalidPermission.Duplicate",
        CODES,
        lambda a: repeated(
            a, "ec2.authorize_security_group_egress", {"GroupId": a.security_group(), "IpPermissions": rule()}
        ),
    ),
    Refusal(
        "a rule that is not there, revoked",
        "ec2.revoke_security_group_ingress",
        "InvalidPermission.NotFound",
        CODES,
        lambda a: {"GroupId": a.security_group(), "IpPermissions": rule()},
    ),
    Refusal(
        "a sixty-first inbound rule",
        "ec2.authorize_security_group_ingress",
        "RulesPerSecurityGroupLimitExceeded",
        f"{QUOTAS}; {CODES}",
        full_group,
    ),
    Refusal(
        "a rule of a security group that is not there",
        "ec2.authorize_security_group_ingress",
        "InvalidGroup.NotFound",
        CODES,
        lambda _: {"GroupId": f"sg-{GONE}", "IpPermissions": rule()},
    ),
    Refusal(
        "a route table in use, deleted",
        "ec2.delete_route_table",
        "DependencyViolation",
        CODES,
        used_route_table,
    ),
    Refusal(
        "a route table that is not there",
        "ec2.describe_route_tables",
        "InvalidRouteTableID.NotFound",
        CODES,
        lambda _: {"RouteTableIds": [f"rtb-{GONE}"]},
    ),
    Refusal("a route for a range that has one", "ec2.create_route", "RouteAlreadyExists", CODES, routed),
    Refusal(
        "a route through a gateway that is not there",
        "ec2.create_route",
        "InvalidGatewayID.NotFound",
        CODES,
        lambda a: {
            "RouteTableId": route_table(a, a.vpc()),
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": f"igw-{GONE}",
        },
    ),
    Refusal(
        "a route that is not there, deleted",
        "ec2.delete_route",
        "InvalidRoute.NotFound",
        CODES,
        lambda a: {"RouteTableId": route_table(a, a.vpc()), "DestinationCidrBlock": "192.0.2.0/24"},
    ),
    Refusal(
        "an internet gateway attached to a second VPC",
        "ec2.attach_internet_gateway",
        "Resource.AlreadyAssociated",
        CODES,
        lambda a: {"InternetGatewayId": attached_gateway(a, a.vpc()), "VpcId": a.vpc("10.1.0.0/16")},
    ),
    Refusal(
        "an internet gateway that is not attached, detached",
        "ec2.detach_internet_gateway",
        "Gateway.NotAttached",
        CODES,
        parted_gateway,
    ),
    Refusal(
        "an attached internet gateway, deleted",
        "ec2.delete_internet_gateway",
        "DependencyViolation",
        CODES,
        lambda a: {"InternetGatewayId": attached_gateway(a, a.vpc())},
    ),
    Refusal(
        "an internet gateway that is not there",
        "ec2.describe_internet_gateways",
        "InvalidInternetGatewayID.NotFound",
        CODES,
        lambda _: {"InternetGatewayIds": [f"igw-{GONE}"]},
    ),
    Refusal(
        "an address that is not there",
        "ec2.describe_addresses",
        "InvalidAllocationID.NotFound",
        CODES,
        lambda _: {"AllocationIds": [f"eipalloc-{GONE}"]},
    ),
    Refusal(
        "an address in use, released", "ec2.release_address", "InvalidIPAddress.InUse", CODES, address_in_use
    ),
    Refusal(
        "a NAT gateway in a subnet that is not there",
        "ec2.create_nat_gateway",
        "InvalidSubnetID.NotFound",
        CODES,
        lambda a: {
            "SubnetId": f"subnet-{GONE}",
            "AllocationId": a.client("ec2").allocate_address(Domain="vpc")["AllocationId"],
        },
    ),
    Refusal(
        "a NAT gateway that is not there, deleted",
        "ec2.delete_nat_gateway",
        "NatGatewayNotFound",
        CODES,
        lambda _: {"NatGatewayId": f"nat-{GONE}"},
    ),
    Refusal(
        "an endpoint of a service that is not there",
        "ec2.create_vpc_endpoint",
        "InvalidServiceName",
        CODES,
        lambda a: interface_endpoint(a, ServiceName="com.amazonaws.eu-central-1.gpus"),
    ),
    Refusal(
        "an endpoint with a policy that is not JSON",
        "ec2.create_vpc_endpoint",
        "InvalidPolicyDocument",
        CODES,
        lambda a: interface_endpoint(a, PolicyDocument="{"),
    ),
    Refusal(
        "an endpoint with two subnets in one zone",
        "ec2.create_vpc_endpoint",
        "DuplicateSubnetsInSameZone",
        CODES,
        twice_in_a_zone,
    ),
    Refusal(
        "an endpoint in a VPC that is not there",
        "ec2.create_vpc_endpoint",
        "InvalidVpcID.NotFound",
        CODES,
        lambda _: {"VpcId": f"vpc-{GONE}", "ServiceName": "com.amazonaws.eu-central-1.s3"},
    ),
    Refusal(
        "an endpoint that is not there",
        "ec2.describe_vpc_endpoints",
        "InvalidVpcEndpointId.NotFound",
        CODES,
        lambda _: {"VpcEndpointIds": [f"vpce-{GONE}"]},
    ),
)

ACCEPTED = (
    Acceptance("ec2.create_subnet", lambda a: crowded_subnet(a, "10.0.1.0/28")),
    Acceptance("ec2.create_vpc_endpoint", interface_endpoint),
    Acceptance(
        "ec2.authorize_security_group_ingress",
        lambda a: {"GroupId": a.security_group(), "IpPermissions": rule()},
    ),
)
