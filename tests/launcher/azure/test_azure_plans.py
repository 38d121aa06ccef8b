"""What a plan says of a job on Azure: its pool, its cost, what may go wrong, what isn't to be had there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure_launching import CPU, H100, NOW, T4, loaded, outlook, target

from modelyard.catalog.azure import on_demand_usd_per_hour
from modelyard.errors import InputError, Problem
from modelyard_launcher.access import S3Access
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext, default_backend, open_backend
from modelyard_launcher.backends.aws_batch.backend import BatchBackend
from modelyard_launcher.backends.local.backend import LocalBackend
from modelyard_launcher.clouds import aws_pool
from modelyard_launcher.containers.planning import plan_build
from modelyard_launcher.containers.recipe import Wishes
from modelyard_launcher.images import image_in
from modelyard_launcher.plan import Plan
from modelyard_launcher.plan_text import plan_text
from modelyard_launcher.preflight.expectations import preflight_document
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.submission_digest import submission_digest

ACCESS = AzureAccess("azure", "westeurope", "s")
LOW_T4 = {**T4, "max_nodes_per_job": 4}


def plan(directory: Path, job: dict[str, Any], *pools: dict[str, Any], **changes: Any) -> Plan:
    """A plan of the local backend."""
    backend = LocalBackend(LaunchContext(directory, ACCESS, "file:///stores"))
    resolved = ResolvedTarget(target(*pools, **changes), "file", "the file target.json")
    return backend.plan(loaded(directory, job), resolved)


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def refusals(directory: Path, job: dict[str, Any], *pools: dict[str, Any]) -> list[Problem]:
    with pytest.raises(InputError) as raised:
        outlook(directory, job, *pools)
    return list(raised.value.problems)


def test_the_cheapest_pool_that_fits_is_chosen_at_azures_prices(tmp_path: Path) -> None:
    big = {**CPU, "name": "big", "instance_type": "Standard_D32ds_v5", "vcpus": 32, "memory_mib": 131_072}
    made = outlook(tmp_path, {}, big, CPU)
    price = on_demand_usd_per_hour("Standard_D16ds_v5", "westeurope")
    assert price is not None
    assert (made.choice.pool.name, made.cost.hourly_usd) == ("cpu", round(price.value, 4))
    assert made.choice.passed_over == {"big": "it would do, but cpu is cheaper"}


@pytest.mark.parametrize("wanted", [{"cpus": 2}, {"memory": 4}, {"cpus": 2, "memory": 2}])
def test_a_job_has_whole_nodes_whatever_it_asks_for(tmp_path: Path, wanted: dict[str, int]) -> None:
    made = outlook(tmp_path, {"resources": wanted}, CPU)
    assert (made.choice.parts, made.choice.vcpus, made.choice.taken) == (1, 16, "Standard_D16ds_v5")
    assert any(
        "a job has a node of a cluster to itself and pays for the whole" in each for each in made.risks
    )


def test_a_part_of_a_nodes_accelerators_is_told_too(tmp_path: Path) -> None:
    part = outlook(tmp_path, {"resources": {"accelerators": "H100:4"}, "num_nodes": 2}, H100)
    whole = outlook(tmp_path, {"resources": {"accelerators": "H100:8"}, "num_nodes": 2}, H100)
    said = "a job has nodes of a cluster to itself and pays for the whole, whatever part it asks for"
    assert said in part.risks
    assert said not in whole.risks
    assert part.cost.hourly_usd == whole.cost.hourly_usd


def test_a_gang_may_run_on_low_priority_nodes(tmp_path: Path) -> None:
    made = outlook(
        tmp_path, {"resources": {"accelerators": "T4:1", "use_spot": True}, "num_nodes": 2}, LOW_T4
    )
    assert made.choice.pool.name == "t4"
    assert any("take a low-priority node back at any moment" in each for each in made.risks)
    assert any("the quota of all low-priority vCPUs may be used up" in each for each in made.risks)
    assert any("queue of t4-9504" in each for each in made.risks)


def test_low_priority_nodes_have_to_be_asked_for(tmp_path: Path) -> None:
    [problem] = refusals(tmp_path, {"resources": {"accelerators": "T4:1"}}, LOW_T4)
    assert "its capacity is spot, and the job doesn't say resources.use_spot: true" in problem.message
    assert problem.allowed.startswith("t4: up to 4 spot nodes of Standard_NC4as_T4_v3 with T4:1, 4 CPUs")


def test_waiting_for_dedicated_nodes_names_the_quota(tmp_path: Path) -> None:
    made = outlook(tmp_path, {}, CPU)
    assert (
        "Azure may have no Standard_D16ds_v5 to give for a while, or the quota standardDDSv5Family may be used "
        "up: the job waits in the queue of cpu-9160"
    ) in made.risks


def test_idle_nodes_are_told_to_cost_and_those_that_always_run_are_not(tmp_path: Path) -> None:
    said = "nodes stay up, and are paid, for 5 minutes after their last job: the cost doesn't count that"
    assert said in outlook(tmp_path, {}, CPU).risks
    assert said not in outlook(tmp_path, {}, {**CPU, "min_nodes": 4}).risks
    once = outlook(tmp_path, {}, {**CPU, "idle_shutdown_minutes": 1}).risks
    assert any("for 1 minute after" in each for each in once)


@pytest.mark.parametrize(
    ("resources", "days", "kind", "pool"),
    [
        ({}, 21, "dedicated", "cpu"),
        ({"accelerators": "T4:1", "use_spot": True}, 7, "low-priority", "t4"),
    ],
)
def test_a_timeout_may_be_as_long_as_the_service_lets_a_job_run(
    tmp_path: Path, resources: dict[str, Any], days: int, kind: str, pool: str
) -> None:
    job: dict[str, Any] = {"resources": resources}
    outlook(tmp_path, {**job, "timeout": f"{days}d"}, CPU, LOW_T4)
    [problem] = refusals(tmp_path, {**job, "timeout": f"{days + 1}d"}, CPU, LOW_T4)
    assert (problem.field, problem.given) == ("timeout", f"{days + 1}d")
    assert problem.message == f"Azure Machine Learning ends a job on {kind} nodes after {days} days"
    assert problem.allowed == f"{days}d at most on pool {pool}"
    assert "goes on from its newest checkpoint" in problem.mend
    assert problem.line is not None
    without = outlook(tmp_path, job, CPU, LOW_T4).risks
    assert f"Azure Machine Learning ends a job on {kind} nodes after {days} days" in without


def test_secrets_by_reference_are_refused_with_what_stands_for_them(tmp_path: Path) -> None:
    reference = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-AbCdEf"
    problems = refusals(tmp_path, {"secrets": {"A": reference, "B": reference}}, CPU)
    assert [problem.field for problem in problems] == ["secrets.A", "secrets.B"]
    assert problems[0].given == "a value that isn't shown"
    assert "hands a job no secrets by reference" in problems[0].message
    assert problems[0].allowed == "no secrets on Azure"
    assert "from a key vault" in problems[0].mend
    assert "Key Vault Secrets User" in problems[0].mend


def test_a_variable_that_speaks_of_a_secret_is_warned_of_in_azures_words(tmp_path: Path) -> None:
    [warning] = outlook(tmp_path, {"envs": {"HF_TOKEN": "x"}}, CPU).warnings
    assert "keep it in a key vault, and let the program read it by the job's identity" in warning
    [image] = outlook(tmp_path, {"image": "cnn:1.0"}, CPU).warnings
    assert image.endswith("name it by its digest")


@pytest.mark.parametrize(("egress", "told"), [("nat", False), ("firewall", True)])
def test_a_firewalls_allow_list_is_told_of_what_reaches_for_the_internet(
    tmp_path: Path, egress: str, told: bool
) -> None:
    job = {"setup": "pip install torch", "image": "ghcr.io/x/y:1"}
    risks = outlook(tmp_path, job, CPU, egress=egress).risks
    setup = (
        "setup seems to need the internet (pip install), and the firewall of lab lets through what the service "
        "needs and network.allowed_domains names, nothing else: build what it installs into the image, or have "
        "its hosts named there"
    )
    image = (
        "nodes reach ghcr.io, where the image lies, only if network.allowed_domains names it: copy it to "
        "lab1.azurecr.io"
    )
    assert (setup in risks, image in risks) == (told, told)


def test_the_environments_own_registry_is_always_reached(tmp_path: Path) -> None:
    risks = outlook(tmp_path, {"image": "lab1.azurecr.io/cnn:1"}, CPU, egress="firewall").risks
    assert not any("azurecr.io" in each for each in risks)


def test_nodes_are_not_ended_by_who_submits(tmp_path: Path) -> None:
    job = {"preflight": {"end_bad_nodes": True}}
    assert any(
        "replaces those that it finds unusable itself" in each for each in outlook(tmp_path, job).risks
    )
    document = preflight_document(loaded(tmp_path, job).job, target(), target().pools[0], 0, here=False)
    assert document is not None
    assert document["end_bad_nodes"] is False


@pytest.mark.parametrize(("gpus", "expected"), [(8, 2_400.0), (4, 1_200.0), (0, None)])
def test_an_all_reduce_is_measured_by_infiniband(tmp_path: Path, gpus: int, expected: float | None) -> None:
    job = loaded(tmp_path, {"preflight": True, "num_nodes": 2}).job
    document = preflight_document(job, target(H100), target(H100).pools[0], gpus, here=False)
    assert document is not None
    assert document["expected_gbps"] == expected
    assert document["devices"] == {"nvidia": gpus, "neuron": 0, "efa": 0}


def test_starts_after_a_failure_are_said_to_need_somebody_who_watches(tmp_path: Path) -> None:
    watched = "while `modelyard job supervise` watches over it"
    risks = outlook(tmp_path, {"retry": {"attempts": 3}, "num_nodes": 2}, CPU).risks
    assert sum(watched in each for each in risks) == 2
    alone = outlook(tmp_path, {"retry": {"attempts": 3}}, CPU).risks
    assert [each.split(":")[0] for each in alone if watched in each] == [
        "a host that fails, or is taken back, doesn't count as an attempt"
    ]
    all_taken = outlook(tmp_path, {"retry": {"attempts": 10}}, CPU).risks
    assert any("10 starts are all that there are" in each for each in all_taken)
    assert not any("AWS" in each for each in (*risks, *all_taken))


def test_the_recovery_region_is_told_without_secrets(tmp_path: Path) -> None:
    there = {
        "region": "northeurope",
        "resource_group": "lab-north",
        "checkpoints_uri": "https://lab2.blob.core.windows.net/checkpoints",
    }
    job = {"recovery": "recovery_region"}
    risks = outlook(tmp_path, job, CPU, recovery_target=there).risks
    assert any(each.startswith("in northeurope the job goes on from the newest checkpoint") for each in risks)
    assert any("names no recovery region" in each for each in outlook(tmp_path, job, CPU).risks)


def test_the_plan_of_a_job_shows_azures_nodes(tmp_path: Path) -> None:
    job = {"resources": {"accelerators": "H100:8"}, "num_nodes": 2, "max_hourly_cost": 1_000}
    made = plan(tmp_path, job, H100, CPU)
    text = unwrapped(plan_text(made))
    assert "job try on lab, backend local" in text
    assert "IB Gbit/s" in text
    assert "left out here, for want of InfiniBand: NCCL_SOCKET_IFNAME" in text
    assert "Azure Retail Prices API" in text
    assert "EFA" not in text
    document = made.as_dict()
    pool = document["pool"]
    assert (pool["compute_name"], pool["infiniband_gbps"], pool["shared_memory_gib"]) == (
        "h100-828a",
        3_200,
        32,
    )
    assert not {"fallback", "window", "efa_interfaces"} & pool.keys()
    assert document["nodes"][0]["infiniband_gbps"] == 3_200
    assert document["record"] == "https://labcheckpoints.blob.core.windows.net/checkpoints/runs/<run id>/"
    with pytest.raises(TypeError, match="pool h100 is a cluster of Azure Machine Learning, not a queue"):
        aws_pool(made.choice.pool)


def test_a_pool_without_a_price_says_so_and_holds_no_limit(tmp_path: Path) -> None:
    job: dict[str, Any] = {"resources": {"accelerators": "T4:1", "use_spot": True}}
    text = unwrapped(plan_text(plan(tmp_path, job, LOW_T4)))
    assert "unpriced: the catalog has no price for Standard_NC4as_T4_v3 (spot) in westeurope" in text
    [problem] = refusals(tmp_path, {**job, "max_total_cost": 10}, LOW_T4)
    assert (
        problem.message
        == "Standard_NC4as_T4_v3 (spot) has no price in the catalog, so the limit can't be held"
    )


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("cnn:1.0", "lab1.azurecr.io/cnn:1.0"),
        ("cnn", "lab1.azurecr.io/cnn:latest"),
        (f"cnn@sha256:{'a' * 64}", f"lab1.azurecr.io/cnn@sha256:{'a' * 64}"),
        ("team/cnn:1.0", "team/cnn:1.0"),
        ("ghcr.io/x/y:1", "ghcr.io/x/y:1"),
    ],
)
def test_a_bare_image_is_one_of_the_environments_registry(image: str, expected: str) -> None:
    assert image_in(target(), image) == expected


def test_two_subscriptions_are_two_places_to_submit_to(tmp_path: Path) -> None:
    job, here = loaded(tmp_path, {}).job, target()
    elsewhere = here.model_copy(update={"subscription_id": "another"})
    digests = [submission_digest(job, [], each, "azure_ml") for each in (here, here, elsewhere)]
    assert digests[0] == digests[1] != digests[2]


def test_the_backend_of_an_environment_is_its_clouds() -> None:
    assert [default_backend(cloud) for cloud in ("aws", "azure", "")] == ["aws_batch", "azure_ml", "local"]


@pytest.mark.parametrize(
    ("name", "access", "message", "allowed"),
    [
        (
            "aws_batch",
            ACCESS,
            "aws_batch submits to AWS, and the environment is on Azure",
            "azure_ml, or local for this machine",
        ),
        (
            "azure_ml",
            S3Access("aws", "eu-central-1"),
            "azure_ml submits to Azure, and the environment is on AWS",
            "aws_batch, or local for this machine",
        ),
    ],
)
def test_the_other_clouds_backend_is_refused(
    tmp_path: Path, name: str, access: S3Access | AzureAccess, message: str, allowed: str
) -> None:
    with pytest.raises(InputError) as raised:
        open_backend(name, LaunchContext(tmp_path, access, "file:///stores"))
    [problem] = raised.value.problems
    assert (problem.field, problem.given, problem.message) == ("--backend", name, message)
    assert problem.allowed == allowed
    assert "leave it out" in problem.mend


def test_what_knows_aws_alone_says_so_of_a_target_on_azure(tmp_path: Path) -> None:
    resolved = ResolvedTarget(target(), "file", "the file target.json")
    batch = BatchBackend(LaunchContext(tmp_path, S3Access("aws", "eu-central-1"), "file:///stores"))
    with pytest.raises(
        InputError, match="backend aws_batch knows AWS alone, and environment lab is on Azure"
    ):
        batch.plan(loaded(tmp_path, {}), resolved)
    with pytest.raises(InputError, match="`modelyard job build` knows AWS alone") as raised:
        plan_build(loaded(tmp_path, {"image": "cnn:1.0"}), resolved.target, Wishes())
    [problem] = raised.value.problems
    assert (problem.field, problem.given) == ("cloud", "azure")
    assert "push it to lab1.azurecr.io after `az acr login`" in problem.mend


def test_a_deadline_and_a_budget_read_as_on_any_cloud(tmp_path: Path) -> None:
    made = outlook(tmp_path, {"deadline": "2026-11-27T12:00:00Z", "max_total_cost": 10}, CPU)
    assert datetime(2026, 11, 26, 12, tzinfo=UTC) == NOW
    assert any("the deadline ends it, with a last checkpoint: 1d" in each for each in made.risks)
    assert made.cost.most_usd == 10
