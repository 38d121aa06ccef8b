"""File systems, each component by itself."""

import json

import pytest
from previewing import PLACE, TAGS, every, one, preview

from modelyard.aws.elastic_file_system import ElasticFileSystem
from modelyard.aws.lustre import LustreFileSystem
from modelyard.errors import InputError

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
COMMON = {
    **PLACE,
    "environment": "web",
    "vpc_id": "vpc-1",
    "client_security_group_id": "sg-nodes",
    "key_arn": KEY,
    "tags": TAGS,
}
LUSTRE = {**COMMON, "subnet_id": "subnet-1", "size_gib": 1200, "throughput_mbps_per_tib": 250}
ELASTIC = {**COMMON, "subnet_ids": {"euc1-az1": "subnet-1", "euc1-az2": "subnet-2"}}
RULES = (
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)


def lustre(**args):
    return preview(lambda: LustreFileSystem("f", {**LUSTRE, **args}) and None)


def elastic(**args):
    return preview(lambda: ElasticFileSystem("f", {**ELASTIC, **args}) and None)


def refused(make, **args):
    with pytest.raises(InputError) as caught:
        make(**args)
    return caught.value.problems


def ways(graph, group):
    """From which group to which, on which ports, as both ends let it through."""
    ends = []
    for kind, own, other in (
        (RULES[0], "securityGroupId", "referencedSecurityGroupId"),
        (RULES[1], "referencedSecurityGroupId", "securityGroupId"),
    ):
        rules = every(graph, kind)
        ends.append(
            {
                (
                    *(
                        group if r.property_dependencies.get(name) else r.properties[name]
                        for name in (own, other)
                    ),
                    r.properties["fromPort"],
                    r.properties["toPort"],
                )
                for r in rules
            }
        )
        assert {r.properties["ipProtocol"] for r in rules} == {"tcp"}
    return ends


def test_lustre_is_persistent_under_our_key_and_leaves_backups_to_aws_backup():
    graph = lustre(backed_up=True, protect=True)
    made = one(graph, "fsx/lustreFileSystem:LustreFileSystem")
    assert {
        name: made.properties[name]
        for name in (
            "deploymentType",
            "storageType",
            "storageCapacity",
            "perUnitStorageThroughput",
            "dataCompressionType",
            "kmsKeyId",
            "subnetIds",
            "automaticBackupRetentionDays",
            "copyTagsToBackups",
            "skipFinalBackup",
            "weeklyMaintenanceStartTime",
        )
    } == {
        "deploymentType": "PERSISTENT_2",
        "storageType": "SSD",
        "storageCapacity": 1200,
        "perUnitStorageThroughput": 250,
        "dataCompressionType": "LZ4",
        "kmsKeyId": KEY,
        "subnetIds": "subnet-1",
        "automaticBackupRetentionDays": 0,
        "copyTagsToBackups": True,
        "skipFinalBackup": False,
        "weeklyMaintenanceStartTime": "7:03:00",
    }
    assert "efaEnabled" not in made.properties
    assert made.properties["tags"] == {**TAGS, "Name": "f", "modelyard:backup": "web"}
    assert made.protect
    assert not every(graph, "fsx/dataRepositoryAssociation:DataRepositoryAssociation")
    assert {node.region for node in graph.resources if node.custom} == {"eu-central-1"}


def test_lustres_ports_are_open_between_servers_and_clients_and_among_servers_only():
    graph = lustre()
    ports = ((988, 988), (1018, 1023))
    expected = {
        (source, target, first, last)
        for source, target in (("servers", "servers"), ("sg-nodes", "servers"), ("servers", "sg-nodes"))
        for first, last in ports
    }
    assert ways(graph, "servers") == [expected, expected]
    made = one(graph, "fsx/lustreFileSystem:LustreFileSystem")
    rules = {rule.urn for kind in RULES for rule in every(graph, kind)}
    # FSx looks at the rules when it makes a file system.
    assert rules <= set(made.dependencies)


def test_a_linked_file_system_imports_from_its_bucket_and_has_no_backups():
    graph = lustre(dataset_bucket="data", dataset_prefix="imagenet/", dataset_key_arn=KEY)
    link = one(graph, "fsx/dataRepositoryAssociation:DataRepositoryAssociation")
    assert link.properties["dataRepositoryPath"] == "s3://data/imagenet/"
    assert link.properties["fileSystemPath"] == "/datasets"
    assert link.properties["batchImportMetaDataOnCreate"] is True
    assert link.properties["s3"] == {"autoImportPolicy": {"events": ["NEW", "CHANGED", "DELETED"]}}
    made = one(graph, "fsx/lustreFileSystem:LustreFileSystem").properties
    assert (made["copyTagsToBackups"], made["skipFinalBackup"]) == (False, True)
    assert "modelyard:backup" not in made["tags"]
    grant = one(graph, "kms/grant:Grant")
    assert (grant.properties["keyId"], grant.properties["operations"]) == (KEY, ["Decrypt", "DescribeKey"])
    assert link.urn in grant.dependencies


def test_a_whole_bucket_without_a_key_of_ours_is_linked_without_a_grant():
    graph = lustre(dataset_bucket="data")
    link = one(graph, "fsx/dataRepositoryAssociation:DataRepositoryAssociation")
    assert link.properties["dataRepositoryPath"] == "s3://data/"
    assert not every(graph, "kms/grant:Grant")


def test_a_last_backup_is_left_out_if_that_is_asked_for():
    made = one(lustre(final_backup=False), "fsx/lustreFileSystem:LustreFileSystem").properties
    assert made["skipFinalBackup"] is True
    assert "finalBackupTags" not in made


@pytest.mark.parametrize(
    ("args", "field", "mend"),
    [
        ({"size_gib": 3600}, "size_gib", "write 4800"),
        ({"size_gib": 100}, "size_gib", "write 1200"),
        ({"throughput_mbps_per_tib": 200}, "throughput_mbps_per_tib", "choose one of these"),
        ({"maintenance_time": "8:03:00"}, "maintenance_time", "write it as 7:03:00"),
        (
            {"dataset_bucket": "data", "backed_up": True},
            "backed_up",
            "leave it out (the bucket has the data), or leave dataset_bucket out",
        ),
        (
            {"dataset_bucket": "data", "final_backup": True},
            "final_backup",
            "leave it out (the bucket has the data), or leave dataset_bucket out",
        ),
        ({"dataset_prefix": "a/"}, "dataset_prefix", "name the bucket, or leave this out"),
        ({"dataset_key_arn": KEY}, "dataset_key_arn", "name the bucket, or leave this out"),
        ({"dataset_bucket": "data", "dataset_prefix": "a"}, "dataset_prefix", "write a/"),
    ],
)
def test_a_lustre_file_system_that_cannot_be_is_refused(args, field, mend):
    (problem,) = refused(lustre, **args)
    assert (problem.field, problem.mend) == (f"f.{field}", mend)
    assert problem.message
    assert problem.allowed


def test_efs_is_mounted_by_tls_and_iam_in_every_zone():
    graph = elastic(infrequent_access_after_days=1, backed_up=True, protect=True)
    made = one(graph, "efs/fileSystem:FileSystem")
    assert (made.properties["encrypted"], made.properties["kmsKeyId"]) == (True, KEY)
    assert made.properties["throughputMode"] == "elastic"
    assert made.properties["lifecyclePolicies"] == [
        {"transitionToIa": "AFTER_1_DAY"},
        {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]
    assert made.properties["tags"] == {**TAGS, "Name": "f", "modelyard:backup": "web"}
    assert made.protect
    policy = one(graph, "efs/fileSystemPolicy:FileSystemPolicy")
    targets = every(graph, "efs/mountTarget:MountTarget")
    assert [target.name for target in targets] == ["f-euc1-az1", "f-euc1-az2"]
    for target, subnet in zip(targets, ("subnet-1", "subnet-2"), strict=True):
        assert target.properties["subnetId"] == subnet
        # Until there is a policy, who reaches a mount target gets in.
        assert policy.urn in target.dependencies
    nfs = {("sg-nodes", "files", 2049, 2049)}
    assert ways(graph, "files") == [nfs, nfs]
    assert {node.region for node in graph.resources if node.custom} == {"eu-central-1"}


def test_efs_keeps_files_where_they_are_unless_days_are_named():
    made = one(elastic(throughput_mode="bursting"), "efs/fileSystem:FileSystem").properties
    assert made["throughputMode"] == "bursting"
    assert "lifecyclePolicies" not in made
    assert "modelyard:backup" not in made["tags"]


@pytest.mark.parametrize(
    ("args", "field", "allowed"),
    [
        ({"throughput_mode": "endless"}, "throughput_mode", "elastic, bursting"),
        (
            {"infrequent_access_after_days": 20},
            "infrequent_access_after_days",
            "1, 7, 14, 30, 60, 90, 180, 270, 365",
        ),
        ({"subnet_ids": {}}, "subnet_ids", "one zone id or more, as euc1-az1"),
    ],
)
def test_an_efs_file_system_that_cannot_be_is_refused(args, field, allowed):
    (problem,) = refused(elastic, **args)
    assert (problem.field, problem.allowed) == (f"f.{field}", allowed)
    assert problem.message
    assert problem.mend


def test_named_roles_and_nobody_else_mount_efs():
    from modelyard.planning.arns import Place
    from modelyard.planning.policies.file_systems import (
        elastic_file_system_client_policy,
        elastic_file_system_policy,
    )

    place, role = Place("123456789012", "eu-central-1"), "arn:aws:iam::123456789012:role/job"
    arn = place.arn("elasticfilesystem", "file-system/fs-1")
    allowed, denied = json.loads(elastic_file_system_policy(place, arn, [role]))["Statement"]
    assert allowed["Principal"] == {"AWS": [role]}
    assert allowed["Condition"] == {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    (by_iam, _) = json.loads(elastic_file_system_policy(place, arn))["Statement"]
    assert by_iam["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    (client,) = json.loads(elastic_file_system_client_policy(place, "web"))["Statement"]
    assert client["Condition"] == {"StringEquals": {"aws:ResourceTag/environment": "web"}}
    assert not any("Root" in action for it in (allowed, client) for action in it["Action"])
