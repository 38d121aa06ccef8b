"""Resource groups, and locks on them and on what is in them."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
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
