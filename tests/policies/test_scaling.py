"""Twice the resources are twice the work: no rule asks each of many about each of many others.

Calls of functions are counted and not seconds: what grows by the square makes four times as many.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

import pytest

from modelyard_policies.aws import types as aws
from modelyard_policies.azure import types as azure
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_policies.registry import all_rules

FEW = 40
MOST_GROWTH = 2.3
TAGS = {"data-classification": "restricted", "stage": "production", "backup": "daily", "residency": "eu"}
ALLOWING = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Action": ["iam:Get*", "kms:Decrypt"], "Resource": "arn:aws:kms:a:b:key/c"}
        ]
    }
)
TRUSTING = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
        ]
    }
)


def node(token: str, name: str, properties: Mapping[str, Any], /, **links: Node | list[Node]) -> Node:
    return Node(
        urn=f"urn:pulumi:dev::modelyard::{token}::{name}",
        type=token,
        name=name,
        properties={**dict.fromkeys(links, UNKNOWN), **properties},
        property_dependencies={
            key: tuple(each.urn for each in (to if isinstance(to, list) else [to]))
            for key, to in links.items()
        },
        region="eu-west-1",
    )


def stores_by_tag(count: int) -> Iterator[Node]:
    """File systems, and backup selections of other tags."""
    for n in range(count):
        yield node(aws.EFS_FILE_SYSTEM, f"store-{n}", {"tags": TAGS})
        wanted = {"type": "STRINGEQUALS", "key": "backup", "value": f"plan-{n}"}
        yield node(aws.BACKUP_SELECTION, f"selection-{n}", {"selectionTags": [wanted]})


def stores_by_name(count: int) -> Iterator[Node]:
    """File systems, each with a selection, a plan and a vault of its own."""
    for n in range(count):
        store = node(aws.EFS_FILE_SYSTEM, f"store-{n}", {"tags": TAGS})
        vault = node(aws.BACKUP_VAULT, f"vault-{n}", {"tags": {"data-classification": "public"}})
        plan = node(aws.BACKUP_PLAN, f"plan-{n}", {"rules": [{"targetVaultName": UNKNOWN}]}, rules=vault)
        yield from (store, vault, plan)
        yield node(aws.BACKUP_SELECTION, f"s-{n}", {"resources": [UNKNOWN]}, resources=store, planId=plan)


def stores_of_everything(count: int) -> Iterator[Node]:
    """Buckets, and selections that take all of them into one vault."""
    vault = node(aws.BACKUP_VAULT, "vault", {"tags": {"data-classification": "public"}})
    yield vault
    for n in range(count):
        plan = node(aws.BACKUP_PLAN, f"plan-{n}", {"rules": [{"targetVaultName": UNKNOWN}]}, rules=vault)
        yield node(aws.BUCKET, f"store-{n}", {"tags": TAGS})
        yield plan
        yield node(aws.BACKUP_SELECTION, f"selection-{n}", {"resources": ["*"]}, planId=plan)


def stores_in_one_selection(count: int) -> Iterator[Node]:
    """File systems that are there, all named by one selection."""
    arns = [f"arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-{n}" for n in range(count)]
    for n, arn in enumerate(arns):
        store = node(aws.EFS_FILE_SYSTEM, f"store-{n}", {"tags": TAGS})
        store.outputs = {"arn": arn}
        yield store
    yield node(aws.BACKUP_SELECTION, "selection", {"resources": arns})


def log_groups(count: int) -> Iterator[Node]:
    """Log groups under one key."""
    key = node(aws.KMS_KEY, "key", {"enableKeyRotation": True})
    yield key
    for n in range(count):
        yield node(aws.LOG_GROUP, f"group-{n}", {"retentionInDays": 30}, kmsKeyId=key)


def roles(count: int) -> Iterator[Node]:
    """Roles, each with a policy that is attached, a policy of its own and a common boundary."""
    boundary = node(aws.IAM_POLICY, "boundary", {"policy": ALLOWING})
    yield boundary
    for n in range(count):
        role = node(aws.ROLE, f"role-{n}", {"assumeRolePolicy": TRUSTING}, permissionsBoundary=boundary)
        policy = node(aws.IAM_POLICY, f"policy-{n}", {"policy": ALLOWING})
        yield from (role, policy)
        yield node(aws.ROLE_POLICY, f"own-{n}", {"policy": ALLOWING}, role=role)
        yield node(aws.ROLE_POLICY_ATTACHMENT, f"attachment-{n}", {}, role=role, policyArn=policy)


def rules_of_one_group(count: int) -> Iterator[Node]:
    """A security group with many rules of either kind, which many launch templates use."""
    group = node(aws.SECURITY_GROUP, "group", {})
    yield group
    for n in range(count):
        ports = {"fromPort": n, "toPort": n}
        own = {"ipProtocol": "tcp", "cidrIpv4": "10.0.0.0/8", **ports}
        older = {"type": "ingress", "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"], **ports}
        yield node(aws.SECURITY_GROUP_INGRESS_RULE, f"rule-{n}", own, securityGroupId=group)
        yield node(aws.SECURITY_GROUP_RULE, f"older-{n}", older, securityGroupId=group)
        interface = {"interfaceType": "efa", "securityGroups": [UNKNOWN]}
        template = {"networkInterfaces": [interface]}
        yield node(aws.LAUNCH_TEMPLATE, f"template-{n}", template, networkInterfaces=group)


def rules_in_one_group(count: int) -> Iterator[Node]:
    """A security group with many rules inline."""
    rules = [
        {"protocol": "tcp", "fromPort": n, "toPort": n, "cidrBlocks": ["0.0.0.0/0"]} for n in range(8 * count)
    ]
    yield node(aws.SECURITY_GROUP, "group", {"ingress": rules, "egress": rules})


def subnets_of_one_table(count: int) -> Iterator[Node]:
    """Subnets with machines, whose common route table has many endpoints."""
    vpc = node(aws.VPC, "vpc", {})
    table = node(aws.ROUTE_TABLE, "table", {}, vpcId=vpc)
    yield from (vpc, table)
    for n in range(count):
        subnet = node(aws.SUBNET, f"subnet-{n}", {}, vpcId=vpc)
        service = {"serviceName": "com.amazonaws.eu-west-1.dynamodb", "routeTableIds": [UNKNOWN]}
        yield subnet
        yield node(aws.ROUTE_TABLE_ASSOCIATION, f"a-{n}", {}, subnetId=subnet, routeTableId=table)
        yield node(aws.INSTANCE, f"machine-{n}", {}, subnetId=subnet)
        yield node(aws.VPC_ENDPOINT, f"endpoint-{n}", service, vpcId=vpc, routeTableIds=table)


def subnets_of_the_main_table(count: int) -> Iterator[Node]:
    """Subnets with machines that use a VPC's main table, which many endpoints name."""
    vpc = node(aws.VPC, "vpc", {})
    yield vpc
    for n in range(count):
        subnet = node(aws.SUBNET, f"subnet-{n}", {}, vpcId=vpc)
        service = {"serviceName": "com.amazonaws.eu-west-1.dynamodb"}
        yield subnet
        yield node(aws.INSTANCE, f"machine-{n}", {}, subnetId=subnet)
        yield node(aws.VPC_ENDPOINT, f"endpoint-{n}", service, vpcId=vpc, routeTableIds=vpc)


def groups_of_machines(count: int) -> Iterator[Node]:
    """Groups that start machines by one template, each with a schedule."""
    template = node(aws.LAUNCH_TEMPLATE, "template", {"instanceType": "p5.48xlarge"})
    yield template
    tags = [{"key": "stage", "value": "development"}]
    for n in range(count):
        sizes = {"minSize": 1, "maxSize": 2, "launchTemplate": {"id": UNKNOWN}, "tags": tags}
        group = node(aws.AUTO_SCALING_GROUP, f"group-{n}", sizes, launchTemplate=template)
        yield group
        yield node(aws.AUTO_SCALING_SCHEDULE, f"schedule-{n}", {"minSize": 0}, autoscalingGroupName=group)


def repositories(count: int) -> Iterator[Node]:
    """Repositories, each with a lifecycle, and a registry that scans some."""
    for n in range(count):
        repository = node(aws.REPOSITORY, f"repository-{n}", {"name": f"images-{n}"})
        yield repository
        yield node(aws.REPOSITORY_LIFECYCLE, f"lifecycle-{n}", {}, repository=repository)
    rule = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "images-1*"}]}
    yield node(aws.REGISTRY_SCANNING, "scanning", {"rules": [rule]})


def vaults_and_locks(count: int) -> Iterator[Node]:
    """Vaults, and locks on other resource groups."""
    for n in range(count):
        vault = {"vaultName": f"vault-{n}", "resourceGroupName": f"group-{n}"}
        lock = {"resourceGroupName": f"other-{n}", "level": "CanNotDelete"}
        scope = {"scope": f"/subscriptions/s/resourceGroups/another-{n}", "level": "CanNotDelete"}
        yield node(azure.RECOVERY_SERVICES_VAULT, f"vault-{n}", vault)
        yield node(azure.MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL, f"lock-{n}", lock)
        yield node(azure.MANAGEMENT_LOCK_BY_SCOPE, f"scope-{n}", scope)


def machines_and_assignments(count: int) -> Iterator[Node]:
    """Machines on Azure, and policies of other kinds for the whole subscription."""
    for n in range(count):
        machine = {"vmName": f"machine-{n}", "resourceGroupName": f"group-{n}"}
        assigned = {"scope": "/subscriptions/s", "policyDefinitionId": f"/policyDefinitions/{n}"}
        yield node(azure.VIRTUAL_MACHINE, f"machine-{n}", machine)
        yield node(azure.POLICY_ASSIGNMENT, f"assignment-{n}", assigned)


def machines_in_one_vault(count: int) -> Iterator[Node]:
    """Machines on Azure in one resource group, whose backups one vault takes."""
    group = node(azure.RESOURCE_GROUP, "group", {"resourceGroupName": "group"})
    vault = node(azure.RECOVERY_SERVICES_VAULT, "vault", {"vaultName": "vault"}, resourceGroupName=group)
    yield from (group, vault)
    for n in range(count):
        machine = node(azure.VIRTUAL_MACHINE, f"machine-{n}", {"tags": TAGS}, resourceGroupName=group)
        source = {"vaultName": "vault", "properties": {"sourceResourceId": UNKNOWN}}
        yield machine
        yield node(azure.PROTECTED_ITEM, f"item-{n}", source, properties=machine)


def accounts_and_their_copies(count: int) -> Iterator[Node]:
    """Accounts on Azure, each copied to one elsewhere; containers all have one name, as products do."""
    blobs = {"containerName": "checkpoints"}
    rules = [{"sourceContainer": "checkpoints", "destinationContainer": "checkpoints"}]
    for n in range(count):
        source = node(azure.STORAGE_ACCOUNT, f"data-{n}", {"accountName": f"data{n}", "location": "westus3"})
        copy = node(azure.STORAGE_ACCOUNT, f"copy-{n}", {"accountName": f"copy{n}", "location": "eastus"})
        yield from (source, copy)
        for account in (source, copy):
            yield node(azure.BLOB_CONTAINER, f"in-{account.name}", blobs, accountName=account)
            yield node(
                azure.OBJECT_REPLICATION_POLICY,
                f"at-{account.name}",
                {"rules": rules},
                accountName=account,
                sourceAccount=source,
                destinationAccount=copy,
            )


SCENES: tuple[Callable[[int], Iterator[Node]], ...] = (
    *(stores_by_tag, stores_by_name, stores_of_everything, stores_in_one_selection, log_groups, roles),
    *(rules_of_one_group, rules_in_one_group, subnets_of_one_table, subnets_of_the_main_table),
    *(groups_of_machines, repositories),
    *(vaults_and_locks, machines_and_assignments, machines_in_one_vault, accounts_and_their_copies),
)


def calls_of(work: Callable[[], object]) -> int:
    """How many functions of Python are called."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def calls_to_judge(scene: Callable[[int], Iterator[Node]], count: int) -> int:
    graph = Graph([node(aws.STACK, "stack", {}), *scene(count)])
    return calls_of(lambda: evaluate(graph, all_rules()))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_twice_the_resources_are_twice_the_work(scene: Callable[[int], Iterator[Node]]) -> None:
    calls_to_judge(scene, 2)  # what is read from files is read
    few, many = calls_to_judge(scene, FEW), calls_to_judge(scene, 2 * FEW)
    assert many < MOST_GROWTH * few, f"{few} calls for {FEW}, {many} for {2 * FEW}"
