"""The stack `account` under the real engine: it outlives environments, and leaves alone what it adopts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rehearsing import ACCOUNT, REGION, SAVED_AT_THE_END, Rehearsal, rehearse_dev

from modelyard.planning.names import bucket_name

if TYPE_CHECKING:
    from conftest import Engine

UNPROTECTED = "    deletion_protection: false\n"
ADOPTING = """\
config:
  modelyard:account:
    cloud: aws
    name: account
    owner: ml-platform
    cost_center: cc-1001
    data_classification: confidential
    account_id: "123456789012"
    regions:
      primary: eu-central-1
    deletion_protection: false
    s3_public_access: {mode: adopt}
    ebs_encryption: {mode: adopt}
    snapshot_public_access: {mode: none}
    instance_metadata: {mode: none}
    vpc_public_access: {mode: none}
    trail: {mode: none}
    guardduty:
      mode: adopt
      detectors:
        eu-central-1: DETECTOR
    config: {mode: none}
    security_hub: {mode: none}
    inspector: {mode: none}
    access_analyzer:
      mode: adopt
      analyzers:
        eu-central-1: organisation
    cost_allocation_tags: {mode: none}
"""


@pytest.fixture
def rehearsal(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    """The stack `account` of a copy of the project."""
    with rehearse_dev(engine, tmp_path) as dev:
        dev.variables |= SAVED_AT_THE_END
        account = Rehearsal(engine, dev.project, "account", dev.sandbox, dev.variables)
        account.must("stack", "init")
        yield account


def settings_of(rehearsal: Rehearsal, region: str = REGION) -> dict[str, Any]:
    """What an account has, as anybody but Pulumi sees it."""
    ec2 = rehearsal.client("ec2", region=region)
    config = rehearsal.client("config", region=region)
    (detector,) = rehearsal.client("guardduty", region=region).list_detectors()["DetectorIds"]
    hub = rehearsal.client("securityhub", region=region)
    status = rehearsal.client("inspector2", region=region).batch_get_account_status(accountIds=[ACCOUNT])
    return {
        "volumes": ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        "key": ec2.get_ebs_default_kms_key_id()["KmsKeyId"],
        "snapshots": ec2.get_snapshot_block_public_access_state()["State"],
        "metadata": ec2.get_instance_metadata_defaults()["AccountLevel"]["HttpTokens"],
        "vpcs": ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"][
            "InternetGatewayBlockMode"
        ],
        "recording": config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0][
            "recording"
        ],
        "detector": detector,
        "standards": [
            item["StandardsArn"].rpartition("standards/")[2]
            for item in hub.get_enabled_standards()["StandardsSubscriptions"]
        ],
        "scans": status["accounts"][0]["resourceState"]["ec2"]["status"],
        "analyzers": [
            item["name"]
            for item in rehearsal.client("accessanalyzer", region=region).list_analyzers()["analyzers"]
        ],
    }


@pytest.mark.slow
def test_destroying_dev_leaves_everything_that_the_account_has(rehearsal: Rehearsal, engine: Engine) -> None:
    rehearsal.up()
    rehearsal.up("--expect-no-changes")
    rehearsal.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    before = {region: settings_of(rehearsal, region) for region in (REGION, "eu-west-1")}
    assert before[REGION] | {"key": "", "detector": ""} == {
        "volumes": True,
        "key": "",
        "snapshots": "block-all-sharing",
        "metadata": "required",
        "vpcs": "block-ingress",
        "recording": True,
        "detector": "",
        "standards": ["aws-foundational-security-best-practices/v/1.0.0"],
        "scans": "ENABLED",
        "analyzers": ["account-access"],
    }
    held = rehearsal.listed()

    dev = Rehearsal(engine, rehearsal.project, "dev", rehearsal.sandbox, rehearsal.variables)
    dev.up()
    dev.must("destroy", "--yes", "--skip-preview")

    assert {region: settings_of(rehearsal, region) for region in before} == before
    assert rehearsal.listed() == held
    trail = rehearsal.client("cloudtrail").get_trail_status(Name="account-trail")
    assert trail["IsLogging"] is True
    rehearsal.must("preview", "--expect-no-changes")


@pytest.mark.slow
def test_an_account_is_destroyed_only_once_its_protection_is_off(rehearsal: Rehearsal) -> None:
    before = rehearsal.listed()
    rehearsal.up()
    assert "protected" in rehearsal.fails("destroy", "--yes", "--skip-preview")

    stack = rehearsal.project / "stacks" / "Pulumi.account.yaml"
    stack.write_text(stack.read_text().replace("    regions:\n", f"{UNPROTECTED}    regions:\n", 1))
    rehearsal.up()
    bucket = bucket_name("account", "trail", ACCOUNT, REGION)
    rehearsal.client("s3").put_object(Bucket=bucket, Key="AWSLogs/record", Body=b"who did what")
    said = rehearsal.must("destroy", "--yes", "--skip-preview")
    assert f"{bucket} was not empty; the sandbox emptied and deleted it, and AWS would refuse" in said
    deleted = re.findall(r"aws:(s3:Bucket|kms:Key) account-trail\S* deleted", said)
    assert deleted == ["s3:Bucket", "kms:Key"], "the key goes after what it encrypts"
    assert rehearsal.listed() == before


@pytest.mark.slow
def test_what_is_adopted_is_read_and_stays_when_the_account_is_destroyed(rehearsal: Rehearsal) -> None:
    detector = rehearsal.client("guardduty").create_detector(Enable=True)["DetectorId"]
    rehearsal.client("accessanalyzer").create_analyzer(analyzerName="organisation", type="ACCOUNT")
    control = rehearsal.sandbox.cloud(REGION, ACCOUNT)
    blocks = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
    control.call(
        "s3control", "PutPublicAccessBlock", AccountId=ACCOUNT, PublicAccessBlockConfiguration=blocks
    )
    before = rehearsal.listed()
    stack = rehearsal.project / "stacks" / "Pulumi.account.yaml"
    stack.write_text(ADOPTING.replace("DETECTOR", detector))
    rehearsal.up()
    assert rehearsal.outputs()["settings"] == {f"detector_id_{REGION}": detector}
    assert rehearsal.listed() == before
    rehearsal.must("destroy", "--yes", "--skip-preview")
    assert rehearsal.listed() == before

    stack.write_text(ADOPTING.replace("DETECTOR", "f" * 32))
    said = rehearsal.fails("up", "--yes", "--skip-preview")
    assert "account-guardduty-eu-central-1" in said
