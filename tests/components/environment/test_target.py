"""The launch target of an environment: what a launcher goes by, and nothing that is secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from previewing import dev_fields

from modelyard.catalog.instances import instance_type
from modelyard.environment import parse_environment
from modelyard.environment.aws.needs import has_cpu_pool
from modelyard.environment.aws.sites import primary_site, sites
from modelyard.environment.aws.target import Provisioned, launch_target
from modelyard.environment.tags import environment_tags
from modelyard.outputs import LaunchTarget

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:dev/hub-??????"
REPLICA = SECRET.replace("eu-central-1", "eu-west-1")


def known(*pools: str) -> Provisioned:
    return Provisioned(
        queue_arns={pool: f"arn:aws:batch:eu-central-1:123456789012:job-queue/dev-{pool}" for pool in pools},
        repository_url="123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev/training",
        job_role_arn="arn:aws:iam::123456789012:role/job",
        execution_role_arn="arn:aws:iam::123456789012:role/execution",
        log_group="/modelyard/dev/jobs",
        datasets_key_arn=None,
        checkpoints_key_arn=None,
        supervisor_role_arn="arn:aws:iam::123456789012:role/supervisor",
        submitter_policy_arns=["arn:aws:iam::123456789012:policy/submitter"],
    )


def targets(fields: dict[str, Any]) -> list[LaunchTarget]:
    """The target of each region, the primary first."""
    environment = parse_environment(fields)
    return [
        launch_target(environment, known(*(pool.name for pool in site.pools)), site)
        for site in sites(environment)
    ]


def two_regions() -> dict[str, Any]:
    fields = dev_fields()
    fields["regions"]["recovery"] = "eu-west-1"
    fields["recovery"] = {"network": {"cidr": "10.48.0.0/20", "zone_count": 2}}
    return fields


def test_a_target_from_before_these_fields_is_read_and_says_that_it_does_not_know() -> None:
    (target,) = targets(dev_fields())
    document = json.loads(target.model_dump_json(by_alias=True))
    younger = {
        "egress", "secrets", "end_bad_nodes", "recovery_target", "open_hours", "node_log_group", "tags"
    }  # fmt: skip
    for name in younger:
        del document[name]
    for name in ("supervisor_role_arn", "submitter_policy_arns"):
        del document["roles"][name]
    of_pools = {
        "min_nodes", "zone_ids", "max_price_percent", "reservation", "architecture", "accelerator_memory_mib",
        "instance_storage_gb", "root_volume_gib", "runnable_limit_minutes",
    }  # fmt: skip
    for pool in document["pools"]:
        del pool["fabric"]["network_gbps"]
        for name in of_pools:
            del pool[name]
    old = LaunchTarget.model_validate(document)
    assert old.schema_ == "modelyard.target/1"
    assert (old.egress, old.secrets, old.end_bad_nodes, old.recovery_target) == (None, [], False, None)
    assert (old.open_hours, old.node_log_group, old.tags) == (None, None, {})
    assert (old.roles.supervisor_role_arn, old.roles.submitter_policy_arns) == (None, [])
    assert {old.pools[0].architecture, old.pools[0].runnable_limit_minutes} == {None}


@pytest.mark.parametrize("egress", ["endpoints", "nat"])
def test_it_says_how_nodes_reach_services(egress: str) -> None:
    fields = dev_fields()
    fields["network"]["egress"] = egress
    assert [target.egress for target in targets(fields)] == [egress]


def test_each_region_names_its_own_secrets_and_the_primary_where_the_other_lies() -> None:
    fields = two_regions()
    fields["jobs"] = {"secrets": [REPLICA, SECRET], "end_bad_nodes": True}
    primary, recovery = targets(fields)
    assert (primary.secrets, recovery.secrets) == ([SECRET], [REPLICA])
    assert primary.end_bad_nodes
    assert recovery.end_bad_nodes
    assert primary.recovery_target is not None
    assert primary.recovery_target.region == "eu-west-1"
    assert primary.recovery_target.checkpoints_uri == recovery.stores.checkpoints.uri
    assert recovery.recovery_target is None
    assert recovery.recovery


def test_without_a_recovery_region_there_is_nothing_to_find() -> None:
    (target,) = targets(dev_fields())
    assert (target.recovery_target, target.secrets, target.end_bad_nodes) == (None, [], False)


def test_it_names_the_supervisors_role_and_what_a_submitter_needs() -> None:
    (target,) = targets(dev_fields())
    assert target.roles.supervisor_role_arn == "arn:aws:iam::123456789012:role/supervisor"
    assert target.roles.submitter_policy_arns == ["arn:aws:iam::123456789012:policy/submitter"]


def test_a_supervisor_wants_a_pool_without_accelerators() -> None:
    fields = dev_fields()
    assert has_cpu_pool(primary_site(parse_environment(fields)))
    fields["compute"] = [pool for pool in fields["compute"] if pool["name"] == "gpu"]
    assert not has_cpu_pool(primary_site(parse_environment(fields)))


def test_its_tags_are_those_of_everything_in_the_environment() -> None:
    (target,) = targets(dev_fields())
    assert target.tags == environment_tags(parse_environment(dev_fields()))
    assert target.tags["environment"] == "dev"


def test_it_says_when_queues_are_open() -> None:
    fields = dev_fields()
    assert targets(fields)[0].open_hours is None
    hours = {
        "opens": "08:00", "closes": "18:00", "days": ["mon", "tue"], "time_zone": "Europe/Berlin"
    }  # fmt: skip
    fields["working_hours"] = hours
    (target,) = targets(fields)
    assert target.open_hours is not None
    assert target.open_hours.model_dump() == hours


def test_a_pool_says_what_its_machines_have_and_where_they_come_from() -> None:
    fields = dev_fields()
    fields["regions"]["primary"], fields["network"]["cidr"] = "eu-north-1", "10.32.0.0/16"
    fields["compute"] += [
        {
            "name": "block",
            "instance_type": "p5.48xlarge",
            "max_nodes": 2,
            "zone_id": "eun1-az2",
            "capacity": {
                "mode": "capacity_block",
                "reservation_id": "cr-0123456789abcdef0",
                "node_count": 2,
                "starts_at": "2026-12-01T11:30:00Z",
                "ends_at": "2026-12-02T11:30:00Z",
            },
        },
        {
            "name": "arm",
            "instance_type": "c7g.4xlarge",
            "min_nodes": 1,
            "max_nodes": 2,
            "root_volume_gib": 100,
            "capacity": {
                "mode": "reservation",
                "resource_group_arn": "arn:aws:resource-groups:eu-north-1:123456789012:group/arm",
            },
            "zone_id": "eun1-az1",
        },
    ]
    (target,) = targets(fields)
    pools = {pool.name: pool for pool in target.pools}
    cpu, gpu, block, arm = (pools[name] for name in ("cpu", "gpu", "block", "arm"))
    assert (cpu.min_nodes, cpu.zone_ids, cpu.max_price_percent, cpu.reservation) == (
        0,
        ["eun1-az1"],
        None,
        None,
    )
    assert (cpu.accelerator_memory_mib, cpu.instance_storage_gb, cpu.root_volume_gib) == (None, 0, 200)
    assert (gpu.max_price_percent, gpu.zone_ids) == (100, ["eun1-az2"])
    assert gpu.accelerator_memory_mib == instance_type("g5.xlarge").accelerator_memory_mib > 0
    assert gpu.instance_storage_gb == 250
    assert (block.reservation, block.fabric.network_gbps) == ("cr-0123456789abcdef0", 3_200)
    assert (arm.reservation or "").endswith(":group/arm")
    assert (arm.architecture, arm.min_nodes, arm.root_volume_gib) == ("arm64", 1, 100)
    assert {pool.runnable_limit_minutes for pool in target.pools} == {60}
