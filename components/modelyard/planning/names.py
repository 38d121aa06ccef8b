"""Names that must be the same wherever they are worked out: buckets, log groups, repositories."""

from __future__ import annotations

KEEP_PREFIX = "keep/"
"""Start of the keys of checkpoints that are promoted, in the checkpoint bucket."""

RUNS_PREFIX = "runs/"
"""Start of the keys of the records of runs, in the checkpoint bucket."""

CHECKPOINTS_PREFIX = "checkpoints/"
"""Start of the keys of what training programs write there, as those in workloads/ do."""


def bucket_name(environment: str, purpose: str, account_id: str, region: str) -> str:
    """A bucket's name: unique in the world through the account id, within S3's 63 characters."""
    return f"{environment}-{purpose}-{account_id}-{region}"


def job_log_group(environment: str) -> str:
    """Log group of the environment's jobs."""
    return f"/modelyard/{environment}/jobs"


def node_log_group(environment: str) -> str:
    """Log group of the nodes themselves: of their agents, not of the jobs on them."""
    return f"/modelyard/{environment}/nodes"


def flow_log_group(environment: str) -> str:
    """Log group of the environment's flow logs."""
    return f"/modelyard/{environment}/flow-logs"


def backup_role(environment: str, region: str) -> str:
    """Name of the role that AWS Backup takes on."""
    return f"{environment}-{region}-backup"


def replication_role(environment: str, region: str) -> str:
    """Name of the role that S3 takes on to copy objects out of a region."""
    return f"{environment}-{region}-replication"


def watcher_function(environment: str, region: str) -> str:
    """Name of the function that watches the environment's queues, and of its role."""
    return f"{environment}-{region}-watcher"


def watcher_log_group(environment: str) -> str:
    """Log group of that function."""
    return f"/modelyard/{environment}/watcher"


def working_hours_group(environment: str, region: str) -> str:
    """Group of the schedules that open and close the environment's queues."""
    return f"{environment}-{region}-working-hours"


def working_hours_role(environment: str, region: str) -> str:
    """Name of the role of those schedules."""
    return f"{environment}-{region}-working-hours"


def monthly_budget(environment: str) -> str:
    """Name of the budget with the environment's alerts."""
    return f"{environment}-monthly"


def roles_boundary(environment: str) -> str:
    """Name of the policy that bounds every role of the environment, which `modelyard bootstrap aws` makes."""
    return f"modelyard-boundary-{environment}"
