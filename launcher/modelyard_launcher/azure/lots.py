"""What Azure Machine Learning gives a job of a cluster: for how many days, and against which quota."""

from __future__ import annotations

from modelyard.catalog.azure import UnknownSize, limit, vcpu_quota
from modelyard.outputs.azure import AzurePool


def most_days(pool: AzurePool) -> int:
    """Days after which the service ends a job on a pool."""
    return limit("job_days_low_priority" if pool.capacity == "spot" else "job_days").default


def nodes_text(pool: AzurePool) -> str:
    """The nodes of a pool as the service calls them: `dedicated nodes`, or `low-priority nodes`."""
    return "low-priority nodes" if pool.capacity == "spot" else "dedicated nodes"


def quota_text(pool: AzurePool) -> str:
    """The quota on vCPUs that a pool's nodes count against, for people."""
    if pool.capacity == "spot":
        return "the quota of all low-priority vCPUs"
    try:
        return f"the quota {vcpu_quota(pool.instance_type, 'dedicated').family}"
    except (UnknownSize, StopIteration):
        return f"the quota of {pool.instance_type}'s family"
