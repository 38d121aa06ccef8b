"""Who talked to whom in a network: its flow logs."""

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.identities import (
    IDENTITY_NAME,
    IDENTITY_NAME_WORDS,
    assign_role,
    identity,
    unnamed_subscription,
)
from modelyard.azure.regions import in_region
from modelyard.errors import InputError, Problem
from modelyard.planning.azure.network import RESOURCE_NAME, RESOURCE_NAME_WORDS
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AZURE, token

WATCHER_GROUP = "NetworkWatcherRG"
"""Resource group in which Azure makes a region's network watcher by itself (Microsoft, "What is Azure Network
Watcher?", 2026-11)."""

DEFAULT_RETENTION_DAYS = 90

LONGEST_RETENTION_DAYS = 365
"""Most days that flow logs are kept for, as Azure's portal takes them; 0 keeps them for ever (azure-native
3.29, network.FlowLog, which states no bound)."""

WRITER = "Storage Blob Data Contributor"
"""The role by which an identity writes flow logs (Microsoft, "Managed identity for virtual network flow
logs", 2025-11-18)."""

ANALYTICS_MINUTES = (10, 60)
"""How often traffic analytics may look at the logs (azure-native 3.29, network.FlowLog)."""


class FlowLogsArgs(TypedDict):
    """Arguments of FlowLogs."""

    location: pulumi.Input[str]
    """Region of the network; the storage account has to be in it as well."""
    flow_log_name: str
    """Name of the flow log, unique in the region and subscription, as the environment's; 1 to 80
    characters."""
    virtual_network_id: pulumi.Input[str]
    """Id of the virtual network whose traffic is recorded."""
    storage_account_id: pulumi.Input[str]
    """Id of the storage account that gets the logs. Closed to the network, it has to let Azure's own services
    in; with shared keys off, as in Storage, it needs `identity_name`."""
    identity_name: NotRequired[str]
    """Name of an identity that is made to write the logs; the name of its role is made of this, so no other
    in the subscription may have it. Needs `identity_group_name` and `subscription_id`. Unset: Azure writes
    by the account's keys."""
    identity_group_name: NotRequired[pulumi.Input[str]]
    """Resource group that the identity is made in."""
    subscription_id: NotRequired[str]
    """Subscription that the identity's role is named in."""
    retention_days: NotRequired[int]
    """Days that flow logs are kept, 1 to 365, or 0 for ever. Unset: 90."""
    network_watcher_group: NotRequired[pulumi.Input[str]]
    """Resource group of the region's network watcher. Unset: NetworkWatcherRG."""
    network_watcher_name: NotRequired[pulumi.Input[str]]
    """Name of the region's network watcher. Unset: NetworkWatcher_ and the region."""
    log_workspace_id: NotRequired[pulumi.Input[str]]
    """Log Analytics workspace in which traffic analytics sums up the logs, at a price for each gigabyte.
    Unset: it doesn't."""
    log_workspace_customer_id: NotRequired[pulumi.Input[str]]
    """The same workspace's customer id, a GUID. Goes with log_workspace_id."""
    log_workspace_location: NotRequired[pulumi.Input[str]]
    """Region of the workspace. Unset: the network's."""
    analytics_minutes: NotRequired[int]
    """How often traffic analytics looks at the logs: every 10 or 60 minutes. Unset: 60."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of the flow log."""


class FlowLogs(AzureComponent):
    """Flow logs of a virtual network: each flow with its addresses, ports, direction and how it was judged.

    The identity that writes them has `Storage Blob Data Contributor` on the account, and nothing else.
    Without one Azure writes by the account's keys, and stops when those change (Microsoft, "Virtual network
    flow logs"); accounts of Storage take none.

    A subscription has one network watcher a region, which Azure makes with the first network there; it isn't
    made here, where a second one would be refused. A network takes one flow log: another network or region
    replaces it, the old one first.
    """

    flow_log_id: pulumi.Output[str]
    """Id of the flow log."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, FlowLogsArgs)
        if problems := list(_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "FlowLogs"), name, {}, opts)
        watcher = args.get("network_watcher_name")
        if watcher is None:
            watcher = in_region(args["location"], lambda region: f"NetworkWatcher_{region}")
        days = args.get("retention_days", DEFAULT_RETENTION_DAYS)
        log = azure_native.network.FlowLog(
            name,
            flow_log_name=args["flow_log_name"],
            network_watcher_name=watcher,
            resource_group_name=args.get("network_watcher_group", WATCHER_GROUP),
            location=args["location"],
            target_resource_id=args["virtual_network_id"],
            storage_id=args["storage_account_id"],
            enabled=True,
            format={"type": "JSON", "version": 2},
            retention_policy={"days": days, "enabled": days > 0},
            flow_analytics_configuration=_analytics(args),
            identity=self._identity(name, args),
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                # Azure changes neither, and the provider would ask it to.
                replace_on_changes=["targetResourceId", "location"],
                delete_before_replace=True,
            ),
        )
        self.flow_log_id = log.id
        self.register_outputs({"flowLogId": self.flow_log_id})

    def _identity(
        self, name: str, args: FlowLogsArgs
    ) -> azure_native.network.ManagedServiceIdentityArgsDict | None:
        """Who writes the logs, once it may."""
        if "identity_name" not in args:
            return None
        subscription_id = args.get("subscription_id", "")
        made = identity(
            name,
            identity_name=args["identity_name"],
            resource_group_name=args.get("identity_group_name", ""),
            location=args["location"],
            tags=args.get("tags"),
            parent=self,
        )
        role = assign_role(
            name,
            WRITER,
            scope=args["storage_account_id"],
            principal_id=made.principal_id,
            subscription_id=subscription_id,
            called=(subscription_id, "flow logs", args["identity_name"]),
            parent=self,
        )
        return {
            "type": azure_native.network.ResourceIdentityType.USER_ASSIGNED,
            "user_assigned_identities": [made.once(role).id],
        }


def _analytics(args: FlowLogsArgs) -> Any:
    if "log_workspace_id" not in args:
        return None
    return {
        "network_watcher_flow_analytics_configuration": {
            "enabled": True,
            "workspace_resource_id": args["log_workspace_id"],
            "workspace_id": args.get("log_workspace_customer_id"),
            "workspace_region": args.get("log_workspace_location", args["location"]),
            "traffic_analytics_interval": args.get("analytics_minutes", max(ANALYTICS_MINUTES)),
        }
    }


def _problems(name: str, args: FlowLogsArgs) -> Iterator[Problem]:
    if not RESOURCE_NAME.fullmatch(args["flow_log_name"]):
        yield Problem(
            field=f"{name}.flow_log_name",
            given=repr(args["flow_log_name"]),
            message="Azure refuses a flow log of this name",
            allowed=f"1 to 80 {RESOURCE_NAME_WORDS}",
            mend="write another name, as the environment's",
        )
    days = args.get("retention_days", DEFAULT_RETENTION_DAYS)
    if not 0 <= days <= LONGEST_RETENTION_DAYS:
        yield Problem(
            field=f"{name}.retention_days",
            given=str(days),
            message="Azure keeps flow logs for a year at most, unless it keeps them for ever",
            allowed=f"1 to {LONGEST_RETENTION_DAYS}, or 0 for ever",
            mend=f"write {LONGEST_RETENTION_DAYS}, or 0 with a lifecycle rule of the account",
        )
    yield from _identity_problems(name, args)
    yield from _analytics_problems(name, args)


def _identity_problems(name: str, args: FlowLogsArgs) -> Iterator[Problem]:
    together = ("identity_name", "identity_group_name", "subscription_id")
    given = [field for field in together if field in args]
    for missing in together:
        if given and missing not in given:
            yield Problem(
                field=f"{name}.{missing}",
                given="nothing",
                message=f"{', '.join(given)} needs it: an identity is made in a group, and its role named by "
                "a subscription",
                allowed=f"{', '.join(together)}, or none of them",
                mend=f"add {missing!r} to args, or leave {' and '.join(map(repr, given))} out",
            )
    yield from unnamed_subscription(name, args)
    own = args.get("identity_name")
    if own is not None and not IDENTITY_NAME.fullmatch(own):
        yield Problem(
            field=f"{name}.identity_name",
            given=repr(own),
            message="Azure refuses an identity of this name",
            allowed=IDENTITY_NAME_WORDS,
            mend="write another name, as dev-flow-logs",
        )


def _analytics_problems(name: str, args: FlowLogsArgs) -> Iterator[Problem]:
    given = [field for field in ("log_workspace_id", "log_workspace_customer_id") if field in args]
    details = [field for field in ("log_workspace_location", "analytics_minutes") if field in args]
    if len(given) == 1 or (details and not given):
        yield Problem(
            field=f"{name}.log_workspace_id",
            given=", ".join([*given, *details]),
            message="traffic analytics names its workspace by both of its ids",
            allowed="log_workspace_id and log_workspace_customer_id together, or neither",
            mend="give both, as LogWorkspace has them, or leave all of traffic analytics out",
        )
    minutes = args.get("analytics_minutes", max(ANALYTICS_MINUTES))
    if minutes not in ANALYTICS_MINUTES:
        yield Problem(
            field=f"{name}.analytics_minutes",
            given=str(minutes),
            message="traffic analytics looks at the logs at one of two intervals",
            allowed=" or ".join(map(str, ANALYTICS_MINUTES)),
            mend="choose 60, or 10 to know sooner at a higher price",
        )
