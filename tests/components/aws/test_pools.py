"""How a cluster's pools are bought, fall back to each other, and follow each other."""

import base64
import json

import pulumi
import pytest
from previewing import PLACE, TAGS, every, one, preview

from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.errors import InputError

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
RESERVATION = "cr-0123456789abcdef0"
GROUP = "arn:aws:resource-groups:eu-central-1:123456789012:group/training"
CPU = {
    "name": "cpu",
    "instance_type": "c7i.4xlarge",
    "max_nodes": 4,
    "capacity_mode": "on_demand",
    "zone_ids": ["euc1-az1"],
}
P5 = {**CPU, "name": "gpu", "instance_type": "p5.48xlarge", "max_nodes_per_job": 4}
BLOCK = {**P5, "capacity_mode": "capacity_block", "reservation_id": RESERVATION}
NEURON = {**CPU, "name": "trn", "instance_type": "trn1.32xlarge", "image_id": "ami-0123456789abcdef0"}
CLUSTER = {
    **PLACE,
    "environment": "dev",
    "subnet_ids": {"euc1-az1": "subnet-1", "euc1-az2": "subnet-2"},
    "security_group_id": "sg-1",
    "volume_key_arn": KEY,
    "logs_key_arn": KEY,
    "registry_key_arn": KEY,
    "datasets_bucket": "data",
    "checkpoints_bucket": "check",
    "checkpoints_key_arn": KEY,
    "tags": TAGS,
}
ENVIRONMENT = "batch/computeEnvironment:ComputeEnvironment"
TEMPLATE = "ec2/launchTemplate:LaunchTemplate"
PLACEMENT = "ec2/placementGroup:PlacementGroup"
QUEUE = "batch/jobQueue:JobQueue"


def cluster(*pools, **changes):
    return preview(lambda: GpuCluster("c", {**CLUSTER, "pools": list(pools), **changes}) and None)


def problems(*pools, **changes):
    with pytest.raises(InputError) as caught:
        cluster(*pools, **changes)
    return caught.value.problems


def generation(pool, **changes):
    """Generation of the one pool's compute environment."""
    return one(cluster(pool, **changes), ENVIRONMENT).name.removeprefix(f"c-{pool['name']}-")


@pytest.mark.parametrize(
    ("capacity", "specification"),
    [
        ({"capacity_mode": "on_demand"}, None),
        (
            {"capacity_mode": "open_reservation", "reservation_id": RESERVATION},
            {"capacityReservationPreference": "open"},
        ),
        (
            {"capacity_mode": "reservation", "reservation_id": RESERVATION},
            {"capacityReservationTarget": {"capacityReservationId": RESERVATION}},
        ),
        (
            {"capacity_mode": "reservation", "reservation_group_arn": GROUP},
            {"capacityReservationTarget": {"capacityReservationResourceGroupArn": GROUP}},
        ),
        (
            {"capacity_mode": "capacity_block", "reservation_id": RESERVATION},
            {"capacityReservationTarget": {"capacityReservationId": RESERVATION}},
        ),
    ],
)
def test_capacity_is_named_never_bought_and_only_on_demand_machines_have_a_placement_group(
    capacity, specification
):
    graph = cluster({**P5, **capacity})
    template = one(graph, TEMPLATE).properties
    assert template.get("capacityReservationSpecification") == specification
    assert not [node for node in graph.resources if "apacity" in node.type.rpartition(":")[2]]
    is_block = capacity["capacity_mode"] == "capacity_block"
    market = {"marketType": "capacity-block"} if is_block else None
    assert template.get("instanceMarketOptions") == market
    assert bool(every(graph, PLACEMENT)) is (capacity["capacity_mode"] == "on_demand")
    resources = one(graph, ENVIRONMENT).properties["computeResources"]
    assert resources["type"] == "EC2"
    assert resources["allocationStrategy"] == ("BEST_FIT" if is_block else "BEST_FIT_PROGRESSIVE")


def test_a_block_keeps_no_node_up_has_its_own_size_and_tells_its_window():
    window = {"starts_at": "2026-11-30T11:30:00Z", "ends_at": "2026-12-04T11:30:00Z"}
    graph = cluster({**BLOCK, "max_nodes": 8, **window})
    resources = one(graph, ENVIRONMENT).properties["computeResources"]
    assert (resources["minVcpus"], resources["maxVcpus"]) == (0, 8 * 192)
    template = one(graph, TEMPLATE).properties
    assert template["tags"] == {
        **TAGS,
        "starts-at": "2026-11-30T11:30:00Z",
        "drain-at": "2026-12-04T11:00:00Z",
        "ends-at": "2026-12-04T11:30:00Z",
    }
    # Nodes know it from their start.
    assert "2026-12-04T11:00:00Z" in base64.b64decode(template["userData"]).decode()


def test_machines_with_neuron_run_the_image_that_they_are_given():
    resources = one(cluster(NEURON), ENVIRONMENT).properties["computeResources"]
    (image,) = resources["ec2Configurations"]
    assert image["imageIdOverride"] == NEURON["image_id"]
    assert resources["instanceTypes"] == ["trn1.32xlarge"]


@pytest.mark.parametrize(
    ("change", "field", "message", "mend"),
    [
        (
            {"capacity_mode": "block"},
            "capacity_mode",
            "capacity is bought in one of five ways",
            "name one of these",
        ),
        (
            {"capacity_mode": "open_reservation"},
            "reservation_id",
            "capacity_mode open_reservation needs the reservation that it uses",
            "name the reservation's id: capacity is never bought by `up`",
        ),
        (
            {"capacity_mode": "reservation"},
            "reservation_id",
            "capacity_mode reservation needs the reservation that it uses",
            "name the reservation's id: capacity is never bought by `up`",
        ),
        (
            {"capacity_mode": "reservation", "reservation_id": RESERVATION, "reservation_group_arn": GROUP},
            "reservation_group_arn",
            "machines are sent to one reservation or to one group of them",
            "leave one of the two out",
        ),
        (
            {"reservation_id": RESERVATION},
            "reservation_id",
            "capacity_mode on_demand doesn't use it",
            "leave it out, or choose the capacity_mode that uses it",
        ),
        (
            {**BLOCK, "reservation_group_arn": GROUP},
            "reservation_group_arn",
            "capacity_mode capacity_block doesn't use it",
            "leave it out, or choose the capacity_mode that uses it",
        ),
        (
            {**BLOCK, "min_nodes": 1},
            "min_nodes",
            "machines would be asked for outside of the window of the capacity block",
            "leave it out: the block is paid for as a whole anyway",
        ),
        (
            {**BLOCK, "max_nodes_per_job": 1, "zone_ids": ["euc1-az1", "euc1-az2"]},
            "zone_ids",
            "machines run in some zone, and those of a multi-node job or a reservation in one",
            "name one zone",
        ),
        (
            {**BLOCK, "ends_at": "tomorrow"},
            "ends_at",
            "this names no moment",
            "write it as the reservation shows it, in UTC",
        ),
        (
            {**BLOCK, "starts_at": "2026-12-05T11:30:00Z", "ends_at": "2026-12-04T11:30:00Z"},
            "ends_at",
            "the block would end before it starts, at 2026-12-05T11:30:00Z",
            "write both as the reservation shows them",
        ),
        (
            {"ends_at": "2026-12-04T11:30:00Z"},
            "ends_at",
            "only a capacity block has a window",
            "leave it out",
        ),
    ],
)
def test_capacity_that_cannot_be_is_refused(change, field, message, mend):
    (problem,) = problems({**P5, **change})
    assert (problem.field, problem.message, problem.mend) == (f"c.pools[0].{field}", message, mend)


def test_a_queue_goes_on_to_the_pools_that_it_falls_back_to_in_their_order():
    first = {**P5, "capacity_mode": "reservation", "reservation_id": RESERVATION, "name": "reserved"}
    second, third = {**P5, "name": "bought"}, {**BLOCK, "name": "block"}
    first["fallback"] = ["block", "bought"]
    third["fallback"] = ["reserved"]  # a ring is no problem: every environment is made before every queue
    graph = cluster(first, second, third)
    queue = one(graph, QUEUE, "c-reserved")
    assert [item["order"] for item in queue.properties["computeEnvironmentOrders"]] == [1, 2, 3]
    environments = {node.urn: node.name for node in every(graph, ENVIRONMENT)}
    names = sorted(environments[urn] for urn in queue.property_dependencies["computeEnvironmentOrders"])
    assert [name.split("-")[1] for name in names] == ["block", "bought", "reserved"]
    assert len(one(graph, QUEUE, "c-block").properties["computeEnvironmentOrders"]) == 2
    assert len(one(graph, QUEUE, "c-bought").properties["computeEnvironmentOrders"]) == 1


def test_single_node_jobs_fall_back_from_a_reservation_to_spot():
    reserved = {**CPU, "capacity_mode": "open_reservation", "reservation_id": RESERVATION}
    spot = {**CPU, "name": "spot", "capacity_mode": "spot"}
    graph = cluster({**reserved, "fallback": ["spot"]}, spot)
    assert len(one(graph, QUEUE, "c-cpu").properties["computeEnvironmentOrders"]) == 2


OTHER = {**P5, "name": "other"}


@pytest.mark.parametrize(
    ("fallback", "other", "field", "message", "mend"),
    [
        (["othr"], OTHER, "fallback[0]", "there is no such pool in the cluster", "did you mean other?"),
        (
            ["gpu"],
            OTHER,
            "fallback[0]",
            "a pool can't fall back to itself",
            "name another pool, or leave it out",
        ),
        (
            ["other", "other"],
            OTHER,
            "fallback[1]",
            "it is named already",
            "name another pool, or leave it out",
        ),
        (
            ["other"],
            {**OTHER, "max_nodes_per_job": 2},
            "fallback[0]",
            "it can't take the jobs of gpu: its jobs have 2 of 4 nodes at most",
            "name another pool, or leave it out",
        ),
        (
            ["other"],
            {**OTHER, "instance_type": "p4d.24xlarge"},
            "fallback[0]",
            "it can't take the jobs of gpu: p4d.24xlarge has A100",
            "name another pool, or leave it out",
        ),
    ],
)
def test_a_fallback_that_cannot_take_the_jobs_is_refused(fallback, other, field, message, mend):
    (problem,) = problems({**P5, "fallback": fallback}, other)
    assert (problem.field, problem.message, problem.mend) == (f"c.pools[0].{field}", message, mend)


def test_a_pool_without_others_has_nothing_to_fall_back_to():
    (problem,) = problems({**P5, "fallback": ["other"]})
    assert problem.allowed == "nothing: there is no other pool"


def test_a_queue_takes_three_compute_environments():
    names = ["a", "b", "c"]
    (problem,) = problems({**CPU, "fallback": names}, *({**CPU, "name": name} for name in names))
    assert (problem.field, problem.given) == ("c.pools[0].fallback", "a, b, c")
    assert problem.message == "a queue takes three compute environments, and the first is the pool's own"
    assert (problem.allowed, problem.mend) == ("2 pools at most", "leave the others out")


def test_multi_node_jobs_never_fall_back_to_spot():
    spot = {**OTHER, "capacity_mode": "spot"}
    found = [
        problem for problem in problems({**P5, "fallback": ["other"]}, spot) if "fallback" in problem.field
    ]
    assert [problem.message for problem in found] == [
        "it can't take the jobs of gpu: AWS Batch runs multi-node jobs on on-demand or reserved capacity only"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"max_nodes": 8},
        {"min_nodes": 2},
        {"root_volume_gib": 500},
        {"image_id": "ami-0123456789abcdef0"},
        {"instance_type": "p5e.48xlarge"},
        {"max_nodes_per_job": 2},
        {"update_wait_hours": 2},
        {"externally_scaled": True},
    ],
)
def test_an_on_demand_pool_changes_in_place(change):
    assert generation({**P5, **change}) == generation(P5)


@pytest.mark.parametrize("change", [{"max_nodes": 8}, {"externally_scaled": True}, {"update_wait_hours": 2}])
def test_a_block_changes_in_place_by_its_size_alone(change):
    assert generation({**BLOCK, **change}) == generation(BLOCK)


@pytest.mark.parametrize(
    "change",
    [
        {"reservation_id": "cr-0fedcba9876543210"},
        {"root_volume_gib": 500},
        {"image_id": "ami-0123456789abcdef0"},
        {"instance_type": "p5e.48xlarge"},
        {"max_nodes_per_job": 1},
        {"zone_ids": ["euc1-az2"]},
        {"ends_at": "2026-12-04T11:30:00Z"},
    ],
)
def test_any_other_change_of_a_block_makes_another_generation(change):
    assert generation({**BLOCK, **change}) != generation(BLOCK)


def test_the_tags_of_a_blocks_machines_are_part_of_them():
    tags = {**TAGS, "owner": "research"}
    assert generation(BLOCK, tags=tags) != generation(BLOCK)
    assert generation(P5, tags=tags) == generation(P5)


def test_what_becomes_known_later_is_no_part_of_a_generation():
    def generation_under(key):
        def program():
            later = pulumi.Output.from_input
            known = {"volume_key_arn": later(key), "subnet_ids": later({"euc1-az1": f"subnet-of-{key}"})}
            GpuCluster("c", {**CLUSTER, "pools": [BLOCK], **known})

        return one(preview(program), ENVIRONMENT).name

    assert generation_under("one") == generation_under("another")


def test_the_replaced_environment_stays_disabled_and_its_queue_holds_neither_it_nor_lets_it_go_first():
    old = generation({**P5, "max_nodes_per_job": 1})
    graph = cluster(P5, previous_generations={"gpu": old})
    environments = {node.name: node for node in every(graph, ENVIRONMENT)}
    new = generation(P5)
    assert set(environments) == {f"c-gpu-{old}", f"c-gpu-{new}"}
    retiring, current = environments[f"c-gpu-{old}"], environments[f"c-gpu-{new}"]
    assert (retiring.properties["state"], current.properties["state"]) == ("DISABLED", "ENABLED")
    assert retiring.properties["namePrefix"] == f"c-gpu-{old}-"
    assert retiring.properties["computeResources"]["minVcpus"] == 0
    assert current.urn in retiring.dependencies
    queue = one(graph, QUEUE)
    assert queue.property_dependencies["computeEnvironmentOrders"] == (current.urn,)
    assert retiring.urn in queue.dependencies
    # One group, of the new one: the old one had none.
    assert one(graph, PLACEMENT).name == f"c-gpu-{new}"


def test_a_placement_group_outlives_its_environment():
    grouped = generation(P5)
    graph = cluster({**P5, "max_nodes_per_job": 1}, previous_generations={"gpu": grouped})
    group = one(graph, PLACEMENT)
    assert group.name == f"c-gpu-{grouped}"
    retiring = one(graph, ENVIRONMENT, f"c-gpu-{grouped}")
    assert retiring.properties["computeResources"]["placementGroup"] == group.name
    assert group.urn in retiring.dependencies


def test_nothing_retires_where_nothing_changed_nor_with_its_pool():
    same = cluster(P5, previous_generations={"gpu": generation(P5), "gone": "0123abcd"})
    assert len(every(same, ENVIRONMENT)) == 1


def test_a_generation_that_never_was_is_refused():
    (problem,) = problems(P5, previous_generations={"gpu": "latest"})
    assert (problem.field, problem.given) == ("c.previous_generations.gpu", "'latest'")
    assert problem.message == "no compute environment is called after this"
    assert problem.allowed == "what pool_generations was after the last `up`, as 0123abcd or pg-0123abcd"
    assert problem.mend == "give that output back as it was, or leave it out"


def test_everything_of_a_cluster_is_in_its_region_and_its_roles_bear_the_regions_name():
    graph = cluster(P5, region="eu-west-1", permissions_boundary="arn:aws:iam::123456789012:policy/bound")
    for node in graph.resources:
        if node.type.startswith("aws:") and not node.type.startswith("aws:iam/"):
            assert node.properties["region"] == "eu-west-1", node.name
        if node.type in ("aws:iam/role:Role", "aws:iam/policy:Policy"):
            assert node.properties["name"].startswith("dev-eu-west-1-")
    roles = every(graph, "iam/role:Role")
    assert len(roles) == 3
    assert {role.properties["permissionsBoundary"] for role in roles} == {
        "arn:aws:iam::123456789012:policy/bound"
    }


def test_nodes_have_a_log_group_of_their_own_under_the_clusters_key():
    group = one(cluster(CPU, log_retention_days=30), "cloudwatch/logGroup:LogGroup", "c-nodes").properties
    assert (group["name"], group["kmsKeyId"], group["retentionInDays"]) == ("/modelyard/dev/nodes", KEY, 30)


@pytest.mark.parametrize(
    ("change", "field", "message", "mend"),
    [
        (
            {"promotion_lock_days": 0},
            "promotion_lock_days",
            "a lock lasts a day at least",
            "write 1 or more, or leave it out: then nobody may lock any",
        ),
        (
            {"promotion_lock_days": 30, "promotion_lock_mode": "strict"},
            "promotion_lock_mode",
            "S3 locks objects in one of two modes",
            "name one of these",
        ),
    ],
)
def test_a_lock_that_s3_does_not_know_is_refused(change, field, message, mend):
    (problem,) = problems(CPU, **change)
    assert (problem.field, problem.message, problem.mend) == (f"c.{field}", message, mend)


def test_promoted_checkpoints_can_be_locked_where_that_is_asked_for():
    def lock(graph, kind, name):
        document = json.loads(one(graph, kind, name).properties["policy"])
        return [item for item in document["Statement"] if "s3:PutObjectRetention" in item["Action"]]

    wanted = cluster(CPU, promotion_lock_days=90, promotion_lock_mode="compliance")
    for kind, name in (
        ("iam/rolePolicy:RolePolicy", "c-roles-job"),
        ("iam/policy:Policy", "c-roles-submitter"),
    ):
        (statement,) = lock(wanted, kind, name)
        assert statement["Resource"] == ["arn:aws:s3:::check/keep/*"]
        assert statement["Condition"] == {
            "StringEquals": {"s3:object-lock-mode": "COMPLIANCE"},
            "NumericLessThanEquals": {"s3:object-lock-remaining-retention-days": "90"},
        }
        assert lock(cluster(CPU), kind, name) == []
