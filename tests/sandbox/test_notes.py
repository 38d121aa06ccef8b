"""What is said besides."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws


def test_many_protected_resources_are_counted_by_type(toy: Any) -> None:
    def program() -> None:
        kept = pulumi.ResourceOptions(protect=True)
        aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=kept)
        for name in ("a", "b", "c"):
            aws.s3.Bucket(name, bucket=f"toy-{name}-{toy.account_id}", opts=kept)

    toy.up(program)
    note = "protected, but this is a sandbox: deleted 4 resources: 1 ec2 Vpc, 3 s3 Bucket"
    assert toy.down().notes == (note,)


def test_a_few_are_named(toy: Any) -> None:
    def program() -> None:
        for name in ("a", "b", "c"):
            bucket = f"toy-{name}-{toy.account_id}"
            aws.s3.Bucket(name, bucket=bucket, opts=pulumi.ResourceOptions(protect=True))

    toy.up(program)
    [note] = toy.down().notes
    assert sorted(note.removeprefix("protected, but this is a sandbox: deleted ").split(", ")) == [
        "aws:s3/bucket:Bucket 'a'",
        "aws:s3/bucket:Bucket 'b'",
        "aws:s3/bucket:Bucket 'c'",
    ]
