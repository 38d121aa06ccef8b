"""Inputs checked before the cloud is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.provider.checks import DEFAULTS, Checked, NameMode, Naming, check
from modelyard_sandbox.provider.values import UNKNOWN, Secret

BUCKET = "aws:s3/bucket:Bucket"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
VPC = "aws:ec2/vpc:Vpc"


def checked(type_: str, asked: dict[str, Any], kept: dict[str, Any] | None = None, **more: Any) -> Checked:
    naming = more.get("naming", Naming("Logs", b"seed"))
    return check(handler_of(type_), asked, kept or {}, naming, more.get("default_tags", {}))


def test_an_input_that_the_sandbox_lacks_is_refused_at_its_name_with_all_known_ones() -> None:
    (failure,) = checked(VPC, {"ipv6CidrBlock": "10.0.0.0/16"}).failures
    assert failure.property == "ipv6CidrBlock"
    assert failure.reason == (
        "the sandbox's aws:ec2/vpc:Vpc does not know ipv6CidrBlock; did you mean cidrBlock? it knows "
        "cidrBlock, enableDnsHostnames, enableDnsSupport, instanceTenancy, region, tags"
    )


def test_every_missing_input_is_named() -> None:
    failures = checked("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": None}).failures
    assert [(failure.property, failure.reason) for failure in failures] == [
        ("policyArn", "aws:iam/rolePolicyAttachment:RolePolicyAttachment needs policyArn"),
        ("role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment needs role"),
    ]


def test_what_a_handler_refuses_is_refused_in_the_check() -> None:
    rule = {"ipProtocol": "-1", "securityGroupId": "sg-1"}
    (failure,) = checked("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", rule).failures
    assert "takes exactly one of cidrIpv4, cidrIpv6" in failure.reason


def test_unknown_values_and_secrets_pass() -> None:
    asked = {"cidrBlock": UNKNOWN, "tags": Secret({"owner": "me"})}
    outcome = checked(VPC, asked)
    assert outcome.failures == []
    assert outcome.inputs == asked


def test_a_name_left_out_is_the_logical_one_with_seven_hexadecimal_digits() -> None:
    first, second = (checked(LOG_GROUP, {}).inputs for _ in range(2))
    assert re.fullmatch(r"Logs-[0-9a-f]{7}", first["name"])
    assert first == second  # a preview and the update that follows it have the same seed
    assert first[DEFAULTS] == ["name"]
    assert checked(LOG_GROUP, {}, naming=Naming("Logs", b"other")).inputs["name"] != first["name"]
    assert checked(LOG_GROUP, {}, naming=Naming("Logs")).inputs["name"] != first["name"]


def test_a_bucket_is_named_in_small_letters() -> None:
    assert re.fullmatch(r"logs-[0-9a-f]{7}", checked(BUCKET, {}).inputs["bucket"])


@pytest.mark.parametrize("asked", [{"name": "mine"}, {"namePrefix": "mine-"}, {"name": UNKNOWN}])
def test_a_name_that_is_given_stays(asked: dict[str, Any]) -> None:
    assert checked(LOG_GROUP, asked).inputs == asked


def test_a_made_up_name_is_kept_and_a_given_one_that_is_taken_out_is_not() -> None:
    kept = {"name": "Logs-0000000", DEFAULTS: ["name"]}
    assert checked(LOG_GROUP, {}, kept).inputs == kept
    assert checked(LOG_GROUP, {}, {"name": "mine"}).inputs["name"] != "mine"


def test_the_users_autonaming_is_followed() -> None:
    proposed = Naming("Logs", b"seed", "Team-Logs", NameMode.PROPOSE)
    assert checked(BUCKET, {}, naming=proposed).inputs["bucket"] == "team-logs"
    exact = Naming("Logs", b"seed", "Team-Logs", NameMode.ENFORCE)
    assert checked(BUCKET, {}, naming=exact).inputs["bucket"] == "Team-Logs"
    (failure,) = checked(BUCKET, {}, naming=Naming("Logs", mode=NameMode.DISABLE)).failures
    assert failure.property == "bucket"
    assert "automatic naming is disabled" in failure.reason


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (None, {"team": "ml"}),
        ({"owner": "me"}, {"team": "ml", "owner": "me"}),
        ({"team": "other"}, {"team": "other"}),
        (Secret({"owner": "me"}), Secret({"team": "ml", "owner": "me"})),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_the_providers_tags_lie_under_the_resources(tags: object, expected: object) -> None:
    outcome = checked(VPC, {"cidrBlock": "10.0.0.0/16", "tags": tags}, default_tags={"team": "ml"})
    assert outcome.inputs["tags"] == expected


def test_what_takes_no_tags_gets_none() -> None:
    asked = {"role": "node", "policyArn": "arn:aws:iam::aws:policy/x"}
    outcome = checked("aws:iam/rolePolicyAttachment:RolePolicyAttachment", asked, default_tags={"team": "ml"})
    assert outcome.inputs == asked
