"""Inputs that AWS documents as invalid are refused with the code that it documents.

The tables in tests/documented_refusals were written from AWS's references and guides (and the service models
that botocore carries, whose texts are AWS's), not from the sandbox's code.
"""

from __future__ import annotations

from collections import Counter

import pytest
from answer_shapes import Recorder, faults_of
from botocore.exceptions import ClientError
from documented_refusals import (
    backup,
    batch,
    ec2,
    ec2_capacity,
    file_systems,
    iam,
    kms,
    registries,
    s3,
    s3_copies,
    two_regions,
)
from documented_refusals.case import Acceptance, Account, Refusal

from modelyard_sandbox.sandbox import Sandbox

TABLES = (ec2, ec2_capacity, s3, s3_copies, kms, iam, batch, backup, file_systems, registries, two_regions)
REFUSALS: tuple[Refusal, ...] = tuple(refusal for table in TABLES for refusal in table.REFUSALS)
ACCEPTED: tuple[Acceptance, ...] = tuple(accepted for table in TABLES for accepted in table.ACCEPTED)


@pytest.fixture
def account(sandbox: Sandbox, account_id: str) -> Account:
    """An account that no other case has."""
    return Account(sandbox.endpoint, account_id)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.what)
def test_what_aws_documents_as_invalid_is_refused_with_its_code(refusal: Refusal, account: Account) -> None:
    request = refusal.request(account)
    client, recorder = account.client(refusal.service), Recorder()
    recorder.listen_to(client)
    with pytest.raises(ClientError) as refused:
        getattr(client, refusal.operation)(**request)
    recorder.stop_listening_to(client)
    error = refused.value.response["Error"]
    assert error["Code"] == refusal.code, f"{error}; documented in {refusal.source}"
    assert error["Message"].strip() or refusal.operation.startswith("head_")
    assert 300 <= refused.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    assert [fault for answer in recorder.answers for fault in faults_of(answer)] == []


@pytest.mark.parametrize("accepted", ACCEPTED, ids=lambda accepted: accepted.call)
def test_what_the_cases_change_is_taken_unchanged(accepted: Acceptance, account: Account) -> None:
    service, operation = accepted.call.split(".")
    request = accepted.request(account)
    answer = getattr(account.client(service), operation)(**request)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] < 300


def test_the_cases_are_sixty_and_more_each_said_once_with_its_source() -> None:
    assert len(REFUSALS) >= 60
    assert [what for what, count in Counter(refusal.what for refusal in REFUSALS).items() if count > 1] == []
    assert all("2026-11" in refusal.source for refusal in REFUSALS)
