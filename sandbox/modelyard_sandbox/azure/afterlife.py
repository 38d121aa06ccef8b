"""What of Azure outlasts everything that one can delete: names of what was deleted, watchers, plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from modelyard_sandbox.azure.client import AzureCloud, AzureError
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.manager.ml.customer_keys import MANAGED_PREFIX
from modelyard_sandbox.azure.manager.network_watching import WATCHER_GROUP
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.realm import Listed

VAULTS = "providers/Microsoft.KeyVault/deletedVaults"
LOG_WORKSPACES = "providers/Microsoft.OperationalInsights/deletedWorkspaces"
ML_WORKSPACE = "azure-native:machinelearningservices:Workspace"
PLANS = "providers/Microsoft.Security/pricings"
TAKEN = (
    ("azure-native:keyvault:Vault", "ConflictError", "already exists in deleted state"),
    (ML_WORKSPACE, "BadRequest", "Soft-deleted workspace exists."),
    ("azure-native:operationalinsights:Workspace", "Conflict", "is not unique"),
)
"""How Azure refuses a name that something deleted still has: the type, the code, words of the message."""

KEEPING = ("UserErrorVaultNotEmpty", "ResourceGroupDeletionBlocked")
"""How Azure refuses to delete a vault, or the group of one."""


def is_name_taken(type_: str, error: CloudError) -> bool:
    """Whether an error says that something deleted still has the name."""
    return any(
        type_ == refused and error.code == code and words in error.message for refused, code, words in TAKEN
    )


def keeps_backups(error: CloudError) -> bool:
    """Whether an error says that a vault, or one in a group, keeps deleted backups: nobody can end them."""
    return error.code in KEEPING and "soft-deleted backup instances" in error.message


def leftovers(cloud: AzureCloud, gone: Iterable[Listed]) -> list[str]:
    """What stays in a subscription when all that was made there is deleted, for people.

    `gone` is what was just deleted: Azure lists no deleted workspace of Machine Learning.
    """
    workspaces = sorted(id_.rpartition("/")[2] for type_, _, id_ in gone if type_ == ML_WORKSPACE)
    kept = [
        f"the Machine Learning workspace {name} can be recovered for 14 days, and keeps its name"
        for name in workspaces
    ]
    return [*_names(cloud), *kept, *_own(cloud)]


def _names(cloud: AzureCloud) -> Iterator[str]:
    """Names that what was deleted still has."""
    version = handler_of("azure-native:keyvault:Vault").api_version
    for gone in _listed(cloud, VAULTS, version):
        until = _day(gone["properties"]["scheduledPurgeDate"])
        yield f"the name of the key vault {gone['name']} stays taken until {until}"
    version = handler_of("azure-native:operationalinsights:Workspace").api_version
    for gone in _listed(cloud, LOG_WORKSPACES, version):
        yield f"the Log Analytics workspace {gone['name']} can be recovered for 14 days, and keeps its name"


def _own(cloud: AzureCloud) -> Iterator[str]:
    """What Azure made by itself, and what can't be deleted."""
    groups: ArmHandler = handler_of("azure-native:resources:ResourceGroup")
    for group in _listed(cloud, groups.listed_at, groups.api_version):
        name = str(group["name"])
        if name.lower() == WATCHER_GROUP.lower():
            yield f"the resource group {name} with the network watchers that Azure made is Azure's own"
        elif name.startswith(MANAGED_PREFIX):
            yield (
                f"the resource group {name} of a deleted workspace under a customer's key stays, and is paid "
                "for, until the workspace is purged"
            )
    plans = handler_of("azure-native:security:Pricing")
    for plan in _listed(cloud, PLANS, plans.api_version):
        if plan["properties"]["pricingTier"] != "Free":
            yield f"the Defender plan {plan['name']} stays on: Azure deletes none"


def _listed(cloud: AzureCloud, where: str, api_version: str) -> list[dict[str, Any]]:
    try:
        return cloud.listed(f"/subscriptions/{cloud.subscription_id}/{where}", api_version)
    except AzureError as error:
        if error.says_gone:
            return []
        raise


def _day(moment: str) -> str:
    """The day on which something is over: the first that begins after it."""
    # Ticks are of seven digits, and Python takes six.
    time = datetime.fromisoformat(f"{moment[:26]}+00:00")
    return f"{time + timedelta(days=1):%Y-%m-%d}"
