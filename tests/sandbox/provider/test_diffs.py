"""What changes between two states of a resource's inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelyard_sandbox.aws.cloud import Clients, Cloud
from modelyard_sandbox.aws.package import AwsPlace
from modelyard_sandbox.aws.registry import handler_of, handlers
from modelyard_sandbox.provider.checks import DEFAULTS
from modelyard_sandbox.provider.diffs import Difference, Kind, compare, foreseen
from modelyard_sandbox.provider.journal import Journal
from modelyard_sandbox.provider.values import UNKNOWN, Secret

VPC = "aws:ec2/vpc:Vpc"
ROLE = "aws:iam/role:Role"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"


def difference(type_: str, old: dict[str, Any], new: dict[str, Any], *moved: str) -> Difference:
    return compare(handler_of(type_), old, new, frozenset(moved))


def test_each_value_that_changes_has_its_own_path() -> None:
    old = {"tags": {"a": "1", "b": "2", "x:y": "3"}, "blockDeviceMappings": [{"size": 1}, {"size": 2}]}
    new = {"tags": {"a": "1", "b": "3", "c": "4"}, "blockDeviceMappings": [{"size": 5}], "imageId": "ami"}
    found = difference(TEMPLATE, old, new)
    assert found.changes == {
        "tags.b": Kind.UPDATE,
        "tags.c": Kind.ADD,
        'tags["x:y"]': Kind.DELETE,
        "blockDeviceMappings[0].size": Kind.UPDATE,
        "blockDeviceMappings[1]": Kind.DELETE,
        "imageId": Kind.ADD,
    }
    assert found.inputs == ["blockDeviceMappings", "imageId", "tags"]
    assert not found.replaces


def test_what_is_hidden_secret_or_pulumis_own_is_no_change() -> None:
    old = {"cidrBlock": "10.0.0.0/16", DEFAULTS: [], "instanceTenancy": None}
    new = {"cidrBlock": Secret("10.0.0.0/16"), DEFAULTS: ["x"]}
    assert difference(VPC, old, new).changes == {}


def test_a_fixed_name_has_to_be_freed_first_and_a_made_up_one_has_not() -> None:
    old, new = {"name": "node", "path": "/"}, {"name": "node", "path": "/x/"}
    assert difference(ROLE, old, new).replaces == {"path"}
    assert difference(ROLE, old, new).delete_first
    made_up = {DEFAULTS: ["name"]}
    assert not difference(ROLE, old | made_up, new | made_up).delete_first


def test_an_unknown_value_may_replace_what_it_can_replace_only() -> None:
    assert difference(VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": UNKNOWN}).replaces == {"cidrBlock"}
    kept = {"computeResources": {"instanceTypes": ["c7i.large"]}, "type": "MANAGED"}
    found = difference(COMPUTE, kept, {**kept, "computeResources": UNKNOWN})
    assert found.changes == {"computeResources": Kind.UPDATE}
    assert not found.replaces


@pytest.mark.parametrize(
    ("type_", "moved"), [(VPC, {"region"}), (ROLE, set[str]())], ids=["regional", "global"]
)
def test_another_region_moves_what_stands_in_one(type_: str, moved: set[str]) -> None:
    place = AwsPlace(Cloud(Clients("http://127.0.0.1:1"), "eu-west-1"), Journal(Path("none"), "none"))
    assert place.moved(handler_of(type_), {"region": "eu-central-1"}, {}) == moved
    assert place.moved(handler_of(type_), {"region": "eu-central-1"}, {"region": "eu-central-1"}) == set()


def test_what_is_to_stand_elsewhere_is_replaced() -> None:
    found = difference(VPC, {}, {}, "region")
    assert found.changes == {"region": Kind.UPDATE}
    assert found.replaces == {"region"}


def test_naming_the_region_where_a_resource_stands_already_changes_nothing() -> None:
    assert difference(VPC, {}, {"region": "eu-central-1"}).changes == {}


def test_after_an_update_only_what_may_change_is_unknown() -> None:
    outputs = {"arn": "a", "latestVersion": 1, "name": "n", "tags": {}, "tagsAll": {}, "__unfinished": True}
    old = {"name": "n", "tags": {}}
    assert foreseen(handler_of(TEMPLATE), old, outputs) == {"arn": "a", "latestVersion": UNKNOWN}


def test_what_an_update_changes_is_never_an_input() -> None:
    for handler in handlers().values():
        assert not handler.changing_outputs & handler.replacing_inputs, handler.type
