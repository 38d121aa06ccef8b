"""Where logs are kept: a Log Analytics workspace."""

import re
from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.errors import InputError, Problem
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AZURE, token

WORKSPACE_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]")
"""Names that a workspace may have (Azure Resource Manager, "Naming rules and restrictions", 2026-11)."""

RETENTION_DAYS = (30, 730)
"""Least and most days that logs are kept (azure-native 3.29, operationalinsights.Workspace; Azure Monitor,
"Manage data retention in a Log Analytics workspace", 2026-11)."""

DEFAULT_RETENTION_DAYS = 365


class LogWorkspaceArgs(TypedDict):
    """Arguments of LogWorkspace."""

    resource_group_name: pulumi.Input[str]
    """Resource group that the workspace is made in."""
    location: pulumi.Input[str]
    """Region that the logs are kept in. In the same resource group, another region needs another name."""
    workspace_name: str
    """Name of the workspace: 4 to 63 letters, digits and hyphens, ending with a letter or digit."""
    retention_days: NotRequired[pulumi.Input[int]]
    """Days that logs are kept, 30 to 730. Unset: 365."""
    public_network: NotRequired[bool]
    """Whether identities with a role may write to the workspace and ask it from the internet. Unset: no."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the workspace with its logs. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the workspace."""


class LogWorkspace(AzureComponent):
    """A Log Analytics workspace without keys of its own: who writes or reads has an identity and a role.

    Closed to the network, it still takes what diagnostic settings send, which doesn't come by the internet
    (Azure Monitor, "Use Azure Private Link to connect networks to Azure Monitor", 2026-11); questions from
    outside it answers none, not those of the portal either. To ask it from the network it needs an Azure
    Monitor private link scope, which is no part of this; `public_network` is the other way.

    Logs lie under Microsoft's key: one's own needs a dedicated cluster, with a commitment of 100 GB a day at
    least (Azure Monitor, "Dedicated clusters", 2026-11).

    A deleted workspace can be brought back for 14 days, and its name stays taken that long but for the same
    resource group, where a workspace of that name is the old one with its logs.
    """

    workspace_id: pulumi.Output[str]
    """Resource id of the workspace, which diagnostic settings name."""

    customer_id: pulumi.Output[str]
    """Id of the workspace as those who ask it and traffic analytics know it, a GUID."""

    def __init__(self, name: str, args: LogWorkspaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, LogWorkspaceArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "LogWorkspace"), name, {}, opts)
        access = "Enabled" if args.get("public_network", False) else "Disabled"
        workspace = azure_native.operationalinsights.Workspace(
            name,
            workspace_name=args["workspace_name"],
            resource_group_name=args["resource_group_name"],
            location=args["location"],
            sku={"name": "PerGB2018"},
            retention_in_days=args.get("retention_days", DEFAULT_RETENTION_DAYS),
            features={
                "disable_local_auth": True,
                # Who may read a resource may read its logs; nobody needs the whole workspace for that.
                "enable_log_access_using_only_resource_permissions": True,
            },
            public_network_access_for_ingestion=access,
            public_network_access_for_query=access,
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.get("protect"),
                # Azure moves no workspace. The new one comes first: its name may be taken still, which has to
                # be found out before the old one's logs are gone.
                replace_on_changes=["location"],
                delete_before_replace=False,
            ),
        )
        self.workspace_id = workspace.id
        self.customer_id = workspace.customer_id
        self.register_outputs({"workspaceId": self.workspace_id, "customerId": self.customer_id})


def _problems(name: str, args: LogWorkspaceArgs) -> Iterator[Problem]:
    if not WORKSPACE_NAME.fullmatch(args["workspace_name"]):
        yield Problem(
            field=f"{name}.workspace_name",
            given=repr(args["workspace_name"]),
            message="Azure refuses a Log Analytics workspace of this name",
            allowed="4 to 63 letters, digits and hyphens, the first and the last no hyphen",
            mend="write another name, as training-dev-logs",
        )
    days = args.get("retention_days", DEFAULT_RETENTION_DAYS)
    least, most = RETENTION_DAYS
    if isinstance(days, int) and not least <= days <= most:
        yield Problem(
            field=f"{name}.retention_days",
            given=str(days),
            message="a Log Analytics workspace keeps logs no shorter and no longer",
            allowed=f"{least} to {most}",
            mend=f"write {min(max(days, least), most)}",
        )
