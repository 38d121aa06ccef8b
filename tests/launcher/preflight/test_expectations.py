"""What a job's nodes are to have, and the job that is the check alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelyard.outputs import LaunchTarget, PoolTarget
from modelyard.yaml_lines import YamlDocument
from modelyard_launcher.load import LoadedJob, job_of
from modelyard_launcher.preflight.expectations import expected_gbps, preflight_document
from modelyard_launcher.preflight.only import check_only
from modelyard_launcher.preflight.verdicts import bad_nodes, read_verdict
from modelyard_launcher.stores.files import FileStore
from modelyard_node.preflight.expected import Expected, read_expected


def pool(**changes: Any) -> PoolTarget:
    """A pool of p5.48xlarge."""
    fabric = {
        "efa_interfaces": 32,
        "environment": {},
        "device_paths": [f"/dev/infiniband/uverbs{number}" for number in range(32)],
        "network_gbps": 3_200.0,
        **changes.pop("fabric", {}),
    }
    return PoolTarget.model_validate(
        {
            "name": "h100",
            "queue_arn": "arn:aws:batch:eu-central-1:123456789012:job-queue/h100",
            "instance_type": "p5.48xlarge",
            "accelerator": "H100",
            "accelerators_per_node": 8,
            "vcpus": 192,
            "memory_mib": 2_097_152,
            "max_nodes": 4,
            "max_nodes_per_job": 4,
            "capacity": "on_demand",
            "fabric": fabric,
            **changes,
        }
    )


def target(*, may_end: bool) -> LaunchTarget:
    stores = {name: {"uri": f"s3://{name}", "region": "eu-central-1"} for name in ("datasets", "checkpoints")}
    return LaunchTarget.model_validate(
        {
            "schema": "modelyard.target/1",
            "environment": "dev",
            "cloud": "aws",
            "account_id": "123456789012",
            "region": "eu-central-1",
            "stores": stores,
            "registry": {"repository_url": "r"},
            "roles": {"job_role_arn": "j", "execution_role_arn": "e"},
            "log_group": "/dev",
            "pools": [pool().model_dump()],
            "end_bad_nodes": may_end,
        }
    )


def job(**fields: Any) -> LoadedJob:
    data = {"name": "try", "run": "python train.py", "num_nodes": 2, "preflight": True, **fields}
    return job_of(YamlDocument(data, "the job", {}, {}), Path.cwd())


def document(loaded: LoadedJob, given: int = 8, *, here: bool = False, may_end: bool = True) -> Any:
    return preflight_document(loaded.job, target(may_end=may_end), pool(), given, here=here)


def test_a_job_without_the_check_expects_nothing() -> None:
    assert document(job(preflight=False)) is None


def test_nodes_are_to_have_what_their_container_is_given() -> None:
    made = document(job(resources={"accelerators": "H100:8", "shm": 64}))
    assert made == {
        "devices": {"nvidia": 8, "neuron": 0, "efa": 32},
        "min_gbps": None,
        "expected_gbps": 2_400.0,
        "shared_memory_mib": 65_536,
        "end_bad_nodes": False,
    }
    assert read_expected(made) == Expected(8, 0, 32, None, 2_400.0, 65_536, False)


def test_processes_of_this_machine_have_nothing_of_what_the_pools_nodes_have() -> None:
    asked = {"min_gbps": 1, "end_bad_nodes": True}
    made = document(job(resources={"shm": 64}, preflight=asked), 0, here=True)
    assert read_expected(made) == Expected(min_gbps=1.0)


@pytest.mark.parametrize(
    ("asked", "may_end", "ends"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_nodes_are_ended_only_where_job_and_environment_agree(asked: bool, may_end: bool, ends: bool) -> None:
    made = document(job(preflight={"end_bad_nodes": asked}), may_end=may_end)
    assert made["end_bad_nodes"] is ends


@pytest.mark.parametrize(
    ("changes", "gpus", "gbps"),
    [
        ({}, 8, 2_400.0),
        ({}, 4, 1_200.0),
        ({}, 0, None),
        ({"fabric": {"efa_interfaces": 0}}, 8, None),
        ({"fabric": {"network_gbps": None}}, 8, None),
        ({"accelerator": "A10G"}, 8, None),
        ({"accelerator": "A100", "fabric": {"efa_interfaces": 4, "network_gbps": 400.0}}, 8, 300.0),
    ],
)
def test_bandwidth_is_expected_where_the_network_is_the_narrowest_place(
    changes: dict[str, Any], gpus: int, gbps: float | None
) -> None:
    assert expected_gbps(pool(**changes), gpus) == gbps


def test_one_node_expects_no_network() -> None:
    assert document(job(num_nodes=1))["expected_gbps"] is None


def test_neuron_devices_are_as_many_as_the_job_asks_for() -> None:
    paths = [f"/dev/neuron{number}" for number in range(16)] + ["/dev/infiniband/uverbs0"]
    made = preflight_document(
        job().job, target(may_end=False), pool(fabric={"device_paths": paths}), 4, here=False
    )
    assert made is not None
    assert made["devices"] == {"nvidia": 0, "neuron": 4, "efa": 1}


def test_the_check_alone_keeps_what_nodes_are_and_nothing_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    loaded = job(
        name="a-job-whose-name-is-as-long-as-names-may-ever-be",
        image="123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev@sha256:" + "0" * 64,
        workdir=str(tmp_path),
        file_mounts={"/data": str(tmp_path / "data")},
        setup="pip install .",
        envs={"NCCL_ALGO": "Ring"},
        secrets={"TOKEN": "arn:aws:ssm:eu-central-1:123456789012:parameter/token"},
        resources={"accelerators": "H100:8", "shm": 64},
        retry={"attempts": 5},
        timeout="3d",
        distribution="torchrun",
        preflight={"end_bad_nodes": True, "min_gbps": 1_000},
    )
    only = check_only(loaded).job
    assert only.name == "a-job-whose-name-is-as-long-as-names-m-preflight"
    assert len(only.name) == 48
    assert (only.run, only.setup, only.workdir, only.file_mounts, only.secrets) == (
        "true",
        None,
        None,
        {},
        {},
    )
    assert (only.image, only.envs, only.num_nodes, only.distribution) == (
        loaded.job.image,
        {"NCCL_ALGO": "Ring"},
        2,
        "torchrun",
    )
    assert only.resources == loaded.job.resources
    assert (only.retry.attempts, only.retry.on_events, only.timeout) == (1, [], "30m")
    assert only.preflight is not None
    assert (only.preflight.min_gbps, only.preflight.end_bad_nodes) == (1_000, False)


def test_a_job_without_the_check_is_checked_all_the_same() -> None:
    only = check_only(job(preflight=False, name="try")).job
    assert (only.name, only.preflight is not None) == ("try-preflight", True)


def test_a_sweep_is_checked_once() -> None:
    only = check_only(job(num_nodes=1, sweep={"grid": {"LR": ["0.1", "0.2"]}})).job
    assert only.sweep is None


def test_a_verdict_is_read_if_it_is_one(tmp_path: Path) -> None:
    store = FileStore(f"file://{tmp_path}", tmp_path)
    key = "runs/a/attempts/001-01/preflight/verdict.json"
    assert read_verdict(store, "a", "001-01") is None
    assert bad_nodes(store, "a", "001-01") == []
    for content in (b"no json", b"[]", b'{"schema": "other"}', b'{"schema": "modelyard.verdict/1"}'):
        store.put(key, content)
        assert read_verdict(store, "a", "001-01") is None


def test_where_something_is_wrong_with_all_nodes_none_is_bad(tmp_path: Path) -> None:
    store = FileStore(f"file://{tmp_path}", tmp_path)
    key = "runs/a/attempts/001-01/preflight/verdict.json"
    text = (
        '{"schema": "modelyard.verdict/1", "passed": false, "checks": [], "faults": [{"blame": "%s"}], '
        '"bad_nodes": [{"rank": 1, "host": "h", "instance_id": "i", "checks": ["devices"]}]}'
    )
    store.put(key, (text % "node").encode())
    assert [node["rank"] for node in bad_nodes(store, "a", "001-01")] == [1]
    store.put(key, (text % "common").encode())
    assert bad_nodes(store, "a", "001-01") == []
