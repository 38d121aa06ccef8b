"""Each extension answers in the shapes of botocore's service model, to the last member.

The operations are found, not listed: one that is added without a step in tests/answer_scenarios fails here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from added_operations import added_operations
from answer_scenarios import (
    account_once,
    accounts,
    batch,
    budgets,
    capacity,
    files,
    identity,
    keys,
    monitoring,
    objects,
    recovery,
    two_regions,
)
from answer_shapes import Answer, Recorder, faults_of
from documented_refusals.case import HOME, Account

from modelyard_sandbox.aws.cloud import service_model
from modelyard_sandbox.sandbox import Sandbox

SCENARIOS: tuple[ModuleType, ...] = (
    account_once,
    accounts,
    batch,
    budgets,
    capacity,
    files,
    identity,
    keys,
    monitoring,
    objects,
    recovery,
    two_regions,
)
NEVER_SUCCEEDS = {("backup", "StopBackupJob")}
"""Jobs end at once in the sandbox: there is none to stop."""


@dataclass(frozen=True)
class Recorded(Account):
    """An account whose answers are kept; its clients check what they send."""

    sandbox: Sandbox = field(kw_only=True)
    recorder: Recorder = field(kw_only=True)
    recorded: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any], kw_only=True)

    def client(self, service: str, region: str | None = None) -> Any:
        key = (service, region or self.region)
        if key not in self.recorded:
            client = self.sandbox.client(service, key[1], self.account_id)
            self.recorded[key] = self.recorder.listen_to(client)
        return self.recorded[key]


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    return Recorder()


@pytest.fixture(scope="module")
def walked(sandbox: Sandbox, recorder: Recorder) -> set[str]:
    """The scenarios that have been walked through."""
    done: set[str] = set()
    for number, scenario in enumerate(SCENARIOS):
        account = Recorded(
            sandbox.endpoint, str(777_000_000_000 + number), HOME, sandbox=sandbox, recorder=recorder
        )
        scenario.run(account)
        done.add(scenario.__name__)
    return done


@pytest.fixture(scope="module")
def ours() -> set[tuple[str, str]]:
    """The operations that the extensions add, or answer in moto's place."""
    return added_operations()


@pytest.mark.usefixtures("walked")
def test_every_answer_has_the_members_of_its_shape_and_no_others(
    recorder: Recorder, ours: set[tuple[str, str]]
) -> None:
    answers = [answer for answer in recorder.answers if (answer.service, answer.operation.name) in ours]
    faults = {fault for answer in answers for fault in faults_of(answer)}
    assert not faults, "\n".join(sorted(faults))


@pytest.mark.usefixtures("walked")
def test_every_operation_that_the_extensions_add_has_answered(
    recorder: Recorder, ours: set[tuple[str, str]]
) -> None:
    assert len(ours) > 100
    succeeded = {(it.service, it.operation.name) for it in recorder.answers if it.status < 300}
    assert sorted(ours - succeeded - NEVER_SUCCEEDS) == []
    assert {(it.service, it.operation.name) for it in recorder.answers} >= NEVER_SUCCEEDS


def answer(service: str, operation: str, body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer as a service might write it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(service, service_model(service).operation_model(operation), status, headers, raw)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            answer("kms", "GetKeyRotationStatus", {"KeyRotationEnabled": True, "Enabled": True}),
            "kms.GetKeyRotationStatus (200): .Enabled is no member of the model",
        ),
        (
            answer("kms", "GetKeyRotationStatus", {"KeyRotationEnabled": "true"}),
            "kms.GetKeyRotationStatus (200): .KeyRotationEnabled is 'true', not a boolean (BooleanType)",
        ),
        (
            answer("kms", "DescribeKey", {"KeyMetadata": {}}),
            "kms.DescribeKey (200): .KeyMetadata.KeyId is required, but not there",
        ),
        (
            answer("kms", "DescribeKey", {"KeyMetadata": {"KeyId": "k", "KeyState": "Sleeping"}}),
            "kms.DescribeKey (200): .KeyMetadata.KeyState is 'Sleeping', none of ",
        ),
        (
            answer("kms", "DescribeKey", {"KeyMetadata": {"KeyId": "k", "CreationDate": "2026-01-01"}}),
            "kms.DescribeKey (200): .KeyMetadata.CreationDate is '2026-01-01', not a timestamp (DateType)",
        ),
        (
            answer("kms", "ListAliases", {"Aliases": {}}),
            "kms.ListAliases (200): .Aliases is {}, not a list",
        ),
        (
            answer("kms", "ListAliases", {"Aliases": None}),
            "kms.ListAliases (200): .Aliases is None, not a list",
        ),
        (
            answer("batch", "ListTagsForResource", {"tags": {"team": 1}}),
            "batch.ListTagsForResource (200): .tags[team] is 1, not a string (TagValue)",
        ),
        (
            answer("backup", "GetBackupPlan", []),
            "backup.GetBackupPlan (200): the body is [], not a structure",
        ),
        (
            answer("kms", "DescribeKey", {"__type": "NoSuchKey", "message": "none"}, 400),
            "kms.DescribeKey (400): 'NoSuchKey' is no error of the operation",
        ),
        (
            answer("kms", "DescribeKey", {"__type": "NotFoundException", "message": "none", "key": "k"}, 400),
            "kms.DescribeKey (400): error NotFoundException: key is no member of the model",
        ),
        (
            answer("kms", "DescribeKey", {"__type": "NotFoundException"}, 400),
            "kms.DescribeKey (400): error NotFoundException: no message",
        ),
        (
            answer("ec2", "DescribeVpcs", b"<R><requestId>1</requestId><vpcs><item/></vpcs></R>"),
            "ec2.DescribeVpcs (200): .vpcs is no member of the model",
        ),
        (
            answer("ec2", "DescribeVpcs", b"<R><vpcSet><vpc/></vpcSet></R>"),
            "ec2.DescribeVpcs (200): .vpcSet holds vpc, not item",
        ),
        (
            answer("ec2", "DescribeVpcs", b"<R><vpcSet><item><isDefault>yes</isDefault></item></vpcSet></R>"),
            "ec2.DescribeVpcs (200): .vpcSet.item.isDefault is 'yes', not a boolean (Boolean)",
        ),
        (
            answer("ec2", "DescribeVpcs", b"<R><vpcSet><item><state>odd</state></item></vpcSet></R>"),
            "ec2.DescribeVpcs (200): .vpcSet.item.state is 'odd', none of pending, available, deleting (VpcState)",
        ),
        (
            answer(
                "ec2", "DescribeVpcs", b"<ErrorResponse><Error><Code>A</Code></Error></ErrorResponse>", 400
            ),
            "ec2.DescribeVpcs (400): an error in <ErrorResponse>, not in <Response>",
        ),
        (
            answer("iam", "GetRole", b"<R><GetRoleResult><Role><Nick>x</Nick></Role></GetRoleResult></R>"),
            "iam.GetRole (200): .Role.Nick is no member of the model",
        ),
        (
            answer(
                "iam",
                "GetRole",
                b"<ErrorResponse><Error><Code>Odd</Code><Message>m</Message></Error></ErrorResponse>",
                404,
            ),
            "iam.GetRole (404): 'Odd' is no error of the operation",
        ),
        (
            answer("s3", "GetBucketReplication", b"<R><Role>r</Role><Rules/></R>"),
            "s3.GetBucketReplication (200): .Rules is no member of the model",
        ),
    ],
    ids=lambda value: value[:80] if isinstance(value, str) else "",
)
def test_a_member_too_many_too_few_or_of_another_type_is_a_fault(given: Answer, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_of(given)), faults_of(given)


def test_an_answer_in_its_shape_has_no_fault() -> None:
    given = [
        answer("kms", "DescribeKey", {"KeyMetadata": {"KeyId": "k", "CreationDate": 1.5, "Enabled": True}}),
        answer("kms", "DescribeKey", {"__type": "NotFoundException", "message": "none"}, 400),
        answer("ec2", "DescribeVpcs", b"<R><requestId>1</requestId><vpcSet><item/></vpcSet></R>"),
        answer(
            "ec2",
            "DescribeVpcs",
            b"<Response><Errors><Error><Code>A</Code><Message>m</Message></Error></Errors></Response>",
            400,
        ),
        answer("kms", "DeleteAlias", b""),
    ]
    assert [fault for one in given for fault in faults_of(one)] == []
