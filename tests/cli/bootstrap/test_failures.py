"""What keeps `modelyard bootstrap aws` from its work: each has its own words, and exit code 3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from modelyard.errors import SurroundingsError
from modelyard.planning.arns import Place
from modelyard_cli.account.session import CheckedSession
from modelyard_cli.bootstrap.buckets import StateBucket
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.trust import own_trust
from modelyard_sandbox.faults import Fault

HOME = "eu-central-1"


def failed(account: Any, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a run that fails says."""
    assert account.bootstrap(*arguments) == 3
    return capsys.readouterr().err


def test_without_credentials_it_says_how_to_sign_in(account, capsys, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    err = failed(account, capsys)
    assert err.startswith("there are no AWS credentials here\n  mend: sign in (`aws sso login`")
    assert "modelyard sandbox start" in err


def test_half_a_key_is_told(account, capsys, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    err = failed(account, capsys)
    assert "the AWS credentials here can't be used: Partial credentials found in env" in err
    assert "missing: AWS_SECRET_ACCESS_KEY" in err
    assert "`aws configure list` shows what is in use" in err


def test_a_profile_that_is_not_there_is_told(account, capsys, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    err = failed(account, capsys)
    assert "can't be used: The config profile (nowhere) could not be found\n  mend: check AWS_PROFILE" in err


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException"])
def test_credentials_that_have_expired_are_told(account, capsys, code):
    account.sandbox.set_faults(Fault("sts:GetCallerIdentity", "refuse", code=code))
    err = failed(account, capsys)
    assert err.startswith("the AWS credentials here have expired: the sandbox was asked to refuse this")
    assert "mend: sign in again (`aws sso login`, `aws login`)" in err


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "SignatureDoesNotMatch"])
def test_credentials_that_aws_does_not_know_are_told(account, capsys, code):
    account.sandbox.set_faults(Fault("sts:GetCallerIdentity", "refuse", code=code))
    err = failed(account, capsys)
    assert err.startswith("AWS doesn't accept the credentials here: the sandbox was asked to refuse this")
    assert "mend: check for a key that was deleted or copied incompletely, and this machine's clock" in err


def test_another_account_is_refused_before_anything_is_read(account, capsys, monkeypatch):
    other = account.sandbox.environment_variables("999999999999", HOME)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", other["AWS_ACCESS_KEY_ID"])
    err = failed(account, capsys, "--apply", "--yes")
    assert err.startswith(
        "these credentials are of account 999999999999 (arn:aws:sts::999999999999:user/moto), and the "
        f"environment dev belongs to account {account.account_id}\n"
    )
    assert f"mend: choose a profile of account {account.account_id} with AWS_PROFILE" in err
    assert account.sandbox.client("iam", HOME, "999999999999").list_roles()["Roles"] == []


def test_a_region_that_is_not_enabled_is_told_with_its_field(account, capsys):
    account.write(recovery="eu-south-2")
    err = failed(account, capsys)
    assert err.startswith(
        f"the region eu-south-2 (regions.recovery) isn't enabled in account {account.account_id}\n"
        "  mend: enable it: `aws account enable-region --region-name eu-south-2`"
    )


def test_an_endpoint_that_nobody_serves_is_told(account, capsys, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    err = failed(account, capsys)
    assert err.startswith(
        'AWS can\'t be reached: Could not connect to the endpoint URL: "http://127.0.0.1:9/"\n'
        "  mend: check the network, the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL"
    )


@pytest.mark.parametrize(
    ("fault", "action", "region"),
    [
        ("ec2:DescribeRegions", "ec2:DescribeRegions", "us-east-1"),
        ("iam:GetRole", "iam:GetRole", "us-east-1"),
        ("kms:DescribeKey", "kms:DescribeKey", HOME),
        ("backup:GET /account-settings", "backup:DescribeRegionSettings", HOME),
    ],
)
def test_a_call_that_is_not_permitted_is_named_with_what_to_grant(account, capsys, fault, action, region):
    account.sandbox.set_faults(Fault(fault, "refuse", times=20, code="AccessDeniedException"))
    err = failed(account, capsys)
    assert f"{action} in {region} is refused: the sandbox was asked to refuse this\n" in err
    assert f"mend: let this identity do {action}, or use one that may; a permissions boundary" in err


def test_the_action_to_grant_is_iams_name_and_not_the_calls(account, capsys):
    account.applied()
    capsys.readouterr()
    fault = f"s3:GET /{account.bucket}"
    account.sandbox.set_faults(Fault(fault, "refuse", times=20, code="AccessDenied"))
    assert "mend: let this identity do s3:GetBucketPublicAccessBlock," in failed(account, capsys)


def test_a_bucket_that_is_somebody_elses_is_told(account):
    # The sandbox's HEAD tells nobody off: the answer is AWS's, in botocore's own stub of it.
    s3 = account.client("s3")

    class Session:
        def client(self, service: str, region: str | None = None) -> Any:
            return s3

    naming = Naming("dev", Place(account.account_id, HOME))
    bucket = StateBucket(Session(), naming, HOME, lambda: None)  # type: ignore[arg-type]
    with Stubber(s3) as stub:
        stub.add_client_error("head_bucket", "403", "Forbidden", 403)
        with pytest.raises(SurroundingsError) as raised:
            bucket.differences()
    assert raised.value.message == (f"the bucket {account.bucket} is there, and this identity may not see it")
    assert raised.value.mend == (
        f"let it do s3:ListBucket there; if the bucket isn't account {account.account_id}'s, "
        "somebody took its name"
    )


def test_throttling_is_waited_out(account):
    account.sandbox.set_faults(Fault("iam:", "refuse", times=3, code="Throttling"))
    assert account.bootstrap() == 0


def test_throttling_that_does_not_end_is_told(account, capsys):
    account.sandbox.set_faults(Fault("kms:DescribeKey", "refuse", times=50, code="ThrottlingException"))
    err = failed(account, capsys)
    assert err.startswith("AWS throttles kms:DescribeKey, and still did at attempt 6\n  mend: try again in")


def test_what_was_done_is_told_when_it_stops_half_way_and_a_new_run_goes_on(account, capsys):
    account.sandbox.set_faults(
        Fault("iam:CreatePolicy", "refuse", times=20, code="LimitExceeded"),
    )
    err = failed(account, capsys, "--apply", "--yes")
    lines = err.splitlines()
    assert lines[0] == (
        "stopped at policy modelyard-boundary-dev (global): iam:CreatePolicy in us-east-1 failed: "
        "LimitExceeded: the sandbox was asked to refuse this"
    )
    assert lines[1].startswith("  done: service-linked role AWSServiceRoleForBatch; ")
    assert lines[1].endswith(f"key alias/modelyard-state-dev; bucket {account.bucket}")
    assert lines[2] == "  perhaps half done: policy modelyard-boundary-dev"
    assert lines[3].startswith("  not done: policy modelyard-deploy-boundary-dev; ")
    assert lines[3].endswith("; role modelyard-deploy-dev")
    assert lines[4] == (
        "  mend: mend that in the account, and try again; then run the same command again: it goes on where "
        "this one stopped"
    )
    account.sandbox.set_faults()
    assert account.bootstrap() == 0
    assert "10 to create, 0 to change, 7 right" in capsys.readouterr().out
    assert account.applied() == 0
    assert account.bootstrap() == 0
    assert "nothing is to be done" in capsys.readouterr().out


def test_a_key_that_was_left_without_its_alias_is_taken_up(account, capsys):
    account.sandbox.set_faults(Fault("kms:CreateAlias", "refuse", times=20, code="LimitExceededException"))
    assert "stopped at key alias/modelyard-state-dev" in failed(account, capsys, "--apply", "--yes")
    account.sandbox.set_faults()
    assert account.applied() == 0
    assert len(account.client("kms").list_keys()["Keys"]) == 1


def test_a_bucket_that_was_left_without_its_settings_is_finished(account, capsys):
    account.sandbox.set_faults()
    fault = Fault(f"s3:PUT /{account.bucket}", "refuse", times=20, code="InvalidRequest")
    account.client("s3").create_bucket(
        Bucket=account.bucket, CreateBucketConfiguration={"LocationConstraint": HOME}
    )
    account.sandbox.set_faults(fault)
    err = failed(account, capsys, "--apply", "--yes")
    assert f"stopped at bucket {account.bucket} (eu-central-1): s3:PutPublicAccessBlock" in err
    account.sandbox.set_faults()
    assert account.applied() == 0
    assert account.client("s3").get_bucket_versioning(Bucket=account.bucket)["Status"] == "Enabled"


def test_what_iam_does_not_know_yet_is_waited_for(account):
    account.sandbox.set_faults(
        Fault("iam:CreateRole", "refuse", times=2, code="NoSuchEntity"),
        Fault("iam:AttachRolePolicy", "refuse", times=2, code="NoSuchEntity"),
    )
    assert account.applied() == 0
    attached = account.client("iam").list_attached_role_policies(RoleName=account.role)["AttachedPolicies"]
    assert len(attached) == 7


def test_a_failure_is_a_json_document_too(account, capsys):
    account.sandbox.set_faults(Fault("kms:CreateKey", "refuse", times=20, code="LimitExceededException"))
    assert account.applied("--format", "json") == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["exitCode"]) == ("modelyard.error/1", 3)
    assert document["message"].startswith("stopped at key alias/modelyard-state-dev (eu-central-1): ")


def test_an_identity_that_no_trust_can_name_has_to_name_somebody():
    session = CheckedSession("1", HOME, "arn:aws:sts::123456789012:federated-user/ann", None)
    with pytest.raises(SurroundingsError, match="a temporary identity") as raised:
        own_trust(session)
    assert raised.value.mend == "name who may take it on: --principal ARN or --github-repo OWNER/NAME"


def test_an_assumed_role_is_trusted_as_the_role_with_its_path(account):
    iam = account.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    arn = iam.create_role(
        RoleName="AWSReservedSSO_Admin_1", Path="/aws-reserved/", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]

    class Session:
        identity_arn = f"arn:aws:sts::{account.account_id}:assumed-role/AWSReservedSSO_Admin_1/ann"

        def client(self, service: str, region: str | None = None) -> Any:
            return iam

    made = json.loads(own_trust(Session()))  # type: ignore[arg-type]
    assert made["Statement"][0]["Principal"] == {"AWS": arn}
