"""The policy pack of policies/ under the real engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rehearsing import Begin

if TYPE_CHECKING:
    from conftest import Engine

PACK = Path(__file__).parents[2] / "policies"
RULE = "[mandatory] [severity: critical]  bucket-public-access-block  (aws:s3:Bucket: datasets)"

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
    assert "[mandatory] [severity: high]  bucket-customer-key-encryption" in done.stdout
    assert (RULE in done.stdout) is refused
    assert done.returncode != 0


def test_a_mandatory_violation_stops_an_update_before_anything_is_made(begin: Begin) -> None:
    toy = begin(
        'key = aws.kms.Key("key")\naws.s3.Bucket("datasets", opts=pulumi.ResourceOptions(depends_on=[key]))'
    )
    said = toy.fails("up", "--yes", "--policy-pack", str(PACK))
    assert RULE in said
    assert "mend: Give the bucket a BucketPublicAccessBlock with all four settings true." in said
    assert toy.client("s3").list_buckets()["Buckets"] == []
    assert toy.client("kms").list_keys()["Keys"] == []
