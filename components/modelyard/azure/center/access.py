"""Who may do what with an environment's data on Azure, once its cluster with its identities is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from modelyard.azure.center.setting import Setting
from modelyard.azure.gpu_cluster_args import PRINCIPAL_KINDS
from modelyard.azure.identities import assign_role
from modelyard.azure.storage_access import AccountAccessArgs, StorageAccess
from modelyard.environment.azure.storage import ExistingBlobStore
from modelyard.environment.azure.target import CHECKPOINTS, DATASETS, datasets_account

if TYPE_CHECKING:
    from modelyard.azure.center.region import Region


def let_jobs_reach_data(setting: Setting, region: Region) -> StorageAccess:
    """Give a region's jobs their roles on the data; Storage can't, since their identity comes with the
    cluster.
    """
    environment, jobs = setting.environment, region.cluster.job_identity_principal_id
    promotes = environment.storage.checkpoints.promotion is not None
    checkpoints: AccountAccessArgs = {
        "account_id": region.storage.account_id(CHECKPOINTS),
        "account_name": region.names.account(CHECKPOINTS),
    }
    # Whoever promotes a checkpoint gives its blobs a policy of their own.
    checkpoints["data_owners" if promotes else "data_writers"] = {"jobs": jobs}
    datasets = environment.storage.datasets
    own = not isinstance(datasets, ExistingBlobStore)
    # An account that exists has readers of other environments and regions, each with an assignment that is
    # called after it.
    who = "jobs" if own else f"{environment.name}-{region.site.region}-jobs"
    accounts: dict[str, AccountAccessArgs] = {
        CHECKPOINTS: checkpoints,
        DATASETS: {
            "account_id": region.storage.account_id(DATASETS) if own else datasets.account_id,
            "account_name": datasets_account(environment, region.site.region)[0],
            "data_readers": {who: jobs},
        },
    }
    return StorageAccess(
        setting.child_name(region.site, "access"),
        {"subscription_id": environment.subscription_id, "accounts": accounts},
        opts=setting.child(),
    )


def let_submit(setting: Setting, region: Region) -> None:
    """Let who submits jobs find a region's launch target, which lies in its group, and keep the record of
    runs beside the checkpoints. What they do with the workspace is the cluster's to give.
    """
    subscription = setting.environment.subscription_id
    scopes: dict[str, tuple[str, pulumi.Input[str]]] = {
        "group": ("Reader", region.group.id),
        CHECKPOINTS: ("Storage Blob Data Contributor", region.storage.account_id(CHECKPOINTS)),
    }
    for each in setting.environment.jobs.submitters:
        for word, (role, scope) in scopes.items():
            assign_role(
                setting.child_name(region.site, f"submitter-{each.principal_id}-{word}"),
                role,
                scope=scope,
                principal_id=each.principal_id,
                principal_type=PRINCIPAL_KINDS[each.kind],
                subscription_id=subscription,
                called=(subscription, region.names.workspace, word, each.principal_id),
                parent=setting.parent,
            )
