"""The AWS CLI at the sandbox's endpoint: what it lists and describes is what `modelyard sandbox up` made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from modelyard_sandbox.sandbox import Sandbox

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
ACCOUNT, REGION = "123456789012", "eu-central-1"


# The shipped dev with a fabric, so that there is a placement group too.
CHANGES = {"name: dev\n": "name: lab\n", "- name: cpu\n": "- name: train\n", "c7i.4xlarge": "p4d.24xlarge"}


@dataclass(frozen=True)
class Shell:
    """A shell of somebody with nothing of AWS's but what `modelyard sandbox env` sets."""

    variables: dict[str, str]

    def __call__(self, program: str, *arguments: str | Path) -> str:
        """What a program writes; it must succeed."""
        command = [PROGRAMS / program, *arguments]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, **self.variables},
        )
        assert done.returncode == 0, f"{program} {arguments}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def aws(self, *arguments: str) -> Any:
        """What `aws ARGUMENTS` answers."""
        return json.loads(self("aws", *arguments, "--output", "json"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in which `eval "$(modelyard sandbox env LAB)"` was done, in a sandbox where the lab is up."""
    directory = tmp_path_factory.mktemp("cli")
    lab = directory / "Pulumi.lab.yaml"
    text = (ROOT / "stacks" / "Pulumi.dev.yaml").read_text()
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    lab.write_text(text)
    plain = Shell({"MODELYARD_SANDBOX_DIR": str(directory / "sandbox")})
    try:
        plain("modelyard", "sandbox", "up", lab, "--format", "json")
        told = json.loads(plain("modelyard", "sandbox", "env", lab, "--format", "json"))
        yield Shell({**plain.variables, **told["variables"]})
    finally:
        Sandbox(directory / "sandbox").stop()


def test_objects_go_up_and_come_down(shell: Shell, tmp_path: Path) -> None:
    buckets = [line.split()[-1] for line in shell("aws", "s3", "ls").splitlines()]
    assert {name.split("-")[1] for name in buckets if name.startswith("lab-")} >= {"datasets", "checkpoints"}
    bucket = next(name for name in buckets if name.startswith("lab-datasets"))
    (tmp_path / "shard").write_bytes(b"\0\1" * 1000)
    shell("aws", "s3", "cp", tmp_path / "shard", f"s3://{bucket}/shards/0")
    assert shell("aws", "s3", "ls", f"s3://{bucket}/shards/").split()[-2:] == ["2000", "0"]
    shell("aws", "s3", "cp", f"s3://{bucket}/shards/0", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"\0\1" * 1000


def test_batchs_environments_and_queues_are_described(shell: Shell) -> None:
    environments = shell.aws("batch", "describe-compute-environments")["computeEnvironments"]
    assert {(it["status"], it["state"]) for it in environments} == {("VALID", "ENABLED")}
    of_pools = {it["computeResources"]["instanceTypes"][0]: it for it in environments}
    assert of_pools["p4d.24xlarge"]["computeResources"]["type"] == "EC2"
    assert of_pools["g5.xlarge"]["computeResources"]["type"] == "SPOT"
    queues = shell.aws("batch", "describe-job-queues")["jobQueues"]
    linked = {order["computeEnvironment"] for queue in queues for order in queue["computeEnvironmentOrder"]}
    assert linked == {it["computeEnvironmentArn"] for it in environments}


def test_the_network_is_described(shell: Shell) -> None:
    vpcs = shell.aws("ec2", "describe-vpcs", "--filters", "Name=cidr,Values=10.32.0.0/20")["Vpcs"]
    (vpc,) = vpcs
    mine = ("--filters", f"Name=vpc-id,Values={vpc['VpcId']}")
    subnets = shell.aws("ec2", "describe-subnets", *mine)["Subnets"]
    assert {it["AvailabilityZone"] for it in subnets} == {f"{REGION}a", f"{REGION}b"}
    endpoints = shell.aws("ec2", "describe-vpc-endpoints", *mine)["VpcEndpoints"]
    services = {it["ServiceName"].removeprefix(f"com.amazonaws.{REGION}.") for it in endpoints}
    assert services >= {"s3", "ecr.api", "ecr.dkr", "logs", "ecs", "ecs-agent", "ecs-telemetry"}


def test_launch_templates_and_placement_groups_are_described(shell: Shell) -> None:
    templates = shell.aws("ec2", "describe-launch-templates")["LaunchTemplates"]
    assert all(it["LaunchTemplateName"].startswith("lab-") for it in templates)
    assert {it["LaunchTemplateName"].split("-")[2] for it in templates} == {"train", "gpu"}
    (group,) = shell.aws("ec2", "describe-placement-groups")["PlacementGroups"]
    assert group["GroupName"].startswith("lab-cluster-train-pg-")
    assert (group["Strategy"], group["State"]) == ("cluster", "available")


def test_keys_and_roles_are_listed(shell: Shell) -> None:
    aliases = shell.aws("kms", "list-aliases")["Aliases"]
    targets = {
        it["AliasName"]: it["TargetKeyId"] for it in aliases if it["AliasName"].startswith("alias/lab")
    }
    assert len(set(targets.values())) == len(targets) > 1
    roles = shell.aws("iam", "list-roles")["Roles"]
    trusted = {
        statement["Principal"]["Service"]
        for role in roles
        if role["RoleName"].startswith("lab-")
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    }
    assert trusted >= {"ecs-tasks.amazonaws.com", "backup.amazonaws.com"}


def test_backups_and_the_budget_are_listed(shell: Shell) -> None:
    (plan,) = shell.aws("backup", "list-backup-plans")["BackupPlansList"]
    assert plan["BackupPlanName"].startswith("lab")
    chosen = shell.aws("backup", "list-backup-selections", "--backup-plan-id", plan["BackupPlanId"])
    assert [it["BackupPlanId"] for it in chosen["BackupSelectionsList"]] == [plan["BackupPlanId"]]
    (budget,) = shell.aws("budgets", "describe-budgets", "--account-id", ACCOUNT)["Budgets"]
    assert budget["BudgetName"].startswith("lab")
    assert float(budget["BudgetLimit"]["Amount"]) == 2000


def test_repositories_and_log_groups_are_described(shell: Shell) -> None:
    repositories = shell.aws("ecr", "describe-repositories")["repositories"]
    assert all(it["repositoryName"].startswith("lab") for it in repositories)
    assert {it["imageTagMutability"] for it in repositories} == {"IMMUTABLE"}
    groups = shell.aws("logs", "describe-log-groups")["logGroups"]
    assert any("lab" in it["logGroupName"] and it["retentionInDays"] > 0 for it in groups)
    assert all(it["kmsKeyId"].startswith(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/") for it in groups)


def test_a_refusal_is_told_in_awss_words(shell: Shell) -> None:
    done = subprocess.run(
        [PROGRAMS / "aws", "ec2", "create-vpc", "--cidr-block", "10.0.0.0/8"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **shell.variables},
    )
    assert done.returncode != 0
    assert "An error occurred (InvalidVpc.Range) when calling the CreateVpc operation" in done.stderr
