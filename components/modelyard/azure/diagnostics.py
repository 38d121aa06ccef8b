"""One way of sending a resource's logs to Log Analytics."""

from collections.abc import Sequence

import pulumi
import pulumi_azure_native as azure_native

SETTING_NAME = "log-analytics"
"""What the setting is called at its resource. A resource takes five, each of another name."""

ALL_LOGS = ("allLogs",)
"""Every log that a resource has. What counts as audit is among them: the group `audit` is part of it (Azure
Monitor, "Diagnostic settings in Azure Monitor", 2026-11)."""


def diagnose(
    name: str,
    resource_id: pulumi.Input[str],
    log_workspace_id: pulumi.Input[str],
    *,
    parent: pulumi.Resource,
    groups: Sequence[str] = ALL_LOGS,
    metrics: bool = False,
) -> azure_native.monitor.DiagnosticSetting:
    """Send the logs of one resource to a Log Analytics workspace, by a DiagnosticSetting.

    The setting goes before its resource does: Azure keeps one whose resource is gone, and refuses it to a
    resource made anew under the same name. So `resource_id` is to be the resource's own output. Azure also
    refuses a second setting that sends the same logs to the same workspace: each resource gets one.

    Args:
        name: name of the setting in the program; at Azure it is always `log-analytics`.
        resource_id: resource id of what is watched. For a storage account it is that of the service, as
            `{account}/blobServices/default`: the account itself has metrics only.
        log_workspace_id: resource id of the workspace.
        parent: component that it belongs to.
        groups: groups of log categories, `allLogs` or `audit`. A type of resource that has no logs (an
            identity, a route table, a zone) takes no setting at all.
        metrics: whether metrics are sent as well. Azure keeps them for 93 days by itself, and alerts on
            metrics read those; in Log Analytics they are paid for. Not every type has some to send.
    """
    return azure_native.monitor.DiagnosticSetting(
        name,
        name=SETTING_NAME,
        resource_uri=resource_id,
        workspace_id=log_workspace_id,
        logs=[{"category_group": group, "enabled": True} for group in groups],
        metrics=[{"category": "AllMetrics", "enabled": True}] if metrics else None,
        opts=pulumi.ResourceOptions(parent=parent),
    )
