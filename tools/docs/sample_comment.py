"""Writes docs/samples/pull-request-comment.md: the comment on an invented pull request for `staging`.

    python tools/docs/sample_comment.py

The pull request doubles the machines that wait, expects copies of backups to take longer, opens SSH for a
day of debugging, adds a bucket in a hurry, mends an old log group, and would like to suppress a finding.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "docs" / "samples" / "pull-request-comment.md"
TODAY = "2026-11-26"

OLD = """
import pulumi_aws as aws

tags = {"environment": "staging", "owner": "ml-platform", "cost-center": "cc-1001", "stage": "staging"}
region = "us-east-1"
aws.ecr.Repository(
    "experiments",
    region=region,
    image_tag_mutability="MUTABLE",
    image_scanning_configuration={"scan_on_push": True},
    tags=tags,
)
aws.cloudwatch.LogGroup("debug", region=region, retention_in_days=DAYS, tags=tags)
"""
NEW = """
network = aws.ec2.SecurityGroup("debug", region=region, vpc_id="vpc-0a1b2c3d4e5f60718", tags=tags)
aws.vpc.SecurityGroupIngressRule(
    "debug-ssh",
    region=region,
    security_group_id=network.id,
    cidr_ipv4="0.0.0.0/0",
    ip_protocol="tcp",
    from_port=22,
    to_port=22,
    tags=tags,
)
aws.s3.Bucket("scratch", region=region, tags={**tags, "data-classification": "internal"})
"""

SUPPRESSIONS = """\
schema: modelyard.suppressions/1
suppressions:
  - rule: CT6
    resource: experiments
    reason: Experiments overwrite their tags until the registry is split.
    owner: ml-platform
    expires: 2027-01-31
"""
ADDED = """\
  - rule: bucket-versioning
    resource: scratch
    reason: Scratch data is made again within an hour.
    owner: ml-platform
    expires: 2026-12-31
"""


def write_sample(file: Path) -> None:
    """Judge the invented pull request and write its comment."""
    with tempfile.TemporaryDirectory() as directory:
        base, head = (Path(directory, name) for name in ("base", "head"))
        for place in (base, head):
            _project(place)
        _change(base, "", SUPPRESSIONS, days=7)
        _change(head, NEW, SUPPRESSIONS + ADDED, days=90)
        stack = head / "stacks" / "Pulumi.staging.yaml"
        text = stack.read_text().replace("min_nodes: 1", "min_nodes: 2")
        stack.write_text(text.replace("assumed_copy_hours: 8", "assumed_copy_hours: 12"))
        command = [sys.executable, "-m", "modelyard_cli.main", "gate", "check", "staging"]
        command += ["--base", str(base), "--output", str(Path(directory, "report")), "--today", TODAY]
        done = subprocess.run(command, cwd=head, capture_output=True, text=True, check=False)
        if done.returncode != 1:
            raise RuntimeError(f"the check answered {done.returncode}:\n{done.stdout}\n{done.stderr}")
        comment = Path(directory, "report", "comment.md").read_text()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(comment)


def _project(place: Path) -> None:
    shutil.copytree(ROOT / "stacks", place / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", place)


def _change(place: Path, more: str, suppressions: str, *, days: int) -> None:
    program = place / "stacks" / "__main__.py"
    program.write_text(program.read_text() + OLD.replace("DAYS", str(days)) + more)
    (place / "modelyard.suppressions.yaml").write_text(suppressions)


if __name__ == "__main__":
    write_sample(SAMPLE)
