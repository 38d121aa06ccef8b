"""Which pool a job goes to, what its plan says, and when it is refused."""

from __future__ import annotations

import importlib.util
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import InputError
from modelyard.outputs import LaunchTarget
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import BACKENDS, LaunchContext, open_backend
from modelyard_launcher.backends.local.backend import LocalBackend
from modelyard_launcher.load import load_job
from modelyard_launcher.plan import Plan, ResolvedTarget
from modelyard_launcher.plan_text import plan_text

REGION = "eu-central-1"

CPU = {
    "name": "cpu",
    "queue_arn": "q",
    "instance_type": "c7i.4xlarge",
    "accelerator": None,
    "accelerators_per_node": 0,
    "vcpus": 16,
    "memory_mib": 32_768,
    "max_nodes": 40,
    "max_nodes_per_job": 40,
    "capacity": "on_demand",
    "fabric": {"efa_interfaces": 0, "environment": {}},
}
BIG = {**CPU, "name": "big", "instance_type": "c7i.8xlarge", "vcpus": 32, "memory_mib": 65_536}
H100 = {
    **CPU,
    "name": "h100",
    "instance_type": "p5.48xlarge",
    "accelerator": "H100",
    "accelerators_per_node": 8,
    "vcpus": 192,
    "memory_mib": 2_097_152,
    "fabric": {"efa_interfaces": 32, "environment": {"FI_PROVIDER": "efa"}},
}
SPOT = {**CPU, "name": "spot", "capacity": "spot", "max_nodes_per_job": 1}
BLOCK = {**H100, "name": "block", "capacity": "capacity_block"}


def plan(
    directory: Path,
    job: dict[str, Any],
    *pools: dict[str, Any],
    access: S3Access | None = None,
    stores: str = "s3://bucket",
) -> Plan:
    path = directory / "job.yaml"
    path.write_text(json.dumps({"name": "try", "run": "python train.py", **job}))
    document = {
        "schema": "modelyard.target/1",
        "environment": "dev",
        "cloud": "aws",
        "account_id": "123456789012",
        "region": REGION,
        "stores": {
            "datasets": {"uri": f"{stores}-d", "region": REGION},
            "checkpoints": {"uri": f"{stores}-c", "region": REGION},
        },
        "registry": {"repository_url": "r"},
        "roles": {"job_role_arn": "j", "execution_role_arn": "e"},
        "log_group": "l",
        "pools": list(pools or (CPU,)),
    }
    context = LaunchContext(directory, access or S3Access("aws", REGION), f"{stores}-c")
    resolved = ResolvedTarget(LaunchTarget.model_validate(document), "file", "the file target.json")
    return LocalBackend(context).plan(load_job(path), resolved)


def refusal(directory: Path, job: dict[str, Any], *pools: dict[str, Any]) -> Any:
    with pytest.raises(InputError) as raised:
        plan(directory, job, *pools)
    (problem,) = raised.value.problems
    return problem


@pytest.mark.parametrize(
    ("resources", "pools", "chosen"),
    [
        ({}, (BIG, CPU, H100), "cpu"),
        ({"cpus": 17}, (CPU, BIG), "big"),
        ({"memory": 31}, (CPU, BIG), "big"),
        ({"memory": 30}, (CPU, BIG), "cpu"),
        ({"pool": "big"}, (CPU, BIG), "big"),
        ({"pool": "h100"}, (CPU, H100), "h100"),
        ({"accelerators": "h100:4"}, (CPU, H100), "h100"),
        ({}, ({**CPU, "name": "a-block", "capacity": "capacity_block"}, CPU), "cpu"),
        ({"use_spot": True}, (CPU, SPOT), "spot"),
        ({}, (SPOT, CPU), "cpu"),
    ],
)
def test_the_cheapest_pool_that_fits_is_chosen(
    tmp_path: Path, resources: dict[str, Any], pools: tuple[dict[str, Any], ...], chosen: str
) -> None:
    made = plan(tmp_path, {"resources": resources}, *pools)
    assert made.choice.pool.name == chosen
    assert set(made.choice.passed_over) == {pool["name"] for pool in pools} - {chosen}


@pytest.mark.parametrize(
    ("job", "pool", "reason"),
    [
        ({"num_nodes": 41}, CPU, "the local backend runs all nodes on this machine"),
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
        ({"num_nodes": 2, "resources": {"use_spot": True}}, SPOT, "one job may use 1 of it"),
        ({}, H100, "h100: its nodes have accelerators (8 H100), and the job asks for none"),
        ({"resources": {"pool": "gpu"}}, CPU, "environment dev has no such pool"),
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


def test_every_pool_gives_its_reason(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"resources": {"accelerators": "H200:8"}}, CPU, H100, SPOT)
    assert all(f"{name}: " in problem.message for name in ("cpu", "h100", "spot"))
    assert (
        "h100: up to 40 on_demand nodes of p5.48xlarge with H100:8, 192 CPUs and 1966 GiB each"
        in problem.allowed
    )
    assert problem.given == "1 node, H200:8"


def test_a_plan_counts_the_cost_to_the_last_timeout(tmp_path: Path) -> None:
    made = plan(tmp_path, {"num_nodes": 2, "timeout": "30m", "retry": {"attempts": 3}})
    price = made.choice.node_price
    assert price is not None
    assert made.cost.hourly_usd == pytest.approx(2 * price.value)
    assert made.cost.most_usd == pytest.approx(2 * price.value * 0.5 * 3)
    assert price.source in plan_text(made)
    assert f"${2 * price.value:,.2f} an hour, at most ${3 * price.value:,.2f} in 3 attempts" in plan_text(
        made
    )


def test_what_has_no_price_is_said_to_be_unpriced(tmp_path: Path) -> None:
    made = plan(tmp_path, {"resources": {"accelerators": "H100:8"}}, BLOCK)
    assert made.cost.hourly_usd is None
    assert made.as_dict()["cost"]["unpriced"] == ["p5.48xlarge (capacity_block)"]
    assert "unpriced: the catalog has no price for p5.48xlarge (capacity_block)" in plan_text(made)


def test_a_cost_above_the_jobs_limit_is_refused(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"num_nodes": 4, "max_hourly_cost": 1.5})
    assert (problem.field, problem.given) == ("max_hourly_cost", "1.5")
    assert "4 x c7i.4xlarge on pool cpu cost $3.26 an hour" in problem.message
    assert problem.allowed.startswith("3.26 or more")


def test_the_limit_that_is_offered_would_do(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"max_hourly_cost": 0.1})
    assert "1 x c7i.4xlarge on pool cpu costs $0.81 an hour" in problem.message
    offered = float(problem.allowed.partition(" ")[0])
    assert plan(tmp_path, {"max_hourly_cost": offered}).cost.hourly_usd is not None


def test_values_with_line_ends_stay_on_their_line(tmp_path: Path) -> None:
    text = plan_text(plan(tmp_path, {"envs": {"A": "one\ntwo\x1b[2J", "B": "ü"}}))
    assert r"    A=one\ntwo\u001b[2J" in text.splitlines()
    assert "    B=ü" in text.splitlines()


def test_one_process_is_one(tmp_path: Path) -> None:
    text = plan_text(plan(tmp_path, {}))
    assert f"    local: a process on {socket.gethostname()} stands in for the pool's node; it costs" in text


def test_a_limit_that_cannot_be_held_is_refused(tmp_path: Path) -> None:
    problem = refusal(tmp_path, {"resources": {"accelerators": "H100:8"}, "max_hourly_cost": 500}, BLOCK)
    assert "has no price in the catalog, so the limit can't be held" in problem.message


def test_a_limit_that_is_kept_says_nothing(tmp_path: Path) -> None:
    assert plan(tmp_path, {"max_hourly_cost": 1}).cost.hourly_usd is not None


def test_the_plan_reads_as_a_whole(tmp_path: Path) -> None:
    job = {
        "num_nodes": 2,
        "distribution": "torchrun",
        "image": "cnn:1.0",
        "envs": {"EPOCHS": "3", "HF_TOKEN": "hush"},
        "timeout": "2h",
        "resources": {"accelerators": "H100:8"},
        "retry": {"attempts": 2, "exit_codes": [75]},
    }
    text = plan_text(plan(tmp_path, job, H100, CPU, stores="file:///stores"))
    for line in (
        "job try on dev, backend local",
        "  target     the file target.json",
        "  pool       h100: p5.48xlarge, on_demand",
        "             not cpu: the job asks for H100, and its nodes have none",
        "  nodes      2, one process each (torchrun)",
        "  each node  8 x H100, 192 CPUs, 1966.1 of 2048 GiB memory (the host keeps about 4%)",
        "  limits     2h an attempt, 2 attempts on exit codes 75",
        "  record     file:///stores-c/runs/<run id>/",
        "    EPOCHS=3",
        "    HF_TOKEN=(hidden)",
        "    WORLD_SIZE=2",
        "    MODELYARD_DATASETS=file:///stores-d",
        "    MODELYARD_CHECKPOINTS=file:///stores-c",
        "    LOCAL_RANK=0",
        "    NODE_RANK=1",
        "    one node that fails ends the whole gang: the job starts again, in 2 attempts at most (exit codes 75 only)",
        "    EC2 may have no p5.48xlarge to give for a while: the job waits in the queue",
        "    an attempt longer than 2h is ended, and isn't tried again",
        "    the image cnn:1.0 isn't used: the job runs with this machine's Python and packages",
        "    no accelerators are given here (GPUS_PER_NODE is 0), H100:8 on each node there",
        "    left out here, for want of EFA: FI_PROVIDER",
    ):
        assert line in text.splitlines(), line
    assert f"    local: 2 processes on {socket.gethostname()} stand in" in text
    assert "hush" not in text


def test_a_plan_warns_of_spot_of_capacity_blocks_and_of_no_timeout(tmp_path: Path) -> None:
    spot = plan_text(plan(tmp_path, {"resources": {"use_spot": True}}, SPOT))
    assert "EC2 may take a spot node back with two minutes' notice" in spot
    assert "the lowest spot price seen, without end: the job has no timeout" in spot
    assert "there is no timeout: a job that hangs costs money until somebody cancels it" in spot
    block = plan_text(plan(tmp_path, {"resources": {"accelerators": "H100"}}, BLOCK))
    assert "the capacity block ends at its fixed time" in block


def test_a_plan_for_many_nodes_stays_short(tmp_path: Path) -> None:
    text = plan_text(plan(tmp_path, {"num_nodes": 32}))
    assert "  and 24 ranks more, likewise" in text.splitlines()
    assert len(text.splitlines()) < 60


def test_the_json_plan_carries_everything_and_its_digest(tmp_path: Path) -> None:
    first = plan(tmp_path, {"num_nodes": 2, "envs": {"DB_PASSWORD": "hush"}}, CPU, H100)
    document = first.as_dict()
    assert document["schema"] == "modelyard.plan/1"
    assert document["pool"]["name"] == "cpu"
    assert [entry["pool"] for entry in document["passed_over"]] == ["h100"]
    assert [rank["NODE_RANK"] for rank in document["ranks"]["each"]] == ["0", "1"]
    assert document["target"] == {"source": "file", "note": "the file target.json"}
    assert "hush" not in json.dumps(document)
    assert (
        document["digest"]
        == plan(tmp_path, {"num_nodes": 2, "envs": {"DB_PASSWORD": "hush"}}, CPU, H100).digest
    )
    assert document["digest"] != plan(tmp_path, {"num_nodes": 1}, CPU, H100).digest


@pytest.mark.parametrize(
    ("access", "note"),
    [
        (
            S3Access("sandbox", REGION, "http://127.0.0.1:1", {"AWS_ACCESS_KEY_ID": "k"}),
            "with its false credentials: AWS_REGION",
        ),
        (
            S3Access("aws", REGION, None, {"AWS_PROFILE": "me"}),
            "as you yourself, not as the job's role: AWS_REGION",
        ),
        (S3Access("aws", REGION), "there are no credentials for it here: submitting would fail"),
    ],
)
def test_a_plan_says_as_whom_the_job_reaches_its_stores(tmp_path: Path, access: S3Access, note: str) -> None:
    assert note in plan_text(plan(tmp_path, {}, access=access))


def test_a_plan_never_shows_a_credential(tmp_path: Path) -> None:
    access = S3Access("aws", REGION, None, {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "hush"})
    made = plan(tmp_path, {}, access=access)
    shown = plan_text(made) + json.dumps(made.as_dict()) + repr(access)
    assert "AKIAREAL" not in shown
    assert "hush" not in shown


def test_every_registered_backend_can_be_opened(tmp_path: Path) -> None:
    context = LaunchContext(tmp_path, S3Access("aws", REGION), "file:///stores")
    for name, place in BACKENDS.items():
        assert importlib.util.find_spec(place.partition(":")[0]) is not None
        assert open_backend(name, context)


def test_a_backend_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        open_backend("slurm", LaunchContext(tmp_path, S3Access("aws", REGION), "file:///stores"))
    assert raised.value.problems[0].allowed == ", ".join(BACKENDS)
