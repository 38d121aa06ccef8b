"""Every type imported by its id, with all inputs read back: the program's next `up` then changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from asking import Asker
from sandbox.test_handlers import CASES, World

from modelyard_sandbox.aws.observing import MEANINGS, OBSERVERS
from modelyard_sandbox.aws.registry import TYPES
from modelyard_sandbox.sandbox import Sandbox

ACCOUNT = "222233334444"
REGION = "eu-central-1"


@pytest.fixture
def asker(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Asker:
    for name, value in sandbox.environment_variables(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(sandbox.directory))
    return Asker()


@pytest.fixture
def world(sandbox: Sandbox) -> Iterator[World]:
    made = World(sandbox.cloud(REGION, ACCOUNT))
    yield made
    made.delete_all()


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
