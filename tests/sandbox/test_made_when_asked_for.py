"""What the sandbox makes only once something asks for it is what moto makes at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def client(sandbox: Sandbox, account_id: str) -> Callable[..., Any]:
    """Makes a client of an account of the test's own, or of its neighbour."""

    def make(service: str, neighbour: bool = False) -> Any:
        return sandbox.client(service, REGION, f"9{account_id[1:]}" if neighbour else account_id)

    return make


def policies(iam: Any, scope: str) -> dict[str, dict[str, Any]]:
    pages = iam.get_paginator("list_policies").paginate(Scope=scope)
    return {policy["PolicyName"]: policy for page in pages for policy in page["Policies"]}


def test_an_account_has_awss_own_policies_as_moto_carries_them(client: Callable[..., Any]) -> None:
    iam = client("iam")
    found, carried = policies(iam, "AWS"), json.loads(aws_managed_policies_data)
    assert set(found) == set(carried)
    for name, policy in found.items():
        fields = carried[name]
        given = (policy["Path"], policy["DefaultVersionId"], policy["CreateDate"].isoformat())
        assert given == (fields["Path"], fields["DefaultVersionId"], fields["CreateDate"])
    for name in ("ReadOnlyAccess", "AWSBackupServiceRolePolicyForBackup"):
        arn, version = found[name]["Arn"], found[name]["DefaultVersionId"]
        kept = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        assert kept["Document"] == carried[name]["Document"]
    assert policies(iam, "Local") == {}


def test_what_one_account_attaches_is_attached_in_no_other(client: Callable[..., Any]) -> None:
    for neighbour, attached in ((False, True), (True, False)):
        iam = client("iam", neighbour)
        iam.create_user(UserName="auditor")
        if attached:
            iam.attach_user_policy(UserName="auditor", PolicyArn=READ_ONLY)
    counts = [
        client("iam", neighbour).get_policy(PolicyArn=READ_ONLY)["Policy"]["AttachmentCount"]
        for neighbour in (False, True)
    ]
    assert counts == [1, 0]


@pytest.mark.parametrize(
    ("spec", "algorithm"), [("RSA_2048", "RSASSA_PSS_SHA_256"), ("ECC_NIST_P256", "ECDSA_SHA_256")]
)
def test_a_key_signs_what_it_verifies_and_no_other_key_does(
    client: Callable[..., Any], spec: str, algorithm: str
) -> None:
    kms = client("kms")
    mine, other = (
        kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"] for _ in range(2)
    )
    signed = {"Message": b"weights", "SigningAlgorithm": algorithm}
    signature = kms.sign(KeyId=mine, **signed)["Signature"]
    assert kms.verify(KeyId=mine, Signature=signature, **signed)["SignatureValid"]
    assert not kms.verify(KeyId=other, Signature=signature, **signed)["SignatureValid"]
    halves = [kms.get_public_key(KeyId=key)["PublicKey"] for key in (mine, mine, other)]
    assert halves[0] == halves[1] != halves[2]
