"""An internal document archive: encrypted, backed up, and reached from a private network alone."""

from typing import TypedDict

import pulumi

from modelyard.aws.backup import Backup
from modelyard.aws.encryption import Encryption
from modelyard.aws.network import Network
from modelyard.aws.storage import Storage


class Whose(TypedDict):
    """What every component of a service is told."""

    account_id: str
    region: str
    tags: dict[str, str]


NAME = "archive"
ZONES: list[str] = pulumi.Config().require_object("zoneIds")
WHOSE: Whose = {
    "account_id": pulumi.Config().require("accountId"),
    "region": pulumi.Config("aws").require("region"),
    "tags": {
        "environment": NAME,
        "owner": "office-systems",
        "cost-center": "cc-2040",
        "data-classification": "confidential",
    },
}

# One key for each thing that is encrypted, so that the right to use one opens nothing else. Pulumi refuses to
# delete them: without its key a document is lost.
keys = Encryption("archive-keys", {**WHOSE, "purposes": ["datasets", "logs", "backup"], "protect": True})

# Private subnets without a way to the internet: to S3, and to the two other services that are called.
network = Network(
    "archive-network",
    {
        **WHOSE,
        "environment": NAME,
        "cidr": "10.90.0.0/24",
        "zone_ids": ZONES,
        "egress": "endpoints",
        "interface_services": ["kms", "textract"],
        "logs_key_arn": keys.key_arn("logs"),
    },
)

# A backup each night of whatever carries the archive's tag, locked until its time is over, and each month a
# restore, to see that it can be.
backup = Backup(
    "archive-backup",
    {
        **WHOSE,
        "environment": NAME,
        "vault_key_arn": keys.key_arn("backup"),
        "data_key_arns": [keys.key_arn("datasets")],
        "every_hours": 24,
        "retention_days": 90,
        "lock_mode": "compliance",
        "lock_min_retention_days": 30,
        "lock_max_retention_days": 365,
        "restore_test_every": "month",
        "restore_test_types": ["S3"],
    },
)

# A versioned bucket for the documents, with the tag, and one for its access logs.
storage = Storage(
    "archive-storage",
    {
        **WHOSE,
        "environment": NAME,
        "buckets": {
            "documents": {
                "key_arn": keys.key_arn("datasets"),
                "noncurrent_retention_days": 180,
                "backed_up": True,
            }
        },
    },
)

pulumi.export("documents", storage.bucket_names["documents"])
pulumi.export("vault", backup.vault_name)
pulumi.export("backupRole", backup.role_arn)
pulumi.export("subnets", network.private_subnet_ids)
pulumi.export("servers", network.fabric_security_group_id)
