"""What EC2 documents as invalid is refused with its code: networks, groups, templates, and what is in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"


@pytest.fixture(scope="module")
def ec2(sandbox: Sandbox) -> Any:
    return sandbox.client("ec2", REGION, "555566667777")


@dataclass
class Network:
    """A VPC with a subnet, a route table, an internet gateway and two groups."""

    vpc: str
    subnet: str
    table: str
    gateway: str
    group: str
    other_group: str


@pytest.fixture
def network(ec2: Any) -> Network:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    group, other = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("one", "other")
    )
    return Network(
        vpc,
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"],
        ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
        gateway,
        group,
        other,
    )


def refused(call: Any, **request: Any) -> str:
    """Code and message of the error that the call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    return "{Code}: {Message}".format(**error.value.response["Error"])


def test_vpcs_and_subnets_have_the_documented_sizes_and_places(ec2: Any, network: Network) -> None:
    for block in ("10.0.0.0/15", "10.0.0.0/29"):
        assert refused(ec2.create_vpc, CidrBlock=block) == f"InvalidVpc.Range: The CIDR '{block}' is invalid."
    assert refused(ec2.create_vpc, CidrBlock="10.0.0.0/16", InstanceTenancy="host") == (
        "InvalidParameterValue: Value (host) for parameter instanceTenancy is invalid."
    )

    def subnet(block: str, **place: str) -> str:
        return refused(ec2.create_subnet, VpcId=network.vpc, CidrBlock=block, **place)

    assert subnet("10.0.1.0/29") == "InvalidSubnet.Range: The CIDR '10.0.1.0/29' is invalid."
    assert subnet("10.1.0.0/24") == "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."
    assert subnet("10.0.0.0/25").startswith("InvalidSubnet.Conflict: ")
    assert subnet("10.0.1.0/24", AvailabilityZone="us-east-1a") == (
        "InvalidParameterValue: Value (us-east-1a) for parameter availabilityZone is invalid."
    )
    assert subnet("10.0.1.0/24", AvailabilityZoneId="use1-az1") == (
        "InvalidParameterValue: Value (use1-az1) for parameter availabilityZoneId is invalid."
    )


def test_routes_lead_to_what_is_there(ec2: Any, network: Network) -> None:
    def route(block: str | None = "0.0.0.0/0", **target: str) -> str:
        destination = {"DestinationCidrBlock": block} if block else {}
        return refused(ec2.create_route, RouteTableId=network.table, **destination, **target)

    loose = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert route(GatewayId=loose) == (
        f"InvalidParameterValue: route table {network.table} and network gateway {loose} belong to different "
        "networks"
    )
    assert route().startswith("MissingParameter: The request must contain exactly one of ")
    assert route(GatewayId=network.gateway, NatGatewayId="nat-12345678").startswith(
        "InvalidParameterCombination"
    )
    assert route(None, GatewayId=network.gateway).startswith(
        "MissingParameter: The request must contain one of"
    )
    assert route(NatGatewayId="nat-12345678") == (
        "InvalidNatGatewayID.NotFound: The natGateway ID 'nat-12345678' does not exist"
    )
    for block in ("10.0.0.0/16", "10.0.0.0/24"):
        assert route(block, GatewayId=network.gateway).startswith(
            f"InvalidParameterValue: The destination CIDR block {block} is equal to or more specific than"
        )
    ec2.create_route(RouteTableId=network.table, DestinationCidrBlock="0.0.0.0/0", GatewayId=network.gateway)
    assert route(GatewayId=network.gateway).startswith("RouteAlreadyExists")
    local = {"RouteTableId": network.table, "DestinationCidrBlock": "10.0.0.0/16"}
    assert refused(ec2.delete_route, **local) == (
        f"InvalidParameterValue: cannot remove local route 10.0.0.0/16 in route table {network.table}"
    )


def test_a_subnet_has_one_table_and_a_vpc_one_gateway(ec2: Any, network: Network) -> None:
    ec2.associate_route_table(RouteTableId=network.table, SubnetId=network.subnet)
    other = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    assert refused(ec2.associate_route_table, RouteTableId=other, SubnetId=network.subnet).startswith(
        "Resource.AlreadyAssociated: the specified association for route table"
    )
    second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert refused(ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=network.vpc) == (
        f"InvalidParameterValue: Network {network.vpc} already has an internet gateway attached"
    )


def test_a_nat_gateway_holds_its_address_its_subnet_and_the_internet_gateway(
    ec2: Any, network: Network
) -> None:
    assert refused(ec2.create_nat_gateway, SubnetId=network.subnet) == (
        "MissingParameter: The request must include the AllocationId parameter."
    )
    private = {"ConnectivityType": "private", "AllocationId": "eipalloc-12345678"}
    assert refused(ec2.create_nat_gateway, SubnetId=network.subnet, **private) == (
        "InvalidParameterCombination: AllocationId can't be given if ConnectivityType is private."
    )
    unknown = {"SubnetId": network.subnet, "AllocationId": "eipalloc-12345678"}
    assert refused(ec2.create_nat_gateway, **unknown).startswith("InvalidAllocationID.NotFound")
    unknown_gateway = "NatGatewayNotFound: The Nat Gateway nat-12345678 was not found"
    assert refused(ec2.delete_nat_gateway, NatGatewayId="nat-12345678") == unknown_gateway
    assert refused(ec2.describe_nat_gateways, NatGatewayIds=["nat-12345678"]) == unknown_gateway
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=network.subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    assert refused(ec2.release_address, AllocationId=address) == (
        f"InvalidIPAddress.InUse: Address {address} is in use."
    )
    assert refused(ec2.delete_subnet, SubnetId=network.subnet) == (
        f"DependencyViolation: The subnet '{network.subnet}' has dependencies and cannot be deleted."
    )
    detach = {"InternetGatewayId": network.gateway, "VpcId": network.vpc}
    assert refused(ec2.detach_internet_gateway, **detach).startswith(
        f"DependencyViolation: Network {network.vpc} has some mapped public address(es)."
    )
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert refused(ec2.delete_nat_gateway, NatGatewayId=nat).startswith("NatGatewayNotFound")
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=network.subnet)
    ec2.detach_internet_gateway(**detach)


def test_endpoints_are_of_services_of_the_region_and_kind(ec2: Any, network: Network) -> None:
    def endpoint(service: str, **settings: Any) -> str:
        name = f"com.amazonaws.{service}"
        return refused(ec2.create_vpc_endpoint, VpcId=network.vpc, ServiceName=name, **settings)

    assert endpoint("us-east-1.s3") == (
        "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.us-east-1.s3' does not exist"
    )
    assert endpoint(f"{REGION}.ecr.api", VpcEndpointType="Gateway") == (
        "InvalidParameter: Endpoint type (Gateway) does not match available service types ([Interface])."
    )
    interface = {"VpcEndpointType": "Interface", "SubnetIds": [network.subnet], "PrivateDnsEnabled": True}
    assert endpoint(f"{REGION}.ecr.api", **interface, SecurityGroupIds=["sg-12345678"]) == (
        "InvalidGroup.NotFound: The security group 'sg-12345678' does not exist"
    )
    name = f"com.amazonaws.{REGION}.ecr.api"
    made = ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName=name, **interface, SecurityGroupIds=[network.group]
    )["VpcEndpoint"]["VpcEndpointId"]
    assert endpoint(f"{REGION}.ecr.api", **interface).startswith(
        "InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain"
    )
    assert refused(ec2.delete_security_group, GroupId=network.group).startswith("DependencyViolation")
    tables = {"RouteTableIds": [network.table]}
    ec2.create_vpc_endpoint(VpcId=network.vpc, ServiceName=f"com.amazonaws.{REGION}.s3", **tables)
    assert endpoint(f"{REGION}.s3", **tables).startswith(
        f"RouteAlreadyExists: route table {network.table} already has a route with destination-prefix-list-id pl-"
    )
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    ec2.delete_security_group(GroupId=network.group)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"GroupName": "default"}, "InvalidGroup.Reserved: The security group name 'default' is reserved"),
        (
            {"GroupName": "sg-mine"},
            "InvalidParameterValue: Value (sg-mine) for parameter GroupName is invalid. Group names may not",
        ),
        ({"GroupName": "x" * 256}, "InvalidParameterValue: Value (xxx"),
        ({"GroupName": "one"}, "InvalidGroup.Duplicate: "),
        ({"Description": "naïve"}, "InvalidParameterValue: Value (naïve) for parameter GroupDescription"),
        ({"VpcId": "vpc-12345678"}, "InvalidVpcID.NotFound: The vpc ID 'vpc-12345678' does not exist"),
    ],
)
def test_a_group_is_refused_as_documented(
    changes: dict[str, str], words: str, ec2: Any, network: Network
) -> None:
    group = {"GroupName": "fine", "Description": "fine", "VpcId": network.vpc, **changes}
    assert refused(ec2.create_security_group, **group).startswith(words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"FromPort": 500}, "InvalidParameterValue: Invalid TCP port range (500-443)"),
        ({"ToPort": 70000}, "InvalidParameterValue: Invalid TCP port range (443-70000)"),
        (
            {"FromPort": None, "ToPort": None},
            "InvalidParameterValue: Invalid value 'Must specify both from and to",
        ),
        ({"IpProtocol": "quic"}, "InvalidParameterValue: Invalid value 'quic' for IP protocol."),
        (
            {"IpRanges": [{"CidrIp": "10.0.0.0/33"}]},
            "InvalidParameterValue: invalid CIDR subnet specification",
        ),
        (
            {"IpRanges": [], "UserIdGroupPairs": [{"GroupId": "sg-12345678"}]},
            "InvalidGroup.NotFound: The security group 'sg-12345678' does not exist",
        ),
        ({"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, "InvalidPermission.Duplicate: "),
    ],
)
def test_a_rule_is_refused_as_documented(
    changes: dict[str, Any], words: str, ec2: Any, network: Network
) -> None:
    rule: dict[str, Any] = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
    }
    ec2.authorize_security_group_ingress(GroupId=network.group, IpPermissions=[rule])
    wrong = {name: value for name, value in {**rule, **changes}.items() if value is not None}
    request = {"GroupId": network.group, "IpPermissions": [wrong]}
    assert refused(ec2.authorize_security_group_ingress, **request).startswith(words)


def test_nothing_goes_that_is_in_use(ec2: Any, network: Network) -> None:
    peer = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": network.other_group}]}]
    ec2.authorize_security_group_ingress(GroupId=network.group, IpPermissions=peer)
    instance = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        InstanceType="c7i.large",
        SubnetId=network.subnet,
        SecurityGroupIds=[network.group],
    )["Instances"][0]["InstanceId"]
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [network.vpc]}])
    default = next(it["GroupId"] for it in groups["SecurityGroups"] if it["GroupName"] == "default")
    tables = ec2.describe_route_tables(
        Filters=[
            {"Name": "vpc-id", "Values": [network.vpc]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )
    main = tables["RouteTables"][0]["RouteTableId"]
    for group in (network.group, network.other_group):
        assert refused(ec2.delete_security_group, GroupId=group) == (
            f"DependencyViolation: resource {group} has a dependent object"
        )
    assert refused(ec2.delete_security_group, GroupId=default).startswith("CannotDelete: ")
    assert refused(ec2.delete_subnet, SubnetId=network.subnet).startswith("DependencyViolation")
    assert refused(ec2.delete_route_table, RouteTableId=main).startswith("DependencyViolation")
    assert refused(ec2.delete_internet_gateway, InternetGatewayId=network.gateway).startswith(
        "DependencyViolation"
    )

    ec2.terminate_instances(InstanceIds=[instance])
    vpc = f"DependencyViolation: The vpc '{network.vpc}' has dependencies and cannot be deleted."
    assert refused(ec2.delete_vpc, VpcId=network.vpc) == vpc
    ec2.delete_subnet(SubnetId=network.subnet)
    ec2.delete_route_table(RouteTableId=network.table)
    assert refused(ec2.delete_vpc, VpcId=network.vpc) == vpc
    ec2.detach_internet_gateway(InternetGatewayId=network.gateway, VpcId=network.vpc)
    assert refused(ec2.delete_vpc, VpcId=network.vpc) == vpc
    for group in (network.group, network.other_group):
        ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=network.vpc)
    assert refused(ec2.describe_vpcs, VpcIds=[network.vpc]).startswith("InvalidVpcID.NotFound")


DATA = {"InstanceType": "c7i.large"}
UNKNOWN = "lt-0123456789abcdef0"
NOT_FOUND = (
    "InvalidLaunchTemplateId.NotFound: "
    f"The specified launch template, with template ID {UNKNOWN}, does not exist."
)


@pytest.mark.parametrize("name", ["ab", "a b c", "a*b", "a" * 129])
def test_the_name_of_a_template_has_its_form(name: str, ec2: Any) -> None:
    assert refused(ec2.create_launch_template, LaunchTemplateName=name, LaunchTemplateData=DATA) == (
        "InvalidLaunchTemplateName.MalformedException: "
        f"The launch template name '{name}' must have 3 to 128 letters, digits or characters of ().-/_"
    )


def test_templates_and_versions_that_are_not_there_are_refused(ec2: Any) -> None:
    id_ = ec2.create_launch_template(LaunchTemplateName="(my).tem-pl/ate_1", LaunchTemplateData=DATA)[
        "LaunchTemplate"
    ]["LaunchTemplateId"]
    taken = {"LaunchTemplateName": "(my).tem-pl/ate_1", "LaunchTemplateData": DATA}
    assert refused(ec2.create_launch_template, **taken).startswith("InvalidLaunchTemplateName.AlreadyExists")
    assert refused(ec2.describe_launch_templates, LaunchTemplateIds=[UNKNOWN]) == NOT_FOUND
    assert refused(ec2.describe_launch_templates, LaunchTemplateIds=["template"]) == (
        'InvalidLaunchTemplateId.Malformed: Invalid id: "template" (expecting "lt-...")'
    )
    assert refused(ec2.delete_launch_template, LaunchTemplateId=UNKNOWN) == NOT_FOUND
    assert refused(ec2.modify_launch_template, LaunchTemplateId=UNKNOWN, DefaultVersion="1") == NOT_FOUND
    run = {"MinCount": 1, "MaxCount": 1}
    assert refused(ec2.run_instances, **run, LaunchTemplate={"LaunchTemplateId": UNKNOWN}) == NOT_FOUND
    both = {"LaunchTemplateId": id_, "LaunchTemplateName": "(my).tem-pl/ate_1"}
    assert refused(ec2.delete_launch_template, **both) == (
        "InvalidParameterCombination: Give the launch template's ID or its name, not both."
    )
    missing = f"Could not find the specified version {{}} for the launch template with ID {id_}."
    for version in ("0", "9"):
        words = f"InvalidLaunchTemplateId.VersionNotFound: {missing.format(version)}"
        versions = {"LaunchTemplateId": id_, "Versions": [version]}
        assert refused(ec2.describe_launch_template_versions, **versions) == words
        launch = {"LaunchTemplateId": id_, "Version": version}
        assert refused(ec2.run_instances, **run, LaunchTemplate=launch) == words
    source = {"LaunchTemplateId": id_, "SourceVersion": "9", "LaunchTemplateData": DATA}
    assert refused(ec2.create_launch_template_version, **source).startswith(
        "InvalidLaunchTemplateId.VersionNotFound"
    )
    ec2.create_launch_template_version(
        LaunchTemplateId=id_, SourceVersion="1", LaunchTemplateData={"ImageId": "ami-12c6146b"}
    )
    latest = ec2.describe_launch_template_versions(LaunchTemplateId=id_, Versions=["$Latest"])
    data = latest["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert data == {"ImageId": "ami-12c6146b", "InstanceType": "c7i.large"}


def test_tags_of_aws_itself_and_flow_logs_of_no_traffic_are_refused(ec2: Any, network: Network) -> None:
    assert refused(ec2.create_tags, Resources=[network.vpc], Tags=[{"Key": "aws:mine", "Value": ""}]) == (
        "InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use"
    )
    logs = {"ResourceIds": [network.vpc], "ResourceType": "VPC", "LogDestination": "arn:aws:s3:::logs"}
    assert refused(ec2.create_flow_logs, LogDestinationType="s3", **logs) == (
        "MissingParameter: The request must contain the parameter TrafficType"
    )
