"""The deploy role's policies and boundaries: enough, and no more."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from previewing import ROOT

from modelyard.planning.arns import Place
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.rights.boundaries import deploy_boundary, workload_boundary
from modelyard_cli.bootstrap.rights.deployer import deploy_grants, deploy_policies

ACCOUNT = "123456789012"
NAMING = Naming("dev", Place(ACCOUNT, "eu-central-1"), "eu-west-1")
COMPONENTS = ROOT / "components" / "modelyard" / "aws"
OF_THE_ACCOUNT = COMPONENTS / "account"
"""What an account has once is brought up by people with their own rights."""

POLICY_CHARACTERS_MAX = 6_144

namings = st.builds(
    lambda name, recovery: Naming(name, Place(ACCOUNT, "ap-southeast-2"), recovery),
    st.from_regex(r"[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?", fullmatch=True),
    st.sampled_from([None, "ap-northeast-3"]),
)


def statements(naming: Naming = NAMING) -> Iterator[dict[str, Any]]:
    for text in deploy_policies(naming).values():
        yield from json.loads(text)["Statement"]


def allowed(document: str) -> list[str]:
    return [
        action
        for statement in json.loads(document)["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    ]


def denied(document: str, sid: str) -> dict[str, Any]:
    [found] = [each for each in json.loads(document)["Statement"] if each["Sid"] == sid]
    assert found["Effect"] == "Deny"
    return found


def registered_types() -> set[str]:
    """Every `aws.module.Class(...)` that the components of an environment call."""
    found: set[str] = set()
    for path in COMPONENTS.rglob("*.py"):
        if OF_THE_ACCOUNT in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            match = re.fullmatch(r"aws\.(\w+\.[A-Z]\w+)", ast.unparse(node.func))
            if match and match[1] not in ("ec2.get_ami",):
                found.add(match[1])
    return found


def test_every_type_that_the_components_register_has_a_grant():
    known = {each for grants in deploy_grants(NAMING).values() for grant in grants for each in grant.types}
    types = registered_types()
    assert len(types) > 30
    assert types - known == set()


@given(namings)
def test_every_policy_fits_and_no_two_statements_have_one_id(naming):
    policies = [*deploy_policies(naming).values(), deploy_boundary(naming), workload_boundary(naming)]
    for text in policies:
        assert len("".join(text.split())) <= POLICY_CHARACTERS_MAX
        ids = [each["Sid"] for each in json.loads(text)["Statement"]]
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"[A-Za-z0-9]+", each) for each in ids)


@given(namings)
def test_nothing_is_allowed_of_a_whole_service_or_of_iam_everywhere(naming):
    for statement in statements(naming):
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            service, _, name = action.partition(":")
            assert name != "*", statement["Sid"]
            assert service != "*"
            if service == "iam":
                assert "*" not in name
                assert all(
                    arn.startswith(f"arn:aws:iam::{ACCOUNT}:") and not arn.endswith(":*")
                    for arn in statement["Resource"]
                )


def test_what_changes_anything_everywhere_is_bounded_by_a_condition():
    reads = re.compile(r"[\w-]+:(Describe|Get|List)")
    for statement in statements():
        everywhere = "*" in statement["Resource"] or any(arn.endswith(":*") for arn in statement["Resource"])
        writes = [action for action in statement["Action"] if not reads.match(action)]
        if everywhere and writes and statement["Sid"] != "MakeNetworks":
            assert statement.get("Condition"), statement["Sid"]


def test_a_network_can_be_made_and_only_ones_own_changed():
    found = {statement["Sid"]: statement for statement in statements()}
    assert all(
        re.fullmatch(r"ec2:(Create|Allocate)\w+", action) for action in found["MakeNetworks"]["Action"]
    )
    assert found["ChangeAndDeleteOwnNetworks"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/environment": "dev"}
    }


def test_other_environments_buckets_queues_and_roles_are_out_of_reach():
    for kind, other in {
        "s3": f"arn:aws:s3:::prod-datasets-{ACCOUNT}-eu-central-1",
        "batch": f"arn:aws:batch:eu-central-1:{ACCOUNT}:job-queue/prod-gpu",
        "iam": f"arn:aws:iam::{ACCOUNT}:role/prod-eu-central-1-node",
        "state": f"arn:aws:s3:::modelyard-state-prod-{ACCOUNT}-eu-central-1/.pulumi/meta.yaml",
    }.items():
        reaching = [
            statement["Sid"]
            for statement in statements()
            if any(fnmatchcase(other, arn) for arn in statement["Resource"] if arn != "*")
        ]
        assert reaching == [], kind


def test_objects_of_the_environments_buckets_are_not_read_but_for_the_targets():
    objects = [
        (statement["Sid"], arn)
        for statement in statements()
        for arn in statement["Resource"]
        if arn.startswith("arn:aws:s3:::dev-") and "/" in arn
    ]
    assert objects == [
        ("LaunchTarget", f"arn:aws:s3:::dev-*-{ACCOUNT}-*/modelyard/{name}")
        for name in ("target.json", "target.recovery.json")
    ]


def test_roles_are_made_within_the_boundary_only_and_attached_policies_are_ones_own():
    found = {statement["Sid"]: statement for statement in statements()}
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/modelyard-boundary-dev"
    within = found["RolesWithinTheBoundary"]
    assert "iam:CreateRole" in within["Action"]
    assert within["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    assert found["AttachOwnPolicies"]["Condition"] == {
        "ArnLike": {"iam:PolicyARN": [f"arn:aws:iam::{ACCOUNT}:policy/dev-*"]},
        "StringEquals": {"iam:PermissionsBoundary": boundary},
    }
    assert found["PassOwnRolesToServices"]["Condition"]["StringEquals"]["iam:PassedToService"]
    outside = denied(deploy_boundary(NAMING), "NoRoleOutsideTheBoundary")
    assert outside["Condition"] == {"StringNotEquals": {"iam:PermissionsBoundary": boundary}}
    assert outside["Resource"] == ["*"]


@given(namings)
def test_the_boundary_lets_through_all_that_the_policies_give(naming):
    bounds = allowed(deploy_boundary(naming))
    for statement in statements(naming):
        for action in statement["Action"]:
            assert any(fnmatchcase(action, bound) for bound in bounds), action


@pytest.mark.parametrize(
    ("sid", "action", "resource"),
    [
        ("NotItsOwnRights", "iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/modelyard-deploy-dev"),
        ("NotItsOwnRights", "iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/modelyard-deploy-prod"),
        (
            "NotItsOwnRights",
            "iam:UpdateAssumeRolePolicy",
            f"arn:aws:iam::{ACCOUNT}:role/modelyard-deploy-dev",
        ),
        (
            "NotItsOwnRights",
            "iam:CreatePolicyVersion",
            f"arn:aws:iam::{ACCOUNT}:policy/modelyard-boundary-dev",
        ),
        (
            "NotItsOwnRights",
            "iam:SetDefaultPolicyVersion",
            f"arn:aws:iam::{ACCOUNT}:policy/modelyard-deploy-boundary-dev",
        ),
        ("NoBoundaryTakenAway", "iam:DeleteRolePermissionsBoundary", "*"),
        ("NothingUnwatched", "cloudtrail:StopLogging", "*"),
        ("NothingUnwatched", "cloudtrail:DeleteTrail", "*"),
        ("NothingUnwatched", "guardduty:DeleteDetector", "*"),
        ("NotLeaving", "organizations:LeaveOrganization", "*"),
        ("NotLeaving", "account:CloseAccount", "*"),
        ("NothingBought", "ec2:PurchaseCapacityBlock", "*"),
        ("BackupsStay", "backup:DeleteRecoveryPoint", "*"),
        ("StateStays", "s3:DeleteBucket", "arn:aws:s3:::modelyard-state-dev-1-eu-central-1"),
        ("StateStays", "s3:DeleteBucketPolicy", "arn:aws:s3:::modelyard-state-dev-1-eu-central-1"),
        ("StateStays", "s3:PutBucketVersioning", "arn:aws:s3:::modelyard-state-dev-1-eu-central-1"),
        ("StateStays", "s3:DeleteObjectVersion", "arn:aws:s3:::modelyard-state-dev-1-eu-central-1/a"),
        ("StateKeyStays", "kms:ScheduleKeyDeletion", "*"),
        ("StateAliasStays", "kms:DeleteAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/modelyard-state-dev"),
    ],
)
def test_the_deploy_role_never_may(sid, action, resource):
    statement = denied(deploy_boundary(NAMING), sid)
    assert any(fnmatchcase(action, each) for each in statement["Action"])
    assert any(fnmatchcase(resource, each) for each in statement["Resource"])


def test_state_objects_can_be_written_and_deleted_and_their_versions_stay():
    stays = denied(deploy_boundary(NAMING), "StateStays")
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket"):
        assert not any(fnmatchcase(action, each) for each in stays["Action"])
    [writes] = [each for each in statements() if each["Sid"] == "ReadAndWriteState"]
    assert writes["Resource"] == [
        f"arn:aws:s3:::modelyard-state-dev-{ACCOUNT}-{region}/*" for region in ("eu-central-1", "eu-west-1")
    ]


def test_the_boundaries_give_no_iam_everywhere_and_no_everything():
    for text in (deploy_boundary(NAMING), workload_boundary(NAMING)):
        for statement in json.loads(text)["Statement"]:
            if statement["Effect"] == "Allow":
                assert "*" not in statement["Action"]
                assert "*:*" not in statement["Action"]
                if any(action.startswith("iam:") for action in statement["Action"]):
                    assert "*" not in statement["Resource"]


def test_the_roles_of_an_environment_can_do_within_their_bounds_what_their_policies_say():
    bounds = allowed(workload_boundary(NAMING))
    actions = {
        action
        for path in (ROOT / "components/modelyard/planning/policies").glob("*.py")
        if path.stem in ("backups", "file_systems", "operations", "replication", "roles", "submitters")
        for action in re.findall(r'"((?!aws:|iam:P|sts:)[a-z0-9-]+:[A-Z][A-Za-z]+\*?)"', path.read_text())
    }
    assert len(actions) > 60
    assert {action for action in actions if not any(fnmatchcase(action, bound) for bound in bounds)} == set()


def test_the_roles_of_an_environment_never_reach_the_state():
    text = workload_boundary(NAMING)
    assert denied(text, "NoState")["Resource"] == [
        f"arn:aws:s3:::modelyard-state-dev-{ACCOUNT}-{region}{end}"
        for end in ("", "/*")
        for region in ("eu-central-1", "eu-west-1")
    ]
    assert denied(text, "NoStateKey")["Condition"] == {
        "ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/modelyard-*"}
    }
    assert [action for action in allowed(text) if action.startswith("iam:")] == ["iam:PassRole"]
