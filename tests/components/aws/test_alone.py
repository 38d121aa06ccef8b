"""Every component is usable by itself, from a program of somebody else."""

import json
import re

import cluster_args
import pulumi
import pytest
from cluster_args import KEY, POOL
from previewing import PLACE, TAGS, every, one, preview

from modelyard.aws.encryption import Encryption
from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.aws.network import Network
from modelyard.aws.storage import Storage
from modelyard.errors import InputError
from modelyard_policies.graph import UNKNOWN

NETWORK = {
    **PLACE,
    "environment": "dev",
    "cidr": "10.0.0.0/20",
    "zone_ids": ["euc1-az1", "euc1-az2"],
    "egress": "endpoints",
    "logs_key_arn": KEY,
    "tags": TAGS,
}
CLUSTER = {**cluster_args.CLUSTER, "tags": TAGS}


def cluster_with(**pool):
    return preview(lambda: GpuCluster("c", {**CLUSTER, "pools": [{**POOL, **pool}]}) and None)


def refused(program):
    with pytest.raises(InputError) as caught:
        preview(program)
    return caught.value.problems


def test_encryption_makes_a_rotating_key_and_an_alias_for_each_purpose():
    graph = preview(
        lambda: Encryption("k", {**PLACE, "purposes": ["logs", "volumes"], "tags": TAGS}) and None
    )
    keys = every(graph, "kms/key:Key")
    assert [key.name for key in keys] == ["k-logs", "k-volumes"]
    for key in keys:
        assert key.properties["enableKeyRotation"] is True
        assert key.properties["rotationPeriodInDays"] == 365
        assert key.properties["deletionWindowInDays"] == 30
        assert key.properties["tags"] == TAGS
    assert one(graph, "kms/alias:Alias", "k-logs").properties["name"] == "alias/k-logs"


def test_encryption_refuses_a_purpose_without_a_policy():
    (problem,) = refused(lambda: Encryption("k", {**PLACE, "purposes": ["secrets"]}) and None)
    assert (problem.field, problem.given) == ("k.purposes", "secrets")
    assert "volumes" in problem.allowed


def test_a_network_by_endpoints_reaches_no_internet():
    graph = preview(lambda: Network("n", NETWORK) and None)
    endpoints = every(graph, "ec2/vpcEndpoint:VpcEndpoint")
    services = {
        endpoint.properties["serviceName"].removeprefix("com.amazonaws.eu-central-1.")
        for endpoint in endpoints
    }
    assert services == {
        *(
            "s3",
            "ecs",
            "ecs-agent",
            "ecs-telemetry",
            "ecr.api",
            "ecr.dkr",
            "logs",
            "monitoring",
            "ssm",
            "sts",
            "kms",
            "batch",
        )
    }
    for endpoint in endpoints:
        gateway = endpoint.properties["serviceName"].endswith(".s3")
        assert endpoint.properties["vpcEndpointType"] == ("Gateway" if gateway else "Interface")
        assert gateway or len(endpoint.property_dependencies["subnetIds"]) == 2
    assert not every(graph, "ec2/natGateway:NatGateway")
    assert not every(graph, "ec2/internetGateway:InternetGateway")
    assert not [
        rule
        for rule in every(graph, "vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        if "cidrIpv4" in rule.properties
    ]


def test_a_network_by_nat_has_one_and_routes_every_zone_to_it():
    graph = preview(lambda: Network("n", {**NETWORK, "egress": "nat"}) and None)
    nat = one(graph, "ec2/natGateway:NatGateway")
    assert one(graph, "ec2/route:Route", "n-public").urn in nat.dependencies
    to_nat = [route for route in every(graph, "ec2/route:Route") if "natGatewayId" in route.properties]
    assert [route.name for route in to_nat] == ["n-nat-euc1-az1", "n-nat-euc1-az2"]
    assert [e.name for e in every(graph, "ec2/vpcEndpoint:VpcEndpoint")] == ["n-endpoints-s3"]


def test_a_networks_default_group_is_closed_and_its_nodes_share_the_fabric():
    graph = preview(lambda: Network("n", NETWORK) and None)
    closed = one(graph, "ec2/defaultSecurityGroup:DefaultSecurityGroup").properties
    assert (closed["ingress"], closed["egress"]) == ([], [])
    fabric = one(graph, "ec2/securityGroup:SecurityGroup", "n-fabric").urn
    for kind, name in (
        ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "n-fabric-from-itself"),
        ("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "n-fabric-to-itself"),
    ):
        rule = one(graph, kind, name)
        assert rule.properties["ipProtocol"] == "-1"
        assert rule.property_dependencies["securityGroupId"] == (fabric,)
        assert rule.property_dependencies["referencedSecurityGroupId"] == (fabric,)


def test_subnets_are_private_and_follow_the_plan():
    graph = preview(lambda: Network("n", NETWORK) and None)
    subnets = {s.properties["availabilityZoneId"]: s.properties for s in every(graph, "ec2/subnet:Subnet")}
    assert {zone: s["cidrBlock"] for zone, s in subnets.items()} == {
        "euc1-az1": "10.0.0.0/22",
        "euc1-az2": "10.0.4.0/22",
    }
    assert not any(s["mapPublicIpOnLaunch"] for s in subnets.values())


@pytest.mark.parametrize(
    ("change", "field", "mend"),
    [
        ({"egress": "internet"}, "n.egress", "choose endpoints"),
        ({"cidr": "10.0.0.0/27"}, "n.cidr", "write 10.0.0.0/26"),
        ({"cidr": "10.0.0.1/20"}, "n.cidr", "write the network's address and its length"),
        ({"cidr": 16}, "n.cidr", "give str"),
        ({"zone_ids": []}, "n.zone_ids", "name each zone once"),
        ({"zone_ids": ["euc1-az1", "euc1-az1"]}, "n.zone_ids", "name each zone once"),
    ],
)
def test_a_network_that_cannot_be_is_refused_before_anything_is_registered(change, field, mend):
    (problem,) = refused(lambda: Network("n", {**NETWORK, **change}) and None)
    assert problem.field == field
    assert problem.mend.startswith(mend)


def test_storage_closes_versions_and_encrypts_every_bucket():
    graph = preview(
        lambda: (
            Storage(
                "s", {**PLACE, "environment": "web", "buckets": {"assets": {"key_arn": KEY}}, "tags": TAGS}
            )
            and None
        )
    )
    assert {b.properties["bucket"] for b in every(graph, "s3/bucket:Bucket")} == {
        "web-assets-123456789012-eu-central-1",
        "web-logs-123456789012-eu-central-1",
    }
    for purpose in ("assets", "logs"):
        flags = one(graph, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock", f"s-{purpose}").properties
        assert all(
            flags[flag]
            for flag in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        )
        versioning = one(graph, "s3/bucketVersioning:BucketVersioning", f"s-{purpose}").properties
        assert versioning["versioningConfiguration"] == {"status": "Enabled"}
        controls = one(graph, "s3/bucketOwnershipControls:BucketOwnershipControls", f"s-{purpose}").properties
        assert controls["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
        rules = one(graph, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", f"s-{purpose}")
        assert rules.properties["rules"][0]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


def test_data_is_under_its_own_key_and_access_logs_under_s3s():
    graph = preview(
        lambda: (
            Storage("s", {**PLACE, "environment": "web", "buckets": {"assets": {"key_arn": KEY}}}) and None
        )
    )
    kind = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    assert one(graph, kind, "s-assets").properties["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
            "bucketKeyEnabled": True,
        }
    ]
    assert one(graph, kind, "s-logs").properties["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    ]
    assert one(graph, "s3/bucketLogging:BucketLogging").properties["targetPrefix"] == "assets/"


def test_an_on_demand_pool_updates_in_place_and_waits_for_running_jobs():
    graph = cluster_with(update_wait_hours=4)
    environment = one(graph, "batch/computeEnvironment:ComputeEnvironment").properties
    resources = environment["computeResources"]
    assert (resources["type"], resources["allocationStrategy"]) == ("EC2", "BEST_FIT_PROGRESSIVE")
    assert (resources["minVcpus"], resources["maxVcpus"]) == (0, 64)
    assert environment["updatePolicy"] == {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 240}
    assert "serviceRole" not in environment
    assert re.fullmatch(r"c-cpu-[0-9a-f]{8}-", environment["namePrefix"])
    assert resources["ec2Configurations"] == [{"imageType": "ECS_AL2023"}]
    assert resources["securityGroupIds"] == ["sg-1"]


def test_a_spot_pool_bids_and_takes_no_placement_group():
    graph = cluster_with(
        capacity_mode="spot", max_price_percent=70, instance_type="g5.xlarge", image_id="ami-12345678"
    )
    resources = one(graph, "batch/computeEnvironment:ComputeEnvironment").properties["computeResources"]
    assert (resources["type"], resources["allocationStrategy"]) == ("SPOT", "SPOT_PRICE_CAPACITY_OPTIMIZED")
    assert resources["bidPercentage"] == 70
    assert resources["ec2Configurations"] == [
        {"imageType": "ECS_AL2023_NVIDIA", "imageIdOverride": "ami-12345678"}
    ]
    assert not every(graph, "ec2/placementGroup:PlacementGroup")


def test_a_node_has_imdsv2_an_encrypted_volume_and_tags():
    template = one(cluster_with(root_volume_gib=300), "ec2/launchTemplate:LaunchTemplate").properties
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    (volume,) = template["blockDeviceMappings"]
    assert volume["ebs"]["encrypted"] == "true"
    assert (volume["ebs"]["kmsKeyId"], volume["ebs"]["volumeSize"]) == (KEY, 300)
    for specification in template["tagSpecifications"]:
        assert TAGS.items() <= specification["tags"].items()
    assert [s["resourceType"] for s in template["tagSpecifications"]] == ["instance", "volume"]
    assert "networkInterfaces" not in template


def test_a_pool_with_efa_has_its_interfaces_in_the_template_and_a_cluster_placement_group():
    graph = cluster_with(instance_type="p5.48xlarge", max_nodes_per_job=4)
    template = one(graph, "ec2/launchTemplate:LaunchTemplate").properties
    assert len(template["networkInterfaces"]) == 32
    assert all(i["securityGroups"] == ["sg-1"] for i in template["networkInterfaces"])
    # EC2 refuses it with several interfaces.
    assert not any("associatePublicIpAddress" in i for i in template["networkInterfaces"])
    environment = one(graph, "batch/computeEnvironment:ComputeEnvironment")
    resources = environment.properties["computeResources"]
    assert "securityGroupIds" not in resources
    group = one(graph, "ec2/placementGroup:PlacementGroup")
    assert group.properties["strategy"] == "cluster"
    # It belongs to the compute environment, and bears its name.
    assert group.name == environment.name
    assert resources["placementGroup"] in (group.name, UNKNOWN)


def test_a_single_efa_interface_gets_no_public_address():
    graph = cluster_with(instance_type="hpc6a.48xlarge", max_nodes_per_job=2)
    (interface,) = one(graph, "ec2/launchTemplate:LaunchTemplate").properties["networkInterfaces"]
    assert (interface["interfaceType"], interface["associatePublicIpAddress"]) == ("efa", "false")


def test_a_capacity_block_is_referenced_and_takes_no_placement_group():
    reservation = "cr-0123456789abcdef0"
    graph = cluster_with(
        instance_type="p5.48xlarge",
        max_nodes_per_job=4,
        capacity_mode="capacity_block",
        reservation_id=reservation,
    )
    template = one(graph, "ec2/launchTemplate:LaunchTemplate").properties
    assert template["instanceMarketOptions"] == {"marketType": "capacity-block"}
    assert template["capacityReservationSpecification"] == {
        "capacityReservationTarget": {"capacityReservationId": reservation}
    }
    assert not every(graph, "ec2/placementGroup:PlacementGroup")
    # Auto Scaling takes no block in a group of mixed instances, and what is BEST_FIT has no update policy.
    environment = one(graph, "batch/computeEnvironment:ComputeEnvironment").properties
    assert environment["computeResources"]["allocationStrategy"] == "BEST_FIT"
    assert "updatePolicy" not in environment


def test_a_queue_cancels_what_can_never_start():
    queue = one(cluster_with(), "batch/jobQueue:JobQueue").properties
    assert queue["name"] == "dev-cpu"
    assert {action["reason"] for action in queue["jobStateTimeLimitActions"]} == {
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    }
    assert {(a["action"], a["maxTimeSeconds"]) for a in queue["jobStateTimeLimitActions"]} == {
        ("CANCEL", 3600)
    }


def test_images_never_move_and_are_scanned_under_our_key():
    repository = one(cluster_with(), "ecr/repository:Repository").properties
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": KEY}]


@pytest.mark.parametrize(
    ("pool", "field", "mend"),
    [
        ({"instance_type": "p5.48xlrge"}, "c.pools[0].instance_type", "did you mean p5.48xlarge?"),
        ({"instance_type": "trn1.32xlarge"}, "c.pools[0].image_id", "name the image's id"),
        ({"capacity_mode": "cheap"}, "c.pools[0].capacity_mode", "name one of these"),
        (
            {"capacity_mode": "capacity_block", "instance_type": "p5.48xlarge"},
            "c.pools[0].reservation_id",
            "name the reservation's id",
        ),
        ({"update_wait_hours": 7}, "c.pools[0].update_wait_hours", "write 6, and let longer jobs end"),
        ({"max_node": 3}, "c.pools[0].max_node", "did you mean 'max_nodes'?"),
        (
            {"capacity_mode": "spot", "max_nodes_per_job": 2},
            "c.pools[0].capacity_mode",
            "choose one of these, or set max_nodes_per_job to 1",
        ),
        ({"zone_ids": []}, "c.pools[0].zone_ids", "name one zone"),
        ({"zone_ids": ["euc1-az9"]}, "c.pools[0].zone_ids", "name a zone of subnet_ids"),
        (
            {"instance_type": "hpc6id.32xlarge", "max_nodes_per_job": 2},
            "c.pools[0].max_nodes_per_job",
            "write 1, or take another instance type",
        ),
    ],
)
def test_a_pool_that_cannot_be_is_refused(pool, field, mend):
    with pytest.raises(InputError) as caught:
        cluster_with(**pool)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert problem.mend.startswith(mend)


@pytest.mark.parametrize(
    ("pools", "given", "message"),
    [
        ([], "none", "a cluster without pools runs nothing"),
        ([POOL, POOL], "cpu", "2 pools have this name, and a queue is named after its pool"),
    ],
)
def test_pools_have_names_of_their_own(pools, given, message):
    (problem,) = refused(lambda: GpuCluster("c", {**CLUSTER, "pools": pools}) and None)
    assert (problem.field, problem.given, problem.message) == ("c.pools", given, message)


@pytest.mark.parametrize(
    ("purpose", "message"),
    [
        ("logs", "this bucket is made anyway, for the access logs of the others"),
        ("a" * 40, "the bucket's name would have 70 characters"),
    ],
)
def test_a_bucket_that_cannot_be_is_refused(purpose, message):
    args = {**PLACE, "environment": "web", "buckets": {purpose: {"key_arn": KEY}}}
    (problem,) = refused(lambda: Storage("s", args) and None)
    assert (problem.field, problem.message) == (f"s.buckets.{purpose}", message)


def test_values_that_become_known_later_pass_through_every_component():
    def program():
        later = pulumi.Output.from_input(KEY)
        Network("n", {**NETWORK, "logs_key_arn": later})
        GpuCluster(
            "c", {**CLUSTER, "volume_key_arn": later, "subnet_ids": {"euc1-az1": later}, "pools": [POOL]}
        )

    template = one(preview(program), "ec2/launchTemplate:LaunchTemplate").properties
    assert template["blockDeviceMappings"][0]["ebs"]["kmsKeyId"] == KEY


def test_what_does_not_concern_keys_can_be_reviewed_before_anything_exists():
    graph = cluster_with()
    for name in ("node", "execution", "job"):
        policy = one(graph, "iam/rolePolicy:RolePolicy", f"c-roles-{name}").properties["policy"]
        assert json.loads(policy)["Statement"]
    assert json.loads(one(graph, "iam/policy:Policy", "c-roles-submitter").properties["policy"])["Statement"]


def test_a_whole_bucket_and_all_subnets_may_become_known_later():
    def program():
        bucket = pulumi.Output.from_input(
            {"key_arn": KEY, "expire_after_days": 90, "restoring_role_arns": ["arn:aws:iam::1:role/restore"]}
        )
        Storage("s", {**PLACE, "environment": "web", "buckets": {"scans": bucket}})
        subnets = pulumi.Output.from_input({"euc1-az1": "subnet-1"})
        pool = {**POOL, "max_nodes": pulumi.Output.from_input(3)}
        GpuCluster("c", {**CLUSTER, "subnet_ids": subnets, "pools": [pool]})

    graph = preview(program)
    (encryption,) = one(
        graph,
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "s-scans",
    ).properties["rules"]
    assert encryption["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == KEY
    lifecycle = one(graph, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "s-scans")
    assert lifecycle.properties["rules"][2]["expiration"] == {"days": 90}
    assert lifecycle.properties["rules"][1]["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    policy = one(graph, "s3/bucketPolicy:BucketPolicy", "s-scans").properties["policy"]
    assert "arn:aws:iam::1:role/restore" in policy
    resources = one(graph, "batch/computeEnvironment:ComputeEnvironment").properties["computeResources"]
    assert (resources["subnets"], resources["maxVcpus"]) == (["subnet-1"], 48)


def test_a_range_that_becomes_known_later_is_refused_before_anything_is_made():
    (problem,) = refused(
        lambda: Network("n", {**NETWORK, "cidr": pulumi.Output.from_input("10.0.0.0/20")}) and None
    )
    assert (problem.field, problem.mend) == ("n.cidr", "give the value itself")
