"""What AWS Batch is told of a job: containers, retries, names by content. Pure: nobody is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from launcher.planning import CPU, H100

from modelyard.outputs import LaunchTarget
from modelyard_launcher.backends.aws_batch.container import container_properties
from modelyard_launcher.backends.aws_batch.definition import definition_request
from modelyard_launcher.backends.aws_batch.limits import definition_problems
from modelyard_launcher.backends.aws_batch.retries import retry_strategy
from modelyard_launcher.images import UnnameableImageError, image_uri
from modelyard_launcher.job import Job, Retry
from modelyard_launcher.load import LoadedJob, load_job
from modelyard_launcher.pools import choose_pool

REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev/training"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-AbCdEf:token::"
HOST = {
    "entrypoint_path": "/opt/modelyard/entrypoint",
    "notices_path": "/run/modelyard/notices",
    "scratch_path": "/scratch",
}
EFA = [f"/dev/infiniband/uverbs{number}" for number in range(32)]
P5 = {
    **H100,
    "fabric": {"efa_interfaces": 32, "environment": {"FI_PROVIDER": "efa"}, "device_paths": EFA},
}
TRN = {
    **CPU,
    "name": "trn",
    "instance_type": "trn1.32xlarge",
    "accelerator": "Trainium",
    "accelerators_per_node": 16,
    "fabric": {
        "efa_interfaces": 8,
        "environment": {},
        "device_paths": [*EFA[:8], *(f"/dev/neuron{number}" for number in range(16))],
    },
}


def target(*pools: dict[str, Any], **changes: Any) -> LaunchTarget:
    return LaunchTarget.model_validate(
        {
            "environment": "dev",
            "cloud": "aws",
            "account_id": "123456789012",
            "region": "eu-central-1",
            "stores": {
                "datasets": {"uri": "s3://d", "region": "eu-central-1"},
                "checkpoints": {"uri": "s3://c", "region": "eu-central-1"},
            },
            "registry": {"repository_url": REPOSITORY},
            "roles": {
                "job_role_arn": "arn:aws:iam::123456789012:role/job",
                "execution_role_arn": "arn:aws:iam::123456789012:role/execution",
            },
            "log_group": "/modelyard/dev/jobs",
            "pools": list(pools or (CPU,)),
            "host": HOST,
            "tags": {"environment": "dev", "owner": "ml"},
            **changes,
        }
    )


def loaded(tmp_path: Path, **fields: Any) -> LoadedJob:
    path = tmp_path / "job.yaml"
    path.write_text(yaml.safe_dump({"name": "cnn", "image": "cnn:1.0", "run": "true", **fields}))
    return load_job(path)


def container(tmp_path: Path, place: LaunchTarget, **fields: Any) -> dict[str, Any]:
    job = loaded(tmp_path, **fields)
    assert place.host is not None
    return container_properties(job.job, place, choose_pool(job, place), place.host)


def definition(tmp_path: Path, place: LaunchTarget | None = None, **fields: Any) -> dict[str, Any]:
    job, where = loaded(tmp_path, **fields), place or target()
    assert where.host is not None
    return definition_request(job.job, where, choose_pool(job, where), where.host)


def amounts(properties: dict[str, Any]) -> dict[str, str]:
    return {item["type"]: item["value"] for item in properties["resourceRequirements"]}


def test_a_node_of_gpus_has_all_devices_limits_and_shared_memory(tmp_path: Path) -> None:
    made = container(tmp_path, target(P5), resources={"accelerators": "H100:8"}, num_nodes=4)
    assert amounts(made) == {"GPU": "8", "MEMORY": "2013265", "VCPU": "192"}
    devices = made["linuxParameters"]["devices"]
    assert [device["hostPath"] for device in devices] == EFA
    assert {device["containerPath"] for device in devices} == set(EFA)
    assert all(device["permissions"] == ["READ", "WRITE", "MKNOD"] for device in devices)
    assert made["linuxParameters"]["sharedMemorySize"] == 2_013_265 // 2
    assert made["ulimits"] == [
        {"name": "memlock", "softLimit": -1, "hardLimit": -1},
        {"name": "stack", "softLimit": 67_108_864, "hardLimit": 67_108_864},
        {"name": "nofile", "softLimit": 1_048_576, "hardLimit": 1_048_576},
    ]
    assert {"name": "FI_PROVIDER", "value": "efa"} in made["environment"]
    assert made["privileged"] is False


def test_the_largest_definition_of_efa_devices_is_within_the_limit(tmp_path: Path) -> None:
    secrets = {f"S{number}": SECRET for number in range(60)}
    made = definition(
        tmp_path, target(P5), resources={"accelerators": "H100:8"}, num_nodes=4, secrets=secrets
    )
    assert definition_problems(made) == []


def test_neuron_devices_are_given_as_many_as_the_job_asks_for(tmp_path: Path) -> None:
    made = container(tmp_path, target(TRN), resources={"accelerators": "Trainium:4"})
    paths = [device["hostPath"] for device in made["linuxParameters"]["devices"]]
    assert paths == [*EFA[:8], "/dev/neuron0", "/dev/neuron1", "/dev/neuron2", "/dev/neuron3"]
    assert amounts(made).keys() == {"MEMORY", "VCPU"}


def test_a_job_that_asks_for_some_gpus_is_given_those_and_as_large_a_part_of_all_else(tmp_path: Path) -> None:
    made = container(tmp_path, target(P5), resources={"accelerators": "H100:2", "cpus": 4, "memory": 8})
    assert amounts(made) == {"GPU": "2", "MEMORY": str(2_013_265 // 4), "VCPU": "48"}
    gang = container(tmp_path, target(P5), num_nodes=2, resources={"accelerators": "H100:2"})
    assert amounts(gang) == {"GPU": "2", "MEMORY": "2013265", "VCPU": "192"}


def test_shared_memory_is_what_the_job_asks_for(tmp_path: Path) -> None:
    made = container(tmp_path, target(), resources={"shm": 3})
    assert made["linuxParameters"]["sharedMemorySize"] == 3 * 1_024


def test_the_hosts_directories_are_read_only_but_for_scratch(tmp_path: Path) -> None:
    made = container(tmp_path, target())
    mounted = {mount["containerPath"]: mount["readOnly"] for mount in made["mountPoints"]}
    assert mounted == {
        "/opt/modelyard/entrypoint": True,
        "/run/modelyard/notices": True,
        "/scratch": False,
    }
    assert made["command"] == ["/opt/modelyard/entrypoint/run"]
    sources = {volume["name"]: volume["host"]["sourcePath"] for volume in made["volumes"]}
    assert {sources[mount["sourceVolume"]] for mount in made["mountPoints"]} == set(mounted)


def test_logs_go_to_the_environments_group(tmp_path: Path) -> None:
    assert container(tmp_path, target())["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/modelyard/dev/jobs",
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": "cnn",
        },
    }


def test_secrets_go_by_reference_and_are_read_from_their_replicas_in_the_recovery_region(
    tmp_path: Path,
) -> None:
    made = container(tmp_path, target(), secrets={"HUB": SECRET})
    assert made["secrets"] == [{"name": "HUB", "valueFrom": SECRET}]
    there = container(tmp_path, target(region="eu-west-1", recovery=True), secrets={"HUB": SECRET})
    assert there["secrets"][0]["valueFrom"] == SECRET.replace("eu-central-1", "eu-west-1")


def test_a_definition_holds_no_variable_and_no_command_of_the_job(tmp_path: Path) -> None:
    made = json.dumps(definition(tmp_path, run="echo hidden-command", envs={"HIDDEN": "hidden-value"}))
    assert "hidden" not in made.lower()


def test_a_definition_is_named_by_its_content(tmp_path: Path) -> None:
    name = definition(tmp_path)["jobDefinitionName"]
    assert name.startswith("dev-cnn-")
    assert len(name) <= 128
    same = definition(tmp_path, run="other", envs={"A": "b"}, setup="x", depends_on=[])
    assert same["jobDefinitionName"] == name
    for fields in (
        {"image": "cnn:1.1"},
        {"resources": {"shm": 2}},
        {"timeout": "2h"},
        {"retry": {"attempts": 2}},
        {"num_nodes": 2},
        {"secrets": {"HUB": SECRET}},
    ):
        assert definition(tmp_path, **fields)["jobDefinitionName"] != name, fields
    other = target(tags={"environment": "dev", "owner": "others"})
    assert definition(tmp_path, other)["jobDefinitionName"] != name


def test_jobs_of_any_number_of_nodes_share_a_definition(tmp_path: Path) -> None:
    two, four = definition(tmp_path, num_nodes=2), definition(tmp_path, num_nodes=4)
    assert two == four
    assert two["type"] == "multinode"
    (group,) = two["nodeProperties"]["nodeRangeProperties"]
    assert group["targetNodes"] == "0:"
    assert two["nodeProperties"]["mainNode"] == 0


def test_batchs_timeout_leaves_nodes_time_to_keep_their_own(tmp_path: Path) -> None:
    assert definition(tmp_path, timeout="1h")["timeout"] == {"attemptDurationSeconds": 3_600 + 100 + 300}
    assert "timeout" not in definition(tmp_path)


RULES = (
    (
        {"attempts": 1},
        4,
        [
            {"onStatusReason": "Host EC2*", "action": "RETRY"},
            {"onExitCode": "241", "action": "RETRY"},
            {"onReason": "*", "action": "EXIT"},
        ],
    ),
    (
        {"attempts": 3, "on_events": []},
        3,
        [{"onExitCode": "241", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}],
    ),
    (
        {"attempts": 10, "on_events": ["host_failure", "image_pull_failure", "out_of_memory"]},
        10,
        [
            {"onStatusReason": "Host EC2*", "action": "RETRY"},
            {"onExitCode": "241", "action": "RETRY"},
            {"onReason": "CannotPullContainerError*", "action": "RETRY"},
            {"onReason": "OutOfMemoryError*", "action": "RETRY"},
            {"onReason": "*", "action": "EXIT"},
        ],
    ),
)


@pytest.mark.parametrize(("retry", "attempts", "rules"), RULES, ids=["one", "no events", "all events"])
def test_batch_is_told_five_rules_at_most_and_the_last_one_ends(
    retry: dict[str, Any], attempts: int, rules: list[dict[str, str]]
) -> None:
    assert retry_strategy(Retry.model_validate(retry)) == {"attempts": attempts, "evaluateOnExit": rules}


@pytest.mark.parametrize(
    ("image", "uri"),
    [
        ("cnn:1.0", f"{REPOSITORY}:cnn-1.0"),
        ("cnn", f"{REPOSITORY}:cnn-latest"),
        (f"cnn@sha256:{'a' * 64}", f"{REPOSITORY}@sha256:{'a' * 64}"),
        (f"cnn:1.0@sha256:{'a' * 64}", f"{REPOSITORY}@sha256:{'a' * 64}"),
        ("team/cnn:1.0", "team/cnn:1.0"),
        (f"{REPOSITORY}:x", f"{REPOSITORY}:x"),
    ],
)
def test_a_bare_image_is_one_of_the_environments_repository(image: str, uri: str) -> None:
    assert image_uri(image, REPOSITORY) == uri


def test_a_name_and_tag_that_make_too_long_a_tag_are_refused() -> None:
    assert image_uri(f"{'a' * 64}:{'b' * 63}", REPOSITORY).endswith(f"{'a' * 64}-{'b' * 63}")
    with pytest.raises(UnnameableImageError, match="name and tag make a tag of 129 characters"):
        image_uri(f"{'a' * 64}:{'b' * 64}", REPOSITORY)


def test_jobs_are_read_as_they_are_written(tmp_path: Path) -> None:
    assert isinstance(loaded(tmp_path).job, Job)
