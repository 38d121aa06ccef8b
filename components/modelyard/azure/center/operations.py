"""Running a data center on Azure: what is watched, and what it may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pulumi

from modelyard.azure.backup import Backup
from modelyard.azure.budget import Budget, BudgetArgs
from modelyard.azure.center.region import Region
from modelyard.azure.center.setting import Setting
from modelyard.azure.monitoring import MonitoredPoolArgs, Monitoring, MonitoringArgs
from modelyard.azure.replication import Replication
from modelyard.environment.azure.compute import Pool
from modelyard.environment.azure.operations import Budget as BudgetSpec
from modelyard.planning.azure.alerts import LONGEST_IDLE_MINUTES

if TYPE_CHECKING:
    from modelyard.azure.defender import Defender

PLANS = {
    "virtual_machines": "VirtualMachines",
    "storage_accounts": "StorageAccounts",
    "containers": "Containers",
    "key_vaults": "KeyVaults",
}
"""Azure's words for plans of Microsoft Defender."""


def monitor(
    setting: Setting, region: Region, backup: Backup | None, replication: Replication | None
) -> Monitoring:
    """Watch one region; backups and copies are watched where they come from."""
    environment, spec = setting.environment, setting.environment.monitoring
    args: MonitoringArgs = {
        "environment": environment.name,
        "resource_group_name": region.group.name,
        "emails": spec.alarm_emails,
        "workspace_id": region.cluster.workspace_id,
        "pools": [_monitored(region, pool) for pool in region.site.pools],
        "idle_accelerator_minutes": spec.idle_accelerator_minutes,
        "tags": setting.tags,
    }
    if not region.site.recovery:
        if backup is not None:
            args["backup_vault_id"] = backup.vault_id
        if replication is not None:
            args["replications"] = {
                purpose: _source_policy(region, replication, purpose) for purpose in setting.replicated
            }
            args["replication_lag_minutes"] = spec.replication_lag_minutes
    return Monitoring(setting.child_name(region.site, "monitoring"), args, opts=setting.child())


def limit(setting: Setting, spec: BudgetSpec, regions: list[Region], monitoring: Monitoring) -> Budget:
    """Tell people when the environment's groups cost too much, those that Azure makes among them."""
    groups: list[pulumi.Input[str]] = [region.group.name for region in regions]
    if setting.environment.workspace.customer_key:
        groups += [region.cluster.managed_resource_group for region in regions]
    args: BudgetArgs = {
        "environment": setting.environment.name,
        "subscription_id": setting.environment.subscription_id,
        "resource_groups": groups,
        "monthly_amount": spec.monthly_usd,
        "alert_percents": spec.alert_percents,
        "alert_emails": spec.alert_emails,
        "action_group_ids": [monitoring.action_group_id],
    }
    if spec.start_month is not None:
        args["start_month"] = spec.start_month
    return Budget(f"{setting.name}-budget", args, opts=setting.child())


def defend(setting: Setting) -> Defender | None:
    """Turn on the plans that were named."""
    plans = setting.environment.monitoring.defender_plans
    if not plans:
        return None
    # The SDK's module of it is large, and few environments turn anything on in their whole subscription.
    from modelyard.azure.defender import Defender

    return Defender(
        f"{setting.name}-defender",
        {
            "subscription_id": setting.environment.subscription_id,
            "plans": [PLANS[plan] for plan in plans],
        },
        opts=setting.child(),
    )


def _monitored(region: Region, pool: Pool) -> MonitoredPoolArgs:
    return {
        "name": pool.name,
        "compute_name": region.cluster.compute_name(pool.name),
        "idle_minutes": min(pool.idle_shutdown_minutes, LONGEST_IDLE_MINUTES),
        "min_nodes": pool.min_nodes,
    }


def _source_policy(region: Region, replication: Replication, purpose: str) -> pulumi.Output[str]:
    account = region.storage.account_id(purpose)

    def policy(known: list[object]) -> str:
        id_, policies = cast("tuple[str, dict[str, str]]", known)
        return f"{id_}/objectReplicationPolicies/{policies[purpose]}"

    return pulumi.Output.all(account, replication.policy_ids).apply(policy)
