"""Resource groups, and locks on them and on what is in them."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.manager.ml.customer_keys import MANAGED_PREFIX
from modelyard_sandbox.azure.manager.network_watching import WATCHER_GROUP
from modelyard_sandbox.azure.translate import Form


class ResourceGroup(ArmHandler):
    """A resource group."""

    type = "azure-native:resources:ResourceGroup"
    path = GROUP_PATH
    api_version = "2024-03-01"
    body = frozenset({"location", "managedBy", "tags"})
    fixed = frozenset({"location"})
    name_input = "resourceGroupName"
    listed_at = "resourcegroups"

    @override
    def list_ids(self, cloud: AzureCloud) -> Iterable[str] | None:
        # Those of network watchers, and of workspaces under a customer's key, are Azure's own.
        names = {id_: id_.rpartition("/")[2].lower() for id_ in super().list_ids(cloud) or ()}
        watchers = WATCHER_GROUP.lower()
        return [
            id_ for id_, name in names.items() if name != watchers and not name.startswith(MANAGED_PREFIX)
        ]


class ManagementLockByScope(ArmHandler):
    """A lock on a subscription, a group or a resource."""

    type = "azure-native:authorization:ManagementLockByScope"
    path = "/{scope}/providers/Microsoft.Authorization/locks/{lockName}"
    api_version = "2020-05-01"
    form = Form(frozenset({"id", "name", "type", "systemData"}))
    body = frozenset({"level", "notes", "owners"})
    needed = frozenset({"level"})
    name_input = "lockName"
    listed_at = "providers/Microsoft.Authorization/locks"
