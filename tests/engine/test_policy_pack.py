"""The policy pack of policies/ under the real engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rehearsing import Begin

if TYPE_CHECKING:
    from conftest import Engine
    from rehearsing import Rehearsal

PACK = Path(__file__).parents[2] / "policies"
RULE = "[mandatory] [severity: high]  bucket-public-access-block  (aws:s3:Bucket: datasets)"

BUCKET = """
import pulumi_aws as aws

bucket = aws.s3.Bucket("datasets", bucket="datasets-of-a-test")
"""
BLOCK = """
aws.s3.BucketPublicAccessBlock(
    "datasets",
    bucket=bucket.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
"""


@pytest.mark.parametrize(
    ("program", "refused"), [(BUCKET, True), (BUCKET + BLOCK, False)], ids=["bare", "blocked"]
)
def test_a_bucket_without_public_access_block_stops_the_preview(
    engine: Engine, tmp_path: Path, program: str, refused: bool
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(program)
    engine.run(["stack", "init", "dev"], tmp_path)
    done = engine.run(["preview", "--stack", "dev", "--policy-pack", str(PACK)], tmp_path)
    # The pack itself ran in both cases: neither bucket has a key of its own.
    assert "[advisory] [severity: medium]  bucket-customer-key-encryption" in done.stdout
    assert (RULE in done.stdout) is refused
    assert (done.returncode != 0) is refused


def test_a_mandatory_violation_stops_an_update_before_anything_is_made(begin: Begin) -> None:
    toy = begin(
        'key = aws.kms.Key("key")\naws.s3.Bucket("datasets", opts=pulumi.ResourceOptions(depends_on=[key]))'
    )
    said = toy.fails("up", "--yes", "--policy-pack", str(PACK))
    assert RULE in said
    assert "mend: Give the bucket a BucketPublicAccessBlock with all four settings true." in said
    assert toy.client("s3").list_buckets()["Buckets"] == []
    assert toy.client("kms").list_keys()["Keys"] == []


def configured(toy: Rehearsal, levels: dict[str, str]) -> list[str]:
    file = toy.project / "pack.json"
    file.write_text(json.dumps(levels))
    return ["--policy-pack", str(PACK), "--policy-pack-config", str(file)]


def test_a_configuration_turns_one_rule_off_and_one_down(begin: Begin) -> None:
    toy = begin('aws.s3.Bucket("datasets")')
    levels = {
        "bucket-customer-key-encryption": "disabled",
        "bucket-public-access-block": "advisory",
        "bucket-tls-only": "mandatory",
    }
    said = toy.fails("preview", *configured(toy, levels))
    assert "bucket-customer-key-encryption" not in said
    assert "[advisory] [severity: high]  bucket-public-access-block" in said
    assert "[mandatory] [severity: medium]  bucket-tls-only" in said
    said = toy.must("preview", *configured(toy, {"all": "advisory"}))
    assert "[mandatory]" not in said
    assert "[advisory] [severity: high]  bucket-public-access-block" in said


def test_a_misspelt_rule_in_a_configuration_is_refused(begin: Begin) -> None:
    toy = begin('aws.s3.Bucket("datasets")')
    said = toy.fails("preview", *configured(toy, {"bucket-versionning": "mandatory"}))
    assert "there is no rule 'bucket-versionning'; did you mean 'bucket-versioning'?" in said


def test_a_remedy_is_what_is_made(begin: Begin) -> None:
    toy = begin('aws.kms.Key("key", enable_key_rotation=False)')
    levels = {"all": "advisory", "key-rotation": "remediate"}
    said = toy.must("up", "--yes", "--skip-preview", *configured(toy, levels))
    assert "[remediate]  key-rotation" in said
    kms = toy.client("kms")
    (key,) = (each["KeyId"] for each in kms.list_keys()["Keys"])
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True


def test_what_is_unknown_stops_an_update_where_that_is_asked_for(begin: Begin) -> None:
    toy = begin(
        'key = aws.kms.Key("key", enable_key_rotation=True)\n'
        'aws.iam.Policy("decrypt", policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": '
        '[{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key.arn}]}))'
    )
    # What is said of all rules is said of unknown verdicts too.
    levels = {"all": "disabled", "no-decrypt-on-all-keys": "advisory"}
    assert "no-decrypt-on-all-keys" not in toy.must("preview", *configured(toy, levels))
    levels["unknown-verdicts"] = "advisory"
    assert "policy: can't be judged: not known before" in toy.must("preview", *configured(toy, levels))
    levels["unknown-verdicts"] = "mandatory"
    said = toy.fails("preview", *configured(toy, levels))
    assert "[mandatory] [severity: high]  no-decrypt-on-all-keys" in said


def test_suppressions_of_a_file_are_in_force_and_an_expired_one_stops_the_preview(begin: Begin) -> None:
    toy = begin('aws.s3.Bucket("datasets")')
    file = toy.project / "modelyard.suppressions.yaml"
    toy.variables["MODELYARD_SUPPRESSIONS"] = str(file)
    levels = configured(toy, {"all": "disabled", "bucket-public-access-block": "mandatory"})
    entry = (
        "schema: modelyard.suppressions/1\nsuppressions:\n  - rule: ST1\n    resource: datasets\n"
        "    reason: a public dataset\n    owner: ml\n    expires: {day}\n"
    )
    file.write_text(entry.format(day="2999-12-31"))
    said = toy.must("preview", *levels)
    assert "[advisory] [severity: high]  bucket-public-access-block  (aws:s3:Bucket: datasets)" in said
    assert "suppressed until 2999-12-31 by ml: a public dataset" in said
    file.write_text(entry.format(day="2020-01-01"))
    said = toy.fails("preview", *levels)
    assert f"the suppression at {file}:3 for datasets expired on 2020-01-01" in said
    file.write_text(entry.format(day="soon"))
    assert "this is no day" in toy.fails("preview", *levels)
