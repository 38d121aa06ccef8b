"""What EC2 says of what it was given: rules' descriptions and peers, templates' tags, subnets' addresses."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"


@pytest.fixture
def ec2(sandbox: Sandbox, account_id: str) -> Any:
    return sandbox.client("ec2", REGION, account_id)


@pytest.fixture
def vpc_id(ec2: Any) -> str:
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def a_group(ec2: Any, vpc_id: str, name: str) -> str:
    return ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc_id)["GroupId"]


def described(ec2: Any, rule_id: str) -> dict[str, Any]:
    return ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])["SecurityGroupRules"][0]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_for_a_group_keeps_its_description_and_can_be_revoked_without(
    ec2: Any, vpc_id: str, direction: str
) -> None:
    group, peer = a_group(ec2, vpc_id, "one"), a_group(ec2, vpc_id, "two")
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    pair = {"GroupId": peer, "Description": "from nodes"}
    authorize = getattr(ec2, f"authorize_security_group_{direction}")
    answer = authorize(GroupId=group, IpPermissions=[{**permission, "UserIdGroupPairs": [pair]}])
    (rule,) = answer["SecurityGroupRules"]
    assert rule["Description"] == "from nodes"
    assert described(ec2, rule["SecurityGroupRuleId"])["Description"] == "from nodes"
    revoke = getattr(ec2, f"revoke_security_group_{direction}")
    revoke(GroupId=group, IpPermissions=[{**permission, "UserIdGroupPairs": [{"GroupId": peer}]}])
    filters = [{"Name": "group-id", "Values": [group]}]
    left = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    assert rule["SecurityGroupRuleId"] not in {item["SecurityGroupRuleId"] for item in left}


def test_a_rule_takes_another_group_as_its_peer(ec2: Any, vpc_id: str) -> None:
    group, peer, other = (a_group(ec2, vpc_id, name) for name in ("one", "two", "three"))
    pair = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": peer}]}
    answer = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[pair])
    id_ = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    change = {
        "IpProtocol": "-1",
        "FromPort": -1,
        "ToPort": -1,
        "ReferencedGroupId": other,
        "Description": "x",
    }
    rules = [{"SecurityGroupRuleId": id_, "SecurityGroupRule": change}]
    ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=rules)
    rule = described(ec2, id_)
    assert rule["ReferencedGroupInfo"]["GroupId"] == other
    assert rule["Description"] == "x"


def test_a_launch_template_is_described_with_the_tags_it_has_now(ec2: Any) -> None:
    tags = [
        {"ResourceType": "launch-template", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}
    ]
    made = ec2.create_launch_template(
        LaunchTemplateName="nodes", LaunchTemplateData={"InstanceType": "c7i.4xlarge"}, TagSpecifications=tags
    )
    id_ = made["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_tags(Resources=[id_], Tags=[{"Key": "a", "Value": "3"}])
    ec2.delete_tags(Resources=[id_], Tags=[{"Key": "b"}])
    (found,) = ec2.describe_launch_templates(LaunchTemplateIds=[id_])["LaunchTemplates"]
    assert found["Tags"] == [{"Key": "a", "Value": "3"}]


def test_only_a_default_vpcs_subnets_give_public_addresses_by_themselves(ec2: Any, vpc_id: str) -> None:
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24")["Subnet"]
    assert (subnet["MapPublicIpOnLaunch"], subnet["DefaultForAz"]) == (False, False)
    default = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    assert default
    assert {(item["MapPublicIpOnLaunch"], item["VpcId"] == vpc_id) for item in default} == {(True, False)}
