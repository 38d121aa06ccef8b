"""What only one cloud has, and what stands for it on the other: words for whoever brings an environment over.

Paths are those of fields with places of lists left out. They are read only when something is refused.
"""

from __future__ import annotations

NO_FIELD = "there is no such field on {cloud}: {why}"
NO_VALUE = "{value} is nothing that {cloud} has: {why}"
_SHOWN = {"aws": "AWS", "azure": "Azure"}

Path = tuple[str | int, ...]

FIELDS: dict[str, dict[str, tuple[str, str]]] = {
    "azure": {
        "account_id": ("an environment is in a subscription", "write subscription_id and tenant_id"),
        "permissions_boundary": (
            "roles are Azure's own, assigned at a scope each",
            "remove it; `modelyard bootstrap azure` makes a deploy identity that assigns these alone",
        ),
        "working_hours": (
            "clusters have no queues to close, and cost nothing at zero nodes",
            "remove it; idle_shutdown_minutes of a pool gives idle nodes back",
        ),
        "network.zone_count": ("a subnet spans the zones of its region", "remove it"),
        "network.zone_ids": ("a subnet spans the zones of its region", "remove it"),
        "recovery.network.zone_count": ("a subnet spans the zones of its region", "remove it"),
        "recovery.network.zone_ids": ("a subnet spans the zones of its region", "remove it"),
        "encryption.deletion_window_days": (
            "what is deleted in a key vault can be brought back for 90 days, always",
            "remove it",
        ),
        "storage.datasets.bucket": (
            "a store that exists already is a container of a storage account",
            "write account_id and container",
        ),
        "storage.datasets.kms_key_arn": ("a storage account names its key itself", "remove it"),
        "storage.file_systems": (
            "modelyard builds none there",
            "remove it; datasets are mounted from Blob storage",
        ),
        "storage.access_log_retention_days": (
            "blobs' logs go to Log Analytics with all others",
            "write monitoring.log_retention_days",
        ),
        **{
            f"compute.capacity.{name}": (
                "Azure Machine Learning's clusters use no reservations by name",
                "remove it",
            )
            for name in ("reservation_id", "resource_group_arn", "node_count", "starts_at", "ends_at")
        },
        "compute.capacity.max_price_percent": (
            "low-priority nodes cost what spot machines cost at the time, without bids",
            "remove it",
        ),
        "compute.fallback": (
            "a job is sent to one cluster",
            "remove it: a job goes to the cheapest pool that has what it asks for, or to its resources.pool",
        ),
        "compute.zone_id": ("Azure places a cluster's nodes by itself", "remove it"),
        "compute.image_ids": (
            "nodes run Azure Machine Learning's own images",
            "remove it; the container's image is what a job names",
        ),
        "compute.root_volume_gib": (
            "nodes have the disk that the service gives them",
            "remove it",
        ),
        "compute.update_wait_hours": (
            "a cluster is made anew where it can't be changed, after its jobs have ended",
            "remove it",
        ),
        "jobs.secrets": ("jobs read secrets by their identity", "remove it, and give the identity a role"),
        "jobs.secret_keys": ("jobs read secrets by their identity", "remove it"),
        "jobs.end_bad_nodes": ("Azure Machine Learning replaces unusable nodes by itself", "remove it"),
        "backup.start_window_minutes": ("Azure Backup has no windows", "write assumed_backup_hours"),
        "backup.completion_window_minutes": ("Azure Backup has no windows", "write assumed_backup_hours"),
        "backup.copy_retention_days": (
            "a copy in the paired region is kept as long as the backup",
            "write geo_redundant: true, and retention_days",
        ),
        "backup.restore_testing": (
            "Azure Backup tries no restores by itself",
            "remove it; `modelyard drill` does",
        ),
        "backup.lock.min_retention_days": ("an immutable vault knows no bounds", "remove it"),
        "backup.lock.max_retention_days": ("an immutable vault knows no bounds", "remove it"),
        "backup.lock.grace_days": ("a locked vault has no days of grace", "remove it"),
        "monitoring.idle_accelerator_percent": (
            "a node is idle when it runs no job",
            "remove it, and write idle_accelerator_minutes",
        ),
        "monitoring.stuck_queue_minutes": ("clusters have no queues", "remove it"),
        "budget.close_queues_at_percent": ("clusters have no queues to close", "remove it"),
    },
    "aws": {
        "subscription_id": ("an environment is in an account", "write account_id"),
        "tenant_id": ("an environment is in an account", "write account_id"),
        "generation": ("no name stays taken after deletion but a bucket's for an hour", "remove it"),
        "network.allowed_domains": (
            "modelyard builds no firewall there",
            "remove it; with egress: endpoints nothing reaches the internet",
        ),
        "network.firewall_tier": (
            "modelyard builds no firewall there",
            "remove it; with egress: endpoints nothing reaches the internet",
        ),
        "encryption.expiry_days": ("KMS keys don't expire", "remove it"),
        "encryption.hsm": ("KMS keys never leave hardware security modules", "remove it"),
        "storage.datasets.cool_after_days": ("buckets keep one storage class", "remove it"),
        "storage.datasets.redundancy": ("S3 keeps copies in three zones", "remove it"),
        "storage.datasets.account_id": (
            "a store that exists already is a bucket",
            "write bucket, and kms_key_arn if it has a key of its own",
        ),
        "storage.datasets.container": ("a store that exists already is a bucket", "write bucket"),
        "storage.checkpoints.cool_after_days": ("buckets keep one storage class", "remove it"),
        "storage.checkpoints.redundancy": ("S3 keeps copies in three zones", "remove it"),
        "quotas": ("an account's quotas can be asked for", "remove it; `modelyard doctor` looks at them"),
        "workspace": ("jobs go to the queues of AWS Batch, without a workspace", "remove it"),
        "jobs.submitters": (
            "who submits jobs gets policies",
            "remove it, and attach the policies of launch_target to a role",
        ),
        "recovery.assumed_replication_minutes": ("S3 commits to 15 minutes", "remove it"),
        "backup.soft_delete_days": ("AWS Backup has no soft delete", "remove it, and write lock"),
        "backup.geo_redundant": (
            "backups are copied to the recovery region",
            "write regions.recovery, and copy_retention_days",
        ),
        "backup.assumed_backup_hours": (
            "AWS Backup has windows",
            "write start_window_minutes and completion_window_minutes",
        ),
        "backup.multi_user": ("AWS Backup has no second person", "remove it, and write lock"),
        "backup.delete_lock": ("vaults with backups can't be deleted", "remove it"),
        "backup.customer_key": ("backups are always under the environment's key", "remove it"),
        "monitoring.public_log_queries": ("logs are read by who has the right to", "remove it"),
        "monitoring.defender_plans": (
            "what an account detects belongs to the stack `account`",
            "write guard_duty and inspector in modelyard:account",
        ),
        "budget.start_month": ("AWS Budgets need no first month", "remove it"),
    },
}
"""Fields that the cloud named first doesn't have: why, and what to write instead."""

VALUES: dict[str, dict[tuple[str, str], tuple[str, str]]] = {
    "azure": {
        ("network.egress", "endpoints"): (
            "compute clusters have to reach Azure's services, for some of which there are no endpoints",
            "write firewall, which lets nothing else through",
        ),
        ("storage.datasets.kind", "s3"): ("its stores are Blob storage", "write blob"),
        ("storage.checkpoints.kind", "s3"): ("its stores are Blob storage", "write blob"),
        ("storage.datasets.kind", "existing_s3"): ("its stores are Blob storage", "write existing_blob"),
        **{
            ("compute.capacity.mode", mode): (
                "Azure Machine Learning's clusters use no reservations by name",
                "write on_demand: a capacity reservation group has to be asked of Microsoft",
            )
            for mode in ("open_reservation", "reservation", "capacity_block")
        },
        ("compute.capacity.mode", "low_priority"): ("here it is called spot", "write spot"),
        ("compute.capacity.mode", "dedicated"): ("here it is called on_demand", "write on_demand"),
    },
    "aws": {
        ("network.egress", "firewall"): (
            "modelyard builds no firewall there",
            "write endpoints, with which nothing reaches the internet",
        ),
        ("storage.datasets.kind", "blob"): ("its stores are buckets", "write s3"),
        ("storage.checkpoints.kind", "blob"): ("its stores are buckets", "write s3"),
        ("storage.datasets.kind", "existing_blob"): ("its stores are buckets", "write existing_s3"),
    },
}
"""Values that the cloud named first doesn't have, by field: why, and what to write instead."""


def counterpart(cloud: str, path: Path, value: object) -> tuple[str, str, str] | None:
    """What to say of a field, or of a value of a field that is there, that only another cloud has: what is
    wrong, what is allowed, how to mend it. None if no other cloud has it either.
    """
    field = ".".join(step for step in path if isinstance(step, str)).replace("recovery.compute", "compute")
    if (words := FIELDS[cloud].get(field)) is not None:
        why, mend = words
        return NO_FIELD.format(cloud=_SHOWN[cloud], why=why), "nothing here", mend
    if isinstance(value, str) and (words := VALUES[cloud].get((field, value))) is not None:
        why, mend = words
        return NO_VALUE.format(value=value, cloud=_SHOWN[cloud], why=why), "", mend
    return None
