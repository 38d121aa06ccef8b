"""The metrics that an environment is watched by: names that the nodes' agent, the watcher, alarms and
dashboards have in common.
"""

from __future__ import annotations

NAMESPACE = "modelyard"
"""Namespace of what nodes and the watcher publish."""

GPU_UTILIZATION = "nvidia_smi_utilization_gpu"
GPU_MEMORY_USED = "nvidia_smi_memory_used"
GPU_POWER_DRAW = "nvidia_smi_power_draw"
"""What the CloudWatch agent calls them (Amazon CloudWatch User Guide, "Collect NVIDIA GPU metrics", 2026-11):
percent, MiB, watts."""

RUNNABLE_JOBS = "RunnableJobs"
STARTING_JOBS = "StartingJobs"
RUNNING_JOBS = "RunningJobs"
HEAD_OF_QUEUE_SECONDS = "HeadOfQueueSeconds"
KEPT_VCPUS = "KeptVcpus"
"""What the watcher publishes of each pool: jobs by state, since when the first one that waits is the first,
and the vCPUs that are kept up when nothing runs. Batch itself publishes none of it (AWS Batch User Guide,
"Using CloudWatch Container Insights", 2026-11: what its clusters use). A job's age since it was submitted
would not do: one that is tried again after hours of running would count as stuck."""

SPENT_USD = "SpentUsd"
FORECAST_USD = "ForecastUsd"
BUDGET_USD = "BudgetUsd"
"""What the watcher publishes of the environment: its budget's figures."""

WATCH_MINUTES = 5
"""Minutes between two looks of the watcher."""


def pool_dimensions(environment: str, pool: str) -> dict[str, str]:
    """Dimensions of a pool's metrics."""
    return {"environment": environment, "pool": pool}
