"""Security groups, launch templates, placement groups and Batch, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.aws.ec2_launch import RENAMES
from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning

ALL_PROTOCOLS = "-1"
RULE_LISTS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
SCALED_BY_BATCH = "desiredVcpus"


def security_group(sight: Sight) -> Inputs:
    """A security group, without its rules."""
    group = sight.first("ec2", "DescribeSecurityGroups", "SecurityGroups", GroupIds=[sight.id])
    return sight.inputs(group, {"name": "GroupName"})


def default_security_group(sight: Sight) -> Inputs:
    """A VPC's default group, with the rules that somebody gave it."""
    group = sight.first("ec2", "DescribeSecurityGroups", "SecurityGroups", GroupIds=[sight.id])
    rules = {name: [_rule(item, sight.id) for item in group[said]] for name, said in RULE_LISTS.items()}
    return sight.inputs({**group, **dict.fromkeys(rules)}) | rules


def security_group_rule(sight: Sight) -> Inputs:
    """One rule."""
    rule = sight.first(
        "ec2", "DescribeSecurityGroupRules", "SecurityGroupRules", SecurityGroupRuleIds=[sight.id]
    )
    peer = {"ReferencedSecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId")}
    found = sight.inputs({**rule, **peer}, {"securityGroupId": "GroupId"})
    if rule["IpProtocol"] == ALL_PROTOCOLS:
        # The API says -1 for every port.
        found = {name: value for name, value in found.items() if name not in ("fromPort", "toPort")}
    return found


def placement_group(sight: Sight) -> Inputs:
    """A placement group."""
    group = sight.first("ec2", "DescribePlacementGroups", "PlacementGroups", GroupNames=[sight.id])
    return sight.inputs(group, {"name": "GroupName"})


def launch_template(sight: Sight) -> Inputs:
    """A launch template, with its latest version."""
    template = sight.first("ec2", "DescribeLaunchTemplates", "LaunchTemplates", LaunchTemplateIds=[sight.id])
    version = sight.first(
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions",
        LaunchTemplateId=sight.id,
        Versions=["$Latest"],
    )
    data = {**version["LaunchTemplateData"]}
    # The template's own tags are its `tags`.
    data["TagSpecifications"] = [
        item for item in data.get("TagSpecifications", []) if item["ResourceType"] != "launch-template"
    ]
    names = {
        "LaunchTemplateName": template["LaunchTemplateName"],
        "DefaultVersion": template["DefaultVersionNumber"],
        "Description": version.get("VersionDescription"),
        "Tags": template.get("Tags", []),
    }
    return sight.inputs({**data, **names}, {**RENAMES, "name": "LaunchTemplateName"})


def compute_environment(sight: Sight) -> Inputs:
    """A compute environment; how many machines it wants just now is Batch's own affair."""
    environment = sight.first(
        "batch", "DescribeComputeEnvironments", "computeEnvironments", computeEnvironments=[sight.id]
    )
    found = sight.inputs(environment, {"name": "computeEnvironmentName"})
    resources = found.get("computeResources", {})
    resources.pop(SCALED_BY_BATCH, None)
    given = sight.given.get("computeResources") or {}
    return found | {
        "computeResources": resources | {key: given[key] for key in {SCALED_BY_BATCH} & given.keys()}
    }


def job_queue(sight: Sight) -> Inputs:
    """A job queue."""
    queue = sight.first("batch", "DescribeJobQueues", "jobQueues", jobQueues=[sight.id])
    return sight.inputs(queue, {"name": "jobQueueName"})


def job_definition(sight: Sight) -> Inputs:
    """The newest revision of a job definition."""
    revisions = sight.call(
        "batch", "DescribeJobDefinitions", jobDefinitionName=sight.outputs["name"], status="ACTIVE"
    )["jobDefinitions"]
    newest = max(revisions, key=lambda revision: revision["revision"])
    return sight.inputs(newest, {"name": "jobDefinitionName"})


def scheduling_policy(sight: Sight) -> Inputs:
    """How a queue shares machines out."""
    return sight.inputs(
        sight.first("batch", "DescribeSchedulingPolicies", "schedulingPolicies", arns=[sight.id])
    )


def _rule(item: dict[str, Any], group_id: str) -> dict[str, Any]:
    pairs = [pair["GroupId"] for pair in item.get("UserIdGroupPairs", [])]
    ports = {"fromPort": item.get("FromPort", 0), "toPort": item.get("ToPort", 0)}
    rule = {
        "protocol": item["IpProtocol"],
        **ports,
        "cidrBlocks": [peer["CidrIp"] for peer in item.get("IpRanges", [])],
        "ipv6CidrBlocks": [peer["CidrIpv6"] for peer in item.get("Ipv6Ranges", [])],
        "prefixListIds": [peer["PrefixListId"] for peer in item.get("PrefixListIds", [])],
        "securityGroups": [pair for pair in pairs if pair != group_id],
        "self": group_id in pairs,
    }
    return {name: value for name, value in rule.items() if value or name in ports}


OBSERVERS: Mapping[str, Observer] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": compute_environment,
    "aws:batch/jobDefinition:JobDefinition": job_definition,
    "aws:batch/jobQueue:JobQueue": job_queue,
    "aws:batch/schedulingPolicy:SchedulingPolicy": scheduling_policy,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": default_security_group,
    "aws:ec2/launchTemplate:LaunchTemplate": launch_template,
    "aws:ec2/placementGroup:PlacementGroup": placement_group,
    "aws:ec2/securityGroup:SecurityGroup": security_group,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": security_group_rule,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": security_group_rule,
}

MEANINGS: Mapping[str, Meaning] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": Meaning(
        {
            "computeResources.desiredVcpus": COMPUTED,
            "computeResources.ec2Configurations": COMPUTED,
            "computeResources.launchTemplate.version": COMPUTED,
            "name": COMPUTED,
            "serviceRole": COMPUTED,
            "state": "ENABLED",
            "updatePolicy": COMPUTED,
        },
        unseen=frozenset({"namePrefix"}),
    ),
    "aws:batch/jobDefinition:JobDefinition": Meaning(
        {"deregisterOnNewRevision": True, "platformCapabilities": COMPUTED},
        unseen=frozenset({"deregisterOnNewRevision"}),
    ),
    "aws:batch/jobQueue:JobQueue": Meaning(unordered=frozenset({"computeEnvironmentOrders"})),
    "aws:batch/schedulingPolicy:SchedulingPolicy": Meaning(
        unordered=frozenset({"fairSharePolicy.shareDistributions"})
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Meaning(
        {"vpcId": COMPUTED}, frozenset({"egress", "ingress"})
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Meaning(
        {"defaultVersion": COMPUTED, "name": COMPUTED},
        frozenset({"tagSpecifications"}),
        frozenset({"namePrefix", "updateDefaultVersion"}),
    ),
    "aws:ec2/placementGroup:PlacementGroup": Meaning({"partitionCount": COMPUTED, "spreadLevel": COMPUTED}),
    "aws:ec2/securityGroup:SecurityGroup": Meaning(
        {"description": "Managed by Pulumi", "name": COMPUTED, "vpcId": COMPUTED},
        unseen=frozenset({"namePrefix", "revokeRulesOnDelete"}),
    ),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
