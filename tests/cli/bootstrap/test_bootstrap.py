"""`modelyard bootstrap aws`: plan, apply, again, and what drifted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from previewing import ROOT

from modelyard_cli.bootstrap.service_roles import SERVICE_ROLES
from modelyard_cli.main import run
from modelyard_sandbox.faults import Fault

HOME, RECOVERY = "eu-central-1", "eu-west-1"
Document = Callable[[], dict[str, Any]]


def states(document: dict[str, Any]) -> dict[str, str]:
    return {f"{step['subject']} ({step['region']})": step["state"] for step in document["steps"]}


def changes(document: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    return {
        step["subject"]: [(change["what"], change["now"], change["wanted"]) for change in step["changes"]]
        for step in document["steps"]
        if step["state"] == "change"
    }


def test_a_plan_changes_nothing_and_says_how_to_go_on(account, capsys):
    assert account.bootstrap() == 0
    out = capsys.readouterr().out
    assert f"dev: account {account.account_id}, {HOME}\n" in out
    assert "  create  service-linked role AWSServiceRoleForBatch (global)\n" in out
    assert "      ok  AWS Backup's opt-ins (eu-central-1)\n" in out
    assert f"nothing was changed: to do it, `modelyard bootstrap aws {account.path} --apply`" in out
    assert out.endswith(
        f"then, as arn:aws:iam::{account.account_id}:role/modelyard-deploy-dev:\n"
        f"  pulumi login 's3://{account.bucket}?region={HOME}'\n"
        f"  pulumi stack init dev --secrets-provider='awskms://alias/modelyard-state-dev?region={HOME}'\n"
    )
    assert account.client("iam").list_roles()["Roles"] == []
    assert account.client("s3").list_buckets()["Buckets"] == []
    assert account.client("kms").list_keys()["Keys"] == []


def test_a_second_run_finds_nothing_to_do(account, capsys):
    assert account.applied() == 0
    out = capsys.readouterr().out
    assert f" created  bucket {account.bucket} (eu-central-1)\n" in out
    assert account.applied() == 0
    out = capsys.readouterr().out
    assert "\nnothing is to be done\n" in out
    assert "create" not in out
    assert "change" not in out


def test_what_is_made_is_what_was_promised(account):
    assert account.applied() == 0
    s3, kms, iam = account.client("s3"), account.client("kms"), account.client("iam")
    bucket = {"Bucket": account.bucket}
    key = kms.describe_key(KeyId=account.alias)["KeyMetadata"]
    assert key["MultiRegion"]
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    [rule] = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": key["Arn"],
    }
    assert rule["BucketKeyEnabled"]
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    [ownership] = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}
    tls = json.loads(s3.get_bucket_policy(**bucket)["Policy"])["Statement"][0]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    [lifecycle] = s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
    assert lifecycle["NoncurrentVersionExpiration"] == {"NoncurrentDays": 180}
    role = iam.get_role(RoleName=account.role)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("/modelyard-deploy-boundary-dev")
    attached = iam.list_attached_role_policies(RoleName=account.role)["AttachedPolicies"]
    assert {policy["PolicyName"].rpartition("-")[2] for policy in attached} == {
        "compute", "identity", "keys", "monitoring", "network", "state", "stores"
    }  # fmt: skip
    for name, _ in SERVICE_ROLES.values():
        assert iam.get_role(RoleName=name)["Role"]["Path"].startswith("/aws-service-role/")


def test_service_linked_roles_that_are_there_are_left(account, document):
    for service in ("batch.amazonaws.com", "spot.amazonaws.com"):
        account.client("iam").create_service_linked_role(AWSServiceName=service)
    assert account.bootstrap("--format", "json") == 0
    found = states(document())
    assert found["service-linked role AWSServiceRoleForBatch (global)"] == "right"
    assert found["service-linked role AWSServiceRoleForEC2Spot (global)"] == "right"
    assert found["service-linked role AWSServiceRoleForECS (global)"] == "create"


def test_a_service_role_that_a_service_makes_in_the_meantime_is_no_failure(account):
    account.client("iam").create_service_linked_role(AWSServiceName="batch.amazonaws.com")
    # Not there for the plan, which asks for four of these roles and the deploy role; nor when its turn comes.
    account.sandbox.set_faults(Fault("iam:GetRole", "refuse", times=6, code="NoSuchEntity"))
    assert account.applied() == 0


def test_drift_of_the_bucket_is_told_and_mended(account, document):
    account.applied()
    s3, bucket = account.client("s3"), {"Bucket": account.bucket}
    s3.put_bucket_versioning(**bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_policy(**bucket)
    s3.delete_public_access_block(**bucket)
    s3.put_bucket_encryption(
        **bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.delete_bucket_lifecycle(**bucket)
    s3.put_bucket_tagging(**bucket, Tagging={"TagSet": [{"Key": "theirs", "Value": "kept"}]})
    account.bootstrap("--format", "json")
    found = {what: (now, wanted) for what, now, wanted in changes(document())[f"bucket {account.bucket}"]}
    assert found["versioning"] == ("Suspended", "Enabled")
    assert found["policy"] == ("not set", "TLS only, no encryption but the bucket's own")
    assert found["public access block"] == ("not set", "all four on")
    assert '"SSEAlgorithm": "AES256"' in found["encryption"][0]
    assert found["encryption"][1] == "aws:kms with alias/modelyard-state-dev, bucket key on"
    assert found["lifecycle"][0] == "not set"
    assert found["tags"][1] == "managed-by=modelyard-bootstrap, bootstrap-of=dev"
    assert account.applied("--format", "json") == 0
    assert document()["applied"]
    assert {"Key": "theirs", "Value": "kept"} in s3.get_bucket_tagging(**bucket)["TagSet"]
    account.bootstrap("--format", "json")
    assert set(states(document()).values()) == {"right"}


def test_drift_of_the_key_is_told_and_mended(account, document):
    account.applied()
    kms = account.client("kms")
    key_id = kms.describe_key(KeyId=account.alias)["KeyMetadata"]["KeyId"]
    kms.disable_key_rotation(KeyId=key_id)
    kms.disable_key(KeyId=key_id)
    account.bootstrap("--format", "json")
    drift = changes(document())["key alias/modelyard-state-dev"]
    assert ("state", "disabled", "enabled") in drift
    assert ("rotation", "off", "every 365 days") in drift
    account.applied()
    document_after = kms.describe_key(KeyId=account.alias)["KeyMetadata"]
    assert document_after["Enabled"]
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]


def test_a_key_that_somebody_is_deleting_is_rescued(account, document):
    account.applied()
    kms = account.client("kms")
    key_id = kms.describe_key(KeyId=account.alias)["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=30)
    account.bootstrap("--format", "json")
    [(what, now, wanted)] = changes(document())["key alias/modelyard-state-dev"]
    assert (what, wanted) == ("state", "kept")
    assert re.fullmatch(r"deleted on \d{4}-\d\d-\d\d", now)
    account.applied()
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "Enabled"


def test_drift_of_the_role_is_told_and_mended(account, document):
    account.applied()
    iam = account.client("iam")
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    mine = f"arn:aws:iam::{account.account_id}:policy/modelyard-deploy-dev-network"
    iam.attach_role_policy(RoleName=account.role, PolicyArn=admin)
    iam.detach_role_policy(RoleName=account.role, PolicyArn=mine)
    iam.delete_role_permissions_boundary(RoleName=account.role)
    iam.put_role_policy(
        RoleName=account.role,
        PolicyName="more",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
            }
        ),
    )
    iam.update_role(RoleName=account.role, MaxSessionDuration=3600)
    account.bootstrap("--format", "json")
    drift = changes(document())[f"role {account.role}"]
    assert ("policies", admin, "not attached") in drift
    assert ("policies", "not attached", mine) in drift
    assert ("policies", "inline more", "none inline") in drift
    assert ("longest session", "3600 s", "14400 s") in drift
    assert any(what == "boundary" and now == "none" for what, now, _ in drift)
    account.applied()
    account.bootstrap("--format", "json")
    assert set(states(document()).values()) == {"right"}


def test_a_policy_that_somebody_changed_gets_a_new_version_and_old_ones_go(account, document):
    account.applied()
    iam = account.client("iam")
    arn = f"arn:aws:iam::{account.account_id}:policy/modelyard-deploy-dev-network"
    other = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(other), SetAsDefault=True)
    account.bootstrap("--format", "json")
    [(what, now, wanted)] = changes(document())["policy modelyard-deploy-dev-network"]
    assert (what, now) == ("document", "version v5")
    assert wanted.startswith("a new version: +SeeEc2, +MakeNetworks")
    assert wanted.endswith("-All")
    account.applied()
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert len(versions) == 5
    account.bootstrap("--format", "json")
    assert set(states(document()).values()) == {"right"}


@pytest.mark.parametrize("kind", ["S3", "EFS", "FSx"])
def test_what_backup_has_opted_out_is_opted_in_again_and_the_rest_left(account, document, kind):
    backup = account.client("backup")
    backup.update_region_settings(ResourceTypeOptInPreference={kind: False, "RDS": False})
    account.bootstrap("--format", "json")
    assert changes(document())["AWS Backup's opt-ins"] == [(kind, "off", "backed up at all")]
    account.applied()
    settings = backup.describe_region_settings()["ResourceTypeOptInPreference"]
    assert settings[kind]
    assert not settings["RDS"]


def test_backups_advanced_features_are_switched_on(account, document):
    backup = account.client("backup")
    backup.update_region_settings(ResourceTypeManagementPreference={"EFS": False})
    account.bootstrap("--format", "json")
    assert changes(document())["AWS Backup's opt-ins"] == [
        ("EFS", "off", "managed wholly by AWS Backup"),
    ]
    account.applied()
    assert backup.describe_region_settings()["ResourceTypeManagementPreference"]["EFS"]


def test_with_a_recovery_region_the_state_is_copied_there_under_a_replica_of_the_key(account, document):
    account.write(recovery=RECOVERY)
    assert account.applied("--format", "json") == 0
    made = document()
    assert made["regions"] == [HOME, RECOVERY]
    assert states(made)[f"AWS Backup's opt-ins ({RECOVERY})"] == "right"
    copy = f"modelyard-state-dev-{account.account_id}-{RECOVERY}"
    replica = account.client("kms", RECOVERY).describe_key(KeyId=account.alias)["KeyMetadata"]
    assert replica["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    account.client("s3").put_object(Bucket=account.bucket, Key=".pulumi/meta.yaml", Body=b"version: 1")
    copied = account.client("s3", RECOVERY).get_object(Bucket=copy, Key=".pulumi/meta.yaml")
    assert copied["Body"].read() == b"version: 1"
    assert copied["SSEKMSKeyId"] == replica["Arn"]
    secret = account.client("kms").encrypt(KeyId=account.alias, Plaintext=b"word")["CiphertextBlob"]
    read = account.client("kms", RECOVERY).decrypt(KeyId=account.alias, CiphertextBlob=secret)
    assert read["Plaintext"] == b"word"
    assert account.applied("--format", "json") == 0
    assert set(states(document()).values()) == {"right"}
    account.client("s3").delete_bucket_replication(Bucket=account.bucket)
    account.bootstrap("--format", "json")
    assert changes(document()) == {
        f"replication of {account.bucket}": [("rule", "not set", f"copies every version to {RECOVERY}")]
    }


def test_the_stack_of_the_account_gets_a_place_for_its_state_and_no_deploy_role(account, capsys):
    stack = yaml.safe_load((ROOT / "stacks" / "Pulumi.account.yaml").read_text())
    stack["config"]["modelyard:account"]["account_id"] = account.account_id
    account.path = account.path.with_name("Pulumi.account.yaml")
    account.path.write_text(yaml.safe_dump(stack))
    assert account.applied() == 0
    out = capsys.readouterr().out
    assert f" created  bucket modelyard-state-account-{account.account_id}-{HOME} (eu-central-1)\n" in out
    assert f"      ok  AWS Backup's opt-ins ({RECOVERY})\n" in out
    assert "\nthen, with your own rights:\n  pulumi login " in out
    assert account.client("iam").list_policies(Scope="Local")["Policies"] == []
    assert account.bootstrap("--format", "json") == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["deployRole"], made["permissionsBoundary"]) == (None, None)
    assert set(states(made).values()) == {"right"}
    ci = f"arn:aws:iam::{account.account_id}:role/ci"
    assert account.bootstrap("--principal", ci) == 2
    assert "account gets no deploy role: nobody is to be named for it" in capsys.readouterr().err


def trust_of(account: Any) -> dict[str, Any]:
    return account.client("iam").get_role(RoleName=account.role)["Role"]["AssumeRolePolicyDocument"]


def test_a_new_role_trusts_whoever_makes_it_and_later_runs_leave_its_trust(account, document):
    account.applied()
    [statement] = trust_of(account)["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{account.account_id}:user/moto"}
    ci = f"arn:aws:iam::{account.account_id}:role/ci"
    account.bootstrap("--principal", ci, "--format", "json")
    assert changes(document())[f"role {account.role}"] == [
        ("trust", f"arn:aws:iam::{account.account_id}:user/moto", ci)
    ]
    account.applied("--principal", ci)
    account.applied()
    assert trust_of(account)["Statement"][0]["Principal"] == {"AWS": [ci]}


def test_workflows_of_github_are_trusted_by_a_pinned_subject(account, document):
    account.applied("--github-repo", "our-org/infra", "--github-repo", "our-org/other:live")
    [statement] = trust_of(account)["Statement"]
    issuer = "token.actions.githubusercontent.com"
    provider = f"arn:aws:iam::{account.account_id}:oidc-provider/{issuer}"
    assert statement["Principal"] == {"Federated": provider}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": ["repo:our-org/infra:environment:dev", "repo:our-org/other:environment:live"],
        }
    }
    iam = account.client("iam")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)["ClientIDList"] == [
        "sts.amazonaws.com"
    ]
    iam.remove_client_id_from_open_id_connect_provider(
        OpenIDConnectProviderArn=provider, ClientID="sts.amazonaws.com"
    )
    account.bootstrap("--github-repo", "our-org/infra", "--format", "json")
    drift = changes(document())
    assert drift[f"identity provider {issuer}"] == [("audience", "none", "sts.amazonaws.com")]
    assert drift[f"role {account.role}"] == [
        (
            "trust",
            "repo:our-org/infra:environment:dev, repo:our-org/other:environment:live",
            "repo:our-org/infra:environment:dev",
        )
    ]


def test_it_asks_before_it_begins(account, capsys, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert account.bootstrap("--apply") == 1
    out = capsys.readouterr().out
    assert f"do this in account {account.account_id}? [y/N]" in out
    assert out.endswith("nothing was changed\n")
    assert account.client("iam").list_roles()["Roles"] == []
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert account.bootstrap("--apply") == 0
    assert account.client("iam").get_role(RoleName=account.role)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--apply", "--format", "json"], "--apply asks before it begins: with --format json, say --yes"),
        (["--principal", "*"], "'*' isn't the ARN of a role, a user or an account's root"),
        (["--principal", "arn:aws:iam::aws:policy/X"], "isn't the ARN of a role, a user"),
        (["--github-repo", "our-org/*"], "'our-org/*' isn't OWNER/NAME or OWNER/NAME:ENVIRONMENT"),
        (["--github-repo", "our-org/infra:*"], "without wildcards"),
    ],
)
def test_what_no_trust_should_hold_is_refused(account, capsys, arguments, message):
    assert account.bootstrap(*arguments) == 2
    out, err = capsys.readouterr()
    assert message in out + err


def test_the_documents_fields_are_those_that_the_page_lists(account, capsys):
    page = (ROOT / "docs" / "json.md").read_text()
    row = next(line for line in page.splitlines() if line.startswith("| `bootstrap aws ENV`"))
    account.bootstrap("--format", "json")
    made = json.loads(capsys.readouterr().out)
    assert f"`{made.pop('schema')}`" in row
    assert set(made) == set(re.findall(r"`(\w+)`", row.split("|")[3]))
    section = page.split("## A step of a bootstrap")[1].split("##")[0]
    assert set(made["steps"][0]) | set(made["steps"][0]["changes"][0]) == set(
        re.findall(r"`(\w+)`", section)
    ) - {"right", "create", "change", "global"}


def test_it_is_listed_with_the_other_commands(capsys):
    assert run(["--help"]) == 0
    assert "bootstrap" in capsys.readouterr().out
    assert run(["bootstrap", "aws", "--help"]) == 0
    assert "Example: modelyard bootstrap aws dev --github-repo our-org/our-repo --apply" in (
        capsys.readouterr().out
    )


def test_help_and_arguments_need_no_sdk(imported):
    modules = imported(["bootstrap", "--help"], ["bootstrap", "aws", "--help"])
    assert not {"boto3", "botocore", "pulumi", "pulumi_aws", "tenacity"} & modules
