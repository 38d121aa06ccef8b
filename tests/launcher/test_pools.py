"""Which pool a job goes to, and for what reasons not to others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from launcher.planning import BIG, BLOCK, CPU, H100, NOW, OLD_BLOCK, SECRET, SPOT, outlook, refusal

ENDED = {
    **BLOCK,
    "name": "ended",
    "window": {
        "starts_at": "2026-11-01T11:30:00Z",
        "drain_at": "2026-11-26T12:00:00Z",
        "ends_at": "2026-11-26T12:30:00Z",
    },
}


@pytest.mark.parametrize(
    ("resources", "pools", "chosen"),
    [
        ({}, (BIG, CPU, H100), "cpu"),
        ({"cpus": 17}, (CPU, BIG), "big"),
        ({"memory": 31}, (CPU, BIG), "big"),
        ({"memory": 30}, (CPU, BIG), "cpu"),
        ({"shm": 31}, (CPU, BIG), "big"),
        ({"shm": 30}, (CPU, BIG), "cpu"),
        ({"pool": "big"}, (CPU, BIG), "big"),
        ({"pool": "h100"}, (CPU, H100), "h100"),
        ({"accelerators": "h100:4"}, (CPU, H100), "h100"),
        ({"accelerators": "H100:8"}, (ENDED, BLOCK), "block"),
        ({}, ({**CPU, "name": "a-block", "capacity": "capacity_block"}, CPU), "cpu"),
        ({}, ({**CPU, "name": "open", "capacity": "open_reservation"}, BIG), "open"),
        ({"use_spot": True}, (CPU, SPOT), "spot"),
        ({}, (SPOT, CPU), "cpu"),
    ],
)
def test_the_cheapest_pool_that_fits_is_chosen(
    tmp_path: Path, resources: dict[str, Any], pools: tuple[dict[str, Any], ...], chosen: str
) -> None:
    choice = outlook(tmp_path, {"resources": resources}, *pools).choice
    assert choice.pool.name == chosen
    assert set(choice.passed_over) == {pool["name"] for pool in pools} - {chosen}


@pytest.mark.parametrize(
    ("resources", "parts", "vcpus", "memory_mib"),
    [
        ({}, 1, 16, 31_457),
        ({"shm": 2}, 1, 16, 31_457),
        ({"cpus": 16}, 1, 16, 31_457),
        ({"cpus": 9}, 1, 16, 31_457),
        ({"cpus": 8}, 2, 8, 15_728),
        ({"cpus": 5}, 3, 5, 10_485),
        ({"cpus": 1}, 16, 1, 1_966),
        ({"memory": 10}, 3, 5, 10_485),
        ({"cpus": 1, "memory": 10}, 3, 5, 10_485),
        ({"cpus": 4, "shm": 15}, 2, 8, 15_728),
    ],
)
def test_a_job_on_one_node_has_the_smallest_equal_part_that_will_do(
    tmp_path: Path, resources: dict[str, Any], parts: int, vcpus: int, memory_mib: int
) -> None:
    found = outlook(tmp_path, {"resources": resources}, CPU)
    choice = found.choice
    assert (choice.parts, choice.vcpus, choice.memory_mib) == (parts, vcpus, memory_mib)
    assert memory_mib >= 1_024 * (resources.get("memory") or 0)
    assert choice.node_price is not None
    assert found.cost.hourly_usd == pytest.approx(choice.node_price.value / parts, abs=0.0001)
    gang = outlook(tmp_path, {"resources": resources, "num_nodes": 2}, CPU)
    assert gang.choice.parts == 1
    assert gang.cost.hourly_usd == pytest.approx(choice.node_price.value * 2, abs=0.0001)


def test_gpus_divide_a_node_and_neuron_devices_do_not(tmp_path: Path) -> None:
    for count, parts in ((8, 1), (5, 1), (4, 2), (3, 2), (1, 8)):
        choice = outlook(tmp_path, {"resources": {"accelerators": f"H100:{count}"}}, H100).choice
        assert choice.parts == parts
    fabric = {**H100["fabric"], "device_paths": ["/dev/neuron0", "/dev/neuron1"]}
    neuron = {**H100, "accelerator": "Trainium2", "fabric": fabric}
    assert outlook(tmp_path, {"resources": {"accelerators": "Trainium2:1"}}, neuron).choice.parts == 1


def test_of_two_pools_at_one_price_that_whose_nodes_fewer_jobs_share_is_chosen(tmp_path: Path) -> None:
    choice = outlook(tmp_path, {"resources": {"memory": 30}}, BIG, CPU).choice
    assert choice.pool.name == "cpu"
    assert choice.passed_over == {"big": "it would do at the same price, but fewer jobs share a node of cpu"}


@pytest.mark.parametrize(
    ("resources", "pools", "reasons"),
    [
        ({}, (BIG, CPU), {"big": "it would do, but cpu is cheaper"}),
        (
            {},
            ({**CPU, "name": "twin"}, CPU),
            {"twin": "it would do at the same price, but cpu comes first by its name"},
        ),
        (
            {"pool": None},
            ({**CPU, "name": "a-block", "capacity": "capacity_block"}, CPU),
            {"a-block": "it would do, but cpu is priced"},
        ),
        (
            {"accelerators": "H100:8"},
            (BLOCK, {**BLOCK, "name": "a-block"}),
            {"block": "it would do, but neither is priced, and a-block comes first by its name"},
        ),
        ({"pool": "big"}, (BIG, CPU), {"cpu": "resources.pool names big"}),
    ],
)
def test_a_pool_that_would_do_says_why_it_comes_second(
    tmp_path: Path, resources: dict[str, Any], pools: tuple[dict[str, Any], ...], reasons: dict[str, str]
) -> None:
    assert outlook(tmp_path, {"resources": resources}, *pools).choice.passed_over == reasons


@pytest.mark.parametrize(
    ("job", "pool", "reason"),
    [
        ({"num_nodes": 41}, CPU, "cpu: the job wants 41 nodes, and one job may use 40 of it"),
        (
            {"num_nodes": 3},
            {**CPU, "max_nodes_per_job": 2},
            "cpu: the job wants 3 nodes, and one job may use 2 of it",
        ),
        ({"num_nodes": 3}, {**CPU, "max_nodes": 1}, "one job may use 1 of it"),
        ({"resources": {"cpus": 17}}, CPU, "cpu: the job asks for 17 CPUs on a node, and c7i.4xlarge has 16"),
        (
            {"resources": {"memory": 32}},
            CPU,
            "32 GiB on a node, and c7i.4xlarge can give 30.7 of its 32: the host keeps about 4%",
        ),
        (
            {"resources": {"shm": 31}},
            CPU,
            "31 GiB of shared memory on a node, and c7i.4xlarge can give 30.7 of its 32",
        ),
        (
            {"resources": {"accelerators": "A100:8"}},
            H100,
            "h100: the job asks for A100, and its nodes have 8 H100",
        ),
        (
            {"resources": {"accelerators": "A100:8"}},
            CPU,
            "cpu: the job asks for A100, and its nodes have none",
        ),
        (
            {"resources": {"accelerators": "H100:9"}},
            H100,
            "h100: the job asks for 9 H100 on a node, and its nodes have 8 H100",
        ),
        ({"resources": {"use_spot": True}}, CPU, "cpu: its capacity is on_demand, and the job asks for spot"),
        ({}, SPOT, "spot: its capacity is spot, and the job doesn't say resources.use_spot: true"),
        (
            {"num_nodes": 2, "resources": {"use_spot": True}},
            {**SPOT, "max_nodes_per_job": 4},
            "spot: AWS Batch runs no multi-node jobs on spot, and the job wants 2 nodes",
        ),
        ({}, H100, "h100: its nodes have accelerators (8 H100), and the job asks for none"),
        ({"resources": {"pool": "gpu"}}, CPU, "environment dev has no such pool"),
        (
            {"resources": {"accelerators": "H100:8"}},
            ENDED,
            (
                "ended: its capacity block has ended: machines are taken back since 2026-11-26T12:00:00Z, "
                "and it ends at 2026-11-26T12:30:00Z"
            ),
        ),
    ],
)
def test_a_job_that_fits_nowhere_is_refused_with_each_pools_reason(
    tmp_path: Path, job: dict[str, Any], pool: dict[str, Any], reason: str
) -> None:
    problem = refusal(tmp_path, job, pool)
    assert reason in problem.message
    assert problem.file
    assert problem.line
    assert problem.allowed


def test_a_block_is_there_until_its_machines_are_taken_back(tmp_path: Path) -> None:
    job = {"resources": {"accelerators": "H100:8"}}
    last = datetime(2026, 11, 26, 11, 59, 59, tzinfo=UTC)
    assert outlook(tmp_path, job, ENDED, now=last).choice.pool.name == "ended"
    assert "has ended" in refusal(tmp_path, job, ENDED, now=NOW).message


def test_a_block_of_a_target_without_windows_is_taken(tmp_path: Path) -> None:
    made = outlook(tmp_path, {"resources": {"accelerators": "H100:8"}}, OLD_BLOCK)
    assert made.choice.pool.name == "block"
    assert "the capacity block ends at its fixed time, whether the job has or not" in made.risks


def test_every_pool_gives_its_reason(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"resources": {"accelerators": "H200:8", "shm": 2}}, CPU, H100, SPOT)
    assert all(f"{name}: " in problem.message for name in ("cpu", "h100", "spot"))
    assert (
        "h100: up to 40 on_demand nodes of p5.48xlarge with H100:8, 192 CPUs and 1966 GiB each"
        in problem.allowed
    )
    assert problem.given == "1 node, H200:8, 2 GiB of shared memory"


def test_secrets_that_jobs_may_not_be_given_are_refused_by_name(tmp_path: Path) -> None:
    job = {"secrets": {"TOKEN": f"{SECRET}:token::"}}
    for given in ([SECRET], [SECRET.replace("AbCdEf", "??????")]):
        assert outlook(tmp_path, job, egress="nat", secrets=given).risks
    problem = refusal(tmp_path, job, egress="nat", secrets=[f"{SECRET[:-10]}other-AbCdEf"])
    assert (problem.field, problem.line) == ("secrets.TOKEN", 5)
    assert problem.message == "jobs of environment dev in eu-central-1 may not be given this secret"
    assert problem.allowed.endswith("other-AbCdEf")
    assert problem.mend == (
        "name it under jobs.secrets of the environment, and bring that up; or take one of these"
    )
    problem = refusal(tmp_path, job, egress="nat")
    assert problem.allowed == "no secret: the environment gives jobs none"
    assert problem.mend == "name it under jobs.secrets of the environment, and bring that up"


def test_a_target_older_than_its_secrets_refuses_none(tmp_path: Path) -> None:
    assert outlook(tmp_path, {"secrets": {"TOKEN": SECRET}}).choice.pool.name == "cpu"


def test_in_the_recovery_region_a_secret_is_its_replica(tmp_path: Path) -> None:
    there = {"region": "eu-west-1", "recovery": True, "egress": "nat"}
    job = {"secrets": {"TOKEN": SECRET}}
    replica = SECRET.replace("eu-central-1", "eu-west-1")
    assert outlook(tmp_path, job, secrets=[replica], **there).choice.pool.name == "cpu"
    assert "in eu-west-1 may not" in refusal(tmp_path, job, secrets=[SECRET], **there).message
