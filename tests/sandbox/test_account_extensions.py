"""What an account has in the sandbox: quotas, regions, images that AWS publishes, groups of reservations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from accounts import POOL_GROUP
from botocore.exceptions import ClientError

from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
P_INSTANCES = {"ServiceCode": "ec2", "QuotaCode": "L-417A185B"}
ROOT = "/aws/service/ecs/optimized-ami/amazon-linux-2023"


@pytest.fixture
def client(sandbox: Sandbox, account_id: str) -> Any:
    return lambda service, region=REGION: sandbox.client(service, region, account_id)


def refusal(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_quotas_are_apart_for_each_account_and_region(client: Any, sandbox: Sandbox) -> None:
    quotas = client("service-quotas")
    assert quotas.get_service_quota(**P_INSTANCES)["Quota"]["Value"] == 0
    asked = quotas.request_service_quota_increase(**P_INSTANCES, DesiredValue=192)["RequestedQuota"]
    assert asked["Status"] == "PENDING"
    decided = quotas.get_requested_service_quota_change(RequestId=asked["Id"])["RequestedQuota"]
    assert (decided["Status"], decided["DesiredValue"]) == ("APPROVED", 192)
    assert quotas.get_service_quota(**P_INSTANCES)["Quota"]["Value"] == 192
    assert quotas.get_aws_default_service_quota(**P_INSTANCES)["Quota"]["Value"] == 0
    others = (client("service-quotas", "us-east-2"), sandbox.client("service-quotas", REGION, "999999999999"))
    assert [other.get_service_quota(**P_INSTANCES)["Quota"]["Value"] for other in others] == [0, 0]


def test_a_large_increase_waits_for_a_decision(client: Any) -> None:
    quotas = client("service-quotas")
    asked = quotas.request_service_quota_increase(**P_INSTANCES, DesiredValue=10_001)["RequestedQuota"]
    waiting = quotas.list_requested_service_quota_change_history_by_quota(**P_INSTANCES, Status="CASE_OPENED")
    assert [request["Id"] for request in waiting["RequestedQuotas"]] == [asked["Id"]]
    assert quotas.get_service_quota(**P_INSTANCES)["Quota"]["Value"] == 0


def test_quotas_come_in_pages(client: Any) -> None:
    quotas = client("service-quotas")
    pages = quotas.get_paginator("list_service_quotas").paginate(
        ServiceCode="ec2", PaginationConfig={"PageSize": 4}
    )
    codes = [[quota["QuotaCode"] for quota in page["Quotas"]] for page in pages]
    assert [len(page) for page in codes] == [4, 4, 3]
    assert len(quotas.list_service_quotas(ServiceCode="vpc")["Quotas"]) > 10


def test_what_service_quotas_refuses(client: Any) -> None:
    quotas = client("service-quotas")
    assert refusal(quotas.get_service_quota, ServiceCode="ec2", QuotaCode="L-00000000") == (
        "NoSuchResourceException",
        "The request failed because the specified service quota does not exist.",
    )
    assert refusal(quotas.list_service_quotas, ServiceCode="ec3")[0] == "NoSuchResourceException"
    assert refusal(quotas.request_service_quota_increase, **P_INSTANCES, DesiredValue=0) == (
        "IllegalArgumentException",
        "The desired value 0.0 must be greater than the quota's value, 0.0.",
    )
    fixed = {"ServiceCode": "vpc", "QuotaCode": "L-3248932A"}
    assert refusal(quotas.request_service_quota_increase, **fixed, DesiredValue=10**9) == (
        "IllegalArgumentException",
        "The quota Characters per VPC endpoint policy is not adjustable.",
    )
    assert (
        refusal(quotas.get_requested_service_quota_change, RequestId="none")[0] == "NoSuchResourceException"
    )
    assert refusal(quotas.list_service_quotas, ServiceCode="ec2", NextToken="odd")[0] == (
        "InvalidPaginationTokenException"
    )


def test_a_region_is_enabled_for_one_account(client: Any, sandbox: Sandbox) -> None:
    def statuses(ec2: Any) -> list[str]:
        asked = {"AllRegions": True, "RegionNames": ["eu-south-1", REGION]}
        found = {it["RegionName"]: it["OptInStatus"] for it in ec2.describe_regions(**asked)["Regions"]}
        return [found[name] for name in (REGION, "eu-south-1")]

    accounts, ec2 = client("account"), client("ec2")
    other = sandbox.client("ec2", REGION, "999999999999")
    assert statuses(ec2) == ["opt-in-not-required", "not-opted-in"]
    assert "eu-south-1" not in {region["RegionName"] for region in ec2.describe_regions()["Regions"]}
    accounts.enable_region(RegionName="eu-south-1")
    assert statuses(ec2) == ["opt-in-not-required", "opted-in"]
    assert accounts.get_region_opt_status(RegionName="eu-south-1")["RegionOptStatus"] == "ENABLED"
    assert "eu-south-1" in {region["RegionName"] for region in ec2.describe_regions()["Regions"]}
    assert statuses(other) == ["opt-in-not-required", "not-opted-in"]
    accounts.disable_region(RegionName="eu-south-1")
    assert statuses(ec2) == ["opt-in-not-required", "not-opted-in"]
    assert not [
        it for it in ec2.describe_regions(AllRegions=True)["Regions"] if it["RegionName"][:3] == "cn-"
    ]


def test_what_account_management_refuses(client: Any) -> None:
    accounts = client("account")
    assert refusal(accounts.enable_region, RegionName=REGION) == (
        "ValidationException",
        f"The Region {REGION} is enabled by default: it can't be enabled or disabled.",
    )
    assert refusal(accounts.get_region_opt_status, RegionName="eu-nowhere-1") == (
        "ValidationException",
        "The Region name eu-nowhere-1 is invalid.",
    )
    assert refusal(accounts.list_regions, NextToken="odd")[0] == "ValidationException"


@pytest.mark.parametrize("variant", ["", "/arm64", "/gpu", "/neuron"])
@pytest.mark.parametrize("region", [REGION, "us-west-2"])
def test_published_images_are_known_by_version_and_described(client: Any, variant: str, region: str) -> None:
    ssm, ec2 = client("ssm", region), client("ec2", region)

    def parameter(name: str) -> dict[str, Any]:
        return json.loads(ssm.get_parameter(Name=f"{ROOT}{variant}/{name}")["Parameter"]["Value"])

    recommended = parameter("recommended")
    assert parameter(recommended["image_name"])["image_id"] == recommended["image_id"]
    [image] = ec2.describe_images(ImageIds=[recommended["image_id"]])["Images"]
    assert image["Name"] == recommended["image_name"]
    made, deprecated = (image[name][:10] for name in ("CreationDate", "DeprecationTime"))
    assert recommended["image_version"].rpartition(".")[2] == made.replace("-", "")
    assert int(deprecated[:4]) == int(made[:4]) + 2


def test_deprecated_images_are_listed_when_asked_for(client: Any) -> None:
    ec2 = client("ec2")
    asked = {"Owners": ["amazon"], "Filters": [{"Name": "name", "Values": ["al2023-ami-ecs-hvm-*"]}]}
    shown = {image["ImageId"] for image in ec2.describe_images(**asked)["Images"]}
    everything = {
        image["ImageId"] for image in ec2.describe_images(**asked, IncludeDeprecated=True)["Images"]
    }
    assert shown < everything
    hidden = sorted(everything - shown)[0]
    assert ec2.describe_images(ImageIds=[hidden])["Images"][0]["DeprecationTime"]


def test_a_group_holds_reservations_and_nothing_else(client: Any, account_id: str) -> None:
    groups, ec2 = client("resource-groups"), client("ec2")
    assert refusal(groups.list_group_resources, Group="training")[0] == "NotFoundException"
    groups.create_group(Name="training", Configuration=POOL_GROUP)
    made = ec2.create_capacity_reservation(
        InstanceType="g5.xlarge",
        InstancePlatform="Linux/UNIX",
        AvailabilityZoneId="euc1-az2",
        InstanceCount=1,
    )["CapacityReservation"]
    arn, id_ = made["CapacityReservationArn"], made["CapacityReservationId"]
    missing = f"arn:aws:ec2:{REGION}:{account_id}:capacity-reservation/cr-0123456789abcdef0"
    answer = groups.group_resources(Group="training", ResourceArns=[arn, missing])
    assert answer["Succeeded"] == [arn]
    assert [failed["ResourceArn"] for failed in answer["Failed"]] == [missing]
    [held] = groups.list_group_resources(Group="training")["Resources"]
    assert held["Identifier"] == {"ResourceArn": arn, "ResourceType": "AWS::EC2::CapacityReservation"}
    [group] = ec2.get_groups_for_capacity_reservation(CapacityReservationId=id_)["CapacityReservationGroups"]
    assert group["GroupArn"].endswith(":group/training")
    assert groups.ungroup_resources(Group="training", ResourceArns=[arn])["Succeeded"] == [arn]
    assert groups.list_group_resources(Group="training")["Resources"] == []
    assert [
        it["ResourceArn"] for it in groups.ungroup_resources(Group="training", ResourceArns=[arn])["Failed"]
    ] == [arn]
    query = {"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": [{"Key": "team", "Values": ["ml"]}]}
    groups.create_group(Name="tagged", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)})
    assert refusal(groups.group_resources, Group="tagged", ResourceArns=[arn]) == (
        "BadRequestException",
        "The group tagged is not configured to hold resources by name.",
    )
