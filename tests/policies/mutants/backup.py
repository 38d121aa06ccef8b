"""Mutants of backups and replicas on AWS."""

from mutating import Mutant, drop, mutant, put
from mutating.aws import MACHINES

PLAN = "Plan prod-backup"
VAULT = "Vault prod-backup"
LOCK = "VaultLockConfiguration prod-backup"
HOME = "FileSystem prod-files-home"
BUCKET = "Bucket prod-storage-datasets"
REPLICATION = "BucketReplicationConfig prod-replication-datasets"
KEYS = ("datasets", "checkpoints", "volumes", "logs", "registry", "backup", "files", "alerts")

MUTANTS: dict[str, list[Mutant]] = {
    "BK1": [
        mutant("AWS Backup's own key", drop(VAULT, "kmsKeyArn")),
        mutant("AWS Backup's own key, by its alias", put(VAULT, "kmsKeyArn", "alias/aws/backup")),
    ],
    "BK2": [
        mutant("in governance mode", drop(LOCK, "changeableForDays")),
        mutant("no least retention", drop(LOCK, "minRetentionDays")),
        mutant("no most retention", put(LOCK, "maxRetentionDays", 0)),
        mutant("not locked", drop(LOCK), fails=VAULT),
    ],
    "BK3": [
        mutant("no copies", drop(PLAN, "rules[0].copyActions"), fails=f"{PLAN}: rules"),
        mutant(
            "copies beside the backups",
            put(
                PLAN,
                "rules[0].copyActions[0].destinationVaultArn",
                "arn:aws:backup:us-east-1:345678901234:backup-vault:other",
            ),
            fails=f"{PLAN}: rules",
        ),
    ],
    "BK4": [
        mutant("once a week", put(PLAN, "rules[0].schedule", "cron(0 5 ? * 1 *)"), fails=f"{PLAN}: rules"),
        mutant("an objective of an hour", put(PLAN, "tags.rpo-hours", "1"), fails=f"{PLAN}: rules"),
        mutant("for a week", put(PLAN, "rules[0].lifecycle.deleteAfter", 7), fails=f"{PLAN}: rules"),
    ],
    "BK5": [
        mutant("left out", put(HOME, "tags.modelyard:backup", "no"), fails=HOME),
        mutant(
            "nothing is selected",
            drop("Selection prod-backup"),
            fails=HOME,
        ),
        mutant(
            "a volume that is left out",
            drop("Volume scratch", "tags.modelyard:backup"),
            fails="Volume scratch",
            given=MACHINES,
        ),
    ],
    "BK6": [
        mutant("disabled", put(REPLICATION, "rules[0].status", "Disabled"), fails=f"{REPLICATION}: rules"),
        mutant(
            "a prefix only",
            put(REPLICATION, "rules[0].filter.prefix", "keep/"),
            fails=f"{REPLICATION}: rules",
        ),
        mutant(
            "without what is encrypted",
            drop(REPLICATION, "rules[0].sourceSelectionCriteria"),
            fails=f"{REPLICATION}: rules",
        ),
        mutant(
            "within the region",
            put(
                REPLICATION,
                "rules[0].destination.bucket",
                "arn:aws:s3:::prod-checkpoints-345678901234-us-east-1",
            ),
            fails=f"{REPLICATION}: rules",
        ),
        mutant(
            "into a bucket without versions",
            put(
                "BucketVersioning prod-recovery-storage-datasets",
                "versioningConfiguration.status",
                "Suspended",
            ),
            fails=f"{REPLICATION}: rules[0].destination.bucket",
            kin=("ST4 BucketVersioning prod-recovery-storage-datasets: versioningConfiguration.status"),
        ),
        mutant("none", drop(REPLICATION), fails=BUCKET),
    ],
}
