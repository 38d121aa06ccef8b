"""Inputs held against the kinds that the SDK declares, down to nested ones."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from modelyard_sandbox.aws.registry import TYPES, handler_of
from modelyard_sandbox.azure import registry as azure
from modelyard_sandbox.handler import BaseHandler
from modelyard_sandbox.provider.checks import Naming, check
from modelyard_sandbox.provider.input_types import kinds_of, settle, table_of
from modelyard_sandbox.provider.packages import PACKAGES
from modelyard_sandbox.provider.values import UNKNOWN, Secret

ROOT = Path(__file__).parents[3]
PLAN = "aws:backup/plan:Plan"
RULE = {"ruleName": "daily", "targetVaultName": "vault"}
POOL = "aws:batch/computeEnvironment:ComputeEnvironment"
VPC = "aws:ec2/vpc:Vpc"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ROLE = "aws:iam/role:Role"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """tools/sandbox/input_types.py as a module."""
    path = ROOT / "tools" / "sandbox" / "input_types.py"
    spec = importlib.util.spec_from_file_location("input_types_generator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def failures(type_: str, inputs: dict[str, Any]) -> dict[str, str]:
    """What a check finds, by property."""
    found = check(handler_of(type_), inputs, {}, Naming("it", b"seed"), {}).failures
    assert len({failure.property for failure in found}) == len(found)
    return {failure.property: failure.reason for failure in found}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_table_is_what_the_installed_sdk_declares(generator: ModuleType, package: str) -> None:
    assert generator.path_of(package).read_text(encoding="utf-8") == generator.text(package), (
        "write it again: python tools/sandbox/input_types.py"
    )


@pytest.mark.parametrize("handler", [*TYPES, *azure.TYPES])
def test_a_handler_knows_no_input_that_the_sdk_lacks(handler: type[BaseHandler[Any]]) -> None:
    kinds = kinds_of(handler.type)
    assert kinds is not None, "write the table again: python tools/sandbox/input_types.py"
    assert handler().known_inputs - {"tagsAll"} - kinds.keys() == set()


def test_a_misspelt_property_is_refused_at_its_path_with_the_nearest_name() -> None:
    found = failures(PLAN, {"rules": [RULE, {**RULE, "scheduel": "cron(0 5 * * ? *)"}], "nmae": "x"})
    assert found.keys() == {"rules[1].scheduel", "nmae"}
    version = table_of("aws").version
    assert found["rules[1].scheduel"].startswith(
        f"aws:backup/plan:Plan has no rules[1].scheduel in pulumi-aws {version}; did you mean schedule? "
        "it has completionWindow, copyActions, "
    )
    assert "did you mean name? " in found["nmae"]


@pytest.mark.parametrize(
    ("type_", "inputs", "property_", "reason"),
    [
        (PLAN, {"rules": "daily"}, "rules", f"{PLAN} takes a list as rules, not 'daily'"),
        (PLAN, {"rules": ["daily"]}, "rules[0]", f"{PLAN} takes an object as rules[0], not 'daily'"),
        (
            PLAN,
            {"rules": [{**RULE, "startWindow": "soon"}]},
            "rules[0].startWindow",
            f"{PLAN} takes a whole number as rules[0].startWindow, not 'soon'",
        ),
        (
            PLAN,
            {"rules": [{**RULE, "startWindow": 1.5}]},
            "rules[0].startWindow",
            f"{PLAN} takes a whole number as rules[0].startWindow, not 1.5",
        ),
        (
            POOL,
            {"type": "MANAGED", "computeResources": []},
            "computeResources",
            f"{POOL} takes an object as computeResources, not a list",
        ),
        (
            VPC,
            {"cidrBlock": ["10.0.0.0/16"]},
            "cidrBlock",
            f"{VPC} takes a string as cidrBlock, not a list",
        ),
        (
            VPC,
            {"enableDnsSupport": "yes"},
            "enableDnsSupport",
            f"{VPC} takes true or false as enableDnsSupport, not 'yes'",
        ),
        (VPC, {"tags": ["a"]}, "tags", f"{VPC} takes a map as tags, not a list"),
        (VPC, {"tags": {"a b": {}}}, 'tags["a b"]', f'{VPC} takes a string as tags["a b"], not an object'),
        (
            ROLE,
            {"assumeRolePolicy": 1},
            "assumeRolePolicy",
            f"{ROLE} takes a JSON document, as text or as an object as assumeRolePolicy, not 1",
        ),
        (
            PLAN,
            {"rules": [{"ruleName": "daily"}]},
            "rules[0].targetVaultName",
            f"{PLAN} needs rules[0].targetVaultName",
        ),
        (PLAN, {}, "rules", f"{PLAN} needs rules"),
        (
            "aws:batch/jobQueue:JobQueue",
            {"state": "ENABLED"},
            "priority",
            "aws:batch/jobQueue:JobQueue needs priority",
        ),
    ],
)
def test_a_wrong_kind_or_a_missing_property_is_refused_at_its_path(
    type_: str, inputs: dict[str, Any], property_: str, reason: str
) -> None:
    assert failures(type_, inputs) == {property_: reason}


def test_all_problems_are_told_at_once() -> None:
    inputs = {
        "rules": [{"ruleName": ["a"], "lifecycle": {"deleteAftr": 1}}],
        "misspelt": 1,
        "scanSettings": [],
    }
    assert failures(PLAN, inputs).keys() == {
        "misspelt",
        "scanSettings",
        "rules[0].lifecycle.deleteAftr",
        "rules[0].ruleName",
        "rules[0].targetVaultName",
    }


def test_what_pulumis_bridge_takes_is_taken_in_the_declared_kind() -> None:
    inputs = {
        "blockDeviceMappings": [{"ebs": {"encrypted": True, "volumeSize": "200"}}],
        "disableApiStop": "true",
        "name": 12,
    }
    assert settle(TEMPLATE, inputs).inputs == {
        "blockDeviceMappings": [{"ebs": {"encrypted": "true", "volumeSize": 200}}],
        "disableApiStop": True,
        "name": "12",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"Statement": []}, '{"Statement": []}'),
        ('{ "Statement": [] }', '{ "Statement": [] }'),
        ({"Statement": [{"Sid": Secret("x")}]}, Secret('{"Statement": [{"Sid": "x"}]}')),
        ({"Statement": [{"Resource": UNKNOWN}]}, UNKNOWN),
        (Secret({"Statement": []}), Secret('{"Statement": []}')),
    ],
)
def test_a_document_may_be_an_object(given: object, kept: object) -> None:
    settled = settle(ROLE, {"assumeRolePolicy": given})
    assert settled.problems == []
    assert settled.inputs["assumeRolePolicy"] == kept


def test_unknown_values_and_secrets_pass_wherever_they_stand() -> None:
    inputs = {"rules": [{**RULE, "startWindow": UNKNOWN, "recoveryPointTags": Secret({"a": "b"})}, UNKNOWN]}
    assert settle(PLAN, inputs).problems == []
    secret = Secret([{"ruleName": "a", "misspelt": 1}])
    paths = [problem.path for problem in settle(PLAN, {"rules": secret}).problems]
    assert paths == ["rules[0].misspelt", "rules[0].targetVaultName"]


@pytest.mark.parametrize(
    ("type_", "inputs", "property_", "reason"),
    [
        (
            VPC,
            {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "dedicatd"},
            "instanceTenancy",
            "instanceTenancy takes one of default, dedicated, host, not 'dedicatd' (ec2:CreateVpc)",
        ),
        (
            POOL,
            {
                "type": "MANAGED",
                "computeResources": {"type": "ECTWO", "maxVcpus": 1, "subnets": ["subnet-1"]},
            },
            "computeResources.type",
            (
                "computeResources.type takes one of EC2, SPOT, FARGATE, FARGATE_SPOT, ECS_MANAGED_INSTANCES, "
                "not 'ECTWO' (batch:CreateComputeEnvironment)"
            ),
        ),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": "{}", "maxSessionDuration": 60},
            "maxSessionDuration",
            "Invalid value for parameter MaxSessionDuration, value: 60, valid min value: 3600",
        ),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            {"name": "a b"},
            "name",
            r"name takes text that matches [\.\-_/#A-Za-z0-9]+, not 'a b' (logs:CreateLogGroup)",
        ),
    ],
)
def test_what_the_clouds_own_model_refuses_is_refused_at_its_path(
    type_: str, inputs: dict[str, Any], property_: str, reason: str
) -> None:
    assert failures(type_, inputs) == {property_: reason}


def test_what_is_not_known_yet_is_left_to_the_creation() -> None:
    assert failures(VPC, {"cidrBlock": UNKNOWN, "instanceTenancy": "dedicatd"}) == {}


def test_a_pattern_of_the_model_that_nothing_matches_is_left_out() -> None:
    inputs = {
        "availabilityZone": "eu-central-1a",
        "instanceCount": 1,
        "instancePlatform": "Linux/UNIX",
        "instanceType": "p5.48xlarge",
        "placementGroupArn": "arn:aws:ec2:eu-central-1:123456789012:placement-group/near",
    }
    assert failures("aws:ec2/capacityReservation:CapacityReservation", inputs) == {}
