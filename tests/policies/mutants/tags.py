"""Mutants of tags, and of where data is."""

from mutating import Mutant, drop, mutant, put
from mutating.aws import MACHINES

ROLE = "Role prod-watcher"
TEMPLATE = "LaunchTemplate prod-cluster-cpu"
H100 = "ComputeEnvironment prod-cluster-h100"
DATASETS = "Bucket prod-storage-datasets"
REPLICATION = "BucketReplicationConfig prod-replication-datasets"
PLAN = "Plan prod-backup"
COPIES = "rules[0].copyActions[0].destinationVaultArn"
FURTHER = [f"BK6 Bucket prod-recovery-storage-{purpose}" for purpose in ("checkpoints", "datasets")]
"""What is in one recovery region has to be in a further one as well, once there is one."""

MUTANTS: dict[str, list[Mutant]] = {
    "TG1": [
        *(
            mutant(f"no {key}", drop(ROLE, f"tags.{key}"), fails=f"{ROLE}: tags")
            for key in ("environment", "owner", "cost-center", "data-classification")
        ),
        mutant("empty", put(ROLE, "tags.owner", ""), fails=f"{ROLE}: tags"),
        mutant(
            "volumes of a template get none",
            drop(TEMPLATE, "tagSpecifications[1]"),
            fails=f"{TEMPLATE}: tagSpecifications",
        ),
        mutant("a group's list", drop("Group web", "tags[0]"), fails="Group web: tags", given=MACHINES),
    ],
    "TG2": [
        mutant(
            "a bucket says nothing",
            drop(DATASETS, "tags.data-classification"),
            fails=f"{DATASETS}: tags",
        ),
        mutant(
            "a word of one's own",
            put(DATASETS, "tags.data-classification", "top-secret"),
            fails=f"{DATASETS}: tags",
        ),
        mutant(
            "a replica claims to be public",
            put("Bucket prod-recovery-storage-datasets", "tags.data-classification", "public"),
            fails="Bucket prod-recovery-storage-datasets: tags",
        ),
    ],
    "TG3": [
        mutant(
            "elsewhere",
            put(DATASETS, "@region", "eu-west-1"),
            fails=f"{DATASETS}: region",
        ),
        mutant(
            "replicated elsewhere",
            put("Bucket prod-recovery-storage-datasets", "@region", "eu-west-1"),
            fails=[
                "Bucket prod-recovery-storage-datasets: region",
                f"{REPLICATION}: rules[0].destination.bucket",
            ],
            kin=FURTHER,
        ),
        mutant(
            "backups elsewhere",
            put(PLAN, COPIES, "arn:aws:backup:eu-west-1:345678901234:backup-vault:copies"),
        ),
        mutant(
            "images elsewhere",
            put(
                "ReplicationConfiguration prod-registry",
                "replicationConfiguration.rules[0].destinations[0].region",
                "eu-west-1",
            ),
            kin=FURTHER,
        ),
        mutant("read elsewhere", put(H100, "@region", "eu-west-1"), fails=f"{H100}: region"),
    ],
    "TG4": [
        mutant(
            "nodes for nobody",
            drop(H100, "computeResources.tags.pool"),
            drop("LaunchTemplate prod-cluster-h100", "tagSpecifications[0].tags.pool"),
            fails=f"{H100}: tags",
        ),
    ],
}
