from modelyard_policies.aws import types as aws
from modelyard_policies.azure import types as azure
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.tags.data_residency import AllowedRegions

EU = {"residency": "eu"}
FRANKFURT, IRELAND, OHIO = ({"region": name} for name in ("eu-central-1", "eu-west-1", "us-east-2"))
ABROAD = "us-east-2, outside the residency eu"


def bucket(name, where, tags=None):
    return (aws.BUCKET, {"bucket": name, "tags": tags}, {}, where)


def replicated(target, status="Enabled", **replica):
    rules = [{"status": status, "destination": {"bucket": target}}]
    return {
        "data": bucket("data", FRANKFURT, EU),
        **replica,
        "copy": (aws.BUCKET_REPLICATION, {"bucket": "data", "rules": rules}),
    }


def plan(arn, sources=(), **vaults):
    rules = [{"targetVaultName": "daily", "copyActions": [{"destinationVaultArn": arn}]}]
    return {
        **vaults,
        "plan": (aws.BACKUP_PLAN, {"rules": rules, "tags": EU}, {"rules": list(sources)}, FRANKFURT),
    }


def vault(name, where):
    return (aws.BACKUP_VAULT, {"name": name}, {}, where)


def images(*regions, tags=EU):
    rules = [{"destinations": [{"region": name, "registryId": "123456789012"} for name in regions]}]
    return {
        "images": (aws.REPOSITORY, {"name": "training", "tags": tags}, {}, FRANKFURT),
        "copy": (aws.REGISTRY_REPLICATION, {"replicationConfiguration": {"rules": rules}}, {}, FRANKFURT),
    }


def files(**destination):
    return {
        "home": (aws.EFS_FILE_SYSTEM, {"tags": EU}, {}, FRANKFURT),
        "copy": (
            aws.EFS_REPLICATION,
            {"sourceFileSystemId": UNKNOWN, "destination": destination},
            {"sourceFileSystemId": ["home"]},
        ),
    }


def account(location, sku="Standard_ZRS", residency="eu", name="data"):
    properties = {"accountName": name, "location": location, "sku": {"name": sku}}
    return (azure.STORAGE_ACCOUNT, {**properties, "tags": {"Residency": residency}})


CASES = {
    "bad": {
        "a bucket": ({"data": bucket("data", OHIO, EU)}, f"data: region: is {ABROAD}"),
        "a replica key": (
            {"key": (aws.KMS_REPLICA_KEY, {"tags": EU}, {}, OHIO)},
            f"key: region: is {ABROAD}",
        ),
        "a replica of a key, by its primary": (
            {
                "key": (aws.KMS_KEY, {"multiRegion": True, "tags": EU}, {}, FRANKFURT),
                "replica": (
                    aws.KMS_REPLICA_KEY,
                    {"primaryKeyArn": UNKNOWN},
                    {"primaryKeyArn": ["key"]},
                    OHIO,
                ),
            },
            f"replica: region: is {ABROAD}",
        ),
        "a copy of a snapshot, by its volume": (
            {
                "volume": (aws.VOLUME, {"tags": EU}, {}, FRANKFURT),
                "snapshot": (aws.EBS_SNAPSHOT, {"volumeId": UNKNOWN}, {"volumeId": ["volume"]}, FRANKFURT),
                "copy": (
                    aws.EBS_SNAPSHOT_COPY,
                    {"sourceSnapshotId": UNKNOWN, "sourceRegion": "eu-central-1"},
                    {"sourceSnapshotId": ["snapshot"]},
                    OHIO,
                ),
            },
            f"copy: region: is {ABROAD}",
        ),
        "a group of machines": (
            {"pool": (aws.AUTO_SCALING_GROUP, {"tags": [{"key": "residency", "value": "eu"}]}, {}, OHIO)},
            f"pool: region: is {ABROAD}",
        ),
        "machines": (
            {"pool": (aws.COMPUTE_ENVIRONMENT, {"tags": EU}, {}, OHIO)},
            f"pool: region: is {ABROAD}",
        ),
        "a replica of a bucket": (
            replicated("arn:aws:s3:::replica", replica=bucket("replica", OHIO)),
            f"copy: rules[0].destination.bucket: copies to {ABROAD}",
        ),
        "a copy of backups": (
            plan("arn:aws:backup:us-east-2:123456789012:backup-vault:copies"),
            f"plan: rules[0].copyActions[0].destinationVaultArn: copies to {ABROAD}",
        ),
        "a copy of backups, to a vault of the stack": (
            plan(
                UNKNOWN,
                ("daily", "copies"),
                daily=vault("daily", FRANKFURT),
                copies=vault(UNKNOWN, OHIO),
            ),
            f"plan: rules[0].copyActions[0].destinationVaultArn: copies to {ABROAD}",
        ),
        "images": (
            images("eu-west-1", "us-east-2"),
            f"copy: replicationConfiguration.rules[0].destinations[1].region: copies to {ABROAD}",
        ),
        "files": (files(region="us-east-2"), f"copy: destination.region: copies to {ABROAD}"),
        "files, by a zone": (
            files(availabilityZoneName="us-east-2a"),
            f"copy: destination.availabilityZoneName: copies to {ABROAD}",
        ),
        "one region only": (
            {"data": bucket("data", IRELAND, {"residency": "eu-central-1 us"})},
            "data: region: is eu-west-1, outside the residency eu-central-1 us",
        ),
        "Azure": (
            {"data": account("UK South")},
            "data: location: is uksouth, outside the residency eu",
        ),
        "Azure's paired region": (
            {"data": account("brazilsouth", "Standard_RAGRS", "br")},
            "data: sku.name: copies to southcentralus, outside the residency br",
        ),
        "Azure's paired region of a vault, as is the default": (
            {
                "vault": (
                    azure.RECOVERY_SERVICES_VAULT,
                    {"location": "southeastasia", "tags": {"residency": "sg"}},
                )
            },
            (
                "vault: properties.redundancySettings.standardTierStorageRedundancy: copies to eastasia, "
                "outside the residency sg"
            ),
        ),
        "Azure's paired region of a backup vault": (
            {
                "vault": (
                    azure.BACKUP_VAULT,
                    {
                        "location": "southeastasia",
                        "properties": {"storageSettings": [{"type": "GeoRedundant"}]},
                        "tags": {"residency": "sg"},
                    },
                )
            },
            "vault: properties.storageSettings: copies to eastasia, outside the residency sg",
        ),
        "Azure's object replication": (
            {
                "data": account("westeurope"),
                "replica": account("eastus", residency="unrestricted", name="replica"),
                "copy": (
                    azure.OBJECT_REPLICATION_POLICY,
                    {"sourceAccount": "data", "destinationAccount": "replica"},
                ),
            },
            "copy: destinationAccount: copies to eastus, outside the residency eu",
        ),
    },
    "good": {
        "where it may be": ({"data": bucket("data", IRELAND, EU)},),
        "anywhere": ({"data": bucket("data", OHIO, {"residency": "unrestricted"})},),
        "one of several": ({"data": bucket("data", OHIO, {"residency": "eu us-east-2"})},),
        "a replica": (replicated("replica", replica=bucket("replica", IRELAND)),),
        "a replica that is turned off": (replicated("replica", "Disabled", replica=bucket("replica", OHIO)),),
        "a copy of backups": (plan("arn:aws:backup:eu-west-1:123456789012:backup-vault:copies"),),
        "images": (images("eu-west-1"),),
        "files": (files(region="eu-west-1"),),
        "files, to a file system that is given": (files(fileSystemId="fs-1"),),
        "Azure": ({"data": account("westeurope", "Standard_GZRS")},),
        "Azure, a vault in its own zones": (
            {
                "vault": (
                    azure.RECOVERY_SERVICES_VAULT,
                    {
                        "location": "southeastasia",
                        "properties": {
                            "redundancySettings": {"standardTierStorageRedundancy": "ZoneRedundant"}
                        },
                        "tags": {"residency": "sg"},
                    },
                )
            },
        ),
    },
    "unknown": {
        "a region that isn't known": (
            {"data": (aws.BUCKET, {"tags": EU})},
            "data: region: can't be judged: not known before the deployment",
        ),
        "a replica elsewhere": (
            replicated("arn:aws:s3:::elsewhere"),
            ("copy: rules[0].destination.bucket: can't be judged: names a resource that isn't in the graph"),
        ),
        "a residency that isn't known here": (
            {"data": bucket("data", OHIO, {"residency": "europe"})},
            "data: tags: can't be judged: its residency names what isn't known here",
        ),
        "a region whose law isn't known here": (
            {"data": bucket("data", {"region": "us-gov-west-1"}, EU)},
            "data: region: can't be judged: whose law holds in us-gov-west-1 isn't known",
        ),
        "a pair that isn't known": (
            {"data": account("polandcentral", "Standard_GRS")},
            "data: sku.name: can't be judged: which region it is isn't known",
        ),
        "a tag that isn't known": (
            {"data": bucket("data", OHIO, UNKNOWN)},
            "data: tags: can't be judged: not known before the deployment",
        ),
        "one of two vaults": (
            plan(UNKNOWN, ("one", "two"), one=vault(UNKNOWN, IRELAND), two=vault(UNKNOWN, OHIO)),
            (
                "plan: rules[0].copyActions[0].destinationVaultArn: can't be judged: which vault it is isn't "
                "known"
            ),
        ),
    },
    "not applicable": {
        "nobody has said": ({"data": bucket("data", OHIO)},),
        "what holds no data": ({"role": (aws.ROLE, {"tags": EU}, {}, OHIO)},),
    },
}


def test_verdict(case, check):
    check("TG3", case)


def test_the_regions_can_be_set_for_all(build):
    graph = build(
        {
            "a": bucket("a", IRELAND),
            "b": bucket("b", OHIO),
            "c": account("westeurope"),
            "d": (aws.REGISTRY_REPLICATION, images("us-east-2")["copy"][1], {}, FRANKFURT),
        }
    )
    options = [AllowedRegions.from_json({"regions": ["EU-*", "westeurope"]})]
    report = evaluate(graph, all_rules(), select=["TG3"], options=options)
    assert [(finding.urn.rpartition("::")[2], finding.message) for finding in report.findings] == [
        ("b", "is us-east-2, which isn't an allowed region"),
        ("d", "copies to us-east-2, which isn't an allowed region"),
    ]
