"""Running a data center: what is watched, when it may be used, what it may cost."""

from __future__ import annotations

import pulumi

from modelyard.aws.backup import Backup
from modelyard.aws.budget import Budget, BudgetArgs
from modelyard.aws.center.region import Region
from modelyard.aws.center.setting import Setting
from modelyard.aws.monitoring import (
    MonitoredPoolArgs,
    Monitoring,
    MonitoringArgs,
    ReplicationMetricsArgs,
)
from modelyard.aws.pool import queue_name
from modelyard.aws.replication import RULE_ID
from modelyard.aws.watcher import WatchedPoolArgs, Watcher, WatcherArgs
from modelyard.aws.working_hours import WorkingHours, WorkingHoursArgs
from modelyard.catalog.instances import instance_type
from modelyard.environment.aws.budget import Budget as BudgetSpec
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.operations import WorkingHours as WorkingHoursSpec
from modelyard.environment.aws.target import own_bucket
from modelyard.planning.names import monthly_budget


def monitor(setting: Setting, region: Region, backup: Backup | None) -> Monitoring:
    """Watch one region."""
    environment, spec = setting.environment, setting.environment.monitoring
    args: MonitoringArgs = {
        "environment": environment.name,
        "account_id": environment.account_id,
        "region": region.site.region,
        "key_arn": region.keys.key_arn("alerts"),
        "pools": [_monitored(pool, region) for pool in region.site.pools],
        "emails": spec.alarm_emails,
        "idle_accelerator_percent": spec.idle_accelerator_percent,
        "idle_accelerator_minutes": spec.idle_accelerator_minutes,
        "stuck_queue_minutes": spec.stuck_queue_minutes,
        "replication_lag_minutes": spec.replication_lag_minutes,
        "replications": _replications(setting),
        "buckets": {purpose: region.storage.bucket_name(purpose) for purpose in setting.stores},
        "lustre_ids": {name: made.file_system_id for name, made in region.lustre.items()},
        "efs_ids": {name: made.file_system_id for name, made in region.elastic.items()},
        "budget": environment.budget is not None and not region.site.recovery,
        "tags": setting.tags,
    }
    if backup is not None:
        args["backup_vaults"] = [
            backup.copy_vault_name.apply(str) if region.site.recovery else backup.vault_name
        ]
        args["backup_role_arns"] = [backup.role_arn]
    return Monitoring(setting.child_name(region.site, "monitoring"), args, opts=setting.child())


def watch(setting: Setting, region: Region, monitoring: Monitoring) -> Watcher:
    """Publish what queues do in one region, let idle nodes go, close queues when the budget says so."""
    environment = setting.environment
    args: WatcherArgs = {
        "environment": environment.name,
        "account_id": environment.account_id,
        "region": region.site.region,
        "key_arn": region.keys.key_arn("alerts"),
        "logs_key_arn": region.keys.key_arn("logs"),
        "alerts_topic_arn": monitoring.topic_arn,
        "pools": [_watched(setting, pool, region) for pool in region.site.pools],
        "working_hours": environment.working_hours is not None,
        "log_retention_days": environment.monitoring.log_retention_days,
        "tags": setting.tags,
    }
    if environment.budget is not None and not region.site.recovery:
        args["budget_name"] = monthly_budget(environment.name)
    return Watcher(setting.child_name(region.site, "watcher"), setting.bounded(args), opts=setting.child())


def keep_hours(setting: Setting, spec: WorkingHoursSpec, region: Region) -> None:
    """Open and close the pools of one region."""
    environment = setting.environment
    args: WorkingHoursArgs = {
        "environment": environment.name,
        "account_id": environment.account_id,
        "region": region.site.region,
        "key_arn": region.keys.key_arn("alerts"),
        "pools": [
            {
                "name": pool.name,
                "queue_arn": region.cluster.queue_arn(pool.name),
                "compute_environment_arn": region.cluster.environment_arn(pool.name),
                "kept_vcpus": _kept_vcpus(pool),
            }
            for pool in region.site.pools
        ],
        "opens": spec.opens,
        "closes": spec.closes,
        "days": list(spec.days),
        "time_zone": spec.time_zone,
        "tags": setting.tags,
    }
    WorkingHours(setting.child_name(region.site, "hours"), setting.bounded(args), opts=setting.child())


def limit(
    setting: Setting, spec: BudgetSpec, monitoring: Monitoring, closing_topics: dict[str, pulumi.Output[str]]
) -> None:
    """Warn of what is spent, and close queues where that is asked for."""
    args: BudgetArgs = {
        "environment": setting.environment.name,
        "monthly_usd": spec.monthly_usd,
        "alert_percents": spec.alert_percents,
        "alert_emails": spec.alert_emails,
        "alerts_topic_arn": monitoring.topic_arn,
        "tags": setting.tags,
    }
    if spec.close_queues_at_percent is not None:
        args["close_queues_at_percent"] = spec.close_queues_at_percent
        args["closing_topic_arns"] = closing_topics
    Budget(f"{setting.name}-budget", args, opts=setting.child())


def _monitored(pool: Pool, region: Region) -> MonitoredPoolArgs:
    return {
        "name": pool.name,
        "queue_arn": region.cluster.queue_arn(pool.name),
        "nvidia": instance_type(pool.instance_type).kind == "gpu",
    }


def _watched(setting: Setting, pool: Pool, region: Region) -> WatchedPoolArgs:
    args: WatchedPoolArgs = {
        "name": pool.name,
        "queue_name": queue_name(setting.environment.name, pool.name),
        "compute_environment_arn": region.cluster.environment_arn(pool.name),
        "kept_vcpus": _kept_vcpus(pool),
    }
    if pool.idle_shutdown_minutes is not None:
        args["idle_shutdown_minutes"] = pool.idle_shutdown_minutes
    return args


def _kept_vcpus(pool: Pool) -> int:
    """How many vCPUs a pool keeps up without a job."""
    return pool.min_nodes * instance_type(pool.instance_type).vcpus


def _replications(setting: Setting) -> list[ReplicationMetricsArgs]:
    recovery = setting.recovery
    if recovery is None:
        return []
    return [
        {
            "source_bucket": own_bucket(setting.environment, purpose),
            "destination_bucket": own_bucket(setting.environment, purpose, recovery.region),
            "destination_region": recovery.region,
            "rule_id": RULE_ID,
        }
        for purpose in setting.stores
    ]
