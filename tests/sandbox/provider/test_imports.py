"""Every type imported by its id, with all inputs read back: the program's next `up` then changes nothing."""

from __future__ import annotations

import pytest
from asking import Asker, Refused, set_surroundings
from sandbox.test_handlers import CASES, World

from modelyard_sandbox.aws.observing import MEANINGS, OBSERVERS
from modelyard_sandbox.aws.registry import TYPES
from modelyard_sandbox.provider.checks import DEFAULTS, IMPORTED
from modelyard_sandbox.sandbox import Sandbox

ACCOUNT = "222233335555"
REGION = "eu-central-1"


@pytest.fixture
def asker(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Asker:
    set_surroundings(sandbox, ACCOUNT, REGION, monkeypatch)
    return Asker()


@pytest.fixture(scope="module")
def world(sandbox: Sandbox) -> World:
    """One world for all: to import and to refresh changes nothing."""
    return World(sandbox.cloud(REGION, ACCOUNT))


@pytest.mark.parametrize("type_", sorted(made.type for made in TYPES))
def test_every_type_can_be_imported(type_: str) -> None:
    assert type_ in OBSERVERS


def test_nothing_is_said_of_types_that_the_sandbox_does_not_have() -> None:
    known = {made.type for made in TYPES}
    assert OBSERVERS.keys() - known == set()
    assert MEANINGS.keys() - known == set()


def import_id(name: str, world: World) -> str:
    """The id that pulumi-aws documents for the import of a case."""
    id_, _, inputs = world.made[name]
    return {
        "aws:backup/selection:Selection": lambda: f"{inputs['planId']}|{id_}",
        "aws:cloudwatch/eventTarget:EventTarget": lambda: f"{inputs['rule']}/{inputs['targetId']}",
        "aws:lambda/permission:Permission": lambda: f"{inputs['function']}/{id_}",
        "aws:backup/restoreTestingSelection:RestoreTestingSelection": lambda: (
            f"{id_}:{inputs['restoreTestingPlanName']}"
        ),
        "aws:ec2/route:Route": lambda: f"{inputs['routeTableId']}_{inputs['destinationCidrBlock']}",
        "aws:ec2/routeTableAssociation:RouteTableAssociation": lambda: (
            f"{inputs['subnetId']}/{inputs['routeTableId']}"
        ),
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": lambda: (
            f"{inputs['role']}/{inputs['policyArn']}"
        ),
    }.get(CASES[name].type, lambda: id_)()


@pytest.mark.parametrize("name", CASES)
def test_what_is_imported_is_what_the_program_says(name: str, world: World, asker: Asker) -> None:
    type_ = CASES[name].type
    id_, made, inputs = world.make(name)
    found_id, found, outputs = asker.imported(type_, import_id(name, world))
    assert found_id == id_
    program = {key: value for key, value in inputs.items() if key != "tagsAll"}
    if "tagsAll" in inputs:
        program["tags"] = inputs["tagsAll"]
    new = asker.check(type_, program, found)
    assert asker.diff(type_, found, new, outputs) == {}
    # Outputs that programs read are there as after a creation.
    assert {key: outputs.get(key) for key in CASES[name].outputs} == {
        key: made[key] for key in CASES[name].outputs
    }


@pytest.mark.parametrize("name", CASES)
def test_a_refresh_right_after_creation_finds_no_drift(name: str, world: World, asker: Asker) -> None:
    type_ = CASES[name].type
    id_, made, inputs = world.make(name)
    given = {key: value for key, value in inputs.items() if key != "tagsAll"}
    if "tagsAll" in inputs:
        given["tags"] = inputs["tagsAll"]
    answer = asker.refreshed(type_, id_, given, {"region": made.get("region", "")})
    assert answer is not None
    assert answer[0] == given
    assert {key: answer[1].get(key) for key in given} == given


LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


@pytest.mark.parametrize(
    ("type_", "id_", "example"),
    [
        ("aws:backup/selection:Selection", "s-1", "PLAN_ID|SELECTION_ID"),
        ("aws:ec2/route:Route", "rtb-1", "rtb-0123456789abcdef0_10.0.0.0/16"),
        (
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            "subnet-1",
            "subnet-0123456789abcdef0/rtb-0123456789abcdef0",
        ),
        ("aws:iam/rolePolicy:RolePolicy", "role", "ROLE:POLICY"),
        (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "role",
            "ROLE/arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        ("aws:s3/bucketObjectv2:BucketObjectv2", "no-slash", "BUCKET/KEY"),
    ],
)
def test_an_id_of_another_form_is_refused_with_an_example(
    asker: Asker, type_: str, id_: str, example: str
) -> None:
    with pytest.raises(Refused) as refused:
        asker.imported(type_, id_)
    assert str(refused.value) == f"{id_} is no id of {type_}: one looks like {example}"


@pytest.mark.parametrize(
    ("type_", "id_"),
    [
        (LOG_GROUP, "/never"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", "subnet-11111111/rtb-11111111"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", "rtbassoc-11111111"),
        ("aws:iam/rolePolicy:RolePolicy", "never:there"),
    ],
)
def test_what_is_not_there_is_imported_as_nothing(asker: Asker, type_: str, id_: str) -> None:
    assert asker.imported(type_, id_) == ("", {}, {})


def test_an_association_is_imported_by_its_own_id_too(world: World, asker: Asker) -> None:
    id_, _, inputs = world.make("association")
    found_id, found, _ = asker.imported(CASES["association"].type, id_)
    assert found_id == id_
    assert found == {**inputs, IMPORTED: True}


def test_an_id_may_end_in_another_region(sandbox: Sandbox, asker: Asker) -> None:
    sandbox.client("logs", "eu-west-1", ACCOUNT).create_log_group(logGroupName="/elsewhere")
    id_, inputs, outputs = asker.imported(LOG_GROUP, "/elsewhere@eu-west-1")
    assert id_ == "/elsewhere"
    assert inputs == {"name": "/elsewhere", "region": "eu-west-1", IMPORTED: True}
    assert outputs["region"] == "eu-west-1"
    assert asker.imported(LOG_GROUP, "/elsewhere") == ("", {}, {})


def test_a_name_that_pulumi_once_made_up_stays_for_a_program_without_one(asker: Asker) -> None:
    id_, _, _ = asker.create(LOG_GROUP, {})
    _, found, outputs = asker.imported(LOG_GROUP, id_)
    assert found[DEFAULTS] == ["name"]
    new = asker.check(LOG_GROUP, {}, found)
    assert new["name"] == id_
    assert asker.diff(LOG_GROUP, found, new, outputs) == {}
    # The engine checks what it imports as well.
    assert asker.check(LOG_GROUP, found, found) == found
    asker.name = "another"
    assert DEFAULTS not in asker.imported(LOG_GROUP, id_)[1]


def test_what_the_cloud_never_shows_is_no_change_after_an_import_and_one_afterwards(asker: Asker) -> None:
    given = {"name": "/kept", "skipDestroy": True}
    id_, kept, _ = asker.create(LOG_GROUP, given)
    _, found, outputs = asker.imported(LOG_GROUP, id_)
    assert asker.diff(LOG_GROUP, found, kept, outputs) == {}
    assert asker.diff(LOG_GROUP, {"name": "/kept"}, kept, outputs) == {"skipDestroy": "ADD"}


def test_an_imported_resource_is_updated_from_what_it_is(asker: Asker, sandbox: Sandbox) -> None:
    logs = sandbox.client("logs", REGION, ACCOUNT)
    logs.create_log_group(logGroupName="/theirs", tags={"owner": "them"})
    logs.put_retention_policy(logGroupName="/theirs", retentionInDays=7)
    id_, found, outputs = asker.imported(LOG_GROUP, "/theirs")
    assert found == {"name": "/theirs", "retentionInDays": 7, "tags": {"owner": "them"}, IMPORTED: True}
    new = asker.check(LOG_GROUP, {"name": "/theirs", "tags": {"owner": "us"}}, found)
    assert asker.diff(LOG_GROUP, found, new, outputs) == {"retentionInDays": "DELETE", "tags.owner": "UPDATE"}
    asker.update(LOG_GROUP, id_, found, new, outputs)
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/theirs")["logGroups"]
    assert "retentionInDays" not in group
    assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"owner": "us"}


def test_an_error_of_the_cloud_names_the_property_at_fault(asker: Asker) -> None:
    rule = {"role": "never-there", "name": "read", "policy": '{"Version": "2012-10-17", "Statement": []}'}
    with pytest.raises(Refused, match=r"NoSuchEntity: .*\n  property: role$"):
        asker.create("aws:iam/rolePolicy:RolePolicy", rule)
